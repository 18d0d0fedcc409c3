"""What the pages tell people to paste works, in the order in which it stands there."""

import os
import sys
from pathlib import Path

import anyio
import pytest

from tests.airdisplay.running import ROOT, running_up
from tests.examples.pasting import blocks, dead_links
from tests.support.signing import claims_in

WAITING = "docs/waiting-your-turn.md"
MODERATION = "docs/moderation.md"
SIGNING_IN = "docs/signing-in.md"
CREDENTIALS = "docs/credentials.md"

SAID = {
    WAITING: [
        '"text":"Marry me, Adda!"',
        '"state":"queued"',
        '"text":"Marry me, Ada!"',
        "HTTP/1.1 204",
        "lightning is on hold: Too much wind",
        "“Marry me, Ada!” is over",
        "lightning is released",
        '"hold":{"reason":"Too much wind"',
        "HTTP/1.1 204",
    ],
    MODERATION: [
        "“frog” is blocked",
        "“toad*” is blocked",
        '"found":"F.R.0.G"',
        '"text":"Leapfrog"',
        "on lightning, texts wait for a yes from now on",
        "“Marry me, Ada!” waits for an operator's yes to show on lightning, until",
        "Marry me, Ada!",
        "lightning shows “Marry me, Ada!”",
        "“Something rude” waits for an operator's yes",
        "“Something rude” was not shown: an operator said no (Not over a beach)",
        "on lightning, texts show at once from now on",
        "texts need no yes",
        "a text was turned down",
    ],
    CREDENTIALS: [
        "/creds/device-breeze.creds\n  Move it to the hardware",
        "/creds/device-breeze.mqtt\n  Move it to the hardware",
        "breeze      nats",
        "breeze      mqtt",
        "/creds/device-breeze.creds",
        "/creds/device-breeze.mqtt",
        "told airdisplay",
        "revoked breeze: its 2 credentials are void\ntold airdisplay",
        "nats-server   ",
    ],
}
"""What the blocks of a page say, in this order."""


@pytest.mark.parametrize("page", [*SAID, SIGNING_IN])
def test_every_file_that_is_linked_is_there(page: str) -> None:
    assert [] == dead_links(page)


async def pasted(page: str, tmp_path: Path) -> str:
    """What the shell says when everything on a page is pasted, beside an `up` of its own."""
    async with running_up(tmp_path, "--banners", "1") as up:
        script = "\n".join(blocks(page, "sh"))
        script = script.replace("http://127.0.0.1:8000", up.address).replace(".airdisplay/", f"{up.data}/")
        environment = {
            **os.environ,
            "AIRDISPLAY_HTTP_PORT": str(up.http_port),
            "AIRDISPLAY_DATA_DIR": str(up.data),
            "AIRDISPLAY_NATS_URL": up.nats_url,
            "PYTHONPATH": str(ROOT),
        }
        command = f'airdisplay() {{ "{sys.executable}" -m airdisplay "$@"; }}\n{script}'
        done = await anyio.run_process(["bash", "-ec", command], cwd=tmp_path, env=environment)
        return done.stdout.decode()


async def test_the_page_on_signing_in_works_when_pasted(tmp_path: Path) -> None:
    said = await pasted(SIGNING_IN, tmp_path)

    assert '"id":"lightning"' in said
    claims = claims_in((tmp_path / "ada.token").read_text().strip())
    assert ("ada", "author") == (claims["sub"], claims["role"])


@pytest.mark.timeout(180)  # a command is a process, and there are many on a page
@pytest.mark.parametrize("page", SAID)
async def test_the_page_works_when_pasted(tmp_path: Path, page: str) -> None:
    said = await pasted(page, tmp_path)

    place = 0
    for each in SAID[page]:
        place = said.find(each, place)
        assert place >= 0, f"{each} in its turn, in: {said}"
