"""Alerting: who is told of a judgement. One alert per live, cause and five minutes; words said again within a minute are one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.matching.fold import fold
from core.model.account import Follow
from core.model.feed import Event
from core.model.risk import PERSON, Alert, AlertRule, Assessment, Label, Level, Verdict
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.assessing.steps import RULES
from core.services.assessing.telling import grown, tell
from core.services.assessing.windows import Heard
from core.services.feeding import address_of
from core.services.lives.scene import Scene

QUIET = timedelta(minutes=5)
SAME_WORDS = timedelta(seconds=60)


async def threshold_of(work: Work, follow: Follow) -> float:
    """From which score on a place is alerted of an account; NO_RISK: never."""
    if follow.risk is not None:
        return follow.risk
    place = await work.places.get(follow.place)
    return place.risk_threshold if place else 1.0


@dataclass(frozen=True)
class Alerting:
    """Raises and changes the alerts of speech. `rule` is the installation's."""

    clock: Clock
    rule: AlertRule = AlertRule.EARSHOT

    async def alarms(self, work: Work, scene: Scene, word: Assessment) -> bool:
        """Whether any place is to be told of `word`."""
        return any([await self._alarms(work, follow, word) for follow in scene.heard])

    async def take(self, work: Work, scene: Scene, heard: Heard, word: Assessment, number: int) -> dict[str, int]:
        """Tell every place whose threshold `word`, stored as `number`, is over. It may be the second word on `heard`: then the
        alert that quotes the first one changes, and never goes. Gives in which alert of which place it counts now (see Heard)."""
        raised = dict[str, int]()
        for follow in scene.heard:
            alarming = await self._alarms(work, follow, word)
            counts = heard.alerts.get(follow.place)
            known = await work.alerts.get(follow.place, counts) if counts else None
            own = known is not None and await work.alerts.quoted(known.id) == heard.segment.start
            if known is not None and own and not (alarming and _unseen(word, known)):
                await self._change(work, scene, follow, known, (number, word) if alarming else None)
            elif alarming and (known is None or await self._alarms(work, follow, _undoubted(word))):
                raised[follow.place] = await self._raise(work, scene, follow, word, number, again=counts is None)
        return raised

    async def _alarms(self, work: Work, follow: Follow, word: Assessment) -> bool:
        """By the threshold of the follow, and the limits its place has for the severe labels."""
        limits = (await work.policies.get(follow.place)).severe
        return word.alarming(await threshold_of(work, follow), self.rule, limits)

    async def _raise(
        self, work: Work, scene: Scene, follow: Follow, word: Assessment, number: int, *, again: bool
    ) -> int:
        """As an alert, or in the one of its cause, which quotes it where it is worse; `again`: it does not count in that yet."""
        at = scene.time_of(word.second)
        recent = await work.alerts.recent(follow.place, scene.live.id, at - QUIET)
        same = next((alert for alert in recent if _merges(alert, word, at)), None)
        quoted = same is None or _worse(word, same.assessment, same.limits)
        if same is None:
            alert = await work.alerts.raise_(follow.place, scene.live.id, number, at)
        elif quoted or again:
            alert = await work.alerts.repeated(same.id, int(again))
            alert = await work.alerts.quotes(same.id, number) if quoted else alert
        else:
            return same.id
        await self._tell(work, scene, follow, alert, same)
        return alert.id

    async def _change(
        self, work: Work, scene: Scene, follow: Follow, alert: Alert, said: tuple[int, Assessment] | None
    ) -> None:
        """A better judge's word on what an alert quotes; None: it would not have told of it. The alert quotes the worst of that and
        of what else counts in it; where nothing is left a person has to decide. What somebody has decided stays as they saw it."""
        if alert.verdict is not Verdict.WAITING:
            return
        left = [*([said] if said is not None else []), *await self._others(work, scene, follow, alert)]
        if not left:
            await self._tell(work, scene, follow, await work.alerts.contested(alert.id), alert)
            return
        number, worst = left[0]
        for other, word in left[1:]:
            if _worse(word, worst, alert.limits):
                number, worst = other, word
        await self._tell(work, scene, follow, await work.alerts.quotes(alert.id, number), alert)

    async def _others(self, work: Work, scene: Scene, follow: Follow, alert: Alert) -> list[tuple[int, Assessment]]:
        """The words that count in an alert, but for those it quotes; none where people have said something of these."""
        if _spoken_of(alert):
            return []
        standing = await work.alerts.unquoted(alert, alert.raised + QUIET)
        return [
            (number, word)
            for number, word in standing
            if _merges(alert, word, scene.time_of(word.second)) and await self._alarms(work, follow, word)
        ]

    async def _tell(self, work: Work, scene: Scene, follow: Follow, alert: Alert, before: Alert | None) -> None:
        """As a post, or as the change of the one that is there, which told of it as it was `before`."""
        address = await address_of(work, Event.RISK, follow)
        if address is None or scene.muted(follow.place, self.clock.now()):
            return
        told = bool(await work.outbox.told_at(follow.place, f"risk:{alert.id}"))
        await tell(work, alert, scene.live.handle, address, self.clock, edits=told)
        was = before.level if before is not None else alert.level
        if told and alert.level is Level.CRITICAL and was is not Level.CRITICAL:
            await grown(work, alert, scene.live.handle, address, self.clock)


def _merges(alert: Alert, word: Assessment, at: datetime) -> bool:
    """Whether `word` is the cause of `alert` once more. What a person sent to review stays what they sent; what people have decided
    takes nothing worse in, and what quotes something grave nothing that is grave otherwise: one quote would hide the other."""
    known = alert.assessment
    if known.engine == PERSON or _unseen(word, alert):
        return False
    grave = known.grave(alert.limits)
    if grave and word.grave(alert.limits) - grave:
        return False
    rough = (known.engine == RULES) is not (
        word.engine == RULES
    )  # whom rules take for the target a model may call otherwise
    same_target = rough or known.target is word.target
    same_cause = (known.kind, known.category) == (word.kind, word.category) and same_target
    return same_cause or (at - alert.raised <= SAME_WORDS and _same_words(known, word))


def _worse(one: Assessment, other: Assessment, limits: Mapping[Label, float]) -> bool:
    """Whether it says something worse, as a place with these limits of severe labels sees it: something grave that the other does
    not, else a higher score. Grave words may have any score."""
    grave, known = one.grave(limits), other.grave(limits)
    if grave - known:
        return True
    return one.score > other.score and not known - grave


def _unseen(word: Assessment, alert: Alert) -> bool:
    """Whether people have said something of an alert already, and this is worse than what they saw: nobody has said that of it.
    Above all nobody has said that it is not about minors."""
    return _spoken_of(alert) and _worse(word, alert.assessment, alert.limits)


def _undoubted(word: Assessment) -> Assessment:
    """Without the doubt of judges who do not agree: of what counts in an alert already that makes no other one."""
    return replace(word, doubtful=word.injection)


def _spoken_of(alert: Alert) -> bool:
    """Whether people have decided it, said how they would, or what it is."""
    return alert.verdict is not Verdict.WAITING or alert.proposed is not None or alert.labels is not None


def _same_words(one: Assessment, other: Assessment) -> bool:
    said = fold(one.quote).text
    return one.kind is other.kind and bool(said) and said == fold(other.quote).text
