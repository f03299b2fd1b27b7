"""Learning: every night the judge inside is made anew for each place whose decisions teach something else by then.

Only what was said or written on TikTok teaches it: what people wrote here themselves never does.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from core.errors import Transient
from core.matching.quoting import Quotes
from core.model.agreement import said_category, said_labels
from core.model.job import Job
from core.model.risk import Alert, Category, Kind, Label, Verdict
from core.model.transcript import Segment
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.ports.training import Lesson, Trainer
from core.services.assessing.recalling import TEACHING
from core.services.enduring import again_and_again
from core.services.nightly import GLANCE, Nightly
from core.services.working import Effect

log = logging.getLogger(__name__)
KIND = "learn"
NIGHT = "learned"  # the memo of the last day that is dealt with
HOUR = time(3, 30)  # of the installation's time zone
MOST = 500  # decisions of a place that are learned from, the newest: about two seconds of work


@dataclass(frozen=True)
class Learning:
    """Learns for all places, in the `zone` of the installation."""

    storage: Storage
    clock: Clock
    zone: ZoneInfo
    trainer: Trainer

    async def ask(self) -> Job:
        """Learn now; asked for while it is under way, it is the one that is."""
        async with self.storage.work() as work:
            return await self._add(work)

    async def run(self) -> None:
        """Ask for it every night, until cancelled. A night that was missed is made up for the next day."""
        await again_and_again(self.clock, GLANCE, "learning from decisions", self.round)

    async def round(self) -> None:
        """Ask for it if it is due."""
        await Nightly(self.storage, self.clock, self.zone, NIGHT, HOUR).round(lambda work, last: self._add(work))

    async def learn(self, job: Job) -> Effect:
        """The handler of its jobs: place by place, each as far as people have decided by then. Done twice, it changes nothing. A
        place where it fails keeps no other from learning, and is tried again the next night."""
        async with self.storage.reading() as work:
            places = await work.places.all()
        await self.trainer.keep([place.id for place in places])
        learned = sum([await self._tried(place.id) for place in places if place.left is None])
        log.info("learned from what people decided in %d places", learned)

        async def effect(work: Work) -> None:
            await work.jobs.progress(job, {"places": learned})

        return effect

    async def _tried(self, place: str) -> bool:
        try:
            return await self._learn(place)
        except Transient as error:
            log.warning("what people decided in %s is learned another night: %s", place, error)
            return False

    async def _learn(self, place: str) -> bool:
        """Whether it learned. What was learned is known by a hash of it, for it changes without a decision too (a judge takes some
        of it for being about minors), and by the judges it made or stands on: with another one of them (Earshot came with a new
        one, a folder is gone or broken) it is done again."""
        async with self.storage.reading() as work:
            if not await work.alerts.last_decision(place):
                return False
            known, lessons = await work.memos.get(_memo(place)), await lessons_of(work, place)
        taught = _hashed(lessons)
        if known == f"{taught} {await self.trainer.stamp(place)}":
            return False
        made = await self.trainer.train(place, lessons)
        stamp = await self.trainer.stamp(place)
        async with self.storage.work() as work:
            if await work.places.get(place) is not None:  # it may have moved or been forgotten meanwhile
                await work.memos.put(_memo(place), f"{taught} {stamp}")
        return made

    async def _add(self, work: Work) -> Job:
        return await work.jobs.add(KIND, KIND, {}, self.clock.now())


def _memo(place: str) -> str:
    """Of what was learned last."""
    return f"learned {place}"


def _hashed(lessons: Sequence[Lesson]) -> str:
    """Another one for other lessons."""
    said = [(one.text, sorted((label.value, has) for label, has in one.labels.items())) for one in lessons]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


async def lessons_of(work: Work, place: str) -> list[Lesson]:
    """What the decided alerts of a place teach, newest first; of a text that came again only what was decided last, and nothing
    that was about minors in any live: no judge inside is shown such texts."""
    suspected = await work.alerts.suspected(place)
    unfit = Quotes.of([text for one in suspected for text in (one.assessment.quote, await _text(work, one))])
    numbers = [
        number
        for kind in TEACHING
        for verdict in (Verdict.CONFIRMED, Verdict.DISMISSED)
        for number in await work.alerts.find(place, verdict=verdict, kind=kind)
    ]
    decided = sorted(await work.alerts.several(place, numbers), key=lambda one: (one.decided_at or one.raised, one.id))
    lessons: dict[str, Lesson] = {}
    for alert in reversed(decided[-MOST:]):
        text = await _text(work, alert)
        if text and text not in unfit and alert.assessment.quote not in unfit:
            lessons.setdefault(text, Lesson(text, _labels(alert)))
    return list(lessons.values())


async def _text(work: Work, alert: Alert) -> str:
    """The whole piece of speech around what an alert quotes; else what it quotes."""
    quote, second = alert.assessment.quote, alert.assessment.second
    if alert.live_id is None or alert.assessment.kind is not Kind.SPEECH:
        return quote
    around: Iterable[object] = await work.transcripts.of_live(alert.live_id, start=second - 30, end=second + 1)
    said = [one.text for one in around if isinstance(one, Segment) and one.text and one.start <= second <= one.end]
    return next((text for text in said if quote in text), quote)


def _labels(alert: Alert) -> dict[Label, bool]:
    """A dismissed text has no label; one that a person relabelled has these and no others; of one that was only confirmed nobody
    said what else it has."""
    has = set(said_labels(alert))
    if said_category(alert) is Category.HATEFUL and alert.labels is None:
        has.add(Label.H)
    if alert.verdict is Verdict.DISMISSED or alert.labels is not None:
        return {label: label in has for label in Label}
    return dict.fromkeys(has, True)
