"""Who vouches for whom on this mesh: the keys in the data directory, and the credentials made with them.

    auth/operator.nk            vouches for the accounts; needed to revoke
    auth/account.nk, system.nk  the account of the mesh, and that of the servers
    auth/role-<role>.nk         vouches for users with that role; adding devices takes no more than these
    auth/devices.json           the devices, and what was revoked
    creds/<user>.creds          credentials for NATS, creds/device-<banner>.mqtt.json for MQTT

All of it is for its owner alone. Nothing here talks to a server: `revocation.py` does.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import nkeys

from airdisplay.authority import claims
from airdisplay.authority.claims import Key
from airdisplay.authority.roles import DEVICE, DEVICE_MQTT, FLEET, OPERATOR, ROLES, SYSTEM, TELEMETRY, Role
from airdisplay.signing import put
from shared.contracts.errors import NotFit
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, epoch_ms
from shared.mesh import clock

ACCOUNT: Final = "AIRDISPLAY"
SERVICES: Final = ("banner", "expiry", "lobby", "gateway", "intake")
SYSTEM_USER: Final = "system"

_AUTH: Final = "auth"
CREDENTIALS: Final = "creds"
"""Where in the data directory the credentials are."""
_DEVICES: Final = "devices.json"
_ONLY_OURS: Final = 0o700


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials that a device was given: the public key that names them, and until when they were good."""

    key: str
    protocol: str
    issued_at: Instant
    revoked_at: Instant | None = None


class Devices(msgspec.Struct, kw_only=True):
    """All credentials of devices, by banner, the oldest first."""

    devices: dict[BannerId, list[Issued]] = {}


_devices_decoder: Final = msgspec.json.Decoder(Devices)


class Files(NamedTuple):
    """Where the credentials of a new device are."""

    nats: Path
    mqtt: Path


class Authority:
    """The keys of one data directory, made when they are needed first.

    Every method raises NotFit where files cannot be read or written.
    """

    def __init__(self, directory: Path) -> None:
        self._auth = directory / _AUTH
        self._creds = directory / CREDENTIALS
        try:
            for each in (self._auth, self._creds):
                each.mkdir(_ONLY_OURS, parents=True, exist_ok=True)
        except OSError as error:
            raise NotFit(f"cannot keep credentials in {directory}: {error.strerror}") from error
        self._operator = self._key("operator", "operator")
        self._account = self._key("account", "account")
        self._system = self._key("system", "account")

    def operator_jwt(self) -> str:
        """What every server trusts."""
        return claims.operator("airdisplay", self._operator, self._system.public)

    @property
    def system_account(self) -> str:
        """The public key of the servers' own account."""
        return self._system.public

    def account_jwts(self) -> Mapping[str, str]:
        """Both accounts as they are now, with all roles and revocations, by their public keys."""
        keys = {self._signer(role).public: role for role in ROLES}
        revoked = {
            each.key: _second(each.revoked_at)
            for issued in self.devices().devices.values()
            for each in issued
            if each.revoked_at is not None
        }
        operator = self._operator
        return {
            self._account.public: claims.account(
                ACCOUNT, self._account.public, keys, revoked, operator, storage=True
            ),
            self._system.public: claims.account(
                "SYS", self._system.public, {self._signer(SYSTEM).public: SYSTEM}, {}, operator, storage=False
            ),
        }

    def account_jwt(self) -> str:
        """The account of the mesh as it is now."""
        return self.account_jwts()[self._account.public]

    def for_all(self) -> None:
        """Credentials for the services, for operators, for telemetry and for the servers' account."""
        for role in ROLES:
            if role.name in {*SERVICES, OPERATOR.name, TELEMETRY.name}:
                self.credentials(role.name, role)
        self._write(SYSTEM_USER, SYSTEM, self._system.public)

    def credentials(self, name: str, role: Role) -> Path:
        """The credentials file of a user; made unless it is there and still of these keys."""
        return self._write(name, role, self._account.public)

    def fleet(self) -> Path:
        """Credentials with which one connection is the hardware of every banner; for simulations."""
        return self.credentials(FLEET.name, FLEET)

    def file_of(self, user: str) -> Path:
        """Where the credentials of a service, of operators or of telemetry are."""
        return self._creds / f"{user}.creds"

    def device_file(self, banner: BannerId) -> Path:
        """Where the credentials of a device are, once it was added."""
        return self._creds / f"device-{banner}.creds"

    def devices(self) -> Devices:
        """All devices that were ever added."""
        try:
            return _devices_decoder.decode((self._auth / _DEVICES).read_bytes())
        except FileNotFoundError:
            return Devices()
        except (OSError, msgspec.MsgspecError) as error:
            raise NotFit(f"cannot read {self._auth / _DEVICES}: {error}") from error

    def add_devices(self, banners: Iterable[BannerId]) -> None:
        """Credentials for each of these that has none yet, or whose file is gone."""
        known = self.devices()
        new = [
            banner for banner in banners if not _good(known, banner) or not self.device_file(banner).exists()
        ]
        for banner in new:
            self._issue(known, banner)
        if new:
            self._keep(known)

    def rotate(self, banner: BannerId, *, keep_old: bool = False) -> Files:
        """New credentials for a device; the old ones are void once the servers are told, unless kept.

        Raises:
            NotFit: it was never added.
        """
        known = self._known(banner)
        if not keep_old:
            _void(known, banner)
        files = self._issue(known, banner)
        self._keep(known)
        return files

    def revoke(self, banner: BannerId) -> None:
        """Make all credentials of a device void once the servers are told; its files go.

        Raises:
            NotFit: it was never added.
        """
        known = self._known(banner)
        _void(known, banner)
        self._keep(known)
        for path in self._files(banner):
            path.unlink(missing_ok=True)

    def _known(self, banner: BannerId) -> Devices:
        known = self.devices()
        if banner not in known.devices:
            raise NotFit(f"there is no device {banner}: `airdisplay device list` says which there are")
        return known

    def _issue(self, known: Devices, banner: BannerId) -> Files:
        files = self._files(banner)
        now = clock.now()
        issued = known.devices.setdefault(banner, [])
        token, key = self._user(banner, DEVICE, self._account.public)
        put(files.nats, claims.credentials(token, key).encode())
        issued.append(Issued(key=key.public, protocol="nats", issued_at=now))
        token, key = self._user(banner, DEVICE_MQTT, self._account.public)
        put(files.mqtt, msgspec.json.encode({"client_id": banner, "username": banner, "password": token}))
        issued.append(Issued(key=key.public, protocol="mqtt", issued_at=now))
        return files

    def _files(self, banner: BannerId) -> Files:
        return Files(self.device_file(banner), self._creds / f"device-{banner}.mqtt.json")

    def _keep(self, known: Devices) -> None:
        put(self._auth / _DEVICES, msgspec.json.format(msgspec.json.encode(known), indent=1))

    def _signer(self, role: Role) -> Key:
        return self._key(f"role-{role.name}", "account")

    def _user(self, name: str, role: Role, account: str) -> tuple[str, Key]:
        key = Key.new("user")
        return claims.user(name, key.public, account, self._signer(role)), key

    def _write(self, name: str, role: Role, account: str) -> Path:
        path = self.file_of(name)
        if not self._vouches(path, role, account):
            token, key = self._user(name, role, account)
            put(path, claims.credentials(token, key).encode())
        return path

    def _vouches(self, path: Path, role: Role, account: str) -> bool:
        """Whether a credentials file is there and was made with the keys that we have now."""
        try:
            token = path.read_text(encoding="utf-8").splitlines()[1]
            said = claims.read(token)
        except (OSError, ValueError, IndexError):
            return False
        ours = (self._signer(role).public, account)
        return (said["iss"], said["nats"].get("issuer_account")) == ours

    def _key(self, name: str, entity: claims.Entity) -> Key:
        path = self._auth / f"{name}.nk"
        try:
            if not path.exists():
                with_seed = Key.new(entity)
                with suppress(FileExistsError):  # another was faster, and its key is as good
                    put(path, f"{with_seed.seed}\n".encode(), replace=False)
            return Key(path.read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise NotFit(f"cannot keep the key {path}: {error}") from error
        except nkeys.NkeysError as error:
            raise NotFit(f"expected a key of NATS in {path}, found something else") from error


def _good(known: Devices, banner: BannerId) -> bool:
    return any(each.revoked_at is None for each in known.devices.get(banner, []))


def _void(known: Devices, banner: BannerId) -> None:
    now = clock.now()
    known.devices[banner] = [
        each if each.revoked_at is not None else msgspec.structs.replace(each, revoked_at=now)
        for each in known.devices[banner]
    ]


def _second(at: Instant) -> int:
    return epoch_ms(at) // 1000 + 1
