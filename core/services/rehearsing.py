"""Rehearsing: what a trigger would have fired on in the past, newest first, within bounds of lines and of time."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.matching.rules import Match, Rule, TriggerIndex
from core.model.live import Live
from core.model.transcript import Segment
from core.model.trigger import Where
from core.ports.store import Work

EXAMPLES = 5
LIVES = 20  # how many past lives are searched
LINES = 20_000  # of them all
SECONDS = 2.0  # of searching
PAGE = 500  # lines searched at once, in a thread: 10 ms


@dataclass(frozen=True)
class Example:
    """A past line a trigger would have fired on; its first match is text[start:end]. `by` is empty for speech."""

    live: Live
    at: datetime
    text: str
    start: int
    end: int
    by: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """How many lines would have fired, at how many places in them, and the newest five; `lines` were looked at, and there are
    older ones when not `whole`."""

    count: int = 0
    places: int = 0
    lines: int = 0
    whole: bool = True
    examples: tuple[Example, ...] = ()


Line = tuple[float, str, str]
"""(second, text, chatter)."""


async def rehearse(work: Work, place: str, rule: Rule, where: Where, account_id: int | None) -> Rehearsal:
    """Try `rule` on what was written and said in the place's last lives."""
    index = TriggerIndex([(0, rule)])
    count = places = lines = 0
    examples: list[Example] = []
    until = time.monotonic() + SECONDS
    for live in await work.lives.of_place(place, account_id=account_id, limit=LIVES):
        newest = await _lines(work, live.id, where, LINES - lines + 1)
        for start in range(0, len(newest), PAGE):
            page = newest[start : start + min(PAGE, LINES - lines)]
            if not page or time.monotonic() > until:
                return Rehearsal(count, places, lines, False, tuple(examples))
            found = await asyncio.to_thread(_matches, index, page)
            lines += len(page)
            for (second, text, by), matches in found:
                count += 1
                places += len(matches)
                if len(examples) < EXAMPLES:
                    at = live.started + timedelta(seconds=second)
                    examples.append(Example(live, at, text, matches[0].start, matches[0].end, by))
    return Rehearsal(count, places, lines, True, tuple(examples))


def _matches(index: TriggerIndex, lines: Sequence[Line]) -> list[tuple[Line, list[Match]]]:
    return [(line, found) for line in lines if (found := index.find(line[1]))]


async def _lines(work: Work, live_id: int, where: Where, most: int) -> list[Line]:
    """The newest lines of a live, newest first."""
    lines: list[Line] = []
    if where.covers(Where.CHAT):
        chat = await work.chats.last(live_id, most)
        lines += [(second, event.text, event.chatter.handle) for second, event in chat]
    if where.covers(Where.SPEECH):
        said = await work.transcripts.of_live(live_id)
        lines += [(part.start, part.text, "") for part in said if isinstance(part, Segment) and part.text]
    return sorted(lines, key=lambda line: line[0], reverse=True)[:most]
