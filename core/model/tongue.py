"""The language of a live, decided over what was heard of it lately instead of anew for every piece."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

WINDOW = 12  # pieces of speech: about two minutes
SURE_SECONDS = 30.0  # of speech before an engine is told the language
SURE_SHARE = 0.75  # of these seconds that must be in it
FIRST_SECONDS = 8.0  # of speech the likely language counts for at the start
DOUBT_EVERY = 8  # pieces of which one is heard without being told: so a change of language is noticed


@dataclass
class Tongue:
    """`said` is what somebody said the language is: then that is it. `likely` is that of the place, the first guess where nobody
    said; it gives way to what is heard. Codes of two or three letters, empty where nobody knows."""

    said: str = ""
    likely: str = ""
    _heard: deque[tuple[str, float]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _asked: int = 0

    def hint(self) -> str:
        """What an engine is told for the next piece: nothing until it is clear, and now and then nothing, to find out."""
        if self.said:
            return self.said
        votes = self._votes()
        total = sum(votes.values())
        if total < SURE_SECONDS:
            return ""
        language = _most(votes)
        self._asked += 1
        return language if votes[language] >= SURE_SHARE * total and self._asked % DOUBT_EVERY else ""

    def hears(self, language: str, seconds: float) -> None:
        """An engine found `language` in a piece with words."""
        if language:
            self._heard.append((language, seconds))

    @property
    def language(self) -> str:
        """What it is as far as anybody can tell: most of what was heard lately; at a draw what came first."""
        if self.said:
            return self.said
        votes = self._votes({self.likely: FIRST_SECONDS} if self.likely else {})
        return _most(votes) if votes else ""

    def _votes(self, before: Mapping[str, float] = MappingProxyType({})) -> dict[str, float]:
        """Seconds of speech by language, besides those `before`."""
        votes = dict(before)
        for language, seconds in self._heard:
            votes[language] = votes.get(language, 0.0) + seconds
        return votes


def _most(votes: Mapping[str, float]) -> str:
    return max(votes, key=lambda language: votes[language])
