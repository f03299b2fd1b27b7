"""What a named reviewer says is about minors is looked at and read by named reviewers alone: clips, transcripts, comments."""

from dataclasses import replace
from typing import Any

import pytest

from bot.asked import Asked
from bot.cards import draw
from bot.house import House
from bot.replies.clips import ClipLooked
from bot.replies.comments import CommentBack, CommentGone, CommentShown
from bot.replies.common import Failed
from bot.replies.videos import VideoBack
from core.model.account import Handle
from core.model.clip import Clip
from core.model.discussion import Comment
from core.model.person import Person, Place, Role
from core.model.risk import Alert, Category, Label, Verdict
from core.model.screening import Check, Found, Matter, Seen, Where
from core.model.tellable.videos import Transcribed
from core.model.video import Video, VideoTranscript
from tests.bot.commands.test_held_clips import NINA, SERVER, Ask, Held, held, press, text

__all__ = ["held", "press"]
ASKER = Person("discord:77", "Karim")
HATE = "Those people are vermin and must be driven out of our country"


@pytest.fixture
def place(house: House) -> Place:
    return Place(SERVER, "server", set_up=house.clock.now(), reviewers=(NINA.id,))


@pytest.fixture
def tom(ask: Ask, place: Place) -> Asked:
    """A moderator whom the place has not named."""
    return replace(ask(Role.MODERATOR, SERVER), place=place)


@pytest.fixture
def nina(tom: Asked) -> Asked:
    return replace(tom, person=NINA)


async def alert_of(house: House, number: int | None) -> Alert:
    async with house.storage.reading() as work:
        alert = await work.alerts.get(SERVER, number or 0)
    assert alert is not None
    return alert


async def waiting(house: House, matter: Matter, item: int) -> Alert:
    async with house.storage.reading() as work:
        screening = await work.screenings.of(SERVER, matter, item)
    assert screening is not None
    return await alert_of(house, screening.alert_id)


async def called(house: House, place: Place, alert: Alert, label: Label = Label.S3) -> None:
    """Nina says what it is."""
    await house.reviewing.relabel(place, await alert_of(house, alert.id), Category.CONTROVERSIAL, (label,), NINA)


async def transcript(house: House, place: Place, *, held: bool) -> VideoTranscript:
    async with house.storage.work() as work:
        await work.places.put(place)
        video = await work.videos.ensure(Video(0, "7400", Handle("amina"), "Amina", "Eggs", "", 60.0))
        made = VideoTranscript(
            0, SERVER, video, "captions", "", "en", True, house.clock.now(), ASKER.id, "A telling title"
        )
        stored = await work.videos.add(made, [])
        if held:
            seen = Seen(1, (Found(Check.NUDITY, Where.FRAMES, 0.9),), "What it shows.", "seer-1", gone=False)
            assert house.curating.screens is not None
            await house.curating.screens.video(work, stored, [], seen, house.clock.now())
            stored = await work.videos.change(SERVER, stored.id, public=False) or stored
    return stored


def code(reply: Any) -> str:
    return reply.code if isinstance(reply, Failed) else ""


async def everywhere(house: House, place: Place, alert: Alert, looks: Any) -> None:
    """`looks` is asked as the alert is labelled, confirmed, and waits again; and once it is labelled otherwise."""
    assert await looks() == ["", ""]
    await called(house, place, alert)
    assert await looks() == ["REVIEWERS_ONLY", ""]
    for verdict in (Verdict.CONFIRMED, Verdict.WAITING):
        await house.reviewing.decide(place, await alert_of(house, alert.id), verdict, NINA)
        assert await looks() == ["REVIEWERS_ONLY", ""]
    await called(house, place, alert, Label.S)
    assert await looks() == ["", ""]


async def test_a_clip_somebody_called_so_is_looked_at_by_named_reviewers_alone(
    held: Held, press: Any, house: House, place: Place, tom: Asked, nina: Asked
):
    clip: Clip = await held(Check.NUDITY, SERVER)

    async def looks() -> list[str]:
        return [code(await press(f"clip.look:{clip.id}", one)) for one in (tom, nina)]

    await everywhere(house, place, await waiting(house, Matter.CLIP, clip.id), looks)
    assert isinstance(await press(f"clip.look:{clip.id}", tom), ClipLooked)


async def test_a_transcript_somebody_called_so_is_read_by_named_reviewers_alone(
    press: Any, house: House, place: Place, tom: Asked, nina: Asked
):
    known = await transcript(house, place, held=True)

    async def looks() -> list[str]:
        return [code(await press(f"transcript.look:{known.number}", one)) for one in (tom, nina)]

    await everywhere(house, place, await waiting(house, Matter.VIDEO, known.id), looks)
    assert isinstance(await press(f"transcript.look:{known.number}", tom), Transcribed)
    assert code(await press(f"transcript.open:{known.number}", tom)) == "NOT_FOUND"
    assert code(await press(f"transcript.download:{known.number};txt", nina)) == "NOT_FOUND"  # it is its asker's alone


async def test_the_undo_of_an_old_card_takes_back_no_other_decision_about_a_transcript(
    press: Any, house: House, place: Place, tom: Asked
):
    number = (await transcript(house, place, held=True)).number
    card = draw(await press(f"transcript.decide:{number};show", tom), tom.words)
    (old,) = [button.key for row in card.buttons for button in row if ";reopen" in button.key]
    await press(f"transcript.decide:{number};reopen", tom)
    await press(f"transcript.decide:{number};hide", tom)
    assert code(await press(old, tom)) == "ALERT_CHANGED"


async def test_its_card_says_no_more_what_it_shows(held: Held, press: Any, house: House, place: Place, tom: Asked):
    clip: Clip = await held(Check.NUDITY, SERVER)
    key = f"clip.show:{clip.id}"
    assert "A person without clothes." in text(draw(await press(key, tom), tom.words))
    await called(house, place, await waiting(house, Matter.CLIP, clip.id))
    card = draw(await press(key, tom), tom.words)
    assert "without clothes" not in text(card)
    assert card.files == ()
    known = await transcript(house, place, held=True)
    await called(house, place, await waiting(house, Matter.VIDEO, known.id))
    decided = await press(f"transcript.decide:{known.number};hide", replace(tom, person=NINA))
    assert "What it shows." not in text(draw(decided, tom.words))


async def test_what_is_kept_away_is_not_made_longer(
    held: Held, press: Any, house: House, place: Place, tom: Asked, nina: Asked
):
    clip: Clip = await held(Check.NUDITY, SERVER)
    await called(house, place, await waiting(house, Matter.CLIP, clip.id))
    for one in (tom, nina):
        assert code(await press(f"clip.longer:{clip.id}", one)) == "CLIP_HELD"


async def test_who_brings_a_transcript_back_that_is_not_theirs_reads_no_title(
    press: Any, house: House, place: Place, tom: Asked
):
    known = await transcript(house, place, held=True)
    cards = []
    for one in (tom, replace(tom, person=ASKER)):
        async with house.storage.work() as work:
            await work.videos.remove(SERVER, known.id)
        back = await press(f"transcript.undo:{known.id}", one)
        assert isinstance(back, VideoBack)
        cards.append(text(draw(back, one.words)))
    assert ["A telling title" in card for card in cards] == [False, True]


@pytest.fixture
async def comment(house: House, place: Place) -> Comment:
    """Somebody's, held for hate, which Nina says is about minors."""
    written = await house.texts.discussing.write(await transcript(house, place, held=False), ASKER, HATE)
    assert written.comment.waits
    return written.comment


@pytest.mark.parametrize("verdict", [None, Verdict.CONFIRMED])
async def test_a_comment_about_minors_is_read_by_whom_the_place_has_named_and_its_author(
    comment: Comment, press: Any, house: House, place: Place, tom: Asked, nina: Asked, verdict: Verdict | None
):
    key = f"transcript.remark:{comment.id}"
    assert isinstance(await press(key, tom), CommentShown)
    await called(house, place, await alert_of(house, comment.alert_id))
    if verdict is not None:
        await house.reviewing.decide(place, await alert_of(house, comment.alert_id), verdict, NINA)
    refused = await press(key, tom)
    assert code(refused) == "NAMED_ONLY"
    assert f"#{comment.alert_id}" in text(draw(refused, tom.words))
    assert isinstance(await press(key, nina), CommentShown)
    assert isinstance(await press(key, replace(tom, person=ASKER, role=Role.VIEWER)), CommentShown)
    assert code(await press(key, replace(tom, role=Role.VIEWER))) == "NOT_FOUND"
    await called(house, place, await alert_of(house, comment.alert_id), Label.H)
    assert isinstance(await press(key, tom), CommentShown)


async def test_a_moderator_deletes_it_and_brings_it_back_without_reading_it(
    comment: Comment, press: Any, house: House, place: Place, tom: Asked
):
    await called(house, place, await alert_of(house, comment.alert_id))
    gone = await press(f"transcript.withdraw:{comment.id}", tom)
    assert isinstance(gone, CommentGone)
    card = text(draw(gone, tom.words))
    assert "The comment is deleted." in card
    assert ASKER.name not in card
    assert isinstance(await press(f"transcript.return:{comment.id}", tom), CommentBack)
    assert code(await press(f"transcript.remark:{comment.id}", tom)) == "NAMED_ONLY"


async def test_the_name_of_who_wrote_another_one_is_said_to_who_deletes_it(comment: Comment, press: Any, tom: Asked):
    gone = await press(f"transcript.withdraw:{comment.id}", tom)
    assert f"The comment of {ASKER.name} is deleted." in text(draw(gone, tom.words))
