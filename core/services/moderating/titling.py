"""Titling: the titles of lives and of transcribed videos are judged as other short texts are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.matching.quoting import quoted
from core.model.account import NO_RISK
from core.model.feed import OFF, Event
from core.model.job import Job
from core.model.person import Address, Person
from core.model.policy import Provider
from core.model.review import Act, Decision
from core.model.risk import Alert, Kind, Verdict
from core.model.video import VideoTranscript
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import tell, threshold_of
from core.services.enduring import enduring
from core.services.feeding import address_of
from core.services.lives.scene import Scene
from core.services.moderating.ruling import Ruling
from core.services.moderating.weighing import Finding, Weighed, Weighing, found
from core.services.working import Effect

KIND = "title"
"""The kind of its jobs."""

GLANCE = 10.0  # seconds between two looks whether a live has another title


@dataclass(frozen=True)
class Titling:
    """The titles of everything. A title that was found wanting changes nothing by itself: people are told."""

    storage: Storage
    clock: Clock
    weighing: Weighing
    ruling: Ruling

    async def live(self, scene: Scene) -> None:
        """Judge the title of a live, and each one it gets later; beside it, until cancelled, so that the live waits for nothing."""
        judged = ""
        while True:
            if (title := scene.live.title) != judged and title.strip():
                with enduring("judging a title"):
                    await self.judge(scene, title)
                    judged = title
            await self.clock.sleep(GLANCE)

    async def judge(self, scene: Scene, title: str) -> None:
        """Once, for each place that reads more of the live than notices. The same title is told once, over restarts too."""
        async with self.storage.reading() as work:
            wanted = [one.place for one in scene.heard if await threshold_of(work, one) < NO_RISK]
        weighed = await self._weighed(title, wanted)
        async with self.storage.work() as work:
            for follow in scene.heard:
                if follow.place not in weighed or await threshold_of(work, follow) >= NO_RISK:
                    continue
                finding = await self._found(work, follow.place, title, weighed[follow.place])
                item = f"title:{scene.live.id}"
                if finding is None or await told_before(work, follow.place, item, title):
                    continue
                alert = await raised(work, follow.place, scene.live.id, finding, item, self.clock)
                address = await address_of(work, Event.RISK, follow)
                if address is not None and not scene.muted(follow.place, self.clock.now()):
                    await tell(work, alert, scene.live.handle, address, self.clock, edits=False)

    async def video(self, job: Job) -> Effect:
        """The handler of its jobs: the title of a transcribed video, told where its place is told of risks."""
        number = int(job.payload["transcript"])
        async with self.storage.reading() as work:
            made = await work.videos.get(job.place, number)
        title = made.video.title if made is not None else ""
        weighed = (await self._weighed(title, [job.place]))[job.place] if title.strip() else {}

        async def effect(work: Work) -> None:
            finding = await self._found(work, job.place, title, weighed) if weighed else None
            item = f"transcript:{number}"
            if made is None or finding is None or await told_before(work, job.place, item, title):
                return
            alert = await raised(work, job.place, None, finding, item, self.clock)
            if address := await risk_address(work, job.place):
                await tell(work, alert, made.video.handle, address, self.clock, edits=False)

        return effect

    async def _weighed(self, title: str, places: Sequence[str]) -> dict[str, dict[Provider, Weighed]]:
        """For each place by each provider it may have; elsewhere is asked once, and only if some place wants that."""
        common, own = await asyncio.to_thread(self.weighing.read, title, places)
        async with self.storage.reading() as work:
            policies = [(await self.ruling.law(work, place))[0] for place in places]
        wanting = [one.place for one in policies if one.titles and one.provider is not Provider.LOCAL]
        there = await self.weighing.there([title], wanting)
        other = there if isinstance(there, str) else there[0]
        return {
            place: {one: self.weighing.combined(one, own.get(place, common), other) for one in Provider}
            for place in places
        }

    async def _found(self, work: Work, place: str, title: str, weighed: dict[Provider, Weighed]) -> Finding | None:
        policy, words = await self.ruling.law(work, place)
        return found(policy, words, title, weighed[policy.provider], Kind.TITLE) if policy.titles else None


async def have_judged(work: Work, made: VideoTranscript, now: datetime) -> None:
    """Have the title of a video judged that everybody in its place may read, in the transaction that stores its words."""
    if made.public and made.video.title.strip():
        await work.jobs.add(KIND, f"{KIND}:{made.id}", {"transcript": made.id}, now, place=made.place)


async def told_before(work: Work, place: str, item: str, text: str) -> bool:
    """Whether the newest alert of this thing is of the same text."""
    known = await work.alerts.of_item(place, item)
    return known is not None and known.assessment.quote == quoted(text)


async def raised(work: Work, place: str, live_id: int | None, finding: Finding, item: str, clock: Clock) -> Alert:
    """An alert of a thing with a name of its own."""
    now = clock.now()
    number = await work.alerts.assessed(live_id, replace(finding.assessment, item=item), now)
    return await work.alerts.raise_(place, live_id, number, now)


async def set_aside(
    work: Work, place: str, alert_id: int, by: Person | None, clock: Clock, *, back: bool = False
) -> None:
    """Take an alert out of the queue, or put it back; its posts say so. A decided one stays as it is. `by` is None where that is
    who wrote what it quotes: beside an alert, and in evidence kept of it, they are never named."""
    was, to = (Verdict.MUTED, Verdict.WAITING) if back else (Verdict.WAITING, Verdict.MUTED)
    name, who = (by.name, by.id) if by is not None else ("", "")
    now, known = clock.now(), await work.alerts.get(place, alert_id)
    if known is None or known.verdict is not was:
        return
    after = replace(known, verdict=to, decided_by="" if back else name, decided_at=None if back else now)
    decision = Decision(known.id, Act.REOPEN if back else Act.MUTE, was, to, name, who, now)
    alert = await work.alerts.change(known, after, decision)
    if alert is not None:
        for address in await work.outbox.told_at(alert.place, f"risk:{alert.id}"):
            await tell(work, alert, "", address, clock, edits=True)


async def risk_address(work: Work, place_id: str) -> Address:
    """Where a place is told of risks that belong to no account; empty: nowhere."""
    said, place = await work.feeds.address(place_id, Event.RISK, 0), await work.places.get(place_id)
    return "" if said == OFF else said or (place.address if place is not None else "")
