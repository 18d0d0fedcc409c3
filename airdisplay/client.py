"""The gateway over HTTP, for people at a command line: every answer becomes a sentence or a table."""

import uuid
from collections.abc import Iterator
from time import sleep
from typing import Any, Final

import httpx
import msgspec

from airdisplay.wording import local_time
from shared.contracts.errors import AirDisplayError, Malformed
from shared.contracts.instants import milliseconds_between
from shared.contracts.views import BannerPage, BannerView, DisplayView

ANSWER_SECONDS: Final = 10.0

_ATTEMPTS: Final = 4
_TRY_AGAIN: Final = {503, 504}
_PAUSE_SECONDS: Final = 0.5
_PAGE: Final = 1_000

_page_decoder = msgspec.json.Decoder(BannerPage)
_display_decoder = msgspec.json.Decoder(DisplayView)


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

    An answer that got lost is asked for again under the same key, so the text never shows twice.

    Raises:
        Refused: it does not show.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    key = {"Idempotency-Key": str(uuid.uuid4())}
    with _client(address) as client:
        answer = _insist(client, f"/v1/banners/{banner}/display", key, {"text": text})
    if not answer.is_success:
        raise Refused(_refusal(banner, answer))
    view = _decoded(_display_decoder, answer)
    seconds = milliseconds_between(view.shown_at, view.until) / 1000
    return f"{view.banner} shows “{view.text}” for {seconds:g} s, until {local_time(view.until)}"


def banners(address: str) -> Iterator[BannerView]:
    """All banners, in the order of their ids.

    Raises:
        Refused: the gateway does not tell.
        Away: there is no gateway.
        Lost: it did not answer.
    """
    cursor: str | None = ""
    with _client(address) as client:
        while cursor is not None:
            answer = _send(client, client.build_request("GET", "/v1/banners", params=_after(cursor)))
            if not answer.is_success:
                raise Refused(problem_sentence(answer))
            page = _decoded(_page_decoder, answer)
            yield from page.items
            cursor = page.next_cursor


def problem_sentence(answer: httpx.Response) -> str:
    """The sentence of a problem (RFC 9457), or what can be said of an answer without one."""
    problem = _problem(answer)
    sentence = problem.get("detail") or problem.get("title")
    return str(sentence or f"the gateway answered {answer.status_code} {answer.reason_phrase}".rstrip())


def _client(address: str) -> httpx.Client:
    # The gateway is on this machine or nearby: proxies of the environment are for others.
    return httpx.Client(base_url=address, timeout=ANSWER_SECONDS, trust_env=False)


def _insist(client: httpx.Client, path: str, headers: dict[str, str], body: Any) -> httpx.Response:
    """Send until there is an answer that says more than "not now" or "not known"."""
    for attempt in range(1, _ATTEMPTS):
        try:
            answer = _send(client, client.build_request("POST", path, headers=headers, json=body))
            if answer.status_code not in _TRY_AGAIN:
                return answer
        except Lost:
            pass
        sleep(_PAUSE_SECONDS * attempt)
    return _send(client, client.build_request("POST", path, headers=headers, json=body))


def _send(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    try:
        return client.send(request)
    except httpx.ConnectError as error:
        raise Away(f"AirDisplay at {client.base_url}") from error
    except httpx.TransportError as error:
        raise Lost(f"AirDisplay at {client.base_url} did not answer") from error


def _refusal(banner: str, answer: httpx.Response) -> str:
    problem = _problem(answer)
    if problem.get("type") != "/problems/busy":
        return problem_sentence(answer)
    seconds = -(-int(problem["retry_after_ms"]) // 1000)
    return f"{banner} is busy for {seconds} s more, until {local_time(problem['until'])}"


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _after(cursor: str) -> dict[str, str]:
    return {"limit": str(_PAGE), "cursor": cursor}


def _decoded(decoder: "msgspec.json.Decoder[Any]", answer: httpx.Response) -> Any:
    try:
        return decoder.decode(answer.content)
    except msgspec.MsgspecError as error:
        expected = f"an answer of AirDisplay ({error})"
        raise Malformed(expected, found=answer.text) from error
