"""Every refusal that there is, met over HTTP: a problem with its slug, its status, its facts and its headers.

Where there is a new one, it is met here, or it is said why nobody meets it over HTTP.
"""

import functools
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import httpx
import msgspec
import pytest
from httpx import codes

from services.gateway.fair_use import fair_use
from shared.contracts import refusals, subjects
from shared.contracts.banner import PENDING_AT_MOST, QUEUE_AT_MOST
from shared.contracts.identity import BannerId
from shared.contracts.refusals import Refusal
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, open_mesh
from shared.mesh.kv import KvStore
from shared.mesh.services import Endpoint, Service, serve
from shared.mesh.streams import BANNERS
from tests.support.banners import MINUTE, new_banner_id
from tests.support.clock import NOON
from tests.support.gateways import (
    Gateway,
    Services,
    display_in,
    online_over,
    problem_in,
    registered_over,
    running_gateway,
    show,
    show_anywhere,
    view_in,
)
from tests.support.nats_server import running_nats_server
from tests.support.signing import ISSUER
from tests.support.waiting import until

Response = httpx.Response


class Bare(NamedTuple):
    """A gateway beside which there are no services, and a connection to where they should be."""

    gateway: Gateway
    mesh: Mesh
    url: str


class Scene(NamedTuple):
    """Who may play a part in a refusal, and where."""

    gateway: Gateway
    services: Services
    ada: httpx.AsyncClient
    bob: httpx.AsyncClient
    olga: httpx.AsyncClient
    free: BannerId
    tag: str
    patch: pytest.MonkeyPatch
    bare: Bare

    @property
    def display(self) -> str:
        """Where what the banner shows is shown, mended and ended."""
        return f"/v1/banners/{self.free}/display"

    @property
    def hold(self) -> str:
        """Where the banner is held and released."""
        return f"/v1/banners/{self.free}/hold"

    async def shown(self) -> Response:
        """Ada shows something."""
        response = await show(self.ada, self.free)
        assert codes.CREATED == response.status_code
        return response

    async def held(self) -> None:
        """An operator holds the banner."""
        assert (await self.olga.put(self.hold, json={"reason": "wind"})).is_success

    async def approve_first(self) -> None:
        """An operator wants to see texts first."""
        assert (await self.olga.put(f"/v1/banners/{self.free}/approval")).is_success

    async def block(self, word: str) -> None:
        """An operator blocks a word, and whoever decides knows it."""
        assert (await self.olga.put(f"/v1/blocklist/{word}")).is_success
        await until(functools.partial(self._is_blocked, word))

    async def _is_blocked(self, word: str) -> bool:
        elsewhere = await registered_over(self.olga)
        return not (await show(self.gateway.guest(), elsewhere, word)).is_success

    async def queued(self, client: httpx.AsyncClient) -> Response:
        """Somebody waits for a turn."""
        response = await show(client, self.free, "Next", when="queue")
        assert codes.ACCEPTED == response.status_code
        return response


@pytest.fixture(scope="module")
async def bare(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Bare]:
    """It gives up on answers soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.gateway.service.Banners", functools.partial(Banners, answer_seconds=0.3))
        async with (
            running_nats_server(tmp_path_factory.mktemp("bare")) as nats,
            running_gateway(nats.url) as gateway,
            open_mesh(nats.url, name="stand-in") as mesh,
        ):
            yield Bare(gateway, mesh, nats.url)


@pytest.fixture
def scene(  # noqa: PLR0917 (fixtures are named)
    gateway: Gateway,
    services: Services,
    free: BannerId,
    tag: str,
    monkeypatch: pytest.MonkeyPatch,
    bare: Bare,
) -> Scene:
    """A banner that is free, and everybody."""
    ada, bob, olga = gateway.guest("ada"), gateway.guest("bob"), gateway.operator()
    return Scene(gateway, services, ada, bob, olga, free, tag, monkeypatch, bare)


Facts = dict[str, Any]
Meet = Callable[[Scene], Awaitable[tuple[Response, Facts]]]
"""Brings a refusal about; the response, and the facts that are known beforehand."""


async def key_reused(scene: Scene) -> tuple[Response, Facts]:
    await show(scene.ada, scene.free, "One", key="k")
    return await show(scene.ada, scene.free, "Other", key="k"), {}


async def stale(scene: Scene) -> tuple[Response, Facts]:
    before = view_in(await scene.ada.get(f"/v1/banners/{scene.free}")).revision
    now = display_in(await scene.shown()).revision
    mended = await scene.ada.put(scene.display, json={"text": "Hi"}, headers={"If-Match": f'"{before}"'})
    return mended, {"expected": before, "revision": now}


async def unknown_banner(scene: Scene) -> tuple[Response, Facts]:
    return await show(scene.ada, "nobody"), {"banner": "nobody"}


async def already_registered(scene: Scene) -> tuple[Response, Facts]:
    return await scene.olga.post("/v1/banners", json={"id": scene.free}), {"banner": scene.free}


async def bad_text(scene: Scene) -> tuple[Response, Facts]:
    return await show(scene.ada, scene.free, ""), {}


async def busy(scene: Scene) -> tuple[Response, Facts]:
    up = display_in(await scene.shown())
    response = await show(scene.bob, scene.free)
    return response, {"until": up.until, "display_id": up.id, "revision": up.revision}


async def held(scene: Scene) -> tuple[Response, Facts]:
    await scene.held()
    hold = view_in(await scene.ada.get(f"/v1/banners/{scene.free}")).hold
    assert hold is not None
    return await show(scene.ada, scene.free), {"problem": "wind", "since": hold.at}


async def queue_full(scene: Scene) -> tuple[Response, Facts]:
    await scene.shown()
    for number in range(QUEUE_AT_MOST):
        await scene.queued(scene.gateway.guest(f"guest {number}"))
    return await show(scene.bob, scene.free, when="queue"), {"at_most": QUEUE_AT_MOST}


async def already_waiting(scene: Scene) -> tuple[Response, Facts]:
    await scene.shown()
    await scene.queued(scene.ada)
    waiting = display_in(await scene.queued(scene.bob))
    response = await show(scene.bob, scene.free, "Once more", when="queue")
    return response, {"display_id": waiting.id, "position": 2}


async def needs_if_match(scene: Scene) -> tuple[Response, Facts]:
    await scene.shown()
    return await scene.ada.put(scene.display, json={"text": "Hi"}), {}


async def nothing_showing(scene: Scene) -> tuple[Response, Facts]:
    return await scene.ada.delete(scene.display), {}


async def not_showing(scene: Scene) -> tuple[Response, Facts]:
    up = display_in(await scene.shown())
    await scene.ada.delete(scene.display)
    return await scene.ada.delete(f"/v1/displays/{up.id}"), {"display_id": up.id}


async def not_yours(scene: Scene) -> tuple[Response, Facts]:
    up = display_in(await scene.shown())
    return await scene.bob.delete(f"/v1/displays/{up.id}"), {}


async def not_held(scene: Scene) -> tuple[Response, Facts]:
    return await scene.olga.delete(scene.hold), {}


async def not_operator(scene: Scene) -> tuple[Response, Facts]:
    return await scene.ada.put(scene.hold, json={"reason": "wind"}), {}


async def not_author(scene: Scene) -> tuple[Response, Facts]:
    return await show(scene.gateway.bearer(ISSUER.sign(role="viewer")), scene.free), {}


async def wrong_origin(scene: Scene) -> tuple[Response, Facts]:
    origin = "https://evil.example"
    answer = await scene.ada.post(scene.display, json={"text": "Hello"}, headers={"Origin": origin})
    return answer, {"found": origin}


async def wrong_host(scene: Scene) -> tuple[Response, Facts]:
    answer = await scene.ada.post(scene.display, json={"text": "Hello"}, headers={"Host": "evil.example"})
    return answer, {"found": "evil.example"}


async def no_such_pool(scene: Scene) -> tuple[Response, Facts]:
    return await show_anywhere(scene.ada, tag="nowhere"), {"pool": "tag-nowhere"}


async def lobby_full(scene: Scene) -> tuple[Response, Facts]:
    scene.patch.setattr("services.lobby.entity.LOBBY_AT_MOST", 2)
    scene.patch.setattr("services.lobby.desk.LOBBY_AT_MOST", 2)
    await online_over(scene.ada, scene.services, scene.tag)
    for _ in range(3):  # one of them shows
        await show_anywhere(scene.ada, tag=scene.tag)
    return await show_anywhere(scene.ada, tag=scene.tag), {"at_most": 2}


async def unknown_display(scene: Scene) -> tuple[Response, Facts]:
    return await scene.ada.get("/v1/displays/nobody"), {"display_id": "nobody"}


async def record_unreadable(scene: Scene) -> tuple[Response, Facts]:
    broken = new_banner_id()
    await KvStore(scene.services.mesh, BANNERS).commit(broken, b'{"schema":1}', 0)
    return await scene.ada.get(f"/v1/banners/{broken}"), {}


async def mesh_unavailable(scene: Scene) -> tuple[Response, Facts]:
    return await show(scene.bare.gateway.guest(), "lightning"), {}


async def outcome_unknown(scene: Scene) -> tuple[Response, Facts]:
    async with answering(scene.bare.mesh, None):
        return await show(scene.bare.gateway.guest(), "lightning"), {}


async def too_many_requests(scene: Scene) -> tuple[Response, Facts]:
    strict = fair_use("shows-per-user=1/min:1")
    async with running_gateway(scene.bare.url, instance="strict", fair_use=strict) as gateway:
        ada = gateway.guest(new_banner_id())
        await show(ada, "lightning")
        return await show(ada, "lightning"), {"limit": "shows-per-user"}


def told_by_the_service(refusal: Refusal) -> Meet:
    """Where the service says this of itself, in a state in which it is seldom found."""

    async def meet(scene: Scene) -> tuple[Response, Facts]:
        facts = msgspec.to_builtins(refusal)
        del facts["reason"]
        async with answering(scene.bare.mesh, refusal):
            return await show(scene.bare.gateway.guest(), "lightning"), facts

    return meet


@asynccontextmanager
async def answering(mesh: Mesh, answer: Refusal | None) -> AsyncGenerator[None]:
    """Somebody in the place of the banner service who has one answer, or none."""

    async def on_show(_subject: str, _data: bytes) -> Refusal | None:
        return answer

    endpoint = Endpoint("show", subjects.banner("lightning", "show"), on_show)
    async with serve(mesh, Service("stand-in", "test", "has one answer", endpoints=[endpoint])):
        await mesh.client.flush()
        yield


async def blocked_text(scene: Scene) -> tuple[Response, Facts]:
    word = f"frog{new_banner_id()[2:8]}"
    await scene.block(word)
    return await show(scene.ada, scene.free, f"A {word.upper()}!"), {"found": word.upper()}


async def already_pending(scene: Scene) -> tuple[Response, Facts]:
    await scene.approve_first()
    waiting = display_in(await show(scene.ada, scene.free))
    return await show(scene.ada, scene.free, "Me again"), {"display_id": waiting.id}


async def pending_full(scene: Scene) -> tuple[Response, Facts]:
    await scene.approve_first()
    for number in range(PENDING_AT_MOST):
        assert (await show(scene.gateway.guest(f"guest {number}"), scene.free)).is_success
    return await show(scene.bob, scene.free), {"at_most": PENDING_AT_MOST}


async def not_pending(scene: Scene) -> tuple[Response, Facts]:
    up = display_in(await scene.shown())
    response = await scene.olga.put(f"/v1/displays/{up.id}/approval", json={"approved": True})
    return response, {"display_id": up.id}


async def needs_approval(scene: Scene) -> tuple[Response, Facts]:
    await scene.shown()
    await scene.approve_first()
    newest = (await scene.ada.get(f"/v1/banners/{scene.free}")).headers["etag"]
    return await scene.ada.put(scene.display, json={"text": "Hi"}, headers={"If-Match": newest}), {}


async def bad_word(scene: Scene) -> tuple[Response, Facts]:
    return await scene.olga.put("/v1/blocklist/a"), {}


async def not_blocked(scene: Scene) -> tuple[Response, Facts]:
    return await scene.olga.delete("/v1/blocklist/never"), {"word": "never"}


async def blocklist_full(scene: Scene) -> tuple[Response, Facts]:
    scene.patch.setattr("services.banner.blocklist.WORDS_AT_MOST", 0)
    return await scene.olga.put("/v1/blocklist/newt"), {"at_most": 0}


MET: Final[dict[type[Refusal], Meet]] = {
    refusals.AlreadyPending: already_pending,
    refusals.AlreadyRegistered: already_registered,
    refusals.AlreadyWaiting: already_waiting,
    refusals.BadText: bad_text,
    refusals.BadWord: bad_word,
    refusals.BlockedText: blocked_text,
    refusals.BlocklistFull: blocklist_full,
    refusals.Busy: busy,
    refusals.Failed: told_by_the_service(refusals.Failed()),
    refusals.Held: held,
    refusals.KeyReused: key_reused,
    refusals.LobbyFull: lobby_full,
    refusals.MeshUnavailable: mesh_unavailable,
    refusals.NeedsApproval: needs_approval,
    refusals.NeedsIfMatch: needs_if_match,
    refusals.NoSuchPool: no_such_pool,
    refusals.NotAuthor: not_author,
    refusals.NotBlocked: not_blocked,
    refusals.NotHeld: not_held,
    refusals.NothingShowing: nothing_showing,
    refusals.NotOperator: not_operator,
    refusals.NotPending: not_pending,
    refusals.NotShowing: not_showing,
    refusals.NotYours: not_yours,
    refusals.Overloaded: told_by_the_service(refusals.Overloaded()),
    refusals.PendingFull: pending_full,
    refusals.QueueFull: queue_full,
    refusals.RecordUnreadable: record_unreadable,
    refusals.Stale: stale,
    refusals.TooManyRequests: too_many_requests,
    refusals.TooLate: told_by_the_service(refusals.TooLate(not_after=NOON)),
    refusals.Unknown: outcome_unknown,
    refusals.UnknownBanner: unknown_banner,
    refusals.UnknownDisplay: unknown_display,
    refusals.WrongHost: wrong_host,
    refusals.WrongOrigin: wrong_origin,
}

INTERNAL: Final[dict[type[Refusal], str]] = {
    refusals.AlreadyBlocked: "whoever puts a word into the list again has what was wanted",
    refusals.Malformed: "the gateway writes the commands, and writes them well",
    refusals.NotDue: "only expiries are not due, and HTTP has none",
}

RETRY_AFTER: Final = {
    "busy",
    "queue-full",
    "pending-full",
    "lobby-full",
    "mesh-unavailable",
    "overloaded",
    "outcome-unknown",
    "too-many-requests",
}


@pytest.mark.parametrize("kind", MET, ids=lambda kind: kind.__struct_config__.tag)
async def test_this_refusal_is_met(scene: Scene, kind: type[Refusal]) -> None:
    response, facts = await MET[kind](scene)

    problem = problem_in(response)
    slug = str(kind.__struct_config__.tag)
    assert (f"/problems/{slug}", kind.title, kind.code) == (
        problem["type"],
        problem["title"],
        response.status_code,
    )
    assert {"type", "title", "status", "detail", *kind.__struct_fields__} == problem.keys()
    assert facts == {name: problem[name] for name in facts}
    assert (slug in RETRY_AFTER) == ("retry-after" in response.headers)
    assert not {"etag", "location"} & set(response.headers)


def test_there_is_no_refusal_that_is_neither_met_nor_known_to_stay_inside() -> None:
    every = {each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, Refusal)}

    assert every - {Refusal} == MET.keys() | INTERNAL.keys()
    assert not MET.keys() & INTERNAL.keys()


@pytest.mark.parametrize("meet", [busy, queue_full])
async def test_who_is_told_when_to_come_back_comes_when_what_shows_is_over(scene: Scene, meet: Meet) -> None:
    response, _ = await meet(scene)

    problem = problem_in(response)
    assert 0 < problem["retry_after_ms"] <= MINUTE
    assert -(-problem["retry_after_ms"] // 1000) == int(response.headers["retry-after"])


# --- the same refusal elsewhere -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "nothing", id="nothing"),
        pytest.param("x" * 121, "121 characters", id="too long"),
        pytest.param("a\x00b", "U+0000", id="a null"),
        pytest.param("a\u202eb", "U+202E", id="an override of the direction"),
    ],
)
@pytest.mark.parametrize("call", ["show", "wait", "mend", "anywhere", "wait anywhere"])
async def test_a_text_that_cannot_be_shown_goes_in_nowhere(
    scene: Scene, call: str, text: str, why: str
) -> None:
    ada, bob = scene.ada, scene.bob
    match call:
        case "show":
            response = await show(ada, scene.free, text)
        case "wait":
            await scene.shown()
            response = await show(bob, scene.free, text, when="queue")
        case "mend":
            headers = {"If-Match": (await scene.shown()).headers["etag"]}
            response = await ada.put(scene.display, json={"text": text}, headers=headers)
        case _:
            await online_over(ada, scene.services, scene.tag)
            if call == "wait anywhere":
                await show_anywhere(bob, tag=scene.tag)
            response = await show_anywhere(ada, text, tag=scene.tag)

    problem = problem_in(response)
    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/bad-text" == problem["type"]
    assert why in problem["problem"]


Body = dict[str, Any]


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        pytest.param("/v1/banners", {"name": "One"}, {"name": "Other"}, id="another name"),
        pytest.param("/v1/banners", {"id": "{new}"}, {"id": "{new}-2"}, id="another id"),
        pytest.param("/v1/banners", {"name": "One"}, {"name": "One", "id": "{new}"}, id="an id of its own"),
        pytest.param("/v1/banners", {"id": "{new}"}, {"id": "{new}", "tags": ["x"]}, id="a tag besides"),
        pytest.param("{display}", {"text": "One"}, {"text": "Other"}, id="another text"),
        pytest.param("{display}", {"text": "One"}, {"text": "One", "when": "queue"}, id="at another time"),
        pytest.param(
            "/v1/displays",
            {"text": "One", "tag": "{tag}"},
            {"text": "Other", "tag": "{tag}"},
            id="another text anywhere",
        ),
        pytest.param("/v1/displays", {"text": "One", "tag": "{tag}"}, {"text": "One"}, id="another pool"),
    ],
)
async def test_a_key_is_for_one_body(scene: Scene, path: str, one: Body, other: Body) -> None:
    await online_over(scene.ada, scene.services, scene.tag)
    names = {"new": new_banner_id(), "display": scene.display, "tag": scene.tag}

    def filled(body: Body) -> Body:
        return {name: each.format(**names) if isinstance(each, str) else each for name, each in body.items()}

    url, key = path.format(**names), {"Idempotency-Key": new_banner_id()}
    first = await scene.olga.post(url, json=filled(one), headers=key)
    reused = await scene.olga.post(url, json=filled(other), headers=key)
    again = await scene.olga.post(url, json=filled(one), headers=key)

    assert first.is_success, first.text
    assert "/problems/key-reused" == problem_in(reused)["type"]
    assert (first.status_code, first.content) == (again.status_code, again.content)


async def test_a_key_is_for_one_body_while_its_first_waits_as_well(scene: Scene) -> None:
    await online_over(scene.ada, scene.services, scene.tag)
    await show_anywhere(scene.bob, tag=scene.tag)
    await scene.shown()

    for first, reused, again in (
        [await show_anywhere(scene.ada, text, tag=scene.tag, key="w") for text in ("One", "Other", "One")],
        [await show(scene.bob, scene.free, text, key="w", when="queue") for text in ("One", "Other", "One")],
    ):
        assert codes.ACCEPTED == first.status_code
        assert "/problems/key-reused" == problem_in(reused)["type"]
        assert (first.status_code, first.content) == (again.status_code, again.content)


@pytest.mark.parametrize(
    "call", ["end it", "end what shows", "mend it", "leave the queue", "leave the lobby"]
)
async def test_what_is_of_another_guest_is_not_touched(scene: Scene, call: str) -> None:
    shown = await scene.shown()
    match call:
        case "end it":
            response = await scene.bob.delete(shown.headers["location"])
        case "end what shows":
            response = await scene.bob.delete(scene.display)
        case "mend it":
            headers = {"If-Match": shown.headers["etag"]}
            response = await scene.bob.put(scene.display, json={"text": "Mine"}, headers=headers)
        case "leave the queue":
            response = await scene.bob.delete((await scene.queued(scene.ada)).headers["location"])
        case _:
            await online_over(scene.ada, scene.services, scene.tag)
            await show_anywhere(scene.ada, tag=scene.tag)
            waiting = await show_anywhere(scene.ada, tag=scene.tag)
            response = await scene.bob.delete(waiting.headers["location"])

    assert codes.FORBIDDEN == response.status_code
    assert "/problems/not-yours" == problem_in(response)["type"]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_guest_neither_holds_nor_releases(scene: Scene, method: str) -> None:
    if method == "DELETE":
        await scene.held()
    body = {"reason": "wind"} if method == "PUT" else None

    response = await scene.ada.request(method, scene.hold, json=body)

    assert codes.FORBIDDEN == response.status_code
    assert "/problems/not-operator" == problem_in(response)["type"]
    hold = view_in(await scene.ada.get(f"/v1/banners/{scene.free}")).hold
    assert (method == "DELETE") == (hold is not None)


async def test_while_it_is_held_the_queue_is_open_and_full_when_it_is_full(scene: Scene) -> None:
    await scene.held()
    for number in range(QUEUE_AT_MOST):
        await scene.queued(scene.gateway.guest(f"guest {number}"))

    response = await show(scene.bob, scene.free, when="queue")

    assert "/problems/queue-full" == problem_in(response)["type"]
    assert 1 <= int(response.headers["retry-after"])


@pytest.mark.parametrize("ended", ["queue", "lobby", "banner"])
async def test_what_is_over_cannot_be_ended_again(scene: Scene, ended: str) -> None:
    shown = await scene.shown()
    match ended:
        case "queue":
            shown = await scene.queued(scene.ada)
        case "lobby":
            await online_over(scene.ada, scene.services, scene.tag)
            await show_anywhere(scene.ada, tag=scene.tag)
            shown = await show_anywhere(scene.ada, tag=scene.tag)
        case _:
            pass
    first = await scene.ada.delete(shown.headers["location"])

    again = await scene.ada.delete(shown.headers["location"])

    assert codes.NO_CONTENT == first.status_code
    assert "/problems/not-showing" == problem_in(again)["type"]
