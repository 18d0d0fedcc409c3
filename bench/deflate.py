"""What compression of the live channel costs and saves: `python -m bench.deflate`.

Measured on the extension itself, with the settings that the server offers. Every viewer has a compressor of
its own, so each frame is compressed once for each viewer, where uncompressed all share one.
"""

import gc
import time
from typing import Final

import msgspec
import psutil
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from services.gateway.batches import changes_frame
from services.gateway.positions import HardwarePosition, Position, mark_of
from shared.contracts.banner import Banner, Display
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, later
from shared.contracts.views import ONLINE, banner_view

VIEWERS: Final = 2_000
FRAMES: Final = 20
_NOON: Final = Instant("2026-05-04T12:00:00.000Z")
_HERE: Final = Position(123_456, str(HardwarePosition(mark_of("a"), 98_765, 4_321, 1_777_896_000)))


def frame_of(banners: int, first: int = 0) -> bytes:
    """A frame of so many changed banners, with ids and texts of their own."""
    return changes_frame([_banner(number) for number in range(first, first + banners)], _HERE).encode()


def _banner(number: int) -> bytes:
    banner = BannerId(f"b-{mark_of(str(number))}")
    display = Display(
        id=DisplayId(mark_of("d", str(number)) * 4),
        text=f"Happy birthday, number {number}!",
        by=f"guest-{mark_of('g', str(number))}",
        shown_at=_NOON,
        until=later(_NOON, 60_000),
    )
    state = Banner(id=banner, name=banner, display=display)
    return msgspec.json.encode(banner_view(state, 123_000 + number, _NOON, seen=ONLINE))


def compressor() -> PerMessageDeflate:
    """What uvicorn agrees on with a client."""
    return PerMessageDeflate(
        remote_no_context_takeover=False,
        local_no_context_takeover=False,
        remote_max_window_bits=12,
        local_max_window_bits=12,
        compress_settings={"memLevel": 5},
    )


def _resident() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def measure_memory() -> str:
    """One line about what each viewer takes, once it has been sent something."""
    frame = Frame(Opcode.TEXT, frame_of(1))
    before = _resident()
    viewers = [compressor() for _ in range(VIEWERS)]
    for viewer in viewers:
        viewer.encode(frame)
    return f"{(_resident() - before) / VIEWERS / 1024:.0f} kB a viewer, for {len(viewers)} of them"


def measure(banners: int) -> str:
    """One line about frames of so many banners."""
    frames = [Frame(Opcode.TEXT, frame_of(banners, first=number * banners)) for number in range(FRAMES)]
    viewers = [compressor() for _ in range(VIEWERS // banners + 20)]
    started = time.process_time()
    sizes = [sum(len(viewer.encode(frame).data) for frame in frames) for viewer in viewers]
    seconds = time.process_time() - started
    plain = sum(len(frame.data) for frame in frames)
    return (
        f"{banners:>4} banners a frame: {plain / FRAMES:>9,.0f} B, compressed {sizes[0] / plain:.0%}, "
        f"{seconds / len(viewers) / FRAMES * 1e6:,.0f} µs for each viewer"
    )


if __name__ == "__main__":
    print(measure_memory())
    for size in (1, 10, 100, 1_000):
        print(measure(size))
