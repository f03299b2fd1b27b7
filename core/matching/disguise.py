"""Disguised writing: `g1ve@way`, `g i v e a w a y`, `giiiveaway`, and look-alike letters of other alphabets.

The disguised fold keeps letters only, turns digits and signs into the letter they stand for, and squeezes each run of
one letter to one. What it finds is then proven letter by letter on the original: a run must be as long as in the word or
at least three; white space may be dropped only between letters that stand alone, so `a pen is` hides no other word.
"""

import re
from dataclasses import dataclass
from itertools import groupby

from core.matching.effort import LETTER, PLACE, Effort
from core.matching.fold import fold_character
from core.matching.scripts import is_bounded, is_word, openings

# Which letters a sign may stand for. `l` and `i` share one class because `1`, `!` and `|` stand for either.
_LEET = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "€": "e", "£": "l", "¢": "c", "!": "il", "|": "il", "+": "t",
}  # fmt: skip
_PUNCTUATION = "!|+"  # at the end of a word these are far more often what they look like
_LOOKALIKES = dict(zip("авекмнорстухѕіјһԁɡαεικνορτυχ", "abekmhopctyxsijhdgaeikvoptux", strict=True))
_LONGEST_RUN = 64  # letters of one run that are looked at: bounds the work on a message of one letter
_STRETCHED = 3  # the shortest run that counts as stretched: `good` is not `god`
_MOST = 20  # places of one word in one message

_REPEATED = re.compile(r"(.)\1+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Letter:
    kind: str  # its class in the disguised fold
    meanings: frozenset[str]


def _read(character: str) -> tuple[_Letter, ...]:
    """The letters one written character stands for; none for separators."""
    letters = []
    for part in fold_character(character):
        part = _LOOKALIKES.get(part, part)
        if part in _LEET:
            meanings = frozenset(_LEET[part]) | ({part} if part.isalnum() else frozenset())
            letters.append(_Letter(_LEET[part][0], meanings))
        elif is_word(part) and part != "_":
            letters.append(_Letter("i" if part == "l" else part, frozenset(part)))
    return tuple(letters)


class _Letters(dict[str, tuple[_Letter, ...]]):
    def __missing__(self, character: str) -> tuple[_Letter, ...]:
        letters = self[character] = _read(character)
        return letters


class _Kinds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        kinds = self[code] = "".join(letter.kind for letter in _LETTERS[chr(code)])
        return kinds


_LETTERS = _Letters()
_KINDS = _Kinds()


def disguised_fold(text: str) -> str:
    """The letters of `text`, undisguised and squeezed: what the second automaton searches in."""
    return _REPEATED.sub(r"\1", text.translate(_KINDS))


class Letters:
    """A text as letters, each with the place it was written at."""

    __slots__ = ("_lone", "_openings", "_spaced", "places", "read", "squeezed", "starts", "written")

    def __init__(self, written: str) -> None:
        self.written = written
        self.read: list[_Letter] = []
        self.places: list[int] = []  # index in `written`, one for each letter
        self._spaced: list[bool] = []  # white space stands before this letter
        spaced = False
        for index, character in enumerate(written):
            letters = _LETTERS[character]
            spaced = spaced or (not letters and character.isspace())
            for letter in letters:
                self.read.append(letter)
                self.places.append(index)
                self._spaced.append(spaced)
                spaced = False
        kinds = [letter.kind for letter in self.read]
        self.starts = [i for i, kind in enumerate(kinds) if i == 0 or kind != kinds[i - 1]]  # of each run
        self.squeezed = "".join(kinds[i] for i in self.starts)
        self._lone = self._find_lone()
        opens = openings(written)
        self._openings = bytes([opens[place] for place in self.places])

    def opening(self, start: int, end: int) -> int:
        """The first letter of start..end at which something that stands alone may start; -1 where there is none."""
        return self._openings.find(1, start, end)

    def joins(self, index: int) -> bool:
        """Whether letter `index` may belong to the same word as the one before it."""
        return not self._spaced[index] or (self._lone[index - 1] and self._lone[index])

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where letters start..end are written."""
        return self.places[start], self.places[end - 1] + 1

    def _find_lone(self) -> list[bool]:
        lone: list[bool] = []
        breaks = [i for i, spaced in enumerate(self._spaced) if spaced and i] + [len(self.read)]
        start = 0
        for end in breaks:
            lone += [len({letter.kind for letter in self.read[start:end]}) == 1] * (end - start)
            start = end
        return lone


@dataclass(frozen=True, slots=True)
class _Run:
    meanings: frozenset[str]
    count: int
    opens: bool  # a word of the phrase starts here, so white space before it is no disguise


class Disguised:
    """A word or phrase to be recognised through a disguise. `squeezed` is what the disguised fold must contain."""

    __slots__ = ("_runs", "squeezed")

    def __init__(self, word: str) -> None:
        self._runs = [run for part in word.split() for run in _runs(part.strip(_PUNCTUATION))]
        kinds = "".join(
            letter.kind for part in word.split() for c in part.strip(_PUNCTUATION) for letter in _LETTERS[c]
        )
        self.squeezed = _REPEATED.sub(r"\1", kinds)

    def spans(self, letters: Letters, effort: Effort) -> list[tuple[int, int]]:
        """Its places in the written text, in order, none inside another; the first `_MOST`, as far as the effort reaches."""
        spans: list[tuple[int, int]] = []
        run = letters.squeezed.find(self.squeezed) if self.squeezed else -1
        while run >= 0 and len(spans) < _MOST and effort.spend(PLACE):
            after = letters.starts[run + 1] if run + 1 < len(letters.starts) else len(letters.read)
            start, end = letters.starts[run], min(after, letters.starts[run] + _LONGEST_RUN)
            while (start := letters.opening(start, end)) >= 0:
                span = self._at(letters, start, effort)
                if span is not None and (not spans or span[0] >= spans[-1][1]):
                    spans.append(span)
                    break
                start += 1
            run = letters.squeezed.find(self.squeezed, run + 1)
        return spans

    def _at(self, letters: Letters, start: int, effort: Effort) -> tuple[int, int] | None:
        ends = {start}
        for number, run in enumerate(self._runs):
            if not ends or not effort.spend(LETTER * len(ends) * (1 + run.count // 8)):
                return None
            found: set[int] = set()
            for place in ends:
                stretch = _take(letters, run, place, free=run.opens or number == 0)
                effort.spend(LETTER * len(stretch) // 8)
                found.update(stretch)
            ends = found
        for end in sorted(ends, reverse=True):
            span = letters.place(start, end)
            if is_bounded(letters.written, *span):
                return span
        return None


def _runs(word: str) -> list[_Run]:
    meanings = [letter.meanings for c in word for letter in _LETTERS[c]]
    groups = [(key, len(list(group))) for key, group in groupby(meanings)]
    return [_Run(key, count, opens=number == 0) for number, (key, count) in enumerate(groups)]


def _take(letters: Letters, run: _Run, start: int, free: bool) -> list[int]:
    """Where `run` may end when it starts at letter `start`; `free` when white space may stand before it."""
    end, limit = start, min(len(letters.read), start + max(_LONGEST_RUN, run.count))
    while end < limit and letters.read[end].meanings & run.meanings and ((free and end == start) or letters.joins(end)):
        end += 1
    stretched = range(start + max(_STRETCHED, run.count), end + 1)
    return ([start + run.count] if end - start >= run.count else []) + list(stretched)
