"""What the log has of one banner, from its first record on."""

from typing import NamedTuple

import msgspec

from services.banner.entity import banner_entity
from shared.contracts import subjects
from shared.contracts.banner import Banner, BannerEvent
from shared.contracts.identity import BannerId
from shared.entities.records import Codec, Record
from shared.mesh.connection import Mesh
from shared.mesh.streams import BANNERS
from tests.support.waiting import until

_codec = Codec(banner_entity(0))


class Logged(NamedTuple):
    """A record and the revision that its commit made."""

    revision: int
    record: Record[Banner, BannerEvent]


async def records_of(mesh: Mesh, banner: BannerId) -> list[Logged]:
    """Every record of a banner that HISTORY has by now."""
    records: list[Logged] = []
    sequence = 1
    while True:
        query = {"next_by_subj": subjects.history(BANNERS.name, banner), "seq": sequence}
        answer = await mesh.requests.ask(
            f"$JS.API.DIRECT.GET.{BANNERS.history}", msgspec.json.encode(query), timeout=5
        )
        headers = answer.headers or {}
        if "Status" in headers:
            return records
        revision = int(headers["Nats-Sequence"])
        records.append(Logged(revision, _codec.decode(answer.data)))
        sequence = revision + 1


async def events_of(mesh: Mesh, banner: BannerId, *, up_to: int) -> list[BannerEvent]:
    """Everything that has happened to a banner, once HISTORY has it up to that revision."""
    records: list[Logged] = []

    async def are_there() -> bool:
        records[:] = await records_of(mesh, banner)
        return any(each.revision >= up_to for each in records)

    await until(are_there)
    return [event for each in records for event in each.record.events]
