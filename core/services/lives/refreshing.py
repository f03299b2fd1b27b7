"""Refreshing: the post that says that an account is live is kept true while it is: its cover, its title, how many watch,
what the place hears of it.

A cover that was not there when the post went out (hurrying) comes with the first edit, where a text can be given a picture.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from weakref import WeakKeyDictionary

from core.model.live import ViewerCount
from core.model.notice import DeliveryState, Notice, edit_key, facts_of
from core.model.tellable.lives import LiveStarted
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.enduring import enduring
from core.services.lives.scene import Scene
from core.services.lives.welcoming import promised
from core.services.picturing import Picturing

EVERY = 60.0  # seconds between two edits of one post
UNTIL = timedelta(minutes=50)  # Discord refuses edits of what is older than an hour (error 30046)
TENTH, FEW = 10, 3  # a change of less than a tenth, or of fewer than three people, is none
GONE = frozenset({DeliveryState.DEAD, DeliveryState.UNKNOWN})


@dataclass
class Known:
    """What is known of one live: how many watch, and what its posts say by now, by place."""

    viewers: int | None = None
    shown: dict[str, LiveStarted] = field(default_factory=dict)


@dataclass
class Refreshing:
    """The start posts of all lives watched here. Without `picturing` there are no covers."""

    storage: Storage
    clock: Clock
    picturing: Picturing | None = None
    _known: WeakKeyDictionary[Scene, Known] = field(default_factory=WeakKeyDictionary)

    async def viewers(self, scene: Scene, event: ViewerCount) -> None:
        """Take a count."""
        self._known.setdefault(scene, Known()).viewers = event.count

    async def run(self, scene: Scene) -> None:
        """Edit the posts of one live when something worth it has changed, until cancelled."""
        while True:
            picture = await self.picturing.get(scene.cover) if self.picturing and scene.cover else None
            scene.picture = str(picture or "") or scene.picture
            with enduring("refreshing the post of a live"):
                await self._refresh(scene)
            await self.clock.sleep(EVERY)

    async def _refresh(self, scene: Scene) -> None:
        known = self._known.setdefault(scene, Known())
        for follow in scene.follows:
            async with self.storage.reading() as work:
                posted = await work.outbox.get(f"start:{scene.live.id}:{follow.place}")
                place = await work.places.get(follow.place)
            if posted is None or posted.state in GONE:
                continue
            if posted.first_tried is not None and self.clock.now() - posted.first_tried >= UNTIL:
                continue
            told = posted.notice.tells()
            assert isinstance(told, LiveStarted)
            before = known.shown.get(follow.place, told)
            viewers = known.viewers if _differ(before.viewers, known.viewers) else before.viewers
            after = replace(
                before,
                title=scene.live.title,
                viewers=viewers,
                cover=scene.picture or before.cover,
                **promised(scene, follow, place),
            )
            if after != before:
                await self._edit(posted.notice, after)
                known.shown[follow.place] = after

    async def _edit(self, posted: Notice, said: LiveStarted) -> None:
        """Change a post where it is, silently."""
        now = self.clock.now()
        _, facts = facts_of(said)
        key = edit_key(posted.key)
        async with self.storage.work() as work:
            await work.outbox.put(replace(posted, key=key, facts=facts, edits=True, silent=True, urgent=False), now)


def _differ(before: int | None, now: int | None) -> bool:
    """Whether people would notice."""
    if before is None or now is None:
        return now is not None
    return abs(now - before) >= FEW and abs(now - before) * TENTH >= before
