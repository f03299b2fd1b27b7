"""The trigger rules: what a person wrote after `word:` and chose as `match:`, and the index that applies all of them.

Whole word: the word, phrase or word with `*`, not as part of a longer word. Contains: the folded text, anywhere.
Pattern: an RE2 expression. Disguised: the word, plainly or in disguise. In all but patterns `but not` names phrases in
which the word does not count: `giveaway but not fake giveaway`.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import NamedTuple, Protocol

from core.errors import Invalid
from core.matching.automaton import Automaton
from core.matching.disguise import Disguised, disguised_fold
from core.matching.effort import CALL, MOST, Effort
from core.matching.fold import Folded, fold
from core.matching.message import Message
from core.matching.patterns import Pattern
from core.matching.words import Literal, Wildcard
from core.model.trigger import MatchMode

LONGEST = 200  # characters of a word or a pattern
_BUT_NOT = " but not "
_CROWDED = 200  # places of literals in one message, past which each is searched for by itself

_Span = tuple[int, int]


class _Matcher(Protocol):
    def spans(self, message: Message, effort: Effort) -> list[_Span]: ...


class _Unmasking:
    """A disguised rule: the word as a whole word, and in disguise."""

    __slots__ = ("disguised", "plain")

    def __init__(self, word: str) -> None:
        self.plain = Literal(word, whole=True)
        self.disguised = Disguised(word)

    def spans(self, message: Message, effort: Effort) -> list[_Span]:
        plain = self.plain.spans(message, effort)
        masked = self.disguised.spans(message.letters, effort)
        return sorted(plain + [(a, b) for a, b in masked if all(b <= start or end <= a for start, end in plain)])


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled trigger. Two rules are equal when word and mode are."""

    word: str
    mode: MatchMode
    matcher: Literal | Wildcard | Pattern | _Unmasking = field(compare=False, repr=False)
    excluded: tuple[_Matcher, ...] = field(compare=False, repr=False, default=())

    def __hash__(self) -> int:
        return hash(self.word)  # kept inside the string, where the generated one would hash the mode each time

    @property
    def anchors(self) -> frozenset[str]:
        """Folded literals, one of which stands in every message with a hit; empty: look at every message."""
        match self.matcher:
            case Literal(text=text):
                return frozenset({text})
            case Wildcard(literal=literal):
                return frozenset({literal})
            case Pattern(anchors=anchors):
                return anchors
            case _Unmasking(plain=plain):
                return frozenset({plain.text})

    @property
    def disguised_anchor(self) -> str:
        """What the disguised fold of a message with a disguised hit contains; empty: never disguised."""
        return self.matcher.disguised.squeezed if isinstance(self.matcher, _Unmasking) else ""

    @property
    def cost(self) -> int:
        """How much work a search for it is, beside that for others."""
        match self.matcher:
            case Pattern(cost=cost):
                return 1_000 * cost
            case _Unmasking(disguised=disguised):
                return 100 + len(disguised.squeezed)
            case Wildcard():
                return 10
            case _:
                return len(self.excluded)

    def spans(self, message: Message, effort: Effort | None = None) -> list[_Span]:
        """The places of its hits as written, in order, as far as the effort reaches."""
        effort = effort or Effort()
        spans = self.matcher.spans(message, effort)
        if not spans or not self.excluded:
            return spans
        covers: list[_Span] = []
        for matcher in self.excluded:
            if not effort.spend(CALL):
                return []  # nobody knows whether they count
            covers += matcher.spans(message, effort)
        return [(start, end) for start, end in spans if not any(a <= start and end <= b for a, b in covers)]


def compile_rule(word: str, mode: MatchMode) -> Rule:
    """Understand what a person wrote. Raises Invalid: PATTERN (`n` the character it is about, from 1; `reason`) for
    an expression RE2 refuses or that costs too much, WORD (`reason`) for anything else that cannot be looked for."""
    if mode is MatchMode.PATTERN:
        return Rule(word, mode, Pattern(word))
    if len(word) > LONGEST:
        raise Invalid("WORD", reason=f"it is longer than {LONGEST} characters")
    wanted, *unwanted = _split(word)
    matcher = _matcher(wanted, mode)
    excluded = tuple(_matcher(phrase, mode) for phrase in unwanted)
    if isinstance(matcher, Literal | _Unmasking) and "*" not in "".join(unwanted):
        for phrase in unwanted:
            if fold(wanted).text not in fold(phrase).text:
                raise Invalid(
                    "WORD", reason=f"“{phrase}” must contain “{wanted}”, as in giveaway but not fake giveaway"
                )
    return Rule(word, mode, matcher, excluded)


def _split(word: str) -> list[str]:
    parts, rest = [], word
    while (at := rest.lower().find(_BUT_NOT)) > 0 and len(rest.lower()) == len(rest):
        parts.append(rest[:at].strip())
        rest = rest[at + len(_BUT_NOT) :]
    return [*parts, rest.strip()]


def _matcher(word: str, mode: MatchMode) -> Literal | Wildcard | _Unmasking:
    folded = fold(word).text
    if not folded:
        raise Invalid("WORD", reason="it has no character that can be seen")
    if mode is MatchMode.CONTAINS:
        return Literal(folded, whole=False)
    if mode is MatchMode.DISGUISED:
        unmasking = _Unmasking(folded)
        if not unmasking.disguised.squeezed:
            raise Invalid("WORD", reason="it has no letter that could be disguised")
        return unmasking
    if "*" not in folded:
        return Literal(folded, whole=True)
    if not folded.replace("*", "").strip():
        raise Invalid("WORD", reason="a * needs letters beside it, as in giv*")
    return Wildcard(folded)


class Match(NamedTuple):
    """A hit: `quote` is written[start:end] of the message, exactly as it was written. (A tuple: made for every hit, it
    costs a third of a frozen dataclass.)"""

    key: Hashable
    start: int
    end: int
    quote: str


_Owners = dict[Rule, dict[Hashable, None]]


class _Anchored(_Owners):
    """Whose literal it is. It is its own id in the automaton: a hit leads here without asking a table of all literals."""

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__
    __ne__ = object.__ne__


class TriggerIndex:
    """All triggers at once. A change is seen by the next search. One thread uses it at a time."""

    def __init__(self, rules: Iterable[tuple[Hashable, Rule]] = ()) -> None:
        """Many rules are built far faster here than put one by one."""
        self._rules: dict[Hashable, Rule] = {}
        self._plain: dict[str, _Anchored] = {}
        self._disguised: dict[str, _Owners] = {}
        self._everywhere: _Owners = {}
        for key, rule in rules:
            self._enter(key, rule)
        self._automaton = Automaton((owners, literal) for literal, owners in self._plain.items())
        self._unmasker = Automaton((literal, literal) for literal in self._disguised)

    def __len__(self) -> int:
        return len(self._rules)

    def put(self, key: Hashable, rule: Rule) -> None:
        """Look for `rule` on behalf of `key` from now on; the key's former rule is forgotten."""
        self.drop(key)
        plain, disguised = self._enter(key, rule)
        for literal in plain:
            self._automaton.add(self._plain[literal], literal)
        for literal in disguised:
            self._unmasker.add(literal, literal)

    def drop(self, key: Hashable) -> None:
        """Forget the rule of `key`; an unknown key changes nothing."""
        rule = self._rules.pop(key, None)
        if rule is None:
            return
        for literal in rule.anchors:
            if _leave(self._plain[literal], rule, key):
                self._automaton.remove(self._plain.pop(literal))
        if (anchor := rule.disguised_anchor) and _leave(self._disguised[anchor], rule, key):
            del self._disguised[anchor]
            self._unmasker.remove(anchor)
        if not rule.anchors:
            _leave(self._everywhere, rule, key)

    def find(self, text: str) -> list[Match]:
        """Every hit, by start, then by end; two keys with one rule hit twice. Of a rule that is not a plain word only the first 20
        places count, and of a plain word in a message with more than 200 places; of patterns that explode and of words disguised in
        hundreds of ways as many as `effort` allows: no message takes more than a few milliseconds."""
        places = self._places(text)
        if not places:
            return []
        matches = [Match(key, start, end, text[start:end]) for _, keys, start, end in places for key in keys]
        if len(matches) > 1:
            matches.sort(key=attrgetter("start", "end"))
        return matches

    def first(self, text: str) -> list[Match]:
        """The first hit of each key that has one, by start."""
        firsts: dict[Hashable, Match] = {}
        for match in self.find(text):
            firsts.setdefault(match.key, match)
        return list(firsts.values())

    def settle(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until no automaton is being rebuilt; False when the time is over first. Nobody needs it to search."""
        return self._automaton.settle(timeout_seconds) and self._unmasker.settle(timeout_seconds)

    def _enter(self, key: Hashable, rule: Rule) -> tuple[list[str], list[str]]:
        """Note the rule; which literals are new to the two automata."""
        self._rules[key] = rule
        anchors = rule.anchors
        new = [literal for literal in anchors if literal not in self._plain]
        for literal in anchors:
            self._plain.setdefault(literal, _Anchored()).setdefault(rule, {})[key] = None
        if not anchors:
            self._everywhere.setdefault(rule, {})[key] = None
        if not (anchor := rule.disguised_anchor):
            return new, []
        masked = [] if anchor in self._disguised else [anchor]
        self._disguised.setdefault(anchor, {}).setdefault(rule, {})[key] = None
        return new, masked

    def _places(self, text: str) -> list[tuple[Rule, Iterable[Hashable], int, int]]:
        folded = Folded(text)
        searches: _Owners = dict(self._everywhere) if self._everywhere else {}
        found = self._automaton.find(folded.text)
        places = self._literal_places(folded, found, searches) if found else []
        if self._disguised:
            for anchor, _, _ in self._unmasker.find(disguised_fold(text)):
                searches.update(self._disguised[anchor])
        if searches:
            places += _searched(Message(folded), searches)
        return places

    def _literal_places(
        self, folded: Folded, found: list[tuple[_Anchored, int, int]], searches: _Owners
    ) -> list[tuple[Rule, Iterable[Hashable], int, int]]:
        """The hits of literal rules where the automaton found them; the rules still to be searched go to `searches`."""
        if len(found) > _CROWDED:
            for owners in dict.fromkeys(map(itemgetter(0), found)):
                searches.update(owners)
            return []
        places: list[tuple[Rule, Iterable[Hashable], int, int]] = []
        for owners, start, end in found:
            for rule, keys in owners.items():
                matcher = rule.matcher
                if not isinstance(matcher, Literal) or rule.excluded or start < 0:
                    searches[rule] = keys
                elif (span := matcher.at(folded, start, end)) is not None:
                    places.append((rule, keys, *span))
        return places


def _searched(message: Message, searches: _Owners) -> list[tuple[Rule, Iterable[Hashable], int, int]]:
    """The hits of rules that are searched for one by one, as far as the effort of one message reaches."""
    places: list[tuple[Rule, Iterable[Hashable], int, int]] = []
    rules = sorted(searches, key=attrgetter("cost")) if len(searches) > 1 else list(searches)
    left = MOST
    for number, rule in enumerate(rules):
        effort = Effort(share := left // (len(rules) - number))
        places += [(rule, searches[rule], start, end) for start, end in rule.spans(message, effort)]
        left -= min(share, share - effort.left)
    return places


def _leave(owners: _Owners, rule: Rule, key: Hashable) -> bool:
    """Take the key off the rule; whether no rule is left."""
    keys = owners[rule]
    del keys[key]
    if not keys:
        del owners[rule]
    return not owners
