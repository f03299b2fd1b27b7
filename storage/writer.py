"""The writer of hot rows: chat and viewers are gathered and written in batches, so that a busy chat costs few commits."""

import asyncio
import logging
import time
from collections import deque

from core.errors import Bug, EarshotError, Transient
from core.model.live import Joined, Liked, LiveEvent
from storage.database import Database
from storage.hot import Values, row_of, store

MOST_WAITING = 10_000
ENOUGH = 500
SOON_SECONDS = 0.1
SLICE = 2_000  # rows a transaction: more would keep others waiting
AGAIN_SECONDS = 1.0
LAST_FLUSH_SECONDS = 5.0
Waiting = tuple[float, str, Values]
"""Since when (monotonic), table, values."""

log = logging.getLogger(__name__)


class BatchedWriter:
    """Implements ports.store.HotWriter; `run` belongs in a TaskGroup. `put` is for the event loop's thread only.

    Overflow: at 10,000 waiting rows the oldest like or join goes, or else the oldest row; `dropped` counts them.
    A batch that fails stays in the queue and is tried again whole; what is stored already is left out then.
    """

    def __init__(self, database: Database) -> None:
        self.dropped = 0
        self._database = database
        self._key_of = database.chatters.key_of
        self._words: deque[Waiting] = deque()
        self._crowd: deque[Waiting] = deque()  # likes and joins
        self._under_way: float | None = None
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._turn = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """How many rows are in the queue."""
        return len(self._words) + len(self._crowd)

    @property
    def writer_wait_seconds(self) -> float:
        """How long the oldest row that is not stored has been waiting, 0 without one."""
        heads = [queue[0][0] for queue in (self._words, self._crowd) if queue]
        oldest = [*heads, *([] if self._under_way is None else [self._under_way])]
        return time.monotonic() - min(oldest) if oldest else 0.0

    def put(self, live_id: int, second: float, event: LiveEvent) -> None:
        row = row_of(live_id, second, event, self._key_of)
        if row is None:
            return
        queue = self._crowd if isinstance(event, Liked | Joined) else self._words
        queue.append((time.monotonic(), *row))
        self._trim()
        self._some.set()
        if self.waiting >= ENOUGH:
            self._enough.set()

    async def flush(self) -> None:
        """Everything put so far is stored when this returns. Raises what Database.work raises; the rows stay then."""
        async with self._turn:
            waiting = [*self._words, *self._crowd]
            self._words.clear()
            self._crowd.clear()
            self._some.clear()
            self._enough.clear()
            await self._store_all(waiting)

    async def run(self) -> None:
        """Write batches until cancelled, then once more."""
        well = True
        try:
            while True:
                await self._some.wait()
                await self._wait_for_more()
                try:
                    await self.flush()
                except Transient as error:
                    if well:
                        log.warning("chat is not being stored: %s", error)
                    well = False
                    await asyncio.sleep(AGAIN_SECONDS)
                else:
                    if not well:
                        log.warning("chat is being stored again; %d rows were dropped so far", self.dropped)
                    well = True
        finally:
            await self._flush_at_the_end()

    async def _flush_at_the_end(self) -> None:
        try:
            async with asyncio.timeout(LAST_FLUSH_SECONDS):
                await self.flush()
        except (EarshotError, TimeoutError) as error:
            log.error("%d rows of chat are lost: %s", self.waiting, error)

    async def _wait_for_more(self) -> None:
        try:
            async with asyncio.timeout(SOON_SECONDS):
                await self._enough.wait()
        except TimeoutError:
            pass

    async def _store_all(self, waiting: list[Waiting]) -> None:
        done = 0
        try:
            while batch := waiting[done : done + SLICE]:
                self._under_way = min(since for since, _, _ in waiting[done:])
                await self._store(batch)
                done += len(batch)
        finally:
            self._under_way = None
            self._put_back(waiting[done:])

    async def _store(self, batch: list[Waiting]) -> None:
        rows: dict[str, list[Values]] = {}
        for _, table, values in batch:
            rows.setdefault(table, []).append(values)
        try:
            async with self._database.writing() as connection:
                await store(connection, rows)
        except Bug:  # of the rows: tried again they would fail for ever
            self.dropped += len(batch)
            log.exception("%d rows of chat cannot be stored", len(batch))

    def _put_back(self, waiting: list[Waiting]) -> None:
        if not waiting:
            return
        crowd = [row for row in waiting if _is_crowd(row)]
        self._crowd.extendleft(reversed(crowd))
        self._words.extendleft(reversed([row for row in waiting if not _is_crowd(row)]))
        self._trim()
        self._some.set()

    def _trim(self) -> None:
        while self.waiting > MOST_WAITING:
            (self._crowd or self._words).popleft()
            self.dropped += 1


def _is_crowd(row: Waiting) -> bool:
    _, table, values = row
    return table == "live_event" and values[4] != "gift"
