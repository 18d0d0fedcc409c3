"""Counters from outside: `python -m examples.counter.client increment visits`."""

from collections.abc import Awaitable, Callable

import anyio
import click

from examples.counter.entity import Count, Increment, UnknownCounter
from examples.counter.service import KIND
from shared import settings
from shared.contracts.command import Accepted
from shared.contracts.identity import CommandId
from shared.mesh.asking import Asking, HostRefusal
from shared.mesh.connection import Mesh, Nats, open_mesh

CounterRefusal = HostRefusal | UnknownCounter
Answer = Accepted[Count] | CounterRefusal


class Counters:
    """The counter service from outside; every call raises what `Asking` raises."""

    def __init__(self, mesh: Mesh) -> None:
        self._asking: Asking[Count, CounterRefusal] = Asking(mesh, KIND.name, Count, CounterRefusal)

    async def increment(self, counter: str, command_id: str | None = None) -> Answer:
        """Count one more. Sent twice under the same id, it counts once."""
        own = None if command_id is None else CommandId(command_id)
        return await self._asking.command(counter, "increment", Increment(id=own))

    async def get(self, counter: str) -> Answer:
        """How far it is."""
        return await self._asking.get(counter)


@click.group()
@settings.nats
@click.pass_context
def main(context: click.Context, nats: Nats) -> None:
    """Ask counters."""
    context.obj = nats


@main.command()
@click.argument("counter")
@click.option("--id", "command_id", help="Names this increment; the same one again counts no further.")
@click.option("--times", default=1, show_default=True, help="How often.")
@click.pass_obj
def increment(nats: Nats, counter: str, command_id: str | None, times: int) -> None:
    """Count one more."""
    anyio.run(_ask, nats, times, Counters.increment, counter, command_id)


@main.command()
@click.argument("counter")
@click.pass_obj
def get(nats: Nats, counter: str) -> None:
    """Say how far it is."""
    anyio.run(_ask, nats, 1, Counters.get, counter)


async def _ask(
    nats: Nats, times: int, question: Callable[..., Awaitable[Answer]], *arguments: str | None
) -> None:
    async with open_mesh(nats, name="counter-client") as mesh:
        for _ in range(times):
            answer = await question(Counters(mesh), *arguments)
            if not isinstance(answer, Accepted):
                raise click.ClickException(answer.detail)
            print(answer.state.value, *(["(counted before)"] if answer.repeated else []))


if __name__ == "__main__":
    main()
