"""The clock of this process."""

import re

from shared.contracts.instants import INSTANT_PATTERN, epoch_ms
from shared.mesh import clock


def test_now_is_an_instant_between_the_seconds_before_and_after_it() -> None:
    before = clock.seconds()
    now = clock.now()
    after = clock.seconds()

    assert re.search(INSTANT_PATTERN, now)
    assert int(before * 1000) <= epoch_ms(now) <= after * 1000
