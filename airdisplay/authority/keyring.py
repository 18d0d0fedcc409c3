"""The keys that sign, and what the operator signed with them last.

A key is made when it is needed first. Once it has signed it may be kept elsewhere: its public half stands in
what servers are told, and is never replaced by that of a new key in silence.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from airdisplay.authority import claims, keys
from airdisplay.authority.keys import Entity, Key
from airdisplay.authority.roles import Role
from airdisplay.signing import put
from shared.contracts.errors import NotFit
from shared.mesh import clock

OPERATOR: Final = "operator"
ACCOUNT: Final = "account"
SYSTEM: Final = "system"


def signer(role: Role) -> str:
    """The key that vouches for users with this role."""
    return f"role-{role.name}"


class Keyring:
    """The keys of one folder, each `<name>.nk`, and `<name>.jwt` for what is said of operator and accounts.

    Every method raises NotFit where a file cannot be read or written, or a key is needed that is elsewhere.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, Key] = {}

    def key(self, name: str) -> Key:
        """The key itself, to sign with."""
        if name not in self._keys:
            path = self._folder / f"{name}.nk"
            if not path.exists() and self._known_as(name) is not None:
                raise NotFit(f"this takes the key {path}, which is kept elsewhere: put it back for as long")
            self._keys[name] = keys.kept(path, _entity(name))
        return self._keys[name]

    def public(self, name: str) -> str:
        """The public half of a key, which may be elsewhere."""
        if name in self._keys or (self._folder / f"{name}.nk").exists():
            return self.key(name).public
        return self._known_as(name) or self.key(name).public

    def signed(self, name: str, title: str, about: Mapping[str, Any]) -> str:
        """What the operator says of itself or of an account, signed anew where that changed.

        Servers keep the one of the later second, so no two carry the same.
        """
        path = self._folder / f"{name}.jwt"
        subject = self.public(name)
        second = int(clock.seconds())
        if (before := _token_in(path)) is not None:
            if claims.says(before, title, subject, about, self.public(OPERATOR)):
                return before
            second = max(second, int(claims.read(before).get("iat", 0)) + 1)
        token = claims.signed(title, subject, about, self.key(OPERATOR), issued=second)
        write(path, token.encode())
        return token

    def _known_as(self, name: str) -> str | None:
        """The public half of a key, as it stands in what was signed."""
        return dict(self._said()).get(name)

    def _said(self) -> Iterator[tuple[str, str]]:
        for name in (OPERATOR, ACCOUNT, SYSTEM):
            token = _token_in(self._folder / f"{name}.jwt")
            if token is None:
                continue
            said = claims.read(token)
            yield name, said["sub"]
            for each in said["nats"].get("signing_keys", []):
                yield f"role-{each['role']}", each["key"]


def write(path: Path, content: bytes) -> None:
    """Write a file, for its owner alone.

    Raises:
        NotFit: that cannot be.
    """
    try:
        put(path, content)
    except OSError as error:
        raise NotFit(f"cannot write {path}: {error.strerror}") from error


def _entity(name: str) -> Entity:
    return "operator" if name == OPERATOR else "account"


def _token_in(path: Path) -> str | None:
    """The JWT in a file, if there is one."""
    try:
        token = path.read_text(encoding="ascii")
        claims.read(token)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotFit(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise NotFit(f"expected a JWT in {path}, found something else") from error
    return token
