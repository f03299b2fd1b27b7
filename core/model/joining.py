"""Dropping the words that two spans both heard, where a forced cut made them overlap."""

from collections.abc import Sequence
from math import ceil

from core.model.transcript import Word

NEAR_SECONDS = 0.25
"""Two engines' runs place the middle of one word this close; the next equal word is further ("no, no")."""

WORDS_A_SECOND = 5.0
"""Fast speech; bounds how many words an overlap can double."""


def join_words(previous: Sequence[Word], later: Sequence[Word], start: float, overlap: float) -> tuple[Word, ...]:
    """The words of a span that begins at `start` without those that the span before told in the common `overlap` seconds.

    What was told stays told: only the later span loses words. Dropped is an equal word near in time, each told word
    standing for one; and in the first half of the overlap, where the later span may have begun inside a word, whatever
    was said while the span before tells a word.
    """
    if not overlap:
        return tuple(later)
    told = [word for word in previous if word.end > start - NEAR_SECONDS]
    kept: list[Word] = []
    for word in later:
        if _middle(word) < start + overlap + NEAR_SECONDS and (twin := _twin(word, told)) is not None:
            told = told[twin + 1 :]
        elif _middle(word) >= start + overlap / 2 or not _covered(word, previous):
            kept.append(word)
    return tuple(kept)


def join_text(previous: str, later: str, overlap: float) -> str:
    """As `join_words` for texts without times: the longest run of words that ends `previous` and begins `later`.

    One word at the end of `previous` or at the beginning of `later` may be half a word and differ.
    """
    before, after = previous.split(), later.split()
    most = min(ceil(overlap * WORDS_A_SECOND) + 1, len(before), len(after)) if overlap else 0
    for length in range(most, 0, -1):
        for cut_off, begun in ((0, 0), (1, 0), (0, 1), (1, 1)):
            ends = [folded(w) for w in before[-length - cut_off : len(before) - cut_off]]
            begins = [folded(w) for w in after[begun : begun + length]]
            if ends == begins and len(ends) == length and (length > 1 or not cut_off + begun):
                return " ".join(after[begun + length :])
    return later


def folded(word: str) -> str:
    """`word` without case and punctuation, as it is compared."""
    return "".join(c for c in word.casefold() if c.isalnum())


def _twin(word: Word, told: Sequence[Word]) -> int | None:
    """Where `told` has the same word nearest in time, None when not near."""
    equal = [i for i, t in enumerate(told) if folded(t.text) == folded(word.text) and _apart(t, word) <= NEAR_SECONDS]
    return min(equal, key=lambda i: _apart(told[i], word), default=None)


def _covered(word: Word, previous: Sequence[Word]) -> bool:
    return any(t.start <= _middle(word) <= t.end for t in previous)


def _apart(one: Word, other: Word) -> float:
    return abs(_middle(one) - _middle(other))


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
