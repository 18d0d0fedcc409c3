"""Who vouches for whom on this mesh: the keys in the data directory, and the credentials made with them.

    auth/operator.nk            vouches for the accounts; needed when roles change, and to revoke
    auth/account.nk, system.nk  the account of the mesh, and that of the servers
    auth/role-<role>.nk         vouches for users with that role; adding devices takes no other
    auth/<who>.jwt              what servers are told of operator and accounts, as it was signed last
    auth/devices.json           the devices, and what was revoked
    creds/<user>.creds          credentials for NATS; creds/device-<banner>.mqtt is a password for MQTT

All of it is for its owner alone. A key may be kept elsewhere once it has signed: what it signed stays.
Nothing here talks to a server: `revocation.py` does.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from airdisplay.authority import claims, keyring, register
from airdisplay.authority.keyring import Keyring, write
from airdisplay.authority.keys import Key
from airdisplay.authority.register import Issued, Protocol, Register
from airdisplay.authority.roles import (
    DEVICE,
    DEVICE_MQTT,
    FLEET,
    OPERATOR,
    OWN_SERVICE,
    ROLES,
    SYSTEM,
    TAKEN,
    TELEMETRY,
    Role,
)
from shared.contracts.errors import Malformed, NotFit
from shared.contracts.identity import BannerId, entity_id
from shared.mesh import clock

ACCOUNT: Final = "AIRDISPLAY"
SERVICES: Final = ("banner", "expiry", "lobby", "gateway", "intake")
SYSTEM_USER: Final = "system"
CREDENTIALS: Final = "creds"
"""Where in the data directory the credentials are."""

_AUTH: Final = "auth"
_ONLY_OURS: Final = 0o700
_DEVICE_ROLES: Final[Mapping[Protocol, Role]] = {"nats": DEVICE, "mqtt": DEVICE_MQTT}


class Authority:
    """The keys of one data directory, made when they are needed first.

    Every method raises NotFit where files cannot be read or written, or a key is needed that is elsewhere.
    """

    def __init__(self, directory: Path) -> None:
        self._auth = directory / _AUTH
        self._creds = directory / CREDENTIALS
        self._register = self._auth / "devices.json"
        self._keys = Keyring(self._auth)
        try:
            for each in (directory, self._auth, self._creds):
                each.mkdir(_ONLY_OURS, parents=True, exist_ok=True)
        except OSError as error:
            raise NotFit(f"cannot keep credentials in {directory}: {error.strerror}") from error

    def operator_jwt(self) -> str:
        """What every server trusts."""
        with register.one_at_a_time(self._auth):
            return self._keys.signed(keyring.OPERATOR, "airdisplay", claims.operator(self.system_account))

    @property
    def account(self) -> str:
        """The public key of the account of the mesh."""
        return self._keys.public(keyring.ACCOUNT)

    @property
    def system_account(self) -> str:
        """The public key of the servers' own account."""
        return self._keys.public(keyring.SYSTEM)

    def account_jwts(self) -> Mapping[str, str]:
        """Both accounts as they are now, with all roles and revocations, by their public keys."""
        with register.one_at_a_time(self._auth):
            revoked = register.read(self._register).revoked()
            mesh = claims.account({self._public_of(role): role for role in ROLES}, revoked, storage=True)
            servers = claims.account({self._public_of(SYSTEM): SYSTEM}, {}, storage=False)
            return {
                self.account: self._keys.signed(keyring.ACCOUNT, ACCOUNT, mesh),
                self.system_account: self._keys.signed(keyring.SYSTEM, "SYS", servers),
            }

    def account_jwt(self) -> str:
        """The account of the mesh as it is now."""
        return self.account_jwts()[self.account]

    def for_all(self) -> None:
        """Credentials for the services, for operators, for telemetry and for the servers' account."""
        for role in ROLES:
            if role.name in {*SERVICES, OPERATOR.name, TELEMETRY.name}:
                self.credentials(role.name, role)
        self.system()

    def system(self) -> Path:
        """Credentials with which the servers may be told what was revoked, and nothing else."""
        return self._provide(SYSTEM_USER, SYSTEM, self.system_account)

    def telling(self) -> AbstractContextManager[None]:
        """Keep out all others who tell the servers, until the block is left."""
        return register.one_at_a_time(self._auth, "telling.lock")

    def credentials(self, name: str, role: Role) -> Path:
        """The credentials file of a user; made unless it is there and still of these keys."""
        return self._provide(name, role, self.account)

    def fleet(self) -> Path:
        """Credentials with which one connection is the hardware of every banner; for simulations."""
        return self.credentials(FLEET.name, FLEET)

    def service(self, name: str) -> Path:
        """Credentials for a service of one's own, which serves the kind of entity with this name.

        Raises:
            NotFit: it is no name for a kind, or the mesh has something by that name.
        """
        try:
            entity_id("service", name)
        except Malformed as error:
            raise NotFit(str(error)) from error
        if name in TAKEN:
            raise NotFit(f"{name} is a name of the mesh itself: a service of your own needs another")
        return self.credentials(name, OWN_SERVICE)

    def file_of(self, user: str) -> Path:
        """Where the credentials of a service, of operators or of telemetry are."""
        return self._creds / f"{user}.creds"

    def device_file(self, banner: BannerId, protocol: Protocol = "nats") -> Path:
        """Where the credentials of a device are put when they are made."""
        return self._creds / (f"device-{banner}.creds" if protocol == "nats" else f"device-{banner}.mqtt")

    def devices(self) -> Register:
        """All devices that were ever added."""
        return register.read(self._register)

    def add_device(self, banner: BannerId, protocol: Protocol = "nats") -> Path:
        """As `add_new`, for one."""
        (path,) = self.add_new([banner], protocol)
        return path

    def add_new(self, banners: Iterable[BannerId], protocol: Protocol = "nats") -> list[Path]:
        """First credentials for devices, or the first after all that they had were revoked.

        Raises:
            NotFit: one has some that are good; nothing was made.
        """
        with register.changing(self._register) as known:
            new: list[_New] = []
            for banner in banners:
                if good := known.good(banner, protocol):
                    raise NotFit(self._has_some(banner, protocol, good[-1]))
                new.append(self._new(known, banner, protocol))
        return [self._put(each) for each in new]

    def add_devices(self, banners: Iterable[BannerId]) -> None:
        """Credentials for each of these that was never added, or whose file is gone; for simulations.

        Who was revoked stays so.
        """
        with register.changing(self._register) as known:
            new = [
                self._new(known, banner, "nats")
                for banner in banners
                if banner not in known.devices
                or (known.good(banner) and not self.device_file(banner).exists())
            ]
        for each in new:
            self._put(each)

    def rotate(self, banner: BannerId, *, keep_old: bool = False) -> list[Path]:
        """New credentials for a device, by each protocol that it has some for.

        The old ones are void once the servers are told, unless they are kept.

        Raises:
            NotFit: it has none that could be exchanged.
        """
        with register.changing(self._register) as known:
            protocols: set[Protocol] = {each.protocol for each in self._known(known, banner).good(banner)}
            if not protocols:
                raise NotFit(
                    f"all credentials of {banner} are revoked: `airdisplay device add` makes new ones"
                )
            if not keep_old:
                known.void(banner, clock.now())
            new = [self._new(known, banner, protocol) for protocol in _DEVICE_ROLES if protocol in protocols]
        return [self._put(each) for each in new]

    def revoke(self, banner: BannerId) -> int:
        """Make all credentials of a device void once the servers are told; its files go.

        Returns how many there were.

        Raises:
            NotFit: it was never added.
        """
        with register.changing(self._register) as known:
            count = self._known(known, banner).void(banner, clock.now())
        for protocol in _DEVICE_ROLES:
            with suppress(FileNotFoundError):
                self.device_file(banner, protocol).unlink()
        return count

    def _known(self, known: Register, banner: BannerId) -> Register:
        if banner not in known.devices:
            raise NotFit(f"there is no device {banner}: `airdisplay device list` says which there are")
        return known

    def _has_some(self, banner: BannerId, protocol: Protocol, issued: Issued) -> str:
        path = self.device_file(banner, protocol)
        where = f"in {path}" if path.exists() else f"made at {issued.issued_at}, no longer in {path}"
        return f"{banner} has credentials already, {where}: `airdisplay device rotate` makes new ones"

    def _new(self, known: Register, banner: BannerId, protocol: Protocol) -> "_New":
        """Credentials that stand in the register, and nowhere else yet."""
        token, key = self._user(banner, _DEVICE_ROLES[protocol], self.account)
        known.note(banner, Issued(key=key.public, protocol=protocol, issued_at=clock.now()))
        content = token if protocol == "mqtt" else claims.credentials(token, key)
        return _New(self.device_file(banner, protocol), content.encode())

    def _put(self, new: "_New") -> Path:
        write(new.path, new.content)
        return new.path

    def _provide(self, name: str, role: Role, account: str) -> Path:
        path = self.file_of(name)
        if not self._vouches(path, role, account):
            token, key = self._user(name, role, account)
            write(path, claims.credentials(token, key).encode())
        return path

    def _vouches(self, path: Path, role: Role, account: str) -> bool:
        """Whether a credentials file is there and was made with the keys that we have now."""
        try:
            said = claims.read(path.read_text(encoding="utf-8").splitlines()[1])
        except (OSError, ValueError, IndexError):
            return False
        return (said.get("iss"), said["nats"].get("issuer_account")) == (self._public_of(role), account)

    def _user(self, name: str, role: Role, account: str) -> tuple[str, Key]:
        key = Key.new("user")
        signer = self._keys.key(keyring.signer(role))
        token = claims.signed(name, key.public, claims.user(account), signer, issued=int(clock.seconds()))
        return token, key

    def _public_of(self, role: Role) -> str:
        return self._keys.public(keyring.signer(role))


class _New(NamedTuple):
    path: Path
    content: bytes
