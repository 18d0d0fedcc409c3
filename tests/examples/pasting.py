"""What pages tell people to paste, pasted."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import anyio

from tests.support.processes import Process

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page that are in this language, in their order."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


def dead_links(page: str) -> list[str]:
    """The files that a page links to and that are not there."""
    links: list[str] = re.findall(r"\]\((?!http)([^)#]+)", (ROOT / page).read_text())
    return [link for link in links if not ((ROOT / page).parent / link).exists()]


class Terminal:
    """A shell at a mesh, in a directory of its own."""

    def __init__(self, nats_url: str, directory: Path) -> None:
        self._directory = directory
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), "AIRDISPLAY_NATS_URL": nats_url}

    async def allow(self, block: str) -> None:
        """Run a block that makes credentials and exports where they are; what comes next has them, too."""
        making, exporting = block.strip().splitlines()
        await self.paste(making)
        name, _, value = exporting.removeprefix("export ").partition("=")
        self._environment[name] = value

    async def paste(self, block: str) -> str:
        """Run a block to its end; what it printed."""
        done = await anyio.run_process(
            ["bash", "-c", _here(block)],
            cwd=self._directory,
            env=self._environment,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.stdout.decode()

    @contextmanager
    def running(self, block: str, name: str) -> Generator[Process]:
        """Run a block that goes on until it is ended, which happens when this one is left."""
        log = self._directory / name
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {_here(block)}"],
                cwd=self._directory,
                env={**self._environment, "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Process(process, log)
        finally:
            process.kill()
            process.wait()


def _here(block: str) -> str:
    return block.replace(".venv/bin/python", sys.executable)
