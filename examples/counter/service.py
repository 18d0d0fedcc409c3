"""Counters as a service, and the mail after the commit."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final

import anyio

from examples.counter.entity import COUNTER, Count, CounterEvent, Increment, MailDue, UnknownCounter
from examples.counter.outbox import Outbox
from shared.contracts.instants import Instant
from shared.entities.records import Record
from shared.mesh.connection import Mesh
from shared.mesh.hosting import Hosting, entity_service
from shared.mesh.reactor import Effect, Reactor
from shared.mesh.streams import own

KIND: Final = own("counter")
MAILER: Final = "counter-mailer"

HOSTING: Final[Hosting[Count, Increment, CounterEvent]] = Hosting(
    kind=KIND,
    entity=COUNTER,
    verbs={"increment": Increment},
    unknown=lambda key: UnknownCounter(counter=key),
)


@asynccontextmanager
async def counter_service(
    mesh: Mesh, *, instance: str, outbox: Path, replicas: int = 1
) -> AsyncGenerator[None]:
    """Serve counters until the block is left, and put the mails that are due into the outbox.

    Raises:
        NotFit: the server or this process's clock will not do.
    """
    async with (
        entity_service(mesh, HOSTING, instance=instance, description="counts", replicas=replicas),
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(Reactor(mesh, KIND, MAILER, COUNTER, mailing(Outbox(outbox))).run)
        yield
        tasks.cancel_scope.cancel()


def mailing(outbox: Outbox) -> Effect[Count, CounterEvent]:
    """The effect of a commit: the mails that it made due are in the outbox, however often this is called."""

    async def send(counter: str, _revision: int, record: Record[Count, CounterEvent]) -> None:
        for event in record.events:
            if isinstance(event, MailDue):
                mail = write(counter, event, record.at)
                await anyio.to_thread.run_sync(outbox.put, mail_name(counter, event), mail)

    return send


def mail_name(counter: str, due: MailDue) -> str:
    """The name of a mail: the same for the same event, and for no other."""
    return f"{counter}-{due.count}"


def write(counter: str, due: MailDue, at: Instant) -> bytes:
    """The mail itself. Who sends it on can recognise it by its Message-ID."""
    mail = EmailMessage()
    mail["From"] = "counter@example.org"
    mail["To"] = "you@example.org"
    mail["Date"] = format_datetime(datetime.fromisoformat(at))
    mail["Message-ID"] = f"<{mail_name(counter, due)}@example.org>"
    mail["Subject"] = f"{counter} has reached {due.count}"
    mail.set_content(f"The counter {counter!r} reached {due.count} at {at}.\n")
    return mail.as_bytes()
