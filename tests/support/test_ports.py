"""No port is given out twice: not in one process, not to two, and not where somebody listens."""

import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import ports
from tests.support.ports import HOST, free_port, free_ports

ROOT = Path(__file__).parents[2]
FEW = range(20_000, 20_800)
ANOTHER = f"""
from tests.support import ports
ports.PORTS = {FEW!r}
print(*ports.free_ports(200), flush=True)
input()
"""


def test_one_process_is_never_given_a_port_twice() -> None:
    given = free_ports(200)

    assert len(given) == len(set(given))


def test_two_processes_are_never_given_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "PORTS", FEW)
    with ExitStack() as stack:
        others = [another(stack) for _ in range(2)]
        given = [*free_ports(200), *(port for other in others for port in first_line(other))]

    assert len(given) == len(set(given)) == 600


def test_a_port_where_somebody_listens_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    few: Sequence[int] = free_ports(2)
    monkeypatch.setattr(ports, "PORTS", few)
    monkeypatch.setattr(ports, "given", set[int]())
    with socket.socket() as listener:
        listener.bind((HOST, few[0]))

        assert few[1] == free_port()


def another(stack: ExitStack) -> subprocess.Popen[str]:
    """Another process that is given ports, and keeps them until the stack is left."""
    command = [sys.executable, "-c", ANOTHER]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    stack.callback(process.communicate, "\n")
    return process


def first_line(process: subprocess.Popen[str]) -> list[int]:
    """The numbers that it prints first."""
    assert process.stdout is not None
    return [int(word) for word in process.stdout.readline().split()]
