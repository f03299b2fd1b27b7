"""A clip in which words are said that may be about minors is shown to nobody, whoever found that and when."""

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Denied
from core.model.notice import NoticeKind
from core.model.person import Person, Place
from core.model.risk import PERSON, Alert, Category, Label, Verdict
from core.model.screening import Check, Screening, State
from core.ports.vision import Sight
from core.services.assessing.renewing import RESCREEN, rescreen
from core.services.screening.guarding import may_look
from core.services.withholding import told as as_told
from storage.minors import PART
from tests.builders import THERE, judged, outbox, told
from tests.core.services.screening.screening_desk import HATE, NINA, TOM, Desk, desk

__all__ = ["desk"]
MINORS: dict[str, Any] = {"second": 13.0, "quote": "words", "labels": {Label.S3: 0.55}}


async def judge(desk: Desk, *, jobs: bool = True, **more: Any) -> Alert:
    """A judge says that what is said at 12 s may be about minors."""
    async with desk.storage.work() as work:
        number = await work.alerts.assessed(desk.scene.live.id, judged(**{**MINORS, **more}), desk.clock.now(), 12.0)
        alert = await work.alerts.raise_(THERE, desk.scene.live.id, number, desk.clock.now())
        await rescreen(work, desk.clock, desk.scene.live.id, alert.assessment.second)
    if jobs:
        await look_again(desk)
    return alert


async def look_again(desk: Desk) -> None:
    async with desk.storage.work() as work:
        for job in await work.jobs.claim("w", [RESCREEN], desk.clock.now(), timedelta(seconds=9), 10):
            await (await desk.curating.judged(job))(work)
            await work.jobs.finish(job, desk.clock.now())


async def of_clip(desk: Desk, screening: Screening) -> Alert:
    assert screening.alert_id is not None
    async with desk.storage.reading() as work:
        alert = await work.alerts.get(THERE, screening.alert_id)
    assert alert is not None
    return alert


@pytest.mark.parametrize("before", [True, False])
async def test_words_are_said_in_no_clip_while_they_are_withheld_however_sure_the_judge_is(desk: Desk, before: bool):
    await desk.says("words", 12.0)
    if before:
        await judge(desk)
    clip = await desk.clip(THERE)
    assert clip.state is (State.REJECTED if before else State.PASSED)
    await judge(desk)
    newest = await desk.newest(THERE)
    assert (newest.state, newest.restricted, newest.open) == (State.REJECTED, True, False)


async def test_a_clip_shows_nothing_of_what_was_judged_together_with_such_words(desk: Desk):
    await desk.says("words", 12.0)
    assert (await desk.clip(THERE)).state is State.PASSED
    await judge(desk, jobs=False, second=-3.0, item=PART)
    await look_again(desk)
    assert (await desk.newest(THERE)).state is State.REJECTED


async def test_a_clip_goes_when_a_person_says_that_its_words_are_about_minors(desk: Desk):
    await desk.says("words", 12.0)
    assert (await desk.clip(THERE)).state is State.PASSED
    alert = await judge(desk, labels={Label.H: 0.9})
    assert (await desk.newest(THERE)).state is State.PASSED
    await desk.reviewing.relabel(
        Place(THERE, THERE, reviewers=(NINA.id,)), alert, Category.CONTROVERSIAL, (Label.S3,), NINA
    )
    await look_again(desk)
    assert (await desk.newest(THERE)).state is State.REJECTED
    assert [one.open for one in desk.posts(THERE)] == [True, False]


async def test_a_clip_goes_for_any_line_of_a_post_that_a_person_sent_to_review(desk: Desk):
    await desk.says("calm", 0.0)
    await desk.clock.advance(180)
    await desk.says("words", 190.0)
    assert (await desk.clip(THERE)).state is State.PASSED
    alert = await judge(desk, jobs=False, second=0.0, quote="calm words", engine=PERSON, labels={})
    await look_again(desk)
    assert (await desk.newest(THERE)).state is State.PASSED
    await desk.reviewing.relabel(
        Place(THERE, THERE, reviewers=(NINA.id,)), alert, Category.CONTROVERSIAL, (Label.S3,), NINA
    )
    await look_again(desk)
    assert (await desk.newest(THERE)).state is State.REJECTED


async def test_a_job_that_an_older_version_left_tells_of_one_second(desk: Desk):
    await desk.says("words", 12.0)
    assert (await desk.clip(THERE)).state is State.PASSED
    async with desk.storage.work() as work:
        said = judged(**MINORS)
        await work.alerts.assessed(desk.scene.live.id, said, desk.clock.now(), 12.0)
        left = {"live_id": desk.scene.live.id, "second": said.second}
        await work.jobs.add(RESCREEN, "left", left, desk.clock.now())
    await look_again(desk)
    assert (await desk.newest(THERE)).state is State.REJECTED


async def test_it_goes_also_where_nobody_follows_the_account_any_more(desk: Desk):
    await desk.says("words", 12.0)
    assert (await desk.clip(THERE)).state is State.PASSED
    async with desk.storage.work() as work:
        assert await work.follows.remove(THERE, desk.scene.live.account_id)
    await judge(desk)
    rejected = await desk.newest(THERE)
    assert (rejected.state, rejected.alert_id is None) == (State.REJECTED, False)
    assert [one.open for one in desk.posts(THERE)] == [True, False]


async def test_a_held_clip_is_rejected_and_its_alert_quotes_nothing_any_more(desk: Desk):
    await desk.says(HATE, 12.0)
    held = await desk.clip(THERE)
    assert (held.state, (await of_clip(desk, held)).assessment.quote) == (State.HELD, HATE)
    await judge(desk)
    rejected, alert = await desk.newest(THERE), await of_clip(desk, held)
    assert (rejected.state, rejected.alert_id, alert.restricted) == (State.REJECTED, held.alert_id, True)
    with pytest.raises(Denied, match="REVIEWERS_ONLY"):
        await desk.decide(rejected, Verdict.DISMISSED, TOM)
    async with desk.storage.reading() as work:
        posts = [await as_told(work, one.notice) for one in outbox(desk.folder) if one.notice.kind is NoticeKind.RISK]
    assert HATE not in repr(posts[-1:])
    assert HATE not in repr([one.says for one in told(desk.folder, NoticeKind.CLIP)][-1])


async def test_a_held_clip_that_is_rejected_for_its_words_is_counted_though_its_alert_stays(desk: Desk):
    await desk.says(HATE, 12.0)
    assert (await desk.clip(THERE)).state is State.HELD
    await judge(desk, jobs=False)
    async with desk.storage.reading() as work:
        before = await work.alerts.suspicions(THERE)
    await look_again(desk)
    assert (await desk.newest(THERE)).restricted
    async with desk.storage.reading() as work:
        assert await work.alerts.suspicions(THERE) > before


async def test_a_clip_that_was_released_goes_again_and_somebody_named_is_asked(desk: Desk):
    await desk.says(HATE, 12.0)
    shown = await desk.decide(await desk.clip(THERE), Verdict.DISMISSED)
    assert shown.open
    await judge(desk)
    rejected = await desk.newest(THERE)
    assert (rejected.state, rejected.alert_id == shown.alert_id) == (State.REJECTED, False)
    assert (await of_clip(desk, rejected)).restricted
    assert [one.open for one in desk.posts(THERE)][-1] is False


async def test_what_somebody_named_calls_a_clip_nobody_else_takes_back_or_decides(desk: Desk):
    place = Place(THERE, THERE, reviewers=(NINA.id,))
    await desk.says(HATE, 12.0)
    held = await desk.clip(THERE)

    async def calls(label: Label, by: Person) -> None:
        await desk.reviewing.relabel(place, await of_clip(desk, held), Category.CONTROVERSIAL, (label,), by)

    await calls(Label.S3, NINA)
    with pytest.raises(Denied, match="NAMED_ONLY"):
        await calls(Label.H, TOM)
    with pytest.raises(Denied, match="REVIEWERS_ONLY"):
        await desk.decide(held, Verdict.DISMISSED, TOM)
    assert (await desk.newest(THERE)).state is State.HELD
    await calls(Label.H, NINA)
    assert (await desk.decide(held, Verdict.DISMISSED, TOM)).open


@pytest.mark.parametrize(("check", "alone"), [(Check.MINORS, True), (Check.NUDITY, False)])
async def test_what_looks_like_a_clip_about_minors_is_looked_at_and_decided_by_named_reviewers_alone(
    desk: Desk, check: Check, alone: bool
):
    place = Place(THERE, THERE, reviewers=(NINA.id,))
    async with desk.storage.work() as work:
        await work.places.put(place)
    desk.viewer.sees(check)
    away = await desk.clip(THERE)
    if away.state is not State.REJECTED:
        await desk.decide(away, Verdict.CONFIRMED, NINA)
    desk.viewer.sight = Sight()
    copy = await desk.clip(THERE)
    assert (copy.state, copy.restricted) == (State.HELD, False)
    async with desk.storage.reading() as work:
        await may_look(work, copy, place, NINA)
        with pytest.raises(Denied, match="REVIEWERS_ONLY") if alone else nullcontext():
            await may_look(work, copy, place, TOM)
    with pytest.raises(Denied, match="REVIEWERS_ONLY") if alone else nullcontext():
        await desk.decide(copy, Verdict.DISMISSED, TOM)
    if alone:
        await desk.decide(copy, Verdict.DISMISSED, NINA)
    async with desk.storage.reading() as work:
        await may_look(work, await desk.newest(THERE), place, TOM)
