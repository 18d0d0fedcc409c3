"""uvicorn inside our own task group: it takes no signals, and it leaves only when its work is done."""

import signal
import socket
from contextlib import suppress
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from httpx import codes

from services.gateway import server
from services.gateway.server import listen, serving
from shared.contracts.errors import NotFit
from tests.support.gateways import HOST
from tests.support.waiting import until

WITH_IPV6 = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")


class SlowApp:
    """An application that answers when it is told to, and not before."""

    def __init__(self) -> None:
        self.asked = anyio.Event()
        self.may_answer = anyio.Event()

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        """Take a request, and wait."""
        assert scope["type"] == "http"
        self.asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


class Serving:
    """A server that runs until it is told to leave, and somebody who asks it."""

    def __init__(self, app: SlowApp) -> None:
        self.leave = anyio.Event()
        self.scope = anyio.CancelScope()
        self.answers: list[int] = []
        self._app = app
        self._listener = listen(HOST, 0)
        self._port: int = self._listener.getsockname()[1]

    async def serve(self) -> None:
        """Serve until it is to leave, or is cancelled because something else has crashed."""
        with self.scope:
            async with serving(self._app, self._listener):
                await self.leave.wait()

    async def ask(self) -> None:
        """Ask, and keep what is answered."""
        async with httpx.AsyncClient(timeout=20) as client:
            self.answers.append((await client.get(f"http://{HOST}:{self._port}/")).status_code)

    async def lets_nobody_in(self) -> bool:
        """Whether a new connection is refused."""
        try:
            async with await anyio.connect_tcp(HOST, self._port):
                return False
        except OSError:
            return True


# --- the address ----------------------------------------------------------------------------------


def test_port_nought_takes_a_free_one() -> None:
    with listen(HOST, 0) as one, listen(HOST, 0) as other:
        assert 0 != one.getsockname()[1] != other.getsockname()[1]


@WITH_IPV6
def test_an_address_with_colons_is_of_the_sixth_version() -> None:
    with listen("::1", 0) as listener:
        assert socket.AF_INET6 == listener.family


def test_a_port_that_is_taken_is_named_in_one_sentence() -> None:
    with listen(HOST, 0) as first:
        port = first.getsockname()[1]

        with pytest.raises(NotFit) as caught:
            listen(HOST, port)

    assert f"cannot serve HTTP on {HOST} port {port}: Address already in use" == str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("192.0.2.1", id="an address of somebody else"),
        pytest.param("::2", marks=WITH_IPV6, id="an address of somebody else, of the sixth version"),
    ],
)
def test_where_it_cannot_listen_it_does_not_start(host: str) -> None:
    with pytest.raises(NotFit, match="cannot serve HTTP on"):
        listen(host, 0)


# --- signals --------------------------------------------------------------------------------------


def test_the_method_that_is_overridden_is_still_the_one_that_takes_signals() -> None:
    wanted = signal.getsignal(signal.SIGTERM)
    with uvicorn.Server(uvicorn.Config(SlowApp())).capture_signals():
        assert wanted != signal.getsignal(signal.SIGTERM)


async def test_signals_are_left_alone() -> None:
    wanted = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(each) for each in wanted]

    async with serving(SlowApp(), listen(HOST, 0)):
        during = [signal.getsignal(each) for each in wanted]

    assert before == during == [signal.getsignal(each) for each in wanted]


# --- leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize("crash", [False, True], ids=["when it leaves", "when something else has crashed"])
async def test_a_request_under_way_is_answered(crash: bool) -> None:  # noqa: FBT001
    app = SlowApp()
    served = Serving(app)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(served.serve)
            tasks.start_soon(served.ask)
            await app.asked.wait()
            if crash:
                served.scope.cancel()
            else:
                served.leave.set()
            await until(served.lets_nobody_in)
            app.may_answer.set()

    assert [codes.OK] == served.answers


async def test_a_connection_that_nobody_uses_does_not_hold_it_up() -> None:
    app, listener = SlowApp(), listen(HOST, 0)
    app.may_answer.set()
    port: int = listener.getsockname()[1]
    with anyio.fail_after(server.DRAIN_SECONDS):
        async with httpx.AsyncClient() as client, serving(app, listener):
            assert codes.OK == (await client.get(f"http://{HOST}:{port}/")).status_code


async def test_a_request_that_never_ends_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "DRAIN_SECONDS", 0)
    app = SlowApp()
    served = Serving(app)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:

            async def ask() -> None:
                with suppress(httpx.TransportError):
                    await served.ask()

            tasks.start_soon(served.serve)
            tasks.start_soon(ask)
            await app.asked.wait()
            served.leave.set()

    assert codes.OK not in served.answers
