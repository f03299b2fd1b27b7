"""Keeping: what happens in a live goes into storage, hot rows through the batched writer."""

from dataclasses import dataclass

from core.model.live import LiveEvent
from core.model.transcript import Gap, Segment
from core.ports.store import HotWriter, Storage
from core.services.lives.scene import Scene
from core.services.metering import Metering


@dataclass(frozen=True)
class Keeping:
    """The memory of all lives watched here. What an engine heard is counted in the transaction that stores it."""

    storage: Storage
    writer: HotWriter
    metering: Metering

    async def event(self, scene: Scene, event: LiveEvent) -> None:
        """Chat, gifts, viewers: gathered and written soon."""
        self.writer.put(scene.live.id, scene.second_of(event.at), event)

    async def speech(self, scene: Scene, part: Segment | Gap) -> None:
        """A segment or a gap: written now."""
        async with self.storage.work() as work:
            await work.transcripts.add(scene.live.id, [part])
            await self.metering.speech(work, scene, part)

    async def finish(self, scene: Scene) -> None:
        """The live is over: everything of it is stored when this returns."""
        await self.writer.flush()
