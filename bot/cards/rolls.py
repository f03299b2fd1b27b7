"""The rolling transcript of a live: its newest words, and what has none by its name."""

from collections.abc import Sequence
from datetime import datetime

from bot.card import Card, Quote
from bot.cards.drawing import draw
from bot.cards.naming import language
from bot.cards.posts import joined
from bot.cards.terms import ENGINES, term
from bot.wording import Line, Words
from core.model.tellable.lives import Rolling

GAPS = {
    "silent": "no speech",
    "untold": "speech, but no engine to write it down",
    "late": "speech, written down later",
    "failed": "speech, but the engine failed",
    "engine": "speech, but the engine failed",
    "reconnect": "the stream was interrupted",
    "stopped": "Earshot was not running",
    "overflow": "too much at once to be written down",
    "withheld": "withheld: it may be about minors",
}
"""Why a stretch has no words."""


@draw.register
def rolling(meaning: Rolling, words: Words) -> Card:
    """The newest words, one line each, and the stretches without."""
    lines = lines_of(meaning, words)
    said = "\n".join(f"{when}  {text}" for _, when, text in lines)
    veiled = frozenset(n for n, (at, _, _) in enumerate(lines) if at in meaning.risky)
    return Card(
        words.line("**@{x} says**", x=meaning.handle),
        quotes=(Quote(said, timed=True, veiled=veiled),),
        foot=_foot(meaning, words),
    )


def lines_of(meaning: Rolling, words: Words) -> Sequence[tuple[datetime, str, str]]:
    """(when it began, that as people read it, what was said or why there is nothing), in order. Risky ones say so."""
    silent, risky = words.say("(speech without words)"), f" ⚠️ {words.say('risk')}"
    lines = [
        (
            at,
            words.time(at, seconds=True) + risky * (at in meaning.risky),
            silent if text is None else " ".join(text.split()) or words.withheld,
        )
        for at, text in meaning.lines
    ]
    gaps = [
        (at, f"{words.time(at, seconds=True)}–{words.time(until, seconds=True)}", f"({term(GAPS, why, words)})")
        for at, until, why in meaning.gaps
    ]
    return sorted([*lines, *gaps])


def _foot(meaning: Rolling, words: Words) -> Line:
    """Whether it still grows, and who wrote it down."""
    parts: list[Line] = [] if meaning.over else [words.line("live")]
    if meaning.language:
        parts.append(words.line("{language}", language=language(meaning.language, words)))
    if meaning.engine:
        parts.append(words.line("{engine}", engine=term(ENGINES, meaning.engine, words)))
    if not meaning.over:
        parts.append(words.line("updates every 15 s"))
    return joined(parts, words)
