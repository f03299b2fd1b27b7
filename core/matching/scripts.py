"""Which characters make up words, and where one word ends and the next begins, in every script.

Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese) have no boundary to check: any place may be one.
Korean glues its particles to the end of a word, so there a word is bounded at its start only.
"""

from bisect import bisect_right
from unicodedata import category

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x3035),
    (0x303B, 0x312F),  # kana, bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width katakana
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
_UNSPACED_STARTS = [first for first, _ in _UNSPACED]
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))


def is_unspaced(character: str) -> bool:
    """Whether `character` belongs to a script that puts no spaces between words."""
    code = ord(character)
    row = bisect_right(_UNSPACED_STARTS, code) - 1
    return row >= 0 and code <= _UNSPACED[row][1]


def is_hangul(character: str) -> bool:
    """Whether `character` is a Korean letter or syllable."""
    code = ord(character)
    return code >= 0x1100 and any(first <= code <= last for first, last in _HANGUL)


class _Kinds(dict[str, int]):
    """Character → 0 no part of a word, 1 in a word of an unspaced script, 2 in a Korean word, 3 in any other word."""

    def __missing__(self, character: str) -> int:
        word = category(character)[0] in "LNM" or character == "_"
        kind = 0 if not word else 1 if is_unspaced(character) else 2 if is_hangul(character) else 3
        self[character] = kind
        return kind


_KINDS = _Kinds()


def is_word(character: str) -> bool:
    """Whether `character` is a letter, a digit, a mark upon one, or an underscore."""
    return _KINDS[character] != 0


def is_bounded(text: str, start: int, end: int) -> bool:
    """Whether the non-empty text[start:end] stands alone: no word of `text` runs on over either edge."""
    if start > 0 and _KINDS[text[start]] >= 2 and _KINDS[text[start - 1]] >= 2:
        return False
    return end == len(text) or _KINDS[text[end - 1]] < 3 or _KINDS[text[end]] < 3


def openings(text: str) -> bytes:
    """1 for each character at which something that stands alone may start, as `is_bounded` sees it, else 0."""
    kinds = [_KINDS[character] for character in text]
    return bytes([kind < 2 or before < 2 for before, kind in zip([0, *kinds], kinds, strict=False)])


def is_edge(text: str, index: int) -> bool:
    """Whether a word starts or ends before text[index]; between two characters of an unspaced script one always may."""
    before = _KINDS[text[index - 1]] if index > 0 else 0
    after = _KINDS[text[index]] if index < len(text) else 0
    return bool(before or after) and not (before >= 2 and after >= 2)
