"""The hand-written words and phrases of the rules (`words.json`), compiled: English, French, Spanish, Arabic together.

All four are looked for in every text: a transcriber is often wrong about the language of one line, and people mix them.
No slur is listed: what is caught is how people are spoken of, whoever they are.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.adapters.risk.phrases import Phrases
from core.matching.fold import fold

_FILE = Path(__file__).with_name("words.json")
_FRAMES = frozenset({"report", "oppose", "after", "endorse"})
_PHRASES = ("generic", "expel", "exterminate", "threat", "suicide_bait", "self_harm", "insult", "sexual", "graphic")
_WORDS = (
    "determiners",
    "pronouns",
    "not_groups",
    "dear",
    "copulas",
    "fillers",
    "vermin",
    "beasts",
    "place",
    "minors",
    "young",
    "years",
    "play",
    "negators",
)
_MARKERS = ("call", "audience", "scandal")


class Vocabulary:
    """`phrases[name]` and `words[name]` as the file names them; `nouns` group word → whom it means; `markers` of virality."""

    def __init__(self) -> None:
        languages: list[dict[str, Any]] = list(json.loads(_FILE.read_text("utf-8")).values())
        self.words = {name: _folded(word for each in languages for word in each[name]) for name in _WORDS}
        self.nouns = {
            word: target for each in languages for target, nouns in each["nouns"].items() for word in _folded(nouns)
        }
        self.phrases = {name: self._compiled(languages, name) for name in (*_PHRASES, *sorted(_FRAMES))}
        self.markers = {
            name: Phrases((text, each) for each in languages for text in each["viral"][name]) for name in _MARKERS
        }

    def _compiled(self, languages: list[dict[str, Any]], name: str) -> Phrases:
        """The phrases of all languages, each with the lists of its own. Frames may hold a negation, the others not."""
        negators = frozenset[str]() if name in _FRAMES else self.words["negators"]
        return Phrases(((text, each) for each in languages for text in each[name]), negators)

    def denies(self, word: str) -> bool:
        """Whether the folded word turns a sentence into its opposite."""
        return word in self.words["negators"] or word.endswith("n't")


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word).text for word in words)
