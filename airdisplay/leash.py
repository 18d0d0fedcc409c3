"""`leash.py PARENT COMMAND...`: becomes a program that does not outlive the process that started it.

On Linux the kernel sends it SIGKILL the moment its parent is gone, however that happened; elsewhere it runs
without a leash. Imports nothing of ours, so that it costs milliseconds.
"""

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def become(parent: int, command: list[str]) -> None:
    """Put the leash on and become the program; never returns."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before the leash was on
            sys.exit(1)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and the program would inherit that
    os.execv(command[0], command)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
