"""The gateway for people at a command line: asked, with every failure as a sentence of ours."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import anyio

from airdisplay.wording import refusal
from airdisplay_client import AirDisplay, Away, Refused
from shared.contracts.errors import AirDisplayError

T = TypeVar("T")

_ATTEMPTS: Final = 4
"""About two seconds: people wait in front of it."""


class Missing(AirDisplayError):
    """Raised when nobody listens there."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} cannot be reached: is `airdisplay up` running?")


class Refusal(AirDisplayError):
    """Raised when the gateway said no, in the words of the command line."""


def ask(
    address: str,
    talk: Callable[[AirDisplay], Awaitable[T]],
    *,
    token: str | None = None,
    banner: str | None = None,
) -> T:
    """What comes of a talk with the gateway; `banner` is what it is about.

    Raises:
        Refusal: the gateway said no.
        Missing: there is no gateway.
        AirDisplayError: it did not answer, or could not do it.
    """

    async def main() -> T:
        async with AirDisplay(address, token, attempts=_ATTEMPTS) as air:
            return await talk(air)

    try:
        return anyio.run(main)
    except Refused as no:
        raise Refusal(refusal(no, banner)) from no
    except Away as away:
        raise Missing(f"AirDisplay at {away.url}") from away
