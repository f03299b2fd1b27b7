"""Sighting: a live whose stream does not come any more is lost, which is not ended; its places are told, and told again when it
is back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.live import LiveStatus
from core.model.notice import LiveLost, Notice, facts_of
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.enduring import enduring
from core.services.scene import Scene

LOST_AFTER = timedelta(seconds=60)  # without anything new; "stream down but live" is normal for up to a minute
GLANCE = 5.0  # seconds between two looks at the capture


@dataclass(frozen=True)
class Sighting:
    """Keeps an eye on the streams of all lives watched here."""

    storage: Storage
    clock: Clock

    async def run(self, scene: Scene) -> None:
        """Look whether the stream of one live goes on, until cancelled."""
        heard, since = _reached(scene), self.clock.now()
        while True:
            await self.clock.sleep(GLANCE)
            lost = scene.live.status is LiveStatus.LOST
            if _reached(scene) != heard:
                if lost:
                    with enduring("telling that a live is back"):
                        await self._tell(scene, since, found=True)
                heard, since = _reached(scene), self.clock.now()
            elif not lost and self.clock.now() - since >= LOST_AFTER:
                with enduring("telling that a live is lost"):
                    await self._tell(scene, since, found=False)

    async def _tell(self, scene: Scene, since: datetime, *, found: bool) -> None:
        """Store the status and tell every place, in one transaction; "back" edits what "lost" posted."""
        said = LiveLost(scene.live.id, scene.live.handle, since, found)
        kind, facts = facts_of(said)
        subject = f"lost:{scene.live.id}:{since.timestamp():.0f}"
        async with self.storage.work() as work:
            live = await work.lives.set_status(scene.live.id, LiveStatus.LIVE if found else LiveStatus.LOST)
            for follow in scene.follows:
                key = f"{subject}:{'found' if found else 'lost'}:{follow.place}"
                notice = Notice(kind, key, follow.place, follow.address, subject, facts, edits=found, silent=found)
                await work.outbox.put(notice, self.clock.now())
        scene.live = live


def _reached(scene: Scene) -> float:
    return scene.capture.second if scene.capture is not None else 0.0
