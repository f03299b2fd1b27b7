"""A transcript of a video is screened before a place is told of it; held, it is its asker's alone until a person decides."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.risk.rules import RulesAssessor
from core.errors import Denied
from core.model.notice import NoticeKind
from core.model.person import Place
from core.model.risk import Kind, Verdict
from core.model.screening import Check, LocalPolicy, Matter, Screening, State, Where
from core.model.tellable.videos import Transcribed
from core.model.transcript import Word
from core.model.video import VideoTranscript
from core.ports.video import Captions, Fetched, Watcher, Wish
from core.services.reviewing.deciding import Reviewing
from core.services.screening import Screens, Viewing
from core.services.videos.airing import Airing
from tests.builders import HERE
from tests.core.services.conftest import Running
from tests.core.services.screening.screening_desk import HATE, MARA, StagedPictures, StagedViewer
from tests.core.services.transcribing_desk import VIDEO, Desk, desk
from tests.doubles import CountedStorage, HandClock

__all__ = ["desk"]
ASKER, OTHER = "you", "somebody else"


@pytest.fixture
def viewer() -> StagedViewer:
    return StagedViewer()


@pytest.fixture
def airing(desk: Desk, storage: CountedStorage, clock: HandClock, viewer: StagedViewer) -> Airing:
    """The desk's service airs from now on."""
    viewing = Viewing(StagedPictures(), viewer)
    made = Airing(storage, clock, Screens(storage, clock, RulesAssessor(), viewing, LocalPolicy.TEXT_ONLY))
    desk.service = replace(desk.service, airing=made)
    return made


def says(desk: Desk, text: str, *, picture: bool = False) -> None:
    """What the captions of the video are."""

    async def captioned(folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
        still = folder / "still.jpg"
        if picture:
            still.write_bytes(b"jpeg")
        watcher.found(VIDEO)
        words = tuple(Word(float(n), n + 0.9, word) for n, word in enumerate(text.split()))
        line = Word(0.0, words[-1].end, text)
        return Fetched(replace(VIDEO, thumbnail=still if picture else None), Captions((line,), "en"))

    desk.videos.does = captioned


async def transcribed(desk: Desk, running: Running, **wish: object) -> Transcribed:
    await desk.job(**wish)
    async with running(desk.worker().run()):
        await desk.clock.advance(1)
        await desk.clock.advance(1)
    (said,) = desk.told(NoticeKind.TRANSCRIBED)
    assert isinstance(said, Transcribed)
    return said


async def screening_of(desk: Desk) -> Screening | None:
    async with desk.storage.reading() as work:
        return await work.screenings.of(HERE, Matter.VIDEO, 1)


async def seen_by(desk: Desk, person: str) -> list[VideoTranscript]:
    async with desk.storage.reading() as work:
        return await work.videos.of_place(HERE, person)


async def decide(desk: Desk, airing: Airing, verdict: Verdict) -> None:
    async with desk.storage.reading() as work:
        alert = await work.alerts.get(HERE, 1)
    assert alert is not None
    await desk.clock.advance(1)
    await Reviewing(desk.storage, desk.clock, heeds=(airing.heed,)).decide(
        Place(HERE, "here"), alert, verdict, MARA, ""
    )


async def test_what_nothing_is_found_in_is_told_with_what_was_looked_at(desk: Desk, airing: Airing, running: Running):
    says(desk, "Boil it for six minutes.")
    said = await transcribed(desk, running)
    assert (said.open, said.lines) == (True, "Boil it for six minutes.")
    assert said.screened is not None
    assert (said.screened.state, said.screened.blind) == (State.PASSED, True)
    assert len(await seen_by(desk, OTHER)) == 1


async def test_what_is_held_tells_nothing_of_itself_and_is_its_askers_alone(
    desk: Desk, airing: Airing, running: Running
):
    says(desk, HATE)
    said = await transcribed(desk, running, format="txt")
    assert not said.open
    assert (said.title, said.description, said.lines, said.thumbnail, said.file) == ("", "", "", "", "")
    assert said.screened is not None
    assert said.screened.found == ((Check.HATE, Where.WORDS),)
    assert [len(await seen_by(desk, person)) for person in (ASKER, OTHER)] == [1, 0]
    async with desk.storage.reading() as work:
        (alert,) = await work.alerts.waiting(HERE)
    assert (alert.assessment.kind, alert.assessment.item, alert.live_id) == (Kind.VIDEO, "video:1", None)
    state = await desk.service.state(1)
    assert isinstance(state, Transcribed)
    assert state.only == ASKER


async def test_a_person_lets_it_be_told_and_takes_that_back(desk: Desk, airing: Airing, running: Running):
    says(desk, HATE)
    await transcribed(desk, running)
    await decide(desk, airing, Verdict.DISMISSED)
    first, shown = desk.told(NoticeKind.TRANSCRIBED)
    assert (first.open, shown.open, shown.title, shown.lines) == (False, True, VIDEO.title, HATE)
    assert len(await seen_by(desk, OTHER)) == 1
    await decide(desk, airing, Verdict.WAITING)
    assert await seen_by(desk, OTHER) == []
    await decide(desk, airing, Verdict.CONFIRMED)
    assert desk.told(NoticeKind.TRANSCRIBED)[-1].screened.state is State.REJECTED
    assert await seen_by(desk, OTHER) == []


async def test_its_still_picture_is_looked_at(desk: Desk, airing: Airing, viewer: StagedViewer, running: Running):
    says(desk, "Boil it for six minutes.", picture=True)
    viewer.sees(Check.NUDITY)
    said = await transcribed(desk, running)
    assert (said.open, said.thumbnail, viewer.words) == (False, "", "Boil it for six minutes.")


async def test_what_is_for_one_person_is_screened_when_it_becomes_public(desk: Desk, airing: Airing, running: Running):
    says(desk, HATE)
    said = await transcribed(desk, running, public=False)
    assert (said.lines, said.only, said.screened) == (HATE, ASKER, None)
    assert await screening_of(desk) is None
    (known,) = await seen_by(desk, ASKER)
    with pytest.raises(Denied, match="TRANSCRIPT_HELD"):
        await airing.publish(known)
    assert await seen_by(desk, OTHER) == []
    await decide(desk, airing, Verdict.DISMISSED)
    assert len(await seen_by(desk, OTHER)) == 1


async def test_one_that_is_called_otherwise_by_now_is_not_made_public_under_what_nobody_has_judged(
    desk: Desk, airing: Airing, running: Running
):
    says(desk, "Boil it for six minutes.")
    await transcribed(desk, running, public=False)
    (read,) = await seen_by(desk, ASKER)
    async with desk.storage.work() as work:
        renamed = await work.videos.change(HERE, read.id, title="Otherwise")
    assert renamed is not None
    assert await airing.publish(read) is None
    assert (await screening_of(desk), await seen_by(desk, OTHER)) == (None, [])
    assert await airing.publish(renamed) == replace(renamed, public=True)


async def test_what_was_kept_away_stays_away_when_it_is_published_again(desk: Desk, airing: Airing, running: Running):
    says(desk, HATE)
    await transcribed(desk, running)
    await decide(desk, airing, Verdict.CONFIRMED)
    (known,) = await seen_by(desk, ASKER)
    with pytest.raises(Denied, match="TRANSCRIPT_HELD"):
        await airing.publish(known)
