"""A place that asks for two people: what one of them says only stands once another says the same."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.model.audit import Verb
from core.model.person import Person, Two
from core.model.review import UNDO
from core.model.risk import Alert, Assessment, Category, Label, Verdict, Virality
from core.model.voices import OTHER, agreeing, silent, spoken, voices
from tests.builders import HERE, THERE, at, judged, placed
from tests.core.services.reviewing.test_agreeing_on_alerts import NINA, deeds, linked
from tests.core.services.reviewing.test_reviewing import MARA, PLACE, TOM, Stage
from tests.core.services.reviewing.test_reviewing import OTHER as ELSEWHERE
from tests.core.services.reviewing.test_reviewing import stage as stage

CONFIRM, DISMISS = Verdict.CONFIRMED, Verdict.DISMISSED


async def asks(stage: Stage, two: Two = Two.EVERY, place: str = HERE) -> Alert:
    """The place asks for two people from now on; its alert that waits."""
    await placed(stage.storage, place, two=two)
    return await stage.alert(PLACE if place == HERE else ELSEWHERE)


async def test_what_the_first_person_says_waits_until_a_second_one_says_the_same(stage: Stage):
    alert = await asks(stage)
    proposed, _ = await stage.reviewing.decide(PLACE, alert, CONFIRM, MARA, "clear")
    assert (proposed.verdict, proposed.proposed, proposed.proposed_by) == (Verdict.WAITING, CONFIRM, "Mara")
    with pytest.raises(Invalid, match="TWO_PEOPLE"):
        await stage.reviewing.decide(PLACE, proposed, CONFIRM, MARA)
    decided, _ = await stage.reviewing.decide(PLACE, proposed, CONFIRM, TOM)
    assert (decided.verdict, decided.decided_by, decided.note) == (CONFIRM, "Tom", "clear")
    assert agreeing(decided, decided.verdict, decided.decider) == "Mara"
    assert await deeds(stage) == [
        ("Mara", Verb.PROPOSE, "waiting", "confirmed"),
        ("Tom", Verb.CONFIRM, "waiting", "confirmed"),
    ]


@pytest.mark.parametrize("verdict", [CONFIRM, DISMISS])
async def test_two_who_disagree_leave_it_waiting_until_a_third_sides_with_one_of_them(stage: Stage, verdict: Verdict):
    alert = await asks(stage)
    await stage.reviewing.decide(PLACE, alert, CONFIRM, MARA)
    opposed, _ = await stage.reviewing.decide(PLACE, alert, DISMISS, TOM)
    assert (opposed.verdict, opposed.proposed_by, opposed.opposed_by) == (Verdict.WAITING, "Mara", "Tom")
    for again, who in ((CONFIRM, MARA), (DISMISS, TOM)):
        with pytest.raises(Invalid, match="TWO_PEOPLE"):
            await stage.reviewing.decide(PLACE, alert, again, who)
    decided, _ = await stage.reviewing.decide(PLACE, alert, verdict, NINA)
    assert (decided.verdict, decided.decided_by) == (verdict, "Nina")
    assert agreeing(decided, verdict, NINA.id) == ("Mara" if verdict is CONFIRM else "Tom")


async def test_who_proposes_something_else_has_changed_their_mind(stage: Stage):
    alert = await asks(stage)
    await stage.reviewing.decide(PLACE, alert, CONFIRM, MARA)
    changed, _ = await stage.reviewing.decide(PLACE, alert, DISMISS, MARA)
    assert (changed.verdict, voices(changed)) == (Verdict.WAITING, {MARA.id: DISMISS})


async def test_of_two_who_disagree_each_takes_back_what_they_said(stage: Stage):
    alert = await asks(stage)
    await stage.reviewing.decide(PLACE, alert, CONFIRM, MARA)
    opposed, _ = await stage.reviewing.decide(PLACE, alert, DISMISS, TOM)
    left, _ = await stage.reviewing.decide(PLACE, opposed, Verdict.WAITING, MARA)
    assert (left.proposed, left.proposed_by, left.opposed_by) == (DISMISS, "Tom", "")
    none, _ = await stage.reviewing.decide(PLACE, left, Verdict.WAITING, TOM)
    assert voices(none) == {}


async def test_others_take_a_proposal_back_for_ten_minutes_and_then_it_is_its_own_or_a_managers(stage: Stage):
    alert = await asks(stage)
    proposed, _ = await stage.reviewing.decide(PLACE, alert, CONFIRM, MARA)
    back, _ = await stage.reviewing.decide(PLACE, proposed, Verdict.WAITING, TOM)
    assert voices(back) == {}
    for late, who in ((False, MARA), (True, NINA)):
        proposed, _ = await stage.reviewing.decide(PLACE, alert, CONFIRM, MARA)
        await stage.clock.advance(UNDO.total_seconds() + 1)
        with pytest.raises(Invalid, match="PROPOSAL_LATE"):
            await stage.reviewing.decide(PLACE, proposed, Verdict.WAITING, TOM)
        back, _ = await stage.reviewing.decide(PLACE, proposed, Verdict.WAITING, who, late=late)
        assert voices(back) == {}


async def test_undoing_what_two_agreed_on_takes_back_the_second_word_alone(stage: Stage):
    alert = await asks(stage)
    await stage.reviewing.decide(PLACE, alert, CONFIRM, MARA)
    decided, _ = await stage.reviewing.decide(PLACE, alert, CONFIRM, TOM)
    back, _ = await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, NINA)
    assert (back.verdict, voices(back)) == (Verdict.WAITING, {MARA.id: CONFIRM})


@pytest.mark.parametrize(
    ("two", "severe", "relabelled", "limit", "takes"),
    [
        (Two.NOBODY, True, False, None, 1),
        (Two.EVERY, False, False, None, 2),
        (Two.SEVERE, True, False, None, 2),
        (Two.SEVERE, False, False, None, 1),
        (Two.SEVERE, False, True, None, 2),  # a person says that it is severe
        (Two.SEVERE, True, False, 0.95, 1),  # not by this place's own limits
    ],
)
async def test_which_alerts_take_two_is_what_the_place_says(
    stage: Stage, two: Two, severe: bool, relabelled: bool, limit: float | None, takes: int
):
    await placed(stage.storage, HERE, two=two)
    labels = {Label.SH: 0.9} if severe else {Label.HR: 0.9}
    said = Assessment(Category.CONTROVERSIAL, Virality.LOW, False, labels=labels, doubtful=True)
    async with stage.storage.work() as work:
        if limit is not None:
            policy = await work.policies.get(HERE)
            await work.policies.put(replace(policy, limits={**policy.limits, Label.SH: limit}))
        number = await work.alerts.assessed(1, said, stage.clock.now())
        alert = await work.alerts.raise_(HERE, 1, number, stage.clock.now())
    if relabelled:
        alert, _ = await stage.reviewing.relabel(PLACE, alert, Category.HATEFUL, (Label.H2,), NINA)
    needed = 0
    while alert.verdict is Verdict.WAITING:
        alert, _ = await stage.reviewing.decide(PLACE, alert, CONFIRM, (MARA, TOM)[needed])
        needed += 1
    assert needed == takes


async def test_what_somebody_has_a_say_in_already_comes_last_for_them(stage: Stage):
    first = await asks(stage)
    async with stage.storage.work() as work:
        number = await work.alerts.assessed(1, judged(quote="more"), at(60))
        second = await work.alerts.raise_(HERE, 1, number, at(60))
    await stage.reviewing.decide(PLACE, first, CONFIRM, MARA)
    found = {who.name: await stage.reviewing.next(PLACE, who) for who in (MARA, TOM)}
    assert {name: one[0].id for name, one in found.items() if one} == {"Mara": second.id, "Tom": first.id}
    await stage.reviewing.decide(PLACE, second, CONFIRM, MARA)
    again = await stage.reviewing.next(PLACE, MARA)
    assert again is not None
    assert again[0].id == first.id


async def test_asking_for_a_second_person_where_the_place_does_is_needless(stage: Stage):
    with pytest.raises(Invalid, match="TWO_ANYWAY"):
        await stage.reviewing.second(PLACE, await asks(stage), MARA)


async def test_the_others_of_two_who_press_at_once_agree(stage: Stage):
    alert = await asks(stage)
    both = await asyncio.gather(*(stage.reviewing.decide(PLACE, alert, CONFIRM, who) for who in (MARA, TOM)))
    assert sorted(one.verdict for one, _ in both) == ["confirmed", "waiting"]


# ------------------------------------------------------------------ linked places


async def stand(stage: Stage) -> list[tuple[str, str]]:
    """(verdict, proposed) here and there."""
    async with stage.storage.reading() as work:
        found = [await work.alerts.get(HERE, 1), await work.alerts.get(THERE, 2)]
    return [(one.verdict, one.proposed or "") for one in found if one is not None]


async def test_one_person_of_a_linked_place_decides_there_and_only_proposes_where_two_are_asked_for(stage: Stage):
    await linked(stage)
    await placed(stage.storage, THERE, two=Two.EVERY)
    decided, _ = await stage.reviewing.decide(PLACE, await stage.alert(), CONFIRM, MARA)
    assert await stand(stage) == [("confirmed", ""), ("waiting", "confirmed")]
    await stage.reviewing.decide(PLACE, decided, Verdict.WAITING, TOM)
    assert await stand(stage) == [("waiting", ""), ("waiting", "")]
    await stage.reviewing.decide(PLACE, decided, CONFIRM, MARA)
    await stage.reviewing.decide(ELSEWHERE, await stage.alert(ELSEWHERE), CONFIRM, TOM)
    assert await stand(stage) == [("confirmed", ""), ("confirmed", "confirmed")]


async def test_what_is_only_proposed_here_is_only_proposed_in_linked_places(stage: Stage):
    await linked(stage)
    alert = await asks(stage)
    proposed, _ = await stage.reviewing.decide(PLACE, alert, DISMISS, MARA)
    assert await stand(stage) == [("waiting", "dismissed")] * 2
    await stage.reviewing.decide(PLACE, proposed, Verdict.WAITING, MARA)
    assert await stand(stage) == [("waiting", "")] * 2
    await stage.reviewing.decide(PLACE, alert, DISMISS, MARA)
    await stage.reviewing.decide(ELSEWHERE, await stage.alert(ELSEWHERE), DISMISS, TOM)  # one is enough there
    assert await stand(stage) == [("dismissed", "dismissed")] * 2
    assert await deeds(stage, THERE) == await deeds(stage)
    assert {who for who, *_ in await deeds(stage)} == {"Mara", "Tom"}


# ------------------------------------------------------------------ whatever people press

PEOPLE = [Person(f"discord:{n}", f"P{n}") for n in range(4)]
ALERT = Alert(1, HERE, 1, at(0), judged(), rule=Two.EVERY)


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from([CONFIRM, DISMISS, Verdict.WAITING])), max_size=30))
def test_whatever_people_say_two_of_the_same_mind_settle_it_and_each_has_one_voice(said: list):
    """Against a plain book of who said what last."""
    alert, book = ALERT, dict[str, Verdict]()
    for person, verdict in said:
        if verdict is Verdict.WAITING:
            alert = silent(alert, person.id)
            book.pop(person.id, None)
        else:
            book[person.id] = verdict
            same = [one for one, other in book.items() if other is verdict and one != person.id]
            assert bool(agreeing(alert, verdict, person.id)) is bool(same)
            if same:
                return  # it stands
            alert = spoken(alert, person, verdict)
        assert voices(alert) == book
        assert len(book) <= len(OTHER)


@pytest.mark.parametrize("seed", range(3))
async def test_every_press_of_the_first_two_is_a_row_of_the_log_with_its_person(stage: Stage, seed: int):
    alert = await asks(stage)
    presses = [
        (MARA, CONFIRM),
        (MARA, CONFIRM),
        (TOM, DISMISS),
        (MARA, Verdict.WAITING),
        (TOM, DISMISS),
        (NINA, DISMISS),
    ]
    done = []
    for who, verdict in presses[seed:]:
        with suppress(Invalid):
            alert, _ = await stage.reviewing.decide(PLACE, alert, verdict, who)
            done.append((who.name, verdict.value))
    acts = [(one.by, one.verdict.value) for one in await stage.reviewing.history(alert)]
    assert acts == done
    assert [(who, after) for who, _, _, after in await deeds(stage)] == done
