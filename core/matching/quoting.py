"""Quoting: a stranger's text as it is quoted, and which texts a quote is of, however they are spelled."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from core.matching.fold import fold, search_text
from core.model.video import cut

QUOTE = 300
"""Characters of a quote at most."""


def quoted(text: str) -> str:
    """One line of at most QUOTE characters; one that is cut ends with `…`."""
    return cut(" ".join(text.split()), QUOTE)


@dataclass(frozen=True)
class Quotes:
    """The texts that some quotes are of: `whole` ones, and those of which only the `begun` is known, as `_said` has them."""

    whole: frozenset[str] = frozenset()
    begun: tuple[str, ...] = ()

    @classmethod
    def of(cls, quotes: Iterable[str]) -> "Quotes":
        """`quotes` as `quoted` makes them."""
        every = set(quotes)
        begun = {one for one in every if len(one) >= QUOTE - 1 and one.endswith("…")}  # a space goes before the sign
        return cls(frozenset(map(_said, every - begun)), tuple(map(_said, begun)))

    def __contains__(self, text: str) -> bool:
        """Whether one of the quotes is of this text, or of one that says the same."""
        if not self:
            return False
        said = _said(text)
        return said in self.whole or any(said.startswith(one) for one in self.begun)

    def __bool__(self) -> bool:
        return bool(self.whole or self.begun)


@lru_cache(maxsize=1024)  # each line that was found is compared with every quote
def _said(text: str) -> str:
    """What a text says: its words, or its signs where it has no words."""
    clean = text if text.isascii() else cut(text, len(text))  # as quotes are
    return search_text(clean) or fold(clean).text
