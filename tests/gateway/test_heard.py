"""What hardware says: whoever moves between gateways misses none of it, whatever each has read."""

from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway import heard as heard_module
from services.gateway.heard import Heard
from shared.contracts import subjects
from shared.contracts.hardware import KeptReport, Presence
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.views import NEVER_SEEN
from shared.mesh.follow import Entry
from tests.support.clock import NOON

BANNERS = [BannerId(each) for each in "abc"]
A, B, C = BANNERS
MARKER = {"Nats-Marker-Reason": "MaxAge"}


class Stream:
    """One entry a subject, as the server keeps presence and reports."""

    def __init__(self) -> None:
        self.last = 0
        self.entries: dict[str, Entry] = {}

    def add(self, banner: str, kind: str, data: bytes, headers: dict[str, str] | None = None) -> None:
        """Something is said; what was said before on this subject is gone."""
        self.last += 1
        subject = subjects.reported(banner) if kind == "reported" else subjects.presence(banner)
        self.entries.pop(subject, None)
        self.entries[subject] = Entry(subject, self.last, data, headers)

    def after(self, sequence: int) -> list[Entry]:
        """What a follower gets that has come this far."""
        return [entry for entry in self.entries.values() if entry.sequence > sequence]


class Gateway:
    """What one gateway has heard, and how far it has read."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.heard.begin(presence="p", reported="r")
        self.read = (0, 0)

    def catch_up(self, presence: Stream, reported: Stream) -> None:
        """Read what there is."""
        self.heard.take_presence(presence.after(self.read[0]))
        self.heard.take_reported(reported.after(self.read[1]))
        self.read = (presence.last, reported.last)

    def state(self, banner: BannerId) -> tuple[object, object]:
        """What a viewer would be told of a banner."""
        return self.heard.seen(banner), self.heard.reported.get(banner)

    def hears(self, banner: BannerId) -> bool:
        """Whether its hardware is there, as far as is known here."""
        return self.heard.seen(banner).online


def beat(stream: Stream, banner: str) -> None:
    stream.add(banner, "presence", msgspec.json.encode(Presence(at=NOON)))


def fall_silent(stream: Stream, banner: str) -> None:
    stream.add(banner, "presence", b"", MARKER)


def report(stream: Stream, banner: str, display: str) -> None:
    said = KeptReport(display_id=DisplayId(display), revision=1, at=NOON, heard_at=NOON)
    stream.add(banner, "reported", msgspec.json.encode(said))


def changed(gateway: Gateway, hardware: str) -> list[BannerId]:
    """The banners that may have changed after a position."""
    return list(filter(gateway.heard.changed_after(hardware), BANNERS))


@pytest.fixture
def presence() -> Stream:
    """Heartbeats."""
    return Stream()


@pytest.fixture
def reported() -> Stream:
    """Reports."""
    return Stream()


def test_only_what_changed_after_a_position_counts_as_changed(presence: Stream, reported: Stream) -> None:
    gateway = Gateway()
    for banner in BANNERS:
        beat(presence, banner)
        gateway.catch_up(presence, reported)
    here = gateway.heard.position()
    beat(presence, A)
    gateway.catch_up(presence, reported)
    report(reported, B, "d1")
    fall_silent(presence, C)
    gateway.catch_up(presence, reported)

    assert [B, C] == changed(gateway, here)
    assert [] == changed(gateway, gateway.heard.position())


def test_of_other_lives_of_the_streams_everything_counts_as_changed(
    presence: Stream, reported: Stream
) -> None:
    gateway = Gateway()
    beat(presence, A)
    gateway.catch_up(presence, reported)
    here = gateway.heard.position()

    gateway.heard.begin(presence="another")

    assert BANNERS == changed(gateway, here) == changed(gateway, "nonsense")
    assert [] == changed(gateway, gateway.heard.position())


def test_without_a_position_everything_counts_of_which_was_ever_heard(
    presence: Stream, reported: Stream
) -> None:
    gateway = Gateway()
    fall_silent(presence, A)
    report(reported, C, "d1")
    gateway.catch_up(presence, reported)

    assert [A, C] == changed(gateway, "")


def test_a_position_that_is_older_than_the_markers_of_silence_tells_nothing(
    presence: Stream, reported: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Gateway()
    beat(presence, A)
    gateway.catch_up(presence, reported)
    here = gateway.heard.position()

    monkeypatch.setattr(heard_module, "_second", lambda: int(here.rpartition(".")[2]) + 43_201)

    assert BANNERS == changed(gateway, here)


def test_when_heartbeats_are_void_no_position_of_before_counts(presence: Stream, reported: Stream) -> None:
    gateway = Gateway()
    beat(presence, A)
    gateway.catch_up(presence, reported)
    here = gateway.heard.position()

    assert [A] == gateway.heard.forget_presence()
    assert BANNERS == changed(gateway, here)


def test_a_gateway_that_has_heard_less_says_so(presence: Stream, reported: Stream) -> None:
    ahead, behind = Gateway(), Gateway()
    beat(presence, A)
    behind.catch_up(presence, reported)
    report(reported, A, "d1")
    ahead.catch_up(presence, reported)

    assert behind.heard.lags(ahead.heard.position())
    assert not ahead.heard.lags(behind.heard.position())
    assert not behind.heard.lags("nonsense")


def test_a_silence_that_was_over_before_it_was_read_here_counts_for_who_was_told_of_it_elsewhere(
    presence: Stream, reported: Stream
) -> None:
    here, elsewhere = Gateway(), Gateway()
    beat(presence, A)
    here.catch_up(presence, reported)
    fall_silent(presence, A)
    elsewhere.catch_up(presence, reported)
    told = elsewhere.heard.position()
    beat(presence, A)
    here.catch_up(presence, reported)

    assert (True, False) == (here.hears(A), elsewhere.hears(A))
    assert [A] == changed(here, told)


def test_a_report_that_was_overwritten_with_nonsense_counts_for_who_was_told_of_it_elsewhere(
    presence: Stream, reported: Stream
) -> None:
    here, elsewhere = Gateway(), Gateway()
    report(reported, A, "d1")
    elsewhere.catch_up(presence, reported)
    reported.add(A, "reported", b"?")
    elsewhere.catch_up(presence, reported)
    here.catch_up(presence, reported)

    assert [A] == changed(here, elsewhere.heard.position())


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["beat", "silence", "report", "nonsense", "read", "move"]), st.integers(0, 2)),
    max_size=60,
)


@given(STEPS)
def test_a_viewer_that_moves_between_gateways_ends_with_what_each_of_them_says(steps: Iterable[Step]) -> None:
    presence, reported = Stream(), Stream()
    gateways = [Gateway(), Gateway()]
    knows: dict[BannerId, tuple[object, object]] = dict.fromkeys(BANNERS, (NEVER_SEEN, None))
    gateways[0].catch_up(presence, reported)
    position = gateways[0].heard.position()
    for what, number in steps:
        banner = BANNERS[number]
        match what:
            case "beat":
                beat(presence, banner)
            case "silence":
                fall_silent(presence, banner)
            case "report":
                report(reported, banner, f"d{reported.last}")
            case "nonsense":
                reported.add(banner, "reported", b"?")
            case "read":
                gateways[number % 2].catch_up(presence, reported)
            case _:
                gateway = gateways[number % 2]
                if gateway.heard.lags(position):
                    continue
                for each in changed(gateway, position):
                    knows[each] = gateway.state(each)
                position = gateway.heard.position()

                assert knows == {each: gateway.state(each) for each in BANNERS}
