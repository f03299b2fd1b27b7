"""The embedded judge: hand-written rules and a linear head, no key, about half a millisecond a message. Rough, and it says so.

The rules know how people are spoken of (named like vermin, to be driven out, to be killed; threatened, insulted), not who they
are, in English, French, Spanish and Arabic. They take back what is denied, opposed or only reported in the same sentence. The head
sees what no rule names, and so do its mistakes: what it alone sees raises labels, up to where no alert is raised yet. It queues
for a person and never punishes; irony, new words and everything said between the lines it does not see.
"""

from core.adapters.risk.evidence import Evidence
from core.adapters.risk.orders import order_in, orders
from core.adapters.risk.scoring import LocalScorer, Reading
from core.adapters.risk.sentences import Sentence
from core.model.risk import HATE_CONFIDENCE, Assessment, Category, Label, Target, Virality
from core.model.transcript import Segment
from core.ports.assessor import Judgement, Window

QUOTE = 300
NOTHING_FOUND = 0.5
"""The confidence of finding nothing: the judge knows too little for more."""

ALONE = 0.55
"""How far a label goes up by the head alone: below what alarms (0.6), so that people look at it only where something else does."""

WHOLE_SENTENCE = 200


class RulesAssessor:
    """Judges each segment by itself, from its words alone; nothing else of the window is used."""

    name = "rules"

    def __init__(self, scorer: LocalScorer | None = None) -> None:
        self._scorer = scorer or LocalScorer()

    async def assess(self, window: Window) -> Judgement:
        """See Assessor. Never raises, costs nothing."""
        return Judgement(tuple(self.judged(segment) for segment in window.segments))

    def judged(self, segment: Segment, place: str = "") -> Assessment:
        """See LocalAssessor."""
        reading = self._scorer.read(segment.text or "", place)
        text, parts, found = reading.text, reading.parts, reading.found
        hateful = reading.rules[Label.H] >= HATE_CONFIDENCE
        virality = self._virality(parts, found, hateful)
        top = max(found, key=lambda each: each.strength, default=None)
        injection = orders(segment.text or "")
        start, end = _place(top, found, parts) if top else self._spreading(parts, virality)
        if start == end and injection:
            start, end = order_in(text)
        return Assessment(
            category=_category(found, hateful, virality),
            virality=virality,
            hateful=hateful,
            target=Target(top.target) if top and top.target else Target.NONE,
            labels=_labels(reading),
            confidence=max(reading.rules.values()) if found else NOTHING_FOUND,
            quote=text[start : min(end, start + QUOTE)],
            second=segment.said_at(start),
            reason=_reason(found, parts, text, virality),
            engine=self.name,
            injection=injection,
        )

    def _spreading(self, parts: list[Sentence], virality: Virality) -> tuple[int, int]:
        """From where to where to quote of what is nothing but to be spread: its first sentence that says so."""
        if virality is not Virality.LOW:
            for part in parts:
                hits = [hit for phrases in self._scorer.vocabulary.markers.values() for hit in phrases.find(part, {})]
                if hits:
                    whole = part[-1].end - part[0].start <= QUOTE
                    start = part[0].start if whole else part[min(hit.start for hit in hits)].start
                    return start, min(part[-1].end, start + QUOTE)
        return 0, 0

    def _virality(self, parts: list[Sentence], found: list[Evidence], hateful: bool) -> Virality:
        """How far it may spread: a request to share a scandal far, any two markers or a hateful call some way."""
        kinds = {
            name
            for name, phrases in self._scorer.vocabulary.markers.items()
            if any(phrases.find(part, {}) for part in parts)
        }
        if kinds >= {"call", "scandal"} or (hateful and "call" in kinds):
            return Virality.HIGH
        calls = any(each.rule.startswith("call to") and not each.turned for each in found)
        return Virality.MEDIUM if len(kinds) > 1 or (hateful and calls) else Virality.LOW


def _labels(reading: Reading) -> dict[Label, float]:
    """What the rules say, or where that is more what both say together, up to ALONE; what both must say (S3) is not held back."""
    both = reading.scores.labels
    most = dict.fromkeys(Label, ALONE) | {Label.S3: 1.0}
    return {label: round(max(said, min(both[label], most[label])), 2) for label, said in reading.rules.items()}


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
