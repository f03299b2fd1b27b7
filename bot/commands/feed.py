"""The transcripts of a place, one card at a time, and one's own work with them."""

from dataclasses import replace

from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, Page
from bot.limiting import Wish
from bot.links import MOST, Begun
from bot.paging import PAGE
from bot.replies.common import Failed
from bot.replies.feed import FeedShown, View
from bot.replies.videos import VideosBegun
from bot.transcripts import Open
from core.errors import Denied, Invalid, Missing, Transient
from core.model.account import Handle
from core.model.job import Job, JobState
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing
from core.model.video import VideoTranscript
from core.ports.store import Work
from core.services.videos.ordering import KIND, Order
from core.services.videos.reckoning import Turn, turns
from core.services.videos.telling import transcribed

LOOKED_AT = 50  # failed jobs that are looked through for those whose video still has no words


@command("feed")
async def feed(asked: Asked, view: View = View.NEWEST, account: Handle | None = None, page: Page = FIRST) -> FeedShown:
    """Read transcripts: the newest here, or yours"""
    own, handle = view is View.MINE, account or ""
    async with asked.house.storage.reading() as work:
        pages = max(1, await work.videos.count(asked.place.id, asked.person.id, handle=handle, own=own))
        at = min(max(1, page), pages)
        found = await work.videos.of_place(asked.place.id, asked.person.id, 1, at - 1, handle=handle, own=own)
        told = await _told(work, found[0]) if found else None
        shown = FeedShown(view, account, found[0] if found else None, told, at, pages)
        return await _with_work(work, asked, shown) if own and at == 1 else shown


async def _told(work: Work, one: VideoTranscript) -> Transcribed:
    return transcribed(one, await work.videos.segments(one.place, one.id), only="" if one.public else one.by)


async def _with_work(work: Work, asked: Asked, shown: FeedShown) -> FeedShown:
    """At the head of one's own: what is under way, waits or failed."""
    place, person, now = asked.place.id, asked.person.id, asked.house.clock.now()
    counts = await work.jobs.counts(place=place, by=person, kind=KIND)
    going = await work.jobs.of_place(place, KIND, unfinished=True, by=person, limit=PAGE)
    standing = {job.id: turn for job, turn in await turns(work, now)} if going else {}
    failed = await _failed(work, place, person)
    rows = [_open(job, standing.get(job.id)) for job in (*reversed(going), *failed[:PAGE])]
    counted = {**counts, JobState.DEAD: len(failed)}
    said = (JobState.WAITING, JobState.RUNNING, JobState.DONE, JobState.DEAD)
    return replace(shown, counts=tuple((state, counted[state]) for state in said), rows=tuple(rows), failed=len(failed))


def _open(job: Job, turn: Turn | None) -> Open:
    order, left = Order.of(job), job.progress.get("left_seconds")
    title = str(job.progress.get("title") or order.name or order.link.address)
    return Open(job, title, turn.ahead, turn.left) if turn is not None else Open(job, title, 0, left)


async def _failed(work: Work, place: str, person: str) -> list[Job]:
    """One's failed jobs, newest first, without those whose video has got its words since."""
    dead = await work.jobs.of_place(place, KIND, by=person, state=JobState.DEAD, limit=LOOKED_AT)
    orders = [(job, Order.of(job)) for job in dead]
    return [job for job, o in orders if await work.videos.find(place, person, o.video, "", o.language) is None]


@command("transcript job", offered=False)
async def job_(asked: Asked, number: int) -> Transcribing | Transcribed | NotTranscribed:
    """How a transcription of one's own is"""
    async with asked.house.storage.reading() as work:
        job = await work.jobs.get(number)
    if job is None or job.kind != KIND or (job.place, job.by) != (asked.place.id, asked.person.id):
        raise Missing("NOT_FOUND", x=f"j{number}")
    return await asked.house.transcribing.state(number)


@command("feed retry", offered=False, wish=Wish.ENQUEUE)
async def retry(asked: Asked) -> VideosBegun:
    """Try one's failed transcriptions again"""
    async with asked.house.storage.reading() as work:
        failed = await _failed(work, asked.place.id, asked.person.id)
    if not failed:
        raise Missing("NOTHING_FAILED")
    rows = [await _again(asked, job) for job in failed[:MOST]]
    return VideosBegun(tuple(rows), tuple(_open(job, None).title for job in failed[MOST:]), True)


async def _again(asked: Asked, job: Job) -> Begun:
    title, address = _open(job, None).title, asked.address if asked.house.worker is None else ""
    try:
        made = await asked.house.transcribing.again(job.id, asked.place.id, asked.person.id, None, address)
    except (Denied, Invalid, Missing, Transient) as error:
        return Begun(title, error=Failed(error.code, dict(error.values)))
    if isinstance(made, VideoTranscript):
        return Begun(title, made.video.handle, number=made.number)
    return Begun(title, Order.of(job).handle, made.id, int(made.progress.get("ahead", 0)))
