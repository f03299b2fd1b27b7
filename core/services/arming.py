"""Arming: the triggers of places as people keep them, and how many a place may have."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import EarshotError, Invalid, Missing
from core.matching.fold import fold
from core.matching.rules import compile_rule
from core.model.trigger import MatchMode, Trigger, Where
from core.ports.store import Storage
from core.services.rehearsing import Rehearsal, rehearse

MOST = 500  # triggers a place may have
MOST_PATTERNS = 25  # of them patterns
BETWEEN = re.compile(r"[,،，、\n]")


@dataclass(frozen=True)
class Refused:
    """A word of several that was not armed, and why."""

    word: str
    error: EarshotError


@dataclass(frozen=True)
class Armed:
    """What came of several triggers: those made, in their order, and the others."""

    made: tuple[Trigger, ...]
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class Arming:
    """The triggers of all places."""

    storage: Storage

    async def add(self, trigger: Trigger) -> Trigger:
        """Store a trigger. Raises Invalid PATTERN, WORD, TRIGGER_THERE (x, n), TRIGGER_LIMIT or PATTERN_LIMIT (m)."""
        armed = await self.add_all(trigger.place, [trigger])
        for refused in armed.refused:
            raise refused.error
        return armed.made[0]

    async def add_all(self, place: str, triggers: Sequence[Trigger]) -> Armed:
        """Store many triggers of a place in one transaction, each as `add` does; what cannot be is refused by itself. They have the
        numbers that follow one another."""
        faults = await asyncio.to_thread(lambda: [_fault(trigger) for trigger in triggers])
        made: list[Trigger] = []
        refused: list[Refused] = []
        async with self.storage.work() as work:
            room = Room(await work.triggers.of_place(place))
            for trigger, fault in zip(triggers, faults, strict=True):
                try:
                    if fault is not None:
                        raise fault
                    room.take(trigger)
                except EarshotError as error:
                    refused.append(Refused(trigger.word, error))
                else:
                    made.append(await work.triggers.add(trigger))
                    room.taken(made[-1])
        return Armed(tuple(made), tuple(refused))

    async def edit(self, trigger: Trigger, **wanted: Any) -> Trigger:
        """Change what is `wanted` of the trigger with this number, by its names there; what others have changed since it was read
        stays, and so does its word. Raises Missing when it is gone, and as `add` does."""
        compile_rule(trigger.word, wanted.get("match", trigger.match))
        async with self.storage.work() as work:
            there = {one.id: one for one in await work.triggers.of_place(trigger.place)}
            changed = replace(_there(there.pop(trigger.id, None), trigger.id), **wanted)
            Room(list(there.values())).take(changed)
            return _there(await work.triggers.change(changed), trigger.id)

    async def remove(self, trigger: Trigger) -> Trigger:
        """Take it away; `restore` brings it back. Raises Missing when somebody was faster."""
        async with self.storage.work() as work:
            return _there(await work.triggers.remove(trigger.place, trigger.id), trigger.id)

    async def remove_all(self, place: str, first: int, last: int) -> list[Trigger]:
        """Take away what `add_all` made as numbers first..last. Raises Missing when nothing of it is there any more."""
        async with self.storage.work() as work:
            wanted = [one.id for one in await work.triggers.of_place(place) if first <= one.id <= last]
            gone = [await work.triggers.remove(place, number) for number in wanted]
        if not gone:
            raise Missing("NOT_FOUND", x=first)
        return [trigger for trigger in gone if trigger is not None]

    async def restore(self, place: str, trigger_id: int) -> Trigger:
        """Undo a removal. Raises Missing when there is nothing to bring back, Invalid as `add` when there is no room any more."""
        async with self.storage.work() as work:
            there = await work.triggers.of_place(place)
            trigger = _there(await work.triggers.restore(place, trigger_id), trigger_id)
            Room(there).take(trigger)
            return trigger

    async def listed(self, place: str, account_id: int | None = None) -> list[Trigger]:
        """A place's triggers, oldest first, with their hits counted."""
        async with self.storage.reading() as work:
            return await work.triggers.of_place(place, account_id)

    async def examples(
        self, place: str, word: str, match: MatchMode, where: Where = Where.BOTH, account_id: int | None = None
    ) -> Rehearsal:
        """What would have fired in the place's last lives. Raises Invalid PATTERN or WORD."""
        rule = compile_rule(word, match)
        async with self.storage.reading() as work:
            return await rehearse(work, place, rule, where, account_id)


class Room:
    """What a place has of triggers, and whether one more may join them: for whoever stores triggers."""

    def __init__(self, there: Sequence[Trigger]) -> None:
        self._there = {meant(trigger): trigger for trigger in there}
        self._count = len(there)
        self._patterns = sum(trigger.match is MatchMode.PATTERN for trigger in there)

    def take(self, trigger: Trigger) -> None:
        """Raises Invalid TRIGGER_THERE (x, n) when one listens for the same, TRIGGER_LIMIT or PATTERN_LIMIT (m)."""
        if (same := self._there.get(meant(trigger))) is not None:
            raise Invalid("TRIGGER_THERE", x=same.word, n=same.id)
        if self._count >= MOST:
            raise Invalid("TRIGGER_LIMIT", m=MOST)
        if trigger.match is MatchMode.PATTERN and self._patterns >= MOST_PATTERNS:
            raise Invalid("PATTERN_LIMIT", m=MOST_PATTERNS)

    def taken(self, trigger: Trigger) -> None:
        """It is there now."""
        self._there[meant(trigger)] = trigger
        self._count += 1
        self._patterns += trigger.match is MatchMode.PATTERN


def meant(trigger: Trigger) -> tuple[str, int | None, Where, MatchMode]:
    """What a trigger listens for: equal for two of which one would be too many."""
    word = trigger.word if trigger.match is MatchMode.PATTERN else fold(trigger.word).text
    return word, trigger.account_id, trigger.where, trigger.match


def words_in(text: str, match: MatchMode) -> list[str]:
    """The words of a list with commas between, each once; a pattern is one, whatever is in it."""
    if match is MatchMode.PATTERN:
        return [text]
    words = (word.strip() for word in BETWEEN.split(text))
    return list({fold(word).text: word for word in words if word}.values()) or [text]


def several(trigger: Trigger, words: Sequence[str]) -> list[Trigger]:
    """The same trigger for each word."""
    return [replace(trigger, word=word) for word in words]


def _fault(trigger: Trigger) -> EarshotError | None:
    if trigger.match is not MatchMode.PATTERN and trigger.word and not BETWEEN.sub("", trigger.word).strip():
        return Invalid("WORD", reason="it is nothing but commas")
    try:
        compile_rule(trigger.word, trigger.match)
    except Invalid as error:
        return error
    return None


def _there(trigger: Trigger | None, wanted: int) -> Trigger:
    if trigger is None:
        raise Missing("NOT_FOUND", x=wanted)
    return trigger
