"""What a gateway knows: the newest of everything, whichever way it came first."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.view import View
from shared.contracts import subjects
from shared.contracts.banner import Banner, Display
from shared.contracts.hardware import Presence, Reported
from shared.contracts.identity import BannerId, DisplayId, hint_at
from shared.contracts.instants import Instant, later
from shared.contracts.views import ReportedView
from shared.mesh.follow import Entry
from shared.mesh.streams import BANNERS
from tests.support.clock import NOON

A, B, C = (BannerId(each) for each in "abc")

MARKER = {"Nats-Marker-Reason": "MaxAge"}


class Seen:
    """A view, and which banners changed in it."""

    def __init__(self) -> None:
        self.changes: list[BannerId] = []
        self.view = View(self.changes.append)


@pytest.fixture
def seen() -> Seen:
    """A view that knows nothing yet."""
    return Seen()


def state(banner: BannerId, name: str = "", display: Display | None = None) -> Banner:
    """A banner."""
    return Banner(id=banner, name=name or banner, display=display)


def display(until: Instant) -> Display:
    """A display that lasts until then."""
    return Display(id=DisplayId("d1"), text="Hello", by="ada", shown_at=NOON, until=until)


def record(revision: int, banner: BannerId, name: str = "", **more: Any) -> Entry:
    """An entry of the log."""
    data = msgspec.json.encode({"schema": 1, "state": {**msgspec.to_builtins(state(banner, name)), **more}})
    return Entry(subjects.record(BANNERS.bucket, banner), revision, data, None)


def removal(revision: int, banner: BannerId) -> Entry:
    """The entry by which a record is removed."""
    return Entry(subjects.record(BANNERS.bucket, banner), revision, b"", {"KV-Operation": "DEL"})


def said(banner: str, kind: str, data: bytes, headers: dict[str, str] | None = None) -> Entry:
    """What hardware says."""
    return Entry(subjects.banner(banner, kind), 1, data, headers)


def heartbeat(banner: BannerId) -> Entry:
    """It is alive."""
    return said(banner, "presence", msgspec.json.encode(Presence(at=NOON)))


def silence(banner: BannerId) -> Entry:
    """It stopped to say so."""
    return said(banner, "presence", b"", MARKER)


def report(banner: BannerId, display_id: str | None, at: Instant = NOON) -> Entry:
    """What it shows."""
    shows = None if display_id is None else DisplayId(display_id)
    return said(banner, "reported", msgspec.json.encode(Reported(display_id=shows, revision=1, at=at)))


def names(view: View) -> dict[BannerId, tuple[str, int]]:
    """Every banner that is known, with its name and revision."""
    return {known.banner.id: (known.banner.name, known.revision) for known in view.all()}


# --- records --------------------------------------------------------------------------------------


def test_what_the_log_says_is_known(seen: Seen) -> None:
    seen.view.take_records([record(1, A, "one"), record(2, B), record(5, A, "two")])

    assert {A: ("two", 5), B: ("b", 2)} == names(seen.view)
    assert 5 == seen.view.revision
    assert 2 == len(seen.view)
    assert [A, B, A] == seen.changes


def test_what_was_answered_is_known_before_the_log_says_it_and_told_once(seen: Seen) -> None:
    seen.view.learn(state(A, "one"), 5)
    seen.view.take_records([record(5, A, "one")])

    assert {A: ("one", 5)} == names(seen.view)
    assert [A] == seen.changes
    assert 5 == seen.view.revision


def test_an_older_answer_changes_nothing(seen: Seen) -> None:
    seen.view.take_records([record(5, A, "new")])
    seen.view.learn(state(A, "old"), 3)

    assert {A: ("new", 5)} == names(seen.view)
    assert [A] == seen.changes


@given(st.permutations(range(1, 9)), st.lists(st.booleans(), min_size=8, max_size=8))
def test_in_whatever_order_states_arrive_the_newest_is_known(order: list[int], answered: list[bool]) -> None:
    seen = Seen()
    known = 0
    for revision, from_answer in zip(order, answered, strict=True):
        if from_answer:
            seen.view.learn(state(A, f"r{revision}"), revision)
        else:
            seen.view.take_records([record(revision, A, f"r{revision}")])
        known = max(known, revision)

        assert {A: (f"r{known}", known)} == names(seen.view)


def test_a_removed_banner_is_not_known_any_more(seen: Seen) -> None:
    seen.view.take_records([record(1, A), record(2, B), removal(3, A), removal(4, C)])

    assert {B: ("b", 2)} == names(seen.view)
    assert seen.view.get(A) is None
    assert [B] == [known.banner.id for known in seen.view.after("")]


def test_a_record_that_cannot_be_read_is_passed_over(seen: Seen) -> None:
    broken = Entry(subjects.record(BANNERS.bucket, A), 2, b'{"state":7}', None)

    seen.view.take_records([record(1, A), broken, record(3, B)])

    assert {A: ("a", 1), B: ("b", 3)} == names(seen.view)
    assert 3 == seen.view.revision


def test_a_field_of_a_newer_version_is_no_obstacle(seen: Seen) -> None:
    seen.view.take_records([record(1, A, mood="sunny")])

    assert {A: ("a", 1)} == names(seen.view)


def test_banners_are_listed_in_the_order_of_their_ids_from_any_point(seen: Seen) -> None:
    seen.view.take_records([record(1, C), record(2, A), record(3, B)])

    assert [A, B, C] == [known.banner.id for known in seen.view.after("")]
    assert [B, C] == [known.banner.id for known in seen.view.after("a")]
    assert [C] == [known.banner.id for known in seen.view.after("bb")]
    assert [] == list(seen.view.after("c"))


# --- hardware -------------------------------------------------------------------------------------


def test_a_heartbeat_makes_a_banner_online_and_a_marker_offline(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])
    known = seen.view.get(A)
    assert known is not None

    assert "offline" == known.view(NOON).presence
    seen.view.take_presence([heartbeat(A)])
    assert "online" == known.view(NOON).presence
    seen.view.take_presence([silence(A)])
    assert "offline" == known.view(NOON).presence


def test_one_heartbeat_after_another_is_no_change(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])

    seen.view.take_presence([silence(A), heartbeat(A), heartbeat(A), heartbeat(A)])

    assert [A, A] == seen.changes


def test_what_the_hardware_reports_is_known(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])
    seen.view.take_reported([report(A, "d1"), report(A, None, later(NOON, 1))])

    known = seen.view.get(A)
    assert known is not None
    assert ReportedView(None, later(NOON, 1)) == known.view(NOON).reported
    assert [A, A, A] == seen.changes


def test_hardware_may_speak_before_its_banner_is_registered(seen: Seen) -> None:
    seen.view.take_presence([heartbeat(A)])
    seen.view.take_reported([report(A, "d1")])
    assert [] == seen.changes

    seen.view.take_records([record(1, A)])

    known = seen.view.get(A)
    assert known is not None
    view = known.view(NOON)
    assert ("online", ReportedView(DisplayId("d1"), NOON)) == (view.presence, view.reported)
    assert [A] == seen.changes


def test_heartbeats_of_before_a_new_life_of_their_stream_are_void(seen: Seen) -> None:
    seen.view.take_records([record(1, A), record(2, B)])
    seen.view.take_presence([heartbeat(A), heartbeat(B)])
    seen.changes.clear()

    seen.view.forget_presence()
    seen.view.take_presence([heartbeat(B)])

    online = {known.banner.id for known in seen.view.all() if known.online}
    assert {B} == online
    assert {A, B} == set(seen.changes)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(said("a", "reported", b"{"), id="half an object"),
        pytest.param(said("a", "reported", b""), id="nothing"),
        pytest.param(
            said("a", "reported", b'{"display_id":7,"revision":1,"at":"x"}'), id="a number for a display"
        ),
        pytest.param(
            said("a", "reported", b'{"display_id":null,"revision":1,"at":"yesterday"}'),
            id="a word for a time",
        ),
        pytest.param(said("a", "reported", b"\xff"), id="bytes that are no text"),
        pytest.param(
            said("a", "reported", b'{"display_id":"\xff","revision":1,"at":"x"}'),
            id="a display that is no text",
        ),
        pytest.param(said("UP", "reported", b"{}"), id="an id that is none"),
    ],
)
def test_a_report_that_is_not_understood_is_passed_over(seen: Seen, entry: Entry) -> None:
    seen.view.take_records([record(1, A)])

    seen.view.take_reported([entry, report(A, "d2")])

    known = seen.view.get(A)
    assert known is not None
    assert ReportedView(DisplayId("d2"), NOON) == known.view(NOON).reported


def test_a_heartbeat_from_nowhere_is_passed_over(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])

    seen.view.take_presence([said("UP", "presence", b"{}"), heartbeat(A)])

    assert {A} == {known.banner.id for known in seen.view.all() if known.online}


# --- what is sent ---------------------------------------------------------------------------------


def test_a_state_is_encoded_once_for_everybody(seen: Seen) -> None:
    seen.view.learn(state(A, display=display(later(NOON, 1_000))), 1)
    known = seen.view.get(A)
    assert known is not None

    first = known.encoded(NOON)

    assert msgspec.json.encode(known.view(NOON)) == first
    assert first is known.encoded(later(NOON, 1))


@pytest.mark.parametrize("change", ["state", "presence", "report"])
def test_whatever_changes_is_encoded_anew(seen: Seen, change: str) -> None:
    seen.view.learn(state(A), 1)
    known = seen.view.get(A)
    assert known is not None
    before = known.encoded(NOON)

    match change:
        case "state":
            seen.view.learn(state(A, "another"), 2)
        case "presence":
            seen.view.take_presence([heartbeat(A)])
        case _:
            seen.view.take_reported([report(A, None)])

    assert before != known.encoded(NOON)
    assert msgspec.json.encode(known.view(NOON)) == known.encoded(NOON)


def test_a_display_is_sent_up_to_its_deadline_and_not_at_it(seen: Seen) -> None:
    until = later(NOON, 1_000)
    seen.view.learn(state(A, display=display(until)), 1)
    known = seen.view.get(A)
    assert known is not None

    assert b'"display":{' in known.encoded(later(until, -1))
    assert b'"display":null' in known.encoded(until)
    assert b'"display":null' in known.encoded(later(until, 1))


# --- from the id of a display to its banner -------------------------------------------------------


def test_an_id_hints_at_the_banner_that_it_was_made_for(seen: Seen) -> None:
    seen.view.take_records([record(1, A), record(2, B)])

    assert [B] == list(seen.view.hinted("0123456789abcdef" + hint_at(B)))
    assert [] == list(seen.view.hinted("0123456789abcdef" + hint_at(C)))


@pytest.mark.parametrize("gone", [A, B, C])
def test_banners_that_share_a_hint_are_all_named(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, gone: BannerId
) -> None:
    def the_same(_banner: str) -> str:
        return "01234567"

    monkeypatch.setattr("services.gateway.view.hint_at", the_same)
    seen.view.take_records([record(1, A), record(2, B), record(3, C)])

    assert {A, B, C} == set(seen.view.hinted("01234567"))

    seen.view.take_records([removal(4, gone)])

    assert {A, B, C} - {gone} == set(seen.view.hinted("01234567"))

    seen.view.take_records([removal(5 + place, each) for place, each in enumerate({A, B, C} - {gone})])

    assert [] == list(seen.view.hinted("01234567"))


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(state(A), id="with nothing on it"),
        pytest.param(state(A, display=display(later(NOON, 1))), id="with the same on it"),
    ],
)
def test_what_came_and_went_before_an_answer_of_our_own_is_said_even_so(known: Banner) -> None:
    seen = Seen()
    came: list[tuple[str, DisplayId]] = []

    def note(author: str, display_id: DisplayId) -> None:
        came.append((author, display_id))

    seen.view.authors.on_new = note
    seen.view.learn(known, 7)
    came.clear()
    seen.view.take_records([record(6, A, display=msgspec.to_builtins(display(later(NOON, 1)))), record(7, A)])

    assert [("ada", "d1")] == came
    assert known == seen.view.get(A).banner  # type: ignore[union-attr]


def test_a_removal_that_came_before_what_is_known_removes_nothing() -> None:
    seen = Seen()
    seen.view.learn(state(A), 7)
    seen.view.take_records([removal(6, A)])

    assert 1 == len(seen.view)


def test_the_authors_of_what_shows_are_known_until_it_is_gone() -> None:
    seen = Seen()
    seen.view.learn(state(A, display=display(later(NOON, 1))), 1)
    assert {DisplayId("d1")} == seen.view.authors.of("ada")

    seen.view.take_records([removal(2, A)])

    assert set() == seen.view.authors.of("ada")
