"""The outbox: a maildir, in which every mail is a file under a name that says which mail it is."""

import os
import secrets
from pathlib import Path
from typing import Final

_FOLDERS: Final = ("tmp", "new", "cur")


class Outbox:
    """A folder of mails; any mail program can open it. Processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for each in _FOLDERS:
            (folder / each).mkdir(parents=True, exist_ok=True)

    def put(self, name: str, mail: bytes) -> bool:
        """Put a mail in, whole or not at all; return whether it was new.

        One that is there already stays as it is: a link to a name that is taken fails, and that is all
        the memory that there needs to be.
        """
        if any((self._folder / "cur").glob(f"{name}:*")):  # somebody has seen it, and it moved
            return False
        draft = self._folder / "tmp" / f"{name}.{secrets.token_hex(8)}"
        try:
            _write(draft, mail)
            (self._folder / "new" / name).hardlink_to(draft)
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        _sync(self._folder / "new")
        return True


def _write(draft: Path, mail: bytes) -> None:
    with draft.open("xb") as file:
        file.write(mail)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have a new name on disk before anybody is told of it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
