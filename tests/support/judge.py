"""Judging a history: what callers were told, held against what the log says. Pure.

The claims: what was acknowledged is in the log, once; at no instant do two displays of one banner overlap;
who was told "busy" was told the truth; every state is what its events lead to; no record is missing.
"""

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import msgspec

from services.banner.entity import update
from shared.contracts.banner import Banner, BannerEvent, Cleared, Display, Shown
from shared.contracts.instants import Instant
from shared.entities.records import Record


class Acknowledged(NamedTuple):
    """Somebody was told: your message is showing."""

    banner: str
    display_id: str
    until: str


class ToldBusy(NamedTuple):
    """Somebody was told, for a question that began and ended at these instants: this other display is up."""

    banner: str
    display_id: str
    began: Instant
    ended: Instant


class Logged(NamedTuple):
    """A record and the revision that its commit made."""

    banner: str
    revision: int
    record: Record[Banner, BannerEvent]


class Span(NamedTuple):
    """From when to when a display was up."""

    display: Display
    ended: Instant


def violations(log: list[Logged], acknowledged: list[Acknowledged], told_busy: list[ToldBusy]) -> list[str]:
    """Everything that contradicts the claims; nothing when all is well."""
    spans = _spans(log)
    return [
        *_gaps(log),
        *_unexplained(log),
        *_overlaps(spans),
        *_lost(spans, acknowledged),
        *_lies(spans, told_busy),
    ]


def decoder() -> "msgspec.json.Decoder[Record[Banner, BannerEvent]]":
    """Reads records as they stand in the log."""
    return msgspec.json.Decoder(Record[Banner, BannerEvent])


def _gaps(log: list[Logged]) -> list[str]:
    found = [logged.revision for logged in log]
    expected = list(range(1, len(log) + 1))
    return [] if sorted(found) == expected else [f"expected revisions 1 to {len(log)}, found others"]


def _unexplained(log: list[Logged]) -> list[str]:
    states: dict[str, Banner] = {}
    wrong: list[str] = []
    for banner, revision, record in sorted(log, key=lambda logged: logged.revision):
        state = states.get(banner)
        for event in record.events:
            state = update(event, state)
        if state != record.state:
            wrong.append(f"{banner}@{revision}: the events lead to {state}, the record says {record.state}")
        states[banner] = record.state
    return wrong


def _spans(log: list[Logged]) -> dict[str, list[Span]]:
    """Per banner, in the order of the log, each display with its end."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for banner, _, record in sorted(log, key=lambda logged: logged.revision):
        for event in record.events:
            match event:
                case Shown():
                    spans[banner].append(Span(event.display, event.display.until))
                case Cleared():
                    spans[banner][-1] = spans[banner][-1]._replace(ended=record.at)
                case _:  # an Expired says what was true at the deadline already
                    pass
    return spans


def _overlaps(spans: dict[str, list[Span]]) -> list[str]:
    return [
        f"{banner}: {after.display} began before {before.display} ended at {before.ended}"
        for banner, displays in spans.items()
        for before, after in pairwise(displays)
        if after.display.shown_at < before.ended
    ]


def _lost(spans: dict[str, list[Span]], acknowledged: list[Acknowledged]) -> list[str]:
    logged: dict[tuple[str, str], list[str]] = defaultdict(list)
    for banner, displays in spans.items():
        for span in displays:
            logged[banner, span.display.id].append(span.display.until)
    wrong = [
        f"acknowledged {each} is {len(found)} times in the log: until {found}"
        for each in acknowledged
        if (found := logged.get((each.banner, each.display_id), [])) != [each.until]
    ]
    return wrong + [
        f"{each} was shown {len(deadlines)} times" for each, deadlines in logged.items() if len(deadlines) > 1
    ]


def _lies(spans: dict[str, list[Span]], told_busy: list[ToldBusy]) -> list[str]:
    by_id = {(banner, str(span.display.id)): span for banner, displays in spans.items() for span in displays}
    wrong: list[str] = []
    for told in told_busy:
        span = by_id.get((told.banner, told.display_id))
        if span is None:
            wrong.append(f"{told}: no such display")
        elif span.display.shown_at > told.ended or span.ended < told.began:
            wrong.append(f"{told}: it was up from {span.display.shown_at} to {span.ended}")
    return wrong
