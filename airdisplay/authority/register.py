"""The register of devices: which credentials each was given, and which of them are void.

What stands here is all that is known of a credential once its file has gone to the device, so it is written
before the file is: a credential that is not in the register could never be revoked.
"""

import fcntl
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec

from airdisplay.signing import put
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, epoch_ms

Protocol = Literal["nats", "mqtt"]

_LOCK: Final = "devices.lock"


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials that a device was given: the public key that names them, and until when they were good."""

    key: str
    protocol: Protocol
    issued_at: Instant
    revoked_at: Instant | None = None


class Register(msgspec.Struct, kw_only=True):
    """All credentials of devices, by banner, the oldest first."""

    devices: dict[BannerId, list[Issued]] = {}

    def good(self, banner: BannerId, protocol: Protocol | None = None) -> list[Issued]:
        """What a device has that is not void, by one protocol or by any."""
        return [
            each
            for each in self.devices.get(banner, [])
            if each.revoked_at is None and protocol in {None, each.protocol}
        ]

    def note(self, banner: BannerId, issued: Issued) -> None:
        """It was given these."""
        self.devices.setdefault(banner, []).append(issued)

    def void(self, banner: BannerId, now: Instant) -> int:
        """All that it has is void; returns how many that were."""
        count = len(self.good(banner))
        self.devices[banner] = [
            each if each.revoked_at is not None else msgspec.structs.replace(each, revoked_at=now)
            for each in self.devices[banner]
        ]
        return count

    def revoked(self) -> Mapping[str, int]:
        """Until which second, in seconds since 1970, what was issued is void; by the keys of users."""
        return {
            # No key is used twice, so it may be later than the truth, and must be where a clock was set back.
            each.key: max(_second(each.revoked_at), _second(each.issued_at)) + 1
            for issued in self.devices.values()
            for each in issued
            if each.revoked_at is not None
        }


_decoder: Final = msgspec.json.Decoder(Register)


def read(path: Path) -> Register:
    """What stands in a file; nothing where there is none yet.

    Raises:
        NotFit: it cannot be read.
    """
    try:
        return _decoder.decode(path.read_bytes())
    except FileNotFoundError:
        return Register()
    except OSError as error:
        raise NotFit(f"cannot read {path}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise NotFit(f"expected the register of devices in {path}: {error}") from error


@contextmanager
def changing(path: Path) -> Generator[Register]:
    """The register, to be changed by one process at a time; written when the block is left in good order.

    Raises:
        NotFit: it cannot be read or written.
    """
    with one_at_a_time(path.parent):
        register = read(path)
        yield register
        try:
            put(path, msgspec.json.format(msgspec.json.encode(register), indent=1))
        except OSError as error:
            raise NotFit(f"cannot write {path}: {error.strerror}") from error


@contextmanager
def one_at_a_time(directory: Path, what: str = _LOCK) -> Generator[None]:
    """Keep out all others who do this, until the block is left. Not to be entered twice by one.

    Raises:
        NotFit: nothing can be locked there.
    """
    try:
        lock = os.open(directory / what, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise NotFit(f"cannot write to {directory}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError as error:  # file systems that know no locks
            raise NotFit(f"cannot lock {directory}: {error.strerror}") from error
        yield
    finally:
        os.close(lock)


def _second(at: Instant) -> int:
    return epoch_ms(at) // 1000
