"""What is said is stored with what follows from it, whole or not at all."""

import pytest

from core.errors import Transient
from core.model.transcript import Gap, GapCause, Segment
from core.ports.store import Work
from core.services.lives.keeping import Keeping, Stored
from core.services.lives.scene import Scene
from core.services.metering import Metering
from storage.writer import BatchedWriter
from tests.builders import followed, scene_of, segment
from tests.doubles import CountedStorage, HandClock


class Stage:
    """Keeping, what follows from words (a mark in the diary), and what was said to be stored."""

    def __init__(self, storage: CountedStorage, clock: HandClock, scene: Scene) -> None:
        self.storage, self.scene, self.stored = storage, scene, list[str | None]()
        self.fault: Exception | None = None
        writer = BatchedWriter(storage.database)
        self.keeping = Keeping(storage, writer, Metering(storage, clock), self._follows)

    async def _follows(self, work: Work, scene: Scene, part: Segment) -> Stored:
        await work.memos.put("follows", part.text or "nothing")
        if self.fault is not None:
            raise self.fault

        async def stored() -> None:
            self.stored.append(part.text)

        return stored

    async def kept(self) -> tuple[list[str | None], str]:
        """The words, and what followed from the last of them."""
        async with self.storage.reading() as work:
            parts = await work.transcripts.of_live(self.scene.live.id)
            return [part.text for part in parts if isinstance(part, Segment)], await work.memos.get("follows")


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock) -> Stage:
    await followed(storage)
    return Stage(storage, clock, await scene_of(storage))


async def test_words_and_what_follows_from_them_are_stored_together(stage: Stage):
    await stage.keeping.speech(stage.scene, segment("hello"))
    await stage.keeping.speech(stage.scene, Gap(5.0, 6.0, GapCause.RECONNECT))
    assert (await stage.kept(), stage.stored) == ((["hello"], "hello"), ["hello"])


async def test_where_one_cannot_be_stored_now_neither_is(stage: Stage):
    stage.fault = Transient("DISK")
    with pytest.raises(Transient):
        await stage.keeping.speech(stage.scene, segment("hello"))
    assert (await stage.kept(), stage.stored) == (([], ""), [])


async def test_a_mistake_in_what_follows_costs_no_words(stage: Stage):
    stage.fault = RuntimeError("a mistake")
    await stage.keeping.speech(stage.scene, segment("hello"))
    assert (await stage.kept(), stage.stored) == ((["hello"], ""), [])
