"""Problems: every error has one form, and what cannot be done now is said at once, with when to come back."""

import functools
import signal
from collections.abc import AsyncGenerator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import anyio
import httpx
import msgspec
import pytest
from httpx import codes

from services.gateway.problems import invalid, on_bug, problem, refused
from shared.contracts import refusals, subjects
from shared.contracts.banner import Shown
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant
from shared.contracts.refusals import Refusal
from shared.mesh.asking import ANSWER_SECONDS
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh
from tests.support.banners import new_banner_id, registered, running_banner_service
from tests.support.gateways import problem_in, registered_over, running_gateway, view_in
from tests.support.history import events_of
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.processes import running_module
from tests.support.waiting import until

IMPATIENCE_SECONDS = 0.3
NOON = Instant("2026-05-04T12:00:00.000Z")
JSON = {"Content-Type": "application/json"}

EVERY_REFUSAL: list[Refusal] = [
    refusals.Malformed(problem="no object"),
    refusals.Overloaded(),
    refusals.MeshUnavailable(),
    refusals.Unknown(),
    refusals.Failed(),
    refusals.RecordUnreadable(problem="no record"),
    refusals.KeyReused(),
    refusals.TooLate(not_after=NOON),
    refusals.Stale(expected=1, revision=2),
    refusals.UnknownBanner(banner="b1"),
    refusals.AlreadyRegistered(banner="b1"),
    refusals.BadText(problem="too long"),
    refusals.Busy(until=NOON, retry_after_ms=1, display_id=DisplayId("d1"), revision=7),
    refusals.Held(problem="wind", since=NOON),
    refusals.QueueFull(at_most=20, retry_after_ms=1),
    refusals.AlreadyWaiting(display_id=DisplayId("d1"), position=2),
    refusals.NeedsIfMatch(),
    refusals.NothingShowing(),
    refusals.NotShowing(display_id=DisplayId("d1")),
    refusals.NotDue(until=NOON, retry_after_ms=1),
    refusals.NotYours(),
    refusals.NotHeld(),
    refusals.NotOperator(),
    refusals.NoSuchPool(pool="tag-east"),
    refusals.LobbyFull(at_most=1_000),
    refusals.UnknownDisplay(display_id="d1"),
]


def members_of(response: Any) -> dict[str, Any]:
    """What the body of a response says."""
    members: dict[str, Any] = msgspec.json.decode(response.content)
    return members


async def press_show(client: httpx.AsyncClient, banner: str, *, key: str | None = None) -> httpx.Response:
    """Press *show*."""
    headers = {} if key is None else {"Idempotency-Key": key}
    with anyio.fail_after(20):
        return await client.post(f"/v1/banners/{banner}/display", json={"text": "Hello"}, headers=headers)


# --- the form -------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", EVERY_REFUSAL, ids=lambda refusal: refusal.reason)
def test_a_refusal_is_a_problem_with_its_facts_as_members(refusal: Refusal) -> None:
    response = refused(refusal)

    members = members_of(response)
    assert refusal.code == response.status_code == members.pop("status")
    assert f"/problems/{refusal.reason}" == members.pop("type")
    assert refusal.title == members.pop("title")
    assert refusal.detail == members.pop("detail")
    assert {**members, "reason": refusal.reason} == msgspec.to_builtins(refusal)


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [
        pytest.param(60_000, "60", id="a minute"),
        pytest.param(59_001, "60", id="a little more than 59 s"),
        pytest.param(1, "1", id="a millisecond"),
        pytest.param(0, "1", id="nothing any more"),
    ],
)
def test_what_ends_some_time_says_when_to_come_back_and_never_too_early(
    milliseconds: int, seconds: str
) -> None:
    busy = refusals.Busy(until=NOON, retry_after_ms=milliseconds, display_id=DisplayId("d1"), revision=7)
    full = refusals.QueueFull(at_most=20, retry_after_ms=milliseconds)

    assert [seconds] * 2 == [refused(each).headers["Retry-After"] for each in (busy, full)]


@pytest.mark.parametrize(
    "refusal",
    [refusals.MeshUnavailable(), refusals.Overloaded(), refusals.Unknown(), refusals.LobbyFull(at_most=1)],
    ids=lambda refusal: refusal.reason,
)
def test_what_may_go_well_soon_says_when_to_come_back(refusal: Refusal) -> None:
    assert "1" == refused(refusal).headers["Retry-After"]


@pytest.mark.parametrize(
    "refusal",
    [refusals.NotYours(), refusals.Stale(expected=1, revision=2)],
    ids=lambda refusal: refusal.reason,
)
def test_what_will_not_go_better_later_does_not_say_when_to_come_back(refusal: Refusal) -> None:
    assert "Retry-After" not in refused(refusal).headers


def test_an_invalid_request_is_unprocessable() -> None:
    assert HTTPStatus.UNPROCESSABLE_ENTITY == invalid("expected a tag").status_code


def test_facts_stand_beside_the_members_that_every_problem_has() -> None:
    response = problem("not-ready", "Not ready", 503, "Not ready.", missing=["mesh"])

    assert {
        "type": "/problems/not-ready",
        "title": "Not ready",
        "status": 503,
        "detail": "Not ready.",
        "missing": ["mesh"],
    } == members_of(response)


def test_a_bug_is_a_problem_that_tells_nothing_of_the_inside() -> None:
    request: httpx.Request = httpx.Request("GET", "http://localhost/secret-path")

    response = on_bug(request, ValueError("the password is hunter2"))  # type: ignore[arg-type]

    assert HTTPStatus.INTERNAL_SERVER_ERROR == response.status_code
    assert b"hunter2" not in bytes(response.content)
    assert "/problems/failed" == members_of(response)["type"]


# --- bodies that are none -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="half an object"),
        pytest.param(b"text=Hello", id="a form"),
        pytest.param(b"\xff\xfe", id="bytes that are no text"),
        pytest.param(b'{"text":"\xff"}', id="bytes that are no text within a text"),
        pytest.param(b'{"text":"\\ud800"}', id="half a character"),
        pytest.param(b'{"text":"Hello"} again', id="something after the object"),
        pytest.param(b"[" * 10_000, id="lists in lists without end"),
        pytest.param(b'{"text":' + b"[" * 10_000, id="lists without end for a text"),
    ],
)
async def test_a_body_that_is_no_json_is_malformed(
    ada: httpx.AsyncClient, free: BannerId, body: bytes
) -> None:
    response = await ada.post(f"/v1/banners/{free}/display", content=body, headers=JSON)

    assert codes.BAD_REQUEST == response.status_code
    assert "/problems/malformed-request" == problem_in(response)["type"]


@pytest.mark.parametrize(
    "media_type",
    [
        pytest.param("text/plain", id="plain text"),
        pytest.param("text/plain; charset=application/json", id="plain text that names JSON"),
        pytest.param("application/x-www-form-urlencoded", id="a form"),
        pytest.param("multipart/form-data; boundary=x", id="a form in parts"),
        pytest.param("application/xml", id="XML"),
        pytest.param("application/jsonp", id="a type that begins the same"),
    ],
)
@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("POST", "/v1/banners"),
        ("POST", "/v1/banners/{banner}/display"),
        ("PUT", "/v1/banners/{banner}/display"),
        ("PUT", "/v1/banners/{banner}/hold"),
        ("POST", "/v1/displays"),
    ],
)
async def test_a_body_of_another_type_is_not_read(
    olga: httpx.AsyncClient, free: BannerId, method: str, call: str, media_type: str
) -> None:
    response = await olga.request(
        method, call.format(banner=free), content=b'{"text":"Hello"}', headers={"Content-Type": media_type}
    )

    assert codes.UNSUPPORTED_MEDIA_TYPE == response.status_code
    assert "/problems/unsupported-media-type" == problem_in(response)["type"]
    assert view_in(await olga.get(f"/v1/banners/{free}")).display is None


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON", None])
async def test_json_is_read(ada: httpx.AsyncClient, free: BannerId, media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}

    response = await ada.post(f"/v1/banners/{free}/display", content=b'{"text":"Hello"}', headers=headers)

    assert codes.CREATED == response.status_code


# --- a mesh that is away --------------------------------------------------------------------------


CALLS = [
    pytest.param("GET", "/v1/banners/b1", None, id="get"),
    pytest.param("POST", "/v1/banners", {"id": "b1"}, id="register"),
    pytest.param("POST", "/v1/banners/b1/display", {"text": "Hello"}, id="show"),
    pytest.param("PUT", "/v1/banners/b1/display", {"text": "Hello"}, id="replace"),
    pytest.param("DELETE", "/v1/banners/b1/display", None, id="clear"),
    pytest.param("PUT", "/v1/banners/b1/hold", {"reason": "wind"}, id="hold"),
    pytest.param("DELETE", "/v1/banners/b1/hold", None, id="release"),
    pytest.param("POST", "/v1/displays", {"text": "Hello"}, id="show anywhere"),
    pytest.param("GET", "/v1/banners/b1/live", None, id="follow"),
]


@pytest.fixture(scope="module", params=["no banner service", "no NATS"])
async def deserted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody at a gateway that has lost nearly everything, or everything."""
    async with (
        running_nats_server(tmp_path_factory.mktemp("deserted")) as nats,
        running_gateway(nats.url) as gateway,
    ):
        guest = gateway.operator()
        if request.param == "no NATS":
            await nats.kill()
            await until(functools.partial(says_what_is_missing, guest, "mesh"))
        yield guest


async def says_what_is_missing(client: httpx.AsyncClient, what: str) -> bool:
    """Whether the gateway knows by now that this is not there."""
    response = await client.get("/readyz")
    return not response.is_success and response.json()["missing"] == [what]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_where_nobody_can_be_asked_that_is_said_at_once(
    deserted: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    with anyio.fail_after(ANSWER_SECONDS / 2):  # not only when the time for an answer is over
        response = await deserted.request(method, path, json=body)

    assert codes.SERVICE_UNAVAILABLE == response.status_code
    assert "/problems/mesh-unavailable" == problem_in(response)["type"]
    assert "1" == response.headers["retry-after"]


async def test_what_the_gateway_knows_itself_it_tells_all_the_same(deserted: httpx.AsyncClient) -> None:
    assert codes.OK == (await deserted.get("/v1/banners")).status_code
    assert codes.OK == (await deserted.get("/")).status_code


async def test_once_the_mesh_is_back_so_is_the_gateway(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    async with running_banner_service(own_mesh), running_gateway(own_nats_server.url) as gateway:
        ada = gateway.guest("ada")
        banner = await registered_over(ada)
        await own_nats_server.kill()
        await until(functools.partial(says_what_is_missing, ada, "mesh"))

        await own_nats_server.start()

        async def shows() -> bool:
            return (await press_show(ada, banner, key="k")).is_success

        await until(shows)
        assert 1 == len([item for item in (await ada.get("/v1/banners")).json()["items"] if item["display"]])


# --- an answer that does not come -----------------------------------------------------------------


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway gives up on answers sooner."""
    monkeypatch.setattr(
        "services.gateway.service.Banners", functools.partial(Banners, answer_seconds=IMPATIENCE_SECONDS)
    )


@pytest.mark.usefixtures("_impatient")
async def test_an_answer_that_does_not_come_leaves_the_outcome_unknown_and_the_same_key_brings_it_about(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    banner = new_banner_id()

    async def swallow(_message: object) -> None:
        """Take it and say nothing."""

    async with running_gateway(own_nats_server.url) as gateway:
        ada = gateway.guest("ada")
        swallower = await own_mesh.subscribe(subjects.banner(banner, "show"), swallow)
        await own_mesh.client.flush()

        unknown = await press_show(ada, banner, key="k")

        assert codes.GATEWAY_TIMEOUT == unknown.status_code
        assert "/problems/outcome-unknown" == problem_in(unknown)["type"]
        assert "1" == unknown.headers["retry-after"]
        await swallower.unsubscribe()
        async with running_banner_service(own_mesh) as banners:
            await registered(banners, banner)
            assert codes.CREATED == (await press_show(ada, banner, key="k")).status_code


@pytest.mark.usefixtures("_impatient")
async def test_what_nobody_waits_for_any_more_is_not_done_and_the_same_key_brings_it_about(
    own_nats_server: NatsServer, own_mesh: Mesh, tmp_path: Path
) -> None:
    async with running_gateway(own_nats_server.url) as gateway:
        ada = gateway.guest("ada")
        with running_module(
            "services.banner", "--nats-url", own_nats_server.url, log=tmp_path / "banner.log"
        ) as service:
            await service.printed("ready")
            banner = await registered_over(ada)
            service.send(signal.SIGSTOP)

            unknown = await press_show(ada, banner, key="k")
            service.send(signal.SIGCONT)
            await until(functools.partial(answers, ada, banner))  # after what was sent before
            between = view_in(await ada.get(f"/v1/banners/{banner}")).display
            again = await press_show(ada, banner, key="k")

            assert codes.GATEWAY_TIMEOUT == unknown.status_code
            assert between is None
            assert codes.CREATED == again.status_code
            events = await events_of(own_mesh, banner, up_to=again.json()["revision"])
            assert [again.json()["id"]] == [event.display.id for event in events if isinstance(event, Shown)]


async def answers(client: httpx.AsyncClient, banner: BannerId) -> bool:
    """Whether the banner service answers again."""
    return (await client.get(f"/v1/banners/{banner}")).is_success
