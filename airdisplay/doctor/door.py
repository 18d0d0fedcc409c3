"""The door: nobody comes in without credentials, and the certificate of the servers is good for a while."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from airdisplay.doctor.findings import Finding, bad, ok, warn

_SOON: Final = timedelta(days=21)
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}


def check_open(url: str, *, lets_in_anybody: bool) -> Finding:
    """Whether NATS lets in who has no credentials."""
    if not lets_in_anybody:
        return ok("credentials", "NATS lets in nobody without credentials")
    what = "NATS LETS IN ANYBODY, without credentials: whoever reaches it is every banner and every service"
    do = "start it without --nats-open; `airdisplay up` makes the credentials by itself"
    return warn("credentials", what, do) if _on_loopback(url) else bad("credentials", what, do)


def check_certificate(ends: datetime, now: datetime) -> Finding:
    """How long the certificate of the server is good."""
    day = f"{ends:%Y-%m-%d}"
    if ends <= now:
        return bad(
            "credentials", f"the certificate of NATS ended on {day}", "renew it: who connects anew is refused"
        )
    if ends - now < _SOON:
        left = (ends - now).days
        return warn("credentials", f"the certificate of NATS ends on {day}, in {left} days", "renew it")
    return ok("credentials", f"the certificate of NATS is good until {day}")


def _on_loopback(url: str) -> bool:
    return all(urlsplit(each.strip()).hostname in _LOOPBACK for each in url.split(","))
