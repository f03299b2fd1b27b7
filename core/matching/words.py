"""Words as rules: a literal (word, phrase or piece of text), and a word with `*` in it."""

from dataclasses import dataclass

import re2

from core.matching.effort import PLACE, Effort
from core.matching.fold import Folded
from core.matching.message import Message
from core.matching.scripts import is_bounded

_MOST = 20  # places of one word in one message
_SEARCH = 200  # units of one search: 3 µs
_IN_WORD = r"[\pL\pN\pM_*]"


@dataclass(frozen=True, slots=True)
class Literal:
    """Folded text that must stand in the folded message; `whole`: not as a part of a longer word."""

    text: str
    whole: bool

    def at(self, folded: Folded, start: int, end: int) -> tuple[int, int] | None:
        """The written place of folded.text[start:end], which is this literal; None when it is part of a word."""
        if self.whole:
            return folded.whole(start, end) if is_bounded(folded.text, start, end) else None
        return folded.original(start, end)

    def spans(self, message: Message, effort: Effort) -> list[tuple[int, int]]:
        """Its places in the written text, overlapping ones too, in order; the first `_MOST`, as far as the effort reaches."""
        spans: list[tuple[int, int]] = []
        text, wanted = message.folded.text, self.text
        openings = message.openings if self.whole else None
        start = text.find(wanted)
        while start >= 0 and len(spans) < _MOST and effort.spend(PLACE):
            if openings is None or openings[start]:
                if (span := self.at(message.folded, start, start + len(wanted))) is not None:
                    spans.append(span)
            elif (opening := openings.find(1, start)) < 0:
                break
            else:
                start = text.find(wanted, opening)
                continue
            start = text.find(wanted, start + 1)
        return spans


class Wildcard:
    """A word or phrase in which `*` stands for any letters of the same word, or for one word when it stands alone."""

    __slots__ = ("_expression", "_steps", "literal")

    def __init__(self, folded: str) -> None:
        """`folded` holds at least one `*` and one other character."""
        words = [_word(word) for word in folded.split(" ")]
        self._steps = len(folded)
        options = re2.Options()
        options.log_errors = False
        self._expression = re2.compile(" ".join(words).encode(), options)
        self.literal = max((piece.strip() for piece in folded.split("*")), key=len)

    def spans(self, message: Message, effort: Effort) -> list[tuple[int, int]]:
        """Its places in the written text, in order, not overlapping; the first `_MOST`, as far as the effort reaches."""
        folded, encoded, openings = message.folded, message.encoded_fold, message.openings
        text = folded.text
        spans: list[tuple[int, int]] = []
        position = 0
        while len(spans) < _MOST and effort.spend(_SEARCH + (len(text) - position) // 4 + self._steps):
            found = self._expression.search(encoded.data, encoded.offset(position))
            if found is None:
                break
            start, end = (encoded.character(offset) for offset in found.span())
            # The expression takes all of a word it can, so a shorter end would be inside that word too.
            if is_bounded(text, start, end) and (span := folded.whole(start, end)):
                spans.append(span)
                position = end
            else:
                position = start + 1
            position = openings.find(1, position)
            if position < 0:
                break
        return spans


def _word(word: str) -> str:
    if not word.strip("*"):
        return f"{_IN_WORD}+"
    return f"{_IN_WORD}*".join(re2.escape(piece) for piece in word.split("*"))
