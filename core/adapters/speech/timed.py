"""Words from outside made fit to keep: plain text, and times spread over a line that has only a start and an end."""

import unicodedata

from core.model.transcript import Word

_CONTROL = ("Cc", "Cs")


def plain(text: str) -> str:
    """`text` on one line: control characters and lone surrogates (no database takes them) become blanks, blanks merge."""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(sign) in _CONTROL else sign for sign in text)
    return " ".join(text.split())


def spread(start: float, end: float, text: str) -> tuple[Word, ...]:
    """The words of a line said from `start` to `end` (seconds), each as long as its share of the letters."""
    parts = plain(text).split(" ") if text else []
    letters = sum(map(len, parts))
    words, passed = [], 0
    for part in parts:
        begin, passed = passed, passed + len(part)
        if part:
            words.append(Word(_at(start, end, begin / letters), _at(start, end, passed / letters), part))
    return tuple(words)


def clamped(word: Word, start: float, end: float) -> Word:
    """The word with its times held inside `start` to `end`."""
    return Word(min(max(word.start, start), end), min(max(word.end, start), end), word.text)


def _at(start: float, end: float, share: float) -> float:
    return start + (end - start) * share
