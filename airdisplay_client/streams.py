"""What can be read with `async for`: the news of banners, and the fate of a message.

A task of the client listens and keeps the newest of each thing; the reader takes it when it wants to. Whoever
stops reading is not waited for: a stream that nobody holds any more ends its task.
"""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

import anyio

from airdisplay_client.clock import Clock
from airdisplay_client.errors import Refused
from airdisplay_client.fate import Fate
from airdisplay_client.gateways import Bearer, Gateways
from airdisplay_client.known import Known, as_of
from airdisplay_client.line import Line
from airdisplay_client.mailbox import Mailbox
from airdisplay_client.news import Changed, Connection, News, Note, Vanished
from shared.contracts.identity import BannerId, DisplayId
from shared.contracts.instants import Instant, milliseconds_between
from shared.contracts.live import (
    Changes,
    ClientFrame,
    Displays,
    Hello,
    Problem,
    ServerFrame,
    Snapshot,
    Watch,
)
from shared.contracts.refusals import MeshUnavailable, UnknownDisplay
from shared.contracts.views import DisplayView

T = TypeVar("T")

_STALE: Final = MeshUnavailable().reason
_UNKNOWN: Final = UnknownDisplay(display_id="").reason
_NOTES_AT_MOST: Final = 16
_LOOK_SECONDS: Final = 1.0
"""Our clock may be set meanwhile, so nobody sleeps for longer than that."""


class Reader(Generic[T]):
    """Listens in a task of the client, and puts what is new into a mailbox."""

    def __init__(self, clock: Clock) -> None:
        self.mailbox: Mailbox[T | Connection | Note] = Mailbox()
        self.clock = clock
        self._connection: Connection | None = None
        self._something = anyio.Event()
        self._notes = 0
        self._scope: anyio.CancelScope | None = None
        self._is_stopped = False

    async def run(self, gateways: Gateways, bearer: Bearer) -> None:
        """Listen until that is stopped, or until there is nothing more to come."""
        try:
            with anyio.CancelScope() as self._scope:
                if self._is_stopped:
                    return
                await self._listen(Line(gateways, bearer, self.clock, self))
        except Exception as failure:  # noqa: BLE001 (raised where the stream is read)
            self.mailbox.close(failure)
        finally:
            self._scope = None
            self.mailbox.close()

    def stop(self) -> None:
        """Listen no more."""
        self._is_stopped = True
        if self._scope is not None:
            self._scope.cancel()

    async def _listen(self, line: Line) -> None:
        """Both at once, for as long as there is something to come. A failure comes out as it is."""
        failures: list[Exception] = []

        async def listen() -> None:
            try:
                await line.keep()
            except Exception as failure:  # noqa: BLE001 (raised by whoever started us, not in a group)
                failures.append(failure)
                tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen)
            await self._watch_the_clock()
            tasks.cancel_scope.cancel()
        if failures:
            raise failures[0]

    async def _watch_the_clock(self) -> None:
        """End by ourselves what is over."""
        while not self.is_done:
            with anyio.move_on_after(self._seconds_to(self.next_deadline())):
                await self._something.wait()
                self._something = anyio.Event()
            self.end_what_is_over(self.clock.now())

    def _seconds_to(self, deadline: Instant | None) -> float:
        if deadline is None:
            return _LOOK_SECONDS
        left = milliseconds_between(self.clock.now(), deadline) / 1000
        return min(max(left, 0.001), _LOOK_SECONDS)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing more to come."""
        return False

    def next_deadline(self) -> Instant | None:
        """When something is over by itself."""
        raise NotImplementedError

    def end_what_is_over(self, now: Instant) -> None:
        """Take note of what is over."""
        raise NotImplementedError

    def wishes(self) -> tuple[ClientFrame, ...]:
        """What is watched."""
        raise NotImplementedError

    def read(self, frame: ServerFrame) -> None:
        """What the gateway tells."""
        raise NotImplementedError

    def take(self, frame: ServerFrame) -> None:
        self.read(frame)
        self._something.set()  # the next deadline may be nearer now

    def lose(self, why: str) -> None:
        self._tell_connection(Connection("reconnecting", why))

    def _tell_connection(self, connection: Connection) -> None:
        """Once for each state: how often in vain a gateway was looked for is nobody's concern."""
        if self._connection is None or self._connection.state != connection.state:
            self._connection = connection
            self.mailbox.put(Connection, connection)

    def _take_problem(self, problem: Problem) -> None:
        if problem.code == _STALE:
            self._tell_connection(Connection("stale", problem.detail))
            return
        self._notes = (self._notes + 1) % _NOTES_AT_MOST
        self.mailbox.put((Note, self._notes), Note(problem.code, problem.detail))


class BannersReader(Reader[Changed | Vanished]):
    """The news of some banners, or of all."""

    def __init__(self, banners: Iterable[BannerId], clock: Clock) -> None:
        super().__init__(clock)
        self.known = Known()
        self._banners = tuple(banners)

    def wishes(self) -> tuple[ClientFrame, ...]:
        return (Watch(banners=self._banners, all=not self._banners, since=self.known.position),)

    def read(self, frame: ServerFrame) -> None:
        now = self.clock.now()
        match frame:
            case Hello():
                self.known.hear(frame.epoch)
            case Snapshot():
                self._tell_connection(Connection("connected", recovered=frame.recovered))
                self._tell(self.known.take_snapshot(frame, now))
            case Changes():
                self._tell(self.known.take_changes(frame, now))
            case Problem():
                self._take_problem(frame)
            case _:  # what was not asked for here
                pass

    def next_deadline(self) -> Instant | None:
        return self.known.next_deadline()

    def end_what_is_over(self, now: Instant) -> None:
        self._tell(self.known.over(now))

    def _tell(self, news: Iterable[Changed | Vanished]) -> None:
        for each in news:
            banner = each.banner if isinstance(each, Vanished) else each.banner.id
            self.mailbox.put(banner, each)


class DisplayReader(Reader[DisplayView]):
    """The fate of one message."""

    def __init__(self, display_id: DisplayId, known: DisplayView | None, clock: Clock) -> None:
        super().__init__(clock)
        self._id = display_id
        self._fate = Fate(known)

    @property
    def is_done(self) -> bool:
        return self._fate.is_over

    def wishes(self) -> tuple[ClientFrame, ...]:
        return (Watch(displays=(self._id,)),)

    def read(self, frame: ServerFrame) -> None:
        match frame:
            case Displays():
                self._tell_connection(Connection("connected"))
                for view in frame.displays:
                    self._tell(view)
            case Problem() if frame.code == _UNKNOWN:
                raise Refused(frame.detail, slug=_UNKNOWN, status=404, members={"display_id": self._id})
            case Problem():
                self._take_problem(frame)
            case _:  # what was not asked for here
                pass

    def next_deadline(self) -> Instant | None:
        return self._fate.deadline

    def end_what_is_over(self, now: Instant) -> None:
        if self._fate.over(now) and self._fate.view is not None:
            self.mailbox.put(self._id, self._fate.view)

    def _tell(self, view: DisplayView) -> None:
        if view.id == self._id and self._fate.take(view):
            self.mailbox.put(self._id, view)


class Stream(Generic[T]):
    """Something to read with `async for`, as often as one wants and for as long as the client is open.

    Whoever is cancelled while it reads goes on later where it was.
    """

    def __init__(self, reader: Reader[T]) -> None:
        self._reader = reader

    def __aiter__(self) -> Self:
        return self

    @property
    def waiting(self) -> int:
        """How much waits to be read: of each banner only the newest."""
        return len(self._reader.mailbox)

    async def aclose(self) -> None:
        """Listen no more."""
        self._reader.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.stop()

    def __del__(self) -> None:
        self._reader.stop()


class Watching(Stream[Changed | Vanished]):
    """The news of banners, each banner as it is when it is read."""

    async def __anext__(self) -> News:
        news = await self._reader.mailbox.get()
        if isinstance(news, Changed):
            return Changed(as_of(news.banner, self._reader.clock.now()))
        return news


class Following(Stream[DisplayView]):
    """What becomes of a message, until it has ended."""

    def __init__(self, reader: DisplayReader, on_connection: Callable[[Connection | Note], None]) -> None:
        super().__init__(reader)
        self._on_connection = on_connection

    async def __anext__(self) -> DisplayView:
        while True:
            told = await self._reader.mailbox.get()
            if isinstance(told, DisplayView):
                return told
            self._on_connection(told)
