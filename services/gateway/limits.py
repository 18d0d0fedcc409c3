"""How often somebody may do something, as arithmetic; no clock, no store.

The generic cell rate algorithm: all that is known of somebody is one number, the *arrival*, the time at which
the next call would be due if all came evenly. Each call moves it by one interval, and is fair as long as that
leaves the arrival at most a window ahead of the present. So at most `burst` calls come at once, and over any
time at most `burst` more than one an interval.

A gateway takes a *lease*: several calls, paid for at once, a stretch of arrivals. A call of a lease may be
made until its own arrival is past; then it is void. That keeps the bound as it is, however many gateways hold
leases: whatever is made has an arrival between that moment and a window later, arrivals are an interval
apart, and none is given out twice.

Times are whole microseconds.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

MINUTE: Final = 60_000_000
SOON: Final = 5_000_000
"""A lease shall last as long; who needs another one within this time gets one twice as large."""


class Limit(NamedTuple):
    """So many at once, and one more each interval."""

    name: str
    burst: int
    interval: int

    @property
    def window(self) -> int:
        """How long it takes until all of a burst is there again."""
        return self.burst * self.interval


class Offer(NamedTuple):
    """What is to be written for a lease, if the store still has the revision that it was computed from."""

    first: int
    arrival: int
    at: int
    expected: int


@dataclass(slots=True)
class Account:
    """What one gateway knows of one user or address: the newest arrival it has seen, and its lease."""

    limit: Limit
    arrival: int = 0
    revision: int = 0
    _next: int = 0
    _end: int = 0
    _size: int = 1
    _leased_at: int = -SOON

    def has(self, now: int) -> bool:
        """Whether the lease has a call left whose arrival is not past."""
        return self._due(now) < self._end

    def spend(self, now: int) -> bool:
        """Make one of the calls of the lease, if it has one left."""
        due = self._due(now)
        if due >= self._end:
            return False
        self._next = due + self.limit.interval
        return True

    def wait(self, now: int) -> int:
        """How long nothing can be had from the store for certain: others only make it longer."""
        return max(0, self.arrival + self.limit.interval - self.limit.window - now)

    def offer(self, now: int) -> Offer | None:
        """A lease, as far as this gateway knows; None where there is nothing left."""
        first = max(self.arrival, now)
        left = self._left(now)
        if left <= 0:
            return None
        wanted = max(2 * self._size if now - self._leased_at < SOON else 1, SOON // self.limit.interval)
        # Half of what is left is for the other gateways.
        count = min(wanted, (left + 1) // 2)
        return Offer(first, first + count * self.limit.interval, now, self.revision)

    def lease(self, offer: Offer, revision: int) -> None:
        """The offer was written; its first call is made with it."""
        self.arrival, self.revision = offer.arrival, revision
        self._next, self._end = offer.first + self.limit.interval, offer.arrival
        self._size = (offer.arrival - offer.first) // self.limit.interval
        self._leased_at = offer.at

    def learn(self, arrival: int, revision: int) -> None:
        """This is what the store has."""
        self.arrival, self.revision = arrival, revision

    def remaining(self, now: int) -> int:
        """How many calls there are, in the lease and, as far as is known, in the store."""
        return self._leased(now) // self.limit.interval + max(0, self._left(now))

    def whole_in(self, now: int) -> int:
        """How long until all of a burst is there again."""
        return max(0, self.arrival - self._leased(now) - now)

    def _leased(self, now: int) -> int:
        """How much of the lease is not spent."""
        return max(0, self._end - self._due(now))

    def _left(self, now: int) -> int:
        """How many the store would give."""
        return (now + self.limit.window - max(self.arrival, now)) // self.limit.interval

    def _due(self, now: int) -> int:
        """The arrival of the next call of the lease; those that are past are left out."""
        behind = max(0, now - self._next)
        return self._next + -(-behind // self.limit.interval) * self.limit.interval
