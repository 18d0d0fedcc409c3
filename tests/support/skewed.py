"""A service whose clock goes wrong: `python -m tests.support.skewed FILE SERVICE ARGUMENT…`.

FILE says by how many seconds its clock is ahead; it may change at any time, and the service looks often.
"""

import runpy
import sys
from pathlib import Path

from shared.mesh import clock, skew


def main() -> None:
    """Be that service."""
    file, service = Path(sys.argv[1]), sys.argv[2]
    right = clock.seconds
    clock.seconds = lambda: right() + float(file.read_text())
    skew.EVERY_SECONDS = 0.05  # type: ignore[misc]  # pyright: ignore[reportConstantRedefinition]
    sys.argv = [service, *sys.argv[3:]]
    runpy.run_module(f"services.{service}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
