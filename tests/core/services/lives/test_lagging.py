"""Words of a live that are late or missing are told once, and again when they are there."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.model.diary import DiaryKind
from core.model.notice import NoticeKind
from core.model.tellable.lives import WordsLate
from core.model.transcript import Gap, GapCause, Segment, SegmentState, Sound
from core.services.lives.lagging import Lagging
from core.services.lives.scene import Scene
from tests.builders import HERE, THERE, followed, scene_of, segment, told
from tests.doubles import CountedStorage, HandClock


@dataclass
class Stage:
    lagging: Lagging
    scene: Scene
    clock: HandClock
    storage: CountedStorage
    folder: Path
    second: float = 0.0

    async def hears(
        self, *texts: str | None, why: str = "QUOTA", kept: bool = True, opens: float | None = None
    ) -> None:
        """Pieces of ten seconds, None being one without words, whose sound is kept."""
        for text in texts:
            self.scene.lag.why = "" if text is not None else why
            self.scene.lag.kept, self.scene.lag.engine, self.scene.lag.opens = kept, "groq", opens
            state = SegmentState.LATE if text is None else SegmentState.TOLD
            if text is None and kept:
                await self.keep(self.second)
            await self.lagging.speech(self.scene, segment(text, self.second, 10.0, state=state))
            self.second += 10
            await self.clock.advance(10)

    async def keep(self, second: float) -> None:
        path = self.folder / f"{second}.ogg"
        async with self.storage.work() as work:
            await work.sounds.keep(Sound(self.scene.live.id, second, second + 10, 0.0, path, self.clock.now()))

    async def fill(self, *seconds: float) -> None:
        """Another engine writes down what was kept; all of it without `seconds`."""
        async with self.storage.work() as work:
            for sound in await work.sounds.oldest(100):
                if not seconds or sound.start in seconds:
                    await work.sounds.remove(sound.id)
            left, _ = await work.sounds.of_live(self.scene.live.id)
        if not left:
            await self.lagging.complete(self.scene.live)

    def told(self, place: str = HERE) -> list[WordsLate]:
        return [one.says for one in told(self.folder, NoticeKind.WORDS_LATE) if one.notice.place == place]

    def subjects(self) -> set[str]:
        return {one.notice.subject for one in told(self.folder, NoticeKind.WORDS_LATE)}


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    await followed(storage, "maria", HERE)
    await followed(storage, "maria", THERE, transcript=False)
    return Stage(Lagging(storage, clock), await scene_of(storage), clock, storage, tmp_path)


async def test_a_hiccup_is_not_worth_a_word(stage: Stage):
    await stage.hears("one", None, "two", "three", "four", None, "five")
    assert stage.told() == []


async def test_what_is_missing_is_told_once_where_the_transcript_is_wanted(stage: Stage):
    await stage.hears("one", *[None] * 9, opens=3600)
    (said,) = stage.told()
    assert (said.why, said.engine, said.seconds, said.kept, said.until) == ("QUOTA", "groq", 20.0, True, None)
    assert said.opens is not None
    assert (said.since - stage.scene.live.started).total_seconds() == 10
    assert stage.told(THERE) == []
    assert all(one.notice.silent for one in told(stage.folder, NoticeKind.WORDS_LATE))


async def test_the_same_post_says_when_words_come_again(stage: Stage):
    await stage.hears(None, None, None, "one", "two", "three")
    first, last = stage.told()
    assert first.until is None
    assert last.until is not None
    assert last.seconds == 30.0
    assert len(stage.subjects()) == 1


async def test_words_do_not_come_again_while_they_are_far_behind(stage: Stage):
    stage.scene.lag.behind = 50.0
    await stage.hears(None, None, "one", "two", "three", "four")
    assert [said.until for said in stage.told()] == [None]
    stage.scene.lag.behind = 3.0
    await stage.hears("five")
    assert stage.told()[-1].until is not None


async def test_what_could_not_be_kept_is_said_to_be_missing(stage: Stage):
    await stage.hears(None, None, kept=False)
    assert [said.kept for said in stage.told()] == [False]


async def test_what_overflowed_is_missing_for_good(stage: Stage):
    await stage.lagging.speech(stage.scene, Gap(0, 30, GapCause.OVERFLOW))
    (said,) = stage.told()
    assert (said.why, said.kept, said.seconds) == ("SLOW", False, 30.0)


async def test_without_any_engine_nothing_is_told_here(stage: Stage):
    """The rolling transcript names it, and the owner is told once."""
    await stage.hears(*[None] * 9, why="")
    assert stage.told() == []


async def test_the_end_of_the_live_says_what_is_missing_so_far(stage: Stage):
    await stage.hears(None, None, None)
    await stage.lagging.finish(stage.scene)
    assert stage.told()[-1].until is not None
    assert (stage.told()[-1].seconds, stage.told()[-1].ended) == (30.0, True), "its words do not come again"


async def test_all_there_is_told_in_the_same_post(stage: Stage):
    await stage.hears(None, None, "one", "two", "three")
    await stage.fill()
    assert stage.told()[-1].filled
    assert len(stage.subjects()) == 1
    await stage.lagging.complete(stage.scene.live)
    assert [said.filled for said in stage.told()] == [False, False, True]


async def test_while_more_comes_without_words_nothing_is_said_to_be_complete(stage: Stage):
    """Another engine hears what was kept at once, and the one of lives still fails."""
    await stage.hears(None, None)
    await stage.fill()
    await stage.hears(None)
    assert [said.filled for said in stage.told()] == [False]


async def test_what_another_engine_has_heard_meanwhile_is_not_missing_when_words_come_again(stage: Stage):
    await stage.hears(None, None, None)
    await stage.fill()
    await stage.hears("one", "two", "three")
    last = stage.told()[-1]
    assert (last.filled, last.seconds) == (True, 30.0)


async def test_only_what_is_left_is_said_to_be_missing(stage: Stage):
    await stage.hears(None, None, None)
    await stage.fill(0.0, 10.0)
    await stage.hears("one", "two", "three")
    last = stage.told()[-1]
    assert (last.filled, last.seconds, last.left) == (False, 30.0, 10.0)


async def test_after_a_restart_it_goes_on_in_the_same_post(stage: Stage):
    await stage.hears(None, None)
    stage.lagging = Lagging(stage.storage, stage.clock)
    await stage.hears(None, None, None)
    assert len(stage.told()) == 1
    await stage.hears("one", "two", "three")
    assert [said.until is None for said in stage.told()] == [True, False]
    assert len(stage.subjects()) == 1


async def test_the_diary_knows(stage: Stage):
    await stage.hears(None, None, "one", "two", "three")
    async with stage.storage.reading() as work:
        kinds = [entry.kind for entry in await work.diary.of_live(HERE, stage.scene.live.id)]
    assert [kind for kind in reversed(kinds) if "words" in kind] == [DiaryKind.WORDS_LATE, DiaryKind.WORDS_BACK]


def test_a_piece_without_words_is_a_segment() -> None:
    assert isinstance(segment(None), Segment)
