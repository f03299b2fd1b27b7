"""Recordings heard elsewhere: handed over once, waited for over restarts, and nothing stays there."""

from pathlib import Path

import pytest

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.job import JobState
from core.model.recording import Recorded
from core.model.tellable.videos import NotTranscribed, Transcribed
from core.model.video import VideoTranscript
from core.services.videos.entrusting import Entrusting
from tests.builders import HERE, placed, rows, span
from tests.core.services.conftest import Running
from tests.core.services.entrusting_desk import TALK, StagedElsewhere, desk, entrusting, handed_over, left, there
from tests.core.services.transcribing_desk import Desk, captioned, silent
from tests.doubles import CountedStorage, HandClock, engine

__all__ = ["desk", "entrusting", "there"]


async def test_a_recording_is_handed_over_heard_with_its_speakers_and_deleted_there(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    async with running(desk.worker().run(), entrusting.run()):
        await handed_over(desk, clock, speakers=True)
        for _ in range(3):
            await clock.advance(1)
    said = desk.last()
    assert isinstance(said, Transcribed)
    assert (said.engine, said.lines, said.language, said.passed) == ("assemblyai", "A: Hello. B: Bye.", "en", ())
    assert desk.videos.wishes[0].captions is False, "captions tell nobody apart"
    assert len(there.uploads[0]) == 5 * 2 * 16_000, "speech only, each second of it once"
    async with desk.storage.reading() as work:
        (known,) = await work.videos.of_place(HERE, "you")
        lines = await work.videos.segments(HERE, known.id)
    assert [(line.start, line.speaker, line.text) for line in lines] == [(10.0, "A", "Hello."), (30.5, "B", "Bye.")]
    assert (there.works, left(desk)) == ({}, [])


async def test_speakers_are_another_wish_unless_they_are_known(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere
):
    desk.videos.does = captioned
    async with running(desk.worker().run()):
        await desk.job()
        await clock.advance(1)
        await clock.advance(1)
        assert isinstance(await desk.ask(), VideoTranscript)
        await handed_over(desk, clock, speakers=True)
        await clock.advance(1)
    told = await desk.ask(speakers=True)
    assert isinstance(told, VideoTranscript)
    assert told.engine == "assemblyai"
    assert isinstance(await desk.ask(), VideoTranscript), "with speakers will do where nobody asked for them"


async def test_without_an_engine_that_tells_speakers_apart_that_is_said_at_once(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, there: StagedElsewhere
):
    await placed(storage)
    there.is_ready = False
    desk = Desk(storage, clock, tmp_path, engines=[engine("groq", "x"), there])  # type: ignore[list-item]
    with pytest.raises(Denied, match="ENGINE_SPEAKERS"):
        await desk.ask(speakers=True)


async def test_killed_while_it_is_heard_it_goes_on_with_the_number_it_was_given(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    there.heard = None
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
    there.heard = TALK
    async with running(desk.worker().run(), entrusting.run()):
        for _ in range(4):
            await clock.advance(1)
    assert isinstance(desk.last(), Transcribed)
    assert len(there.uploads) == 1
    assert len(desk.capture.opened) == 1, "what was handed over need not be read again"
    assert left(desk) == []


async def test_killed_before_the_number_was_stored_it_is_found_and_not_paid_for_twice(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    there.is_mute = True
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
    assert (len(there.works), left(desk)) == (1, [{"external": "", "over": 0}])
    there.is_mute = False
    async with running(desk.worker().run(), entrusting.run()):
        for _ in range(4):
            await clock.advance(1)
    assert isinstance(desk.last(), Transcribed)
    assert (len(there.uploads), there.works, left(desk)) == (1, {}, [])


async def test_after_a_restart_who_has_it_already_is_waited_for_before_anybody_else_is_asked(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running, there: StagedElsewhere
):
    await placed(storage)
    groq = engine("groq", Transient("QUOTA", retry_after=3600.0, engine="groq"), "Hello.")
    desk = Desk(storage, clock, tmp_path, engines=[groq, there])  # type: ignore[list-item]
    desk.videos.does, there.heard = silent, None
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        for _ in range(2):
            await desk.says(span(10.0, 14.0), span(30.0, 31.0))
    assert list(there.works) == ["n1"]
    there.heard = TALK
    async with running(desk.worker().run()):
        for _ in range(3):
            await clock.advance(1)
    assert (desk.last().engine, len(there.uploads)) == ("assemblyai", 1)


async def test_an_answer_that_was_lost_on_the_way_is_looked_for_and_not_paid_for_twice(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere
):
    there.does["answered"].append(Transient("ENGINE_DOWN", engine="assemblyai"))
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
        await clock.advance(1)
        await clock.advance(3)
    assert isinstance(desk.last(), Transcribed)
    assert list(there.works) == ["n1"]


async def test_cancelled_it_is_deleted_there_once_the_service_lets_it(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    there.heard = None
    there.does["forget"].append(Transient("ENGINE_DOWN", engine="assemblyai"))
    async with running(desk.worker().run(), entrusting.run()):
        await handed_over(desk, clock)
        await desk.service.cancel(1, HERE, "you", any_of_place=False)
        await clock.advance(1)
        assert (desk.last().code, list(there.works)) == ("CANCELLED", ["n1"])
        await clock.advance(61)
    assert (there.works, left(desk)) == ({}, [])


async def test_cancelled_while_it_is_handed_over_nothing_is_begun(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    there.does["upload"].append(Transient("ENGINE_DOWN", engine="assemblyai"))
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
        await desk.service.cancel(1, HERE, "you", any_of_place=False)
        await clock.advance(2)
    assert (there.works, await desk.state()) == ({}, JobState.CANCELLED)


async def test_what_is_never_heard_is_given_up_and_looked_at_again_when_somebody_asks(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    there.heard = None
    async with running(desk.worker().run(), entrusting.run()):
        await handed_over(desk, clock)
        for _ in range(220):
            await clock.advance(3)
        assert isinstance(desk.last(), NotTranscribed)
        assert (desk.last().code, desk.last().values) == ("ENGINE_SLOW", {"engine": "assemblyai", "n": 10})
        assert list(there.works) == ["n1"]
        there.heard = TALK
        await desk.service.again(1, HERE, "you", None, "console:here/1")
        for _ in range(4):
            await clock.advance(1)
    assert isinstance(desk.last(), Transcribed)
    assert (len(there.uploads), there.works) == (1, {})


async def test_nobody_comes_back_for_a_day_and_it_is_deleted_there(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    there.heard = None
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
    await entrusting.round()
    assert list(there.works) == ["n1"]
    await clock.advance(86_401)
    await entrusting.round()
    assert (there.works, left(desk)) == ({}, [])


async def test_a_place_that_is_forgotten_leaves_nothing_there(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    there.heard = None
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
    async with desk.storage.work() as work:
        while not await work.places.forget(HERE):
            pass
    assert [dict(row) for row in rows(desk.folder, "select place, key, over from remote")] == [
        {"place": "", "key": "", "over": 1}
    ]
    await entrusting.round()
    assert (there.works, left(desk)) == ({}, [])


@pytest.mark.parametrize(
    ("error", "then"),
    [(Missing("REMOTE_GONE", engine="assemblyai"), 0), (Denied("ENGINE_KEY", engine="assemblyai"), 1)],
)
async def test_what_is_gone_there_is_done_and_what_cannot_be_asked_stays(
    desk: Desk,
    clock: HandClock,
    running: Running,
    there: StagedElsewhere,
    entrusting: Entrusting,
    error: EarshotError,
    then: int,
):
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
        await clock.advance(1)
    there.does["forget"].append(error)
    await entrusting.round()
    assert len(left(desk)) == then
    await clock.advance(31 * 86_400)
    there.is_ready = False
    await entrusting.round()
    assert left(desk) == []


async def test_no_speech_is_not_handed_over_at_all(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere
):
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await desk.says()
        await clock.advance(1)
    assert (desk.last().code, there.uploads, left(desk)) == ("NO_SPEECH", [], [])


async def test_no_words_in_it_are_no_speech_and_nothing_stays(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    there.heard = Recorded(())
    async with running(desk.worker().run(), entrusting.run()):
        await handed_over(desk, clock)
        for _ in range(3):
            await clock.advance(1)
    assert (desk.last().code, there.works, left(desk)) == ("NO_SPEECH", {}, [])


@pytest.mark.parametrize(
    ("method", "error", "code"),
    [
        ("submit", Invalid("ENGINE_REFUSED", engine="assemblyai", said="no such language"), "ENGINE_REFUSED"),
        ("result", Invalid("ENGINE_REFUSED", engine="assemblyai", said="Transcoding failed"), "ENGINE_REFUSED"),
        ("upload", Denied("ENGINE_KEY", engine="assemblyai"), "ENGINE_KEY"),
        ("upload", Invalid("TOO_BIG_SPEECH", engine="assemblyai"), "TOO_BIG_SPEECH"),
    ],
)
async def test_what_the_service_refuses_is_told_and_nothing_stays(
    desk: Desk,
    clock: HandClock,
    running: Running,
    there: StagedElsewhere,
    entrusting: Entrusting,
    method: str,
    error: EarshotError,
    code: str,
):
    there.does[method].append(error)
    async with running(desk.worker().run(), entrusting.run()):
        await handed_over(desk, clock)
        await clock.advance(1)
        await clock.advance(400)
    assert isinstance(desk.last(), NotTranscribed)
    assert (desk.last().code, there.works, left(desk)) == (code, {}, [])


async def test_what_passes_is_asked_again_and_a_work_that_vanished_is_handed_over_anew(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere
):
    there.does["upload"].append(Transient("ENGINE_DOWN", engine="assemblyai"))
    there.does["submit"].append(Transient("QUOTA", retry_after=40.0, engine="assemblyai"))
    there.does["result"].append(Transient("ENGINE_DOWN", engine="assemblyai"))
    there.does["result"].append(Missing("REMOTE_GONE", engine="assemblyai"))
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
        for seconds in (1, 40, 3, 3, 3):
            await clock.advance(seconds)
        await desk.says(span(10.0, 14.0), span(30.0, 31.0))
        await clock.advance(3)
    assert isinstance(desk.last(), Transcribed)
    assert len(there.uploads) == 2


async def test_the_next_engine_hears_what_one_could_not_and_why_is_kept(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running, there: StagedElsewhere
):
    await placed(storage)
    spent = engine("groq", "Hello.", Transient("QUOTA", retry_after=3600.0, engine="groq"))
    there.does["upload"].append(Denied("ENGINE_KEY", engine="assemblyai"))
    desk = Desk(storage, clock, tmp_path, engines=[spent, there, engine("whisper", "Heard here.")])  # type: ignore[list-item]
    desk.videos.does = silent
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        for _ in range(3):
            await desk.says(span(10.0, 14.0), span(30.0, 31.0))
        await clock.advance(1)
    said = desk.last()
    assert isinstance(said, Transcribed)
    assert (said.engine, said.lines) == ("whisper", "Heard here. Heard here."), "one engine's words only"
    assert said.passed == (("groq", "QUOTA"), ("assemblyai", "ENGINE_KEY"))
    async with storage.reading() as work:
        (known,) = await work.videos.of_place(HERE, "you")
    assert known.passed == said.passed
    assert desk.service.hearing.engines("assemblyai") == [], "who refuses its key is not asked again"


async def test_an_engine_that_refuses_its_key_is_not_said_to_be_missing(desk: Desk):
    desk.service.hearing.listening.refuse("assemblyai", Denied("ENGINE_KEY", engine="assemblyai"))
    with pytest.raises(Denied, match="ENGINE_KEY"):
        await desk.ask(engine="assemblyai")
    with pytest.raises(Denied, match="ENGINE_KEY"):
        await desk.ask(speakers=True)


async def test_only_the_engine_that_was_asked_for_is_said_to_hear_nothing(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await placed(storage)
    deaf = engine("whisper", ready=False)
    desk = Desk(storage, clock, tmp_path, engines=[engine("groq", "Hello."), deaf])
    with pytest.raises(Denied, match="ENGINE_ASKED"):
        await desk.ask(engine="whisper")
    desk = Desk(storage, clock, tmp_path, engines=[deaf])
    with pytest.raises(Denied, match=r"ENGINE$"):
        await desk.ask(engine="whisper")


async def test_the_engine_that_heard_no_speech_is_not_the_one_that_is_offered(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running
):
    await placed(storage)
    spent = engine("groq", "Hello.", Transient("QUOTA", retry_after=3600.0, engine="groq"))
    desk = Desk(storage, clock, tmp_path, engines=[spent, engine("whisper", "")])
    desk.videos.does = silent
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        for _ in range(2):
            await desk.says(span(10.0, 14.0), span(30.0, 31.0))
        await clock.advance(1)
    said = desk.last()
    assert isinstance(said, NotTranscribed)
    assert (said.code, said.engines) == ("NO_SPEECH", ["groq"])
