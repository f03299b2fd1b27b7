"""What a live was, in figures and a picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Missing, Transient
from core.model.account import FOREVER
from core.model.diary import DiaryKind, Entry
from core.model.feed import OFF, Event, Feed
from core.model.job import Job, JobState
from core.model.live import GiftSent, LiveStatus, Standing, ViewerCount
from core.model.notice import DeliveryState, Notice, NoticeKind, facts_of
from core.model.tellable.lives import LiveStarted
from core.model.transcript import Gap, GapCause, SegmentState
from core.model.trigger import Hit, Where
from core.services.lives.reporting import Reporting
from core.services.lives.scene import Scene
from core.services.lives.summarizing import Summarizing
from storage.writer import BatchedWriter
from tests.builders import HERE, THERE, armed, at, chat, followed, judged, placed, scene_of, segment, told
from tests.doubles import CountedStorage, HandClock, StagedPlotter


@dataclass
class Stage:
    storage: CountedStorage
    plotter: StagedPlotter
    reporting: Reporting
    scene: Scene
    folder: Path

    async def report(self) -> None:
        """Do the report job of the live."""
        async with self.storage.work() as work:
            await work.lives.set_status(self.scene.live.id, LiveStatus.ENDED, at(60))
        effect = await self.reporting.report(Job(1, "report", "report:1", {"live_id": self.scene.live.id}))
        async with self.storage.work() as work:
            await effect(work)


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    scene = await scene_of(storage)
    writer = BatchedWriter(storage.database)
    for second, viewers in ((0, 100), (30, 300)):
        writer.put(scene.live.id, second, ViewerCount(at(second), viewers))
    for second in (5.0, 18.2):
        writer.put(scene.live.id, second, chat("giveaway", second))
    writer.put(scene.live.id, 20.0, GiftSent("g", at(20), chat("x").chatter, "Rose", 5))
    await writer.flush()
    trigger = await armed(storage, "giveaway")
    async with storage.work() as work:
        await work.transcripts.add(
            scene.live.id,
            [
                segment("Hello, hello."),
                segment("word " * 80, 5.0),
                segment(None, 10.0, state=SegmentState.UNTOLD),
                segment(None, 15.0, state=SegmentState.FAILED),
                segment("", 25.0, state=SegmentState.SILENT),
                Gap(40, 42, GapCause.RECONNECT),
            ],
        )
        await work.hits.add(
            Hit(0, trigger.id, scene.live.id, HERE, "giveaway", Where.CHAT, at(18), 18.2, "giveaway", 0, 8, "juno")
        )
        number = await work.alerts.assessed(scene.live.id, judged(), at(3))
        await work.alerts.raise_(HERE, scene.live.id, number, at(3))
    plotter = StagedPlotter()
    reporting = Reporting(storage, clock, plotter, tmp_path / "plots")
    return Stage(storage, plotter, reporting, scene, tmp_path)


async def test_a_report_has_the_figures_of_the_live_as_each_place_saw_it(stage: Stage):
    await stage.report()
    here, there = sorted(told(stage.folder, NoticeKind.LIVE_ENDED), key=lambda one: one.notice.place)
    said = here.says
    assert (said.viewers_peak, said.viewers_mean, said.chats) == (300, 200.0, 2)
    assert (said.segments, said.told, said.failed, said.untold, said.gaps) == (5, 2, 1, 1, 1)
    assert (said.hits, said.alerts, said.clips) == (1, 1, 0)
    assert (there.says.hits, there.says.alerts, there.says.chats) == (0, 0, 2)
    assert (said.ended - said.started).total_seconds() == 60
    assert said.lines.startswith("Hello, hello. word")
    assert len(said.lines) <= 302
    assert said.lines.endswith("word …")


@pytest.mark.parametrize(("second", "risky"), [(3.0, True), (30.0, False)])
async def test_first_lines_that_alarmed_a_place_are_risky_there_and_nowhere_else(
    stage: Stage, second: float, risky: bool
):
    async with stage.storage.work() as work:
        number = await work.alerts.assessed(stage.scene.live.id, judged(second=second), at(second))
        await work.alerts.raise_(THERE, stage.scene.live.id, number, at(second))
    await stage.report()
    assert [one.says.risky for one in told(stage.folder, NoticeKind.LIVE_ENDED) if one.notice.place == THERE] == [risky]


async def test_a_report_edits_the_start_post_and_is_told_once(stage: Stage):
    await stage.report()
    await stage.report()
    reports = told(stage.folder, NoticeKind.LIVE_ENDED)
    assert [(one.notice.edits, one.notice.subject) for one in reports] == [(True, f"live:{stage.scene.live.id}")] * 2
    assert {one.notice.address for one in reports} == {f"{HERE}:lives", f"{THERE}:lives"}


@pytest.mark.parametrize("end", [OFF, f"{HERE}:ends"])
async def test_a_start_post_becomes_the_end_where_ends_are_told_elsewhere_or_not_at_all(stage: Stage, end: str):
    start = f"{HERE}:lives"
    async with stage.storage.work() as work:
        kind, facts = facts_of(LiveStarted(stage.scene.live.id, "maria", "Sunday", at(0)))
        subject = f"live:{stage.scene.live.id}"
        await work.outbox.put(Notice(kind, f"start:{stage.scene.live.id}:{HERE}", HERE, start, subject, facts), at(0))
        await work.feeds.put(Feed(HERE, Event.END, end))
        await work.feeds.put(Feed(HERE, Event.LIVE, f"{HERE}:changed"))
    await stage.report()
    here = [one.notice for one in told(stage.folder, NoticeKind.LIVE_ENDED) if one.notice.place == HERE]
    assert (start, True, True) in [(one.address, one.edits, one.silent) for one in here]
    assert {one.address for one in here} == {start, end} - {OFF}
    assert {one.subject for one in here} == {subject}


async def test_a_start_post_becomes_the_end_also_where_the_live_was_stopped(stage: Stage):
    async with stage.storage.work() as work:
        kind, facts = facts_of(LiveStarted(stage.scene.live.id, "maria", "Sunday", at(0)))
        subject, key = f"live:{stage.scene.live.id}", f"start:{stage.scene.live.id}:{HERE}"
        await work.outbox.put(Notice(kind, key, HERE, f"{HERE}:lives", subject, facts), at(0))
        await work.lives.stand(stage.scene.live.id, Standing(HERE, stopped=True))
    await stage.report()
    (here,) = [one.notice for one in told(stage.folder, NoticeKind.LIVE_ENDED) if one.notice.place == HERE]
    assert (here.address, here.edits, here.silent) == (f"{HERE}:lives", True, True)


async def test_the_picture_shows_viewers_chat_hits_and_risk(stage: Stage):
    await stage.report()
    drawn = stage.plotter.drawn[0]
    assert drawn.viewers == [(0.0, 100), (30.0, 300)]
    assert (drawn.chats, drawn.seconds) == ([5.0, 18.2], 60.0)
    assert [risk for second, risk in drawn.risks if second in (0.0, 3.0, 5.0, 60.0)] == [0.0, 0.9, 0.886, 0.58]
    assert [one.hits for one in stage.plotter.drawn] == [[(18.2, "giveaway")], []]
    assert Path(told(stage.folder, NoticeKind.LIVE_ENDED)[0].says.plot).is_file()


async def test_each_place_has_its_plot_light_or_dark_as_it_wants_it(stage: Stage):
    await placed(stage.storage, THERE, dark=True)
    await stage.report()
    drawn = dict(
        zip([path.name for path in stage.plotter.paths], [one.dark for one in stage.plotter.drawn], strict=True)
    )
    number = stage.scene.live.id
    assert drawn == {f"{number}-console-here.png": False, f"{number}-discord-there.png": True}


@pytest.mark.parametrize("obstacle", ["plotter", "folder"])
async def test_without_a_picture_a_report_is_still_a_report(stage: Stage, obstacle: str):
    if obstacle == "plotter":
        stage.plotter.fault = Transient("PLOT")
    else:
        (stage.folder / "plots").touch()
    await stage.report()
    assert [(one.says.plot, one.says.chats) for one in told(stage.folder, NoticeKind.LIVE_ENDED)] == [("", 2)] * 2


async def test_a_live_that_still_runs_is_reported_up_to_now(stage: Stage, clock: HandClock):
    await clock.advance(90)
    said = await stage.reporting.of(HERE, stage.scene.live)
    assert said.ended == clock.now()
    assert stage.plotter.drawn[0].seconds == 90


async def test_a_live_without_anything_has_an_empty_report(stage: Stage):
    await followed(stage.storage, "amina")
    empty = await scene_of(stage.storage, "amina", "7301")
    said = await stage.reporting.of(HERE, empty.live)
    assert (said.viewers_peak, said.viewers_mean, said.segments, said.lines) == (0, 0.0, 0, "")


async def test_a_place_that_followed_only_later_is_told_nothing_of_a_live_it_did_not_see(stage: Stage):
    await followed(stage.storage, "maria", "discord:later")
    await stage.report()
    assert {one.notice.place for one in told(stage.folder, NoticeKind.LIVE_ENDED)} == {HERE, THERE}


async def test_a_report_of_a_live_that_is_gone_says_so(stage: Stage):
    with pytest.raises(Missing):
        await stage.reporting.report(Job(1, "report", "report:99", {"live_id": 99}))


async def test_a_report_names_what_the_live_was_called_before(stage: Stage):
    async with stage.storage.work() as work:
        for second, kind, title in (
            (0, DiaryKind.STARTED, "Sunday"),
            (20, DiaryKind.TITLE, "Soup"),
            (30, DiaryKind.TITLE, "Sunday kitchen"),
        ):
            await work.diary.add(Entry(stage.scene.live.id, at(second), float(second), kind, title))
    report = await stage.reporting.of(HERE, stage.scene.live)
    assert (report.title, report.titles) == ("Sunday kitchen", ["Sunday", "Soup"])


async def test_who_stopped_or_paused_a_live_is_not_told_how_it_was(stage: Stage):
    async with stage.storage.work() as work:
        await work.lives.stand(stage.scene.live.id, Standing(HERE, stopped=True))
        (follow,) = [one for one in await work.follows.of_account(stage.scene.account.id) if one.place == THERE]
        await work.follows.change(replace(follow, paused_until=FOREVER))
    await stage.report()
    assert told(stage.folder, NoticeKind.LIVE_ENDED) == []


@dataclass
class Model:
    """Says the same of everything."""

    model: str = "gpt-oss-120b"

    def ready(self) -> bool:
        return True

    async def sum_up(self, lines: Sequence[str], language: str) -> str:
        return f"About onions ({language})."


async def test_an_end_has_a_summary_where_a_model_is_set(stage: Stage, clock: HandClock):
    async with stage.storage.work() as work:
        await work.transcripts.add(stage.scene.live.id, [segment("onions " * 80, 20.0), segment("soup " * 80, 30.0)])
    model = Summarizing(stage.storage, clock, Model())
    stage.reporting = replace(stage.reporting, summarizing=model)
    await stage.report()
    (one, other) = told(stage.folder, NoticeKind.LIVE_ENDED)
    assert {one.says.summary, other.says.summary} == {"About onions (en)."}
    assert one.says.summary_by == "gpt-oss-120b"
    assert any(said.says.risky for said in (one, other)), "a summary may repeat what alarmed a place"


@pytest.mark.parametrize("posted", [True, False])
async def test_more_words_bring_the_posts_up_to_date(stage: Stage, clock: HandClock, posted: bool):
    await stage.report()
    if posted:
        async with stage.storage.work() as work:
            for delivery in await work.outbox.claim("c", ("console",), clock.now(), timedelta(minutes=1), 9):
                await work.outbox.settle(delivery, DeliveryState.SENT, clock.now(), external="7")
    async with stage.storage.work() as work:
        live = await work.lives.get(stage.scene.live.id)
        await work.transcripts.add(stage.scene.live.id, [segment("found later", 10.0)])
    assert live is not None
    await stage.reporting.renew(live)
    async with stage.storage.work() as work:
        (job,) = await work.jobs.in_state(JobState.WAITING, 5)
        effect = await stage.reporting.report(job)
        await effect(work)
    first, *later = [one for one in told(stage.folder, NoticeKind.LIVE_ENDED) if one.notice.place == HERE]
    assert [one.says.untold for one in (first, *later)] == [1, 0]
    assert [one.says.renewed for one in (first, *later)] == [False, posted], "who saw the plot is not sent it again"
    assert {one.notice.subject for one in later} == {first.notice.subject}
