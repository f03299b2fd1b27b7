"""Freeing: a decision that brings words back which were withheld is for whom the place has named."""

from dataclasses import replace

from core.model.person import Person, Place
from core.model.risk import Alert, Kind, Verdict
from core.ports.store import Work
from core.services.reviewing.preserving import may_see


def frees(before: Alert, after: Alert) -> bool:
    """Whether words come back that were withheld, or would stay after the undoing of a dismissal. Whether a clip is shown is
    decided by who may screen it (`may_decide`), but what it is called is not."""
    waits = [replace(one, verdict=Verdict.WAITING).about_minors for one in (before, after)]
    shown = before.about_minors and not after.about_minors and before.assessment.kind is not Kind.VIDEO
    return shown or waits == [True, False]


def frees_there(pressed: Alert, twin: Alert, after: Alert) -> bool:
    """Whether what is done to the twin of an alert is for whom its own place has named: it brings words back, or they are about
    minors only there, which whoever decides the other was not told."""
    return frees(twin, after) or (twin.about_minors and not pressed.about_minors)


def may_free(place: Place, before: Alert, after: Alert, by: Person) -> None:
    """Raises Denied NAMED_ONLY (n)."""
    if frees(before, after):
        may_see(place, before, by, guarded=True)


async def named(work: Work, place: str, person: Person) -> bool:
    """Whether `place` has named them."""
    known = await work.places.get(place)
    return known is not None and known.named(person.id)
