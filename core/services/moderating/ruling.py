"""Ruling: how places want short texts judged, as those who may change it do; and the same compiled, for whoever judges."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import Invalid, Missing
from core.matching.fold import fold
from core.matching.rules import compile_rule
from core.matching.wordlist import WordList
from core.model.audit import Verb
from core.model.person import Person, Place
from core.model.policy import HIGHEST, LASTING, LEAST, Policy, WordRule
from core.model.risk import Label
from core.model.trigger import MatchMode
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.reviewing.auditing import log

MOST = 200  # word rules a place may have
MOST_PATTERNS = 25  # of them patterns


@dataclass(frozen=True)
class Changed:
    """A policy as it was and as it is."""

    before: Policy
    after: Policy


@dataclass
class Law:
    """What holds in places, compiled, as it was at `revision`."""

    revision: int = -1
    places: dict[str, tuple[Policy, WordList]] = field(default_factory=dict)


@dataclass
class Ruling:
    """The policies and word rules of all places. Who changes them is written down in the audit log."""

    storage: Storage
    clock: Clock
    _law: Law = field(default_factory=Law)

    async def policy(self, place: str) -> Policy:
        """What holds in a place."""
        async with self.storage.reading() as work:
            return await work.policies.get(place)

    async def change(self, place: Place, by: Person, **wanted: Any) -> Changed:
        """Change what is `wanted`, by its names in Policy; what others have changed meanwhile stays."""
        async with self.storage.work() as work:
            await work.places.ensure(place)
            before = await work.policies.get(place.id)
            after = await work.policies.put(replace(before, **wanted))
            for name in wanted:
                was, now = _told(getattr(before, name)), _told(getattr(after, name))
                await self._log(work, place.id, by, Verb.POLICY, f"policy:{name}", before=was, after=now)
            return Changed(before, after)

    async def limit(self, place: Place, by: Person, label: Label, limit: float | None) -> Changed:
        """From which probability on a label counts; None switches it off. Raises Invalid LABEL_STAYS for one that cannot be, and
        LABEL_LIMIT (x, least, most)."""
        if limit is None and label in LASTING:
            raise Invalid("LABEL_STAYS")
        if limit is not None and not LEAST <= limit <= HIGHEST:
            raise Invalid("LABEL_LIMIT", x=limit, least=LEAST, most=HIGHEST)
        async with self.storage.work() as work:
            await work.places.ensure(place)
            before = await work.policies.get(place.id)
            limits = {one: known for one, known in before.limits.items() if one is not label}
            if limit is not None:
                limits[label] = limit
            ordered = {one: limits[one] for one in Label if one in limits}
            was, now = _told(before.limits.get(label)), _told(limit)
            await self._log(work, place.id, by, Verb.LABEL, f"label:{label}", before=was, after=now)
            return Changed(before, await work.policies.put(replace(before, limits=ordered)))

    async def rules(self, place: str) -> list[WordRule]:
        """The word rules of a place, oldest first."""
        async with self.storage.reading() as work:
            return await work.policies.rules(place)

    async def add(self, place: Place, by: Person, rule: WordRule) -> WordRule:
        """Raises Invalid PATTERN, WORD, RULE_THERE (x), RULE_LIMIT (m)."""
        await asyncio.to_thread(compile_rule, rule.word, rule.match)
        async with self.storage.work() as work:
            await work.places.ensure(place)
            _room(await work.policies.rules(place.id), rule)
            return await self._ruled(work, by, Verb.ADD_WORD, await work.policies.add(rule))

    async def edit(self, by: Person, rule: WordRule, **wanted: Any) -> WordRule:
        """Change what is `wanted` of the rule with this number, by its names there; what others have changed since it was read
        stays, and so does its word. Raises Missing when it is gone, and as `add` does."""
        await asyncio.to_thread(compile_rule, rule.word, wanted.get("match", rule.match))
        async with self.storage.work() as work:
            there = {one.id: one for one in await work.policies.rules(rule.place)}
            changed = replace(_there(there.pop(rule.id, None), rule.id), **wanted)
            _room(list(there.values()), changed)
            return await self._ruled(work, by, Verb.CHANGE_WORD, _there(await work.policies.change(changed), rule.id))

    async def remove(self, place: str, by: Person, rule_id: int) -> WordRule:
        """`restore` brings it back. Raises Missing NOT_FOUND when somebody was faster."""
        async with self.storage.work() as work:
            return await self._ruled(
                work, by, Verb.REMOVE_WORD, _there(await work.policies.remove(place, rule_id), rule_id)
            )

    async def restore(self, place: str, by: Person, rule_id: int) -> WordRule:
        """Raises Missing NOT_FOUND, and Invalid as `add` when there is no room any more."""
        async with self.storage.work() as work:
            there = await work.policies.rules(place)
            rule = _there(await work.policies.remove(place, rule_id, removed=False), rule_id)
            _room(there, rule)
            return await self._ruled(work, by, Verb.RESTORE_WORD, rule)

    async def law(self, work: Work, place: str) -> tuple[Policy, WordList]:
        """The policy and the compiled rules of a place as they are now, in any process; compiled anew only after a change."""
        revision = await work.revisions.of("policies")
        if revision > self._law.revision:
            self._law = Law(revision)
        law = (
            self._law if revision == self._law.revision else Law(revision)
        )  # who began to read before a change sees what was
        if (known := law.places.get(place)) is None:
            policy, rules = await work.policies.get(place), await work.policies.rules(place)
            known = law.places[place] = policy, await asyncio.to_thread(WordList, rules)
        return known

    async def _ruled(self, work: Work, by: Person, verb: Verb, rule: WordRule) -> WordRule:
        said = f"{rule.severity} · {rule.match}"
        await self._log(work, rule.place, by, verb, f"word:{rule.id}", after=said, reason=rule.word)
        return rule

    async def _log(
        self,
        work: Work,
        place: str,
        by: Person,
        verb: Verb,
        about: str,
        before: str = "",
        after: str = "",
        reason: str = "",
    ) -> None:
        """What makes no difference is no deed."""
        if before != after:
            await log(work, place, by, verb, about, self.clock.now(), before=before, after=after, reason=reason)


def _told(value: object) -> str:
    """A setting as the audit log keeps it."""
    if value is None or isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _room(there: list[WordRule], rule: WordRule) -> None:
    if any(_meant(one) == _meant(rule) for one in there):
        raise Invalid("RULE_THERE", x=rule.word)
    patterns = sum(one.match is MatchMode.PATTERN for one in there)
    if len(there) >= MOST:
        raise Invalid("RULE_LIMIT", m=MOST)
    if rule.match is MatchMode.PATTERN and patterns >= MOST_PATTERNS:
        raise Invalid("RULE_LIMIT", m=MOST_PATTERNS)


def _meant(rule: WordRule) -> tuple[str, MatchMode]:
    """What a rule looks for: equal for two of which one would be too many."""
    return rule.word if rule.match is MatchMode.PATTERN else fold(rule.word).text, rule.match


def _there(rule: WordRule | None, wanted: int) -> WordRule:
    if rule is None:
        raise Missing("NOT_FOUND", x=f"#{wanted}")
    return rule
