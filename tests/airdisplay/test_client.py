"""Showing and listing through a real gateway: every answer a sentence."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import httpx
import pytest

from airdisplay.client import (
    Away,
    Lost,
    Refused,
    ask,
    banners,
    history,
    problem_sentence,
    show,
    take_back,
)
from shared.contracts.errors import Malformed
from tests.airdisplay.others import guest
from tests.airdisplay.running import HOST, Up, free_port


async def test_a_text_is_shown_and_its_end_is_told(everything: Up) -> None:
    assert "aurora shows “Hello” for 60 s, until " in show(everything.address, "aurora", "Hello")


async def test_a_busy_banner_says_for_how_long(everything: Up) -> None:
    show(everything.address, "breezy", "Hello")

    with pytest.raises(
        Refused, match=r"^breezy is busy for \d+ s more, until \d\d:\d\d:\d\d: wait in line with --queue"
    ):
        show(everything.address, "breezy", "Hello again")


@pytest.mark.parametrize(
    ("banner", "text", "sentence"),
    [
        ("nowhere", "Hello", "There is no banner 'nowhere'"),
        ("comet", "   ", "This text cannot be shown"),
        ("comet", "x" * 121, "found 121 characters"),
    ],
)
async def test_a_refusal_is_one_sentence(everything: Up, banner: str, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        show(everything.address, banner, text)


async def test_all_banners_are_listed_in_order(everything: Up) -> None:
    ids = [banner.id for banner in banners(everything.address)]

    assert ids == sorted(ids)
    assert {"lightning", "sparky", "stormy", "banner-24"} <= set(ids)


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(Away, match=r"cannot be reached: is `airdisplay up` running\?"):
        show(f"http://{HOST}:{free_port()}", "lightning", "Hello")


def test_nobody_there_cannot_list_either() -> None:
    with pytest.raises(Away):
        list(banners(f"http://{HOST}:{free_port()}"))


class _Script(BaseHTTPRequestHandler):
    """Answers with what it was given, one after the other, and remembers the keys that came."""

    answers: ClassVar[list[tuple[int, bytes]]] = []
    keys: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        """Give the next answer."""
        self._answer()

    def do_POST(self) -> None:
        """Give the next answer; none at all when it has the status 0."""
        self.keys.append(self.headers["Idempotency-Key"])
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def _answer(self) -> None:
        status, body = self.answers.pop(0)
        if status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
        """Keep quiet."""


SHOWN = (
    b'{"id":"d","state":"showing","banner":"lightning","text":"Hello","by":"guest","revision":1,'
    b'"shown_at":"2026-05-04T12:00:00.000Z","until":"2026-05-04T12:01:00.000Z"}'
)


@contextmanager
def answering(*answers: tuple[int, bytes]) -> Generator[str]:
    """A gateway that gives these answers; yields its address."""
    _Script.answers, _Script.keys = list(answers), []
    with HTTPServer((HOST, 0), _Script) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


async def test_who_waits_is_told_the_place(everything: Up) -> None:
    async with guest(everything) as bob:
        banner = await bob.register()
        await bob.show(banner)
        await bob.wait(banner)

    view = ask(everything.address, "Hello", banner=banner, when="queue")

    assert ("queued", 2) == (view.state, view.position)


async def test_what_is_taken_back_is_over_and_so_it_is_when_it_was_over_before(everything: Up) -> None:
    async with guest(everything) as bob:
        banner = await bob.register()
        await bob.show(banner)
    view = ask(everything.address, "Hello", banner=banner, when="queue")

    first, again = [take_back(everything.address, view.id) for _ in range(2)]

    assert ("ended", "left") == (first.state, first.how)
    assert first == again


async def test_what_somebody_else_wrote_cannot_be_taken_back(everything: Up) -> None:
    async with guest(everything) as bob:
        display = await bob.show(await bob.register())

    with pytest.raises(Refused, match="Only the author"):
        take_back(everything.address, display)


async def test_a_history_is_read_page_by_page_as_far_as_one_wants(everything: Up) -> None:
    async with guest(everything) as bob:
        banner = await bob.register()
        for _ in range(60):
            await bob.show(banner)
            await bob.clear(banner)

    found = list(history(everything.address, banner, 115))
    everything_found = list(history(everything.address, banner, 1_000))

    assert 115 == len(found)
    assert 121 == len(everything_found)
    assert everything_found[:115] == found
    assert "register" == everything_found[-1].command


def test_a_history_that_is_cut_short_is_not_asked_for_in_full() -> None:
    page = b'{"items":[%s],"next_cursor":"7"}' % (
        b'{"revision":8,"at":"2026-05-04T12:00:00.000Z","by":"x","command":"c","events":[]}'
    )
    with answering((200, page)) as address:
        (item,) = history(address, "lightning", 1)

    assert 8 == item.revision


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param((503, b"{}"), id="the mesh is away"),
        pytest.param((504, b"{}"), id="the outcome is unknown"),
        pytest.param((0, b""), id="the answer is lost"),
    ],
)
def test_what_may_have_been_done_is_asked_for_again_under_the_same_key(trouble: tuple[int, bytes]) -> None:
    with answering(trouble, (201, SHOWN)) as address:
        assert "lightning shows “Hello” for 60 s" in show(address, "lightning", "Hello")

    first, second = _Script.keys
    assert first == second
    assert first


@pytest.mark.parametrize("banner", ["lightning", None])
def test_who_would_wait_asks_again_under_the_same_key_too(banner: str | None) -> None:
    waiting = b'{"id":"d","state":"waiting","text":"Hello","by":"guest","position":1}'
    with answering((0, b""), (503, b"{}"), (202, waiting)) as address:
        assert "waiting" == ask(address, "Hello", banner=banner, when="queue").state

    assert 3 == len(_Script.keys)
    assert 1 == len(set(_Script.keys))


def test_trouble_that_lasts_is_told() -> None:
    problem = b'{"type":"/problems/mesh-unavailable","detail":"The mesh cannot be reached right now."}'
    with (
        answering(*[(503, problem)] * 4) as address,
        pytest.raises(Refused, match=r"The mesh cannot be reached right now\."),
    ):
        show(address, "lightning", "Hello")


def test_an_answer_that_never_comes_is_told() -> None:
    with answering(*[(0, b"")] * 4) as address, pytest.raises(Lost, match="did not answer"):
        show(address, "lightning", "Hello")


def test_another_program_at_that_address_is_noticed() -> None:
    with answering((200, b"<html>")) as address, pytest.raises(Malformed, match="an answer of AirDisplay"):
        show(address, "lightning", "Hello")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            httpx.Response(409, json={"title": "Busy", "detail": "Another message is showing."}),
            "Another message",
        ),
        (httpx.Response(409, json={"title": "Busy"}), "Busy"),
        (httpx.Response(502, text="<html>"), "the gateway answered 502 Bad Gateway"),
        (httpx.Response(502, json=[]), "the gateway answered 502 Bad Gateway"),
    ],
)
def test_a_problem_becomes_a_sentence(answer: httpx.Response, sentence: str) -> None:
    assert problem_sentence(answer).startswith(sentence)
