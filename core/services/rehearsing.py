"""Rehearsing: what a trigger would have fired on in the past, newest first, within bounds of lines and of time."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.matching.rules import Match, Rule, TriggerIndex
from core.model.live import Live
from core.model.trigger import Where
from core.ports.store import Work
from core.services.withholding import withheld, withheld_lines

EXAMPLES = 5
LIVES = 20  # how many past lives are searched
LINES = 20_000  # of them all
SECONDS = 2.0  # of searching
PAGE = 500  # lines read at once, and searched in a thread: 10 ms


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
    """Try `rule` on what was written and said in the place's last lives, read a page at a time."""
    tried, until = _Trial(TriggerIndex([(0, rule)])), time.monotonic() + SECONDS
    for live in await work.lives.of_place(place, account_id=account_id, limit=LIVES):
        page: list[Line] = []
        async with aclosing(_newest(work, place, live.id, where)) as newest:
            async for line in newest:
                if tried.lines + len(page) == LINES or time.monotonic() > until:
                    await tried.read(live, page)
                    return tried.found(whole=False)
                page.append(line)
                if len(page) == PAGE:
                    await tried.read(live, page)
                    page = []
        await tried.read(live, page)
    return tried.found(whole=True)


@dataclass
class _Trial:
    """What was found so far."""

    index: TriggerIndex
    count: int = 0
    places: int = 0
    lines: int = 0
    examples: list[Example] = field(default_factory=list)

    async def read(self, live: Live, page: Sequence[Line]) -> None:
        self.lines += len(page)
        for (second, text, by), matches in await asyncio.to_thread(_matches, self.index, page) if page else ():
            self.count += 1
            self.places += len(matches)
            if len(self.examples) < EXAMPLES:
                at = live.started + timedelta(seconds=second)
                self.examples.append(Example(live, at, text, matches[0].start, matches[0].end, by))

    def found(self, *, whole: bool) -> Rehearsal:
        return Rehearsal(self.count, self.places, self.lines, whole, tuple(self.examples))


def _matches(index: TriggerIndex, lines: Sequence[Line]) -> list[tuple[Line, list[Match]]]:
    return [(line, found) for line in lines if (found := index.find(line[1]))]


async def _newest(work: Work, place: str, live_id: int, where: Where) -> AsyncGenerator[Line]:
    """The lines of a live as its place may read them, newest first, of chat and speech together."""
    sources = []
    if where.covers(Where.CHAT):
        sources.append(_written(work, place, live_id))
    if where.covers(Where.SPEECH):
        sources.append(_said(work, place, live_id))
    heads = [(line, source) for source in sources if (line := await anext(source, None)) is not None]
    while heads:
        line, source = max(heads, key=lambda head: head[0][0])
        yield line
        older = await anext(source, None)
        heads = [head for head in heads if head[1] is not source] + ([(older, source)] if older is not None else [])


async def _written(work: Work, place: str, live_id: int) -> AsyncIterator[Line]:
    skip, kept = 0, await withheld_lines(work, place, live_id)
    while page := await work.chats.last(live_id, PAGE, skip=skip):
        skip += len(page)
        for second, event in page:
            if event.text not in kept:
                yield second, event.text, event.chatter.handle


async def _said(work: Work, place: str, live_id: int) -> AsyncIterator[Line]:
    skip, kept = 0, await withheld(work, place, live_id)
    while page := await work.transcripts.last(live_id, PAGE, skip=skip):
        skip += len(page)
        for part in page:
            if part.text and not kept.at(part.start):
                yield part.start, part.text, ""
