"""Reporting: what a live was, in figures and a picture, when it has ended or when somebody asks."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import EarshotError, Missing
from core.model.diary import DiaryKind, Entry
from core.model.feed import Event
from core.model.job import Job
from core.model.live import ChatMessage, Live
from core.model.notice import DeliveryState, Notice, facts_of
from core.model.person import Address
from core.model.risk import Verdict
from core.model.risk_line import fading
from core.model.tellable.lives import LiveEnded
from core.model.transcript import Gap, Segment, SegmentState
from core.ports.clock import Clock
from core.ports.plotter import Plotter, Timeline
from core.ports.store import Storage, Work
from core.services.assessing.renewing import again
from core.services.feeding import address_of, hushed, only_notices
from core.services.lives.summarizing import Summarizing, summary_of
from core.services.lives.welcoming import audience
from core.services.withholding import spoken
from core.services.working import Effect

log = logging.getLogger(__name__)
FIRST_LINES = 300  # characters
POINTS, POINT_SECONDS = 600, 5.0  # of the line of the risk: as many as can be seen, and not closer than that
GONE = frozenset({DeliveryState.DEAD, DeliveryState.UNKNOWN, DeliveryState.REPLACED})


@dataclass(frozen=True)
class Reporting:
    """Reports of all lives; plots are kept in `folder`."""

    storage: Storage
    clock: Clock
    plotter: Plotter
    folder: Path
    summarizing: Summarizing | None = None

    async def report(self, job: Job) -> Effect:
        """The handler of `report` jobs: every place that follows, or did for this live, is told how the live was. A post that
        says that it is live becomes its end wherever it stands, also where nobody wants to be told of ends."""
        async with self.storage.reading() as work:
            live = await work.lives.get(job.payload["live_id"])
            if live is None:
                raise Missing("NOT_FOUND", x=job.payload["live_id"])
            whom = await audience(work, live.account_id, live, self.clock.now())
            saw = await work.lives.places_of(live.id)
            told = {follow.place: await address_of(work, Event.END, follow) for follow in whom.follows}
            wanted = {place: address for place, address in told.items() if address} | job.payload.get("once", {})
            addresses = {place: address for place, address in wanted.items() if place in saw}
            begun = await _begun(work, live, saw)
            quiet = {place for place in addresses if await only_notices(work, place)}
            languages = {place: await _language(work, place) for place in addresses if place not in quiet}
        if self.summarizing is not None:
            await self.summarizing.sum_up(live, languages.values())
        again = job.payload.get("again", "")
        left = {place: post for place, post in begun.items() if post != addresses.get(place)}
        plots = {place: "" if place in quiet else await self._plot(place, live) for place in addresses}

        async def effect(work: Work) -> None:
            now = self.clock.now()
            for place, address in addresses.items():
                before = await work.outbox.get(f"end:{live.id}:{place}") if again else None
                renewed = before is not None and before.state is DeliveryState.SENT
                kind, facts = facts_of(replace(await self._told(work, place, live, plots[place]), renewed=renewed))
                key, subject = f"end:{live.id}:{place}{again}", f"live:{live.id}"
                silent = await hushed(work, place, now, Event.END)
                end = Notice(kind, key, place, address, subject, facts, edits=True, silent=silent)
                await work.outbox.put(end, now)
            for place, post in left.items():
                kind, facts = facts_of(await self._told(work, place, live, ""))
                key, subject = f"over:{live.id}:{place}{again}", f"live:{live.id}"
                edit = Notice(kind, key, place, post, subject, facts, edits=True, silent=True)
                await work.outbox.put(edit, now)

        return effect

    async def renew(self, live: Live) -> None:
        """More is known of a live that has ended than when its end was told: the posts are brought up to date."""
        async with self.storage.work() as work:
            await again(work, self.clock, live)

    async def of(self, place: str, live: Live) -> LiveEnded:
        """The report of a live as a place sees it now; a live that still runs is reported up to now."""
        path = await self._plot(place, live)
        async with self.storage.reading() as work:
            return await self._told(work, place, live, path)

    async def _plot(self, place: str, live: Live) -> str:
        """The path of the picture, empty when it cannot be drawn: a report without one is still a report."""
        path = self.folder / f"{live.id}-{place.replace(':', '-')}.png"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            async with self.storage.reading() as work:
                timeline = await _timeline(work, place, live, live.length(self.clock.now()).total_seconds())
            await self.plotter.draw(timeline, path)
        except (EarshotError, OSError) as error:
            log.warning("no plot of live %s: %s", live.id, error)
            return ""
        return str(path)

    async def _told(self, work: Work, place: str, live: Live, plot: str) -> LiveEnded:
        live = await work.lives.get(live.id) or live
        if await only_notices(work, place):
            return _only_times(live, live.ended or self.clock.now())
        parts = await spoken(work, place, live)
        segments = [part for part in parts if isinstance(part, Segment)]
        states = [segment.state for segment in segments]
        lines, heard_until = _first(segments)
        counts = await work.chats.counts(live.id)
        summary = await summary_of(work, live.id, await _language(work, place), place)
        alerts = await work.alerts.recent(place, live.id, live.started - timedelta(days=1))
        return LiveEnded(
            live.id,
            live.handle,
            live.title,
            live.started,
            live.ended or self.clock.now(),
            live.viewers_peak,
            live.viewers_mean,
            chats=counts.get("chat", 0),
            hits=len(await work.hits.of_live(place, live.id)),
            alerts=len(alerts),
            clips=len(await work.clips.of_place(place, live_id=live.id)),
            segments=len(segments),
            told=states.count(SegmentState.TOLD) + states.count(SegmentState.WITHHELD),
            failed=states.count(SegmentState.FAILED),
            untold=states.count(SegmentState.UNTOLD),
            silent=states.count(SegmentState.SILENT),
            late=states.count(SegmentState.LATE),
            gaps=sum(isinstance(part, Gap) for part in parts),
            lines=lines,
            titles=_earlier(await work.diary.of_live(place, live.id)),
            plot=plot,
            risky=any(summary or alert.assessment.second < heard_until for alert in alerts),
            summary=summary.text if summary else "",
            summary_by=summary.by if summary else "",
            whole=summary.whole if summary else True,
            waiting=sum(alert.verdict is Verdict.WAITING for alert in alerts),
        )


async def _language(work: Work, place: str) -> str:
    known = await work.places.get(place)
    return known.language if known is not None else ""


async def _begun(work: Work, live: Live, places: Sequence[str]) -> dict[str, Address]:
    """Where the posts stand that say that `live` is on, by place; feeds may have been changed since they were told."""
    posts = {place: await work.outbox.get(f"start:{live.id}:{place}") for place in places}
    return {place: post.notice.address for place, post in posts.items() if post is not None and post.state not in GONE}


def _only_times(live: Live, ended: datetime) -> LiveEnded:
    """The report for a place that wants notices only, whatever others have recorded."""
    return LiveEnded(
        live.id, live.handle, live.title, live.started, ended, live.viewers_peak, live.viewers_mean, recorded=False
    )


async def _timeline(work: Work, place: str, live: Live, seconds: float) -> Timeline:
    chat, known = await work.chats.of_live(live.id), await work.places.get(place)
    judged = await work.alerts.of_live(live.id)
    alerts = await work.alerts.recent(place, live.id, live.started - timedelta(days=1))
    return Timeline(
        title=f"@{live.handle} · {live.title}",
        seconds=seconds,
        viewers=await work.lives.viewers(live.id),
        chats=[second for second, event in chat if isinstance(event, ChatMessage)],
        hits=[(hit.second, hit.word) for hit in await work.hits.of_live(place, live.id)],
        risks=fading([(said.second, said.score) for said in judged], seconds, max(POINT_SECONDS, seconds / POINTS)),
        alerts=[(alert.assessment.second, alert.assessment.score) for alert in alerts],
        dark=known is not None and known.dark,
    )


def _earlier(entries: list[Entry]) -> list[str]:
    """The titles a live had before the one it has, oldest first; entries come newest first."""
    titles = [entry.text for entry in reversed(entries) if entry.kind in (DiaryKind.STARTED, DiaryKind.TITLE)]
    return [title for title in titles[:-1] if title]


def _first(segments: list[Segment]) -> tuple[str, float]:
    """The first lines, cut at a word, and until which second of the live they go."""
    text, until = "", 0.0
    for segment in segments:
        if segment.text and len(text) <= FIRST_LINES:
            text, until = f"{text} {segment.text}".lstrip(), segment.end
    return text if len(text) <= FIRST_LINES else text[:FIRST_LINES].rsplit(" ", 1)[0] + " …", until
