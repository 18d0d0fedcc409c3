"""Asking from the command line: every no is a sentence of ours."""

import anyio
import pytest

from airdisplay.asking import Missing, Refusal, ask
from airdisplay.wording import shown
from airdisplay_client import Unavailable
from tests.airdisplay.others import guest, operator
from tests.airdisplay.running import Up
from tests.client.scripts import Answer, answering
from tests.support.ports import HOST, free_port


async def sentence(url: str, banner: str, text: str = "Hello") -> str:
    """What `airdisplay show` says; commands have an event loop of their own, so not in this one."""

    def talk() -> str:
        return shown(ask(url, lambda air: air.show(banner, text), banner=banner))

    return await anyio.to_thread.run_sync(talk)


async def test_a_text_is_shown_and_its_end_is_told(everything: Up) -> None:
    assert "aurora shows “Hello” for 60 s, until " in await sentence(everything.address, "aurora", "Hello")


async def test_a_busy_banner_says_for_how_long(everything: Up) -> None:
    await sentence(everything.address, "breezy", "Hello")

    with pytest.raises(
        Refusal, match=r"^breezy is busy for \d+ s more, until \d\d:\d\d:\d\d: wait in line with --queue"
    ):
        await sentence(everything.address, "breezy", "Hello again")


async def test_a_held_banner_says_why(everything: Up) -> None:
    async with operator(everything) as olga, guest(everything):
        banner = await olga.register()
        await olga.hold(banner, "wind")

    with pytest.raises(Refusal, match=rf"^{banner} is on hold since \d\d:\d\d:\d\d \(wind\): wait in line"):
        await sentence(everything.address, banner, "Hello")


@pytest.mark.parametrize(
    ("banner", "text", "expected"),
    [
        ("nowhere", "Hello", "There is no banner 'nowhere'"),
        ("comet", "   ", "This text cannot be shown"),
        ("comet", "x" * 121, "found 121 characters"),
    ],
)
async def test_a_refusal_is_one_sentence(everything: Up, banner: str, text: str, expected: str) -> None:
    with pytest.raises(Refusal, match=expected):
        await sentence(everything.address, banner, text)


@pytest.mark.parametrize(
    ("pool", "expected"), [("all", "there is no banner"), ("tag-city", "no banner has the tag city")]
)
async def test_a_pool_without_banners_is_one_sentence(pool: str, expected: str) -> None:
    body = b'{"type":"/problems/no-such-pool","detail":"d","pool":"%s"}' % pool.encode()
    with answering(Answer(404, body)) as (url, _), pytest.raises(Refusal, match=f"^{expected}$"):
        await sentence(url, "lightning")


async def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(Missing, match=r"cannot be reached: is `airdisplay up` running\?"):
        await sentence(f"http://{HOST}:{free_port()}", "lightning")


async def test_trouble_that_lasts_is_told() -> None:
    problem = b'{"type":"/problems/mesh-unavailable","detail":"The mesh cannot be reached right now."}'
    with (
        answering(*[Answer(503, problem)] * 4) as (url, _),
        pytest.raises(Unavailable, match=r"The mesh cannot be reached right now\."),
    ):
        await sentence(url, "lightning")
