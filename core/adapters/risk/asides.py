"""What may be meant for a judge, taken out, so that the rest is judged without it as well.

Coarser than orders.py by far: a sentence is taken out as soon as it has words of two sorts (`asides.json`). Nobody is told of it,
and nothing follows but a second look at what remains.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from core.adapters.risk.orders import orders
from core.adapters.risk.sentences import Sentence, sentences
from core.adapters.risk.signs import LONGEST
from core.matching.fold import fold

_FILE = Path(__file__).with_name("asides.json")
SORTS = 2
LONG, PIECE = 16, 8
"""Words of a sentence that is looked at in pieces, since transcripts have few full stops; and words of a piece."""


def without_asides(text: str) -> str:
    """`text` without the sentences that may be meant for a judge; the same text when there are none. Nothing when it gives orders
    and nobody can say in which of its sentences."""
    shown = text[:LONGEST]
    whole = sentences(fold(shown))
    rest = _rest(shown, [piece for sentence in whole for piece in _pieces(sentence)])
    if rest == shown and orders(shown):
        rest = _rest(shown, whole)
        return "" if rest == shown else rest
    return text if rest == shown else rest


def _rest(text: str, pieces: list[Sentence]) -> str:
    """What is left of `text` without those pieces that may be meant for a judge."""
    ends = [*(piece[0].start for piece in pieces[1:]), len(text)]
    spans = [(piece, text[piece[0].start : end]) for piece, end in zip(pieces, ends, strict=False)]
    kept = [written for piece, written in spans if not (_sorts(piece) >= SORTS or orders(written))]
    return text if len(kept) == len(pieces) else " ".join(" ".join(kept).split())


def _pieces(sentence: Sentence) -> Iterator[Sentence]:
    if len(sentence) <= LONG:
        yield sentence
        return
    for start in range(0, len(sentence), PIECE):
        yield sentence[start : start + PIECE]


def _sorts(piece: Sentence) -> int:
    words = {token.text for token in piece}
    return sum(not sort.isdisjoint(words) for sort in _sorted_words())


@cache
def _sorted_words() -> tuple[frozenset[str], ...]:
    written: dict[str, str] = json.loads(_FILE.read_text("utf-8"))
    lists = [words.split("|") for name, words in written.items() if name != "about"]
    return tuple(frozenset(fold(word).text for word in words) for words in lists)
