"""What comes with a sound, without one, and what waits: at any time as a place wants it, and in its quiet hours."""

from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from core.model.account import Account, Handle
from core.model.feed import OFF, Event, Feed
from core.model.job import Job
from core.model.live import Look
from core.model.notice import DeliveryState, NoticeKind
from core.model.person import Person, Place
from core.model.risk import Virality
from core.model.trigger import Then
from core.model.video import Post
from core.services.announcing import Announcing
from core.services.assessing import Assessing
from core.services.clipping import Clipping
from core.services.holding import held_in
from core.services.lives.reporting import Reporting
from core.services.lives.scene import Scene
from core.services.lives.sighting import Sighting
from core.services.lives.welcoming import tell_start
from core.services.own.objecting import let_go
from core.services.reviewing.deciding import Reviewing
from core.services.triggering import Triggering
from core.services.videos.posting import Posting
from tests.builders import HERE, THERE, Told, armed, at, chat, followed, judged, placed, rows, scene_of, segment, told
from tests.core.services.conftest import Running
from tests.core.services.videos.test_posting import StagedPosts
from tests.doubles import (
    BEGAN,
    CountedStorage,
    HandClock,
    StagedClipper,
    StagedJudge,
    StagedLiveCapture,
    StagedPlotter,
)

NIGHT = {"quiet_from": time(19), "quiet_until": time(7)}  # UTC; everything begins at 20:00
KARIM = Person("console:9", "Karim")


@dataclass
class Stage:
    """A live that two places see: HERE as a test wants it, THERE with everything loud."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    scene: Scene

    def __post_init__(self) -> None:
        self.clipping = Clipping(self.storage, self.clock, StagedClipper(), self.folder)
        self.triggering = Triggering(self.storage, self.clock, self.clipping)

    async def place(self, **more: Any) -> None:
        async with self.storage.work() as work:
            await work.places.put(replace(await self.known(), **more))

    async def known(self, place: str = HERE) -> Place:
        async with self.storage.reading() as work:
            found = await work.places.get(place)
        assert found is not None
        return found

    async def starts(self) -> None:
        async with self.storage.work() as work:
            await tell_start(work, self.scene, Look(BEGAN, True, "7300"), [HERE, THERE], self.clock)

    async def ends(self) -> None:
        reporting = Reporting(self.storage, self.clock, StagedPlotter(), self.folder / "plots")
        effect = await reporting.report(Job(1, "report", "report:1", {"live_id": self.scene.live.id}))
        async with self.storage.work() as work:
            await effect(work)

    async def judges(self, virality: Virality) -> None:
        judge = StagedJudge(lambda one: judged(virality=virality, confidence=0.9))
        await Assessing(self.storage, self.clock, judge).speech(self.scene, segment("words"))

    async def says(self, text: str, second: float) -> None:
        await self.triggering.chat(self.scene, chat(text, second))

    async def clips(self) -> None:
        """Do every waiting job."""
        async with self.storage.work() as work:
            jobs = await work.jobs.claim("w", ["clip"], at(1e4), at(60) - at(0), 10)
        for job in jobs:
            effect = await self.clipping.save(job)
            async with self.storage.work() as work:
                await work.jobs.finish(job, self.clock.now())
                await effect(work)

    async def held(self, place: str = HERE) -> list[tuple[int, int, int]]:
        """What is held, of all accounts."""
        async with self.storage.reading() as work:
            found = await held_in(work, place)
        return list(found.counts.values()) if found else []

    def told(self, kind: NoticeKind, place: str = HERE) -> list[Told]:
        return [one for one in told(self.folder, kind) if one.notice.place == place]

    def silent(self, kind: NoticeKind) -> tuple[list[bool], list[bool]]:
        """Whether each post of a kind has no sound: here, and there."""
        here, there = self.told(kind), self.told(kind, THERE)
        return [one.notice.silent for one in here], [one.notice.silent for one in there]


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    for place in (HERE, THERE):
        await placed(storage, place)
        await followed(storage, "maria", place)
    return Stage(storage, clock, tmp_path, await scene_of(storage))


# ---------------------------------------------------------------- at any time


@pytest.mark.parametrize("loud", [True, False])
async def test_a_place_is_told_of_what_it_wants_silent_without_a_sound_at_any_time(stage: Stage, loud: bool):
    await stage.place(silent=() if loud else tuple(Event))
    await armed(stage.storage, "giveaway", HERE)
    await armed(stage.storage, "giveaway", THERE)
    await stage.starts()
    await stage.says("a giveaway", 3.0)
    await stage.clips()
    await stage.ends()
    for kind in (NoticeKind.LIVE_STARTED, NoticeKind.HIT, NoticeKind.CLIP, NoticeKind.LIVE_ENDED):
        assert stage.silent(kind) == ([not loud], [False]), kind
    assert await stage.held() == [], "it is told at once"


async def test_an_alert_has_a_sound_whatever_is_silent(stage: Stage):
    await stage.place(silent=tuple(Event))
    await stage.judges(Virality.LOW)
    assert stage.silent(NoticeKind.RISK) == ([False], [False])


# ---------------------------------------------------------------- who is called


@pytest.mark.parametrize(
    ("own", "place", "called"),
    [
        ("", "", ""),
        ("", "discord:77", "discord:77"),
        ("discord:9", "discord:77", "discord:9"),
        ("discord:9", "", "discord:9"),
    ],
)
async def test_the_role_of_an_account_goes_before_that_of_the_place(stage: Stage, own: str, place: str, called: str):
    stage.scene.follows = tuple(replace(follow, ping=own) for follow in stage.scene.follows)
    await stage.place(ping=place)
    await stage.starts()
    assert [one.says.ping for one in stage.told(NoticeKind.LIVE_STARTED)] == [called]


@pytest.mark.parametrize("manners", [NIGHT, {"silent": (Event.LIVE,)}], ids=["quiet hours", "silent"])
async def test_what_begins_without_a_sound_calls_nobody(stage: Stage, manners: dict[str, Any]):
    stage.scene.follows = tuple(replace(follow, ping="discord:9") for follow in stage.scene.follows)
    await stage.place(ping="discord:77", **manners)
    await stage.starts()
    (here,), (there,) = stage.told(NoticeKind.LIVE_STARTED), stage.told(NoticeKind.LIVE_STARTED, THERE)
    assert (here.notice.silent, here.says.ping) == (True, "")
    assert (there.notice.silent, there.says.ping) == (False, "discord:9")


async def test_the_line_of_a_place_goes_with_the_start_as_it_was_written(stage: Stage):
    await stage.place(start_text="{account} cooks <b>")
    await stage.starts()
    assert stage.told(NoticeKind.LIVE_STARTED)[0].says.text == "{account} cooks <b>"
    assert stage.told(NoticeKind.LIVE_STARTED, THERE)[0].says.text == ""


# ---------------------------------------------------------------- quiet hours


async def test_in_quiet_hours_lives_begin_end_and_are_lost_without_a_sound(stage: Stage, running: Running):
    await stage.place(**NIGHT)
    await stage.starts()
    await stage.ends()
    stage.scene.capture = StagedLiveCapture("maria", lambda: None)
    async with running(Sighting(stage.storage, stage.clock).run(stage.scene)):
        for _ in range(14):
            await stage.clock.advance(5)
    for kind in (NoticeKind.LIVE_STARTED, NoticeKind.LIVE_ENDED, NoticeKind.LIVE_LOST):
        assert stage.silent(kind) == ([True], [False]), kind


async def test_in_quiet_hours_opt_outs_and_the_owners_word_come_without_a_sound(stage: Stage):
    await stage.place(**NIGHT, set_up=BEGAN, address="console:here:lives")
    async with stage.storage.work() as work:
        await let_go(work, Account(stage.scene.account.id, Handle("maria")), BEGAN)
    announcing = Announcing(stage.storage, stage.clock)
    await announcing.send((await announcing.draft("Down on Sunday.")).id)
    assert stage.silent(NoticeKind.OPTED_OUT) == ([True], [False])
    assert stage.silent(NoticeKind.SAID)[0] == [True]


@pytest.mark.parametrize(
    ("virality", "silent"), [(Virality.LOW, True), (Virality.MEDIUM, False), (Virality.HIGH, False)]
)
async def test_in_quiet_hours_only_a_high_risk_has_a_sound(stage: Stage, virality: Virality, silent: bool):
    await stage.place(**NIGHT, risk_threshold=0.5)
    await stage.judges(virality)
    assert stage.silent(NoticeKind.RISK)[0] == [silent]
    assert stage.told(NoticeKind.RISK)[0].notice.urgent


async def test_what_a_person_sends_to_review_at_night_is_told_without_a_sound(stage: Stage):
    await stage.place(**NIGHT)
    await armed(stage.storage, "giveaway", HERE, then=Then.ALERT)
    await stage.place(quiet_from=None)
    await stage.says("a giveaway", 3.0)
    await stage.place(**NIGHT)
    async with stage.storage.work() as work:
        claimed = await work.outbox.claim("test", ["console"], stage.clock.now(), at(60) - at(0), 10)
        for delivery in claimed:
            await work.outbox.settle(delivery, DeliveryState.SENT, stage.clock.now(), external="12")
    await Reviewing(stage.storage, stage.clock).send(await stage.known(), "12", KARIM)
    assert stage.silent(NoticeKind.RISK)[0] == [True]


async def test_in_quiet_hours_hits_and_their_clips_are_stored_and_held(stage: Stage):
    await stage.place(**NIGHT)
    for place in (HERE, THERE):
        await armed(stage.storage, "giveaway", place)
    await stage.says("a giveaway", 3.0)
    await stage.says("giveaway again", 5.0)
    await stage.says("giveaway later", 90.0)
    await stage.clips()
    assert stage.told(NoticeKind.HIT) == stage.told(NoticeKind.CLIP) == []
    assert (len(stage.told(NoticeKind.HIT, THERE)), len(stage.told(NoticeKind.CLIP, THERE))) == (3, 2)
    assert await stage.held() == [(3, 2, 0)]
    assert await stage.held(THERE) == []
    assert len(rows(stage.folder, f"select 1 from hit where place = '{HERE}'")) == 3
    assert len(rows(stage.folder, f"select 1 from clip where place = '{HERE}'")) == 2


async def test_what_is_not_told_is_not_held(stage: Stage):
    await stage.place(**NIGHT)
    await armed(stage.storage, "giveaway", HERE)
    async with stage.storage.work() as work:
        await work.feeds.put(Feed(HERE, Event.HIT, OFF))
    stage.scene.mutes = {HERE: at(10)}
    await stage.says("a giveaway", 3.0)
    stage.scene.mutes = {}
    await stage.says("a giveaway", 50.0)
    assert await stage.held() == []


async def test_a_hit_that_was_told_before_the_quiet_hours_goes_on_being_counted(stage: Stage):
    await stage.place(quiet_from=time(20, 1), quiet_until=time(7))
    await armed(stage.storage, "giveaway", HERE, then=Then.ALERT)
    await stage.says("a giveaway", 1.0)
    await stage.clock.advance(61)
    await stage.says("a giveaway", 2.0)
    first, second = stage.told(NoticeKind.HIT)
    said = second.notice
    assert (first.notice.silent, said.edits, said.silent, said.subject) == (False, True, True, first.notice.subject)
    assert second.says.count == 2
    assert await stage.held() == []


async def test_the_first_hit_after_quiet_hours_is_a_post_with_a_sound_even_within_a_cool_down(stage: Stage):
    await stage.place(quiet_from=time(19), quiet_until=time(20, 1))
    await armed(stage.storage, "giveaway", HERE, then=Then.ALERT)
    await stage.says("a giveaway", 1.0)
    await stage.clock.advance(61)
    await stage.says("a giveaway", 2.0)
    await stage.says("a giveaway", 3.0)
    first, second = stage.told(NoticeKind.HIT)
    assert (first.notice.edits, first.notice.silent, first.says.count) == (False, False, 1)
    assert (second.notice.edits, second.notice.subject, second.says.count) == (True, first.notice.subject, 2)
    assert await stage.held() == [(1, 0, 0)]


async def test_a_clip_somebody_asks_for_in_quiet_hours_comes_at_once_without_a_sound(stage: Stage):
    await stage.place(**NIGHT)
    await stage.clock.advance(60)
    await stage.clipping.ask(stage.scene.live, HERE, 30, "soup", "Karim")
    await stage.clips()
    assert stage.silent(NoticeKind.CLIP)[0] == [True]
    assert await stage.held() == []


async def test_new_videos_are_held_once_each(stage: Stage):
    await stage.place(**NIGHT)
    source = StagedPosts({"zoe": [Post("100", "first", 31.0, BEGAN)]})
    for place in (HERE, THERE):
        await followed(stage.storage, "zoe", place, videos=True)
    posting = Posting(stage.storage, stage.clock, source, 60.0)

    async def read() -> None:
        for _ in range(26):
            await stage.clock.advance(30)
            await posting.round()

    await read()
    source.posts["zoe"].insert(0, Post("101", "second", 31.0, BEGAN))
    await read()
    await read()
    assert (stage.told(NoticeKind.VIDEO), len(stage.told(NoticeKind.VIDEO, THERE))) == ([], 1)
    assert await stage.held() == [(0, 0, 1)]
