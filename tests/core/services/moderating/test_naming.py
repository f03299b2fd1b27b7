"""Titles people give transcripts are judged before others read them; a held one waits, and a decision gives or keeps it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.errors import Denied, Invalid, Missing
from core.model.account import Handle
from core.model.notice import NoticeKind
from core.model.person import Person, Place, Two
from core.model.policy import Policy, Severity, WordRule
from core.model.risk import Kind, Verdict
from core.model.screening import Matter, Screening, State
from core.model.video import Video, VideoTranscript
from core.services.moderating.naming import MOST, WITHIN, Named, Naming
from core.services.moderating.weighing import Weighed, Weighing
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, THERE, told
from tests.core.services.moderating.texts_desk import Desk, desk_of
from tests.doubles import BEGAN, CountedStorage, HandClock

OWNER, OTHER, MARA = Person("discord:7", "Ben"), Person("discord:8", "Eve"), Person("discord:1", "Mara")


@dataclass
class Interrupted:
    """Weighs, but something else happens first, once."""

    weighing: Weighing
    first: Callable[[], Awaitable[object]] | None

    async def weigh(self, text: str, policy: Policy, place: str = "") -> Weighed:
        if self.first is not None:
            first, self.first = self.first, None
            await first()
        return await self.weighing.weigh(text, policy, place)


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    made = desk_of(storage, clock, tmp_path)
    await made.place()
    return made


@pytest.fixture
def naming(desk: Desk) -> Naming:
    return desk.texts.naming


async def transcript(desk: Desk, *, public: bool = True) -> VideoTranscript:
    async with desk.storage.work() as work:
        video = await work.videos.ensure(Video(0, "7400", Handle("amina"), "Amina", "Eggs", "", 60.0))
        made = VideoTranscript(0, HERE, video, "captions", "", "en", True, BEGAN, OWNER.id, "Eggs", public)
        return await work.videos.add(made, [])


async def title(desk: Desk, of: VideoTranscript) -> str:
    async with desk.storage.reading() as work:
        known = await work.videos.get(HERE, of.id)
    assert known is not None
    return known.title


async def decide(desk: Desk, naming: Naming, verdict: Verdict) -> None:
    """A moderator decides the newest alert of a title, whatever was decided of it."""
    async with desk.storage.reading() as work:
        alert = await work.alerts.get(HERE, (await work.alerts.find(HERE))[0])
    assert alert is not None
    await desk.clock.advance(1)
    reviewing = Reviewing(desk.storage, desk.clock, heeds=(naming.heed,))
    await reviewing.decide(Place(HERE, HERE), alert, verdict, MARA, "", late=True)


async def test_a_harmless_title_is_given_at_once(desk: Desk, naming: Naming):
    made = await transcript(desk)
    named = await naming.name(made, OWNER, "  My \n eggs ")
    assert (named.transcript.title, named.cause) == ("My eggs", "")
    assert await desk.waiting() == []


async def test_a_held_title_waits_and_people_are_told_while_the_old_one_stays(desk: Desk, naming: Naming):
    made = await transcript(desk)
    named = await naming.name(made, OWNER, "vermin eggs")
    assert named == Named(made, "H")
    assert await title(desk, made) == "Eggs"
    (alert,) = await desk.waiting()
    assert (alert.assessment.kind, alert.assessment.item, alert.assessment.quote) == (
        Kind.TITLE,
        f"name:{made.id}",
        "vermin eggs",
    )
    assert [one.notice.address for one in desk.told()] == [f"{HERE}:lives"]
    assert (await naming.name(made, OWNER, "vermin eggs")).cause == "H", "asked again it waits on"
    assert len(await desk.waiting()) == 1


async def test_what_a_person_decides_gives_the_title_or_keeps_it_away_and_can_be_undone(desk: Desk, naming: Naming):
    made = await transcript(desk)
    await naming.name(made, OWNER, "vermin eggs")
    for verdict, called in (
        (Verdict.DISMISSED, "vermin eggs"),
        (Verdict.WAITING, "Eggs"),
        (Verdict.CONFIRMED, "Eggs"),
    ):
        await decide(desk, naming, verdict)
        assert await title(desk, made) == called
    with pytest.raises(Denied, match="TITLE_STAYS"):
        await naming.name(made, OWNER, "vermin eggs")
    await decide(desk, naming, Verdict.WAITING)
    await decide(desk, naming, Verdict.DISMISSED)
    await naming.name(made, OWNER, "Eggs again")
    assert (await naming.name(made, OWNER, "vermin eggs")).cause == "", "a person has read it"


async def test_an_older_wish_changes_nothing_once_there_is_another_title(desk: Desk, naming: Naming):
    made = await transcript(desk)
    await naming.name(made, OWNER, "vermin eggs")
    await naming.name(made, OWNER, "Fine eggs")
    assert await desk.waiting() == [], "nobody has to decide about it any more"
    for verdict in Verdict:
        with pytest.raises(Invalid, match="SET_ASIDE"):
            await decide(desk, naming, verdict)
    assert await title(desk, made) == "Fine eggs"


async def test_who_wished_for_a_title_is_not_named_beside_the_alert_it_had(desk: Desk, naming: Naming):
    made = await transcript(desk)
    await naming.name(made, OWNER, "vermin eggs")
    (alert,) = await desk.waiting()
    await naming.name(made, OWNER, "Fine eggs")
    async with desk.storage.reading() as work:
        assert [(one.by, one.by_id) for one in await work.alerts.decisions(HERE, alert.id)] == [("", "")]
    post = desk.told()[-1]
    assert (post.says.verdict, post.says.decided_by, post.notice.edits) == (Verdict.MUTED, "", True)
    assert OWNER.name not in str(post.notice.facts)


async def test_a_word_that_only_flags_is_shown_until_a_person_confirms_it(desk: Desk, naming: Naming):
    await desk.rule(WordRule(0, HERE, "soup", severity=Severity.FLAG))
    made = await transcript(desk)
    assert (await naming.name(made, OWNER, "soup")).transcript.title == "soup"
    await decide(desk, naming, Verdict.CONFIRMED)
    assert await title(desk, made) == "Eggs"
    await decide(desk, naming, Verdict.WAITING)
    assert await title(desk, made) == "soup"


async def test_what_only_its_owner_reads_is_judged_when_all_may_read_it(desk: Desk, naming: Naming):
    made = await transcript(desk, public=False)
    own = (await naming.name(made, OWNER, "vermin eggs")).transcript
    assert (own.title, await desk.waiting()) == ("vermin eggs", [])
    named = await naming.publish(own, OWNER)
    assert (named.transcript.title, named.cause) == ("Eggs", "H")
    await decide(desk, naming, Verdict.DISMISSED)
    assert await title(desk, made) == "vermin eggs"


async def test_one_that_was_named_since_it_was_read_keeps_that_title_when_it_becomes_public(desk: Desk, naming: Naming):
    read = await transcript(desk, public=False)
    await naming.name(read, OWNER, "Fine eggs")
    assert await naming.publish(read, OWNER) == Named(replace(read, title="Fine eggs"))
    assert await title(desk, read) == "Fine eggs"


async def test_a_title_given_while_another_one_is_judged_is_judged_too(desk: Desk, naming: Naming):
    read = (await naming.name(await transcript(desk, public=False), OWNER, "Fine eggs")).transcript
    weighing = Interrupted(desk.texts.weighing, lambda: naming.name(read, OWNER, "vermin eggs"))
    named = await replace(naming, weighing=weighing).publish(read, OWNER)  # type: ignore[arg-type]
    assert (named.transcript.title, named.cause) == ("Eggs", "H")
    assert await title(desk, read) == "Eggs"
    assert [alert.assessment.quote for alert in await desk.waiting()] == ["vermin eggs"]


async def test_a_title_given_while_it_becomes_public_is_judged(desk: Desk, naming: Naming):
    made = await transcript(desk)
    assert (await naming.name(replace(made, public=False), OWNER, "vermin eggs")).cause == "H", "as it was a moment ago"
    assert await title(desk, made) == "Eggs"


async def test_what_waits_for_a_person_itself_is_judged_too(desk: Desk, naming: Naming):
    made = await transcript(desk, public=False)
    async with desk.storage.work() as work:
        await work.screenings.begin(Screening(0, HERE, Matter.VIDEO, made.id, State.HELD, BEGAN), BEGAN)
    assert (await naming.name(made, OWNER, "vermin eggs")).cause == "H"
    assert await title(desk, made) == "Eggs"


async def test_a_place_that_has_no_titles_judged_has_none_held(desk: Desk, naming: Naming):
    await desk.wants(titles=False)
    assert (await naming.name(await transcript(desk), OWNER, "vermin eggs")).transcript.title == "vermin eggs"


async def test_nobody_else_names_it_and_no_other_place_does(desk: Desk, naming: Naming):
    made = await transcript(desk)
    for refused in (naming.name(made, OTHER, "x"), naming.publish(made, OTHER)):
        with pytest.raises(Denied, match="NOT_YOURS"):
            await refused
    with pytest.raises(Missing, match="NOT_FOUND"):
        await naming.name(replace(made, place=THERE), OWNER, "vermin")
    assert await desk.waiting() == []


async def test_another_wish_takes_the_place_of_the_one_that_waits(desk: Desk, naming: Naming):
    made = await transcript(desk)
    await naming.name(made, OWNER, "vermin eggs")
    await desk.clock.advance(1)
    await naming.name(made, OWNER, "worm eggs")
    (alert,) = await desk.waiting()
    assert alert.assessment.quote == "worm eggs"
    posts = [(one.notice.edits, one.says.alert_id, one.says.quote) for one in desk.told()]
    assert posts == [(False, alert.id, "vermin eggs"), (True, alert.id, "worm eggs")], "one post, which changes"
    await decide(desk, naming, Verdict.DISMISSED)
    assert await title(desk, made) == "worm eggs"


async def test_who_looked_at_the_wish_before_decides_nothing_about_the_new_one(desk: Desk, naming: Naming):
    made = await transcript(desk)
    await naming.name(made, OWNER, "vermin eggs")
    (post,) = desk.told()
    await naming.name(made, OWNER, "worm eggs")
    (alert,) = await desk.waiting()
    reviewing = Reviewing(desk.storage, desk.clock, heeds=(naming.heed,))
    with pytest.raises(Invalid, match="ALERT_CHANGED"):
        await reviewing.decide(Place(HERE, HERE), alert, Verdict.DISMISSED, MARA, seen=post.says.seen)
    assert await title(desk, made) == "Eggs"


async def test_what_somebody_has_said_of_a_wish_does_not_count_for_the_next(desk: Desk, naming: Naming):
    await desk.place(two=Two.EVERY)
    made = await transcript(desk)
    await naming.name(made, OWNER, "vermin eggs")
    await decide(desk, naming, Verdict.DISMISSED)
    (before,) = await desk.waiting()
    assert before.proposed is Verdict.DISMISSED
    await naming.name(made, OWNER, "worm eggs")
    (alert,) = await desk.waiting()
    assert (alert.id != before.id, alert.assessment.quote, alert.proposed) == (True, "worm eggs", None)


@pytest.mark.parametrize("waits", [True, False], ids=["while the last one waits", "when each was taken back"])
async def test_a_persons_wishes_that_must_be_looked_at_have_an_end_each_day(desk: Desk, naming: Naming, waits: bool):
    made = await transcript(desk)
    first = desk.clock.now()
    for n in range(MOST):
        assert (await naming.name(made, OWNER, f"vermin {n}")).cause == "H"
        assert (await naming.name(made, OWNER, f"vermin {n}")).cause == "H", "the same wish counts once"
        if not waits:
            await naming.name(made, OWNER, f"Eggs {n}")
        await desk.clock.advance(60)
    with pytest.raises(Invalid) as full:
        await naming.name(made, OWNER, "vermin again")
    assert (full.value.code, full.value.values) == ("TITLES_HELD", {"m": MOST, "when": first + WITHIN})
    assert [one.assessment.quote for one in await desk.waiting()] == ([f"vermin {MOST - 1}"] if waits else [])
    assert (await naming.name(made, OWNER, "Fine eggs")).cause == "", "what nobody has to look at is given"
    await desk.clock.advance(WITHIN.total_seconds() - MOST * 60)
    assert (await naming.name(made, OWNER, "vermin again")).cause == "H"
    with pytest.raises(Invalid, match="TITLES_HELD"):
        await naming.name(made, OWNER, "vermin once more")


@pytest.mark.parametrize(("verdict", "shown"), [(Verdict.DISMISSED, True), (Verdict.CONFIRMED, False)])
async def test_who_wished_for_a_title_is_told_alone_what_became_of_it_and_not_by_whom(
    desk: Desk, naming: Naming, verdict: Verdict, shown: bool
):
    made = await transcript(desk)
    await naming.name(made, OWNER, "vermin eggs")
    assert told(desk.folder, NoticeKind.TITLE) == []
    await decide(desk, naming, verdict)
    (one,) = told(desk.folder, NoticeKind.TITLE)
    assert (one.notice.address, one.notice.place) == ("discord:@7", "discord:@7")
    assert (one.says.number, one.says.place, one.says.title, one.says.shown) == (
        made.number,
        HERE,
        "vermin eggs",
        shown,
    )
    assert "Mara" not in str(one.notice.facts)
    await decide(desk, naming, Verdict.WAITING)
    assert len(told(desk.folder, NoticeKind.TITLE)) == 1, "an undone decision is none"
    await decide(desk, naming, verdict)
    assert len(told(desk.folder, NoticeKind.TITLE)) == 2


async def test_of_a_title_that_was_shown_meanwhile_only_its_end_is_told(desk: Desk, naming: Naming):
    await desk.rule(WordRule(0, HERE, "soup", severity=Severity.FLAG))
    made = await transcript(desk)
    await naming.name(made, OWNER, "soup")
    await decide(desk, naming, Verdict.DISMISSED)
    assert told(desk.folder, NoticeKind.TITLE) == [], "nothing changed for who wished for it"
    await decide(desk, naming, Verdict.WAITING)
    await decide(desk, naming, Verdict.CONFIRMED)
    assert [one.says.shown for one in told(desk.folder, NoticeKind.TITLE)] == [False]


async def test_a_title_that_is_about_minors_is_told_without_its_words(desk: Desk, naming: Naming):
    made = await transcript(desk)
    await naming.name(made, OWNER, "lolly eggs")
    async with desk.storage.reading() as work:
        place = await work.places.get(HERE)
    assert place is not None
    (alert,) = await desk.waiting()
    reviewing = Reviewing(desk.storage, desk.clock, heeds=(naming.heed,))
    await reviewing.decide(replace(place, reviewers=(MARA.id,)), alert, Verdict.CONFIRMED, MARA)
    (one,) = told(desk.folder, NoticeKind.TITLE)
    assert (one.says.title, one.says.shown) == ("", False)
