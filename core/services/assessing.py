"""Assessing: what is said is judged as it comes; places over their threshold are alerted, once per cause and five minutes."""

import logging
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from weakref import WeakKeyDictionary

from core.errors import EarshotError
from core.model.account import Follow
from core.model.feed import Event
from core.model.notice import AGAIN, DeliveryState, Notice, facts_of
from core.model.risk import HIGH_RISK, Alert, AlertRule, Assessment
from core.model.tellable.finds import RiskRaised
from core.model.transcript import Segment
from core.ports.assessor import Assessor
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.feeding import address_of, hushed
from core.services.lives.scene import Scene

log = logging.getLogger(__name__)
QUIET = timedelta(minutes=5)  # one alert per live, category and target; later ones edit it
CONTEXT = 12  # segments: about three minutes


@dataclass
class Assessing:
    """The judge of one process. `rule` is the installation's alert rule."""

    storage: Storage
    clock: Clock
    assessor: Assessor
    rule: AlertRule = AlertRule.EARSHOT
    _said: WeakKeyDictionary[Scene, deque[Segment]] = field(default_factory=WeakKeyDictionary)

    async def speech(self, scene: Scene, segment: Segment) -> None:
        """Judge a segment; store the judgement, and alert in the same transaction."""
        if not segment.text:
            return
        context = self._said.setdefault(scene, deque(maxlen=CONTEXT))
        try:
            assessments = await self.assessor.assess([segment], tuple(context))
        except EarshotError as error:
            log.info("%s could not judge: %s", self.assessor.name, error)
            return
        finally:
            context.append(segment)
        async with self.storage.work() as work:
            for assessment in assessments:
                await self._store(work, scene, assessment)

    async def _store(self, work: Work, scene: Scene, assessment: Assessment) -> None:
        at = scene.time_of(assessment.second)
        assessment_id = await work.alerts.assessed(scene.live.id, assessment, at)
        for follow in scene.heard:
            if not assessment.alarming(await threshold_of(work, follow), self.rule):
                continue
            recent = await work.alerts.recent(follow.place, scene.live.id, at - QUIET)
            same = next((alert for alert in recent if _same(alert.assessment, assessment)), None)
            if same is None:
                alert = await work.alerts.raise_(follow.place, scene.live.id, assessment_id, at)
            else:
                alert = await work.alerts.repeated(same.id)
            address = await address_of(work, Event.RISK, follow)
            if address is not None and not scene.muted(follow.place, self.clock.now()):
                await tell(work, alert, scene.live.handle, address, self.clock, edits=same is not None)


async def threshold_of(work: Work, follow: Follow) -> float:
    """From which score on a place is alerted of an account; NO_RISK: never."""
    if follow.risk is not None:
        return follow.risk
    place = await work.places.get(follow.place)
    return place.risk_threshold if place else 1.0


async def tell(work: Work, alert: Alert, handle: str, address: str, clock: Clock, *, edits: bool) -> None:
    """Put the alert as it is now into the outbox: as a post, or as the edit of its post after every change. A post has a sound;
    in quiet hours only that of a high risk."""
    now = clock.now()
    kind, facts = facts_of(raised(alert, handle))
    first = f"risk:{alert.id}"
    silent = edits or (alert.assessment.score < HIGH_RISK and await hushed(work, alert.place, now))
    for subject in await _posts(work, first) if edits else (first,):
        key = f"{subject}:{alert.verdict}:{alert.repeats}:{now.isoformat()}" if edits else subject
        notice = Notice(kind, key, alert.place, address, subject, facts, edits=edits, silent=silent, urgent=True)
        await work.outbox.put(notice, now)


async def _posts(work: Work, subject: str) -> tuple[str, ...]:
    """The subjects of the posts an alert stands in: a second one where it was told once more, and then the first only when it
    turned out to be there."""
    first, again = await work.outbox.get(subject), await work.outbox.get(subject + AGAIN)
    if again is None or again.state is DeliveryState.REPLACED or again.notice.subject == subject:
        return (subject,)
    if first is not None and first.state is DeliveryState.SENT:
        return subject, again.notice.subject
    return (again.notice.subject,)


def raised(alert: Alert, handle: str) -> RiskRaised:
    """What people read of an alert."""
    a = alert.assessment
    return RiskRaised(
        alert.id,
        alert.live_id,
        handle,
        a.score,
        a.category.value,
        a.virality,
        a.target,
        [label.value for label, share in sorted(a.labels.items(), key=lambda pair: -pair[1]) if share >= LABEL_SHOWN],
        a.quote,
        a.reason,
        [(name, value) for name, value in a.terms()],
        a.engine,
        alert.raised,
        a.second,
        alert.repeats,
        alert.verdict,
        alert.decided_by,
        alert.decided_at,
        alert.note,
    )


LABEL_SHOWN = 0.5


def _same(one: Assessment, other: Assessment) -> bool:
    return (one.category, one.target) == (other.category, other.target)
