"""One message in the forms the rules look at, each made once and only when a rule needs it."""

from core.matching.disguise import Letters
from core.matching.fold import Folded
from core.matching.scripts import is_edge

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

    __slots__ = ("_edged", "_encoded", "_encoded_fold", "_letters", "folded", "written")

    def __init__(self, written: str) -> None:
        self.written = written
        self.folded = Folded(written)
        self._encoded: Encoded | None = None
        self._encoded_fold: Encoded | None = None
        self._edged: Encoded | None = None
        self._letters: Letters | None = None

    @property
    def encoded(self) -> Encoded:
        """As written."""
        if self._encoded is None:
            self._encoded = Encoded(self.written)
        return self._encoded

    @property
    def encoded_fold(self) -> Encoded:
        """Folded."""
        if self._encoded_fold is None:
            self._encoded_fold = Encoded(self.folded.text)
        return self._encoded_fold

    @property
    def edged(self) -> Encoded:
        """As written, two `EDGE`s at every place where a word starts or ends: two, since `\\ba?\\b` asks for
        two at one place when there is no a."""
        if self._edged is None:
            text = self.written.replace(EDGE, "\ufffd")
            parts = [EDGE + EDGE + c if is_edge(text, index) else c for index, c in enumerate(text)]
            if text and is_edge(text, len(text)):
                parts.append(EDGE + EDGE)
            self._edged = Encoded("".join(parts))
        return self._edged

    @property
    def letters(self) -> Letters:
        """Undisguised."""
        if self._letters is None:
            self._letters = Letters(self.written)
        return self._letters
