"""What people write about transcripts: judged first, shown or held, decided by a person, and its author told alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Denied, Invalid, Missing, Transient
from core.model.account import Handle
from core.model.audit import Verb
from core.model.discussion import LONGEST, Comment
from core.model.notice import NoticeKind
from core.model.person import Person, Place
from core.model.policy import Policy, Provider, Severity, WordRule
from core.model.review import Act
from core.model.risk import Category, Kind, Label, Verdict
from core.model.video import Video, VideoTranscript
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, THERE, deeds, rows, told
from tests.core.services.moderating.texts_desk import Desk, desk_of, labels
from tests.doubles import BEGAN, CountedStorage, HandClock

KARIM, SAMI = Person("discord:7", "Karim"), Person("discord:8", "Sami")
WORM = "you filthy worm"


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    made = desk_of(storage, clock, tmp_path)
    await made.place(HERE)
    return made


@pytest.fixture
async def transcript(desk: Desk) -> VideoTranscript:
    async with desk.storage.work() as work:
        video = await work.videos.ensure(Video(0, "7400", Handle("amina"), "Amina", "Eggs", "", 60.0))
        return await work.videos.add(
            VideoTranscript(0, HERE, video, "captions", "", "en", True, BEGAN, KARIM.id, "Eggs"), []
        )


async def seen(desk: Desk, transcript: VideoTranscript, by: Person = SAMI) -> list[str]:
    return [one.text for one in await desk.texts.discussing.thread(transcript, by.id)]


async def held(desk: Desk, transcript: VideoTranscript, text: str = WORM) -> Comment:
    written = await desk.texts.discussing.write(transcript, KARIM, text)
    assert not written.comment.shown
    return written.comment


async def test_a_comment_with_nothing_in_it_is_shown_to_everybody_at_once(desk: Desk, transcript: VideoTranscript):
    written = await desk.texts.discussing.write(transcript, KARIM, "Salt first.")
    assert (written.comment.shown, written.cause, written.comment.name) == (True, "", "Karim")
    answer = await desk.texts.discussing.write(transcript, SAMI, "No, last.", written.comment.id)
    assert answer.comment.to == written.comment.id
    assert await seen(desk, transcript) == ["Salt first.", "No, last."]
    assert await desk.texts.discussing.count(transcript) == 2
    assert await desk.waiting() == []


async def test_a_held_comment_waits_for_a_person_and_only_its_author_sees_it(desk: Desk, transcript: VideoTranscript):
    written = await desk.texts.discussing.write(transcript, KARIM, WORM)
    assert (written.comment.shown, written.comment.waits, written.cause) == (False, True, "HR")
    assert await seen(desk, transcript) == []
    assert await seen(desk, transcript, KARIM) == [WORM]
    (alert,) = await desk.waiting()
    assert (alert.assessment.kind, alert.assessment.item, alert.live_id) == (Kind.COMMENT, written.comment.item, None)
    (post,) = desk.told()
    assert (post.notice.address, post.says.quote, post.says.item) == (f"{HERE}:lives", WORM, written.comment.item)
    assert "Karim" not in str(post.notice.facts), "a label is about the text"


@pytest.mark.parametrize(("verdict", "shown"), [(Verdict.DISMISSED, True), (Verdict.CONFIRMED, False)])
async def test_a_persons_decision_shows_it_or_keeps_it_away_and_its_author_is_told_alone(
    desk: Desk, transcript: VideoTranscript, verdict: Verdict, shown: bool
):
    await held(desk, transcript)
    (alert,) = await desk.waiting()
    await desk.decide(alert, verdict)
    assert bool(await seen(desk, transcript)) is shown
    await desk.texts.discussing.tell_authors()
    await desk.texts.discussing.tell_authors()
    (notice,) = told(desk.folder, NoticeKind.COMMENT)
    assert (notice.notice.address, notice.says.shown, notice.says.text) == ("discord:@7", shown, WORM)
    await desk.decide(alert, Verdict.WAITING)
    await desk.texts.discussing.tell_authors()
    assert await seen(desk, transcript) == [], "an undone decision is none"
    await desk.clock.advance(1)
    await desk.decide(alert, verdict)
    await desk.texts.discussing.tell_authors()
    assert len(told(desk.folder, NoticeKind.COMMENT)) == 2


async def test_a_flagged_comment_is_shown_until_somebody_confirms(desk: Desk, transcript: VideoTranscript):
    await desk.rule(WordRule(0, HERE, "bribe", severity=Severity.FLAG))
    written = await desk.texts.discussing.write(transcript, KARIM, "a bribe")
    assert (written.comment.shown, written.cause) == (True, "word")
    (alert,) = await desk.waiting()
    await desk.decide(alert, Verdict.CONFIRMED)
    assert await seen(desk, transcript) == []


async def test_that_a_moderator_looked_at_what_everybody_reads_is_told_to_nobody_but_that_it_goes_and_comes_back_is(
    desk: Desk, transcript: VideoTranscript
):
    await desk.rule(WordRule(0, HERE, "bribe", severity=Severity.FLAG))
    await desk.texts.discussing.write(transcript, KARIM, "a bribe")
    (alert,) = await desk.waiting()
    heard = []
    for verdict in (Verdict.DISMISSED, Verdict.WAITING, Verdict.CONFIRMED, Verdict.WAITING, Verdict.DISMISSED):
        await desk.decide(alert, verdict)
        before = len(told(desk.folder, NoticeKind.COMMENT))
        await desk.clock.advance(1)
        await desk.texts.discussing.tell_authors()
        heard.append([one.says.shown for one in told(desk.folder, NoticeKind.COMMENT)[before:]])
    assert heard == [[], [], [False], [True], []]


@pytest.mark.parametrize("verdict", [None, Verdict.DISMISSED])
async def test_a_flagged_comment_that_somebody_calls_about_minors_is_shown_to_nobody_else(
    desk: Desk, transcript: VideoTranscript, verdict: Verdict | None
):
    await desk.rule(WordRule(0, HERE, "bribe", severity=Severity.FLAG))
    await desk.texts.discussing.write(transcript, KARIM, "a bribe")
    (alert,) = await desk.waiting()
    named = Place(HERE, HERE, reviewers=(SAMI.id,))
    reviewing = Reviewing(desk.storage, desk.clock)
    await reviewing.relabel(named, alert, Category.NEUTRAL, (Label.S3,), SAMI)
    if verdict is not None:
        async with desk.storage.work() as work:
            await work.places.put(named)
        (alert,) = await desk.waiting()
        await reviewing.decide(named, alert, verdict, SAMI)
    shown = ["a bribe"] if verdict else []
    assert await seen(desk, transcript) == shown
    assert await desk.texts.discussing.count(transcript) == len(shown)
    assert await seen(desk, transcript, KARIM) == ["a bribe"]


async def test_a_word_rule_holds_and_its_exception_does_not(desk: Desk, transcript: VideoTranscript):
    await desk.rule(WordRule(0, HERE, "kill but not kill time"))
    assert (await desk.texts.discussing.write(transcript, KARIM, "we kill time")).comment.shown
    assert not (await desk.texts.discussing.write(transcript, KARIM, "kill")).comment.shown


async def test_the_author_may_reword_what_is_held_and_the_old_alert_asks_nobody_any_more(
    desk: Desk, transcript: VideoTranscript
):
    comment = await held(desk, transcript)
    with pytest.raises(Denied, match="NOT_YOURS"):
        await desk.texts.discussing.reword(HERE, comment.id, SAMI, "mild")
    written = await desk.texts.discussing.reword(HERE, comment.id, KARIM, "mild words")
    assert written.comment.shown
    assert await desk.waiting() == []
    again = await desk.texts.discussing.reword(HERE, comment.id, KARIM, "lolly")
    assert (again.comment.shown, again.cause) == (False, "S3")
    (alert,) = await desk.waiting()
    await desk.decide(alert, Verdict.CONFIRMED)
    with pytest.raises(Denied, match="COMMENT_STAYS"):
        await desk.texts.discussing.reword(HERE, comment.id, KARIM, "mild words")


async def test_its_author_withdraws_it_and_a_moderator_deletes_any_and_both_can_be_undone(
    desk: Desk, transcript: VideoTranscript
):
    discussing = desk.texts.discussing
    comment = await held(desk, transcript)
    with pytest.raises(Denied, match="NOT_YOURS"):
        await discussing.withdraw(HERE, comment.id, SAMI, any_of_place=False)
    with pytest.raises(Missing):
        await discussing.withdraw(THERE, comment.id, KARIM, any_of_place=True)
    await discussing.withdraw(HERE, comment.id, KARIM, any_of_place=False)
    assert (await desk.waiting(), await seen(desk, transcript, KARIM)) == ([], [])
    with pytest.raises(Missing):
        await discussing.withdraw(HERE, comment.id, KARIM, any_of_place=False)
    back = await discussing.restore(HERE, comment.id, KARIM, any_of_place=False)
    assert (back.waits, len(await desk.waiting())) == (True, 1)
    gone = await discussing.withdraw(HERE, comment.id, SAMI, any_of_place=True)
    assert gone.removed
    await desk.clock.advance(599)
    await discussing.round()
    await discussing.restore(HERE, comment.id, SAMI, any_of_place=True)
    await discussing.withdraw(HERE, comment.id, SAMI, any_of_place=True)
    await desk.clock.advance(601)
    await discussing.round()
    with pytest.raises(Missing):
        await discussing.restore(HERE, comment.id, SAMI, any_of_place=True)
    assert rows(desk.folder, "select * from comment") == [], "nothing of it is kept"
    assert [(verb, about) for verb, about, *_ in await deeds(desk.storage)] == [
        (Verb.DELETE_COMMENT, f"comment:{comment.id}"),
        (Verb.RESTORE_COMMENT, f"comment:{comment.id}"),
        (Verb.DELETE_COMMENT, f"comment:{comment.id}"),
    ], "what its author does is nobody's business"


@pytest.mark.parametrize("reworded", [False, True])
async def test_what_its_author_took_back_names_nobody_and_nobody_decides_it(
    desk: Desk, transcript: VideoTranscript, reworded: bool
):
    comment, reviewing, place = await held(desk, transcript), Reviewing(desk.storage, desk.clock), Place(HERE, HERE)
    (alert,) = await desk.waiting()
    if reworded:
        await desk.texts.discussing.reword(HERE, comment.id, KARIM, "vermin")
    else:
        await desk.texts.discussing.withdraw(HERE, comment.id, KARIM, any_of_place=False)
    left = await desk.waiting()
    async with desk.storage.reading() as work:
        (aside,) = await work.alerts.several(HERE, [alert.id])
        assert [(one.act, one.by, one.by_id) for one in await work.alerts.decisions(HERE, alert.id)] == [
            (Act.MUTE, "", "")
        ]
    assert (aside.aside, aside.decided_by) == (True, "")
    assert all(KARIM.name not in str(one.notice.facts) for one in desk.told())
    for verdict in Verdict:
        with pytest.raises(Invalid, match="SET_ASIDE") as late:
            await reviewing.decide(place, aside, verdict, SAMI, late=True)
        assert late.value.values == {"n": alert.id}
    with pytest.raises(Invalid, match="SET_ASIDE"):
        await reviewing.second(place, aside, SAMI)
    assert await desk.waiting() == left, "it does not come back into the queue"
    assert await seen(desk, transcript) == []


async def test_what_is_brought_back_is_decided_as_before(desk: Desk, transcript: VideoTranscript):
    discussing, comment = desk.texts.discussing, await held(desk, transcript)
    await discussing.withdraw(HERE, comment.id, KARIM, any_of_place=False)
    await discussing.restore(HERE, comment.id, KARIM, any_of_place=False)
    (alert,) = await desk.waiting()
    async with desk.storage.reading() as work:
        done = await work.alerts.decisions(HERE, alert.id)
    assert [(one.act, one.by) for one in done] == [(Act.MUTE, ""), (Act.REOPEN, "")]
    await Reviewing(desk.storage, desk.clock).decide(Place(HERE, HERE), alert, Verdict.DISMISSED, SAMI)
    assert await seen(desk, transcript) == [WORM]


async def test_a_moderator_who_deletes_a_comment_is_named(desk: Desk, transcript: VideoTranscript):
    comment = await held(desk, transcript)
    await desk.texts.discussing.withdraw(HERE, comment.id, SAMI, any_of_place=True)
    assert desk.told()[-1].says.decided_by == SAMI.name


async def test_nobody_brings_back_what_somebody_else_took_away_but_a_moderator_what_one_did(
    desk: Desk, transcript: VideoTranscript
):
    discussing, mara = desk.texts.discussing, Person("discord:9", "Mara")
    comment = (await discussing.write(transcript, KARIM, "Salt first.")).comment
    await discussing.withdraw(HERE, comment.id, SAMI, any_of_place=True)
    with pytest.raises(Denied, match="COMMENT_STAYS"):
        await discussing.restore(HERE, comment.id, KARIM, any_of_place=False)
    await discussing.restore(HERE, comment.id, mara, any_of_place=True)
    await discussing.withdraw(HERE, comment.id, KARIM, any_of_place=False)
    with pytest.raises(Denied, match="NOT_YOURS"):
        await discussing.restore(HERE, comment.id, mara, any_of_place=True)
    await discussing.restore(HERE, comment.id, KARIM, any_of_place=False)
    assert await seen(desk, transcript) == ["Salt first."]


async def test_what_it_answers_and_its_transcript_have_to_be_there(desk: Desk, transcript: VideoTranscript):
    with pytest.raises(Missing):
        await desk.texts.discussing.write(transcript, KARIM, "x", 99)
    async with desk.storage.work() as work:
        await work.videos.remove(HERE, transcript.id)
    with pytest.raises(Missing):
        await desk.texts.discussing.write(transcript, KARIM, "x")


@pytest.mark.parametrize("text", ["\u202e" * 500, "😀" * LONGEST, "(a+)+$" * 100, "worm\0\ud800", "a\n" * 400])
async def test_hostile_texts_are_kept_or_held_and_break_nothing(desk: Desk, transcript: VideoTranscript, text: str):
    await desk.rule(WordRule(0, HERE, "(a+)+$"))
    written = await desk.texts.discussing.write(transcript, Person(KARIM.id, "\u202e" * 500 + "\0"), text)
    assert len(written.comment.text) <= LONGEST
    assert "\0" not in written.comment.text + written.comment.name


async def test_one_that_is_too_long_is_refused(desk: Desk, transcript: VideoTranscript):
    with pytest.raises(Invalid, match="COMMENT_LONG"):
        await desk.texts.discussing.write(transcript, KARIM, "x" * (LONGEST + 1))


async def test_a_model_elsewhere_is_asked_and_a_silent_one_holds_nothing_up(desk: Desk, transcript: VideoTranscript):
    await desk.wants(provider=Provider.SAFEGUARD)
    desk.elsewhere.judge = lambda text: labels(V=0.9)
    assert (await desk.texts.discussing.write(transcript, KARIM, "hello")).cause == "V"
    assert desk.elsewhere.asked == [["hello"]]
    desk.elsewhere.fault = Transient("ENGINE_DOWN")
    assert (await desk.texts.discussing.write(transcript, KARIM, "hello again")).comment.shown
    assert (await desk.texts.discussing.write(transcript, KARIM, WORM)).cause == "HR"
    assert (await desk.waiting())[-1].assessment.degraded


async def test_what_people_write_here_is_no_speech_to_learn_from(desk: Desk, transcript: VideoTranscript):
    """Training takes decisions about TikTok's speech and chat: the kind says which these are."""
    await held(desk, transcript)
    assert [one.assessment.kind for one in await desk.waiting()] == [Kind.COMMENT]
    assert replace(Policy(HERE)).provider is Provider.LOCAL
