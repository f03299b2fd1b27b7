"""What the rules find in one text: each phrase that counts, how much, and what takes from it."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.adapters.risk.groups import groups
from core.adapters.risk.minors import SURELY, minor
from core.adapters.risk.phrases import GAP, Found, Group
from core.adapters.risk.sentences import Sentence
from core.adapters.risk.vocabulary import Vocabulary
from core.model.risk import Label

_AGAINST_GROUP = {
    # rule → strength against a group that is surely one, and against a noun or pronoun that may be anything
    "dehumanising words": (0.75, 0.65),
    "degrading words": (0.62, 0.4),
    "call to drive people out": (0.68, 0.5),
    "call to kill people": (0.85, 0.5),
}
_PHRASED = {"expel": "call to drive people out", "exterminate": "call to kill people"}
_PLAIN = {
    # phrase list → rule, its labels with their share of the strength, the strength
    "threat": ("threat to a person", {Label.H2: 1.0, Label.V: 0.8}, 0.75),
    "suicide_bait": ("telling someone to die", {Label.SH: 1.0, Label.HR: 1.0}, 0.7),
    "self_harm": ("words of self-harm", {Label.SH: 1.0}, 0.65),
    "insult": ("insult to a person", {Label.HR: 1.0}, 0.6),
    "sexual": ("sexual words", {Label.S: 1.0}, 0.6),
    "graphic": ("graphic violence", {Label.V2: 1.0, Label.V: 0.8}, 0.62),
}
_LABELS = {"call to kill people": {Label.H: 1.0, Label.H2: 1.0, Label.V: 0.7}}
_PERSONAL = frozenset({"threat to a person", "telling someone to die", "insult to a person"})
_PLAYABLE = frozenset({"threat to a person", "words of self-harm", "graphic violence", "call to kill people"})
_EVERYONE = frozenset({"all", "every", "everyone", "tous", "toutes", "todos", "todas", "كلهم", "جميعا"})

ALL_OR_PLACE = 0.12
"""What `all` and a place (`out of this town`) add to a call against people named only by a pronoun."""

PLAYED, REPORTED, OPPOSED = 0.6, 0.5, 0.35
"""What is left of a strength. These and all strengths here are chosen by hand: rough."""

_FRAME_REACH, _NEGATION_REACH, _AFTER_REACH = 14, 5, 6
"""How many words before the evidence a frame or a negation counts, and how many after it a comment does."""

_LONGEST_LINK = 8
_ARABIC = "\u0600"


@dataclass(frozen=True)
class Evidence:
    """A rule that fits words `start` to `end` of sentence number `sentence`. `turned` names why it counts for less."""

    rule: str
    strength: float
    sentence: int
    start: int
    end: int
    labels: dict[Label, float]
    target: str = ""
    turned: str = ""


@dataclass(frozen=True)
class _Scene:
    """What the text around says of `they`: whether a people was named before, and whether animals or things are there too."""

    named_before: bool
    creatures: bool


@dataclass(frozen=True)
class _Frames:
    """Where in a sentence words begin that oppose, report, or comment on what came before; whether they agree, or play."""

    oppose: tuple[int, ...]
    report: tuple[int, ...]
    after: tuple[int, ...]
    endorsed: bool
    played: bool


def evidence(text: list[Sentence], vocabulary: Vocabulary) -> list[Evidence]:
    """Everything found in the sentences, in order, already weakened where it is denied, reported, opposed or play."""
    named = [groups(sentence, vocabulary) for sentence in text]
    degraded = [list(_degrading(s, g, vocabulary)) for s, g in zip(text, named, strict=True)]
    scene = _Scene(named_before=False, creatures=_has_creatures(text, degraded, vocabulary))
    found: list[Evidence] = []
    for number, (sentence, people) in enumerate(zip(text, named, strict=True)):
        if any(group.firm for group in people.values()):
            scene = replace(scene, named_before=True)
        hits = [*degraded[number], *_calls(sentence, people, vocabulary)]
        weighed = [(rule, hit, _strength(rule, hit, sentence, scene, vocabulary)) for rule, hit in hits]
        raw = [_aimed(rule, hit, number, strength) for rule, hit, strength in weighed if strength]
        raw += _plain(sentence, people, number, vocabulary)
        if raw:
            frames = _frames(sentence, people, vocabulary)
            found += [_turned(each, sentence, frames, vocabulary) for each in raw]
    return found


def _degrading(sentence: Sentence, people: dict[int, Group], vocabulary: Vocabulary) -> Iterator[tuple[str, Found]]:
    """`those X are vermin`: a group, a form of `be` (Arabic needs none, a comma will do), and what they are called."""
    words = vocabulary.words
    for group in people.values():
        at = group.end
        while at < min(len(sentence), group.end + _LONGEST_LINK) and _links(sentence[at].text, vocabulary):
            at += 1
        if at == len(sentence):
            continue
        between = sentence[group.end : at]
        linked = sentence[group.end - 1].pause or any(token.text in words["copulas"] for token in between)
        called = sentence[at].text
        if (linked or called >= _ARABIC) and (called in words["vermin"] or called in words["beasts"]):
            rule = "dehumanising words" if called in words["vermin"] else "degrading words"
            yield rule, Found(group.start, at + 1, group)


def _links(word: str, vocabulary: Vocabulary) -> bool:
    return word in vocabulary.words["fillers"] or word in vocabulary.words["copulas"]


def _calls(sentence: Sentence, people: dict[int, Group], vocabulary: Vocabulary) -> Iterator[tuple[str, Found]]:
    for name, rule in _PHRASED.items():
        for hit in vocabulary.phrases[name].find(sentence, people):
            yield rule, hit


def _has_creatures(text: list[Sentence], degraded: list[list[tuple[str, Found]]], vocabulary: Vocabulary) -> bool:
    """Whether animals or things are spoken of, so that `they` may be those: not counting what people are called."""
    for sentence, hits in zip(text, degraded, strict=True):
        called = {hit.end - 1 for _, hit in hits}
        if any(t.text in vocabulary.words["not_groups"] and i not in called for i, t in enumerate(sentence)):
            return True
    return False


def _aimed(rule: str, hit: Found, number: int, strength: float) -> Evidence:
    target = hit.group.target if hit.group else "groupe_social"
    return Evidence(rule, strength, number, hit.start, hit.end, _LABELS.get(rule, {Label.H: 1.0}), target)


def _strength(rule: str, hit: Found, sentence: Sentence, scene: _Scene, vocabulary: Vocabulary) -> float:
    """How much a rule counts against its group; 0 when nobody may be meant. A pronoun is as sure as the group before it."""
    firm, loose = _AGAINST_GROUP[rule]
    group = hit.group
    if group and not group.pronoun:
        return firm if group.known or (group.firm and rule != "degrading words") else loose
    if scene.named_before:
        return firm
    if scene.creatures:
        return 0.0
    around = {token.text for token in sentence[hit.start : hit.end + GAP]}
    sweeping = rule == "call to drive people out" and around & _EVERYONE and around & vocabulary.words["place"]
    return loose + ALL_OR_PLACE if sweeping else loose


def _plain(sentence: Sentence, people: dict[int, Group], number: int, vocabulary: Vocabulary) -> list[Evidence]:
    found = []
    for name, (rule, labels, strength) in _PLAIN.items():
        for hit in vocabulary.phrases[name].find(sentence, people):
            target = "individu" if rule in _PERSONAL else ""
            found.append(Evidence(rule, strength, number, hit.start, hit.end, labels, target))
    return [_with_minors(each, sentence, vocabulary) for each in found]


def _with_minors(each: Evidence, sentence: Sentence, vocabulary: Vocabulary) -> Evidence:
    if Label.S in each.labels and minor([sentence], vocabulary) == SURELY:
        return replace(each, rule="sexual words and a minor", strength=0.7, labels={Label.S: 1.0, Label.S3: 1.0})
    return each


def _frames(sentence: Sentence, people: dict[int, Group], vocabulary: Vocabulary) -> _Frames:
    def starts(name: str) -> tuple[int, ...]:
        return tuple(hit.start for hit in vocabulary.phrases[name].find(sentence, people))

    played = any(token.text in vocabulary.words["play"] for token in sentence)
    return _Frames(starts("oppose"), starts("report"), starts("after"), bool(starts("endorse")), played)


def _turned(each: Evidence, sentence: Sentence, frames: _Frames, vocabulary: Vocabulary) -> Evidence:
    """The evidence, weaker where the sentence denies, opposes or only reports it, or speaks of a game or a film."""
    if frames.played and each.rule in _PLAYABLE:
        each = replace(each, strength=each.strength * PLAYED, turned="said of a game, a film or a joke")
    opposed = _any_in(frames.oppose, each.start - _FRAME_REACH, each.start)
    opposed = opposed or _any_in(frames.after, each.end, each.end + _AFTER_REACH)
    if opposed or _denied(each, sentence, vocabulary):
        return replace(each, strength=each.strength * OPPOSED, turned="denied or opposed in the same sentence")
    if not frames.endorsed and _any_in(frames.report, each.start - _FRAME_REACH, each.start):
        return replace(each, strength=each.strength * REPORTED, turned="reported as what others say")
    return each


def _any_in(places: tuple[int, ...], first: int, last: int) -> bool:
    """Whether one of the ascending places is in first..last-1."""
    at = bisect_left(places, first)
    return at < len(places) and places[at] < last


def _denied(each: Evidence, sentence: Sentence, vocabulary: Vocabulary) -> bool:
    """Whether a negation stands shortly before, with no comma between."""
    for at in range(each.start - 1, max(-1, each.start - 1 - _NEGATION_REACH), -1):
        if sentence[at].pause:
            return False
        if vocabulary.denies(sentence[at].text):
            return True
    return False
