"""Every call of a client at a real gateway."""

from typing import Any

import anyio
import httpx
import msgspec
import pytest

from airdisplay_client import AirDisplay, Malformed, Refused
from shared.contracts import refusals, subjects
from shared.contracts.banner import When
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, milliseconds_between
from shared.contracts.refusals import Refusal
from tests.support.banners import new_banner_id
from tests.support.gateways import Gateway, Services, online_over

NO_ONE = "0" * 32


async def test_a_text_shows_for_its_minute(air: AirDisplay, free: BannerId) -> None:
    shown = await air.show(free, "Hello")

    assert ("showing", free, "Hello") == (shown.state, shown.banner, shown.text)
    assert shown.shown_at is not None
    assert shown.until is not None
    assert 60_000 == milliseconds_between(shown.shown_at, shown.until)
    assert shown == await air.display(shown.id)


async def test_a_text_waits_in_line_and_is_taken_back(air: AirDisplay, busy: BannerId) -> None:
    waiting = await air.queue(busy, "Hello")
    taken_back = await air.take_back(waiting.id)

    assert ("queued", 1) == (waiting.state, waiting.position)
    assert ("ended", "left") == (taken_back.state, taken_back.how)
    assert taken_back == await air.take_back(waiting.id)  # it was over before


async def test_what_shows_is_taken_back_too(air: AirDisplay, free: BannerId) -> None:
    shown = await air.show(free, "Hello")

    assert "cleared" == (await air.take_back(shown.id)).how
    assert (await air.banner(free)).display is None


async def test_any_free_banner_with_a_tag_will_do(
    air: AirDisplay, services: Services, olga: httpx.AsyncClient
) -> None:
    tag = f"t-{new_banner_id()}"
    (banner,) = await online_over(olga, services, tag)
    shown = await air.show_anywhere("Hello", tag=tag)
    waiting = await air.show_anywhere("Hello", tag=tag)

    assert ("showing", banner) == (shown.state, shown.banner)
    assert ("waiting", 1) == (waiting.state, waiting.position)
    await air.take_back(waiting.id)


async def test_what_is_measured_is_read_page_by_page(
    air: AirDisplay, free: BannerId, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("airdisplay_client.client._TELEMETRY_PAGE", 3)
    for number in range(7):
        subject = subjects.measured(free, "wind")
        await services.mesh.requests.ask(subject, b'{"n":%d}' % number, timeout=5)

    values = [item.value async for item in air.telemetry(free, "wind", since=Instant("2026-01-01T00:00:00Z"))]
    newest = [(item.kind, item.value) async for item in air.telemetry(free)]

    assert [{"n": number} for number in range(7)] == [msgspec.json.decode(value) for value in values]
    assert [("wind", values[-1])] == newest


async def test_a_display_is_mended_at_the_revision_that_was_seen(air: AirDisplay, free: BannerId) -> None:
    shown = await air.show(free, "Helo")
    assert shown.revision is not None
    mended = await air.mend(free, "Hello", shown.revision)

    assert mended.display is not None
    assert ("Hello", shown.until) == (mended.display.text, mended.display.until)
    with pytest.raises(Refused) as refused:
        await air.mend(free, "Hullo", shown.revision)
    assert refusals.Stale(expected=shown.revision, revision=mended.revision) == refused.value.facts


async def test_an_operator_registers_holds_and_releases(operator: AirDisplay, air: AirDisplay) -> None:
    registered = await operator.register(name="Breeze", tags=("north",))
    held = await operator.hold(registered.id, "wind")
    waiting = await air.queue(registered.id, "Hello")
    await operator.release(registered.id)

    assert ("Breeze", ("north",)) == (registered.name, registered.tags)
    assert held.hold is not None
    assert "wind" == held.hold.reason
    assert "showing" == (await air.display(waiting.id)).state


async def test_banners_are_read_page_by_page(
    operator: AirDisplay, air: AirDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("airdisplay_client.client._BANNERS_PAGE", 2)
    tag = f"t-{new_banner_id()}"
    made = sorted([(await operator.register(tags=(tag,))).id for _ in range(5)])

    async def listed(**query: Any) -> list[BannerId]:
        return [banner.id async for banner in air.banners(**query)]

    with anyio.fail_after(10):
        while made != (found := await listed(tag=tag)):  # the list follows the log
            assert set(found) < set(made)
    assert [] == await listed(tag=tag, status="busy")


@pytest.mark.parametrize(("limit", "expected"), [(None, 7), (5, 5), (4, 4), (0, 0), (50, 7)])
async def test_a_history_is_read_as_far_as_one_wants(
    air: AirDisplay, free: BannerId, monkeypatch: pytest.MonkeyPatch, limit: int | None, expected: int
) -> None:
    monkeypatch.setattr("airdisplay_client.client._HISTORY_PAGE", 2)
    for number in range(3):
        await air.take_back((await air.show(free, f"Hello {number}")).id)
    found = [item async for item in air.history(free, limit=limit)]

    assert expected == len(found)
    assert sorted((item.revision for item in found), reverse=True) == [item.revision for item in found]


async def test_the_same_key_is_the_same_wish(air: AirDisplay, free: BannerId) -> None:
    first = await air.show(free, "Hello", key="mine")

    assert first == await air.show(free, "Hello", key="mine")
    with pytest.raises(Refused) as refused:
        await air.show(free, "Something else", key="mine")
    assert "key-reused" == refused.value.slug


async def test_a_refusal_carries_its_facts(air: AirDisplay, busy: BannerId) -> None:
    display = (await air.banner(busy)).display
    assert display is not None
    with pytest.raises(Refused, match="Another message is showing for") as refused:
        await air.show(busy, "Hello")

    no = refused.value
    assert isinstance(no.facts, refusals.Busy)
    assert (409, "busy", display.until, display.id) == (
        no.status,
        no.slug,
        no.facts.until,
        no.facts.display_id,
    )
    assert 0 < no.facts.retry_after_ms <= 60_000
    assert no.retry_after == -(-no.facts.retry_after_ms // 1000)


@pytest.mark.parametrize("when", ["now", "queue"])
async def test_a_second_turn_and_a_hold_are_refused(
    air: AirDisplay, operator: AirDisplay, busy: BannerId, when: When
) -> None:
    kind: type[Refusal]
    if when == "queue":
        await air.queue(busy, "Hello")
        wish, kind = air.queue, refusals.AlreadyWaiting
    else:
        await operator.hold(busy, "wind")
        wish, kind = air.show, refusals.Held
    with pytest.raises(Refused) as refused:
        await wish(busy, "Hello again")

    assert isinstance(refused.value.facts, kind)


async def test_what_is_refused_for_good_says_why(
    air: AirDisplay, operator: AirDisplay, busy: BannerId, free: BannerId
) -> None:
    display = (await air.banner(busy)).display
    assert display is not None
    nowhere = new_banner_id()
    wishes: list[tuple[Any, type[Refusal]]] = [
        (air.show(nowhere, "Hello"), refusals.UnknownBanner),
        (air.banner(nowhere), refusals.UnknownBanner),
        (air.show(busy, "  "), refusals.BadText),
        (air.mend(busy, "Hello", 1), refusals.Refusal),
        (air.take_back(display.id), refusals.NotYours),
        (air.display(NO_ONE), refusals.UnknownDisplay),
        (air.take_back(NO_ONE), refusals.UnknownDisplay),
        (air.show_anywhere("Hello", tag="nowhere"), refusals.NoSuchPool),
        (air.hold(busy, "wind"), refusals.NotOperator),
        (air.release(busy), refusals.NotOperator),
        (operator.release(free), refusals.NotHeld),
        (operator.register(busy), refusals.AlreadyRegistered),
    ]
    for wish, kind in wishes:
        with pytest.raises(Refused) as refused:
            await wish

        assert isinstance(refused.value.facts, kind), refused.value.slug


async def test_a_wrong_token_is_refused(gateway: Gateway, free: BannerId) -> None:
    async with AirDisplay(gateway.url, "guessed") as stranger:
        with pytest.raises(Refused) as refused:
            await stranger.hold(free, "wind")

    assert (401, "not-authorized") == (refused.value.status, refused.value.slug)


@pytest.mark.parametrize("banner", ["", "a b", "../displays", "Lightning"])
async def test_what_can_be_no_banner_is_not_asked_for(banner: str) -> None:
    async with AirDisplay("http://127.0.0.1:9") as air:
        with pytest.raises(Malformed, match="expected a banner id"):
            await air.show(banner, "Hello")
        with pytest.raises(Malformed, match="expected a banner id"):
            air.watch(banner)
        with pytest.raises(Malformed, match="at most 1000 banners"):
            air.watch(*(f"b-{number}" for number in range(1001)))


async def test_the_id_of_a_display_cannot_lead_elsewhere(air: AirDisplay) -> None:
    with pytest.raises(Refused):
        await air.display("../banners")


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ws://127.0.0.1", "http://", "http://127.0.0.1,"])
def test_what_can_be_no_address_is_told(url: str) -> None:
    with pytest.raises(Malformed, match="expected the address of a gateway"):
        AirDisplay(url)


async def test_what_is_raised_inside_comes_out_as_it_is(gateway: Gateway) -> None:
    async def fail() -> None:
        async with AirDisplay(gateway.url) as air:
            air.watch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()


async def test_nobody_watches_from_outside(gateway: Gateway) -> None:
    with pytest.raises(RuntimeError, match="inside of `async with`"):
        AirDisplay(gateway.url).watch()
