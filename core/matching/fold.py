"""Text folding: one spelling for everything that reads the same, with a way back to what was written.

Folding is casefold + NFKD without marks and invisible characters, white space collapsed to single spaces and trimmed,
typographic quotes and dashes made plain. Marks fall only where writers leave them out (Latin, Greek, Cyrillic, Hebrew,
Arabic); in Thai, Indic scripts, kana and hangul they are letters and stay. Invisible characters are those a reader does
not see: zero-width, bidirectional and other format controls, variation selectors, the Arabic tatweel.
"""

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate

from core.matching.scripts import is_hangul, is_unspaced

_MARKS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05BD),
    (0x05BF, 0x05BF),
    (0x05C1, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x08CA, 0x08FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)
_UNSEEN = frozenset("\u0640\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_PLAIN = {"\u2800": " ", "`": "'"}
_PLAIN |= dict.fromkeys("‘’‚‛′ʼʹ´＇", "'") | dict.fromkeys("“”„‟″«»＂", '"') | dict.fromkeys("‐‑‒–—―−－", "-")
# What must be joined to the character before it after decomposition: kana voicing marks, hangul vowels and finals.
_JOINING = re.compile("[\u3099\u309a\u1161-\u1175\u11a8-\u11c2]")
_JOINERS = frozenset(filter(_JOINING.match, map(chr, range(0x1100, 0x3100))))  # a set is asked in a third of the time
_REPLACEMENT = "\ufffd"
_GLUE = "\x01"  # stands for a mark that belongs to the character before it; folding leaves no control character


def _is_strippable(mark: str) -> bool:
    code = ord(mark)
    return any(first <= code <= last for first, last in _MARKS) and unicodedata.category(mark)[0] == "M"


def fold_character(character: str) -> str:
    """What one character folds to: empty when it vanishes, more than one for ligatures (`ﬁ` → `fi`, `ß` → `ss`)."""
    if character in _PLAIN:
        return _PLAIN[character]
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in ("Cf", "Cc") or character in _UNSEEN:
        return ""
    if category == "Cs":  # half of a surrogate pair: not a character, and no engine takes it
        return _REPLACEMENT
    if 0x3130 <= ord(character) <= 0x318F:  # ㅋㅋㅋ, ㅠㅠ: letters on their own, never parts of a syllable
        return character
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    if parts[0].isspace():  # a spacing accent: a sign of its own, not a space with a mark
        return character
    folded = "".join(part for part in parts if not _is_strippable(part))
    return unicodedata.normalize("NFC", folded) if _JOINING.search(folded) else folded


class _Folding(dict[int, str]):
    """Code point → what it folds to, filled as characters are met. `uneven` are those met that do not fold to exactly
    one character."""

    def __init__(self) -> None:
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        return folded


_FOLDING = _Folding()


class _Parting(dict[int, str]):
    """Code point of a folded text → itself inside a word, with spaces around when it is a word alone, a space when it is none."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = unicodedata.category(sign)
        if is_unspaced(sign) and kind[0] == "M":
            parted = _GLUE
        elif is_hangul(sign) or (is_unspaced(sign) and kind[0] in "LN") or kind in ("So", "Co"):
            parted = f" {sign} "
        else:
            parted = sign if kind[0] in "LNM" else " "
        self[code] = parted
        return parted


_PARTING = _Parting()


class Folded:
    """A text, folded. `written` is the original, `text` what to search in; places in one are turned into places in
    the other only when asked for, since most messages have no hit."""

    __slots__ = ("_ends", "_firsts", "_lasts", "_same_until", "_straight", "text", "written")

    def __init__(self, written: str) -> None:
        self.written = written
        self.text, self._straight = _fold_text(written)
        self._same_until = 0 if self._straight else -1  # up to here places are the same in both texts; -1: they are not
        self._ends: list[int] = []
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The place in `written` of the non-empty text[start:end], widened to whole characters with their marks."""
        return (start, end) if self._is_same(end) else (self._first(start), self._last(end - 1))

    def whole(self, start: int, end: int) -> tuple[int, int] | None:
        """The same, or None where text[start:end] cuts a written character in two (as the `1` of `½` would)."""
        if self._is_same(end):
            return start, end
        if start and self._first(start - 1) == self._first(start):
            return None
        if end < len(self.text) and self._first(end) == self._first(end - 1):
            return None
        return self._first(start), self._last(end - 1)

    def _is_same(self, end: int) -> bool:
        """Whether text[:end] stands at written[:end]. The character after it counts: it may be a mark that vanished."""
        if end < self._same_until:
            return True
        if self._same_until >= 0 and _FOLDING.uneven.isdisjoint(self.written[: end + 1]):
            self._same_until = end + 1
            return True
        self._same_until = -1
        return False

    def _first(self, index: int) -> int:
        """Where the written character of text[index] stands."""
        if not self._straight:
            return self._by_units(self._firsts, index)
        if not self._ends:
            self._ends = list(accumulate(map(len, map(_FOLDING.__getitem__, map(ord, self.written)))))
        return bisect_right(self._ends, index)

    def _last(self, index: int) -> int:
        """Where it ends, with marks that vanished."""
        if not self._straight:
            return self._by_units(self._lasts, index)
        last = following = self._first(index) + 1
        while following < len(self.written) and not _FOLDING[ord(self.written[following])]:
            following += 1
            if unicodedata.category(self.written[following - 1])[0] == "M":
                last = following
        return last

    def _by_units(self, places: list[int], index: int) -> int:
        if not places:
            units = _units(self.written)
            self._firsts += [first for folded, first, _ in units for _ in folded]
            self._lasts += [last for folded, _, last in units for _ in folded]
        return places[index]


def fold(text: str) -> Folded:
    """Fold `text`. Never raises, whatever the characters."""
    return Folded(text)


def search_text(text: str) -> str:
    """What full-text search indexes and asks for: the folded text as words with a space between, so that every database parts
    them alike. A word is letters, digits and their marks; each Han, kana, hangul, Thai, Lao, Khmer and Burmese character and
    each emoji is a word alone, since nobody puts spaces around them."""
    folded, _ = _fold_text(text)
    parted = folded.translate(_PARTING)
    return " ".join([word for word, _, _ in words_of(folded)] if _GLUE in parted else parted.split())


def words_of(folded: str) -> list[tuple[str, int, int]]:
    """(word, start, end) of each word of a folded text, as `search_text` parts it."""
    words: list[tuple[str, int, int]] = []
    open_at = -1  # where the last word goes on, if a letter stands there
    for at, sign in enumerate(folded):
        parted = _PARTING[ord(sign)]
        if parted == " ":
            continue
        letter, mark = parted == sign, parted == _GLUE
        if words and ((letter and open_at == at) or (mark and words[-1][2] == at)):
            words[-1] = (words[-1][0] + sign, words[-1][1], at + 1)
        else:
            words.append((sign, at, at + 1))
        open_at = at + 1 if letter else -1
    return words


def _fold_text(written: str) -> tuple[str, bool]:
    """The folded text, and whether it is each character's folding in a row: nothing joined, collapsed or trimmed."""
    folded = written.translate(_FOLDING)
    if not folded.isascii() and _JOINING.search(folded):
        return "".join(unit for unit, _, _ in _units(written)), False
    if "  " in folded or folded[:1] == " " or folded[-1:] == " ":
        return " ".join(folded.split()), False
    return folded, True


def _units(written: str) -> list[tuple[str, int, int]]:
    """The folded pieces of `written` with the place each comes from, in order; joined, they are the folded text."""
    units: list[tuple[str, int, int]] = []
    for index, character in enumerate(written):
        folded = _FOLDING[ord(character)]
        if not folded:
            if units and unicodedata.category(character)[0] == "M":
                units[-1] = (units[-1][0], units[-1][1], index + 1)
        elif folded == " ":
            if units and units[-1][0] == " ":
                units[-1] = (" ", units[-1][1], index + 1)
            elif units:
                units.append((" ", index, index + 1))
        elif units and folded[0] in _JOINERS:
            joined = unicodedata.normalize("NFC", units[-1][0] + folded)
            units[-1] = (joined, units[-1][1], index + 1)
        else:
            units.append((folded, index, index + 1))
    if units and units[-1][0] == " ":
        units.pop()
    return units
