"""Which banners are free, by pool, as the log and the hardware have it. Pure.

Free is: online, not on hold, showing nothing, with nobody in its queue, and open to any text: where texts
need an operator's yes, those of the lobby have none. A place that was taken stays out
until the log tells of something newer, because what is sent there is decided by its revision.
"""

import heapq
from collections.abc import Callable, Sequence

from shared.contracts.banner import Banner
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, later
from shared.contracts.lobby import Place, PoolId, pools_of

OVERDUE_MS = 250
"""How long after its deadline a display counts as over even though nobody has said so."""

Choose = Callable[[int], int]
"""Takes how many there are and returns which one, from 0."""


class _Bag:
    """Banners to draw from at random; what is done to it takes as long for many as for few."""

    def __init__(self) -> None:
        self._items: list[BannerId] = []
        self._at: dict[BannerId, int] = {}

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> BannerId:
        return self._items[index]

    def add(self, banner: BannerId) -> None:
        if banner not in self._at:
            self._at[banner] = len(self._items)
            self._items.append(banner)

    def discard(self, banner: BannerId) -> None:
        index = self._at.pop(banner, None)
        if index is None:
            return
        last = self._items.pop()
        if last != banner:
            self._items[index] = last
            self._at[last] = index


class Places:
    """All banners, and which of them are free. `choose` is where chance comes in."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._banners: dict[BannerId, tuple[Banner, int]] = {}
        self._online: set[BannerId] = set()
        self._taken: dict[BannerId, int] = {}
        self._overdue: dict[BannerId, int] = {}
        self._deadlines: list[tuple[Instant, BannerId, int]] = []
        self._free: dict[PoolId, _Bag] = {}
        self._members: dict[PoolId, int] = {}

    def __len__(self) -> int:
        """How many banners are known."""
        return len(self._banners)

    def exists(self, pool: PoolId) -> bool:
        """Whether any banner is in this pool, free or not."""
        return self._members.get(pool, 0) > 0

    def free(self, pool: PoolId) -> int:
        """How many are free in this pool."""
        return len(self._free.get(pool, ()))

    def learn(self, banner: Banner, revision: int) -> Sequence[PoolId]:
        """Take a state that is newer than what is known; returns the pools in which it is free."""
        before = self._banners.get(banner.id)
        if before is not None and before[1] >= revision:
            return ()
        self.forget(banner.id)
        self._banners[banner.id] = (banner, revision)
        for pool in pools_of(banner):
            self._members[pool] = self._members.get(pool, 0) + 1
        if banner.display is not None:
            due = later(banner.display.until, OVERDUE_MS)
            heapq.heappush(self._deadlines, (due, banner.id, revision))
        return self._sort(banner.id)

    def forget(self, banner: BannerId) -> None:
        """The banner is no more."""
        known = self._banners.pop(banner, None)
        if known is None:
            return
        self._taken.pop(banner, None)
        self._overdue.pop(banner, None)
        for pool in pools_of(known[0]):
            self._members[pool] -= 1
            self._bag(pool).discard(banner)

    def hear(self, banner: BannerId, *, online: bool) -> Sequence[PoolId]:
        """Its hardware is there, or has fallen silent or left; returns the pools in which it is free."""
        (self._online.add if online else self._online.discard)(banner)
        return self._sort(banner)

    def take(self, pool: PoolId) -> Place | None:
        """Draw one that is free, and take it out of every pool; None when none is."""
        bag = self._bag(pool)
        if not len(bag):
            return None
        banner = bag[self._choose(len(bag))]
        revision = self._banners[banner][1]
        self._taken[banner] = revision
        self._sort(banner)
        return Place(banner=banner, revision=revision)

    def give_back(self, place: Place) -> None:
        """Nothing was sent there after all."""
        if self._taken.get(place.banner) == place.revision:
            del self._taken[place.banner]
            self._sort(place.banner)

    def forget_presence(self) -> None:
        """The heartbeats of before are void; whoever is here says so again."""
        for banner in tuple(self._online):
            self.hear(banner, online=False)

    def pass_time(self, now: Instant) -> set[PoolId]:
        """Displays that should be over and were not said to be; returns the pools that gained a place."""
        pools: set[PoolId] = set()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, banner, revision = heapq.heappop(self._deadlines)
            known = self._banners.get(banner)
            if known is not None and known[1] == revision:
                self._overdue[banner] = revision
                pools.update(self._sort(banner))
        return pools

    def _sort(self, banner: BannerId) -> Sequence[PoolId]:
        """Put a banner among the free ones of its pools, or take it out; returns where it is free."""
        known = self._banners.get(banner)
        if known is None:
            return ()
        pools = pools_of(known[0])
        if self._is_free(*known):
            for pool in pools:
                self._bag(pool).add(banner)
            return pools
        for pool in pools:
            self._bag(pool).discard(banner)
        return ()

    def _is_free(self, banner: Banner, revision: int) -> bool:
        shows = banner.display is not None and banner.id not in self._overdue
        waited_for = bool(banner.queue) or banner.hold is not None
        taken = self._taken.get(banner.id) == revision
        return banner.id in self._online and not (shows or waited_for or taken or banner.approve_first)

    def _bag(self, pool: PoolId) -> _Bag:
        return self._free.setdefault(pool, _Bag())
