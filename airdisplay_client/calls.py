"""Asking a gateway over HTTP, again where that is safe: a wish is carried out once or not at all.

What nobody can have carried out is tried again whatever it is; what may have been, only where a second time
has no second effect. Every POST carries a key by which the gateway knows it again.
"""

from typing import Any, Final, Literal, NamedTuple, TypeVar

import anyio
import httpx
import msgspec

from airdisplay_client.errors import Away, OutcomeUnknown, Refused, Unavailable
from airdisplay_client.gateways import Bearer, Gateways
from airdisplay_client.pauses import pause_after
from airdisplay_client.problems import UNAUTHORIZED, exception_of
from shared.contracts.errors import Malformed

ANSWER_SECONDS: Final = 10.0

_WAITED_AT_MOST_SECONDS: Final = 5.0
"""A gateway that wants us to stay away for longer is believed at once."""
_LIMITED: Final = "too-many-requests"

_T = TypeVar("_T")


class Call(NamedTuple):
    """One wish; `effect` says what a second time would do: nothing new, or something."""

    method: str
    path: str
    body: Any = None
    query: dict[str, str] | None = None
    key: str | None = None
    revision: int | None = None
    effect: Literal["none", "repeatable", "once"] = "repeatable"

    @property
    def headers(self) -> dict[str, str]:
        """What goes with it besides the token."""
        found = {} if self.key is None else {"Idempotency-Key": self.key}
        return found if self.revision is None else {**found, "If-Match": f'"{self.revision}"'}


class Calls:
    """Everything that is asked of the gateways by one client."""

    def __init__(
        self, gateways: Gateways, bearer: Bearer, http: httpx.AsyncClient, *, attempts: int, patience: float
    ) -> None:
        self._gateways = gateways
        self._bearer = bearer
        self._http = http
        self._attempts = attempts
        self._patience = patience

    async def ask(self, call: Call, decoder: "msgspec.json.Decoder[_T]") -> _T:
        """What is answered.

        Raises:
            Refused, Unavailable, OutcomeUnknown: as `carry_out`.
            Malformed: it is no answer of AirDisplay.
        """
        answer = await self.carry_out(call)
        try:
            return decoder.decode(answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            expected = f"an answer of AirDisplay ({error})"
            raise Malformed(expected, found=answer.decode(errors="replace")) from error

    async def carry_out(self, call: Call) -> bytes:
        """Send until there is an answer that says more than "not now" or "not known"; its body.

        Raises:
            Refused: the gateway said no.
            Unavailable: every attempt failed, and none had an effect.
            OutcomeUnknown: at least one attempt may have had its effect.
        """
        doubt: OutcomeUnknown | None = None
        trouble: Unavailable | OutcomeUnknown
        failures = 0
        while True:
            try:
                return await self._once_permitted(call)
            except Unavailable as nothing_done:
                trouble = nothing_done
            except OutcomeUnknown as perhaps_done:
                trouble = perhaps_done
                doubt = OutcomeUnknown(self._gateways.here, key=call.key, retry_after=trouble.retry_after)
                if call.effect == "once":
                    raise doubt from perhaps_done
            failures += 1
            wait = max(pause_after(failures), trouble.retry_after or 0)
            if failures >= self._attempts or wait > _WAITED_AT_MOST_SECONDS:
                raise _in_the_end(call, trouble, doubt)
            self._gateways.turn_to_next()
            await anyio.sleep(wait)

    async def _once_permitted(self, call: Call) -> bytes:
        """Send it; again after a limit that is over soon enough, or with a new token for an old one."""
        patience = self._patience
        renewed = False
        while True:
            token = await self._bearer.token()
            try:
                return await self._send(call, token)
            except Refused as no:
                if no.status == UNAUTHORIZED and not renewed:
                    renewed = await self._bearer.renew(token)
                    if renewed:
                        continue
                wait = pause_after(1) + (no.retry_after or 0)
                if no.slug != _LIMITED or wait > patience:
                    raise
                patience -= wait
                await anyio.sleep(wait)

    async def _send(self, call: Call, token: str | None) -> bytes:
        headers = call.headers if token is None else {**call.headers, "Authorization": f"Bearer {token}"}
        here = self._gateways.here
        url = here + call.path
        try:
            answer = await self._http.request(
                call.method, url, headers=headers, json=call.body, params=call.query
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Away(self._gateways.urls) from error
        except httpx.TransportError as error:
            raise OutcomeUnknown(here) from error
        if answer.is_success:
            return answer.content
        raise exception_of(answer)


def _in_the_end(
    call: Call, trouble: Unavailable | OutcomeUnknown, doubt: OutcomeUnknown | None
) -> Unavailable | OutcomeUnknown:
    """What to say after the last attempt: that nothing was done, only when no attempt can have done it."""
    if call.effect == "none" and isinstance(trouble, OutcomeUnknown):
        return Unavailable(f"AirDisplay at {trouble.url} did not answer", retry_after=trouble.retry_after)
    return trouble if doubt is None or call.effect == "none" else doubt
