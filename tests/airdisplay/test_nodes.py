"""Who is here, by the NATS services protocol."""

import pytest

from airdisplay.asking import Missing
from airdisplay.nodes import discover
from shared.contracts.errors import NotFit
from shared.mesh.connection import Nats
from tests.airdisplay.running import Up
from tests.support.ports import HOST, free_port
from tests.support.waiting import until


async def test_every_service_of_an_up_is_found(everything: Up) -> None:
    async def all_found() -> bool:
        found = await discover(everything.nats_as("operator"))
        return {"banner", "expiry", "gateway", "intake", "lobby"} == {node.name for node in found}

    await until(all_found)


async def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(Missing, match=r"NATS at nats://.* cannot be reached: is `airdisplay up` running\?"):
        await discover(Nats(url=f"nats://{HOST}:{free_port()}"))


async def test_without_credentials_it_says_how_to_name_them(everything: Up) -> None:
    with pytest.raises(NotFit, match="asks for credentials: name a file with --nats-creds"):
        await discover(Nats(url=everything.nats_url))
