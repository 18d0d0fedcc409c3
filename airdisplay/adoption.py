"""The streams of a data directory stay when the account that they belong to becomes another.

nats-server keeps the streams of each account in a folder of its own. A server that lets in anybody has them
in `$G`; one that asks for credentials in the folder of an account that is named by its key. Nothing in the
folder says whose it is, so an account takes over what another left by giving the folder its own name.
"""

from pathlib import Path
from typing import Final

from shared.contracts.errors import NotFit

ANYBODY: Final = "$G"
"""The account of a server that lets in anybody."""


def adopt(store: Path, account: str) -> Path | None:
    """Have the account go on with the streams that are there, whichever account had them.

    Returns the folder that they were in, where that was another. The server must not run.

    Raises:
        NotFit: several accounts have streams here, or the folder cannot be renamed.
    """
    accounts = store / "jetstream"
    mine = accounts / account
    try:
        others = [each for each in sorted(accounts.glob("*")) if each != mine and _holds_streams(each)]
        if not others:
            return None
        if _holds_streams(mine) or len(others) > 1:
            raise NotFit(_ambiguous([*others, mine] if _holds_streams(mine) else others))
        _remove_empty(mine)
        others[0].rename(mine)
    except OSError as error:
        raise NotFit(f"cannot take over the streams in {accounts}: {error.strerror}") from error
    return others[0]


def _holds_streams(account: Path) -> bool:
    streams = account / "streams"
    return streams.is_dir() and any(streams.iterdir())


def _remove_empty(folder: Path) -> None:
    """Remove a folder in which there is no file, if it is there."""
    if folder.is_dir():
        for each in folder.iterdir():
            _remove_empty(each)
        folder.rmdir()


def _ambiguous(folders: list[Path]) -> str:
    named = " and ".join(map(str, folders))
    return f"there are streams of several accounts, in {named}: move away what shall not be gone on with"
