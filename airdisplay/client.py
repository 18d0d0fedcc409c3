"""The gateway over HTTP, for people at a command line: every answer becomes a sentence or a table."""

import uuid
from collections.abc import Iterator
from itertools import islice
from time import sleep
from typing import Any, Final, TypeVar

import httpx
import msgspec

from airdisplay.wording import local_time
from shared.contracts.banner import When
from shared.contracts.errors import AirDisplayError, Malformed
from shared.contracts.instants import milliseconds_between
from shared.contracts.lobby import ALL_BANNERS
from shared.contracts.views import BannerPage, BannerView, DisplayView, HistoryItem, HistoryPage

ANSWER_SECONDS: Final = 10.0

_ATTEMPTS: Final = 4
_TRY_AGAIN: Final = {503, 504}
_PAUSE_SECONDS: Final = 0.5
_BANNERS_PAGE: Final = 1_000
_HISTORY_PAGE: Final = 100
_INSTEAD: Final = "wait in line with --queue, or take any free banner with --any"

_T = TypeVar("_T")
_Page = TypeVar("_Page", BannerPage, HistoryPage)

_page_decoder = msgspec.json.Decoder(BannerPage)
_banner_decoder = msgspec.json.Decoder(BannerView)
_display_decoder = msgspec.json.Decoder(DisplayView)
_history_decoder = msgspec.json.Decoder(HistoryPage)


class Refused(AirDisplayError):
    """Raised when the gateway said no, with its sentence."""


class Lost(AirDisplayError):
    """Raised when the gateway was there, and its answer did not come."""


class Away(AirDisplayError):
    """Raised when nobody listens there."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} cannot be reached: is `airdisplay up` running?")


def show(address: str, banner: str, text: str) -> str:
    """Show a text on a banner and tell until when.

    Raises:
        Refused: it does not show.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    view = _posted(address, f"/v1/banners/{banner}/display", {"text": text}, banner)
    assert view.shown_at is not None, "what was shown at once has a beginning"
    assert view.until is not None, "and an end"
    seconds = milliseconds_between(view.shown_at, view.until) / 1000
    return f"{view.banner} shows “{view.text}” for {seconds:g} s, until {local_time(view.until)}"


def ask(
    address: str, text: str, *, banner: str | None = None, when: When = "now", tag: str | None = None
) -> DisplayView:
    """Ask for a text to be shown on a banner, or on any that is free; it may have to wait for its turn.

    Raises:
        Refused: it neither shows nor waits.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    if banner is not None:
        body = {"text": text, "when": when}
        return _posted(address, f"/v1/banners/{banner}/display", body, banner)
    return _posted(address, "/v1/displays", {"text": text} if tag is None else {"text": text, "tag": tag})


def take_back(address: str, display_id: str) -> DisplayView:
    """Let a message wait no more, and tell what has become of it; it may have been over before.

    Raises:
        Refused: it is not taken back.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    path = f"/v1/displays/{display_id}"
    with _client(address) as client:
        answer = _insist(client, "DELETE", path)
        if not answer.is_success and _slug(answer) != "not-showing":
            raise Refused(problem_sentence(answer))
        told = _insist(client, "GET", path)
    if not told.is_success:
        raise Refused(problem_sentence(told))
    return _decoded(_display_decoder, told)


def hold(address: str, token: str, banner: str, reason: str) -> BannerView:
    """Let nothing show on a banner until it is released.

    Raises:
        Refused: it is not held.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    with _client(address, token) as client:
        answer = _insist(client, "PUT", f"/v1/banners/{banner}/hold", body={"reason": reason})
    if not answer.is_success:
        raise Refused(problem_sentence(answer))
    return _decoded(_banner_decoder, answer)


def release(address: str, token: str, banner: str) -> None:
    """Let a banner show again.

    Raises:
        Refused: it is not released.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    with _client(address, token) as client:
        answer = _insist(client, "DELETE", f"/v1/banners/{banner}/hold")
    if not answer.is_success:
        raise Refused(problem_sentence(answer))


def banners(address: str) -> Iterator[BannerView]:
    """All banners, in the order of their ids.

    Raises:
        Refused: the gateway does not tell.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    pages = _pages(address, "/v1/banners", "cursor", _BANNERS_PAGE, _page_decoder)
    return (each for page in pages for each in page.items)


def history(address: str, banner: str, limit: int) -> Iterator[HistoryItem]:
    """What was decided about a banner, the newest first, at most so many decisions.

    Raises:
        Refused: the gateway does not tell.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    size = min(limit, _HISTORY_PAGE)
    pages = _pages(address, f"/v1/banners/{banner}/history", "before", size, _history_decoder)
    return islice((each for page in pages for each in page.items), limit)


def problem_sentence(answer: httpx.Response) -> str:
    """The sentence of a problem (RFC 9457), or what can be said of an answer without one."""
    problem = _problem(answer)
    sentence = problem.get("detail") or problem.get("title")
    return str(sentence or f"the gateway answered {answer.status_code} {answer.reason_phrase}".rstrip())


def _posted(address: str, path: str, body: Any, banner: str | None = None) -> DisplayView:
    """Post a text. A lost answer is asked for again under the same key, so the text never shows twice."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    with _client(address) as client:
        answer = _insist(client, "POST", path, headers=key, body=body)
    if not answer.is_success:
        raise Refused(_refusal(answer, banner))
    return _decoded(_display_decoder, answer)


def _pages(
    address: str, path: str, cursor: str, size: int, decoder: "msgspec.json.Decoder[_Page]"
) -> Iterator[_Page]:
    """Page after page, each asked for once the one before is used up."""
    query = {"limit": str(size)}
    with _client(address) as client:
        while True:
            answer = _send(client, client.build_request("GET", path, params=query))
            if not answer.is_success:
                raise Refused(problem_sentence(answer))
            page = _decoded(decoder, answer)
            yield page
            if page.next_cursor is None:
                return
            query[cursor] = page.next_cursor


def _client(address: str, token: str | None = None) -> httpx.Client:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    # The gateway is on this machine or nearby: proxies of the environment are for others.
    return httpx.Client(base_url=address, headers=headers, timeout=ANSWER_SECONDS, trust_env=False)


def _insist(
    client: httpx.Client, method: str, path: str, *, headers: dict[str, str] | None = None, body: Any = None
) -> httpx.Response:
    """Send until there is an answer that says more than "not now" or "not known"."""
    for attempt in range(1, _ATTEMPTS):
        try:
            answer = _send(client, client.build_request(method, path, headers=headers, json=body))
            if answer.status_code not in _TRY_AGAIN:
                return answer
        except Lost:
            pass
        sleep(_PAUSE_SECONDS * attempt)
    return _send(client, client.build_request(method, path, headers=headers, json=body))


def _send(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    try:
        return client.send(request)
    except httpx.ConnectError as error:
        raise Away(f"AirDisplay at {client.base_url}") from error
    except httpx.TransportError as error:
        raise Lost(f"AirDisplay at {client.base_url} did not answer") from error


def _refusal(answer: httpx.Response, banner: str | None) -> str:
    """The sentence of a refusal, with what can be done instead where there is something."""
    problem = _problem(answer)
    match _slug(answer):
        case "busy":
            seconds = -(-int(problem["retry_after_ms"]) // 1000)
            until = local_time(problem["until"])
            return f"{banner} is busy for {seconds} s more, until {until}: {_INSTEAD}"
        case "held":
            since = local_time(problem["since"])
            return f"{banner} is on hold since {since} ({problem['problem']}): {_INSTEAD}"
        case "no-such-pool":
            tag = str(problem["pool"]).removeprefix("tag-")
            return "there is no banner" if tag == ALL_BANNERS else f"no banner has the tag {tag}"
        case _:
            return problem_sentence(answer)


def _slug(answer: httpx.Response) -> str:
    """Which problem it is."""
    return str(_problem(answer).get("type", "")).removeprefix("/problems/")


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(decoder: "msgspec.json.Decoder[_T]", answer: httpx.Response) -> _T:
    try:
        return decoder.decode(answer.content)
    except msgspec.MsgspecError as error:
        expected = f"an answer of AirDisplay ({error})"
        raise Malformed(expected, found=answer.text) from error
