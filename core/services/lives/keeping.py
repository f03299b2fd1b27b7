"""Keeping: what happens in a live goes into storage, hot rows through the batched writer."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.errors import Transient
from core.model.live import LiveEvent
from core.model.transcript import Gap, Segment
from core.ports.store import HotWriter, Storage, Work
from core.services.lives.scene import Scene
from core.services.metering import Metering

log = logging.getLogger(__name__)
Stored = Callable[[], Awaitable[None]]
"""To be called once a transaction has been committed: not before that it is known that what was done in it has happened."""

Following = Callable[[Work, Scene, Segment], Awaitable[Stored]]
"""What follows from words, in the transaction that stores them: whoever is killed has stored both or neither."""


async def idle() -> None:
    """Nothing is left to do."""


async def nothing(work: Work, scene: Scene, segment: Segment) -> Stored:
    """Nothing follows."""
    return idle


@dataclass
class Keeping:
    """The memory of all lives watched here. What an engine heard is counted in the transaction that stores it, and so is what
    `follows` from its words."""

    storage: Storage
    writer: HotWriter
    metering: Metering
    follows: Following = nothing

    async def event(self, scene: Scene, event: LiveEvent) -> None:
        """Chat, gifts, viewers: gathered and written soon."""
        self.writer.put(scene.live.id, scene.second_of(event.at), event)

    async def speech(self, scene: Scene, part: Segment | Gap) -> None:
        """A segment or a gap: written now, with what follows from it; without that where it cannot be had, since a mistake there
        costs no words."""
        try:
            stored = await self._store(scene, part, self.follows)
        except Transient:
            raise  # it is tried once more, whole
        except Exception:  # supervision: see above
            log.exception("what follows from words in the live of %s", scene.live.handle)
            stored = await self._store(scene, part, nothing)
        await stored()

    async def _store(self, scene: Scene, part: Segment | Gap, follows: Following) -> Stored:
        async with self.storage.work() as work:
            await work.transcripts.add(scene.live.id, [part])
            await self.metering.speech(work, scene, part)
            return await follows(work, scene, part) if isinstance(part, Segment) else idle

    async def finish(self, scene: Scene) -> None:
        """The live is over: everything of it is stored when this returns."""
        await self.writer.flush()
