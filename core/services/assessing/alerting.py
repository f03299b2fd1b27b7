"""Alerting: who is told of a judgement. One alert per live, cause and five minutes; words said again within a minute are one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from core.matching.fold import fold
from core.model.account import Follow
from core.model.feed import Event
from core.model.risk import PERSON, Alert, AlertRule, Assessment, Level, Verdict
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.assessing.counting import Counted, worse
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
    _counted: WeakKeyDictionary[Scene, dict[int, Counted]] = field(default_factory=WeakKeyDictionary)

    async def alarms(self, work: Work, scene: Scene, word: Assessment) -> bool:
        """Whether any place is to be told of `word`."""
        return any([await self._alarms(work, follow, word) for follow in scene.heard])

    async def take(self, work: Work, scene: Scene, heard: Heard, word: Assessment, number: int) -> dict[str, int]:
        """Tell every place whose threshold `word`, stored as `number`, is over. It may be the second word on `heard`: then the
        alert that the first one raised changes, and never goes. Gives in which alert of which place it stands anew (see Heard)."""
        raised = dict[str, int]()
        for follow in scene.heard:
            alarming = await self._alarms(work, follow, word)
            stands = heard.alerts.get(follow.place)
            known = await work.alerts.get(follow.place, stands) if stands else None
            if stands and not (known is not None and alarming and _unseen(word, known)):
                await self._change(work, scene, follow, known, heard, (number, word) if alarming else None)
            elif alarming:
                raised[follow.place] = await self._raise(
                    work, scene, follow, heard, (number, word), again=stands is None
                )
        return raised

    async def _alarms(self, work: Work, follow: Follow, word: Assessment) -> bool:
        """By the threshold of the follow, and the limits its place has for the severe labels."""
        limits = (await work.policies.get(follow.place)).severe
        return word.alarming(await threshold_of(work, follow), self.rule, limits)

    async def _raise(
        self, work: Work, scene: Scene, follow: Follow, heard: Heard, said: tuple[int, Assessment], *, again: bool
    ) -> int:
        """As an alert, or in the one of its cause; `again`: its words do not count in that yet."""
        number, word = said
        at = scene.time_of(word.second)
        recent = await work.alerts.recent(follow.place, scene.live.id, at - QUIET)
        same = next((alert for alert in recent if _merges(alert, word, at)), None)
        quoted = same is None or worse(word, same.assessment, same.limits)
        if same is None:
            alert = await work.alerts.raise_(follow.place, scene.live.id, number, at)
        elif quoted or again:
            alert = await work.alerts.repeated(same.id, int(again))
            alert = await work.alerts.quotes(same.id, number) if quoted else alert
        else:
            alert = same
        counted = self._counted.setdefault(scene, {}).setdefault(alert.id, Counted())
        counted.put(heard.segment.start, *said)
        if quoted:
            counted.quoted = heard.segment.start
        if quoted or again:
            await self._tell(work, scene, follow, alert, same)
        return alert.id if quoted else 0

    async def _change(
        self,
        work: Work,
        scene: Scene,
        follow: Follow,
        alert: Alert | None,
        heard: Heard,
        said: tuple[int, Assessment] | None,
    ) -> None:
        """A better judge's word on what stands in an alert: it quotes the worst of what does. None: that judge would not have told
        of it, so a person has to decide where nothing else stands in it. What somebody has decided already stays as they saw it."""
        if alert is None or alert.verdict is not Verdict.WAITING:
            return
        start = heard.segment.start
        counted = self._counted.setdefault(scene, {}).setdefault(alert.id, Counted(start))
        counted.words.pop(start, None)
        if said is not None:
            counted.put(start, *said)
        if counted.quoted != start and not (said and worse(said[1], alert.assessment, alert.limits)):
            return
        if (worst := counted.worst(alert.limits)) is None:
            changed = await work.alerts.contested(alert.id)
        else:
            counted.quoted = worst
            changed = await work.alerts.quotes(alert.id, counted.words[worst][0])
        await self._tell(work, scene, follow, changed, alert)

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


def _unseen(word: Assessment, alert: Alert) -> bool:
    """Whether people have said something of an alert already (decided it, how they would, or what it is), and this is worse than
    what they saw: nobody has said that of it. Above all nobody has said that it is not about minors."""
    said = alert.verdict is not Verdict.WAITING or alert.proposed is not None or alert.labels is not None
    return said and worse(word, alert.assessment, alert.limits)


def _same_words(one: Assessment, other: Assessment) -> bool:
    said = fold(one.quote).text
    return one.kind is other.kind and bool(said) and said == fold(other.quote).text
