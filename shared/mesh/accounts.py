"""Telling nats-servers that an account changed: over a connection of the servers' own account."""

from typing import Final

import anyio
import msgspec
import nats.errors
from nats.aio.msg import Msg

from shared.contracts.errors import NotFit, Unreachable
from shared.mesh.connection import Mesh

_SUBJECT: Final = "$SYS.REQ.CLAIMS.UPDATE"
_FIRST_SECONDS: Final = 2.0
_OTHERS_SECONDS: Final = 0.2


class _Server(msgspec.Struct):
    name: str = "?"


class _Said(msgspec.Struct):
    code: int = 0
    description: str = ""


class _Answer(msgspec.Struct):
    server: _Server = msgspec.field(default_factory=_Server)
    data: _Said | None = None
    error: _Said | None = None


_decoder: Final = msgspec.json.Decoder(_Answer)


async def update_account(mesh: Mesh, token: str) -> list[str]:
    """Have every server that can be reached take this JWT for the account that it is about, at once.

    Returns the names of those that said yes in time.

    Raises:
        Unreachable: none answered.
        NotFit: one does not take it.
    """
    answers: list[_Answer] = []
    answered = anyio.Event()

    async def on_answer(message: Msg) -> None:
        if message.data:  # without: nobody is there
            answers.append(_decoder.decode(message.data))
        answered.set()

    inbox = mesh.client.new_inbox()
    subscription = await mesh.subscribe(inbox, on_answer)
    try:
        await mesh.client.publish(_SUBJECT, token.encode(), reply=inbox)
        with anyio.move_on_after(_FIRST_SECONDS):
            await answered.wait()
            await anyio.sleep(_OTHERS_SECONDS if answers else 0)
    except nats.errors.MaxPayloadError:
        raise NotFit(f"the account has grown past the {mesh.client.max_payload} bytes of a message") from None
    finally:
        with anyio.CancelScope(shield=True):
            await subscription.unsubscribe()
    for each in answers:
        if each.error is not None:
            raise NotFit(
                f"nats-server {each.server.name} does not take the account: {each.error.description}"
            )
    if not answers:
        raise Unreachable("a nats-server that looks after accounts")
    return [each.server.name for each in answers]
