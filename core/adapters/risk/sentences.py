"""A text cut into sentences of folded words, each word knowing its place in what was written."""

import re
from dataclasses import dataclass

from core.matching.fold import Folded

_WORD = re.compile(r"[^\W_]+n't\b|[^\W_]+")
_SENTENCE_ENDS = frozenset(".!?;…؟؛。！？")
_PAUSES = frozenset(',:،-"()')


@dataclass(frozen=True, slots=True)
class Token:
    """One folded word. `start` and `end` are places in the written text; `pause`: a comma or the like follows it."""

    text: str
    start: int
    end: int
    capital: bool
    pause: bool


Sentence = tuple[Token, ...]


def sentences(folded: Folded) -> list[Sentence]:
    """The sentences of a text, in order, empty ones left out. Words are cut at apostrophes, except before the `t` of `don't`."""
    found: list[Sentence] = []
    words: list[Token] = []
    if folded.text:
        folded.original(0, len(folded.text))  # asked of the whole text first, the places of the words are known at once
    matches = list(_WORD.finditer(folded.text))
    for index, match in enumerate(matches):
        until = matches[index + 1].start() if index + 1 < len(matches) else len(folded.text)
        between = folded.text[match.end() : until]
        words.append(_token(folded, match, any(sign in _PAUSES for sign in between)))
        if any(sign in _SENTENCE_ENDS for sign in between):
            found.append(tuple(words))
            words = []
    return [*found, tuple(words)] if words else found


def _token(folded: Folded, match: re.Match[str], pause: bool) -> Token:
    start, end = folded.original(match.start(), match.end())
    return Token(_bare(match.group()), start, end, folded.written[start].isupper(), pause)


def _bare(word: str) -> str:
    """An Arabic word without the `and`, `so` and `for` written onto its article; any other word as it is."""
    if word[:3] in ("وال", "فال"):
        return word[1:]
    return "ا" + word[1:] if word[:2] == "لل" and len(word) > 4 else word
