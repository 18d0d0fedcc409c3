"""The seam between devices and connections."""

from airdisplay_device import Line, NatsLine
from tests.support.devices import HandLine


async def test_nats_and_the_line_that_tests_play_are_both_lines() -> None:
    both: list[Line] = [NatsLine("nats://127.0.0.1:1", name="test"), HandLine()]

    assert not any(line.connected for line in both)
    assert not any(line.publish("airdisplay.banner.b1.hello", b"") for line in both)
