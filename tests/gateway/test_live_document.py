"""The page about the live channel says what the code does: every number, word and limit."""

from pathlib import Path

import pytest

from services.gateway import live, server, viewer
from services.gateway.batches import BATCHES_KEPT
from services.gateway.live import reason
from services.gateway.mine import MINE_AT_MOST
from services.gateway.telemetry import KINDS_AT_MOST, WATCHED_AT_MOST
from shared.contracts.live import FRAME_BYTES_AT_MOST, NAMED_AT_MOST, CloseCode, Retry

PAGE = (Path(__file__).parents[2] / "docs" / "live-channel.md").read_text()
COME_BACK = {
    Retry.AT_ONCE: "at once",
    Retry.AFTER: "after N ms",
    Retry.WITH_TOKEN: "with a new token",
    Retry.NEVER: "no",
}


def row(start: str) -> str:
    """The row of a table that begins with this."""
    (found,) = (line for line in PAGE.splitlines() if line.startswith(f"| {start} "))
    return found


@pytest.mark.parametrize("code", CloseCode, ids=lambda code: code.name.lower())
def test_every_close_code_is_there_with_its_reason_and_whether_to_come_back(code: CloseCode) -> None:
    _, _, word, come_back, _ = row(str(int(code))).split("|")
    said, _, milliseconds = reason(code).partition(" in ")

    assert f"`{said}{' in N ms' if milliseconds else ''}`" == word.strip()
    assert come_back.strip().startswith(COME_BACK[code.retry])


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("bytes in a frame of yours", f"{FRAME_BYTES_AT_MOST:,}"),
        ("bytes in a frame of yours", f"{server.FRAGMENTS_AT_MOST} fragments"),
        ("ids in one field", f"{NAMED_AT_MOST:,}"),
        ("banners by name", f"{live.BANNERS_AT_MOST:,}"),
        ("displays", str(live.DISPLAYS_AT_MOST)),
        ("`mine`: displays of one's own", f"{MINE_AT_MOST:,} at a time"),
        ("`telemetry`: banners", f"{WATCHED_AT_MOST}, of each {KINDS_AT_MOST} kinds"),
        ("frames in all", f"{live.BURST:g} at once, then {live.PER_SECOND:g} a second"),
        (
            "frames refused or not understood",
            f"{live.PATIENCE:g} at once, then one in {1 / live.PATIENCE_PER_SECOND:g} s",
        ),
        ("time without a token, where one is needed", f"{live.AUTHORIZE_WITHIN_SECONDS:g} s"),
    ],
)
def test_every_limit_is_there(limit: str, value: str) -> None:
    assert value in row(limit)


def test_what_may_wait_for_a_viewer_is_there() -> None:
    assert viewer.BACKLOG_BYTES == 1024 * 1024
    assert "1 MiB of answers" in PAGE
    assert f"{BATCHES_KEPT} batches" in PAGE
    assert viewer.STALL_SECONDS == 10
    assert "after ten seconds" in PAGE


@pytest.mark.parametrize(
    "code",
    [
        "malformed",
        "unknown-banner",
        "unknown-display",
        "too-many-watches",
        "too-many-frames",
        "not-authorized",
        "too-many-displays",
        "mesh-unavailable",
    ],
)
def test_every_error_is_there(code: str) -> None:
    assert any(f"`{code}`" in line for line in PAGE.splitlines() if line.startswith("| `"))
