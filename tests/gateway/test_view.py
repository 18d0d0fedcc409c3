"""What a gateway knows: the newest of everything, whichever way it came first."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.view import View
from shared.contracts import subjects
from shared.contracts.banner import Banner, Display
from shared.contracts.hardware import UNCONFIRMED_AFTER_MS, KeptReport, Presence
from shared.contracts.identity import BannerId, DisplayId, hint_at
from shared.contracts.instants import Instant, epoch_ms, later
from shared.contracts.live import Since
from shared.contracts.views import Confirmation, ReportedView
from shared.mesh import clock
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
    subject = subjects.reported(banner) if kind == "reported" else subjects.presence(banner)
    return Entry(subject, 1, data, headers)


def heartbeat(banner: BannerId) -> Entry:
    """It is alive."""
    return said(banner, "presence", msgspec.json.encode(Presence(at=NOON)))


def silence(banner: BannerId) -> Entry:
    """It stopped to say so."""
    return said(banner, "presence", b"", MARKER)


def report(banner: BannerId, display_id: str | None, at: Instant = NOON) -> Entry:
    """What it shows."""
    shows = None if display_id is None else DisplayId(display_id)
    kept = KeptReport(display_id=shows, revision=1, at=None, heard_at=at)
    return said(banner, "reported", msgspec.json.encode(kept))


def online(view: View) -> set[BannerId]:
    """The banners whose hardware is there."""
    return {known.banner.id for known in view.all() if known.seen.online}


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

    assert [A, A, A] == seen.changes


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

    assert {B} == online(seen.view)
    assert {A, B} == set(seen.changes)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(said("a", "reported", b"{"), id="half an object"),
        pytest.param(said("a", "reported", b""), id="nothing"),
        pytest.param(
            said(
                "a",
                "reported",
                b'{"display_id":7,"revision":1,"at":null,"heard_at":"2026-05-04T12:00:00.000Z"}',
            ),
            id="a number for a display",
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

    assert {A} == online(seen.view)


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


# --- what the hardware confirms -------------------------------------------------------------------

FIVE_SECONDS = UNCONFIRMED_AFTER_MS


def confirmed(seen: Seen, now: Instant) -> Confirmation | None:
    """What is said of what A shows, the same as a view and as JSON."""
    known = seen.view.get(A)
    assert known is not None
    view = known.view(now)
    assert msgspec.json.encode(view) == known.encoded(now)
    return view.confirmation


@pytest.fixture
def shows(seen: Seen) -> Seen:
    """A shows something since noon."""
    seen.view.learn(state(A, display=display(later(NOON, 60_000))), 1)
    return seen


def test_what_nothing_was_said_of_is_unconfirmed_when_its_time_is_up(shows: Seen) -> None:
    assert Confirmation("showing") == confirmed(shows, later(NOON, FIVE_SECONDS - 1))
    assert Confirmation("unconfirmed") == confirmed(shows, later(NOON, FIVE_SECONDS))
    assert None is confirmed(shows, later(NOON, 60_000))


def test_it_is_confirmed_by_the_first_report_that_names_it_and_stays_so(shows: Seen) -> None:
    at = later(NOON, 80)
    shows.view.take_reported([report(A, "d1", at)])
    assert Confirmation("confirmed", at, 80) == confirmed(shows, at)

    shows.view.take_reported([report(A, "d1", later(at, 700))])

    assert Confirmation("confirmed", at, 80) == confirmed(shows, later(NOON, 59_999))


def test_a_first_and_another_report_that_come_together_are_told_apart(shows: Seen) -> None:
    at = later(NOON, 80)
    shows.view.take_reported([report(A, "d1", at), report(A, None, later(at, 1))])

    assert Confirmation("unconfirmed") == confirmed(shows, later(at, 2))


def test_hardware_that_says_something_else_takes_it_back_and_may_say_it_again(shows: Seen) -> None:
    at = later(NOON, 80)
    shows.view.take_reported([report(A, "d1", at), report(A, "d0", later(at, 1))])
    assert Confirmation("unconfirmed") == confirmed(shows, later(at, 1))

    shows.view.take_reported([report(A, "d1", later(at, 2))])
    assert Confirmation("confirmed", at, 80) == confirmed(shows, later(at, 2))


def test_a_report_of_what_was_before_it_takes_nothing_back(shows: Seen) -> None:
    shows.view.take_reported([report(A, None, later(NOON, 10))])

    assert Confirmation("showing") == confirmed(shows, later(NOON, 11))


def test_an_older_report_that_comes_later_changes_nothing(shows: Seen) -> None:
    at = later(NOON, 80)
    shows.view.take_reported([report(A, "d1", at)])
    shows.changes.clear()
    shows.view.take_reported([report(A, None, later(at, -1))])

    assert Confirmation("confirmed", at, 80) == confirmed(shows, later(at, 1))
    assert [] == shows.changes


def test_a_report_may_come_before_the_record(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])
    seen.view.take_reported([report(A, "d1", later(NOON, 80))])
    seen.view.learn(state(A, display=display(later(NOON, 60_000))), 2)

    assert Confirmation("confirmed", later(NOON, 80), 80) == confirmed(seen, later(NOON, 81))


def test_a_mended_text_stays_confirmed_because_it_is_the_same_display(shows: Seen) -> None:
    shows.view.take_reported([report(A, "d1", later(NOON, 80))])
    mended = msgspec.structs.replace(display(later(NOON, 60_000)), text="mended")
    shows.view.learn(state(A, display=mended), 2)

    assert Confirmation("confirmed", later(NOON, 80), 80) == confirmed(shows, later(NOON, 90))


def test_the_next_display_is_not_confirmed_by_what_was_said_of_the_one_before(shows: Seen) -> None:
    shows.view.take_reported([report(A, "d1", later(NOON, 80))])
    after = msgspec.structs.replace(display(later(NOON, 60_000)), id=DisplayId("d2"))
    shows.view.learn(state(A, display=after), 2)

    assert Confirmation("showing") == confirmed(shows, later(NOON, 90))


def test_hardware_whose_clock_is_ahead_of_ours_confirms_nothing_before_it_was_decided(shows: Seen) -> None:
    shows.view.take_reported([report(A, "d1", later(NOON, -80))])

    assert Confirmation("confirmed", later(NOON, -80), 0) == confirmed(shows, NOON)


def test_when_time_is_up_viewers_are_told_of_those_that_nothing_was_said_of(seen: Seen) -> None:
    until = later(NOON, 60_000)
    for number, banner in enumerate((A, B, C), 1):
        one = msgspec.structs.replace(display(until), id=DisplayId(f"d-{banner}"))
        seen.view.learn(state(banner, display=one), number)
    seen.view.take_reported([report(B, "d-b", later(NOON, 80))])
    seen.view.learn(state(C), 4)
    seen.changes.clear()

    seen.view.pass_time(later(NOON, FIVE_SECONDS - 1))
    assert [] == seen.changes
    seen.view.pass_time(later(NOON, FIVE_SECONDS))
    seen.view.pass_time(later(NOON, FIVE_SECONDS + 1))

    assert [A] == seen.changes


def it_is(monkeypatch: pytest.MonkeyPatch, now: Instant) -> None:
    """What the clock of this process shows."""
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "seconds", lambda: epoch_ms(now) / 1000)


@pytest.mark.parametrize(
    ("away_since", "told_again"),
    [
        pytest.param(-60_000, True, id="before it was shown"),
        pytest.param(FIVE_SECONDS - 1, True, id="just before its time was up"),
        pytest.param(FIVE_SECONDS + 30_000, False, id="long after its time was up"),
    ],
)
def test_who_was_away_when_time_was_up_is_told_of_it(
    shows: Seen,
    monkeypatch: pytest.MonkeyPatch,
    away_since: int,
    told_again: bool,  # noqa: FBT001
) -> None:
    shows.view.take_records([record(2, B)])
    it_is(monkeypatch, later(NOON, away_since))
    revision, hardware = shows.view.position()
    it_is(monkeypatch, later(NOON, FIVE_SECONDS + 40_000))

    changed = shows.view.changed_after(Since(epoch="", revision=revision, hardware=hardware))

    known = shows.view.get(A)
    assert changed is not None
    assert known is not None
    assert told_again == changed(known)


def test_who_holds_no_position_is_told_of_what_time_has_changed(
    shows: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    it_is(monkeypatch, later(NOON, FIVE_SECONDS - 1))
    shows.view.take_records([record(2, B)])
    known = shows.view.get(A)
    assert known is not None
    since = Since(epoch="", revision=1)

    before = shows.view.changed_after(since)
    it_is(monkeypatch, later(NOON, FIVE_SECONDS))
    after = shows.view.changed_after(since)

    assert before is not None
    assert after is not None
    assert (False, True) == (before(known), after(known))


# --- who is there ---------------------------------------------------------------------------------


def away(seen: Seen) -> tuple[object, ...]:
    """What is said of the hardware of A."""
    known = seen.view.get(A)
    assert known is not None
    view = known.view(NOON)
    return view.presence, view.last_seen, view.offline_because, view.offline_note


def at_noon(seconds: int = 0) -> dict[str, str]:
    """What the server says of when it heard something."""
    return {"Nats-Time-Stamp": f"2026-05-04T12:00:{seconds:02d}.25Z"}


def test_whose_heartbeats_stop_is_silent_since_the_last_of_them(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])
    assert ("offline", None, "never-seen", None) == away(seen)

    seen.view.take_presence([said("a", "presence", b"{}", at_noon())])
    assert ("online", None, None, None) == away(seen)

    seen.view.take_presence([silence(A)])
    assert ("offline", Instant("2026-05-04T12:00:00.250Z"), "silent", None) == away(seen)


def test_who_says_goodbye_is_offline_at_once_and_silence_after_it_says_nothing_else(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])
    seen.view.take_presence(
        [said("a", "presence", b"{}", at_noon()), said("a", "presence", b'{"leaving":"landed"}', at_noon(1))]
    )
    left = ("offline", Instant("2026-05-04T12:00:01.250Z"), "left", "landed")
    assert left == away(seen)
    seen.changes.clear()

    seen.view.take_presence([silence(A)])

    assert left == away(seen)
    assert [] == seen.changes


@pytest.mark.parametrize("nonsense", [b"", b"{", b'"\xff"', b"[]", b'{"leaving":7}', b'{"leaving":null}'])
def test_whatever_hardware_says_but_a_clear_goodbye_it_is_there(seen: Seen, nonsense: bytes) -> None:
    seen.view.take_records([record(1, A)])
    seen.view.take_presence([said("a", "presence", nonsense, at_noon())])

    assert ("online", None, None, None) == away(seen)


def test_of_a_goodbye_what_cannot_be_seen_is_left_out(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])
    seen.view.take_presence([said("a", "presence", b'{"leaving":"la\\u001b[31mnded\\n"}', at_noon())])

    assert "la[31mnded" == away(seen)[3]


def test_what_was_said_before_this_gateway_came_is_told_as_by_one_that_heard_it(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])
    seen.view.take_presence([silence(A)])
    assert ("offline", None, "silent", None) == away(seen)

    kept = Entry(subjects.banner(A, "presence"), 9, b'{"leaving":"landed"}', None, epoch_ms(NOON))
    seen.view.recall([kept])

    assert ("offline", NOON, "left", "landed") == away(seen)
    assert [A, A, A] == seen.changes


def test_what_was_heard_here_is_not_forgotten_for_what_was_said_before_it(seen: Seen) -> None:
    seen.view.take_records([record(1, A)])
    seen.view.take_presence([said("a", "presence", b'{"leaving":"later"}', at_noon(7))])
    kept = Entry(subjects.banner(A, "presence"), 9, b"{}", None, epoch_ms(NOON))
    seen.view.recall([kept])

    assert "later" == away(seen)[3]
