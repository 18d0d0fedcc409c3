"""Requests: one inbox for all answers of a process, a future per question.

nats-py has requests too; this one costs half as much, and tells "nobody is there" from "no answer".
"""

import asyncio
from typing import Final, NamedTuple

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.contracts.errors import Malformed, OutcomeUnknown, Unreachable

_STATUS: Final = "Status"
_NO_RESPONDERS: Final = "503"
_SWEEP_SECONDS: Final = 0.05


class _Question(NamedTuple):
    answer: asyncio.Future[Msg]
    subject: str
    deadline: float
    timeout: float


class Requests:
    """Asks over one connection. Open it before the first question."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._prefix = ""
        self._waiting: dict[str, _Question] = {}
        self._count = 0
        self._sweeping = False

    async def open(self) -> None:
        """Start to listen for answers, on a connection that is open: until then nobody knows whose it is."""
        self._prefix = self._client.new_inbox() + "."
        await self._client.subscribe(self._prefix + "*", cb=self._on_answer)

    async def ask(
        self, subject: str, data: bytes, *, timeout: float, headers: dict[str, str] | None = None
    ) -> Msg:
        """Send a question and wait for the answer, for at most that many seconds.

        Raises:
            Unreachable: there is no connection, or nobody listens; nothing was done.
            OutcomeUnknown: it was sent and no answer came.
            Malformed: it is larger than the server takes; nothing was sent.
        """
        if not self._client.is_connected:
            raise Unreachable("the mesh")
        self._count += 1
        token = str(self._count)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Msg] = loop.create_future()
        self._waiting[token] = _Question(answer, subject, loop.time() + timeout, timeout)
        if not self._sweeping:
            self._sweeping = True
            loop.call_later(_SWEEP_SECONDS, self._sweep, loop)
        try:
            await self._client.publish(subject, data, self._prefix + token, headers)
            message = await answer
        except (nats.errors.ConnectionClosedError, nats.errors.OutboundBufferLimitError):
            raise Unreachable("the mesh") from None
        except nats.errors.MaxPayloadError:
            raise Malformed(f"at most {self._client.max_payload} bytes", found=len(data)) from None
        finally:
            del self._waiting[token]
        if message.headers and message.headers.get(_STATUS) == _NO_RESPONDERS:
            raise Unreachable(f"whoever serves {subject}")
        return message

    async def _on_answer(self, message: Msg) -> None:
        question = self._waiting.get(message.subject[len(self._prefix) :])
        if question is not None and not question.answer.done():
            question.answer.set_result(message)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give up on what has waited too long; one timer for all questions, while there are any."""
        now = loop.time()
        for question in self._waiting.values():
            if now >= question.deadline and not question.answer.done():
                question.answer.set_exception(OutcomeUnknown(question.subject, seconds=question.timeout))
        self._sweeping = bool(self._waiting)
        if self._sweeping:
            loop.call_later(_SWEEP_SECONDS, self._sweep, loop)
