"""Transcribing: asked for once, by captions or by an engine, told as it goes on, and its media gone at the end."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.job import Job, JobState
from core.model.notice import NoticeKind
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing
from core.model.video import VideoTranscript
from core.ports.video import Wish
from core.services.videos.ordering import Order
from core.services.videos.transcribing import MOST_WAITING
from tests.builders import HERE, THERE, outbox, placed, rows, span
from tests.core.services.conftest import Running
from tests.core.services.transcribing_desk import VIDEO, Desk, captioned, desk, failing, forever, silent
from tests.doubles import CountedStorage, HandClock, engine

__all__ = ["desk"]


async def test_captions_become_the_text_and_the_place_is_told(desk: Desk, clock: HandClock, running: Running):
    job = await desk.job(likely="fr")
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    said = desk.last()
    assert isinstance(said, Transcribed)
    assert (said.handle, said.title, said.description, said.seconds) == ("chef", VIDEO.title, "Six minutes", 60.0)
    assert (said.lines, said.engine, said.automatic, said.language) == ("Hello {you} bye", "captions", True, "en")
    assert desk.videos.wishes == [Wish(True, True, "", "fr", 3600.0, 300_000_000)]
    assert {one.notice.subject for one in outbox(desk.folder)} == {f"job:{job.id}"}
    assert all(one.notice.edits for one in outbox(desk.folder))
    async with desk.storage.reading() as work:
        (known,) = await work.videos.of_place(HERE, "you")
        assert [part.text for part in await work.videos.segments(HERE, known.id)] == ["Hello {you}", "bye"]
    assert await desk.service.state(job.id) == said
    assert desk.left() == []


async def test_sound_is_heard_by_the_engine_and_every_step_is_told(desk: Desk, clock: HandClock, running: Running):
    desk.videos.does = silent
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(4)
        assert desk.left() == ["1/v.mp4"]
        await desk.says(span(1.0, 5.0), span(20.0, 30.0))
        await clock.advance(4)
        await clock.advance(1)
    said = desk.last()
    assert isinstance(said, Transcribed)
    assert (said.engine, said.automatic, said.lines) == ("groq", False, "Hello from the sound. Hello from the sound.")
    assert desk.left() == []
    steps = [one.step for one in desk.told(NoticeKind.TRANSCRIBING)]
    assert steps == sorted(steps, key=["found", "downloaded", "speech to text"].index)
    assert "speech to text" in steps


async def test_what_is_done_is_given_at_once_and_what_runs_is_joined(desk: Desk, clock: HandClock, running: Running):
    first = await desk.job()
    assert (await desk.job(by="another")).id == first.id
    assert (await desk.job(language="fr")).id != first.id
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    done = await desk.ask(by="another")
    assert isinstance(done, VideoTranscript)
    assert done.engine == "captions"
    assert isinstance(await desk.ask(engine="groq"), Job), "another engine is another transcript"
    await placed(desk.storage, THERE)
    assert isinstance(await desk.ask(place=THERE), Job), "another place is told nothing of it"


async def test_a_private_one_is_not_given_to_others(desk: Desk, clock: HandClock, running: Running):
    await desk.job(public=False)
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    assert desk.last().only == "you"
    assert isinstance(await desk.ask(by="you"), VideoTranscript)
    assert isinstance(await desk.ask(by="another"), Job)
    async with desk.storage.reading() as work:
        assert await work.videos.of_place(HERE, "another") == []


async def test_what_somebody_wants_for_themselves_is_nobody_elses_also_while_it_is_made(
    desk: Desk, clock: HandClock, running: Running
):
    mine = await desk.job(public=False)
    theirs = await desk.job(by="another", public=False)
    everybodys = await desk.job(by="third")
    assert len({mine.id, theirs.id, everybodys.id}) == 3
    async with running(desk.worker().run()):
        for _ in range(4):
            await clock.advance(1)
    async with desk.storage.reading() as work:
        seen = {by: await work.videos.of_place(HERE, by) for by in ("you", "another", "third")}
    assert {by: sorted((one.by, one.public) for one in found) for by, found in seen.items()} == {
        "you": [("third", True), ("you", False)],
        "another": [("another", False), ("third", True)],
        "third": [("third", True)],
    }
    for by in ("you", "another", "third", "fourth"):
        known = await desk.ask(by=by)
        assert isinstance(known, VideoTranscript), "one that may be seen is found behind one that may not"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Denied("PRIVATE"), "PRIVATE"),
        (Invalid("TOO_LONG", m=90, n=60), "TOO_LONG"),
        (Missing("GONE", name="That video"), "GONE"),
        (ZeroDivisionError("oops"), "BUG"),
    ],
)
async def test_what_cannot_pass_is_told_with_its_reason(
    desk: Desk, clock: HandClock, running: Running, error: Any, code: str
):
    desk.videos.does = failing(error)
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    said = desk.last()
    assert isinstance(said, NotTranscribed)
    assert (said.code, await desk.state()) == (code, JobState.DEAD)
    assert said.values == (error.values if isinstance(error, EarshotError) else {"ticket": "JOB1"})
    assert await desk.service.state(1) == said


@pytest.mark.parametrize(
    ("error", "tries", "code"),
    [
        (Transient("TIKTOK_DOWN", retry_after=600.0), 4, "TIKTOK_DOWN"),
        (Transient("VIDEO_BLOCKED", retry_after=300.0), 2, "GONE"),
        (Transient("TIKTOK_LIMIT", retry_after=600.0), 5, "TIKTOK_LIMIT"),
    ],
)
async def test_what_may_pass_is_tried_again_so_often_and_the_wait_is_told(
    desk: Desk, clock: HandClock, running: Running, error: Transient, tries: int, code: str
):
    desk.videos.does = failing(error)
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
        waiting = desk.last()
        assert isinstance(waiting, Transcribing)
        assert (waiting.waits, waiting.until is not None) == (error.code, True)
        assert await desk.service.state(1) == waiting
        for _ in range(8):
            await clock.advance(601)
            await clock.advance(1)
    assert (len(desk.videos.wishes), desk.last().code, await desk.state()) == (tries, code, JobState.DEAD)


async def test_cancelled_it_ends_its_media_goes_and_the_post_says_so(desk: Desk, clock: HandClock, running: Running):
    desk.videos.does = forever
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
        assert desk.left() == ["1/v.mp4.part"]
        with pytest.raises(Denied, match="NOT_YOURS"):
            await desk.service.cancel(1, HERE, "another", any_of_place=False)
        with pytest.raises(Missing, match="NOT_FOUND"):
            await desk.service.cancel(1, THERE, "you", any_of_place=True)
        await desk.service.cancel(1, HERE, "you", any_of_place=False)
        await clock.advance(0.6)
        await clock.advance(0.1)
        assert desk.left() == []
        assert (desk.last().code, await desk.state()) == ("CANCELLED", JobState.CANCELLED)
        with pytest.raises(Missing, match="NOT_FOUND"):
            await desk.service.cancel(1, HERE, "you", any_of_place=False)
        for _ in range(4):
            await clock.advance(30)
    assert desk.last().code == "CANCELLED", "nothing is told of it afterwards"


async def test_a_failed_one_is_tried_again_and_with_another_engine(desk: Desk, clock: HandClock, running: Running):
    desk.videos.does = failing(Denied("PRIVATE"))
    job = await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
        desk.videos.does = captioned
        with pytest.raises(Denied, match="NOT_YOURS"):
            await desk.service.again(job.id, HERE, "another", None, "")
        again = await desk.service.again(job.id, HERE, "you", None, "console:here/2")
        assert isinstance(again, Job)
        assert again.id == job.id
        for _ in range(3):
            await clock.advance(1)
        assert isinstance(desk.last(), Transcribed)
        assert outbox(desk.folder)[-1].notice.address == "console:here/2", "where it was asked for again"
        other = await desk.service.again(job.id, HERE, "you", "groq", "")
        assert isinstance(other, Job)
        assert other.id != job.id


async def test_it_is_ended_after_25_minutes_before_the_hard_limit(desk: Desk, clock: HandClock, running: Running):
    desk.videos.does = forever
    await desk.job()
    async with running(desk.worker().run()):
        for _ in range(26):
            await clock.advance(60)
    assert (desk.last().code, desk.last().values, desk.left()) == ("TOO_SLOW", {"n": 25}, [])


async def test_no_speech_is_said_and_nothing_is_made_up(desk: Desk, clock: HandClock, running: Running):
    desk.videos.does = silent
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await desk.says()
        await clock.advance(1)
    assert desk.last().code == "NO_SPEECH"


async def test_without_an_engine_captions_still_come_and_sound_is_refused_at_once(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running
):
    await placed(storage)
    desk = Desk(storage, clock, tmp_path, engines=[engine("captions", "x"), engine("groq", "x", ready=False)])
    with pytest.raises(Denied, match="ENGINE"):
        await desk.ask(engine="groq")
    await desk.job(language="fr")
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
        assert isinstance(desk.last(), Transcribed)
        desk.videos.does = silent
        await desk.job()
        await desk.job(engine="captions")
        for _ in range(3):
            await clock.advance(1)
    assert sorted(one.code for one in desk.told(NoticeKind.NOT_TRANSCRIBED)) == ["ENGINE", "NO_TRACK"]


async def test_a_quota_that_opens_soon_is_waited_for(desk: Desk, clock: HandClock, running: Running):
    desk.engines[0].answers.extendleft([Transient("QUOTA", retry_after=40.0, engine="groq")])
    desk.videos.does = silent
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await desk.says(span(1.0, 5.0))
        assert desk.told(NoticeKind.TRANSCRIBED) == []
        await clock.advance(41)
        await clock.advance(1)
    assert desk.last().lines == "Hello from the sound."


async def test_a_transcript_with_holes_is_none(desk: Desk, clock: HandClock, running: Running):
    desk.engines[0].answers.clear()
    desk.engines[0].answers.extend(["Hello.", Transient("QUOTA", retry_after=3600.0, engine="groq")])
    desk.videos.does = silent
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await desk.says(span(1.0, 5.0), span(6.0, 9.0))
        await clock.advance(1)
    waiting = desk.last()
    assert isinstance(waiting, Transcribing)
    assert waiting.waits == "QUOTA"
    assert rows(desk.folder, "select * from video_transcript") == []


async def test_a_place_cannot_fill_the_queue(desk: Desk):
    for number in range(MOST_WAITING):
        await desk.service.ask(HERE, "you", Order(f"{number}", "chef"))
    with pytest.raises(Transient, match="BUSY"):
        await desk.ask()


async def test_a_failed_one_offers_the_engines_that_are_ready_and_were_not_asked(
    desk: Desk, clock: HandClock, running: Running
):
    desk.engines[:] = [engine("groq"), engine("local"), engine("cold", ready=False)]
    desk.videos.does = failing(Invalid("NO_SPEECH"))
    job = await desk.job()
    named = await desk.job(engine="local")
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    said = {one.job_id: one.engines for one in desk.told(NoticeKind.NOT_TRANSCRIBED)}
    assert said == {job.id: ["local"], named.id: ["groq", "captions"]}
    state = await desk.service.state(job.id)
    assert isinstance(state, NotTranscribed)
    assert state.engines == ["local"], "whoever looks is offered the same"


async def test_asked_for_again_while_it_waits_to_be_tried_again_it_still_says_why(
    desk: Desk, clock: HandClock, running: Running
):
    desk.videos.does = failing(Transient("TIKTOK_LIMIT", 600.0))
    job = await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    assert (await desk.job(by="another")).id == job.id
    said = await desk.service.state(job.id)
    assert isinstance(said, Transcribing)
    assert (said.waits, said.until is not None) == ("TIKTOK_LIMIT", True)
