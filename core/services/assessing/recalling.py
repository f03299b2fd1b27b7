"""Recalling: what people of a place decided lately, as a handful of short examples for a judge elsewhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.matching.quoting import Quotes
from core.model.agreement import said_category
from core.model.risk import Alert, Category, Kind, Verdict
from core.model.video import cut
from core.ports.assessor import Example
from core.ports.store import Work

TEACHING = (Kind.SPEECH, Kind.CHAT)
"""What is said and written on TikTok. What people write here is never handed on, and nothing is learned from it."""

OF_EACH = 3  # examples of what was confirmed, and of what was dismissed
LONGEST = 200  # characters of one
LOOKED_AT = 30  # of the newest decisions of a kind
REMEMBERED = 200  # places


@dataclass
class Recalling:
    """Examples of all places, read anew after a decision there, and after anything was found that may be about minors and that an
    alert of the place may quote."""

    _known: dict[str, tuple[tuple[int, int], tuple[Example, ...]]] = field(default_factory=dict)

    async def of(self, work: Work, place: str) -> tuple[Example, ...]:
        """At most OF_EACH confirmed and as many dismissed ones of a place, newest first, of as many categories as there are.
        Nothing that was about minors in any live is among them, and nothing that gave orders."""
        if not place:
            return ()
        stands = last, _ = await work.alerts.last_decision(place), await work.alerts.suspicions(place)
        if place not in self._known or self._known[place][0] != stands:
            while len(self._known) >= REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[place] = stands, await _examples(work, place) if last else ()
        return self._known[place][1]


async def _examples(work: Work, place: str) -> tuple[Example, ...]:
    unfit = Quotes.of([one.assessment.quote for one in await work.alerts.suspected(place)])
    found: list[Example] = []
    for verdict in (Verdict.CONFIRMED, Verdict.DISMISSED):
        numbers = [
            number
            for kind in TEACHING
            for number in (await work.alerts.find(place, verdict=verdict, kind=kind))[:LOOKED_AT]
        ]
        alerts = await work.alerts.several(place, sorted(numbers, reverse=True))
        found += [Example(cut(one.assessment.quote, LONGEST), said_category(one)) for one in _varied(alerts, unfit)]
    return tuple(found)


def _varied(alerts: Sequence[Alert], unfit: Quotes) -> list[Alert]:
    """The newest of each category as the judge saw it, then the second newest of each; the same words once, and none that are
    `unfit`."""
    seen, words, turns = Counter[Category](), set[str](), list[tuple[int, Alert]]()
    for alert in alerts:
        said = alert.assessment
        if not said.quote or said.quote in words or said.injection or said.quote in unfit:
            continue
        words.add(said.quote)
        turns.append((seen[said.category], alert))
        seen[said.category] += 1
    return [alert for _, alert in sorted(turns, key=lambda pair: pair[0])][:OF_EACH]
