"""A nats-server that lets in nobody without credentials, and those who try what they may there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

import anyio
import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from airdisplay.authority.authority import Authority
from airdisplay.authority.roles import ROLES, Role
from airdisplay.nats_server import trust
from services.banner.service import banner_service
from shared.contracts.banner import Register
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh, Nats, open_mesh
from tests.support.nats_server import NatsServer, running_nats_server
from tests.support.ports import free_port
from tests.system.rights import OTHER, OWN, Try

MARK: Final = b"from hardware"
WITNESS: Final = Role(name="witness", subscribe=[">"])
"""Hears everything. There is no such role but in this test."""


class Secured(NamedTuple):
    """A server with all streams that lets in nobody without credentials."""

    server: NatsServer
    mqtt_port: int
    authority: Authority
    operator: Mesh

    @property
    def banners(self) -> Banners:
        """The banner service, as operators ask it."""
        return Banners(self.operator)

    def mqtt(self, banner: BannerId) -> tuple[int, str, str]:
        """Where MQTT is, and as whom hardware goes there."""
        return self.mqtt_port, banner, self.authority.device_file(banner, "mqtt").read_text()

    @asynccontextmanager
    async def witness(self, *, marked: bool = True) -> AsyncGenerator[set[Try]]:
        """What goes over the mesh meanwhile; of what is marked, or of all, what no stream has passed on."""
        heard: set[Try] = set()

        async def take(message: Msg) -> None:
            if (not marked or message.data == MARK) and "Nats-Stream" not in (message.headers or {}):
                heard.add(Try("publish", message.subject))

        async with self.as_(self.authority.file_of(WITNESS.name)) as somebody:
            await somebody.client.subscribe(">", cb=take)
            await somebody.answered()
            yield heard
            await somebody.answered()

    @asynccontextmanager
    async def as_(self, file: Path) -> AsyncGenerator["Somebody"]:
        """Somebody with these credentials."""
        refused: list[str] = []

        async def on_error(error: Exception) -> None:
            refused.append(str(error))

        client = await nats.connect(
            self.server.url,
            user_credentials=str(file),
            error_cb=on_error,
            allow_reconnect=False,
            connect_timeout=10,
        )
        try:
            yield Somebody(client, refused)
        finally:
            await client.close()


class Somebody:
    """A connection, and what the server has refused to it."""

    def __init__(self, client: Client, refused: list[str]) -> None:
        self.client = client
        self.refused = refused

    async def may(self, what: Try, queue: str = "") -> bool:
        """Try it; the server's no comes before its answer to the ping of a flush."""
        self.refused.clear()
        if what.verb == "publish":
            await self.client.publish(what.subject, b"")
            await self.answered()
        else:
            subscription = await self.client.subscribe(what.subject, queue=queue)
            await self.answered()
            if not self.refused:
                await subscription.unsubscribe()
        return not any("permissions violation" in each for each in self.refused)

    async def answered(self) -> None:
        """Return once the server has dealt with all that was sent."""
        await self.client.flush()
        await self.client.flush()  # nats-py sends the first ping past what it still has to send
        await anyio.lowlevel.checkpoint()  # and calls back in a task


def _vouching(directory: Path, mqtt_port: int) -> tuple[Authority, str]:
    authority = Authority(directory)
    authority.for_all()
    authority.fleet()
    authority.credentials(WITNESS.name, WITNESS)
    for banner in (OWN, OTHER):
        authority.add_device(banner)
        authority.add_device(banner, "mqtt")
    mqtt = f"mqtt {{ listen: 127.0.0.1:{mqtt_port} }}\n"
    return authority, mqtt + trust(authority, directory / "accounts")


@asynccontextmanager
async def running_secured(directory: Path) -> AsyncGenerator[Secured]:
    """The server, with a banner service and two banners."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("airdisplay.authority.authority.ROLES", (*ROLES, WITNESS))
        authority, configuration = _vouching(directory, mqtt_port := free_port())
    async with (
        running_nats_server(directory, configuration=configuration) as server,
        open_mesh(Nats(url=server.url, credentials=authority.file_of("banner")), name="banner") as mesh,
        banner_service(mesh, instance="test", ttl_ms=60_000, replicas=1),
        open_mesh(
            Nats(url=server.url, credentials=authority.file_of("operator")), name="operator"
        ) as operator,
    ):
        for banner in (OWN, OTHER):
            await Banners(operator).command(banner, Register(by="test"))
        yield Secured(server, mqtt_port, authority, operator)
