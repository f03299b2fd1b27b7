"""What is not well is told to the owners once, also over a restart, and edited when it is over."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

import pytest

from core.errors import Denied, Transient
from core.model.feed import OFF, Event, Feed
from core.model.notice import DeliveryState, Notice, NoticeKind
from core.model.tellable.house import Health
from core.ports.assessor import Window
from core.services.assessing.steps import LOOK_AFTER, LOOK_EVERY, Standing, Steps
from core.services.assessing.windows import Desk, Heard, Piece
from core.services.incidents import CALM, EVERY, Incidents, Probe
from core.services.listening import Listening
from core.services.probing import FAILURES, judging, late, limited, refused, room, slow, wordless
from core.services.sparing import LEAST_BYTES
from tests.builders import BEGAN, HERE, THERE, Told, placed, scene_of, segment, span, told
from tests.core.services.conftest import Running
from tests.doubles import CountedStorage, HandClock, StagedCapture, StagedJudge, engine, harmless

OWNERS = ("discord:12", "telegram:34")
PLATFORMS = ("discord", "telegram", "console")


@dataclass
class Gauge:
    """A probe that shows what a test says."""

    shows: float | None = None
    fault: Exception | None = None

    async def __call__(self) -> float | None:
        if self.fault:
            raise self.fault
        return self.shows


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    folder: Path
    gauge: Gauge = field(default_factory=Gauge)
    after: timedelta = timedelta(0)

    def incidents(self, *probes: Probe) -> Incidents:
        """A process that has just started."""
        chosen = probes or (Probe("DISK_LOW", self.gauge, self.after),)
        return Incidents(self.storage, self.clock, chosen, OWNERS, PLATFORMS)

    def told(self) -> list[Told]:
        return told(self.folder, NoticeKind.HEALTH)

    def says(self, address: str = "telegram:34") -> list[Health]:
        return [one.says for one in self.told() if one.notice.address == address]


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    return Stage(storage, clock, tmp_path)


async def test_an_owner_is_told_once_in_private_and_the_post_is_edited_when_it_is_over(stage: Stage, running: Running):
    async with running(stage.incidents().run()):
        assert stage.told() == []
        stage.gauge.shows = 7.0
        for _ in range(5):
            await stage.clock.advance(EVERY)
        assert {one.notice.address for one in stage.told()} == {"discord:@12", "telegram:34"}
        assert [(said.amount, said.ended) for said in stage.says()] == [(7.0, None)]
        stage.gauge.shows = None
        for _ in range(6):
            await stage.clock.advance(EVERY)
    begun, over = [one for one in stage.told() if one.notice.address == "telegram:34"]
    assert begun.notice.subject == over.notice.subject
    assert (begun.notice.edits, over.notice.edits, over.notice.silent) == (False, True, True)
    assert over.says.since == begun.says.since
    assert over.says.ended == BEGAN + timedelta(seconds=6 * EVERY)


async def test_whoever_has_quiet_hours_or_wants_it_silent_is_told_without_a_sound(stage: Stage, running: Running):
    await placed(stage.storage, "discord:@12", quiet_from=time(19), quiet_until=time(7))
    await placed(stage.storage, "telegram:34", silent=("health",))
    stage.gauge.shows = 7.0
    async with running(stage.incidents().run()):
        await stage.clock.advance(EVERY)
    assert [(one.notice.silent, one.notice.urgent) for one in stage.told()] == [(True, True)] * 2


async def test_what_is_well_for_a_moment_is_one_incident(stage: Stage, running: Running):
    async with running(stage.incidents().run()):
        for shows in (7.0, None, 7.0, None, 8.0):
            stage.gauge.shows = shows
            await stage.clock.advance(EVERY)
    assert len(stage.says()) == 1
    assert timedelta(seconds=EVERY) < CALM


async def test_what_passes_before_it_matters_is_not_told(stage: Stage, running: Running):
    stage.after = timedelta(minutes=5)
    async with running(stage.incidents().run()):
        for shows in (*[7.0] * 8, None, *[7.0] * 8):
            stage.gauge.shows = shows
            await stage.clock.advance(EVERY)
        assert stage.told() == []
        for _ in range(3):
            await stage.clock.advance(EVERY)
    assert len(stage.says()) == 1


async def test_a_restart_in_the_middle_tells_nothing_twice_and_still_tells_the_end(stage: Stage, running: Running):
    stage.gauge.shows = 7.0
    async with running(stage.incidents().run()):
        pass
    async with running(stage.incidents().run()):
        await stage.clock.advance(EVERY)
        assert len(stage.says()) == 1
        stage.gauge.shows = None
        for _ in range(5):
            await stage.clock.advance(EVERY)
    assert [said.ended is not None for said in stage.says()] == [False, True]
    async with running(stage.incidents().run()):
        for _ in range(5):
            await stage.clock.advance(EVERY)
    assert len(stage.says()) == 2


async def test_what_cannot_be_measured_is_neither_well_nor_wrong(stage: Stage, running: Running):
    async with running(stage.incidents().run()):
        stage.gauge.shows = 7.0
        await stage.clock.advance(EVERY)
        stage.gauge.fault = Transient("STORE_BUSY")
        for _ in range(6):
            await stage.clock.advance(EVERY)
        assert len(stage.says()) == 1
        stage.gauge.fault = OSError("no such folder")
        await stage.clock.advance(EVERY)
    assert len(stage.says()) == 1


async def test_a_busy_database_costs_one_round(stage: Stage, running: Running):
    async with running(stage.incidents().run()):
        stage.gauge.shows = 7.0
        stage.storage.busy = 1
        await stage.clock.advance(EVERY)
        assert stage.told() == []
        await stage.clock.advance(EVERY)
    assert len(stage.says()) == 1


async def test_owners_of_a_platform_that_is_not_connected_are_not_written_to(stage: Stage, running: Running):
    stage.gauge.shows = 7.0
    incidents = stage.incidents()
    incidents.platforms = ("telegram",)
    async with running(incidents.run()):
        pass
    assert [one.notice.address for one in stage.told()] == ["telegram:34"]


async def test_an_owner_who_muted_it_hears_only_how_what_he_knows_ends(stage: Stage, running: Running):
    stage.gauge.shows = 7.0
    async with running(stage.incidents().run()):
        await stage.clock.advance(EVERY)
        await placed(stage.storage, "telegram:34")
        async with stage.storage.work() as work:
            await work.feeds.put(Feed("telegram:34", Event.HEALTH, OFF))
        for shows in (None, 7.0):
            stage.gauge.shows = shows
            for _ in range(6):
                await stage.clock.advance(EVERY)
    assert [bool(said.ended) for said in stage.says()] == [False, True]
    assert [bool(said.ended) for said in stage.says("discord:@12")] == [False, True, False]


# ---------------------------------------------------------------- places


async def wait_for_post(stage: Stage, place: str, key: str, *, edits: bool = False) -> None:
    async with stage.storage.work() as work:
        notice = Notice(NoticeKind.LINKED, key, place, f"{place}:lives", key, edits=edits)
        await work.outbox.put(notice, stage.clock.now())


async def test_places_are_told_only_when_their_posts_are_late_and_only_where_they_asked(stage: Stage, running: Running):
    for place in (HERE, THERE, "discord:off", "discord:fine"):
        await placed(stage.storage, place)
    async with stage.storage.work() as work:
        await work.feeds.put(Feed(HERE, Event.HEALTH, "console:staff"))
        await work.feeds.put(Feed("discord:off", Event.HEALTH, OFF))
        await work.feeds.put(Feed("discord:fine", Event.HEALTH, "discord:5"))
    for place in (HERE, THERE, "discord:off"):
        await wait_for_post(stage, place, place)
    await wait_for_post(stage, "discord:fine", "an edit", edits=True)
    async with running(stage.incidents(late(stage.storage, stage.clock, PLATFORMS)).run()):
        await stage.clock.advance(100)
        assert stage.told() == []
        await stage.clock.advance(EVERY)
        addresses = {one.notice.address for one in stage.told()}
        assert addresses == {"discord:@12", "telegram:34", "console:staff"}
        assert stage.says()[0].amount == 130.0
        async with stage.storage.work() as work:
            for one in await work.outbox.claim("test", PLATFORMS, stage.clock.now(), timedelta(minutes=1), 20):
                await work.outbox.settle(one, DeliveryState.SENT, stage.clock.now(), external="1")
            await work.feeds.put(Feed(HERE, Event.HEALTH, OFF))
        for _ in range(5):
            await stage.clock.advance(EVERY)
    ends = {one.notice.address for one in stage.told() if one.says.ended}
    assert ends == addresses, "whoever was told of it is told that it is over"


# ---------------------------------------------------------------- what is looked at


async def test_a_limit_of_tiktoks_is_measured_by_how_long_it_lasts(clock: HandClock):
    until = BEGAN + timedelta(seconds=40)
    assert await limited(lambda: until, clock).measure() == 40.0
    assert await limited(lambda: None, clock).measure() is None


async def test_a_disk_is_low_by_its_bytes_or_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for total, free, low in ((10**12, 10**11, False), (10**12, 10**10, True), (10**10, LEAST_BYTES - 1, True)):
        monkeypatch.setattr("shutil.disk_usage", lambda folder, t=total, f=free: Usage(t, t - f, f))
        assert (await room(tmp_path).measure() is not None) is low


@dataclass(frozen=True)
class Usage:
    total: int
    used: int
    free: int


async def test_a_real_disk_can_be_measured(tmp_path: Path):
    free = await room(tmp_path).measure()
    assert free is None or free > 0


async def test_a_writer_that_waits_is_slow():
    assert await slow(lambda: 0.4).measure() is None
    assert await slow(lambda: 31.0).measure() == 31.0


async def test_an_engine_fails_when_several_pieces_in_a_row_stay_without_words(
    storage: CountedStorage, clock: HandClock
):
    failing = engine("groq", *[Transient("ENGINE_DOWN", retry_after=1)] * FAILURES, "hello", Transient("ENGINE_DOWN"))
    listening = Listening([failing])
    probe = wordless(lambda: listening.failures, clock)
    scene, capture = await scene_of(storage), StagedCapture(clock)
    live = capture.open("maria", lambda: None)  # type: ignore[arg-type, return-value]
    parts = listening.segments(scene, live)
    for number in range(FAILURES):
        live.give(span(number * 5.0, number * 5.0 + 4.0))
        await anext(parts)
    assert await probe.measure() == 0.0
    await clock.advance(60)
    assert await probe.measure() == 60.0
    live.give(span(50.0, 54.0))
    assert (await anext(parts)).text == "hello"  # type: ignore[union-attr]
    assert await probe.measure() is None


async def test_an_engine_that_refuses_its_key_is_told_once_and_again_when_it_takes_it(stage: Stage):
    listening = Listening([engine("groq", "words")])
    incidents = stage.incidents(refused("groq", listening, stage.clock))
    await incidents.round()
    assert stage.told() == []
    listening.refuse("groq", Denied("ENGINE_KEY", engine="groq"))
    for _ in range(4):
        await incidents.round()
        await stage.clock.advance(EVERY)
    assert [(said.what, said.ended) for said in stage.says()] == [("ENGINE_KEY:groq", None)]
    listening.refused.clear()
    for _ in range(5):
        await incidents.round()
        await stage.clock.advance(EVERY)
    assert [said.ended is None for said in stage.says()] == [True, False]


@pytest.mark.parametrize(
    ("fault", "what", "after"),
    [
        (Denied("ENGINE_MODEL", engine="groq", model="small"), "JUDGE_MODEL:small", 0.0),
        (Denied("ENGINE_KEY", engine="groq"), "JUDGE_KEY:small", 0.0),
        (Transient("ENGINE_DOWN", engine="groq"), "JUDGE_DOWN:small", 300.0),
        (Transient("QUOTA", engine="groq"), "JUDGE_DOWN:small", 300.0),
    ],
    ids=lambda value: value.code if isinstance(value, Exception) else str(value),
)
async def test_a_model_that_does_not_judge_is_told_to_the_owners_until_it_does(
    stage: Stage, fault: Exception, what: str, after: float
):
    model = StagedJudge(harmless, "small")
    standing = Standing(model)
    incidents = stage.incidents(*judging(standing, stage.clock))
    window, steps = Window((segment("soup"),)), Steps(stage.clock, standing)
    piece = Piece((Heard(segment("soup"), harmless(segment("soup")), stage.clock.now()),))
    model.fault = fault
    await steps.go(window, [piece], 0.7, Desk(), stage.clock.now, [])
    await incidents.round()
    assert bool(stage.says()) is (after == 0)
    await stage.clock.advance(after)
    await incidents.round()
    await incidents.round()
    assert [(said.what, said.ended) for said in stage.says()] == [(what, None)]
    assert [state.why for state in steps.states] == [fault.code]  # type: ignore[attr-defined]
    model.fault = None
    await stage.clock.advance(60)
    await steps.go(window, [piece], 0.7, Desk(), stage.clock.now, [])
    await incidents.round()
    await stage.clock.advance(CALM.total_seconds())
    await incidents.round()
    assert [said.ended is not None for said in stage.says()] == [False, True]
    assert [state.why for state in steps.states] == [""]


async def test_a_model_that_is_gone_is_known_before_anybody_speaks(stage: Stage, running: Running):
    model = StagedJudge(harmless, "small", trouble=Denied("ENGINE_MODEL", engine="groq", model="small"))
    steps = Steps(stage.clock, Standing(model))
    async with running(steps.run()):
        await stage.clock.advance(LOOK_AFTER)
        assert [state.why for state in steps.states] == ["ENGINE_MODEL"]
        model.trouble = None
        await stage.clock.advance(LOOK_EVERY)
        assert [state.why for state in steps.states] == [""]
