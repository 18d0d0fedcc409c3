"""The live channel over server-sent events: one banner, its newest state whenever that changes."""

import re
from collections.abc import AsyncGenerator
from typing import Any, Final

import anyio
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK

from services.gateway.admission import may_follow
from services.gateway.answers import ASKING, Answer, answers
from services.gateway.authors import needs
from services.gateway.bodies import LastEventId
from services.gateway.calls import calls_of
from services.gateway.hub import Hub
from services.gateway.problems import AnyRequest, refused
from services.gateway.view import Known, View
from shared.contracts.identity import BannerId
from shared.contracts.live import Since
from shared.contracts.refusals import Refusal, UnknownBanner
from shared.mesh import clock

COMMENT_SECONDS: Final = 15.0
"""How often a comment is sent when nothing changes, so that nobody between us takes the line for dead."""

RETRY_MS: Final = 2_000

_REVISION: Final = re.compile(r"\d{1,18}")

_EVENTS: Final = {
    "type": "string",
    "description": "Server-sent events. The `data` of each is a `BannerView`.",
    "examples": ['event: banner\nid: 18c2f:57:0123abcd.41.7.1777896000\ndata: {"id":"lightning", …}\n\n'],
}

# Frames only wake this viewer, which then looks at the newest state itself; the first is told apart.
SNAPSHOT: Final = "snapshot"


def is_news(view: View, known: Known, seen: str | None) -> bool:
    """Whether a banner may have changed since an event with this id: what was decided, or what was heard."""
    epoch, _, place = (seen or "").partition(":")
    revision, _, hardware = place.partition(":")
    if not _REVISION.fullmatch(revision):
        return True
    changed = view.changed_after(Since(epoch=epoch, revision=int(revision), hardware=hardware))
    return changed is None or changed(known)


def live_events_route(hub: Hub) -> Any:
    """The route of the events of one banner."""

    async def events(banner: BannerId, seen: str | None) -> AsyncGenerator[str]:
        viewer = hub.enter()
        try:
            hub.watch(viewer, [banner], lambda: SNAPSHOT)
            yield f"retry: {RETRY_MS}\n\n"
            while viewer.closing is None:
                frame: str | None = ""
                with anyio.move_on_after(COMMENT_SECONDS) as waiting:
                    frame = await viewer.next()
                known = hub.view.get(banner)
                if waiting.cancelled_caught:
                    yield ": still here\n\n"
                elif frame is None or known is None:  # closed, or removed: who comes back is told so
                    return
                elif frame != SNAPSHOT or is_news(hub.view, known, seen):
                    event_id = f"{hub.view.epoch}:{known.revision}:{hub.view.heard.position()}"
                    data = known.encoded(clock.now()).decode()
                    yield f"event: banner\nid: {event_id}\ndata: {data}\n\n"
        finally:
            hub.leave(viewer)

    @get(
        "/v1/banners/{banner:str}/live",
        media_type="text/event-stream",
        summary="Follow one banner",
        tags=["Banners"],
        opt=needs("viewer")
        | answers(
            Answer(
                HTTP_200_OK,
                "Its newest state, whenever that changes.",
                _EVENTS,
                "text/event-stream",
                headers=("Cache-Control",),
            ),
            refusals=(UnknownBanner, *ASKING),
        ),
        before_request=may_follow,
    )
    async def live_events(
        request: AnyRequest, banner: FromPath[str], last_event_id: LastEventId = None
    ) -> Response[Any] | Stream:
        """Server-sent events: `event: banner`, `id: <epoch>:<revision>:<hardware>`, and the banner as `data`.

        Whoever comes back with `Last-Event-ID` is not told again what was told already.
        """
        reply = await calls_of(request).get(banner)
        if isinstance(reply, Refusal):
            return refused(reply)
        hub.view.learn(reply.state, reply.revision)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Stream(events(reply.state.id, last_event_id), media_type="text/event-stream", headers=headers)

    return live_events
