"""A mailer that puts a mail into the outbox and is killed before it can say that it did."""

import os
import signal
import sys
from pathlib import Path

import anyio
import pytest

from examples.counter.entity import COUNTER, Count, CounterEvent, MailDue
from examples.counter.outbox import Outbox
from examples.counter.service import KIND, MAILER, mailing
from shared.entities.records import Record
from shared.mesh.connection import open_mesh
from shared.mesh.reactor import Reactor


async def live(nats_url: str, outbox: str) -> None:
    """React to counters until a mail is put in, and to nothing after that."""
    send = mailing(Outbox(Path(outbox)))

    async def send_and_die(counter: str, revision: int, record: Record[Count, CounterEvent]) -> None:
        await send(counter, revision, record)
        if any(isinstance(event, MailDue) for event in record.events):
            os.kill(os.getpid(), signal.SIGKILL)

    async with open_mesh(nats_url, name="dying-mailer") as mesh:
        await Reactor(mesh, KIND, MAILER, COUNTER, send_and_die).run()


if __name__ == "__main__":
    pytest.MonkeyPatch().setattr("shared.mesh.reactor._ACK_WAIT_SECONDS", 0.5)
    anyio.run(live, sys.argv[1], sys.argv[2])
