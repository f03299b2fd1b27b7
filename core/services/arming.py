"""Arming: the triggers of places as people keep them, and what they would have fired on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Invalid, Missing
from core.matching.rules import TriggerIndex, compile_rule
from core.model.live import ChatMessage, Live
from core.model.transcript import Segment
from core.model.trigger import MatchMode, Trigger, Where
from core.ports.store import Storage, Work

MOST = 500  # triggers a place may have
EXAMPLES = 5
LIVES = 20  # how many past lives are searched for examples


@dataclass(frozen=True)
class Example:
    """A past line a trigger would have fired on; the matched part is text[start:end]. `by` is empty for speech."""

    live: Live
    at: datetime
    text: str
    start: int
    end: int
    by: str = ""


@dataclass(frozen=True)
class Arming:
    """The triggers of all places."""

    storage: Storage

    async def add(self, trigger: Trigger) -> Trigger:
        """Store a trigger. Raises Invalid PATTERN, WORD or TRIGGER_LIMIT."""
        compile_rule(trigger.word, trigger.match)
        async with self.storage.work() as work:
            if len(await work.triggers.of_place(trigger.place)) >= MOST:
                raise Invalid("TRIGGER_LIMIT", m=MOST)
            return await work.triggers.add(trigger)

    async def remove(self, trigger: Trigger) -> Trigger:
        """Take it away; `restore` brings it back. Raises Missing when somebody was faster."""
        async with self.storage.work() as work:
            return _there(await work.triggers.remove(trigger.place, trigger.id), trigger.id)

    async def restore(self, place: str, trigger_id: int) -> Trigger:
        """Undo a removal. Raises Missing when there is nothing to bring back."""
        async with self.storage.work() as work:
            return _there(await work.triggers.restore(place, trigger_id), trigger_id)

    async def listed(self, place: str, account_id: int | None = None) -> list[Trigger]:
        """A place's triggers, oldest first, with their hits counted."""
        async with self.storage.reading() as work:
            return await work.triggers.of_place(place, account_id)

    async def examples(
        self, place: str, word: str, match: MatchMode, where: Where = Where.BOTH, account_id: int | None = None
    ) -> tuple[int, list[Example]]:
        """How many lines of the place's last lives would have fired, and the newest five. Raises as `add` does."""
        index = TriggerIndex()
        index.put(0, compile_rule(word, match))
        count = 0
        found: list[Example] = []
        async with self.storage.reading() as work:
            for live in await work.lives.of_place(place, account_id=account_id, limit=LIVES):
                for second, text, by in await _lines(work, live.id, where):
                    matches = index.find(text)
                    count += bool(matches)
                    if matches and len(found) < EXAMPLES:
                        at = live.started + timedelta(seconds=second)
                        found.append(Example(live, at, text, matches[0].start, matches[0].end, by))
        return count, found


async def _lines(work: Work, live_id: int, where: Where) -> list[tuple[float, str, str]]:
    """(second, text, chatter) of a live, newest first."""
    lines: list[tuple[float, str, str]] = []
    if where.covers(Where.CHAT):
        chat = await work.chats.of_live(live_id)
        lines += [
            (second, event.text, event.chatter.handle) for second, event in chat if isinstance(event, ChatMessage)
        ]
    if where.covers(Where.SPEECH):
        said = await work.transcripts.of_live(live_id)
        lines += [(part.start, part.text, "") for part in said if isinstance(part, Segment) and part.text]
    return sorted(lines, reverse=True)


def _there(trigger: Trigger | None, wanted: int) -> Trigger:
    if trigger is None:
        raise Missing("NOT_FOUND", x=wanted)
    return trigger
