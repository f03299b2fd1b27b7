"""Lengthening: a clip again with more before or after it, while that is still kept."""

from dataclasses import replace
from datetime import timedelta

from core.errors import Denied, Invalid, Missing
from core.model.clip import NAMELESS, Clip, Source
from core.model.job import Job
from core.model.screening import Matter
from core.ports.store import Work
from core.services.clipping.wishing import KINDS, LONGEST, Wish, Wishing, key_of

LEAST = 1.0  # seconds: less than that is not longer


async def longer(wishing: Wishing, place: str, clip: Clip, before: float, after: float) -> Job:
    """A new clip that begins up to `before` seconds earlier and ends `after` seconds later, at most LONGEST long: what is wanted
    before comes first. Cut from our own buffer, wherever `clip` came from.

    Raises Missing CLIP_GONE when the beginning is not kept here any more, Invalid CLIP_LONGEST (n) when there is no room for more,
    Denied DISK_LOW as every wish does, CLIP_HELD (x) for one that is kept away.
    """
    if (space := await wishing.spare()) is not None:
        raise Denied("DISK_LOW", x=space.free, y=space.least)
    async with wishing.storage.reading() as work:
        screening = await work.screenings.of(place, Matter.CLIP, clip.id)
    if screening is not None and not screening.open:  # a second look may find less, and post it as another clip
        raise Denied("CLIP_HELD", x=clip.shown)
    first = wishing.clipper.first(clip.live_id)
    if clip.place != place or first is None or first > clip.start + LEAST:
        raise Missing("CLIP_GONE")
    start, end = _stretch(clip, max(first, 0.0), before, after)
    if end - start < clip.seconds + LEAST:
        raise Invalid("CLIP_LONGEST", n=round(LONGEST)) if clip.seconds + LEAST > LONGEST else Missing("CLIP_GONE")
    now = wishing.clock.now()
    async with wishing.storage.work() as work:
        live = await work.lives.get(clip.live_id)
        wish = await _wish_of(work, clip)
        if live is None or wish is None:
            raise Missing("CLIP_GONE")
        wish = replace(wish, place=place, start=start, end=end, hit_id=None)
        due = now + timedelta(seconds=max(0.0, end - wishing.clipper.second_of(live, now)))
        kind = KINDS[Source.OWN]
        return await work.jobs.add(kind, key_of(kind, wish), wish.facts, due, place=place)


def _stretch(clip: Clip, first: float, before: float, after: float) -> tuple[float, float]:
    """From second `first` of the live on there is something."""
    room = max(0.0, LONGEST - clip.seconds)
    earlier = min(before, room, max(0.0, clip.start - first))
    return clip.start - earlier, clip.start + clip.seconds + min(after, room - earlier)


async def _wish_of(work: Work, clip: Clip) -> Wish | None:
    """What it was made for. Its job is gone when it is old: then it has no other name than that of its live."""
    number = clip.path.stem
    job = await work.jobs.get(int(number)) if number.isdecimal() else None
    if job is not None and job.kind in KINDS.values() and job.place == clip.place:
        return Wish.of(job)
    live = await work.lives.get(clip.live_id)
    if live is None:
        return None
    return Wish(clip.live_id, clip.place, 0.0, 0.0, clip.made, live.handle, clip.why or NAMELESS)
