"""What words are about: a hand-written list (`concepts.json`) in English, French, Spanish and Arabic together.

The same concept has its words in all four, so what the head learns of `kill` + `people` in one language counts in the others.
"""

import json
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from core.matching.fold import fold

_FILE = Path(__file__).with_name("concepts.json")
_SHORTEST, _LONGEST = 3, 14
"""How many first letters of a word may stand for it (`kill*`)."""

_AGAIN = re.compile(r"(.)\1{2,}")
_DIGITS = str.maketrans("0134578", "oieastb")
_REMEMBERED = 50_000


@cache
def known() -> "Concepts":
    """The list, read when it is first asked for."""
    return Concepts()


class Concepts:
    """`names` in their order; `of(word)` the numbers of those a folded word belongs to."""

    def __init__(self) -> None:
        listed: dict[str, dict[str, str]] = json.loads(_FILE.read_text("utf-8"))
        self.names = tuple(listed)
        self._whole: dict[str, set[int]] = {}
        self._starts: dict[str, set[int]] = {}
        for number, languages in enumerate(listed.values()):
            for word in " ".join(languages.values()).split():
                into = self._starts if word.endswith("*") else self._whole
                into.setdefault(fold(word.rstrip("*")).text, set()).add(number)
        self.of = lru_cache(_REMEMBERED)(self._of)

    def _of(self, word: str) -> tuple[int, ...]:
        """As written; else with letters said once that were drawn out (`fuuuck`), else with digits read as letters (`k1ll`)."""
        plain = word.replace("'", "")
        found = self._named(plain) or self._named(_AGAIN.sub(r"\1", plain))
        if not found and not plain.isalpha() and not plain.isdigit():
            found = self._named(plain.translate(_DIGITS))
        return tuple(sorted(found))

    def _named(self, word: str) -> set[int]:
        starts = (self._starts.get(word[:length], ()) for length in range(_SHORTEST, min(len(word), _LONGEST) + 1))
        return self._whole.get(word, set()).union(*starts)


def drawn_in(text: str) -> str:
    """The text with any sign repeated more than twice written twice."""
    return _AGAIN.sub(r"\1\1", text)


def numbers_of(words: Iterable[str], concepts: Concepts) -> list[int]:
    """The concepts of the words, one entry for each time."""
    return [number for word in words for number in concepts.of(word)]
