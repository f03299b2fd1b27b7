"""Telling: an alert as it stands, put into the outbox as a post or as the change of its post."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

from core.model.notice import AGAIN, DeliveryState, Notice, edit_key, facts_of
from core.model.risk import SEVERE, Alert, Assessment, Kind, Level
from core.model.tellable.finds import RiskRaised
from core.model.voices import agreeing
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.feeding import hushed

LABEL_SHOWN = 0.5
LABEL_HINTED = 0.2
"""The strongest label that may have it told is shown from here on where none reaches the other: a place may be told of it by a
limit of its own. Of speech only severe ones have a limit."""


async def tell(work: Work, alert: Alert, handle: str, address: str, clock: Clock, *, edits: bool) -> None:
    """Put the alert as it is now into the outbox: as a post, or as the edit of its post after every change. A post has a sound;
    in quiet hours only that of a critical one."""
    now = clock.now()
    kind, facts = facts_of(raised(alert, handle))
    first = f"risk:{alert.id}"
    quiet = alert.level is not Level.CRITICAL and await hushed(work, alert.place, now)
    silent = edits or quiet
    for subject in await _posts(work, first) if edits else (first,):
        key = edit_key(subject) if edits else subject
        notice = Notice(kind, key, alert.place, address, subject, facts, edits=edits, silent=silent, urgent=True)
        await work.outbox.put(notice, now)


async def grown(work: Work, alert: Alert, handle: str, address: str, clock: Clock) -> None:
    """Tell, once, that an alert which was told of as less is critical by now: its post changes without a sound, so that a short one
    with a sound answers it, in quiet hours too."""
    kind, facts = facts_of(replace(raised(alert, handle), grown=True))
    subject = f"risk:{alert.id}:critical"
    await work.outbox.put(Notice(kind, subject, alert.place, address, subject, facts, urgent=True), clock.now())


async def _posts(work: Work, subject: str) -> tuple[str, ...]:
    """The subjects of the posts an alert stands in: a second one where it was told once more, and then the first only when it
    turned out to be there."""
    first, again = await work.outbox.get(subject), await work.outbox.get(subject + AGAIN)
    if again is None or again.state is DeliveryState.REPLACED or again.notice.subject == subject:
        return (subject,)
    if first is not None and first.state is DeliveryState.SENT:
        return subject, again.notice.subject
    return (again.notice.subject,)


def raised(alert: Alert, handle: str, *, whole: bool = False) -> RiskRaised:
    """What people read of an alert. The words of one about minors, and why it was told, are only in the `whole` of it, which is for
    whom the place has named."""
    a, told = alert.assessment, whole or not alert.restricted
    return RiskRaised(
        alert.id,
        alert.live_id,
        handle,
        a.score,
        a.category.value,
        a.virality,
        a.target,
        _shown(a),
        a.quote if told else "",
        a.reason if told else "",
        [(name, value) for name, value in a.terms()],
        a.engine,
        alert.said or alert.raised,
        a.second,
        alert.repeats,
        alert.verdict,
        alert.decided_by,
        alert.decided_at,
        alert.note,
        kind=a.kind,
        item=a.item,
        policy=a.policy,
        degraded=a.degraded,
        doubtful=a.doubtful,
        injection=a.injection,
        second_by=alert.second_by,
        proposed=alert.proposed,
        proposed_by=alert.proposed_by,
        relabelled=alert.category.value if alert.category is not None else "",
        relabels=[label.value for label in alert.labels] if alert.labels is not None else None,
        relabelled_by=alert.relabelled_by,
        restricted=alert.restricted,
        level=alert.level,
        two=alert.two,
        opposed_by=alert.opposed_by,
        agreed_by=agreeing(alert, alert.verdict, alert.decider),
        over=_over(alert),
        seen=seen_of(alert),
        stands=stands_of(alert),
        unasked=a.unasked,
    )


def seen_of(alert: Alert) -> str:
    """What somebody decides who decides an alert, in six characters: its words, its labels, and what people say it is. A card's
    buttons carry it, so that nobody decides what its card did not show; a score is not decided, and may change meanwhile."""
    a, people = alert.assessment, alert.labels
    said = [alert.category, sorted(people) if people is not None else None]
    judged = [a.quote, a.category, sorted(_shown(a))]
    return _short([*judged, *said])


def stands_of(alert: Alert) -> str:
    """What somebody takes back who undoes what people decided of an alert, in six characters: who decided what and when, or who
    would. A card's Undo carries it, so that nobody takes back a decision its card did not show."""
    at = alert.decided_at.isoformat() if alert.decided_at is not None else ""
    said = [alert.proposed, alert.proposer, alert.opposer, alert.second_by]
    return _short([alert.verdict, alert.decider, at, *said])


def _short(what: list[Any]) -> str:
    return sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()[:6]


def _over(alert: Alert) -> list[tuple[str, float, float]]:
    """The severe labels that would have its place told by themselves, the surest first."""
    shares = alert.assessment.labels
    severe = sorted(alert.assessment.severe(alert.limits), key=lambda label: -shares[label])
    return [(label.value, shares[label], alert.limits[label]) for label in severe]


def _shown(assessment: Assessment) -> list[str]:
    """Its labels, strongest first; never none where one had it told."""
    ordered = sorted(assessment.labels.items(), key=lambda pair: -pair[1])
    sure = [label.value for label, share in ordered if share >= LABEL_SHOWN]
    telling = [one for one in ordered if one[0] in SEVERE or assessment.kind is not Kind.SPEECH]
    return sure or [label.value for label, share in telling[:1] if share >= LABEL_HINTED]
