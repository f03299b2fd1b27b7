"""Searching: lines in which words occur, best first, and what was said and written around one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Invalid
from core.matching.fold import search_text
from core.matching.terms import spans_of, terms_of
from core.model.account import Handle
from core.model.found import Found, Sought, Source
from core.model.live import ChatMessage, Live
from core.model.transcript import Segment, SegmentState
from core.model.video import Spoken
from core.ports.clock import Clock
from core.ports.store import Storage
from core.ports.stores.search import NEWEST
from core.services.withholding import happened, spoken

TERMS, CHARACTERS = 20, 300  # at most in one search
SHOWN = 200  # characters of a line around what was found in it
USUAL = 12  # words a line has on the whole; longer ones say less with the same words
AGE = timedelta(days=30)  # in which being new loses half its weight
AROUND = 60.0  # seconds before and after a line that belong to its context
NEAREST = 30  # lines of a context


@dataclass(frozen=True)
class Excerpt:
    """A line that was found, cut around what was found in it: those stretches of `text` are `bold`."""

    found: Found
    text: str
    bold: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Results:
    """Everything that was found, best first. `more`: there are older lines too."""

    terms: tuple[str, ...]
    rows: tuple[Found, ...]
    more: bool


@dataclass(frozen=True)
class Said:
    """A line of a context; `by` is who wrote it, empty for speech. `text` is empty where words are withheld."""

    second: float
    source: Source
    by: str
    text: str


@dataclass(frozen=True)
class Around:
    """What was said and written around a moment, oldest first. `at` is the line it is about, None when it is not there any more."""

    lines: tuple[Said, ...]
    at: int | None


@dataclass(frozen=True)
class Searching:
    """Search over videos, lives and chats of a place."""

    storage: Storage
    clock: Clock

    async def find(
        self,
        place: str,
        person: str,
        words: str,
        sources: Sequence[Source] = tuple(Source),
        handle: Handle | None = None,
        since: datetime | None = None,
        *,
        whole: bool = False,
    ) -> Results:
        """Lines with every word and "quoted phrase" of `words`, however they are spelled. A line is searched alone: words of two
        neighbouring ones are not found together. `whole`: for somebody named, who alone reads it; others find nothing that may be
        about minors. Raises Invalid WORDS_NONE (x), WORDS_MANY (n, m)."""
        terms = terms_of(words[:CHARACTERS])
        if not terms:
            raise Invalid("WORDS_NONE", x=words[:CHARACTERS])
        if len(words) > CHARACTERS or len(terms) > TERMS:
            raise Invalid("WORDS_MANY", n=TERMS, m=CHARACTERS)
        async with self.storage.reading() as work:
            found = await work.search.find(place, person, Sought(terms, tuple(sources), handle, since, whole))
        newest = max((sum(row.source is source for row in found) for source in Source), default=0)
        return Results(terms, ranked(found, terms, self.clock.now()), newest >= NEWEST)

    async def around(self, place: str, of: Spoken, second: float, source: Source, *, whole: bool = False) -> Around:
        """The lines within a minute of a moment, at most the 30 nearest, half of them speech where a chat was going on. `whole` as
        in `find`: for others, lines that may be about minors have no text."""
        start, end = second - AROUND, second + AROUND
        async with self.storage.reading() as work:
            if isinstance(of, Live):
                said: Iterable[object] = await spoken(work, place, of, whole=whole)
                chat = await happened(work, place, of, start=start, end=end, whole=whole)
            else:
                said, chat = await work.videos.segments(of.place, of.id), []
        kind = Source.LIVES if isinstance(of, Live) else Source.VIDEOS
        speech = [
            Said(part.start, kind, "", part.text or "")
            for part in said
            if isinstance(part, Segment)
            and (part.text or part.state is SegmentState.WITHHELD)
            and part.end >= start
            and part.start <= end
        ]
        written = [
            Said(at, Source.CHAT, event.chatter.handle, event.text)
            for at, event in chat
            if isinstance(event, ChatMessage)
        ]
        most = NEAREST // 2 if written else NEAREST
        lines = sorted(_nearest(speech, second, most) + _nearest(written, second, most), key=lambda line: line.second)
        meant = [at for at, line in enumerate(lines) if line.source is source]
        return Around(tuple(lines), min(meant, key=lambda at: abs(lines[at].second - second), default=None))


def _nearest(lines: Iterable[Said], second: float, most: int) -> list[Said]:
    return sorted(lines, key=lambda line: abs(line.second - second))[:most]


def ranked(found: Iterable[Found], terms: tuple[str, ...], now: datetime) -> tuple[Found, ...]:
    """Best first: what says it more often in fewer words, and what is newer. All have every term, so that how rare one is among
    everything ever said orders nothing."""
    return tuple(sorted(found, key=lambda row: (-_worth(row, terms, now), -row.at.timestamp())))


def _worth(row: Found, terms: tuple[str, ...], now: datetime) -> float:
    """0 to 2: BM25's own measure of how often, at most 1, and being new, at most 1."""
    words = search_text(row.text).split()
    length = 0.25 + 0.75 * len(words) / USUAL
    said = f" {'  '.join(words)} "  # two spaces, so that words which follow each other both have their own
    counts = [max(1, said.count(f" {term.replace(' ', '  ')} ")) for term in terms]
    often = sum(count / (count + 1.2 * length) for count in counts) / len(terms)
    return often + 1.0 / (1.0 + max(now - row.at, timedelta(0)) / AGE)


def excerpt(found: Found, terms: tuple[str, ...]) -> Excerpt:
    """About 200 characters of a line, with what was found in sight and bold."""
    spans = spans_of(found.text, terms)
    start, end = 0, len(found.text)
    if end > SHOWN:
        first = spans[0] if spans else (0, 0)
        start = max(0, min(first[0] - (SHOWN - min(SHOWN, first[1] - first[0])) // 2, end - SHOWN))
        end = start + SHOWN
    before, after = "…" if start else "", "…" if end < len(found.text) else ""
    kept = ((max(one, start) - start, min(other, end) - start) for one, other in spans if one < end and other > start)
    bold = tuple((one + len(before), other + len(before)) for one, other in kept)
    return Excerpt(found, before + found.text[start:end] + after, bold)
