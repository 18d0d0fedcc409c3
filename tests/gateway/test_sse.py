"""The live channel over server-sent events: one banner, its newest state first and whenever that changes."""

import re

import anyio
import httpx
import pytest
from httpx import codes

from services.gateway import sse
from shared.contracts import subjects
from shared.contracts.identity import BannerId
from shared.contracts.instants import later
from shared.mesh import clock
from shared.mesh.connection import Mesh
from shared.mesh.streams import BANNERS
from tests.support.banners import MINUTE, registered, running_banner_service, shown
from tests.support.clock import HandClock
from tests.support.gateways import Gateway, problem_in, registered_over, running_gateway, view_in
from tests.support.nats_server import NatsServer
from tests.support.viewers import following
from tests.support.waiting import until


async def show(client: httpx.AsyncClient, banner: str, text: str = "Hello") -> int:
    """Put a text on a free banner; the revision."""
    response = await client.post(f"/v1/banners/{banner}/display", json={"text": text})
    assert codes.CREATED == response.status_code, response.text
    revision: int = response.json()["revision"]
    return revision


async def clear(client: httpx.AsyncClient, banner: str) -> None:
    """End what shows."""
    assert codes.NO_CONTENT == (await client.delete(f"/v1/banners/{banner}/display")).status_code


async def viewers(client: httpx.AsyncClient) -> float:
    """How many viewers the gateway has."""
    (line,) = (
        line
        for line in (await client.get("/metrics")).text.splitlines()
        if line.startswith("airdisplay_viewers ")
    )
    return float(line.split()[1])


async def test_it_is_a_stream_of_events_that_nobody_on_the_way_may_keep(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    async with following(ada, free) as stream:
        assert codes.OK == stream.response.status_code
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert "no-store" == stream.response.headers["cache-control"]


async def test_first_comes_how_long_to_wait_before_coming_back(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    async with following(ada, free) as stream:
        first = await stream.next()

    assert first is not None
    assert str(sse.RETRY_MS) == first.retry


async def test_the_first_event_is_the_banner_as_it_is(ada: httpx.AsyncClient, free: BannerId) -> None:
    revision = await show(ada, free)

    async with following(ada, free) as stream:
        event_id, banner = await stream.banner()

    assert view_in(await ada.get(f"/v1/banners/{free}")) == banner
    assert re.fullmatch(rf"[0-9a-f]+:{revision}:[0-9a-f.]+", event_id)


async def test_then_comes_every_change(ada: httpx.AsyncClient, free: BannerId) -> None:
    async with following(ada, free) as stream:
        before, _ = await stream.banner()
        revision = await show(ada, free, "A text\nof two lines?".replace("\n", " "))
        event_id, changed = await stream.banner()
        await clear(ada, free)
        _, ended = await stream.banner()

    assert changed.display is not None
    assert "A text of two lines?" == changed.display.text
    assert [before.partition(":")[0], str(revision)] == event_id.split(":")[:2]
    assert ended.display is None
    assert changed.revision < ended.revision


async def test_changes_of_other_banners_are_not_told(ada: httpx.AsyncClient, free: BannerId) -> None:
    other = await registered_over(ada)
    async with following(ada, free) as stream:
        await stream.banner()
        await show(ada, other)
        revision = await show(ada, free)
        _, banner = await stream.banner()

    assert (free, revision) == (banner.id, banner.revision)


async def test_who_has_seen_the_newest_is_told_only_when_there_is_a_newer_one(
    ada: httpx.AsyncClient, free: BannerId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "COMMENT_SECONDS", 0.02)
    async with following(ada, free) as stream:
        last, _ = await stream.banner()

    async with following(ada, free, last_event_id=last) as stream:
        retry, comment = await stream.next(), await stream.next()
        assert retry is not None
        assert comment is not None
        assert (True, True) == (bool(retry.retry), bool(comment.comment))
        revision = await show(ada, free)
        _, banner = await stream.banner()

    assert revision == banner.revision


@pytest.mark.parametrize(
    "last_event_id",
    [
        pytest.param("{epoch}:1:", id="an older event"),
        pytest.param("{epoch}:{revision}:0123abcd.1.1.1", id="other lives of what hardware says"),
        pytest.param("0:{revision}", id="another life of the log"),
        pytest.param("nonsense", id="something that is no id of ours"),
        pytest.param("", id="nothing"),
    ],
)
async def test_who_has_seen_anything_else_is_told_the_newest(
    ada: httpx.AsyncClient, free: BannerId, last_event_id: str
) -> None:
    revision = await show(ada, free)
    async with following(ada, free) as stream:
        epoch = (await stream.banner())[0].partition(":")[0]

    seen = last_event_id.format(epoch=epoch, revision=revision)
    async with following(ada, free, last_event_id=seen) as stream:
        event_id, banner = await stream.banner()

    assert [epoch, str(revision)] == event_id.split(":")[:2]
    assert revision == banner.revision


async def test_when_nothing_changes_a_comment_comes_now_and_then(
    ada: httpx.AsyncClient, free: BannerId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "COMMENT_SECONDS", 0.02)
    async with following(ada, free) as stream:
        await stream.banner()
        for _ in range(2):
            comment = await stream.next()
            assert comment is not None
            assert comment.comment
        revision = await show(ada, free)
        _, banner = await stream.banner()

    assert revision == banner.revision


async def test_an_unknown_banner_is_not_followed(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/v1/banners/nobody/live")

    assert codes.NOT_FOUND == response.status_code
    assert "/problems/unknown-banner" == problem_in(response)["type"]


async def test_who_leaves_is_forgotten(ada: httpx.AsyncClient, free: BannerId) -> None:
    async with following(ada, free) as stream:
        await stream.banner()
        assert 1 == await viewers(ada)

    async def is_forgotten() -> bool:
        return await viewers(ada) == 0

    await until(is_forgotten)


async def test_who_is_away_when_something_changes_is_forgotten(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    async with following(ada, free) as stream:
        await stream.banner()
    await show(ada, free)

    async def is_forgotten() -> bool:
        return await viewers(ada) == 0

    await until(is_forgotten)


async def test_a_display_past_its_deadline_is_not_told(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    slow_clock = HandClock(later(clock.now(), -2 * MINUTE))
    async with (
        running_banner_service(own_mesh, now=slow_clock) as banners,
        running_gateway(own_nats_server.url) as gateway,
    ):
        banner = await registered(banners)
        accepted = await shown(banners, banner)
        async with following(gateway.guest(), banner) as stream:
            _, view = await stream.banner()

    assert accepted.revision == view.revision
    assert view.display is None


async def test_the_stream_of_a_banner_that_is_removed_ends(mesh: Mesh, ada: httpx.AsyncClient) -> None:
    banner = await registered_over(ada)
    async with following(ada, banner) as stream:
        await stream.banner()
        await mesh.client.publish(
            subjects.record(BANNERS.bucket, banner), b"", headers={"KV-Operation": "DEL"}
        )
        while (event := await stream.next()) is not None:
            assert not event.name

    assert codes.NOT_FOUND == (await ada.get(f"/v1/banners/{banner}/live")).status_code


async def test_all_that_many_followers_see_is_the_same(gateway: Gateway, free: BannerId) -> None:
    seen: list[tuple[str, int]] = []
    ada = gateway.guest("ada")
    ready = anyio.Semaphore(0)

    async def follow() -> None:
        async with following(gateway.guest(), free) as stream:
            await stream.banner()
            ready.release()
            event_id, banner = await stream.banner()
            seen.append((event_id, banner.revision))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(follow)
            for _ in range(10):
                await ready.acquire()
            await show(ada, free)

    assert 10 == len(seen)
    assert 1 == len(set(seen))


async def test_the_stream_ends_when_the_gateway_does(nats_server: NatsServer, ada: httpx.AsyncClient) -> None:
    banner = await registered_over(ada)
    following_it = anyio.Event()
    ended = anyio.Event()

    async def follow(url: str) -> None:
        async with httpx.AsyncClient(base_url=url) as client, following(client, banner) as stream:
            await stream.banner()
            following_it.set()
            assert await stream.next() is None
        ended.set()

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            async with running_gateway(nats_server.url, instance="leaving") as leaving:
                tasks.start_soon(follow, leaving.url)
                await following_it.wait()
            await ended.wait()
