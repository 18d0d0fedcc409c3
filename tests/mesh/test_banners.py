"""Asking banners as functions: what comes back is an answer, a refusal, or says why there is none."""

import anyio
import pytest
from nats.aio.msg import Msg

from shared.contracts import refusals, subjects
from shared.contracts.banner import Banner, Clear, Expire, ExpireMany, ExpireManyReply, Expiry, Register, Show
from shared.contracts.command import Accepted
from shared.contracts.errors import Malformed, OutcomeUnknown, Unreachable
from shared.contracts.identity import BannerId, DisplayId
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh
from shared.mesh.services import CODE_HEADER
from tests.support.banners import new_command_id


async def test_commands_go_to_the_banner_and_answers_come_back(banners: Banners, banner: BannerId) -> None:
    registered = await banners.command(banner, Register(name="Lightning"))
    shown = await banners.command(banner, Show(id=new_command_id(), text="Hello", by="ada"))
    busy = await banners.command(banner, Show(text="Hi"))
    got = await banners.get(banner)
    cleared = await banners.command(banner, Clear(by="ada"))

    assert isinstance(registered, Accepted)
    assert Banner(id=banner, name="Lightning") == registered.state
    assert isinstance(shown, Accepted)
    assert shown.state.display is not None
    assert isinstance(busy, refusals.Busy)
    assert (shown.state.display.id, shown.revision) == (busy.display_id, busy.revision)
    assert shown == got
    assert isinstance(cleared, Accepted)
    assert cleared.state.display is None


async def test_expiries_go_out_together_and_come_back_in_order(banners: Banners, banner: BannerId) -> None:
    await banners.command(banner, Register())
    request = ExpireMany(
        expiries=(Expiry(banner, DisplayId("d1")), Expiry(BannerId("nobody"), DisplayId("d2")))
    )

    reply = await banners.expire(request)

    assert isinstance(reply, ExpireManyReply)
    assert ["not-showing", "unknown-banner"] == [each.outcome for each in reply.outcomes]
    single = await banners.command(banner, Expire(display_id=DisplayId("d1")))
    assert refusals.NotShowing(display_id=DisplayId("d1")) == single


async def test_without_a_banner_service_banners_are_unreachable(mesh: Mesh, banner: BannerId) -> None:
    with pytest.raises(Unreachable):
        await Banners(mesh).get(banner)


async def test_a_banner_service_that_does_not_answer_leaves_the_outcome_unknown(
    mesh: Mesh, banner: BannerId
) -> None:
    async def say_nothing(_message: Msg) -> None:
        pass

    await mesh.subscribe(subjects.every_banner("show"), say_nothing)

    with anyio.fail_after(5), pytest.raises(OutcomeUnknown):
        await Banners(mesh, answer_seconds=0.1).command(banner, Show(text="Hi"))


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"garbage", {}, id="no JSON"),
        pytest.param(b'{"at":"\xff"}', {}, id="no text"),
        pytest.param(b'{"revision":1}', {}, id="half an answer"),
        pytest.param(b'{"reason":"never-heard-of"}', {CODE_HEADER: "409"}, id="an unknown refusal"),
        pytest.param(b'{"until":"x"}', {CODE_HEADER: "409"}, id="a refusal without a reason"),
    ],
)
async def test_an_answer_that_is_none_is_malformed(
    mesh: Mesh, banner: BannerId, data: bytes, headers: dict[str, str]
) -> None:
    async def answer(message: Msg) -> None:
        await mesh.publish(message.reply, data, headers)

    await mesh.subscribe(subjects.every_banner("get"), answer)

    with pytest.raises(Malformed, match="an answer from airdisplay"):
        await Banners(mesh).get(banner)
