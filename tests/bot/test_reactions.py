"""What reaches which reaction: what people write and say in lives fires triggers, and nothing that Earshot says does. Whoever is
killed in between has stored both a line and what it fired, or neither."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.house import House
from bot.reactions import backfilling_of, react
from core.adapters.clips.ring import RingClipper
from core.adapters.risk.rules import RulesAssessor
from core.model.live import ChatMessage
from core.model.notice import Tellable
from core.model.transcript import Gap, Segment
from core.ports.store import Storage, Work
from core.services.assessing import Assessing
from core.services.clipping import Clipping
from core.services.listening import Listening
from core.services.lives.keeping import Keeping
from core.services.lives.refreshing import Refreshing
from core.services.lives.scene import Scene
from core.services.lives.watch import Watch
from core.services.lives.watching import Watching
from core.services.metering import Metering
from core.services.triggering import Triggering
from storage.database import Database
from storage.writer import BatchedWriter
from tests.builders import HERE, armed, at, chat, followed, rows, scene_of, segment, span, stored_with
from tests.core.services.test_backfilling import Files
from tests.doubles import CountedStorage, HandClock, StagedCapture, StagedTikTok, engine
from tests.waiting import until


@dataclass
class Mortal:
    """The real database, as a process has it that is killed as soon as a transaction has been committed and `fatal` is true: its
    next one, which is `tried`, does not begin any more."""

    database: Database
    fatal: Callable[[], object] = lambda: False
    dead: bool = False
    tried: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def _until_then(self, transaction: AbstractAsyncContextManager[Work]) -> AsyncIterator[Work]:
        if not self.dead:
            async with transaction as work:
                yield work
            self.dead = bool(self.fatal())
        if self.dead:
            self.tried.set()
            await asyncio.Event().wait()

    def work(self) -> AbstractAsyncContextManager[Work]:
        return self._until_then(self.database.work())

    def reading(self) -> AbstractAsyncContextManager[Work]:
        return self._until_then(self.database.reading())


class Parts:
    """What hears lives in one process."""

    def __init__(self, house: House, storage: Storage, folder: Path) -> None:
        assert isinstance(house.storage, Database)
        rings, clock = RingClipper(), HandClock(CountedStorage(house.storage))
        listening = Listening([engine("staged", "the giveaway")])
        tiktok, capture = StagedTikTok(clock), StagedCapture(clock)
        self.watching = Watching(tiktok, storage, clock, capture, listening, rings.attach, rings.detach)
        self.triggering = Triggering(storage, clock, Clipping(storage, clock, rings, folder / "c"))
        self.writer, metering = BatchedWriter(house.storage), Metering(storage, clock, 0)
        self.keeping = Keeping(storage, self.writer, metering)
        assessing = Assessing(storage, clock, RulesAssessor())
        react(self.watching, self.keeping, self.triggering, assessing, house.texts, Refreshing(storage, clock))
        late = (house.reporting, house.curating, metering)
        self.backfilling = backfilling_of(Files(), folder / "s", self.watching, self.triggering, assessing, *late)

    async def reacts(self, scene: Scene, event: Any) -> None:
        """As a watch does."""
        for reaction in self.watching.reactions[type(event)]:
            await reaction(scene, event)

    def watches(self, scene: Scene) -> None:
        """It watches this live."""
        self.watching.watches[scene.account.id] = Watch(scene, at(0))


@pytest.fixture
def parts(house: House, tmp_path: Path) -> Parts:
    return Parts(house, house.storage, tmp_path)


@pytest.fixture
async def scene(house: House) -> Scene:
    """A live in which somebody waits for a word."""
    await followed(house.storage, "maria", HERE)
    await armed(house.storage, "giveaway")
    return await scene_of(house.storage)


def fired(folder: Path) -> tuple[int, int]:
    """How many hits there are, and how many posts of them."""
    return len(rows(folder, "select 1 from hit")), len(rows(folder, "select 1 from delivery where kind = 'hit'"))


async def killed(process: Any, storage: Mortal) -> None:
    """Run it until its storage lets it go no further."""
    task = asyncio.ensure_future(process)
    await until(lambda: storage.tried.is_set() or task.done())
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])


def test_only_what_is_written_and_said_in_a_live_is_listened_to(parts: Parts) -> None:
    reactions = parts.watching.reactions
    heard = {kind for kind, some in reactions.items() if any(_of(one) is parts.triggering for one in some)}
    spoken = {kind for kind, some in reactions.items() if parts.keeping.speech in some}
    assert (heard, spoken) == ({ChatMessage}, {Segment, Gap})
    assert parts.keeping.follows == parts.triggering.speech
    assert parts.triggering.wake in parts.watching.beside
    assert not set(reactions) & set(get_args(Tellable)), "no post of ours is an event of a live"


def _of(reaction: Any) -> object:
    return getattr(reaction, "__self__", None)


async def test_what_is_heard_only_later_fires_and_asks_for_no_clip(
    house: House, parts: Parts, scene: Scene, tmp_path: Path
) -> None:
    await stored_with(house.storage, parts.backfilling.late, scene, segment("the giveaway", 5.0))
    assert [row["word"] for row in rows(tmp_path, "select word from hit")] == ["giveaway"]
    assert [row["kind"] for row in rows(tmp_path, "select kind from delivery")] == ["hit"]
    assert rows(tmp_path, "select 1 from job where kind in ('clip', 'replay')") == []


async def test_words_that_are_stored_have_fired_whoever_is_killed_then(
    house: House, scene: Scene, tmp_path: Path
) -> None:
    assert isinstance(house.storage, Database)
    storage = Mortal(house.storage, lambda: rows(tmp_path, "select 1 from segment"))
    await killed(Parts(house, storage, tmp_path).reacts(scene, segment("the giveaway", 5.0)), storage)
    assert fired(tmp_path) == (1, 1)
    assert len(rows(tmp_path, "select 1 from job where kind = 'clip'")) == 1


async def test_late_words_that_are_stored_have_fired_and_are_judged_whoever_is_killed_then(
    house: House, scene: Scene, tmp_path: Path
) -> None:
    assert isinstance(house.storage, Database)
    storage = Mortal(house.storage, lambda: rows(tmp_path, "select 1 from segment where text is not null"))
    process = Parts(house, storage, tmp_path)
    process.watches(scene)
    await process.reacts(scene, segment(None, 5.0))
    assert await process.backfilling.keep(scene, span(5, 10))
    await killed(process.backfilling.round(), storage)
    assert fired(tmp_path) == (1, 1)
    assert len(rows(tmp_path, "select 1 from assessment")) == 1
    after = Parts(house, house.storage, tmp_path)
    after.watches(await scene_of(house.storage))
    await after.backfilling.round()
    assert fired(tmp_path) == (1, 1), "and once: nothing is heard again"


async def test_late_words_that_were_not_stored_by_a_killed_process_fire_in_the_next_one(
    house: House, scene: Scene, tmp_path: Path
) -> None:
    assert isinstance(house.storage, Database)
    storage = Mortal(house.storage)
    process = Parts(house, storage, tmp_path)
    await process.reacts(scene, segment(None, 5.0))
    assert await process.backfilling.keep(scene, span(5, 10))
    process.watches(scene)
    storage.dead = True
    await killed(process.backfilling.round(), storage)
    after = Parts(house, house.storage, tmp_path)
    await after.backfilling.round()
    assert fired(tmp_path) == (0, 0), "the live is about to be taken up again"
    after.watches(await scene_of(house.storage))
    await after.backfilling.round()
    assert fired(tmp_path) == (1, 1)


async def test_a_line_of_chat_that_is_stored_has_fired(house: House, scene: Scene, tmp_path: Path) -> None:
    """One that is stored counts as read when TikTok shows it again."""
    assert isinstance(house.storage, Database)
    storage = Mortal(house.storage)
    process, line = Parts(house, storage, tmp_path), chat("a giveaway", 3.0)
    storage.dead = True  # killed while it waits for its turn to store the hit
    await killed(process.reacts(scene, line), storage)
    await process.writer.flush()
    assert rows(tmp_path, "select 1 from chat_line") == []
    after = Parts(house, house.storage, tmp_path)
    await after.reacts(scene, line)
    await after.writer.flush()
    assert (fired(tmp_path), len(rows(tmp_path, "select 1 from chat_line"))) == ((1, 1), 1)
