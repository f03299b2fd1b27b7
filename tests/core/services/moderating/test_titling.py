"""Titles of lives and of transcribed videos are judged; a title that is found wanting changes nothing by itself."""

from pathlib import Path

import pytest

from core.model.account import NO_RISK, Handle
from core.model.job import Job
from core.model.policy import Provider
from core.model.risk import Kind
from core.model.video import Video, VideoTranscript
from core.services.moderating.titling import GLANCE, have_judged
from tests.builders import HERE, THERE, followed, rows
from tests.core.services.conftest import Running
from tests.core.services.moderating.texts_desk import Desk, desk_of, labels
from tests.doubles import BEGAN, CountedStorage, HandClock
from tests.waiting import until


@pytest.fixture
def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    return desk_of(storage, clock, tmp_path)


async def test_the_title_of_a_live_is_told_once_and_a_new_one_again(desk: Desk, running: Running):
    scene = await desk.live()
    async with running(desk.texts.titling.live(scene)):
        assert await desk.waiting() == []
        for title, n in (("Worm night", 1), ("Worm night", 1), ("Vermin night", 2)):

            async def told(n: int = n) -> bool:
                return len(await desk.waiting()) == n

            scene.live = scene.live.__class__(**{**scene.live.__dict__, "title": title})
            await desk.clock.advance(GLANCE)
            await until(told)
    assert [(one.assessment.quote, one.assessment.kind, one.live_id) for one in await desk.waiting()] == [
        ("Worm night", Kind.TITLE, scene.live.id),
        ("Vermin night", Kind.TITLE, scene.live.id),
    ]
    await desk.texts.titling.judge(scene, "Vermin night")  # after a restart
    assert len(await desk.waiting()) == len(desk.told()) == 2


async def test_it_is_told_only_where_titles_are_judged_and_risks_wanted(desk: Desk):
    await followed(desk.storage, place=THERE)
    await followed(desk.storage, place="discord:calm", risk=NO_RISK)
    scene = await desk.live()
    await desk.wants(THERE, titles=False)
    await desk.texts.titling.judge(scene, "Worm night")
    assert [len(await desk.waiting(place)) for place in (HERE, THERE, "discord:calm")] == [1, 0, 0]


async def test_a_title_goes_elsewhere_only_where_a_place_wants_that(desk: Desk):
    await followed(desk.storage, place=THERE, risk=NO_RISK)
    scene = await desk.live()
    await desk.wants(THERE, provider=Provider.SAFEGUARD)  # which is told of no risks of this account
    await desk.texts.titling.judge(scene, "Worm night")
    assert desk.elsewhere.asked == []
    await desk.wants(provider=Provider.ENSEMBLE)
    await desk.texts.titling.judge(scene, "Vermin night")
    assert desk.elsewhere.asked == [["Vermin night"]]


@pytest.mark.parametrize("public", [True, False])
async def test_the_title_of_a_video_is_judged_by_a_job_unless_only_who_asked_reads_it(desk: Desk, public: bool):
    await desk.place(HERE)
    await desk.wants(provider=Provider.ENSEMBLE)
    desk.elsewhere.judge = lambda text: labels(S=0.7)
    async with desk.storage.work() as work:
        video = await work.videos.ensure(Video(0, "7400", Handle("amina"), "Amina", "Eggs \u202e(a+)+$", "", 60.0))
        made = VideoTranscript(0, HERE, video, "captions", "", "en", True, BEGAN, "discord:7", "Eggs", public)
        made = await work.videos.add(made, [])
        await have_judged(work, made, BEGAN)
    jobs = rows(desk.folder, "select * from job")
    assert len(jobs) == public
    if public:
        job = Job(jobs[0]["id"], "title", jobs[0]["key"], {"transcript": made.id}, place=HERE)
        for _ in range(2):
            effect = await desk.texts.titling.video(job)
            async with desk.storage.work() as work:
                await effect(work)
        (alert,) = await desk.waiting()
        assert (alert.assessment.item, alert.live_id, alert.assessment.engine) == (
            f"transcript:{made.id}",
            None,
            "rules + safeguard",
        )
        assert [post.notice.address for post in desk.told()] == [f"{HERE}:lives"]


async def test_a_model_elsewhere_reads_a_title_only_for_those_who_want_that_and_they_pay(desk: Desk):
    await desk.place(HERE)
    scene = await desk.live(place=HERE)
    await desk.texts.titling.judge(scene, "you worm")
    assert desk.elsewhere.asked == []
    await desk.wants(provider=Provider.SAFEGUARD)
    await desk.texts.titling.judge(scene, "what a worm")
    assert desk.elsewhere.asked == [["what a worm"]]
    assert [(row["place"], row["model"], row["requests"]) for row in rows(desk.folder, "select * from spending")] == [
        (HERE, "safeguard", 1.0)
    ]
