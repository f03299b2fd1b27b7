"""Voices: what people would decide about an alert that takes two of them. Each has one, the last they gave.

The first is the proposal; who would decide the other way opposes it. Whoever says the same as another settles it, so that there
are never more than these two.
"""

from dataclasses import replace

from core.model.person import Person
from core.model.risk import Alert, Verdict

OTHER = {Verdict.CONFIRMED: Verdict.DISMISSED, Verdict.DISMISSED: Verdict.CONFIRMED}
"""The other way an alert can be decided."""


def voices(alert: Alert) -> dict[str, Verdict]:
    """What each person would decide, by their ids, the first first."""
    if alert.proposed is None:
        return {}
    against = {alert.opposer: OTHER[alert.proposed]} if alert.opposer else {}
    return {alert.proposer: alert.proposed, **against}


def agreeing(alert: Alert, verdict: Verdict, person: str) -> str:
    """The name of somebody else than `person` who would decide so; empty when there is nobody."""
    names = {alert.proposer: alert.proposed_by, alert.opposer: alert.opposed_by}
    found = (names[one] for one, said in voices(alert).items() if said is verdict and one != person)
    return next(found, "")


def spoken(alert: Alert, by: Person, verdict: Verdict) -> Alert:
    """With what `by` would decide, in place of what they said before; nobody else says the same."""
    rest = silent(alert, by.id)
    if rest.proposed is None:
        return replace(rest, proposed=verdict, proposed_by=by.name, proposer=by.id)
    return replace(rest, opposed_by=by.name, opposer=by.id)


def silent(alert: Alert, *people: str) -> Alert:
    """Without what these people would decide."""
    for person in people:
        if person == alert.opposer:
            alert = replace(alert, opposed_by="", opposer="")
        elif person == alert.proposer and alert.proposed is not None:
            left = OTHER[alert.proposed] if alert.opposer else None
            alert = replace(alert, proposed=left, proposed_by=alert.opposed_by, proposer=alert.opposer)
            alert = replace(alert, opposed_by="", opposer="")
    return alert
