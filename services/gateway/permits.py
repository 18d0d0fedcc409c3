"""Permits by limits that all gateways share: one number a user or address in the bucket `limits`.

It is changed by compare-and-set, so no two gateways give out the same; leases spare most calls the way there.
Where the store does not answer, this gateway goes on with what it knows itself: then each gateway keeps the
limit, and all together as many times as much as there are gateways.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

import structlog

from services.gateway.limits import Account, Limit, Offer
from shared.contracts.errors import Conflict, OutcomeUnknown, Unreachable
from shared.entities.lanes import Lanes
from shared.entities.store import Store
from shared.mesh import clock

ACCOUNTS_AT_MOST: Final = 50_000
"""Whoever was not seen for longest is forgotten first, with what was left of the lease."""
ANSWER_SECONDS: Final = 0.25
"""How long the store is waited for; a call is not to be held up by the counting of calls."""

_AWAY: Final = 1_000_000
_DIGEST_BYTES: Final = 12

log = structlog.get_logger()


class Standing(NamedTuple):
    """How somebody stands with a limit, as far as is known here; the time in microseconds."""

    limit: Limit
    remaining: int
    whole_in: int


class Permits:
    """Gives out permits, to users and addresses, by limits."""

    def __init__(self, store: Store, now: Callable[[], int] = clock.microseconds) -> None:
        self._store = store
        self._now = now
        self._accounts: OrderedDict[tuple[str, str], Account] = OrderedDict()
        self._lanes = Lanes()
        self._away = False
        self._away_until = 0

    def __len__(self) -> int:
        """How many users and addresses are known here."""
        return len(self._accounts)

    def wait(self, limit: Limit, who: str) -> int:
        """Microseconds for which there is certainly nothing for somebody; takes nothing."""
        account, now = self._account(limit, who), self._now()
        return 0 if account.has(now) else account.wait(now)

    async def take(self, limit: Limit, who: str) -> int:
        """Take a permit: 0 where there is one, or else the microseconds until there may be one."""
        account, now = self._account(limit, who), self._now()
        if account.spend(now):
            return 0
        return account.wait(now) or await self._lease(account, who)

    def standing(self, limit: Limit, who: str) -> Standing:
        """How somebody stands now."""
        account, now = self._account(limit, who), self._now()
        return Standing(limit, account.remaining(now), account.whole_in(now))

    async def _lease(self, account: Account, who: str) -> int:
        """Take the first permit of a new lease; one lease at a time for each user or address."""
        key = _key(account.limit, who)
        await self._lanes.take(key)
        try:
            if account.spend(self._now()):
                return 0  # of the lease that was taken while this one waited
            while (offer := account.offer(self._now())) is not None:
                if await self._written(key, account, offer):
                    return 0
            return max(1, account.wait(self._now()))
        finally:
            self._lanes.give_back(key)

    async def _written(self, key: str, account: Account, offer: Offer) -> bool:
        """Write an offer and take its lease; False where another gateway was faster."""
        revision = offer.expected
        if offer.at >= self._away_until:
            try:
                revision = await self._store.commit(key, b"%d" % offer.arrival, offer.expected)
                self._on_answer()
            except Conflict:
                return await self._learnt(key, account)
            except (Unreachable, OutcomeUnknown) as error:
                self._on_away(error)
        account.lease(offer, revision)
        return True

    async def _learnt(self, key: str, account: Account) -> bool:
        """Read what another gateway wrote; never written, so always False."""
        try:
            stored = await self._store.load(key, fresh=True)
            account.learn(int(stored.data or 0), stored.revision)
        except (Unreachable, OutcomeUnknown) as error:
            self._on_away(error)
        return False

    def _on_away(self, error: Exception) -> None:
        """Go on alone for a while; said once, until it has answered again."""
        self._away_until = self._now() + _AWAY
        if not self._away:
            log.warning("limits kept by this gateway alone", problem=str(error))
        self._away = True

    def _on_answer(self) -> None:
        if self._away:
            log.info("limits shared again")
        self._away = False

    def _account(self, limit: Limit, who: str) -> Account:
        accounts, key = self._accounts, (limit.name, who)
        account = accounts.get(key)
        if account is None:
            account = accounts[key] = Account(limit)
            if len(accounts) > ACCOUNTS_AT_MOST:
                accounts.popitem(last=False)
        else:
            accounts.move_to_end(key)
        return account


def _key(limit: Limit, who: str) -> str:
    """Where somebody's number stands: a digest, for nobody needs to read there who was here.

    A limit that was set anew begins anew: what was used up of another says nothing about it.
    """
    what = f"{limit.name} {limit.burst} {limit.interval} {who}"
    digest = hashlib.blake2b(what.encode(), digest_size=_DIGEST_BYTES)
    return digest.hexdigest()
