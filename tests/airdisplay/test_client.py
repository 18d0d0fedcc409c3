"""Showing and listing through a real gateway: every answer a sentence."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import httpx
import pytest

from airdisplay.client import Away, Lost, Refused, banners, problem_sentence, show
from shared.contracts.errors import Malformed
from tests.airdisplay.running import HOST, Up, free_port


async def test_a_text_is_shown_and_its_end_is_told(everything: Up) -> None:
    assert "aurora shows “Hello” for 60 s, until " in show(everything.address, "aurora", "Hello")


async def test_a_busy_banner_says_for_how_long(everything: Up) -> None:
    show(everything.address, "breezy", "Hello")

    with pytest.raises(Refused, match=r"^breezy is busy for \d+ s more, until \d\d:\d\d:\d\d$"):
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

    def do_POST(self) -> None:
        """Give the next answer; none at all when it has the status 0."""
        self.keys.append(self.headers["Idempotency-Key"])
        self.rfile.read(int(self.headers["Content-Length"]))
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
