"""The clocks of a device."""

from airdisplay_device.clock import running_ms, wall_ms
from shared.contracts.instants import epoch_ms
from shared.mesh import clock


def test_the_time_of_day_is_that_of_the_mesh() -> None:
    before = epoch_ms(clock.now())
    now = wall_ms()

    assert before <= now <= epoch_ms(clock.now())


def test_the_running_time_never_goes_back() -> None:
    times = [running_ms() for _ in range(100)]

    assert sorted(times) == times
