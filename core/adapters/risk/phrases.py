"""Phrases as the word list writes them, and finding them in a sentence.

A phrase is written word by word: `a|b` one of several, `~` up to four words between, `~2` up to two, `@g` a group of people,
`@name` one of the words of the list `name`. A gap holds no negation, so that `they must never be driven out` is no call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.adapters.risk.sentences import Sentence
from core.matching.fold import fold

GAP = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Words `start` to `end` of a sentence that name people. `known`: from the word list; `firm`: known, or written like
    the name of a people; `pronoun`: they, them. `target` in the wire's terms."""

    start: int
    end: int
    target: str
    known: bool = False
    firm: bool = False
    pronoun: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase at words `start` to `end` of a sentence, and the group in it."""

    start: int
    end: int
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class _Atom:
    """One step of a phrase: any of `words`, or a gap of up to `gap` words, or a group."""

    words: frozenset[str] = frozenset()
    gap: int = 0
    group: bool = False


_Phrase = tuple[_Atom, ...]
_NONE: list[_Phrase] = []
Lists = Mapping[str, Iterable[str]]


class Phrases:
    """A compiled list of phrases, looked up by their first word."""

    def __init__(self, written: Iterable[tuple[str, Lists]], negators: frozenset[str] = frozenset()) -> None:
        """Each phrase comes with the lists its `@name` words are taken from. `negators` break a gap."""
        self._negators = negators
        self._by_word: dict[str, list[_Phrase]] = {}
        self._by_group: list[_Phrase] = []
        for text, lists in written:
            phrase = tuple(_atom(part, lists) for part in text.split())
            if phrase[0].group:
                self._by_group.append(phrase)
            for word in phrase[0].words:
                self._by_word.setdefault(word, []).append(phrase)

    def find(self, sentence: Sentence, groups: Mapping[int, Group]) -> list[Found]:
        """Every place where a phrase begins, the first that fits at each word. `groups` by their first word."""
        found = []
        for start, token in enumerate(sentence):
            phrases = self._by_word.get(token.text, _NONE)
            candidates = [*phrases, *self._by_group] if start in groups and self._by_group else phrases
            if not candidates:  # most words begin no phrase
                continue
            hit = next((hit for phrase in candidates if (hit := self._at(sentence, groups, start, phrase))), None)
            if hit:
                found.append(hit)
        return found

    def _at(self, sentence: Sentence, groups: Mapping[int, Group], start: int, phrase: _Phrase) -> Found | None:
        end = self._run(sentence, groups, start, phrase)
        if end is None:
            return None
        named = phrase[0].group or any(atom.group for atom in phrase)
        group = next((groups[i] for i in range(start, end) if i in groups), None) if named else None
        return Found(start, end, group)

    def _run(self, sentence: Sentence, groups: Mapping[int, Group], at: int, phrase: _Phrase) -> int | None:
        """Where the phrase ends when it begins at word `at`, None when it does not fit."""
        if not phrase:
            return at
        atom, rest = phrase[0], phrase[1:]
        if atom.gap:
            for skipped in range(atom.gap + 1):
                end = self._run(sentence, groups, at + skipped, rest)
                if end is not None:
                    return end
                if at + skipped >= len(sentence) or self._breaks(sentence[at + skipped].text):
                    return None
            return None
        if at >= len(sentence):
            return None
        if atom.group:
            return self._run(sentence, groups, groups[at].end, rest) if at in groups else None
        return self._run(sentence, groups, at + 1, rest) if sentence[at].text in atom.words else None

    def _breaks(self, word: str) -> bool:
        return bool(self._negators) and (word in self._negators or word.endswith("n't"))


def _atom(part: str, lists: Lists) -> _Atom:
    if part == "@g":
        return _Atom(group=True)
    if part[0] == "~":
        return _Atom(gap=int(part[1:] or GAP))
    words = lists[part[1:]] if part[0] == "@" else part.split("|")
    return _Atom(words=frozenset(fold(word).text for word in words))
