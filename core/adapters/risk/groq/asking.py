"""What a judge is asked: fixed instructions, and one JSON object of data. No names of accounts, ids, thresholds, verdicts in it."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.adapters.risk.asides import without_asides
from core.adapters.risk.groq.cleaning import clean, sayable
from core.adapters.risk.groq.model import Question
from core.adapters.risk.groq.policy import system_of
from core.adapters.risk.groq.schema import NAME, SCHEMA
from core.adapters.risk.orders import orders
from core.model.pack import Pack
from core.model.transcript import Segment
from core.ports.assessor import Example, Window

AT_ONCE = 4
"""Segments of one question: so many answers have room in one."""

CONTEXT = 12
"""Segments of what was said before: about three minutes."""

LONGEST_CONTEXT, LONGEST_SUMMARY = 300, 600  # characters: of one piece, and in all
CONTEXT_CHARACTERS = 3_000
LANGUAGE = 35
MOST_EXAMPLES, LONGEST_EXAMPLE = 6, 200


@dataclass(frozen=True)
class Asked:
    """One question about some segments, by the number they have in it. `cut`: numbers of those too long to be shown whole."""

    question: Question
    segments: dict[int, Segment]
    cut: frozenset[int]


def asked(window: Window, segments: Sequence[Segment], pack: Pack, *, context: bool = True) -> Asked:
    """The question about `segments` of the window, each with words. Numbers begin anywhere, so that nobody can say them beforehand;
    those of the context go before."""
    before = _context(window.context) if context else []
    first = 100 + secrets.randbelow(800)
    numbered = dict(enumerate(segments, first + len(before)))
    said = {number: sayable(segment.text or "") for number, segment in numbered.items()}
    # What stays the same from question to question stands first: the service keeps what begins alike.
    data: dict[str, Any] = {"region_note": pack.note} if pack.note else {}
    if context and (examples := _examples(window.examples)):
        data["examples"] = examples
    data |= {
        "lang_hint": clean(window.language)[:LANGUAGE],
        "nonce": secrets.token_hex(8),
        "summary": clean(without_asides(window.summary))[:LONGEST_SUMMARY] if context else "",
        "context": [{"i": number, "text": text} for number, text in enumerate(before, first)],
        "segments": [
            {"i": number, "t": round(segment.start), "text": said[number][0]} for number, segment in numbered.items()
        ],
    }
    question = Question(system_of(window.display), json.dumps(data, ensure_ascii=False), NAME, SCHEMA)
    return Asked(question, numbered, frozenset(number for number, (_, cut) in said.items() if cut))


def _examples(examples: Sequence[Example]) -> list[dict[str, str]]:
    """What people said of texts of before. One that may be meant for a judge is left out: it would be one order more."""
    plain = [one for one in examples if not orders(one.text) and without_asides(one.text) == one.text]
    told = [(clean(one.text)[:LONGEST_EXAMPLE], one.said) for one in plain[:MOST_EXAMPLES]]
    return [{"text": text, "people_said": said} for text, said in told if text]


def _context(segments: Sequence[Segment]) -> list[str]:
    """What was said before, the newest pieces that have room, oldest first; without what may be meant for a judge, since it is only
    there to be understood by."""
    kept: list[str] = []
    left = CONTEXT_CHARACTERS
    for segment in reversed(segments[-CONTEXT:]):
        text = sayable(without_asides(segment.text or ""))[0][:LONGEST_CONTEXT]
        left -= len(text)
        if left < 0:
            break
        if text:
            kept.append(text)
    return kept[::-1]
