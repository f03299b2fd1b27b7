"""Twins: the alerts that linked places have about the same words of a live. What is decided on one is decided on all."""

from datetime import timedelta

from core.matching.fold import fold
from core.model.risk import PERSON, Alert, Kind
from core.ports.store import Work

APART = timedelta(minutes=5)  # between the same words in two places: each counts later ones in an alert of its own


async def twins_of(work: Work, alert: Alert) -> list[list[Alert]]:
    """What each of the places linked with its own was told of the same words: what quotes them first, then the nearest."""
    found = []
    shared = alert.live_id is not None and alert.assessment.kind is not Kind.VIDEO  # a clip is one place's own
    for place in await work.partners.of(alert.place) if shared else ():
        recent = await work.alerts.recent(place.id, alert.live_id or 0, alert.raised - APART)
        alike = [one for one in recent if _same(one, alert) and one.raised - alert.raised <= APART]
        found.append(sorted(alike, key=lambda one: (not _says(one, alert), abs(one.raised - alert.raised))))
    return found


def _same(one: Alert, other: Alert) -> bool:
    """Whether two alerts of a live have one cause. What people sent to review has to say the same; what is severe is no twin of
    what is severe otherwise: nobody who decides the one has seen the other. The same line of a chat was seen, whatever the judge
    of either place finds in it."""
    a, b = one.assessment, other.assessment
    if PERSON in (a.engine, b.engine):
        return a.engine == b.engine and a.kind is b.kind and _says(one, other)
    if a.kind is Kind.CHAT:
        return (a.kind, a.item) == (b.kind, b.item) and (a.grave() == b.grave() or _says(one, other))
    return (a.kind, a.category, a.target, a.grave()) == (b.kind, b.category, b.target, b.grave())


def _says(one: Alert, other: Alert) -> bool:
    return fold(one.assessment.quote).text == fold(other.assessment.quote).text
