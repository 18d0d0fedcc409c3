"""The calls about banners: to register, to read, to list, to hold and to release; what each answers."""

from typing import Any

import httpx
import pytest
from httpx import codes

from shared.contracts.banner import OnHold
from shared.contracts.identity import BannerId
from shared.contracts.instants import later
from shared.contracts.views import BannerPage, BannerView
from shared.mesh import clock
from shared.mesh.connection import Mesh
from tests.support.banners import MINUTE, new_banner_id, running_banner_service
from tests.support.clock import HandClock
from tests.support.gateways import (
    display_in,
    followed_over,
    listed_over,
    problem_in,
    registered_over,
    running_gateway,
    show,
    view_in,
)
from tests.support.lobbies import beat
from tests.support.nats_server import NatsServer
from tests.support.signing import OLGA
from tests.support.waiting import until

# --- registering ----------------------------------------------------------------------------------


async def test_a_registered_banner_is_told_in_full(olga: httpx.AsyncClient) -> None:
    banner = new_banner_id()

    response = await olga.post(
        "/v1/banners", json={"id": banner, "name": "Lightning ⚡", "tags": ["east", "fast"]}
    )

    assert codes.CREATED == response.status_code
    assert f"/v1/banners/{banner}" == response.headers["location"]
    view = view_in(response)
    assert f'"{view.revision}"' == response.headers["etag"]
    assert (
        BannerView(
            id=banner,
            name="Lightning ⚡",
            tags=("east", "fast"),
            revision=view.revision,
            display=None,
            queue_length=0,
            hold=None,
            presence="offline",
            offline_because="never-seen",
            reported=None,
        )
        == view
    )


async def test_every_member_of_a_banner_is_there_even_when_it_is_null(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    members = (await ada.get(f"/v1/banners/{free}")).json()

    assert [
        "id",
        "name",
        "tags",
        "revision",
        "display",
        "confirmation",
        "queue_length",
        "hold",
        "presence",
        "last_seen",
        "offline_because",
        "offline_note",
        "reported",
        "approve_first",
        "pending_length",
        "telemetry",
    ] == list(members)


async def test_a_banner_without_an_id_gets_one(olga: httpx.AsyncClient) -> None:
    one, other = [await olga.post("/v1/banners", json={"name": "Sparky"}) for _ in range(2)]

    assert codes.CREATED == one.status_code == other.status_code
    assert view_in(one).id != view_in(other).id
    assert view_in(one) == view_in(await olga.get(one.headers["location"]))


async def test_a_banner_without_a_name_is_called_by_its_id(ada: httpx.AsyncClient, free: BannerId) -> None:
    assert free == view_in(await ada.get(f"/v1/banners/{free}")).name


async def test_an_id_is_registered_once(olga: httpx.AsyncClient, free: BannerId) -> None:
    response = await olga.post("/v1/banners", json={"id": free})

    problem = problem_in(response)
    assert codes.CONFLICT == response.status_code
    assert "/problems/already-registered" == problem["type"]
    assert free == problem["banner"]
    assert "location" not in response.headers


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "banner",
    [
        pytest.param("nobody", id="nobody registered"),
        pytest.param("a.b", id="with a dot"),
        pytest.param("a*b", id="with a star"),
        pytest.param("*", id="that is a star"),
        pytest.param("%3E", id="that is a greater-than sign"),
        pytest.param("a%20b", id="with a space"),
        pytest.param("a%0Ab", id="with a line break"),
        pytest.param("a%0A", id="that ends with a line break"),
        pytest.param("a%00b", id="with a null"),
        pytest.param("UP", id="in upper case"),
        pytest.param("%FF", id="that is no text"),
        pytest.param("%D8%A7", id="in another script"),
        pytest.param("x" * 64, id="too long"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("GET", "", None, id="get"),
        pytest.param("POST", "/display", {"text": "Hello"}, id="show"),
        pytest.param("PUT", "/display", {"text": "Hello"}, id="replace"),
        pytest.param("DELETE", "/display", None, id="clear"),
        pytest.param("PUT", "/hold", {"reason": "wind"}, id="hold"),
        pytest.param("DELETE", "/hold", None, id="release"),
        pytest.param("GET", "/history", None, id="history"),
        pytest.param("GET", "/live", None, id="follow"),
    ],
)
async def test_there_is_no_banner(
    olga: httpx.AsyncClient, banner: str, method: str, path: str, body: Any
) -> None:
    response = await olga.request(method, f"/v1/banners/{banner}{path}", json=body)

    problem = problem_in(response)
    assert codes.NOT_FOUND == response.status_code
    assert "/problems/unknown-banner" == problem["type"]
    assert str(httpx.URL(f"http://a/{banner}").path[1:]) == problem["banner"]


async def test_the_tag_of_a_banner_is_its_revision(ada: httpx.AsyncClient, free: BannerId) -> None:
    response = await ada.get(f"/v1/banners/{free}")

    assert f'"{view_in(response).revision}"' == response.headers["etag"]


async def test_who_has_the_newest_is_told_so_without_a_body(ada: httpx.AsyncClient, free: BannerId) -> None:
    etag = (await ada.get(f"/v1/banners/{free}")).headers["etag"]

    response = await ada.get(f"/v1/banners/{free}", headers={"If-None-Match": etag})

    assert codes.NOT_MODIFIED == response.status_code
    assert etag == response.headers["etag"]
    assert b"" == response.content


async def test_who_has_the_newest_list_is_told_so_without_a_body_until_something_changes(
    ada: httpx.AsyncClient, tag: str
) -> None:
    banner = await registered_over(ada, tags=[tag])
    query = {"tag": tag}
    listed = await ada.get("/v1/banners", params=query)
    known = {"If-None-Match": listed.headers["etag"]}

    same = await ada.get("/v1/banners", params=query, headers=known)
    await show(ada, banner)
    changed = await ada.get("/v1/banners", params=query, headers=known)

    assert (codes.NOT_MODIFIED, b"") == (same.status_code, same.content)
    assert listed.headers["etag"] == same.headers["etag"] != changed.headers["etag"]
    assert codes.OK == changed.status_code


async def test_who_has_an_older_one_gets_the_newest(ada: httpx.AsyncClient, free: BannerId) -> None:
    etag = (await ada.get(f"/v1/banners/{free}")).headers["etag"]
    shown = await show(ada, free)

    response = await ada.get(f"/v1/banners/{free}", headers={"If-None-Match": etag})

    assert codes.OK == response.status_code
    assert shown.headers["etag"] == response.headers["etag"]


async def test_a_display_past_its_deadline_is_returned_by_no_call_though_nobody_has_ended_it(
    own_nats_server: NatsServer, own_mesh: Mesh
) -> None:
    slow_clock = HandClock(later(clock.now(), -2 * MINUTE))
    async with (
        running_banner_service(own_mesh, now=slow_clock),
        running_gateway(own_nats_server.url) as gateway,
    ):
        ada = gateway.guest("ada")
        banner = await registered_over(ada)
        shown = await show(ada, banner)

        seen = await ada.get(f"/v1/banners/{banner}", headers={"If-None-Match": shown.headers["etag"]})

        assert codes.OK == seen.status_code
        assert shown.headers["etag"] == seen.headers["etag"]
        assert view_in(seen).display is None
        assert [None] == [item.display for item in (await listed_over(ada)).items]
        assert [banner] == [item.id for item in (await listed_over(ada, status="free")).items]
        assert () == (await listed_over(ada, status="busy")).items


# --- the list -------------------------------------------------------------------------------------


async def test_the_list_comes_in_pages_in_the_order_of_the_ids(ada: httpx.AsyncClient, tag: str) -> None:
    ids = sorted([await registered_over(ada, tags=[tag]) for _ in range(5)])
    pages: list[list[str]] = []
    cursor: str | None = ""

    while cursor is not None:
        page = await listed_over(ada, tag=tag, limit=2, cursor=cursor)
        pages.append([item.id for item in page.items])
        cursor = page.next_cursor

    assert [ids[:2], ids[2:4], ids[4:]] == pages


async def test_a_page_that_ends_with_the_last_banner_has_no_next(ada: httpx.AsyncClient, tag: str) -> None:
    for _ in range(2):
        await registered_over(ada, tags=[tag])

    page = await listed_over(ada, tag=tag, limit=2)

    assert 2 == len(page.items)
    assert page.next_cursor is None


async def test_a_cursor_need_not_be_the_id_of_a_banner(ada: httpx.AsyncClient, tag: str) -> None:
    await registered_over(ada, tags=[tag])

    assert 1 == len((await listed_over(ada, tag=tag, cursor="\n")).items)
    assert () == (await listed_over(ada, tag=tag, cursor="zzz")).items


async def test_the_list_without_anything_has_every_banner_that_fits(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    page = await listed_over(ada)

    assert free in {item.id for item in page.items}


async def test_a_tag_chooses_the_banners_that_have_it(ada: httpx.AsyncClient, tag: str) -> None:
    with_it = await registered_over(ada, tags=["east", tag])
    await registered_over(ada, tags=["east", f"{tag[:-1]}"])

    assert [with_it] == [item.id for item in (await listed_over(ada, tag=tag)).items]


async def test_a_tag_that_nobody_has_chooses_none(ada: httpx.AsyncClient) -> None:
    assert BannerPage((), None) == await listed_over(ada, tag="*")


@pytest.mark.parametrize(
    ("status", "busy"), [pytest.param("busy", True, id="busy"), pytest.param("free", False, id="free")]
)
async def test_the_status_chooses_the_banners_that_are(
    ada: httpx.AsyncClient,
    tag: str,
    status: str,
    busy: bool,  # noqa: FBT001
) -> None:
    banners = {False: await registered_over(ada, tags=[tag]), True: await registered_over(ada, tags=[tag])}
    await show(ada, banners[True])

    assert [banners[busy]] == [item.id for item in (await listed_over(ada, tag=tag, status=status)).items]


async def test_the_status_chooses_the_banners_whose_hardware_is_there(
    ada: httpx.AsyncClient, mesh: Mesh, tag: str
) -> None:
    silent, alive = sorted([await registered_over(ada, tags=[tag]) for _ in range(2)])
    await beat(mesh, alive)

    async def chosen(status: str) -> list[BannerId]:
        return [item.id for item in (await listed_over(ada, tag=tag, status=status)).items]

    async def is_known() -> bool:
        return await chosen("online") == [alive]

    await until(is_known)
    assert [silent] == await chosen("offline")


async def test_the_status_chooses_the_banners_that_are_on_hold(
    ada: httpx.AsyncClient, olga: httpx.AsyncClient, tag: str
) -> None:
    held, _ = [await registered_over(ada, tags=[tag]) for _ in range(2)]
    await hold(olga, held)

    assert [held] == [item.id for item in (await listed_over(ada, tag=tag, status="held")).items]
    assert held not in {item.id for item in (await listed_over(ada, tag=tag, status="free")).items}


# --- holding --------------------------------------------------------------------------------------


async def hold(client: httpx.AsyncClient, banner: str, reason: str = "wind") -> httpx.Response:
    """Hold a banner."""
    return await client.put(f"/v1/banners/{banner}/hold", json={"reason": reason})


async def test_a_hold_is_told_in_full_and_ends_what_shows(
    ada: httpx.AsyncClient, olga: httpx.AsyncClient, free: BannerId
) -> None:
    up = display_in(await show(ada, free))
    before = clock.now()

    response = await hold(olga, free, "storm ⚡")

    view = view_in(response)
    assert codes.OK == response.status_code
    assert f'"{view.revision}"' == response.headers["etag"]
    assert view.display is None
    assert view.hold is not None
    assert before <= view.hold.at <= clock.now()
    assert OnHold(reason="storm ⚡", by=OLGA, at=view.hold.at) == view.hold
    assert view == view_in(await ada.get(f"/v1/banners/{free}"))
    assert "held" == (await followed_over(ada, up.id)).how


async def test_who_waits_is_shown_when_the_hold_ends(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, olga: httpx.AsyncClient, free: BannerId
) -> None:
    await hold(olga, free)
    first = display_in(await show(ada, free, "First", when="queue"))
    second = display_in(await show(bob, free, "Second", when="queue"))

    response = await olga.delete(f"/v1/banners/{free}/hold")

    view = view_in(await ada.get(f"/v1/banners/{free}"))
    assert codes.NO_CONTENT == response.status_code
    assert b"" == response.content
    assert f'"{view.revision}"' == response.headers["etag"]
    assert (None, None) == (first.starts_at, second.starts_at)
    assert (None, first.id, 1) == (view.hold, view.display and view.display.id, view.queue_length)


async def test_a_hold_over_a_hold_changes_the_reason(olga: httpx.AsyncClient, free: BannerId) -> None:
    await hold(olga, free, "wind")

    view = view_in(await hold(olga, free, "ice"))

    assert view.hold is not None
    assert "ice" == view.hold.reason


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"reason": ""}, id="an empty reason"),
        pytest.param({"reason": "x" * 201}, id="a reason too long"),
        pytest.param({"reason": None}, id="null for a reason"),
        pytest.param({"reason": "wind", "by": "ada"}, id="a field that there is not"),
    ],
)
async def test_nothing_is_held_with(olga: httpx.AsyncClient, free: BannerId, body: Any) -> None:
    response = await olga.put(f"/v1/banners/{free}/hold", json=body)

    assert codes.UNPROCESSABLE_ENTITY == response.status_code
    assert "/problems/invalid-request" == problem_in(response)["type"]
    assert view_in(await olga.get(f"/v1/banners/{free}")).hold is None
