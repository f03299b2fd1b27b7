"""Two people, undo in time, notes, labels, mutes, linked places: what a decision is, and who wrote it down."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import Invalid
from core.model.audit import Verb
from core.model.person import Person
from core.model.review import UNDO, Act
from core.model.risk import Alert, Category, Label, Verdict
from tests.builders import HERE, THERE, judged, rows
from tests.core.services.reviewing.test_reviewing import MARA, OTHER, PLACE, TOM, Stage
from tests.core.services.reviewing.test_reviewing import stage as stage

NINA = Person("console:3", "Nina")


async def deeds(stage: Stage, place: str = HERE) -> list[tuple[str, Verb, str, str]]:
    """(who, did what, before, after), oldest first."""
    async with stage.storage.reading() as work:
        found = await work.audit.of_place(place)
        assert await work.audit.broken(place) is None
    return [(one.name, one.verb, one.before, one.after) for one in reversed(found)]


async def test_two_different_people_have_to_agree_once_somebody_asked_for_a_second(stage: Stage):
    asked, _ = await stage.reviewing.second(PLACE, await stage.alert(), NINA)
    assert (asked.second_by, asked.verdict) == ("Nina", Verdict.WAITING)
    proposed, _ = await stage.reviewing.decide(PLACE, asked, Verdict.CONFIRMED, MARA, "I think so")
    assert (proposed.verdict, proposed.proposed, proposed.proposed_by) == (Verdict.WAITING, Verdict.CONFIRMED, "Mara")
    with pytest.raises(Invalid, match="TWO_PEOPLE"):
        await stage.reviewing.decide(PLACE, proposed, Verdict.CONFIRMED, MARA)
    decided, _ = await stage.reviewing.decide(PLACE, proposed, Verdict.CONFIRMED, TOM)
    assert (decided.verdict, decided.decided_by, decided.note) == (Verdict.CONFIRMED, "Tom", "I think so")
    assert await deeds(stage) == [
        ("Nina", Verb.SECOND, "waiting", "waiting"),
        ("Mara", Verb.PROPOSE, "waiting", "confirmed"),
        ("Tom", Verb.CONFIRM, "waiting", "confirmed"),
    ]


async def test_who_relabels_is_on_record_with_what_it_was_taken_for_and_not_with_every_label_there_is(stage: Stage):
    known, now = await stage.alert(), stage.clock.now()
    every = judged(labels={**dict.fromkeys(Label, 0.0), Label.H: 0.9, Label.V: 0.2})
    async with stage.storage.work() as work:
        number = await work.alerts.assessed(known.live_id, every, now)
        alert = await work.alerts.raise_(HERE, known.live_id, number, now)
    await stage.reviewing.relabel(PLACE, alert, Category.VIRAL, (Label.HR,), MARA)
    before, after = f"{Category.HATEFUL}; H", f"{Category.VIRAL}; HR"
    assert await deeds(stage) == [("Mara", Verb.RELABEL, before, after)]


async def test_a_second_person_of_another_mind_opposes_the_first_who_may_come_round(stage: Stage):
    alert, _ = await stage.reviewing.second(PLACE, await stage.alert(), MARA)
    await stage.reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA)
    other, _ = await stage.reviewing.decide(PLACE, alert, Verdict.DISMISSED, TOM)
    assert (other.proposed, other.proposed_by, other.opposed_by) == (Verdict.CONFIRMED, "Mara", "Tom")
    decided, _ = await stage.reviewing.decide(PLACE, alert, Verdict.DISMISSED, MARA)
    assert (decided.verdict, decided.decided_by) == (Verdict.DISMISSED, "Mara")


async def test_a_proposal_can_be_taken_back_and_a_second_asking_is_told_who_asked(stage: Stage):
    alert, _ = await stage.reviewing.second(PLACE, await stage.alert(), MARA)
    with pytest.raises(Invalid, match="SECOND_ASKED"):
        await stage.reviewing.second(PLACE, alert, TOM)
    proposed, _ = await stage.reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA)
    back, _ = await stage.reviewing.decide(PLACE, proposed, Verdict.WAITING, TOM)
    assert (back.proposed, back.proposed_by, back.second_by) == (None, "", "Mara")


async def test_who_asked_for_two_people_in_vain_is_not_stuck_for_a_manager_takes_it_back(stage: Stage):
    alert, _ = await stage.reviewing.second(PLACE, await stage.alert(), MARA)
    with pytest.raises(Invalid, match="SECOND_ASKED"):
        await stage.reviewing.decide(PLACE, alert, Verdict.WAITING, TOM)
    back, _ = await stage.reviewing.decide(PLACE, alert, Verdict.WAITING, MARA, late=True)
    assert (back.second_by, back.verdict) == ("", Verdict.WAITING)
    decided, _ = await stage.reviewing.decide(PLACE, back, Verdict.CONFIRMED, MARA)
    assert decided.verdict is Verdict.CONFIRMED


async def test_after_ten_minutes_only_a_manager_takes_a_decision_back(stage: Stage):
    decided, _ = await stage.reviewing.decide(PLACE, await stage.alert(), Verdict.CONFIRMED, MARA)
    await stage.clock.advance(UNDO.total_seconds() + 1)
    with pytest.raises(Invalid) as late:
        await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, MARA)
    assert (late.value.code, late.value.values["name"]) == ("UNDO_LATE", "Mara")
    reopened, _ = await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, TOM, late=True)
    assert reopened.verdict is Verdict.WAITING


async def test_within_ten_minutes_everybody_may(stage: Stage):
    decided, _ = await stage.reviewing.decide(PLACE, await stage.alert(), Verdict.CONFIRMED, MARA)
    await stage.clock.advance(UNDO.total_seconds() - 1)
    reopened, _ = await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, TOM)
    assert reopened.verdict is Verdict.WAITING


async def test_muting_an_alert_mutes_its_live_and_undoing_it_ends_that(stage: Stage):
    alert = await stage.alert()
    muted, _ = await stage.reviewing.decide(PLACE, alert, Verdict.MUTED, MARA)
    assert (muted.verdict, await muted_until(stage, HERE)) == (
        Verdict.MUTED,
        stage.clock.now() + timedelta(minutes=30),
    )
    assert await muted_until(stage, THERE) is None
    await stage.reviewing.decide(PLACE, muted, Verdict.WAITING, TOM)
    assert await muted_until(stage, HERE) is None


async def test_a_muted_alert_can_still_be_judged_and_the_live_stays_muted_no_longer(stage: Stage):
    muted, _ = await stage.reviewing.decide(PLACE, await stage.alert(), Verdict.MUTED, MARA)
    confirmed, _ = await stage.reviewing.decide(PLACE, muted, Verdict.CONFIRMED, TOM)
    assert (confirmed.verdict, confirmed.decided_by) == (Verdict.CONFIRMED, "Tom")


async def muted_until(stage: Stage, place: str):
    async with stage.storage.reading() as work:
        return next(one.muted_until for one in await work.lives.standings(1) if one.place == place)


async def test_a_note_and_what_a_person_says_it_is_stand_on_every_post(stage: Stage):
    alert = await stage.alert()
    await stage.reviewing.note(PLACE, alert, "look at 12:30", MARA)
    await stage.clock.advance(1)
    relabelled, _ = await stage.reviewing.relabel(PLACE, alert, Category.CONTROVERSIAL, (Label.HR,), TOM)
    assert (relabelled.note, relabelled.category, relabelled.labels) == (
        "look at 12:30",
        Category.CONTROVERSIAL,
        (Label.HR,),
    )
    assert relabelled.assessment == alert.assessment
    async with stage.storage.reading() as work:
        copies = [one async for one in told_of(work, alert)]
    assert (copies[-1].note, copies[-1].relabelled, copies[-1].relabels) == ("look at 12:30", "Polémique", ["HR"])
    acts = [one.act for one in await stage.reviewing.history(alert)]
    assert acts == [Act.NOTE, Act.RELABEL]


async def told_of(work, alert: Alert):
    for address in await work.outbox.told_at(alert.place, f"risk:{alert.id}"):
        yield (await work.outbox.newest(address, f"risk:{alert.id}")).tells()


async def linked(stage: Stage) -> None:
    async with stage.storage.work() as work:
        for place in (HERE, THERE):
            await work.partners.join(place, "circle")


async def test_linked_places_are_told_of_a_decision_and_each_writes_it_down(stage: Stage):
    await linked(stage)
    decided, _ = await stage.reviewing.decide(PLACE, await stage.alert(), Verdict.CONFIRMED, MARA, "clear")
    assert sorted(stage.edits()) == [(HERE, "confirmed", "Mara"), (THERE, "confirmed", "Mara")]
    assert await deeds(stage, THERE) == await deeds(stage) == [("Mara", Verb.CONFIRM, "waiting", "confirmed")]
    await stage.clock.advance(1)
    await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, TOM)
    assert (await stage.alert(OTHER)).verdict is Verdict.WAITING


async def test_what_a_linked_place_decided_otherwise_stays_so(stage: Stage):
    await stage.reviewing.decide(OTHER, await stage.alert(OTHER), Verdict.DISMISSED, TOM)
    await linked(stage)
    await stage.clock.advance(1)
    await stage.reviewing.decide(PLACE, await stage.alert(), Verdict.CONFIRMED, MARA)
    verdicts = [row["verdict"] for row in rows(stage.folder, "select verdict from alert order by id")]
    assert verdicts == ["confirmed", "dismissed"]


async def test_of_two_who_press_at_once_one_is_told_who_was_faster(stage: Stage):
    alert = await stage.alert()
    await stage.reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA)
    with pytest.raises(Invalid) as late:
        await stage.reviewing.decide(PLACE, replace(alert), Verdict.CONFIRMED, TOM)
    assert (late.value.code, late.value.values["name"]) == ("DECIDED", "Mara")
    assert [verb for _, verb, _, _ in await deeds(stage)] == [Verb.CONFIRM]
