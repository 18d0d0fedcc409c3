"""What the page on waiting tells people to paste works, in the order in which it stands there."""

import os
import sys
from pathlib import Path

import anyio

from tests.airdisplay.running import ROOT, running_up
from tests.examples.pasting import blocks, dead_links

PAGE = "docs/waiting-your-turn.md"


def test_every_file_that_is_linked_is_there() -> None:
    assert [] == dead_links(PAGE)


async def test_the_page_works_when_pasted(tmp_path: Path) -> None:
    async with running_up(tmp_path, "--banners", "1") as up:
        script = "\n".join(blocks(PAGE, "sh"))
        script = script.replace("http://127.0.0.1:8000", up.address).replace(".airdisplay/", f"{up.data}/")
        environment = {
            **os.environ,
            "AIRDISPLAY_HTTP_PORT": str(up.http_port),
            "AIRDISPLAY_DATA_DIR": str(up.data),
            "PYTHONPATH": str(ROOT),
        }
        command = f'airdisplay() {{ "{sys.executable}" -m airdisplay "$@"; }}\n{script}'
        done = await anyio.run_process(["bash", "-ec", command], cwd=tmp_path, env=environment)
        said = done.stdout.decode()

    expected = [
        '"text":"Marry me, Adda!"',
        '"state":"queued"',
        '"text":"Marry me, Ada!"',
        "HTTP/1.1 204",
        "lightning is on hold: Too much wind",
        "“Marry me, Ada!” is over",
        "lightning is released",
        '"hold":{"reason":"Too much wind"',
        "HTTP/1.1 204",
    ]
    place = 0
    for each in expected:
        place = said.find(each, place)
        assert place >= 0, f"{each} in its turn, in: {said}"
