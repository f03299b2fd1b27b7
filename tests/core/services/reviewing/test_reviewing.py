"""People decide alerts, and every post of the alert says so."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.errors import Denied, Invalid, Missing
from core.model.notice import AGAIN, DeliveryState, Notice, NoticeKind, facts_of
from core.model.person import Person, Place
from core.model.risk import Alert, Category, Label, Verdict
from core.model.tellable.finds import HitFound
from core.model.tellable.lives import LiveStarted, Rolling
from core.model.trigger import Where
from core.services.assessing import Assessing
from core.services.delivering import LEASE
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, THERE, at, followed, judged, rows, scene_of, segment, told
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedJudge

MARA, TOM = Person("console:1", "Mara"), Person("console:2", "Tom")
PLACE, OTHER = Place(HERE, "here"), Place(THERE, "there")


@dataclass
class Stage:
    reviewing: Reviewing
    storage: CountedStorage
    clock: HandClock
    folder: Path

    async def alert(self, place: Place = PLACE) -> Alert:
        found = await self.reviewing.next(place)
        assert found is not None
        return found[0]

    def edits(self) -> list[tuple[str, str, str]]:
        """(place, verdict, by) of every edit told."""
        found = told(self.folder, NoticeKind.RISK)
        return [(one.notice.place, one.says.verdict, one.says.decided_by) for one in found if one.notice.edits]


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    assessing = Assessing(storage, clock, StagedJudge(lambda segment: judged()))
    await assessing.speech(await scene_of(storage), segment("words"))
    await clock.advance(1)
    return Stage(Reviewing(storage, clock), storage, clock, tmp_path)


async def test_a_decision_names_who_decided_and_edits_the_alert_of_that_place_only(stage: Stage):
    alert, handle = await stage.reviewing.decide(PLACE, await stage.alert(), Verdict.CONFIRMED, MARA, "clear")
    assert (alert.verdict, alert.decided_by, alert.decided_at, alert.note) == (
        "confirmed",
        "Mara",
        stage.clock.now(),
        "clear",
    )
    assert handle == "maria"
    assert stage.edits() == [(HERE, "confirmed", "Mara")]
    assert {one.notice.subject for one in told(stage.folder, NoticeKind.RISK)} == {"risk:1", "risk:2"}
    assert await stage.reviewing.next(PLACE) is None
    assert (await stage.alert(OTHER)).verdict is Verdict.WAITING


async def test_who_decides_too_late_is_told_who_was_faster_and_how(stage: Stage):
    alert = await stage.alert()
    await stage.reviewing.decide(PLACE, alert, Verdict.DISMISSED, MARA, "")
    when = stage.clock.now()
    await stage.clock.advance(2)
    with pytest.raises(Invalid) as late:
        await stage.reviewing.decide(PLACE, alert, Verdict.CONFIRMED, TOM, "")
    said = late.value.values
    assert (late.value.code, said["name"], said["verdict"], said["when"]) == ("DECIDED", "Mara", "dismissed", when)
    assert stage.edits() == [(HERE, "dismissed", "Mara")]


async def test_a_decision_taken_back_is_told_and_can_be_made_anew_any_number_of_times(stage: Stage):
    alert = await stage.alert()
    for _ in range(2):
        decided, _ = await stage.reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA, "")
        await stage.clock.advance(1)
        alert, _ = await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, TOM, "")
        assert (alert.verdict, alert.decided_by, alert.decided_at) == (Verdict.WAITING, "", None)
        await stage.clock.advance(1)
    assert stage.edits() == [(HERE, "confirmed", "Mara"), (HERE, "waiting", "")] * 2
    decisions = rows(stage.folder, "select verdict, by from decision order by id")
    assert [tuple(row) for row in decisions] == [("confirmed", "Mara"), ("waiting", "Tom")] * 2


@pytest.mark.parametrize("verdict", [Verdict.CONFIRMED, Verdict.DISMISSED])
async def test_deciding_a_muted_alert_leaves_its_live_muted_and_undoing_the_mute_does_not(
    stage: Stage, verdict: Verdict
):
    async def until() -> object:
        return rows(stage.folder, f"select muted_until from live_place where place = '{HERE}'")[0]["muted_until"]

    muted, _ = await stage.reviewing.decide(PLACE, await stage.alert(), Verdict.MUTED, MARA)
    since = await until()
    assert since
    decided, _ = await stage.reviewing.decide(PLACE, muted, verdict, TOM)
    assert await until() == since
    alert, _ = await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, TOM)
    muted, _ = await stage.reviewing.decide(PLACE, alert, Verdict.MUTED, MARA)
    await stage.reviewing.decide(PLACE, muted, Verdict.WAITING, TOM)
    assert await until() is None


async def test_only_who_is_named_may_say_that_an_alert_is_not_about_minors_after_all(stage: Stage):
    place = replace(OTHER, reviewers=(MARA.id,))
    alert, _ = await stage.reviewing.relabel(place, await stage.alert(OTHER), Category.HATEFUL, (Label.S3,), TOM)
    with pytest.raises(Denied, match="NAMED_ONLY"):
        await stage.reviewing.relabel(place, alert, Category.HATEFUL, (Label.H,), TOM)
    alert, _ = await stage.reviewing.relabel(place, alert, Category.VIRAL, (Label.S3, Label.H), TOM)
    assert alert.restricted
    alert, _ = await stage.reviewing.relabel(place, alert, Category.HATEFUL, (Label.H,), MARA)
    assert not alert.restricted


async def test_an_alert_of_another_place_cannot_be_decided(stage: Stage):
    with pytest.raises(Missing, match="NOT_FOUND"):
        await stage.reviewing.decide(OTHER, await stage.alert(PLACE), Verdict.CONFIRMED, TOM, "")
    assert stage.edits() == []


async def test_two_changes_of_one_moment_are_both_told_at_every_address(stage: Stage):
    alert = await stage.alert()
    async with stage.storage.work() as work:
        first = await work.outbox.get(f"risk:{alert.id}")
        assert first is not None
        await work.outbox.put(replace(first.notice, key="elsewhere", address=f"{HERE}:risks"), stage.clock.now())
    await stage.reviewing.relabel(PLACE, alert, Category.HATEFUL, (Label.H,), MARA)
    await stage.reviewing.relabel(PLACE, alert, Category.HATEFUL, (Label.V,), TOM)  # in the same microsecond
    edits = [one for one in told(stage.folder, NoticeKind.RISK) if one.notice.edits]
    assert [(one.notice.address, one.says.relabels, one.state) for one in edits] == [
        (f"{HERE}:lives", ["H"], "replaced"),
        (f"{HERE}:risks", ["H"], "replaced"),
        (f"{HERE}:lives", ["V"], "new"),
        (f"{HERE}:risks", ["V"], "new"),
    ]


async def test_an_alert_that_was_told_once_more_is_decided_on_every_post_that_is_known_to_be_there(stage: Stage):
    alert = await stage.alert()
    async with stage.storage.work() as work:
        (first,) = await work.outbox.claim("courier", ("console",), stage.clock.now(), LEASE, 1)
        await work.outbox.settle(first, DeliveryState.UNKNOWN, BEGAN)
        copy = replace(first.notice, key=f"risk:{alert.id}{AGAIN}", subject=f"risk:{alert.id}{AGAIN}")
        await work.outbox.put(copy, BEGAN)
    decided, _ = await stage.reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA, "")
    async with stage.storage.work() as work:
        await work.outbox.settle(first, DeliveryState.SENT, BEGAN, external="5")
    await stage.clock.advance(1)
    await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, TOM, "")
    edits = [one for one in told(stage.folder, NoticeKind.RISK) if one.notice.edits]
    assert [(one.notice.subject, str(one.says.verdict)) for one in edits] == [
        ("risk:1:again", "confirmed"),
        ("risk:1", "waiting"),
        ("risk:1:again", "waiting"),
    ]


async def test_an_alert_of_an_account_that_is_not_followed_any_more_is_decided_on_its_post_all_the_same(stage: Stage):
    alert = await stage.alert()
    async with stage.storage.work() as work:
        follow = (await work.follows.of_place(HERE))[0]
        await work.follows.remove(HERE, follow.account_id)
    await stage.reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA, "")
    assert stage.edits() == [(HERE, "confirmed", "Mara")]
    assert rows(stage.folder, "select verdict from alert where place = 'console:here'")[0]["verdict"] == "confirmed"


async def posted(stage: Stage, said: HitFound | Rolling | LiveStarted, number: str, place: str = HERE) -> None:
    """A post that has arrived."""
    kind, facts = facts_of(said)
    async with stage.storage.work() as work:
        await work.outbox.put(Notice(kind, f"post{number}", place, f"{place}:thread", f"post{number}", facts), BEGAN)
        for delivery in await work.outbox.claim("courier", ("console", "discord"), stage.clock.now(), LEASE, 50):
            external = f"7/{number}" if delivery.notice.key == f"post{number}" else "9/9"
            await work.outbox.settle(delivery, DeliveryState.SENT, BEGAN, external=external)


HIT = HitFound(1, 1, 1, "maria", "word", Where.CHAT, "a word of theirs", 2, 6, BEGAN, 12.0, "juno")


async def test_a_post_about_a_live_is_sent_to_review_once_and_says_who_sent_it(stage: Stage):
    await posted(stage, HIT, "77")
    alert, handle = await stage.reviewing.send(PLACE, "77", MARA)
    assert (alert.assessment.quote, alert.assessment.engine, alert.assessment.reason) == (HIT.quote, "person", "Mara")
    assert (handle, alert.verdict, alert.assessment.second) == ("maria", Verdict.WAITING, 12.0)
    assert (await stage.reviewing.send(PLACE, "77", TOM))[0] == alert
    sent = [one for one in told(stage.folder, NoticeKind.RISK) if one.says.alert_id == alert.id]
    assert len(sent) == 1
    assert sent[0].notice.urgent


async def test_the_words_of_a_live_can_be_sent_to_review(stage: Stage):
    lines = [(at(3), "We begin."), (at(9), None), (at(12), "Then we stop.")]
    await posted(stage, Rolling(1, "maria", "en", "captions", lines), "78")
    alert, _ = await stage.reviewing.send(PLACE, "78", MARA)
    assert (alert.assessment.quote, alert.assessment.second) == ("We begin. Then we stop.", 3.0)


@pytest.mark.parametrize("number", ["7", "78", "8", "", "%", "7.", "77 "])
async def test_nothing_but_a_post_of_this_place_about_a_live_is_taken(stage: Stage, number: str):
    await posted(stage, HIT, "77", THERE)
    await posted(stage, LiveStarted(1, "maria", "Kitchen", BEGAN), "78")
    with pytest.raises(Invalid, match="NOT_OF_LIVE"):
        await stage.reviewing.send(PLACE, number, MARA)
