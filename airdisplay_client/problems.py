"""Problem documents (RFC 9457): what an answer that is no success says, as the exception that it means."""

from typing import Any, Final

import httpx

from airdisplay_client.errors import OutcomeUnknown, Refused, Unavailable

UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
_UNAVAILABLE: Final = 503
_OUTCOME_UNKNOWN: Final = 504

_SLUGS_STAND_BELOW: Final = "/problems/"


def exception_of(answer: httpx.Response) -> Refused | Unavailable | OutcomeUnknown:
    """What an answer means that is no success."""
    members = _members(answer)
    detail, retry_after = problem_sentence(answer), retry_after_seconds(answer)
    if answer.status_code == _UNAVAILABLE:
        return Unavailable(detail, retry_after=retry_after)
    if answer.status_code == _OUTCOME_UNKNOWN:
        return OutcomeUnknown(str(answer.url.copy_with(raw_path=b"/")).rstrip("/"), retry_after=retry_after)
    slug = str(members.get("type", "")).rpartition(_SLUGS_STAND_BELOW)[2]
    return Refused(detail, slug=slug, status=answer.status_code, members=members, retry_after=retry_after)


def problem_sentence(answer: httpx.Response) -> str:
    """The sentence of a problem, or what can be said of an answer without one."""
    members = _members(answer)
    sentence = members.get("detail") or members.get("title")
    return str(sentence or f"the gateway answered {answer.status_code} {answer.reason_phrase}".rstrip())


def retry_after_seconds(answer: httpx.Response) -> float | None:
    """After how many seconds an answer says that asking again makes sense."""
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdigit() else None


def _members(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
