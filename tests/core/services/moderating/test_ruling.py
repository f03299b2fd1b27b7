"""How places want short texts judged: changed by several at a time, bounded, and heard in any process."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from core.errors import Invalid, Missing
from core.model.audit import Verb
from core.model.person import Person, Place
from core.model.policy import HIGHEST, LEAST, LIMIT, Provider, Severity, WordRule
from core.model.risk import Label
from core.model.trigger import MatchMode
from core.services.moderating import ruling
from core.services.moderating.ruling import Ruling
from tests.builders import HERE, deeds, placed
from tests.doubles import CountedStorage, HandClock

PLACE, KARIM = Place(HERE, HERE), Person("discord:7", "Karim")


@pytest.fixture
async def rules(storage: CountedStorage, clock: HandClock) -> Ruling:
    await placed(storage, HERE)
    return Ruling(storage, clock)


def rule(word: str, match: MatchMode = MatchMode.WHOLE_WORD, severity: Severity = Severity.HOLD) -> WordRule:
    return WordRule(0, HERE, word, match, severity)


async def test_what_two_people_change_both_stays_and_each_hears_before_and_after(rules: Ruling):
    one = await rules.change(PLACE, KARIM, chat=False)
    two = await rules.change(PLACE, KARIM, provider=Provider.SAFEGUARD)
    assert (one.before.chat, one.after.chat) == (True, False)
    assert (two.after.chat, two.before.provider, two.after.provider) == (False, Provider.LOCAL, Provider.SAFEGUARD)


async def test_a_label_is_switched_off_and_on_and_what_is_about_minors_never_off(rules: Ruling):
    changed = await rules.limit(PLACE, KARIM, Label.S, None)
    assert Label.S not in changed.after.limits
    assert list((await rules.limit(PLACE, KARIM, Label.S, 0.4)).after.limits) == list(Label)
    with pytest.raises(Invalid, match="LABEL_STAYS"):
        await rules.limit(PLACE, KARIM, Label.S3, None)
    for wrong in (LEAST - 0.01, HIGHEST + 0.01, 1.0, float("nan")):
        with pytest.raises(Invalid, match="LABEL_LIMIT"):
            await rules.limit(PLACE, KARIM, Label.S3, wrong)
    assert (await rules.limit(PLACE, KARIM, Label.S3, HIGHEST)).after.limits[Label.S3] == HIGHEST


async def test_rules_are_checked_counted_and_had_back(rules: Ruling, monkeypatch: pytest.MonkeyPatch):
    made = await rules.add(PLACE, KARIM, rule("Kill"))
    with pytest.raises(Invalid, match="RULE_THERE"):
        await rules.add(PLACE, KARIM, rule("KILL", severity=Severity.FLAG))
    with pytest.raises(Invalid, match="PATTERN"):
        await rules.add(PLACE, KARIM, rule("(", MatchMode.PATTERN))
    monkeypatch.setattr(ruling, "MOST_PATTERNS", 1)
    await rules.add(PLACE, KARIM, rule("(a+)+$", MatchMode.PATTERN))
    with pytest.raises(Invalid, match="RULE_LIMIT"):
        await rules.add(PLACE, KARIM, rule("b+", MatchMode.PATTERN))
    assert (await rules.remove(HERE, KARIM, made.id)).word == "Kill"
    with pytest.raises(Missing):
        await rules.remove(HERE, KARIM, made.id)
    other = await rules.add(PLACE, KARIM, rule("kill"))
    with pytest.raises(Invalid, match="RULE_THERE"):
        await rules.restore(HERE, KARIM, made.id)
    await rules.remove(HERE, KARIM, other.id)
    assert (await rules.restore(HERE, KARIM, made.id)).word == "Kill"
    monkeypatch.setattr(ruling, "MOST", 2)
    with pytest.raises(Invalid, match="RULE_LIMIT"):
        await rules.add(PLACE, KARIM, rule("more"))


async def test_what_is_compiled_is_compiled_once_and_anew_after_a_change_anywhere(
    rules: Ruling, storage: CountedStorage, clock: HandClock
):
    async with storage.reading() as work:
        first = await rules.law(work, HERE)
        assert await rules.law(work, HERE) is first
    await Ruling(storage, clock).add(PLACE, KARIM, rule("kill"))
    async with storage.reading() as work:
        policy, words = await rules.law(work, HERE)
        assert policy == first[0]
        assert [one.word for one in words.broken("kill")] == ["kill"]


async def test_who_began_to_read_before_a_change_makes_nobody_deaf_to_it(
    rules: Ruling, storage: CountedStorage, monkeypatch: pytest.MonkeyPatch
):
    async with storage.reading() as old:
        await old.places.get(HERE)  # it sees the database as it is now
        await rules.add(PLACE, KARIM, rule("kill"))
        begun, goes_on = asyncio.Event(), asyncio.Event()

        async def slowly(make: Any, *given: Any) -> Any:
            begun.set()
            await goes_on.wait()
            return make(*given)

        with monkeypatch.context() as patch:
            patch.setattr(ruling.asyncio, "to_thread", slowly)
            before = asyncio.create_task(rules.law(old, HERE))
            await begun.wait()
        async with storage.reading() as work:
            assert (await rules.law(work, HERE))[1].broken("kill")
        goes_on.set()
        assert not (await before)[1].broken("kill")
    async with storage.reading() as work:
        assert (await rules.law(work, HERE))[1].broken("kill")


async def test_the_words_of_a_place_that_was_forgotten_are_looked_for_no_more(rules: Ruling, storage: CountedStorage):
    await rules.add(PLACE, KARIM, rule("kill"))
    async with storage.reading() as work:
        assert (await rules.law(work, HERE))[1].broken("kill")
    async with storage.work() as work:
        while not await work.places.forget(HERE):
            pass
        await work.places.put(PLACE)
    async with storage.reading() as work:
        assert not (await rules.law(work, HERE))[1].broken("kill")


async def test_what_two_people_change_of_a_rule_at_a_time_both_stays(rules: Ruling):
    read = await rules.add(PLACE, KARIM, rule("kill"))
    await rules.edit(KARIM, read, severity=Severity.FLAG)
    await rules.edit(KARIM, read, match=MatchMode.CONTAINS)
    assert await rules.rules(HERE) == [replace(read, severity=Severity.FLAG, match=MatchMode.CONTAINS)]


async def test_who_changes_what_holds_stands_in_the_audit_log(rules: Ruling, storage: CountedStorage):
    await rules.change(PLACE, KARIM, chat=False, provider=Provider.ENSEMBLE)
    await rules.change(PLACE, KARIM, chat=False)  # as it is: nothing was done
    await rules.limit(PLACE, KARIM, Label.S, None)
    await rules.limit(PLACE, KARIM, Label.S, 0.4)
    made = await rules.add(PLACE, KARIM, rule("Kill"))
    await rules.edit(KARIM, made, severity=Severity.FLAG)
    await rules.remove(HERE, KARIM, made.id)
    await rules.restore(HERE, KARIM, made.id)
    with pytest.raises(Invalid):
        await rules.add(PLACE, KARIM, rule("kill"))
    word = f"word:{made.id}"
    assert await deeds(storage) == [
        (Verb.POLICY, "policy:chat", "yes", "no", ""),
        (Verb.POLICY, "policy:provider", "local", "ensemble", ""),
        (Verb.LABEL, "label:S", f"{LIMIT:g}", "no", ""),
        (Verb.LABEL, "label:S", "no", "0.4", ""),
        (Verb.ADD_WORD, word, "", "hold · whole word", "Kill"),
        (Verb.CHANGE_WORD, word, "", "flag · whole word", "Kill"),
        (Verb.REMOVE_WORD, word, "", "flag · whole word", "Kill"),
        (Verb.RESTORE_WORD, word, "", "flag · whole word", "Kill"),
    ]
