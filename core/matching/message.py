"""One message in the forms the rules look at, each made once and only when a rule needs it."""

from functools import cached_property

from core.matching.disguise import Letters
from core.matching.fold import Folded
from core.matching.scripts import is_edge, openings

# Stands at every edge of a word in the text that patterns with \b look at; a noncharacter, so nobody writes it.
EDGE = "\ufdd0"


class Encoded:
    """A text as the UTF-8 that RE2 reads, with its places turned to and fro. Half surrogates become `?`."""

    __slots__ = ("data", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode("utf-8", "replace")

    def character(self, offset: int) -> int:
        """The index in `text` of the character at byte `offset`."""
        return offset if len(self.data) == len(self.text) else len(self.data[:offset].decode())

    def offset(self, index: int) -> int:
        """The byte offset of text[index]."""
        return index if len(self.data) == len(self.text) else len(self.text[:index].encode("utf-8", "replace"))


class Message:
    """What was written or said, and its forms. Only for the length of one search."""

    def __init__(self, folded: Folded) -> None:
        self.written = folded.written
        self.folded = folded

    @cached_property
    def openings(self) -> bytes:
        """1 for each character of the folded text that no word runs into from the left, else 0."""
        return openings(self.folded.text)

    @cached_property
    def encoded(self) -> Encoded:
        """As written."""
        return Encoded(self.written)

    @cached_property
    def encoded_fold(self) -> Encoded:
        """Folded."""
        return Encoded(self.folded.text)

    @cached_property
    def edged(self) -> Encoded:
        """As written, two `EDGE`s at every place where a word starts or ends: two, since `\\ba?\\b` asks for
        two at one place when there is no a."""
        text = self.written.replace(EDGE, "\ufffd")
        parts = [EDGE + EDGE + c if is_edge(text, index) else c for index, c in enumerate(text)]
        if text and is_edge(text, len(text)):
            parts.append(EDGE + EDGE)
        return Encoded("".join(parts))

    @cached_property
    def letters(self) -> Letters:
        """Undisguised."""
        return Letters(self.written)
