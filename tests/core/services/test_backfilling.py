"""Speech that got no words is kept, and heard when an engine has time."""

import os
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.adapters.risk.rules import RulesAssessor
from core.errors import Missing, Transient
from core.model.live import Live, LiveStatus
from core.model.notice import NoticeKind
from core.model.transcript import Heard, Segment, SegmentState, Word
from core.ports.store import Work
from core.services.assessing import Assessing
from core.services.backfilling import KEPT, KIND, TRIES, Backfilling
from core.services.listening import Listening
from core.services.lives.keeping import Stored
from core.services.lives.scene import Scene
from core.services.metering import Metering
from tests.builders import HERE, at, followed, rows, scene_of, segment, span, told
from tests.doubles import CountedStorage, HandClock, StagedEngine, engine


@dataclass
class Files:
    """Sound as it is; `full` when the disk is."""

    full: bool = False

    async def write(self, pcm: bytes, path: Path) -> None:
        if self.full:
            raise Transient("DISK")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pcm)

    async def read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise Missing("SOUND_GONE", x=path.name) from error


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    folder: Path
    scene: Scene
    groq: StagedEngine
    files: Files = field(default_factory=Files)
    running: list[Scene] = field(default_factory=list)
    late: list[Segment] = field(default_factory=list)
    stored: list[Segment] = field(default_factory=list)
    fault: Exception | None = None
    complete: list[tuple[int, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.metering = Metering(self.storage, self.clock)
        self.backfilling = Backfilling(
            self.storage, self.clock, Listening([self.groq]), self.files, self.folder / "s", self.metering
        )
        self.backfilling.scenes = lambda: self.running

        async def late(work: Work, scene: Scene, segment: Segment) -> Stored:
            self.late.append(segment)
            if isinstance(self.fault, Exception):
                raise self.fault

            async def stored() -> None:
                self.stored.append(segment)

            return stored

        async def complete(live: Live, heard: bool) -> None:
            self.complete.append((live.id, heard))

        self.backfilling.late, self.backfilling.complete = late, complete

    async def keeps(self, *starts: float, **more: Any) -> None:
        """Pieces of two seconds without words."""
        for start in starts:
            async with self.storage.work() as work:
                await work.transcripts.add(self.scene.live.id, [segment(None, start, 2.0, state=SegmentState.LATE)])
            assert await self.backfilling.keep(self.scene, span(start, start + 2, **more))

    async def words(self) -> list[tuple[float, str | None, SegmentState]]:
        async with self.storage.reading() as work:
            parts = await work.transcripts.of_live(self.scene.live.id)
        return [(part.start, part.text, part.state) for part in parts if isinstance(part, Segment)]

    async def finished(self) -> list[tuple[int, bool]]:
        """Do what waits for a worker, in a process that knows nothing else; which lives were complete then, and how."""
        async with self.storage.work() as work:
            jobs = await work.jobs.claim("w", [KIND], self.clock.now(), timedelta(minutes=1), 10)
        for job in jobs:
            effect = await self.backfilling.completed(job)
            async with self.storage.work() as work:
                await work.jobs.finish(job, self.clock.now())
                await effect(work)
        return self.complete

    def files_left(self) -> int:
        return len(list(self.folder.rglob("*.ogg")))


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    """A live that is over, but where a test has it run."""
    await followed(storage, "maria", HERE)
    scene = await scene_of(storage)
    async with storage.work() as work:
        await work.lives.set_status(scene.live.id, LiveStatus.ENDED, at(600))
    return Stage(storage, clock, tmp_path, scene, engine("groq", "hello", "again"))


async def test_what_was_kept_gets_its_words_and_goes(stage: Stage):
    await stage.keeps(0, 4)
    assert stage.files_left() == 2
    await stage.backfilling.round()
    assert await stage.words() == [(0, "hello", SegmentState.TOLD), (4, "again", SegmentState.TOLD)]
    assert stage.files_left() == 0
    assert rows(stage.folder, "select 1 from sound") == []
    assert stage.complete == [], "it is done by a worker, whoever is killed meanwhile"
    assert await stage.finished() == [(stage.scene.live.id, True)]
    assert await stage.finished() == [(stage.scene.live.id, True)], "and once"


async def test_a_live_is_complete_too_when_the_last_of_it_is_let_go_without_words(stage: Stage):
    await stage.keeps(0)
    await stage.backfilling.round()
    await stage.keeps(4)
    await stage.clock.advance(KEPT.total_seconds() + 1)
    await stage.backfilling.round()
    assert await stage.finished() == [(stage.scene.live.id, True), (stage.scene.live.id, False)]


async def test_words_that_come_while_a_live_is_completed_complete_it_again(stage: Stage):
    await stage.keeps(0)
    await stage.backfilling.round()
    async with stage.storage.work() as work:
        (running,) = await work.jobs.claim("w", [KIND], stage.clock.now(), timedelta(minutes=1), 10)
    await stage.keeps(4)
    await stage.backfilling.round()
    await stage.backfilling.completed(running)
    assert await stage.finished() == [(stage.scene.live.id, True)] * 2


async def test_nothing_is_heard_without_an_engine_and_nothing_goes(stage: Stage):
    stage.groq.is_ready = False
    await stage.keeps(0)
    await stage.backfilling.round()
    assert await stage.words() == [(0, None, SegmentState.LATE)]
    assert stage.files_left() == 1
    stage.groq.is_ready = True
    await stage.backfilling.round()
    assert [text for _, text, _ in await stage.words()] == ["hello"]


async def test_what_is_said_now_comes_first(stage: Stage):
    await stage.keeps(0)
    stage.running = [stage.scene]
    stage.scene.lag.behind = 20.0
    await stage.backfilling.round()
    assert stage.groq.asked == []
    stage.scene.lag.behind = 1.0
    await stage.backfilling.round()
    assert [one.text for one in stage.late] == ["hello"], "a live that still runs has triggers and a judge"
    assert stage.stored == stage.late


async def test_what_cannot_be_stored_now_is_heard_once_more_and_what_follows_from_it_once(stage: Stage):
    stage.running, stage.fault = [stage.scene], Transient("STORE_BUSY")
    await stage.keeps(0)
    with pytest.raises(Transient):
        await stage.backfilling.round()
    assert (await stage.words(), stage.files_left(), stage.stored) == ([(0, None, SegmentState.LATE)], 1, [])
    stage.fault = None
    await stage.backfilling.round()
    assert [text for _, text, _ in await stage.words()] == ["again"]
    assert (stage.files_left(), [one.text for one in stage.stored]) == (0, ["again"])


async def test_a_mistake_in_what_follows_costs_no_words_and_holds_up_none(stage: Stage):
    stage.running, stage.fault = [stage.scene], RuntimeError("a mistake")
    await stage.keeps(0, 4)
    await stage.backfilling.round()
    assert [text for _, text, _ in await stage.words()] == ["hello", "again"]
    assert (stage.files_left(), stage.stored) == (0, [])


async def test_what_a_live_said_waits_until_it_is_taken_up_again_after_a_restart(stage: Stage):
    async with stage.storage.work() as work:
        await work.lives.set_status(stage.scene.live.id, LiveStatus.LIVE)
    await stage.keeps(0)
    await stage.backfilling.round()
    assert (stage.groq.asked, stage.files_left()) == ([], 1)
    stage.running = [stage.scene]
    await stage.backfilling.round()
    assert [one.text for one in stage.stored] == ["hello"], "its triggers and its judge have it"


async def test_a_live_that_ends_while_a_piece_of_it_is_heard_is_over_for_it(stage: Stage):
    stage.running = [stage.scene]

    async def hear(span: Any, hint: Any) -> Heard:
        stage.running = []
        return Heard("hello", "en")

    stage.groq.hear = hear  # type: ignore[method-assign]
    await stage.keeps(0)
    await stage.backfilling.round()
    assert ([text for _, text, _ in await stage.words()], stage.late) == (["hello"], [])


async def test_a_live_that_is_over_is_only_written_down(stage: Stage):
    await stage.keeps(0)
    await stage.backfilling.round()
    assert stage.late == []


async def test_what_may_be_about_minors_is_withheld_also_where_a_live_is_over_and_an_alert_says_so(stage: Stage):
    stage.groq.answers.extendleft(["She is thirteen, send me her nudes.", "calm"])
    stage.backfilling.later = Assessing(stage.storage, stage.clock, RulesAssessor()).later
    await stage.keeps(0, 4)
    await stage.backfilling.round()
    assert [one for one, _, _ in await stage.words()] == [0, 4]
    async with stage.storage.reading() as work:
        assert await work.transcripts.withheld(HERE, stage.scene.live.id) == [(4.0, 6.0)]
        (alert,) = await work.alerts.waiting(HERE)
    assert (alert.restricted, len(told(stage.folder, NoticeKind.RISK))) == (True, 1)


async def test_a_used_up_quota_ends_a_round_and_not_the_sound(stage: Stage):
    stage.groq.answers.appendleft(Transient("QUOTA", retry_after=60.0))
    await stage.keeps(0, 4)
    await stage.backfilling.round()
    assert len(stage.groq.asked) == 1
    assert stage.files_left() == 2
    await stage.backfilling.round()
    assert stage.files_left() == 0


async def test_sound_that_breaks_the_engine_does_not_hold_up_the_rest(stage: Stage):
    async def hear(span: Any, hint: Any) -> Heard:
        if span.start == 0:
            raise Transient("ENGINE_DOWN")
        return Heard("hello", "en")

    stage.groq.hear = hear  # type: ignore[method-assign]
    for number in range(TRIES):
        await stage.keeps(0, 4 + number) if not number else await stage.keeps(4 + number)
        assert stage.files_left() > 0
        await stage.backfilling.round()
    words = await stage.words()
    assert words[0] == (0, None, SegmentState.LATE)
    assert [text for _, text, _ in words[1:]] == ["hello"] * TRIES
    assert stage.files_left() == 0


async def test_an_engine_that_is_down_costs_no_sound(stage: Stage):
    stage.groq.answers = deque([Transient("ENGINE_DOWN")])
    await stage.keeps(0, 4, 8)
    assert [await stage.backfilling.round() for _ in range(5 * TRIES)] == [False] * 5 * TRIES
    assert stage.files_left() == 3
    stage.groq.answers = deque(["hello"])
    assert await stage.backfilling.round()
    assert stage.files_left() == 0


async def test_a_piece_is_not_written_down_before_it_is_known_to_have_no_words(stage: Stage):
    """What a live's own reactions store a moment later must not take its words away again."""
    await stage.backfilling.keep(stage.scene, span(0, 2))
    await stage.backfilling.round()
    assert await stage.words() == []
    await stage.keeps(0)
    await stage.backfilling.round()
    assert [text for _, text, _ in await stage.words()] == ["again"]


async def test_a_file_that_is_gone_is_let_go(stage: Stage):
    await stage.keeps(0)
    for path in stage.folder.rglob("*.ogg"):
        path.unlink()
    await stage.backfilling.round()
    assert rows(stage.folder, "select 1 from sound") == []
    assert stage.groq.asked == []


async def test_what_is_older_than_a_day_is_let_go_unheard(stage: Stage):
    stage.groq.is_ready = False
    await stage.keeps(0)
    await stage.clock.advance(KEPT.total_seconds() / 2)
    await stage.keeps(4)
    await stage.clock.advance((KEPT / 2 + timedelta(seconds=1)).total_seconds())
    await stage.backfilling.round()
    assert [row["start"] for row in rows(stage.folder, "select start from sound")] == [4]
    assert stage.files_left() == 1


async def test_a_full_disk_keeps_nothing_and_says_so(stage: Stage):
    stage.files.full = True
    assert not await stage.backfilling.keep(stage.scene, span(0, 2))
    assert rows(stage.folder, "select 1 from sound") == []


async def test_the_sound_of_all_lives_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.services.backfilling.MOST_SECONDS", 5.0)
    await stage.keeps(0, 4)
    assert not await stage.backfilling.keep(stage.scene, span(8, 10))
    await stage.backfilling.round()
    assert await stage.backfilling.keep(stage.scene, span(8, 10)), "what was heard makes room"


async def test_words_that_two_pieces_share_are_there_once(stage: Stage):
    """The piece after it was heard whole, since this one had no words then."""
    after = Segment(
        1.0, 3.0, "two three", "en", "groq", (Word(1.2, 1.8, "two"), Word(2.1, 2.8, "three")), SegmentState.TOLD
    )
    stage.groq.answers.appendleft(Heard("one two", "en", (Word(0.2, 0.8, "one"), Word(1.25, 1.85, "two"))))
    await stage.keeps(0)
    async with stage.storage.work() as work:
        await work.transcripts.add(stage.scene.live.id, [after])
    await stage.backfilling.round()
    assert [text for _, text, _ in await stage.words()] == ["one", "two three"]


async def test_a_piece_after_another_loses_what_that_one_has(stage: Stage):
    before = Segment(0.0, 2.0, "one two", "en", "groq", (Word(0.2, 0.8, "one"), Word(1.2, 1.8, "two")))
    stage.groq.answers.appendleft(Heard("two three", "en", (Word(1.25, 1.85, "two"), Word(2.1, 2.8, "three"))))
    await stage.keeps(1.0, overlap=1.0)
    async with stage.storage.work() as work:
        await work.transcripts.add(stage.scene.live.id, [before])
    await stage.backfilling.round()
    assert [text for _, text, _ in await stage.words()] == ["one two", "three"]


async def test_a_live_that_was_deleted_takes_its_sound_along(stage: Stage):
    await stage.keeps(0)
    live = replace(stage.scene.live)
    async with stage.storage.work() as work:
        while not await work.lives.remove(live.id):
            pass
    assert rows(stage.folder, "select 1 from sound") == []
    await stage.backfilling.round()
    assert stage.groq.asked == []


async def test_files_that_are_nobodys_go_and_those_that_are_needed_stay(stage: Stage):
    stage.groq.is_ready = False
    await stage.keeps(0)
    orphan = stage.folder / "s" / "99" / "7.ogg"
    orphan.parent.mkdir()
    orphan.write_bytes(b"left")
    os.utime(orphan, (0, 0))
    for path in (stage.folder / "s" / str(stage.scene.live.id)).iterdir():
        os.utime(path, (0, 0))
    await stage.backfilling.round()
    assert not orphan.parent.exists()
    assert stage.files_left() == 1


async def test_nothing_is_heard_later_for_places_without_minutes(stage: Stage):
    stage.backfilling.metering = Metering(stage.storage, stage.clock, 1)
    await stage.keeps(0)
    async with stage.storage.work() as work:
        await stage.backfilling.metering.heard(work, HERE, "groq", 60)
    await stage.backfilling.round()
    assert stage.groq.asked == []
    assert stage.files_left() == 1
    await stage.clock.advance(12 * 3600)
    await stage.backfilling.round()
    assert stage.files_left() == 0, "a new day, and a day has not passed"
