"""The register of devices: nothing gets lost, and what is void stays void."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdisplay.authority import register
from airdisplay.authority.register import Issued, Register, changing
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant

SPARKY, STORMY = BannerId("sparky"), BannerId("stormy")
NOON, LATER = Instant("2026-05-04T12:00:00.250Z"), Instant("2026-05-04T12:00:10.000Z")
NOON_SECOND = 1_777_896_000


def issued(key: str, protocol: register.Protocol = "nats") -> Issued:
    """Credentials of noon."""
    return Issued(key=key, protocol=protocol, issued_at=NOON)


def test_what_is_noted_stands_there_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    with changing(path) as known:
        known.note(SPARKY, issued("U1"))
    with changing(path) as known:
        known.note(SPARKY, issued("U2", "mqtt"))

    assert ["U1", "U2"] == [each.key for each in register.read(path).good(SPARKY)]
    assert ["U2"] == [each.key for each in register.read(path).good(SPARKY, "mqtt")]


def test_nothing_is_written_where_it_went_wrong(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"

    with suppress(NotFit), changing(path) as known:
        known.note(SPARKY, issued("U1"))
        raise NotFit("it went wrong")

    assert not path.exists()


def test_what_is_void_was_so_from_then_on() -> None:
    known = Register()
    known.note(SPARKY, issued("U1"))
    known.note(STORMY, issued("U2"))

    assert [1, 0] == [known.void(SPARKY, at) for at in (LATER, Instant("2026-05-04T13:00:00.000Z"))]
    assert LATER == known.devices[SPARKY][0].revoked_at
    assert {"U1": NOON_SECOND + 11} == known.revoked()
    assert not known.good(SPARKY)
    assert known.good(STORMY)


@given(seconds=st.integers(0, 59))
def test_a_clock_that_was_set_back_makes_nothing_good(seconds: int) -> None:
    known = Register()
    known.note(SPARKY, issued("U1"))
    known.void(SPARKY, Instant(f"2026-05-04T11:59:{seconds:02}.000Z"))

    assert NOON_SECOND <= known.revoked()["U1"]


def test_of_many_who_write_at_once_none_is_lost(tmp_path: Path) -> None:
    """A lock is held by whoever opened its file, so threads keep each other out as processes do."""
    path = tmp_path / "devices.json"
    together = Barrier(8)

    def add(name: int) -> None:
        together.wait()
        for number in range(10):
            with changing(path) as known:
                known.note(BannerId(f"{name}-{number}"), issued(f"U{number}"))

    with ThreadPoolExecutor(8) as threads:
        assert [None] * 8 == list(threads.map(add, range(8)))

    assert 80 == len(register.read(path).devices)


@pytest.mark.parametrize("found", [b"", b"{", b"[]", b'{"devices": {"a": [{}]}}', b"\xff"])
def test_what_is_no_register_is_said_and_left_as_it_is(tmp_path: Path, found: bytes) -> None:
    path = tmp_path / "devices.json"
    path.write_bytes(found)

    with pytest.raises(NotFit, match=f"expected the register of devices in {path}"), changing(path):
        pass
    assert found == path.read_bytes()
