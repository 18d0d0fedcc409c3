"""How much one may ask for: a burst at once, and then so much a second. Pure."""


class Allowance:
    """Full at first; what was spent comes back with time."""

    __slots__ = ("_burst", "_left", "_looked_at", "_per_second")

    def __init__(self, burst: float, per_second: float, now: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._left = burst
        self._looked_at = now

    def spend(self, cost: float, now: float) -> bool:
        """Take so much, if so much is there. What costs more than a whole burst costs a whole burst."""
        self._left = min(self._burst, self._left + max(0.0, now - self._looked_at) * self._per_second)
        self._looked_at = now
        cost = min(cost, self._burst)
        if cost > self._left:
            return False
        self._left -= cost
        return True
