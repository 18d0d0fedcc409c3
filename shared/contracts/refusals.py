"""Refusals: a clear no, as a value.

Each carries its facts as fields, a sentence for people in `detail`, and the number by which HTTP
and the NATS services protocol both call it. On the wire `reason` tells which one it is.
"""

from typing import ClassVar

import msgspec

from shared.contracts.identity import ID_FORM, DisplayId
from shared.contracts.instants import Instant


class Refusal(msgspec.Struct, frozen=True, kw_only=True, tag_field="reason"):
    """Nobody failed: what was asked for is not possible now, or not at all."""

    code: ClassVar[int] = 409
    title: ClassVar[str] = "Refused"

    @property
    def detail(self) -> str:
        """One sentence for people."""
        return f"{self.title}."

    @property
    def reason(self) -> str:
        """Which refusal this is, as it stands on the wire."""
        return str(self.__struct_config__.tag)


class Malformed(Refusal, frozen=True, kw_only=True, tag="malformed"):
    """What was sent is not the command that the subject names."""

    problem: str
    code: ClassVar[int] = 400
    title: ClassVar[str] = "Malformed command"

    @property
    def detail(self) -> str:
        return f"The command cannot be read: {self.problem}"


class Overloaded(Refusal, frozen=True, kw_only=True, tag="overloaded"):
    """Too much is under way; nothing was done."""

    code: ClassVar[int] = 503
    title: ClassVar[str] = "Too busy"

    @property
    def detail(self) -> str:
        return "Too many commands are under way; nothing was done, try again shortly."


class TooManyRequests(Refusal, frozen=True, kw_only=True, tag="too-many-requests"):
    """A user, or an address, does this more often than is fair to the others; nothing was done."""

    limit: str
    retry_after_ms: int
    code: ClassVar[int] = 429
    title: ClassVar[str] = "Too many requests"

    @property
    def detail(self) -> str:
        seconds = -(-self.retry_after_ms // 1000)
        return f"The limit {self.limit} is used up; nothing was done, try again in {seconds} s."


class MeshUnavailable(Refusal, frozen=True, kw_only=True, tag="mesh-unavailable"):
    """The store cannot be reached; nothing was done."""

    code: ClassVar[int] = 503
    title: ClassVar[str] = "Mesh unavailable"

    @property
    def detail(self) -> str:
        return "The mesh cannot be reached right now; nothing was done, try again shortly."


class Unknown(Refusal, frozen=True, kw_only=True, tag="outcome-unknown"):
    """It was sent to the store and no answer came; asking again with the same id finds out."""

    code: ClassVar[int] = 504
    title: ClassVar[str] = "Outcome unknown"

    @property
    def detail(self) -> str:
        return "No answer came in time; it may or may not have been done. The same key again finds out."


class Failed(Refusal, frozen=True, kw_only=True, tag="failed"):
    """A bug on our side; the instance that met it is restarted."""

    code: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    @property
    def detail(self) -> str:
        return "Something is broken on our side; it has been written down."


class RecordUnreadable(Refusal, frozen=True, kw_only=True, tag="record-unreadable"):
    """The stored record cannot be read by this version; it was left as it is."""

    problem: str
    code: ClassVar[int] = 500
    title: ClassVar[str] = "Record unreadable"

    @property
    def detail(self) -> str:
        return f"The stored record cannot be read by this version and was left as it is: {self.problem}."


class KeyReused(Refusal, frozen=True, kw_only=True, tag="key-reused"):
    """The same command id came before with another content."""

    code: ClassVar[int] = 422
    title: ClassVar[str] = "Key used before"

    @property
    def detail(self) -> str:
        return "This key was used before for something else; a new wish needs a new key."


class TooLate(Refusal, frozen=True, kw_only=True, tag="too-late"):
    """The command arrived when its sender had stopped waiting for it; nothing was done."""

    not_after: Instant
    code: ClassVar[int] = 408
    title: ClassVar[str] = "Too late"

    @property
    def detail(self) -> str:
        return f"The command was to be carried out by {self.not_after}; it came later, so nothing was done."


class Stale(Refusal, frozen=True, kw_only=True, tag="stale"):
    """The caller asked for a revision that is no longer the newest."""

    expected: int
    revision: int
    code: ClassVar[int] = 412
    title: ClassVar[str] = "Changed meanwhile"

    @property
    def detail(self) -> str:
        return f"Expected revision {self.expected}, found {self.revision}: look again before you change it."


class UnknownBanner(Refusal, frozen=True, kw_only=True, tag="unknown-banner"):
    """No banner has this id."""

    banner: str
    code: ClassVar[int] = 404
    title: ClassVar[str] = "Unknown banner"

    @property
    def detail(self) -> str:
        return f"There is no banner {self.banner!r}. Ids match {ID_FORM}."


class AlreadyRegistered(Refusal, frozen=True, kw_only=True, tag="already-registered"):
    """A banner with this id is there already."""

    banner: str
    title: ClassVar[str] = "Already registered"

    @property
    def detail(self) -> str:
        return f"There is a banner {self.banner!r} already."


class BadText(Refusal, frozen=True, kw_only=True, tag="bad-text"):
    """The text may not be shown."""

    problem: str
    code: ClassVar[int] = 422
    title: ClassVar[str] = "Text cannot be shown"

    @property
    def detail(self) -> str:
        return f"This text cannot be shown: {self.problem}."


class BlockedText(Refusal, frozen=True, kw_only=True, tag="blocked-text"):
    """The text holds a word that operators have blocked; `found` is that part of it, as it was sent."""

    found: str
    code: ClassVar[int] = 422
    title: ClassVar[str] = "Text is blocked"

    @property
    def detail(self) -> str:
        return f"This text cannot be shown: {self.found!r} reads like a word that is blocked here."


class Busy(Refusal, frozen=True, kw_only=True, tag="busy"):
    """Another message is showing."""

    until: Instant
    retry_after_ms: int
    display_id: DisplayId
    revision: int = 0
    title: ClassVar[str] = "The banner is busy"

    @property
    def detail(self) -> str:
        seconds = -(-self.retry_after_ms // 1000)
        return f"Another message is showing for {seconds} s more, until {self.until}."


class Held(Refusal, frozen=True, kw_only=True, tag="held"):
    """An operator holds the banner; nothing shows until it is released."""

    problem: str
    since: Instant
    title: ClassVar[str] = "The banner is on hold"

    @property
    def detail(self) -> str:
        return f"An operator holds this banner since {self.since}: {self.problem}. The queue is open."


class QueueFull(Refusal, frozen=True, kw_only=True, tag="queue-full"):
    """As many wait as may wait."""

    at_most: int
    retry_after_ms: int
    code: ClassVar[int] = 429
    title: ClassVar[str] = "The queue is full"

    @property
    def detail(self) -> str:
        return f"{self.at_most} wait already, which is as many as may wait here; try again later."


class AlreadyWaiting(Refusal, frozen=True, kw_only=True, tag="already-waiting"):
    """The author waits for this banner already."""

    display_id: DisplayId
    position: int
    title: ClassVar[str] = "Already waiting"

    @property
    def detail(self) -> str:
        return f"You wait for this banner already, at place {self.position}; one turn at a time."


class AlreadyPending(Refusal, frozen=True, kw_only=True, tag="already-pending"):
    """A text of this author waits for an operator's yes already."""

    display_id: DisplayId
    title: ClassVar[str] = "Already waiting for a yes"

    @property
    def detail(self) -> str:
        return "A text of yours waits for an operator's yes on this banner already; one at a time."


class PendingFull(Refusal, frozen=True, kw_only=True, tag="pending-full"):
    """As many texts wait for an operator's yes as may wait."""

    at_most: int
    code: ClassVar[int] = 429
    title: ClassVar[str] = "Too many wait for a yes"

    @property
    def detail(self) -> str:
        return f"{self.at_most} texts wait for an operator's yes here already; try again later."


class NotPending(Refusal, frozen=True, kw_only=True, tag="not-pending"):
    """The text that was named does not wait for a yes here: it was decided, taken back, or has lapsed."""

    display_id: str
    code: ClassVar[int] = 404
    title: ClassVar[str] = "Not waiting for a yes"

    @property
    def detail(self) -> str:
        return f"The text {self.display_id!r} does not wait for an operator's yes here, or not any more."


class NeedsApproval(Refusal, frozen=True, kw_only=True, tag="needs-approval"):
    """While texts need an operator's yes, only operators mend what shows."""

    code: ClassVar[int] = 403
    title: ClassVar[str] = "Needs a yes"

    @property
    def detail(self) -> str:
        return "Texts need an operator's yes on this banner: end this one and send the other, or ask one."


class NeedsIfMatch(Refusal, frozen=True, kw_only=True, tag="needs-if-match"):
    """A change must name the revision that it was made for."""

    code: ClassVar[int] = 428
    title: ClassVar[str] = "Needs the revision"

    @property
    def detail(self) -> str:
        return "Say which revision you have seen: in If-Match over HTTP, in `revision` over NATS."


class NothingShowing(Refusal, frozen=True, kw_only=True, tag="nothing-showing"):
    """There is no display to end."""

    code: ClassVar[int] = 404
    title: ClassVar[str] = "Nothing is showing"

    @property
    def detail(self) -> str:
        return "The banner shows nothing, so there is nothing to end."


class NotShowing(Refusal, frozen=True, kw_only=True, tag="not-showing"):
    """The display that was named neither shows nor waits here; it is over already."""

    display_id: DisplayId
    code: ClassVar[int] = 404
    title: ClassVar[str] = "Not showing"

    @property
    def detail(self) -> str:
        return f"The display {self.display_id} neither shows nor waits here; it is over already."


class NotDue(Refusal, frozen=True, kw_only=True, tag="not-due"):
    """The display has time left by the clock of whoever decides."""

    until: Instant
    retry_after_ms: int
    title: ClassVar[str] = "Not due yet"

    @property
    def detail(self) -> str:
        return f"The display has {self.retry_after_ms} ms left, until {self.until}."


class NotYours(Refusal, frozen=True, kw_only=True, tag="not-yours"):
    """Only its author or an operator ends a display."""

    code: ClassVar[int] = 403
    title: ClassVar[str] = "Not yours"

    @property
    def detail(self) -> str:
        return "Only the author of a message or an operator may end or change it."


class NotHeld(Refusal, frozen=True, kw_only=True, tag="not-held"):
    """There is no hold to end."""

    code: ClassVar[int] = 404
    title: ClassVar[str] = "Not on hold"

    @property
    def detail(self) -> str:
        return "The banner is not on hold, so there is nothing to release."


class NotOperator(Refusal, frozen=True, kw_only=True, tag="not-operator"):
    """Only operators do this."""

    code: ClassVar[int] = 403
    title: ClassVar[str] = "For operators"

    @property
    def detail(self) -> str:
        return "Only an operator may do this."


class NotAuthor(Refusal, frozen=True, kw_only=True, tag="not-author"):
    """Who only looks does not do this."""

    code: ClassVar[int] = 403
    title: ClassVar[str] = "For authors"

    @property
    def detail(self) -> str:
        return "Expected an author, found somebody who may only look: show the token of an author."


class WrongOrigin(Refusal, frozen=True, kw_only=True, tag="wrong-origin"):
    """A page of another site sent this, and that site is not listed."""

    found: str
    code: ClassVar[int] = 403
    title: ClassVar[str] = "Wrong origin"

    @property
    def detail(self) -> str:
        return f"Expected a page of this gateway or of a listed origin, found one of {self.found}."


class WrongHost(Refusal, frozen=True, kw_only=True, tag="wrong-host"):
    """This was meant for another host, or led here by a name that is none of ours."""

    found: str
    code: ClassVar[int] = 421
    title: ClassVar[str] = "Wrong host"

    @property
    def detail(self) -> str:
        return f"Expected a host that this gateway serves, found {self.found!r}."


class BadWord(Refusal, frozen=True, kw_only=True, tag="bad-word"):
    """What was sent is no word that can be blocked."""

    problem: str
    code: ClassVar[int] = 422
    title: ClassVar[str] = "Not a word"

    @property
    def detail(self) -> str:
        return f"This cannot be blocked: {self.problem}."


class AlreadyBlocked(Refusal, frozen=True, kw_only=True, tag="already-blocked"):
    """The word is blocked already."""

    word: str
    title: ClassVar[str] = "Already blocked"

    @property
    def detail(self) -> str:
        return f"The word {self.word!r} is blocked already."


class NotBlocked(Refusal, frozen=True, kw_only=True, tag="not-blocked"):
    """The word is not blocked."""

    word: str
    code: ClassVar[int] = 404
    title: ClassVar[str] = "Not blocked"

    @property
    def detail(self) -> str:
        return f"The word {self.word!r} is not in the blocklist, written like this."


class BlocklistFull(Refusal, frozen=True, kw_only=True, tag="blocklist-full"):
    """As many words are blocked as may be."""

    at_most: int
    title: ClassVar[str] = "The blocklist is full"

    @property
    def detail(self) -> str:
        return f"{self.at_most} words are blocked already, which is as many as may be; unblock one first."


class NoSuchPool(Refusal, frozen=True, kw_only=True, tag="no-such-pool"):
    """No banner is in this pool, so nobody could ever be placed."""

    pool: str
    code: ClassVar[int] = 404
    title: ClassVar[str] = "No such pool"

    @property
    def detail(self) -> str:
        return f"There is no banner in the pool {self.pool!r}, so waiting there would be in vain."


class LobbyFull(Refusal, frozen=True, kw_only=True, tag="lobby-full"):
    """As many wait in the lobby as may wait."""

    at_most: int
    code: ClassVar[int] = 429
    title: ClassVar[str] = "The lobby is full"

    @property
    def detail(self) -> str:
        return f"{self.at_most} wait for a free banner already; try again later."


class UnknownDisplay(Refusal, frozen=True, kw_only=True, tag="unknown-display"):
    """Nothing is known of this display: it never was, or ended long ago."""

    display_id: str
    code: ClassVar[int] = 404
    title: ClassVar[str] = "Unknown display"

    @property
    def detail(self) -> str:
        return f"Nothing is known of the display {self.display_id!r}: it never was, or it ended long ago."
