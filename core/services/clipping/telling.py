"""Telling of clips: a clip that was made, with its file, or why there is none."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from core.errors import Missing
from core.model.account import Follow
from core.model.clip import Clip, Cut, Source, clean, shown_name
from core.model.feed import Event
from core.model.job import Job
from core.model.live import Live
from core.model.notice import Notice, facts_of
from core.model.person import Place
from core.model.screening import Seen
from core.model.tellable.finds import ClipSaved
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.assessing import tell
from core.services.clipping.wishing import Wish
from core.services.feeding import address_of, way_of
from core.services.holding import hold
from core.services.screening import Screens, told_of


@dataclass(frozen=True)
class Made:
    """A clip that was cut: who screens it, what it was seen to show, and when it came in."""

    cut: Cut
    screens: Screens | None = None
    seen: Seen = field(default_factory=Seen)
    received: datetime | None = None


async def saved(work: Work, clock: Clock, job: Job, made: Made, source: Source = Source.OWN, key: str = "") -> None:
    """Store the clip of a job, screen it, and tell of it: all in the transaction that ends the job. The same job twice is one clip,
    and so are all jobs with one `key`."""
    cut = made.cut
    wish = Wish.of(job)
    live, place = await _subject(work, wish)
    shown = shown_name(wish.who, wish.word, wish.at, place.zone)
    why = clean(wish.word, 80)
    clip = await work.clips.add(live.id, place.id, shown, cut, clock.now(), why, key or f"job:{job.id}", source)
    said = replace(told(clip, live), why=wish.word, short=cut.short, instead=wish.instead)
    if made.screens is not None:
        screening = await made.screens.clip(work, clip, live, made.seen, made.received or clock.now())
        said = replace(said, screened=await told_of(work, screening))
    await _tell(work, clock, key or str(job.id), wish, live, said)
    if said.screened is not None and said.screened.alert_id is not None and not said.open:
        await _alert(work, clock, wish, live, said.screened.alert_id)


async def _alert(work: Work, clock: Clock, wish: Wish, live: Live, alert_id: int) -> None:
    """Tell of what waits where alerts are told; where that is the place of the clip's own post, that post says it already."""
    follow = await _follow(work, wish, live)
    address = await address_of(work, Event.RISK, follow) if follow is not None else None
    alert = await work.alerts.get(wish.place, alert_id)
    if follow is None or address is None or alert is None or address == await address_of(work, Event.CLIP, follow):
        return
    if not await work.outbox.told_at(wish.place, f"risk:{alert_id}"):
        await tell(work, alert, live.handle, address, clock, edits=False)


def told(clip: Clip, live: Live) -> ClipSaved:
    """A stored clip as people are told of it."""
    return ClipSaved(
        clip.id,
        clip.live_id,
        live.handle,
        clip.shown,
        str(clip.path),
        clip.seconds,
        clip.size,
        clip.width,
        clip.height,
        clip.why,
        start=clip.start,
        source=clip.source,
        kept=clip.kept,
    )


async def failed(
    work: Work, clock: Clock, job: Job, code: str, source: Source = Source.OWN, shown: str = "", key: str = ""
) -> None:
    """Tell that there is no clip, and why; once for all jobs with one `key`. `shown`: the file there is elsewhere."""
    wish = Wish.of(job)
    live, _ = await _subject(work, wish)
    said = ClipSaved(
        0, live.id, live.handle, shown, "", 0.0, 0, 0, 0, wish.word, code, source=source, instead=wish.instead
    )
    await _tell(work, clock, key or str(job.id), wish, live, said)


async def _tell(work: Work, clock: Clock, about: str, wish: Wish, live: Live, said: ClipSaved) -> None:
    follow = await _follow(work, wish, live)
    now = clock.now()
    way = await way_of(work, Event.CLIP, follow, now) if follow is not None else None
    if follow is None or way is None:
        return
    if way.held and wish.hit_id is not None:  # nobody asked for it now
        if not said.failed:
            await hold(work, Event.CLIP, follow, now)
        return
    kind, facts = facts_of(said)
    key = f"clip:{about}"
    await work.outbox.put(Notice(kind, key, wish.place, way.address, key, facts, silent=way.silent), now)


async def _follow(work: Work, wish: Wish, live: Live) -> Follow | None:
    return next((one for one in await work.follows.of_account(live.account_id) if one.place == wish.place), None)


async def _subject(work: Work, wish: Wish) -> tuple[Live, Place]:
    live, place = await work.lives.get(wish.live_id), await work.places.get(wish.place)
    if live is None or place is None:
        raise Missing("CLIP_GONE")
    return live, place


def path_of(folder: Path, job: Job) -> Path:
    """The file of a job's clip: named by the job, so that a repeat after a crash writes the same one."""
    return folder / f"{job.id}.mp4"
