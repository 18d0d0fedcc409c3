"""Who is let in: calls of an address, shows and channels of a user and of an address, by what is fair.

A user is asked before the address, so one user who asks too often takes nothing from those behind the same
address. Operators are only held to what all calls of an address are held to. Nothing has happened yet when
somebody is refused.
"""

import ipaddress
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from litestar import Response
from litestar.exceptions import NotAuthorizedException

from services.gateway.authors import AnyConnection, Caller, author, caller_of, may_call
from services.gateway.connections import OnRefused
from services.gateway.fair_use import FairUse
from services.gateway.limits import Limit
from services.gateway.permits import Permits, Standing
from services.gateway.problems import AnyRequest, refused
from shared.contracts.refusals import TooManyRequests

ADMISSION: Final = "admission"
"""Where the application keeps its `Admission`."""
STANDING: Final = "airdisplay_standing"
"""Where a request keeps the headers that say how its sender stands."""

CHANNEL_RETRY_MS: Final = 10_000
"""When to come back where there are too many channels; one of them may have ended by then."""

_CHANNEL: Final = "airdisplay_channel"
_SECOND: Final = 1_000_000
_MILLISECOND: Final = 1_000
_ONE_HOUSEHOLD: Final = 64
"""So many bits of an address of the sixth version are one customer's; the rest is theirs to choose."""

Wanted = tuple[Limit | None, str]


class Admission:
    """Says yes, or how long to wait."""

    def __init__(self, fair_use: FairUse, permits: Permits, on_refused: OnRefused) -> None:
        self.on_refused = on_refused
        self._fair_use = fair_use
        self._permits = permits
        self._open: dict[str, Counter[str]] = {
            "channels-per-user": Counter(),
            "channels-per-address": Counter(),
        }

    async def call(self, address: str) -> Response[bytes] | None:
        """Whether an address may call at all."""
        limit = self._fair_use.calls_per_address
        if limit is None or not (wait := await self._permits.take(limit, address)):
            return None
        return self._problem(self._too_many(limit.name, wait), [(limit, address)])

    async def show(self, request: AnyRequest) -> Response[bytes] | None:
        """Whether somebody may ask for a show; the answer will say how they stand."""
        who, address = caller_of(request), address_in(request.scope)
        if who.role == "operator":
            return None
        wanted = [(self._fair_use.shows_per_user, who.by), (self._fair_use.shows_per_address, address)]
        if (refusal := await self._take(wanted)) is not None:
            return self._problem(refusal, wanted)
        request.scope["state"][STANDING] = self._standing(wanted)
        return None

    async def follow(self, request: AnyRequest) -> Response[bytes] | None:
        """Whether somebody may open an event stream, as `connect` says it, but as a response."""
        who = caller_of(request)
        if (refusal := await self.connect(request)) is None:
            return None
        return self._problem(refusal, self._of_connects(who.by, address_in(request.scope)))

    async def connect(self, connection: AnyConnection) -> TooManyRequests | None:
        """Whether somebody may open a channel, and have it until `left` is called with the same scope.

        Who has not said who it is, or not yet, counts as the guest that it would be.
        """
        who, address = _caller_or_guest(connection), address_in(connection.scope)
        if who.role == "operator":
            return None
        if (refusal := self._no_room(who.by, address)) is not None:
            return refusal
        wanted = self._of_connects(who.by, address)
        refusal = await self._take(wanted) or self._no_room(who.by, address)  # it may be taken meanwhile
        if refusal is None:
            connection.scope["state"][_CHANNEL] = (who.by, address)
            for counter, key in zip(self._open.values(), (who.by, address), strict=True):
                counter[key] += 1
        return refusal

    def left(self, scope: Mapping[str, Any]) -> None:
        """A request or channel is over."""
        for counter, key in zip(self._open.values(), scope.get("state", {}).pop(_CHANNEL, ()), strict=False):
            counter[key] -= 1
            if not counter[key]:
                del counter[key]

    def _of_connects(self, by: str, address: str) -> Sequence[Wanted]:
        return [(self._fair_use.connects_per_user, by), (self._fair_use.connects_per_address, address)]

    async def _take(self, wanted: Sequence[Wanted]) -> TooManyRequests | None:
        """Take one of each limit, in this order; none where it is known that one of them has nothing."""
        permits = self._permits
        for limit, who in wanted:
            if limit is not None and (wait := permits.wait(limit, who)):
                return self._too_many(limit.name, wait)
        for limit, who in wanted:
            if limit is not None and (wait := await permits.take(limit, who)):
                return self._too_many(limit.name, wait)
        return None

    def _no_room(self, by: str, address: str) -> TooManyRequests | None:
        at_most = (self._fair_use.channels_per_user, self._fair_use.channels_per_address)
        for (name, counter), bound, key in zip(self._open.items(), at_most, (by, address), strict=True):
            if bound is not None and counter[key] >= bound:
                return self._too_many(name, CHANNEL_RETRY_MS * _MILLISECOND)
        return None

    def _too_many(self, limit: str, wait: int) -> TooManyRequests:
        self.on_refused(limit)
        return TooManyRequests(limit=limit, retry_after_ms=max(1, math.ceil(wait / _MILLISECOND)))

    def _problem(self, refusal: TooManyRequests, wanted: Sequence[Wanted]) -> Response[bytes]:
        response = refused(refusal)
        response.headers.update(self._standing(wanted))
        return response

    def _standing(self, wanted: Sequence[Wanted]) -> dict[str, str]:
        """The headers of draft-ietf-httpapi-ratelimit-headers."""
        stands = [self._permits.standing(limit, who) for limit, who in wanted if limit is not None]
        if not stands:
            return {}
        return {
            "RateLimit-Policy": ", ".join(map(_policy, stands)),
            "RateLimit": ", ".join(map(_left, stands)),
        }


def admission_of(connection: AnyConnection) -> Admission:
    """Who lets people in here."""
    admission = connection.app.state[ADMISSION]
    assert isinstance(admission, Admission)
    return admission


async def may_show(request: AnyRequest) -> Response[bytes] | None:
    """Before a show is looked at: whether its sender may make it, and whether it is fair."""
    return await may_call(request) or await admission_of(request).show(request)


async def may_follow(request: AnyRequest) -> Response[bytes] | None:
    """Before an event stream is opened: the same."""
    return await may_call(request) or await admission_of(request).follow(request)


def address_in(scope: Mapping[str, Any]) -> str:
    """Whose address a request comes from, as far as addresses tell people apart."""
    client = scope.get("client")
    host = str(client[0]) if client else ""
    return household(host) if ":" in host else host


@lru_cache(maxsize=4096)
def household(host: str) -> str:
    """The network that one customer has, of an address of the sixth version."""
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, _ONE_HOUSEHOLD), strict=False))


def _caller_or_guest(connection: AnyConnection) -> Caller:
    try:
        return caller_of(connection)
    except NotAuthorizedException:
        return Caller(author(connection), "viewer")


def _policy(standing: Standing) -> str:
    limit = standing.limit
    return f'"{limit.name}";q={limit.burst};w={math.ceil(limit.window / _SECOND)}'


def _left(standing: Standing) -> str:
    return f'"{standing.limit.name}";r={standing.remaining};t={math.ceil(standing.whole_in / _SECOND)}'
