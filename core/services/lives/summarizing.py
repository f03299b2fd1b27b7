"""Summarizing: what was said in a live in a few sentences, made once for each language when it has ended and a model is there."""

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from core.errors import EarshotError
from core.model.live import Live
from core.model.transcript import Segment
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.ports.summarizer import Summarizer
from core.services.withholding import withheld, withheld_from

log = logging.getLogger(__name__)
MOST = 12_000  # characters a model is given: about 4,000 tokens, half of what the free plan lets through in a minute
WORTH = 600  # characters below which the words themselves are as short as a summary
KEPT = timedelta(days=90)
PATIENCE = 45.0  # seconds the end of a live may wait for its summary


@dataclass(frozen=True)
class Summary:
    """`by` is the model's name; `whole`: it was given all that was said, not pieces of it, nor without what may be about minors:
    the pieces `without` (their starts) it was never given."""

    text: str
    by: str
    whole: bool = True
    without: Sequence[float] = ()

    def without_all(self, starts: Iterable[float]) -> bool:
        """Whether it was given none of these pieces."""
        return set(starts) <= set(self.without)


@dataclass(frozen=True)
class Summarizing:
    """The summaries of all lives."""

    storage: Storage
    clock: Clock
    summarizer: Summarizer

    async def sum_up(self, live: Live, languages: Iterable[str]) -> None:
        """Make those that are not there yet. What fails is left out: an end without a summary is still an end."""
        if not self.summarizer.ready():
            return
        async with self.storage.reading() as work:
            parts = await work.transcripts.of_live(live.id)
            kept = await withheld_from(work, await work.lives.places_of(live.id), live.id)
            without = [start for start, _ in kept.stretches]
            made = {language: await _made(work, live.id, language) for language in sorted(set(languages))}
            wanted = [one for one, known in made.items() if known is None or not known.without_all(without)]
        lines = [part.text for part in parts if isinstance(part, Segment) and part.text and part.start not in without]
        if sum(map(len, lines)) < WORTH:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                for language in wanted:
                    await self._make(live, lines, language, without)
        except (EarshotError, TimeoutError) as error:
            log.warning("no summary of the live of %s: %s", live.handle, error or "too late")

    async def _make(self, live: Live, lines: Sequence[str], language: str, without: Sequence[float]) -> None:
        given = parts_of(lines, MOST)
        text = await self.summarizer.sum_up(given, language)
        summary = Summary(text, self.summarizer.model, len(given) == len(lines) and not without, without)
        until = self.clock.now() + KEPT
        async with self.storage.work() as work:
            await work.memos.put(_memo(live.id, language), json.dumps(asdict(summary)), until=until)


async def summary_of(work: Work, live_id: int, language: str, place: str) -> Summary | None:
    """The one that was made, unless it was made of words that are withheld from `place` by now."""
    made = await _made(work, live_id, language)
    kept = await withheld(work, place, live_id) if made is not None else None
    return made if made is not None and kept is not None and made.without_all(s for s, _ in kept.stretches) else None


async def _made(work: Work, live_id: int, language: str) -> Summary | None:
    stored = await work.memos.get(_memo(live_id, language))
    return Summary(**json.loads(stored)) if stored else None


def parts_of(lines: Sequence[str], most: int) -> list[str]:
    """Lines of at most `most` characters in all, spread evenly over all of them, first and last among them."""
    total = sum(map(len, lines))
    if total <= most:
        return list(lines)
    blocks = max(2, round(most / 600))  # pieces long enough to be understood
    chosen: set[int] = set()
    for block in range(blocks):
        begin = round(block * (len(lines) - 1) / (blocks - 1))
        room = most // blocks
        at = begin if block < blocks - 1 else len(lines) - 1
        step = 1 if block < blocks - 1 else -1
        while 0 <= at < len(lines) and at not in chosen and len(lines[at]) <= room:
            chosen.add(at)
            room -= len(lines[at])
            at += step
    return [lines[at] for at in sorted(chosen)]


def _memo(live_id: int, language: str) -> str:
    return f"summary:{live_id}:{language}"
