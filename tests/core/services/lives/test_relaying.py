"""The words of a live as one silent post that grows, and then rolls over."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.model.notice import NoticeKind
from core.model.risk import Assessment, Label, Virality
from core.model.tellable.lives import Rolling
from core.model.transcript import Gap, GapCause, SegmentState
from core.services.lives.relaying import ROLL_CHARACTERS, Relaying
from core.services.lives.scene import Scene
from core.services.withholding import told as as_told
from tests.builders import HERE, THERE, Told, followed, judged, scene_of, segment, told
from tests.doubles import CountedStorage, HandClock


@dataclass
class Stage:
    relaying: Relaying
    scene: Scene
    clock: HandClock
    folder: Path
    storage: CountedStorage

    async def say(self, text: str | None, after: float = 0.0) -> None:
        """`text` is heard `after` seconds from now."""
        await self.clock.advance(after)
        second = (self.clock.now() - self.scene.live.started).total_seconds()
        await self.relaying.speech(self.scene, segment(text, second))

    async def hear(self, text: str, after: float = 0.0) -> None:
        """As `say`, and stored before it is relayed."""
        await self.clock.advance(after)
        part = segment(text, (self.clock.now() - self.scene.live.started).total_seconds())
        async with self.storage.work() as work:
            await work.transcripts.add(self.scene.live.id, [part])
        await self.relaying.speech(self.scene, part)

    async def restart(self) -> None:
        """Another process takes the live over."""
        self.relaying = Relaying(self.storage, self.clock)
        self.scene = replace(self.scene)

    async def judge(self, assessment: Assessment) -> None:
        async with self.storage.work() as work:
            await work.alerts.assessed(self.scene.live.id, assessment, self.clock.now())

    def told(self, place: str = HERE) -> list[Told]:
        return [one for one in told(self.folder, NoticeKind.ROLLING) if one.notice.place == place]

    def texts(self) -> list[list[str | None]]:
        return [[text for _, text in one.says.lines] for one in self.told()]

    async def sent(self) -> list[str | None]:
        """The lines of the newest edit, as they are sent."""
        async with self.storage.reading() as work:
            said = (await as_told(work, self.told()[-1].notice)).tells()
        assert isinstance(said, Rolling)
        return [text for _, text in said.lines]

    def gaps(self) -> list[tuple[float, float, str]]:
        """Of the newest edit, in seconds of the live."""
        began = self.scene.live.started
        return [
            ((a - began).total_seconds(), (b - began).total_seconds(), why) for a, b, why in self.told()[-1].says.gaps
        ]


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    await followed(storage, "maria", HERE)
    await followed(storage, "maria", THERE, transcript=False)
    return Stage(Relaying(storage, clock), await scene_of(storage), clock, tmp_path, storage)


async def test_the_first_line_is_told_at_once_and_then_every_fifteen_seconds(stage: Stage):
    await stage.say("one")
    await stage.say("two", 5)
    await stage.say("three", 9)
    assert stage.texts() == [["one"]]
    await stage.say("four", 1)
    assert stage.texts()[1:] == [["one", "two", "three", "four"]]


async def test_it_is_one_silent_post_that_is_edited(stage: Stage):
    await stage.say("one")
    await stage.say("two", 20)
    assert {(one.notice.edits, one.notice.silent) for one in stage.told()} == {(True, True)}
    assert len({one.notice.subject for one in stage.told()}) == 1


async def test_a_line_that_alarms_the_place_is_marked(stage: Stage):
    await stage.judge(judged(second=6.0))
    await stage.say("calm")
    await stage.say("rude", 5)
    await stage.say("calm again", 10)
    last = stage.told()[-1].says
    assert [text for at, text in last.lines if at in last.risky] == ["rude"]


async def test_a_line_is_marked_by_the_threshold_of_each_place(stage: Stage):
    calm = "discord:9"
    await followed(stage.storage, "maria", calm, risk=1.0)
    stage.scene = await scene_of(stage.storage)
    await stage.judge(judged(second=0.0, hateful=False, virality=Virality.HIGH))
    await stage.say("far from calm")
    assert [len(stage.told(place)[-1].says.risky) for place in (HERE, calm)] == [1, 0]


async def test_a_line_is_marked_by_the_limits_of_each_place(stage: Stage):
    calm = "discord:9"
    await followed(stage.storage, "maria", calm)
    async with stage.storage.work() as work:
        policy = await work.policies.get(calm)
        await work.policies.put(replace(policy, limits={**policy.limits, Label.H2: 0.9}))
    stage.scene = await scene_of(stage.storage)
    await stage.judge(judged(second=0.0, hateful=False, virality=Virality.LOW, labels={Label.H2: 0.7}))
    await stage.say("far from calm")
    assert [len(stage.told(place)[-1].says.risky) for place in (HERE, calm)] == [1, 0]


async def test_what_a_judge_finds_later_is_marked_with_the_next_edit(stage: Stage):
    await stage.say("rude")
    await stage.judge(judged(second=1.0))
    await stage.say("calm", 15)
    first, last = stage.told()
    assert (first.says.risky, last.says.risky) == ([], [first.says.lines[0][0]])


async def test_what_may_be_about_minors_is_told_to_nobody_again_as_it_is_sent(stage: Stage):
    await stage.hear("told before anybody judged")
    await stage.judge(judged(second=1.0, labels={Label.S3: 0.7}))
    await stage.hear("calm", 15)
    assert await stage.sent() == ["", "calm"]
    await stage.restart()
    await stage.hear("more", 20)
    assert await stage.sent() == ["", "calm", "more"]


async def test_a_place_that_wants_no_transcript_gets_none(stage: Stage):
    await stage.say("one")
    assert stage.told(THERE) == []


async def test_after_ten_minutes_a_new_post_begins_and_the_old_one_is_complete(stage: Stage):
    await stage.say("one")
    await stage.say("two", 10)
    await stage.say("three", 595)
    assert stage.texts() == [["one"], ["one", "two"], ["three"]]
    assert [one.says.over for one in stage.told()] == [False, True, False]
    subjects = [one.notice.subject for one in stage.told()]
    assert subjects[0] == subjects[1] != subjects[2]


async def test_a_post_that_is_full_rolls_over_before_it_grows_too_long(stage: Stage):
    for _ in range(60):
        await stage.say("x" * 90, 1)
    posts: dict[str, int] = {}
    for one in stage.told():
        length = sum(len(text or "") + 12 for _, text in one.says.lines)
        posts[one.notice.subject] = max(posts.get(one.notice.subject, 0), length)
    assert len(posts) >= 3
    assert all(length < ROLL_CHARACTERS + 102 for length in posts.values())


async def test_what_was_held_back_is_told_at_the_end_and_nothing_twice(stage: Stage):
    await stage.say("one")
    await stage.relaying.finish(stage.scene)
    assert stage.texts() == [["one"], ["one"]]
    assert [one.says.over for one in stage.told()] == [False, True]
    await stage.relaying.finish(stage.scene)
    await stage.say("two", 1)
    await stage.say("three", 1)
    await stage.relaying.finish(stage.scene)
    assert stage.texts()[2:] == [["two"], ["two", "three"]]


async def test_speech_without_words_and_gaps_are_named_and_silence_is_when_it_is_long(stage: Stage):
    await stage.relaying.speech(stage.scene, segment("one", 0))
    await stage.relaying.speech(stage.scene, segment("", 6))
    await stage.relaying.speech(stage.scene, segment(None, 10, state=SegmentState.FAILED))
    await stage.relaying.speech(stage.scene, segment(None, 15, state=SegmentState.FAILED))
    await stage.relaying.speech(stage.scene, segment(None, 21, state=SegmentState.UNTOLD))
    await stage.relaying.speech(stage.scene, Gap(30, 40, GapCause.RECONNECT))
    await stage.relaying.speech(stage.scene, segment("two", 70))
    await stage.relaying.finish(stage.scene)
    assert stage.texts()[-1] == ["one", "two"]
    assert stage.gaps() == [
        (10.0, 20.0, "failed"),
        (21.0, 26.0, "untold"),
        (30.0, 40.0, "reconnect"),
        (40.0, 70.0, "silent"),
    ]


async def test_a_post_that_begins_after_a_silence_says_so(stage: Stage):
    await stage.say("one")
    await stage.say("two", 700)
    assert stage.texts()[-1] == ["two"]
    assert stage.gaps() == [(5.0, 700.0, "silent")]


async def test_nothing_is_told_of_a_live_in_which_nothing_was_said(stage: Stage):
    await stage.relaying.speech(stage.scene, segment("", 6))
    await stage.relaying.finish(stage.scene)
    assert stage.told() == []


async def test_a_post_that_a_killed_process_left_goes_on_with_what_it_had_not_told(stage: Stage):
    await stage.hear("one")
    await stage.hear("two", 5)
    await stage.restart()
    await stage.hear("three", 5)
    assert stage.texts() == [["one"], ["one", "two", "three"]]
    assert len({one.notice.subject for one in stage.told()}) == 1


async def test_a_live_that_ended_while_nobody_ran_leaves_no_post_that_still_promises_more(stage: Stage):
    await stage.hear("one")
    await stage.hear("two", 5)
    await stage.restart()
    await stage.relaying.finish(stage.scene)
    assert stage.texts() == [["one"], ["one", "two"]]
    assert [one.says.over for one in stage.told()] == [False, True]


async def test_a_restart_tells_nothing_again_and_no_old_posts_to_those_who_came_later(stage: Stage):
    await stage.hear("one")
    await stage.hear("two", 601)
    await stage.hear("three", 601)
    before = stage.texts()
    third = "telegram:9"
    await followed(stage.storage, "maria", third)
    async with stage.storage.reading() as work:
        stage.scene.follows = tuple(await work.follows.of_account(stage.scene.account.id))
    await stage.restart()
    await stage.hear("four", 20)
    assert stage.texts()[len(before) :] == [["three", "four"]]
    assert [[text for _, text in one.says.lines] for one in stage.told(third)] == [["three", "four"]]


async def test_words_that_came_late_do_not_move_the_posts_of_a_killed_process(stage: Stage):
    """What had no words has many by now, and stands in the transcript; no line of the post is told twice."""
    first, late = segment(None, 0.0, state=SegmentState.LATE), segment("x" * ROLL_CHARACTERS, 0.0)
    async with stage.storage.work() as work:
        await work.transcripts.add(stage.scene.live.id, [first])
    await stage.relaying.speech(stage.scene, first)
    await stage.hear("one", 20)
    async with stage.storage.work() as work:
        await work.transcripts.add(stage.scene.live.id, [late])
    await stage.restart()
    await stage.hear("two", 20)
    assert stage.texts()[-1] == ["one", "two"]
    assert len({one.notice.subject for one in stage.told()}) == 1


async def test_a_post_that_was_over_is_not_opened_again(stage: Stage):
    await stage.hear("one")
    await stage.relaying.finish(stage.scene)
    await stage.restart()
    await stage.hear("two", 20)
    assert stage.texts() == [["one"], ["one"], ["two"]]


async def test_the_post_before_gets_the_lines_that_a_kill_kept_from_it(stage: Stage):
    await stage.hear("one")
    await stage.hear("two", 5)
    async with stage.storage.work() as work:  # stored, and killed before it was relayed
        await work.transcripts.add(stage.scene.live.id, [segment("three", 700)])
    await stage.restart()
    await stage.hear("four", 705)
    assert stage.texts() == [["one"], ["one", "two"], ["three", "four"]]
