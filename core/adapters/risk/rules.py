"""The embedded judge: hand-written rules, no key, no model, under a millisecond a segment. Rough, and it says so.

It knows how people are spoken of (named like vermin, to be driven out, to be killed; threatened, insulted), not who they
are, in English, French, Spanish and Arabic. It takes back what is denied, opposed or only reported in the same sentence.
It queues for a person and never punishes; irony, new words and everything said between the lines it does not see.
"""

from collections.abc import Sequence

from core.adapters.risk.evidence import Evidence, evidence
from core.adapters.risk.sentences import Sentence, sentences
from core.adapters.risk.vocabulary import Vocabulary
from core.matching.fold import fold
from core.model.risk import HATE_CONFIDENCE, Assessment, Category, Label, Target, Virality
from core.model.transcript import Segment

LONGEST = 5_000
"""Characters of a segment that are judged. Fifteen seconds of speech hold about 300."""

QUOTE = 300
NOTHING_FOUND = 0.5
"""The confidence of finding nothing: the rules know too little for more."""

EACH_MORE, MOST = 0.08, 0.95
WHOLE_SENTENCE = 200


class RulesAssessor:
    """Judges each segment by itself, from its words alone. `context` is not used."""

    name = "rules"

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()

    async def assess(self, segments: Sequence[Segment], context: Sequence[Segment]) -> tuple[Assessment, ...]:
        """One assessment for each segment, in order. Never raises; a segment without words is neutral."""
        return tuple(self.judged(segment) for segment in segments)

    def judged(self, segment: Segment) -> Assessment:
        """The assessment of one segment."""
        text = (segment.text or "")[:LONGEST]
        parts = sentences(fold(text))
        found = evidence(parts, self._vocabulary)
        labels = _labels(found)
        hateful = labels[Label.H] >= HATE_CONFIDENCE
        virality = self._virality(parts, found, hateful)
        top = max(found, key=lambda each: each.strength, default=None)
        start, end = _place(top, found, parts) if top else (0, 0)
        return Assessment(
            category=_category(found, hateful, virality),
            virality=virality,
            hateful=hateful,
            target=Target(top.target) if top and top.target else Target.NONE,
            labels=labels,
            confidence=max(labels.values()) if found else NOTHING_FOUND,
            quote=text[start:end],
            second=segment.said_at(start),
            reason=_reason(found, parts, text, virality),
            engine=self.name,
            injection=any(self._vocabulary.phrases["orders"].find(part, {}) for part in parts),
        )

    def _virality(self, parts: list[Sentence], found: list[Evidence], hateful: bool) -> Virality:
        """How far it may spread: a request to share a scandal far, any two markers or a hateful call some way."""
        kinds = {
            name for name, phrases in self._vocabulary.markers.items() if any(phrases.find(part, {}) for part in parts)
        }
        if kinds >= {"call", "scandal"} or (hateful and "call" in kinds):
            return Virality.HIGH
        calls = any(each.rule.startswith("call to") and not each.turned for each in found)
        return Virality.MEDIUM if len(kinds) > 1 or (hateful and calls) else Virality.LOW


def _labels(found: list[Evidence]) -> dict[Label, float]:
    """For each label its strongest evidence, a little more for each further piece of it that was meant."""
    labels = dict.fromkeys(Label, 0.0)
    for label in Label:
        strengths = sorted((each.strength * each.labels[label] for each in found if label in each.labels), reverse=True)
        meant = sum(1 for each in found if label in each.labels and not each.turned)
        if strengths:
            labels[label] = round(min(MOST, strengths[0] + EACH_MORE * max(0, meant - 1)), 2)
    return labels


def _category(found: list[Evidence], hateful: bool, virality: Virality) -> Category:
    if hateful:
        return Category.HATEFUL
    if virality is not Virality.LOW:
        return Category.VIRAL
    return Category.CONTROVERSIAL if any(not each.turned for each in found) else Category.NEUTRAL


def _place(top: Evidence, found: list[Evidence], parts: list[Sentence]) -> tuple[int, int]:
    """From where to where to quote: the sentence of the strongest evidence, or of a long one what was found in it."""
    sentence = parts[top.sentence]
    start, end = sentence[0].start, sentence[-1].end
    if end - start > WHOLE_SENTENCE:
        near = [each for each in found if each.sentence == top.sentence]
        start = min(sentence[each.start].start for each in near)
        end = max(sentence[each.end - 1].end for each in near)
        if end - start > QUOTE:
            start, end = sentence[top.start].start, sentence[top.end - 1].end
    return start, min(end, start + QUOTE)


def _reason(found: list[Evidence], parts: list[Sentence], text: str, virality: Virality) -> str:
    """What the rules saw, in plain English, each rule once."""
    said: dict[str, str] = {}
    for each in found:
        words = text[parts[each.sentence][each.start].start : parts[each.sentence][each.end - 1].end][:80]
        said.setdefault(each.rule, f"{each.rule} (“{words}”){f', {each.turned}' if each.turned else ''}")
    if virality is not Virality.LOW and not any("call to" in rule for rule in said):
        said["spread"] = "words that ask to be shared or promise a scandal"
    return f"Rules: {'; '.join(said.values())}." if said else "Rules: nothing found."
