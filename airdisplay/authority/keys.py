"""Key pairs of NATS, each in a file of its own. The only importer of nkeys, which has no types."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

import nkeys  # type: ignore[import-untyped]

from airdisplay.signing import put
from shared.contracts.errors import NotFit

Entity = Literal["operator", "account", "user"]

_PREFIXES: Final[Mapping[Entity, int]] = {
    "operator": nkeys.PREFIX_BYTE_OPERATOR,
    "account": nkeys.PREFIX_BYTE_ACCOUNT,
    "user": nkeys.PREFIX_BYTE_USER,
}
_SEED_BYTES: Final = 32


class Key:
    """A key pair; whoever has its seed is who it names."""

    def __init__(self, seed: str) -> None:
        """Raises ValueError where that is no seed."""
        try:
            self._pair: Any = nkeys.from_seed(seed.encode("ascii"))
            self.public = str(self._pair.public_key.decode())
            """What everybody may know, and by which others name it."""
        except (nkeys.NkeysError, ValueError, IndexError) as error:
            raise ValueError("expected the seed of a key of NATS") from error
        self.seed = seed

    @classmethod
    def new(cls, entity: Entity) -> "Key":
        """One that nobody else has."""
        return cls(nkeys.encode_seed(secrets.token_bytes(_SEED_BYTES), _PREFIXES[entity]).decode())

    def sign(self, data: bytes) -> bytes:
        """The signature under some bytes."""
        return bytes(self._pair.sign(data))

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Whether that is the signature of this key under these bytes."""
        try:
            return bool(self._pair.verify(data, signature))
        except (nkeys.NkeysError, ValueError):
            return False


def kept(path: Path, entity: Entity) -> Key:
    """The key in a file, for its owner alone; made when it is needed first.

    Raises:
        NotFit: it cannot be read or written, or is none.
    """
    try:
        if not path.exists():
            with suppress(FileExistsError):  # another was faster, and its key is as good
                put(path, f"{Key.new(entity).seed}\n".encode(), replace=False)
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise NotFit(f"cannot keep the key {path}: {error.strerror}") from error
    try:
        return Key(text.strip())
    except ValueError as error:
        raise NotFit(f"expected a key of NATS in {path}, found something else") from error
