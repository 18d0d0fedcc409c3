"""`python -m bench [NAME …]`: run all measurements, or those named, and print them as a table."""

import importlib
import sys
from typing import Final

import uvloop

NAMES: Final = (
    "shows",
    "guarded",
    "fair",
    "commands",
    "waiting",
    "viewers",
    "gathering",
    "crowd",
    "storm",
    "interest",
    "telemetry",
    "fleet",
    "intake",
    "size",
    "hardware",
    "devices",
)


def main() -> None:
    """Measure and print."""
    names = sys.argv[1:] or NAMES
    if unknown := set(names) - set(NAMES):
        sys.exit(f"expected some of {', '.join(NAMES)}; found {', '.join(sorted(unknown))}")
    print("| what | figure | ratio | wanted |")
    print("|---|---|---|---|")
    for name in names:
        for row in uvloop.run(importlib.import_module(f"bench.{name}").run()):
            print(row, flush=True)


if __name__ == "__main__":
    main()
