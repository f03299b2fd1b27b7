"""A text as numbers: hashed parts of words, hashed words and pairs of words, and the concepts in it. No vocabulary is kept.

The same text gives the same numbers on every machine. Three parts stand side by side, each weighed by hand:

* letters: every 2 to 5 neighbouring signs within a word and its edges; words: each word and each two in a row. Both are hashed
  into their own `BUCKETS`, counted as 1 + ln(times), weighed by how rare they are (`rarity`), and of length 1 together.
* concepts: the share of the words each stands for, plain and in units of its usual spread.
* pairs: which two concepts stand in one sentence, of length 1 together.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.adapters.risk.linear.concepts import drawn_in, known, numbers_of
from core.adapters.risk.sentences import Sentence, sentences
from core.matching.fold import Folded, fold

LONGEST = 5_000
"""Characters of a text that are looked at."""

BUCKETS = 1 << 16
_LENGTHS = (2, 3, 4, 5)
_GRAMS, _SHARES, _SPREADS, _PAIRS = (part / 6 for part in (3.0, 1.0, 1.0, 1.0))
"""How much each part counts, found by cross-validation; plain shares are four times as much, since they are small."""

_SHARE_SCALE = 4.0
_LEAST_SPREAD = 0.05
_PIECES = re.compile(r"[^\W_]+|[^\w\s]+")

Hashes = NDArray[np.uint32]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Counted:
    """What is counted in one text: buckets (letters, then words) with how often, shares of concepts, pairs with how often."""

    buckets: NDArray[np.int64]
    counts: Floats
    shares: Floats
    pairs: dict[int, int]


@dataclass(frozen=True)
class Row:
    """One text's numbers: the columns that are not 0, ascending, and their values."""

    columns: NDArray[np.int64]
    values: Floats


class Features:
    """Makes rows. `rarity` (2 · BUCKETS) and `spread` (one for each concept) come from the texts a head was fitted on."""

    def __init__(self, rarity: Floats, spread: Floats) -> None:
        self.rarity, self.spread = rarity, spread

    @classmethod
    def width(cls) -> int:
        """How many columns there are."""
        concepts = len(known().names)
        return 2 * BUCKETS + 2 * concepts + concepts * concepts

    @classmethod
    def learned(cls, texts: list[Counted]) -> "Features":
        """From the texts to be fitted on."""
        seen = np.bincount(np.concatenate([text.buckets for text in texts]), minlength=2 * BUCKETS)
        rarity = np.log((1 + len(texts)) / (1 + seen)) + 1
        spread = np.std([text.shares for text in texts], axis=0) + _LEAST_SPREAD
        return cls(rarity.astype(np.float32), spread.astype(np.float32))

    def row(self, counted: Counted) -> Row:
        """The numbers of one text."""
        concepts = len(self.spread)
        weighed = counted.counts * self.rarity[counted.buckets]
        letters = counted.buckets < BUCKETS
        half = np.sqrt(_GRAMS / 2)
        weighed[letters] *= half / _length(weighed[letters])
        weighed[~letters] *= half / _length(weighed[~letters])
        spreads = counted.shares / self.spread
        shares = counted.shares * np.sqrt(_SHARES * _SHARE_SCALE)
        spreads = spreads * (np.sqrt(_SPREADS) / _length(spreads))
        pairs = np.log1p(np.array(list(counted.pairs.values()), np.float32))
        pairs *= np.sqrt(_PAIRS) / _length(pairs)
        first = 2 * BUCKETS
        columns = (
            counted.buckets,
            np.arange(first, first + 2 * concepts),
            first + 2 * concepts + np.array(list(counted.pairs), np.int64),
        )
        return Row(np.concatenate(columns), np.concatenate((weighed, shares, spreads, pairs)).astype(np.float32))


def counted(text: str) -> Counted:
    """What is counted in a text as written."""
    folded = fold(text[:LONGEST])
    return counted_in(folded, sentences(folded))


def counted_in(folded: Folded, parts: list[Sentence]) -> Counted:
    """What is counted in a text that is already folded and cut."""
    concepts = known()
    spoken = [[token.text for token in part] for part in parts]
    words = [word for part in spoken for word in part]
    found = [numbers_of(part, concepts) for part in spoken]
    times = np.bincount([number for part in found for number in part] or [0], minlength=len(concepts.names))
    if not any(found):
        times[:] = 0
    pairs: dict[int, int] = {}
    for part in found:
        for one, other in combinations(sorted(set(part)), 2):
            column = one * len(concepts.names) + other
            pairs[column] = pairs.get(column, 0) + 1
    hashes = [*_letters(drawn_in(folded.text)), *_in_words(words)]
    buckets, counts = np.unique(np.concatenate(hashes), return_counts=True)
    shares = np.sqrt(times / max(len(words), 1)).astype(np.float32)
    return Counted(buckets.astype(np.int64), (1 + np.log(counts)).astype(np.float32), shares, pairs)


def _letters(text: str) -> Iterator[Hashes]:
    """Buckets of the 2 to 5 neighbouring signs that no space parts, but for one at an edge."""
    spaced = f" {' '.join(_PIECES.findall(text))} "
    signs = np.frombuffer(spaced.encode("utf-32-le", "replace"), np.uint32)
    gaps = signs == ord(" ")
    for length in _LENGTHS:
        last = len(signs) - length + 1
        if last < 1:
            continue
        hashed = np.full(last, length, np.uint32)
        inner = np.zeros(last, bool)
        for at in range(length):
            hashed = _mixed(hashed ^ signs[at : last + at])
            if 0 < at < length - 1:
                inner |= gaps[at : last + at]
        yield _bucket(hashed[~inner])


def _in_words(words: list[str]) -> Iterator[Hashes]:
    """Buckets of each word and of each two in a row, after those of letters."""
    single = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], np.uint32)
    yield _bucket(_mixed(single)) + np.uint32(BUCKETS)
    yield _bucket(_mixed(_mixed(single[:-1]) ^ single[1:])) + np.uint32(BUCKETS)


def _mixed(hashes: Hashes) -> Hashes:
    hashes = hashes * np.uint32(0x9E3779B1)
    return hashes ^ (hashes >> np.uint32(15))


def _bucket(hashes: Hashes) -> Hashes:
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0x85EBCA6B)
    return (hashes ^ (hashes >> np.uint32(16))) & np.uint32(BUCKETS - 1)


def _length(values: Floats) -> float:
    return float(np.sqrt(values @ values)) + 1e-9
