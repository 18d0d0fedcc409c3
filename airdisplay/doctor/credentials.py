"""Credentials in the data directory: for their owner alone, good, and given to nobody who is gone."""

import stat
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final, NamedTuple

from airdisplay.authority import claims, keys, register
from airdisplay.authority.authority import CREDENTIALS, SERVICES, SYSTEM_USER
from airdisplay.authority.register import Register
from airdisplay.authority.roles import FLEET, OPERATOR, TELEMETRY
from airdisplay.doctor.findings import Finding, bad, listed, ok, warn
from airdisplay.premises import OPERATOR_TOKEN
from airdisplay.signing import PRIVATE_KEY
from shared.contracts.errors import NotFit
from shared.mesh import clock

_AUTH: Final = "auth"
_REGISTER: Final = "devices.json"
_DEVICE: Final = "device-"
_USERS: Final = {*SERVICES, OPERATOR.name, TELEMETRY.name, SYSTEM_USER}
_OTHERS: Final = 0o077
_JWT_DOTS: Final = 2


class Held(NamedTuple):
    """A file with credentials, and what it says."""

    path: Path
    user: str
    token: str
    key: str
    expires: float | None
    signer: str

    @property
    def device(self) -> str | None:
        """The banner whose hardware has it; None for services and people."""
        return self.user.removeprefix(_DEVICE) if self.user.startswith(_DEVICE) else None


def check(directory: Path, registered: AbstractSet[str] | None) -> Sequence[Finding]:
    """All files of the data directory; `registered` are the banners that there are, None if unknown."""
    folder = directory / CREDENTIALS
    if not folder.is_dir() or not (directory / _AUTH).is_dir():
        what = f"there are no keys in {directory}, so credentials were not looked at: they may be elsewhere"
        return [ok("credentials", what)]
    try:
        known = register.read(directory / _AUTH / _REGISTER)
    except NotFit as error:
        return [bad("credentials", str(error), "put back a copy of it: without it no device can be revoked")]
    held, unreadable = _read(folder)
    findings = [
        *unreadable,
        *check_modes(directory),
        *_check_missing({each.user for each in held}),
        *(finding for each in held if (finding := _judged(each, known, _signers(directory))) is not None),
        *_check_devices(known, registered),
    ]
    return findings or [
        ok("credentials", f"{len(held)} files with credentials are good, and for their owner alone")
    ]


def check_modes(directory: Path) -> Sequence[Finding]:
    """Whether nobody but their owner can read keys, credentials and tokens."""
    return [
        bad(
            "credentials",
            f"others on this machine can read {path} (mode {mode:o})",
            f"run `chmod {'700' if path.is_dir() else '600'} {path}`; "
            "if others were on this machine, make anew what it held",
        )
        for path in _secrets(directory)
        if (mode := stat.S_IMODE(path.stat().st_mode)) & _OTHERS
    ]


def _secrets(directory: Path) -> Iterator[Path]:
    for name in (_AUTH, CREDENTIALS):
        yield directory / name
        yield from sorted(each for each in (directory / name).iterdir() if each.is_file())
    yield from (each for name in (OPERATOR_TOKEN, PRIVATE_KEY) if (each := directory / name).exists())


def _read(folder: Path) -> tuple[Sequence[Held], Sequence[Finding]]:
    held: list[Held] = []
    unreadable: list[Finding] = []
    for path in sorted(folder.iterdir()):
        try:
            held.append(_said(path))
        except (OSError, ValueError, KeyError):
            what = f"there are no credentials in {path}"
            unreadable.append(bad("credentials", what, f"remove it; {_anew(path.stem)}"))
    return held, unreadable


def _said(path: Path) -> Held:
    """What a file with credentials says.

    Raises:
        OSError, ValueError, KeyError: it is none.
    """
    lines = path.read_text(encoding="ascii").splitlines()
    token = next((line for line in lines if line.count(".") == _JWT_DOTS), "")
    said = claims.read(token)
    return Held(path, path.stem, token, said["sub"], said.get("exp"), said["iss"])


def _judged(held: Held, known: Register, signers: Mapping[str, keys.Key | None]) -> Finding | None:
    """What is wrong with credentials; None where nothing is."""
    path, device = held.path, held.device
    issued = {each.key: each for every in known.devices.values() for each in every}
    signer = signers.get(held.signer)
    if held.signer not in signers or (signer is not None and not claims.vouched(held.token, signer)):
        what = f"the keys in {_AUTH}/ do not vouch for {path}: NATS refuses it"
        return bad("credentials", what, f"remove it; {_anew(held.user)}")
    if held.expires is not None and held.expires <= clock.seconds():
        return bad("credentials", f"{path} is good no more, it ended", f"remove it; {_anew(held.user)}")
    if held.key in issued and issued[held.key].revoked_at is not None:
        what = f"{path} was revoked at {issued[held.key].revoked_at}: NATS refuses it"
        return bad("credentials", what, f"remove it; if the device is to come back, {_anew(held.user)}")
    if device is not None and held.key not in issued:
        what = f"{path} is not in {_AUTH}/{_REGISTER}, so it could never be revoked"
        return warn("credentials", what, f"remove it; {_anew(held.user)}")
    if device is None and held.user not in {*_USERS, FLEET.name}:
        return warn("credentials", f"nobody is known who needs {path}", "remove it unless you know who does")
    return None


def _check_missing(users: AbstractSet[str]) -> Sequence[Finding]:
    missing = _USERS - users
    if not missing:
        return []
    what = f"there are no credentials for {listed(missing)}"
    return [
        warn(
            "credentials",
            what,
            "if they run with this data directory: `airdisplay credentials` makes them",
        )
    ]


def _check_devices(known: Register, registered: AbstractSet[str] | None) -> Sequence[Finding]:
    """Devices that may connect although there is no such banner."""
    if registered is None:
        return []
    needless = [banner for banner in known.devices if known.good(banner) and banner not in registered]
    if not needless:
        return []
    what = f"no banner is registered, and a device may connect, for {listed(needless)}"
    return [warn("credentials", what, "register it, or `airdisplay device revoke` it if it is gone for good")]


def _signers(directory: Path) -> Mapping[str, keys.Key | None]:
    """Who vouches for users, by the public key; without the key itself where that is kept elsewhere."""
    found: dict[str, keys.Key | None] = {}
    for path in (directory / _AUTH).glob("*.jwt"):
        try:
            said = claims.read(path.read_text(encoding="ascii"))["nats"].get("signing_keys", [])
        except (OSError, ValueError, KeyError):
            continue
        found.update({each["key"]: None for each in said})
    for path in (directory / _AUTH).glob("role-*.nk"):
        try:
            key = keys.Key(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            continue
        found[key.public] = key
    return found


def _anew(user: str) -> str:
    """How credentials are made anew."""
    if user.startswith(_DEVICE):
        return f"`airdisplay device rotate {user.removeprefix(_DEVICE)}` makes new ones for its hardware"
    return "`airdisplay credentials` makes it anew, and `airdisplay up` does when it starts"
