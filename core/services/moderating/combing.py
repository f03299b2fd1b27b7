"""Combing: the chats of lives are gone through for what their places want to look at. Nothing is done by itself.

Every line is read by the judge inside. Only what looks suspicious, and a small sample of the rest, goes to a judge elsewhere:
MOST_TEXTS at once, one question in EVERY seconds for all lives together, whatever comes. Lines that say the same within SAME are
one line that was written several times. An alert quotes a line and not who wrote it: labels describe a text, and no score is kept
of anybody.

What may be about minors is looked for in every line somebody's place reads, whether or not that place has chats judged, and also in
those that are too many to be judged otherwise: it is quoted nowhere again.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from core.errors import Transient
from core.matching.fold import fold
from core.matching.quoting import Quotes
from core.matching.wordlist import WordList
from core.model.account import NO_RISK
from core.model.feed import Event
from core.model.live import ChatMessage
from core.model.policy import Policy, Provider
from core.model.risk import Alert, Assessment, Kind, Label, Scores, Verdict
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import tell, threshold_of
from core.services.assessing.renewing import renew_lines
from core.services.enduring import enduring
from core.services.feeding import address_of
from core.services.lives.scene import Scene
from core.services.moderating.asking import EVERY, Asking, Chat, Line
from core.services.moderating.ruling import Ruling
from core.services.moderating.weighing import LONGEST, MOST_TEXTS, Finding, Weighed, Weighing, found, of_minors
from core.services.pausing import Pause

log = logging.getLogger(__name__)
QUIET = timedelta(minutes=5)  # one alert per live, cause and what is grave of it; later ones count
SAME = timedelta(seconds=60)
MOST_WAITING = 1_000  # different lines of one live; a line that finds so many waiting is not judged, and counted
MOST_LATE = 5_000  # such lines that are looked through for what may be about minors alone; more are not read at all
REMEMBERED = 2_000  # different lines of one live that are recognised when they come again


@dataclass
class Heard:
    """What one live's chat has brought: lines that wait, when each was last read, and the alerts it raised, which count it when it
    comes again (`again`: by alert, how often). `late` came while too many waited. `minors`: lines that are
    known to be about minors perhaps, at most REMEMBERED."""

    waiting: dict[str, Line] = field(default_factory=dict)
    late: dict[str, Line] = field(default_factory=dict)
    read: dict[str, datetime] = field(default_factory=dict)
    alerts: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    again: dict[tuple[str, int], int] = field(default_factory=dict)
    minors: dict[str, None] = field(default_factory=dict)


@dataclass
class _Group:
    """What one place is told of lines of one cause that are equally `grave` there: the surest, and how many there were."""

    line: Line
    finding: Finding
    grave: frozenset[Label]
    keys: list[str] = field(default_factory=list)
    times: int = 0


@dataclass
class Combing:
    """The chats of all lives watched here. `unread` lines came while too many waited to be judged; `rounds` were gone through."""

    storage: Storage
    clock: Clock
    weighing: Weighing
    ruling: Ruling
    unread: int = 0
    rounds: int = 0
    _heard: WeakKeyDictionary[Scene, Heard] = field(default_factory=WeakKeyDictionary)
    _asking: Asking = field(init=False)
    _pause: Pause = field(init=False)

    def __post_init__(self) -> None:
        self._pause, self._asking = Pause(self.clock), Asking(self.clock, self.weighing)

    async def chat(self, scene: Scene, event: ChatMessage) -> None:
        """Take a line over. Never waits."""
        if not scene.wants_chat or not event.text.strip():
            return
        heard = self._heard.setdefault(scene, Heard())
        key = fold(event.text[:LONGEST]).text
        if (line := heard.waiting.get(key)) is not None:
            line.times += 1
        elif (read := heard.read.get(key)) is not None and self.clock.now() - read < SAME:
            for alert in heard.alerts.get(key, ()):
                heard.again[alert] = heard.again.get(alert, 0) + 1
        elif len(heard.waiting) >= MOST_WAITING:
            self.unread += 1
            if len(heard.late) < MOST_LATE:
                heard.late.setdefault(key, Line(event.text[:LONGEST], event.at, scene.second_of(event.at)))
        else:
            heard.waiting[key] = Line(event.text[:LONGEST], event.at, scene.second_of(event.at))
            if len(heard.waiting) >= MOST_TEXTS:
                self._pause.soon()

    async def run(self) -> None:
        """Go through what has come, until cancelled."""
        while True:
            await self._pause.rest(EVERY)
            with enduring("moderating chats"):
                await self._supervised()

    async def finish(self, scene: Scene) -> None:
        """The live is over: what still waits is read."""
        with enduring("moderating the end of a chat"):
            await self._supervised()

    async def _supervised(self) -> None:
        """A round. What nobody foresaw of a text or an answer ends that round, and nothing else that runs here."""
        try:
            await self.round()
        except Transient:
            raise
        except Exception:  # supervision: the next round is to come all the same
            log.exception("a round of moderating chats")

    async def round(self) -> None:
        """Read everything that waits. What only the judge inside is wanted for is told before another is asked."""
        self.rounds += 1
        taken = [(scene, heard, self._take(heard)) for scene, heard in list(self._heard.items())]
        try:
            await self._round(taken)
        except Transient:  # nothing is lost: what was told already counts once more
            for _, heard, lines in taken:
                heard.waiting = {**lines, **heard.waiting}
            raise

    async def _round(self, taken: list[tuple[Scene, Heard, dict[str, Line]]]) -> None:
        async with self.storage.reading() as work:
            laws = {scene: await self._laws(work, scene) for scene, heard, lines in taken if lines or heard.again}
        for scene, _, lines in taken:
            await self._read(lines.values(), laws.get(scene, {}))
        for scene, heard, lines in taken:
            known = laws.get(scene, {})
            here = {place: law for place, law in known.items() if law[0].provider is Provider.LOCAL}
            inside = any(follow.chat and follow.place not in known for follow in scene.heard)
            await self._settle(scene, heard, lines, here, {}, inside=inside)
            await self._look_through(scene, heard)
        others = {
            scene: {place: law for place, law in places.items() if law[0].provider is not Provider.LOCAL}
            for scene, places in laws.items()
        }
        if any(others.values()):
            wanted = {scene: [policy for policy, _ in places.values()] for scene, places in others.items()}
            there = await self._asking.elsewhere(
                [Chat(list(lines.values()), wanted.get(scene, [])) for scene, _, lines in taken]
            )
            for scene, heard, lines in taken:
                await self._settle(scene, heard, lines, others.get(scene, {}), there)

    async def _look_through(self, scene: Scene, heard: Heard) -> None:
        """What came while too many waited: what may be about minors in it is withheld, and nothing else is made of it."""
        lines, heard.late = heard.late, {}
        fresh = {key: line for key, line in lines.items() if key not in heard.minors}
        await self._read(fresh.values(), ())
        minors = self._minors(fresh, {}, {}, inside=True)
        if not minors:
            return
        try:
            async with self.storage.work() as work:
                await self._keep_back(work, scene, minors.values())
        except Transient as error:  # what else was read is told already
            log.warning("lines of a chat are withheld in the next round: %s", error)
            heard.late = {key: fresh[key] for key in minors} | heard.late
        else:
            self._remember(heard, minors)

    def _take(self, heard: Heard) -> dict[str, Line]:
        lines, heard.waiting = heard.waiting, {}
        now = self.clock.now()
        for key in lines:
            heard.read.pop(key, None)
            heard.alerts.pop(key, None)
            heard.read[key] = now
        for key in list(heard.read)[: max(0, len(heard.read) - REMEMBERED)]:
            del heard.read[key]
            heard.alerts.pop(key, None)
        return lines

    async def _laws(self, work: Work, scene: Scene) -> dict[str, tuple[Policy, WordList]]:
        """What holds in each place that has this chat gone through: it reads it, and wants risk alerts of the account."""
        laws = {}
        for follow in scene.heard:
            policy, words = await self.ruling.law(work, follow.place)
            if policy.chat and follow.chat and await threshold_of(work, follow) < NO_RISK:
                laws[follow.place] = policy, words
        return laws

    async def _read(self, lines: Iterable[Line], places: Collection[str]) -> None:
        """A few at a time, so that nothing else waits for long."""
        some = list(lines)
        for start in range(0, len(some), MOST_TEXTS):
            batch = some[start : start + MOST_TEXTS]
            read = await asyncio.to_thread(self._scores, batch, places)
            for line, (scores, own) in zip(batch, read, strict=True):
                line.scores, line.own = scores, own

    def _scores(self, lines: Sequence[Line], places: Collection[str]) -> list[tuple[Scores, dict[str, Scores]]]:
        return [self.weighing.read(line.text, places) for line in lines]

    async def _settle(
        self,
        scene: Scene,
        heard: Heard,
        lines: dict[str, Line],
        laws: dict[str, tuple[Policy, WordList]],
        there: dict[int, Scores | str],
        *,
        inside: bool = False,
    ) -> None:
        """Raise what is to be looked at, and count what came again, in one transaction. `inside`: some place reads this chat
        and has it judged by nobody."""
        groups = {place: self._groups(lines, place, *law, there) for place, law in laws.items()}
        fresh = {key: line for key, line in lines.items() if key not in heard.minors}
        minors = self._minors(fresh, laws, there, inside=inside)
        again = {alert: times for alert, times in heard.again.items() if alert[0] in laws}
        if not again and not minors and not any(groups.values()):
            return
        async with self.storage.work() as work:
            await self._keep_back(work, scene, minors.values())
            for place, some in groups.items():
                for group in some:
                    alert = await self._raise(work, scene, place, group)
                    for key in group.keys:
                        heard.alerts.setdefault(key, set()).add((place, alert.id))
            for (place, alert_id), times in again.items():
                await self._tell(work, scene, place, await work.alerts.repeated(alert_id, times))
        self._remember(heard, minors)
        for alert_key, times in again.items():  # more may have come meanwhile
            heard.again[alert_key] -= times
            if not heard.again[alert_key]:
                del heard.again[alert_key]

    @staticmethod
    def _remember(heard: Heard, minors: Collection[str]) -> None:
        heard.minors |= dict.fromkeys(minors)
        for key in list(heard.minors)[: max(0, len(heard.minors) - REMEMBERED)]:
            del heard.minors[key]

    def _groups(
        self, lines: dict[str, Line], place: str, policy: Policy, words: WordList, there: dict[int, Scores | str]
    ) -> list[_Group]:
        """The gravest first, so that milder lines of this round count there."""
        groups: dict[tuple[str, frozenset[Label]], _Group] = {}
        for key, line in lines.items():
            weighed = self._weighed(line, place, policy, there)
            finding = found(policy, words, line.text, weighed, Kind.CHAT) if weighed is not None else None
            if finding is None:
                continue
            grave = finding.assessment.grave(policy.severe)
            known = groups.setdefault((finding.cause, grave), _Group(line, finding, grave))
            known.keys.append(key)
            known.times += line.times
            if finding.assessment.confidence > known.finding.assessment.confidence:
                known.line, known.finding = line, finding
        return sorted(groups.values(), key=lambda group: -len(group.grave))

    def _weighed(self, line: Line, place: str, policy: Policy, there: dict[int, Scores | str]) -> Weighed | None:
        """A line nobody elsewhere was to look at is what the judge inside says it is, and nothing is wrong with that; None for one
        that nobody read."""
        if line.scores is None:
            return None
        provider = policy.provider if id(line) in there else Provider.LOCAL
        return self.weighing.combined(provider, line.own.get(place, line.scores), there.get(id(line), ""))

    def _minors(
        self,
        lines: dict[str, Line],
        laws: dict[str, tuple[Policy, WordList]],
        there: dict[int, Scores | str],
        *,
        inside: bool,
    ) -> dict[str, Assessment]:
        """What is said of each line that may be about minors for the judge of any place, whatever its places look at; for the judge
        `inside`, where a place has none."""
        minors: dict[str, Assessment] = {}
        for key, line in lines.items():
            words = [self._weighed(line, place, policy, there) for place, (policy, _) in laws.items()]
            if inside and line.scores is not None:
                words.append(Weighed(line.scores.labels))
            for weighed in words:
                judged = of_minors(line.text, weighed, Kind.CHAT) if weighed is not None else None
                if judged is not None:
                    minors.setdefault(key, replace(judged, second=line.second))
        return minors

    async def _keep_back(self, work: Work, scene: Scene, minors: Collection[Assessment]) -> None:
        """Each of these lines is known from now on, since one alert stands for many, and posts that quote it already change."""
        live = scene.live
        for judged in minors:
            await work.alerts.assessed(live.id, judged, scene.time_of(judged.second))
        if minors:
            await renew_lines(work, self.clock, live.id, [one.quote for one in minors])

    async def _raise(self, work: Work, scene: Scene, place: str, group: _Group) -> Alert:
        line, item = group.line, f"chat:{group.finding.cause}"
        recent = await work.alerts.recent(place, scene.live.id, line.at - QUIET)
        taking = [one for one in recent if one.assessment.item == item and _takes(one, line.text, group.grave)]
        same = min(taking, key=lambda one: len(_grave(one)), default=None)  # of those the mildest, and the newest
        if same is not None:
            alert = await work.alerts.repeated(same.id, group.times)
        else:
            judged = replace(group.finding.assessment, second=line.second, item=item)
            number = await work.alerts.assessed(scene.live.id, judged, line.at)
            alert = await work.alerts.raise_(place, scene.live.id, number, line.at)
            if group.times > 1:
                alert = await work.alerts.repeated(alert.id, group.times - 1)
        await self._tell(work, scene, place, alert)
        return alert

    async def _tell(self, work: Work, scene: Scene, place: str, alert: Alert) -> None:
        """As a post, or as the change of the one that is there."""
        follow = scene.heard_for(place)
        address = await address_of(work, Event.RISK, follow) if follow is not None else None
        if address is not None and not scene.muted(place, self.clock.now()):
            told = bool(await work.outbox.told_at(place, f"risk:{alert.id}"))
            await tell(work, alert, scene.live.handle, address, self.clock, edits=told)


def _takes(alert: Alert, text: str, grave: frozenset[Label]) -> bool:
    """Whether an alert counts one more line of its cause. Never one that is `grave` as its own words are not: they would hide it.
    Of what people have said something of, only what says the same."""
    untouched = alert.verdict is Verdict.WAITING and alert.proposed is None and alert.labels is None
    return grave <= _grave(alert) and (untouched or text in Quotes.of((alert.assessment.quote,)))


def _grave(alert: Alert) -> frozenset[Label]:
    """What of its words is, as its place sees it."""
    return alert.assessment.grave(alert.limits)
