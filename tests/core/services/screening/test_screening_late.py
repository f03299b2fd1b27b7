"""Words that come after a clip was posted are looked at too."""

from datetime import timedelta

from core.model.notice import NoticeKind
from core.model.risk import Label, Verdict
from core.model.screening import Check, State, Where
from core.services.assessing import Assessing
from core.services.assessing.renewing import RESCREEN
from tests.builders import judged, segment, told
from tests.core.services.screening.screening_desk import HATE, Desk, desk
from tests.judges import StagedJudge

__all__ = ["desk"]


async def test_words_that_come_late_hold_a_clip_that_passed_without_them(desk: Desk):
    clip = await desk.clip()
    assert (clip.state, clip.unheard) == (State.PASSED, 30.0)
    await desk.says(HATE, 12.0)
    await desk.curating.late(desk.scene.live)
    held = await desk.newest()
    assert (held.state, held.open, held.unheard < 30) == (State.HELD, False, True)
    assert any(one.check is Check.HATE and one.where is Where.WORDS for one in held.found)
    first, second = told(desk.folder, NoticeKind.CLIP)
    assert (first.says.open, second.says.open, second.notice.edits) == (True, False, True)
    (alert,) = await desk.waiting()
    assert (alert.assessment.item, held.alert_id) == (clip.name, alert.id)
    assert [one.says.item for one in told(desk.folder, NoticeKind.RISK)] == [clip.name], "people are told aloud"
    await desk.curating.late(desk.scene.live)
    assert len(await desk.waiting()) == 1
    assert (await desk.decide(held, Verdict.DISMISSED)).open


async def test_late_words_about_minors_reject_it_and_harmless_ones_change_nothing(desk: Desk):
    calm = await desk.clip()
    await desk.says("onions in butter", 12.0)
    await desk.curating.late(desk.scene.live)
    assert (await desk.newest()).state is State.PASSED
    assert len(told(desk.folder, NoticeKind.CLIP)) == 1
    assert calm.unheard > (await desk.newest()).unheard > 0
    await desk.says("She is thirteen, send me her nudes.", 20.0)
    await desk.curating.late(desk.scene.live)
    rejected = await desk.newest()
    assert (rejected.state, rejected.restricted) == (State.REJECTED, True)
    (alert,) = await desk.waiting()
    assert alert.assessment.quote == ""


async def test_a_clip_that_was_posted_before_its_words_were_judged_is_taken_away(
    desk: Desk,
):
    await desk.says("about a child", 12.0)
    shown = await desk.clip()
    assert shown.state is State.PASSED
    said = judged(second=13.0, quote="about a child", labels={Label.S3: 0.9})
    assessing = Assessing(desk.storage, desk.clock, StagedJudge(lambda part: said))
    await assessing.speech(desk.scene, segment("about a child", 12.0))
    async with desk.storage.work() as work:
        (job,) = await work.jobs.claim("w", [RESCREEN], desk.clock.now(), timedelta(seconds=9), 10)
        await (await desk.curating.judged(job))(work)
    assert (await desk.newest()).state is State.REJECTED
    assert [one.open for one in desk.posts()] == [True, False]
    await desk.says("calm", 50.0)
    later = await desk.clip()
    assert (later.state, (await desk.stored(later)).start > 13) == (State.PASSED, True)


async def test_what_a_person_let_be_shown_stays_whatever_words_come(desk: Desk):
    desk.viewer.sees(Check.GORE)
    shown = await desk.decide(await desk.clip(), Verdict.DISMISSED)
    await desk.says(HATE, 12.0)
    await desk.curating.late(desk.scene.live)
    assert (await desk.newest()).state is shown.state is State.OVERRIDDEN
