"""Rooms from outside: `python -m examples.rooms.client enter ada`."""

from typing import Final

import anyio
import click
import msgspec

from examples.rooms.door import ENTER, EnterAny, Seated
from examples.rooms.entity import Answer, HangUp, Leave, Room, RoomRefusal
from examples.rooms.service import KIND
from examples.rooms.watch import watch
from shared import settings
from shared.contracts.command import Accepted
from shared.contracts.identity import CommandId
from shared.contracts.refusals import Refusal
from shared.mesh.asking import ANSWER_SECONDS, Asking, HostRefusal
from shared.mesh.connection import Mesh, Nats, open_mesh

AnyRefusal = HostRefusal | RoomRefusal

VERBS: Final[dict[str, type[Answer | HangUp | Leave]]] = {
    "answer": Answer,
    "hang-up": HangUp,
    "leave": Leave,
}

_seated = msgspec.json.Decoder(Seated)


class Rooms:
    """The rooms service from outside; every call raises what `Asking` raises."""

    def __init__(self, mesh: Mesh, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._asking: Asking[Room, AnyRefusal] = Asking(
            mesh, KIND.name, Room, AnyRefusal, answer_seconds=answer_seconds
        )

    async def enter(self, stranger: str | None = None) -> Seated | AnyRefusal:
        """Get a room. The same stranger again is told where they are."""
        own = None if stranger is None else CommandId(stranger)
        return await self._asking.send(ENTER, EnterAny(id=own), _seated)

    async def say(self, room: str, verb: str, stranger: str) -> Accepted[Room] | AnyRefusal:
        """Answer, hang up or leave."""
        return await self._asking.command(room, verb, VERBS[verb](by=stranger))

    async def get(self, room: str) -> Accepted[Room] | AnyRefusal:
        """How a room is."""
        return await self._asking.get(room)


@click.group()
@settings.nats
@click.pass_context
def main(context: click.Context, nats: Nats) -> None:
    """Be a stranger."""
    context.obj = nats


@main.command()
@click.argument("stranger")
@click.pass_obj
def enter(nats: Nats, stranger: str) -> None:
    """Get a room, and tell what becomes of it until Ctrl-C; goes along when sent on."""
    anyio.run(_enter, nats, stranger)


@main.command()
@click.argument("verb", type=click.Choice(list(VERBS)))
@click.argument("stranger")
@click.argument("room")
@click.pass_obj
def say(nats: Nats, verb: str, stranger: str, room: str) -> None:
    """Answer, hang up or leave."""
    anyio.run(_say, nats, verb, stranger, room)


async def _enter(nats: Nats, stranger: str) -> None:
    async with open_mesh(nats, name="rooms-client") as mesh:
        seated = await Rooms(mesh).enter(stranger)
        if isinstance(seated, Refusal):
            raise click.ClickException(seated.detail)
        room: str | None = seated.room
        while room is not None:
            room = await _tell(mesh, room, stranger)


async def _tell(mesh: Mesh, room: str, stranger: str) -> str | None:
    """Print how it goes in a room; return where the stranger was sent on to, None when they have left."""
    async with watch(mesh, room) as records:
        async for record in records:
            state = record.state
            if stranger == state.on_the_way:
                print(room, "sent on", flush=True)
            elif stranger in state.strangers:
                print(room, state.status, *state.strangers, flush=True)
            else:
                return state.went_to
    return None


async def _say(nats: Nats, verb: str, stranger: str, room: str) -> None:
    async with open_mesh(nats, name="rooms-client") as mesh:
        answer = await Rooms(mesh).say(room, verb, stranger)
        if isinstance(answer, Refusal):
            raise click.ClickException(answer.detail)
        print(room, answer.state.status, *answer.state.strangers)


if __name__ == "__main__":
    main()
