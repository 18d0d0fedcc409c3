"""Storing reports: nothing left out, and the last one stored is the last one heard, whoever stores."""

import msgspec

from services.intake.reports import Reports
from shared.contracts import subjects
from shared.contracts.hardware import KeptReport
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import instant
from shared.mesh import streams
from shared.mesh.connection import Mesh
from tests.intake.conftest import kept

_decoder = msgspec.json.Decoder(KeptReport)


def report(number: int) -> KeptReport:
    """The report that was heard in that millisecond."""
    return KeptReport(display_id=DisplayId(f"d{number}"), revision=None, at=None, heard_at=instant(number))


async def stored(mesh: Mesh, banner: BannerId) -> list[int]:
    found = await kept(mesh, streams.REPORTED, subjects.reported(banner))
    return [int((_decoder.decode(each).display_id or "")[1:]) for each in found]


async def test_reports_of_one_banner_are_stored_in_their_order(mesh: Mesh, banner: BannerId) -> None:
    await Reports(mesh).keep((banner, report(number)) for number in range(10))

    assert list(range(10)) == await stored(mesh, banner)


async def test_one_that_comes_late_does_not_become_the_last(mesh: Mesh, banner: BannerId) -> None:
    reports = Reports(mesh)
    await reports.keep([(banner, report(2))])
    await reports.keep([(banner, report(1))])

    assert [2, 1, 2] == await stored(mesh, banner)


async def test_nor_does_one_that_comes_late_to_another_instance(mesh: Mesh, banner: BannerId) -> None:
    one, other = Reports(mesh), Reports(mesh)
    await one.keep([(banner, report(1))])
    await other.keep([(banner, report(3))])
    await one.keep([(banner, report(2))])
    await other.keep([(banner, report(4))])

    found = await stored(mesh, banner)
    assert [1, 3, 2, 3, 4] == found


async def test_what_was_remembered_may_be_gone_from_the_stream(own_mesh: Mesh) -> None:
    banner = BannerId("b1")
    reports = Reports(own_mesh)
    await reports.keep([(banner, report(1))])
    await own_mesh.jetstream.purge_stream(streams.REPORTED)
    await reports.keep([(banner, report(2))])

    assert [2] == await stored(own_mesh, banner)


async def test_what_stands_there_and_cannot_be_read_is_older_than_everything(
    mesh: Mesh, banner: BannerId
) -> None:
    await mesh.requests.ask(subjects.reported(banner), b"{", timeout=5)

    await Reports(mesh).keep([(banner, report(1))])

    found = await kept(mesh, streams.REPORTED, subjects.reported(banner))
    assert [b"{", msgspec.json.encode(report(1))] == found


async def test_of_more_banners_than_are_remembered_all_are_stored(own_mesh: Mesh) -> None:
    reports = Reports(own_mesh, remembered_at_most=5)
    for number in range(3):
        await reports.keep((BannerId(f"b{each}"), report(number)) for each in range(20))

    for each in range(20):
        assert [0, 1, 2] == await stored(own_mesh, BannerId(f"b{each}"))
