"""How long to wait before another attempt: longer each time, and for no two clients alike.

Thousands may lose the same gateway in the same instant; they must not come back in the same instant, too.
"""

import random
from typing import Final

_FIRST_SECONDS: Final = 0.25
_AT_MOST_SECONDS: Final = 5.0
_DOUBLED_AT_MOST: Final = 10


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row: between half of the full pause and all of it."""
    full = min(_FIRST_SECONDS * 2 ** min(failures - 1, _DOUBLED_AT_MOST), _AT_MOST_SECONDS)
    return random.uniform(full / 2, full)  # noqa: S311 (nobody's secret)
