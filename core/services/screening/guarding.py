"""Guarding: what may show minors, as was found or as a person said, is looked at by whom its place has named, and nobody besides.

What a person says stands with the alert, not with the screening, so whoever shows a clip or transcript that is kept away asks here.
"""

from dataclasses import replace
from datetime import timedelta

from core.errors import Denied
from core.model.person import Person, Place
from core.model.risk import Kind
from core.model.screening import Matter, Screening, State
from core.model.tellable.screened import Screened
from core.ports.store import Work
from core.services.screening.remembering import rejected_like

LONGEST = 60.0
"""Seconds a clip may show that is gone by now: no clip is longer."""
BEFORE = timedelta(days=1)  # an alert of a live is raised no earlier than that before it began, whatever clocks say


async def guarded(work: Work, screening: Screening) -> bool:
    """Whether only named reviewers look at it, or at what it looks like. Of what a person found fine and nothing else was found of,
    everybody does."""
    if await _said(work, screening):
        return True
    if screening.alike is None or screening.state is State.OVERRIDDEN:
        return False
    return any([await _said(work, one) for one in await rejected_like(work, screening.place, screening.hashes)])


async def _said(work: Work, screening: Screening) -> bool:
    """Whether it was found, or a person says, that it may show minors."""
    if screening.restricted or screening.alert_id is None:
        return screening.restricted
    alert = await work.alerts.get(screening.place, screening.alert_id)
    return alert is not None and alert.restricted


async def may_look(work: Work, screening: Screening, place: Place, by: Person) -> None:
    """Raises Denied REVIEWERS_ONLY."""
    if not place.named(by.id) and await guarded(work, screening):
        raise Denied("REVIEWERS_ONLY")


async def told_of(work: Work, screening: Screening) -> Screened:
    """How it stands, as everybody is told. Why it does says what is to be seen in it, which the alert keeps back as well."""
    return Screened.of(replace(screening, reason="") if await guarded(work, screening) else screening)


async def guards(work: Work, place: str, live_id: int, start: float, end: float) -> bool:
    """Whether a clip of `place` that shows some of that stretch of a live is guarded; also one that was deleted, for there may be
    copies of it. It goes by the alerts, which stay when a clip goes."""
    live = await work.lives.get(live_id)
    if live is None:
        return False
    for alert in await work.alerts.recent(place, live_id, live.started - BEFORE):
        matter, _, number = alert.assessment.item.partition(":")
        of_clip = alert.assessment.kind is Kind.VIDEO and matter == Matter.CLIP and number.isdecimal()
        if not of_clip or not alert.restricted:
            continue
        clip = await work.clips.get(place, int(number))
        begins, seconds = (clip.start, clip.seconds) if clip is not None else (alert.assessment.second, LONGEST)
        if begins <= end and start < begins + seconds:
            return True
    return False
