"""For who runs Earshot: how it is, its work, a word to every place."""

from datetime import timedelta
from enum import StrEnum

from bot.asked import Asked
from bot.awaiting import ended
from bot.command import command
from bot.health import parts_of
from bot.kinds import FIRST, Page, Text
from bot.paging import PAGE
from bot.replies.admin import (
    AtIt,
    CleanedUp,
    ConfirmSay,
    HealthShown,
    JobList,
    JobShown,
    Learned,
    LookingAtAll,
    SaidToAll,
    Synced,
)
from core.errors import Missing, Transient
from core.model.job import Job, JobState
from core.model.person import Role
from core.services.fetching import KIND as WEIGHTS
from core.services.finding.looking import ALL_NOW
from core.services.finding.pacing import BUDGET
from core.services.offering import KIND as REGISTER
from core.services.offering import offered
from core.services.reviewing.learning import KIND as LEARN
from core.services.tidying import KIND as TIDY
from core.services.tidying import Tidied
from core.services.videos.ordering import KIND as TRANSCRIBE
from core.services.videos.reckoning import turn_of, turns

ANSWERS = timedelta(seconds=10)  # who runs beside takes up what is asked of it within one
PATIENCE = timedelta(minutes=2)  # of whoever waits for work; it goes on without them


class Work(StrEnum):
    """Work by how far it is."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


STATES = {Work.WAITING: JobState.WAITING, Work.RUNNING: JobState.RUNNING, Work.FAILED: JobState.DEAD}


class Standing(StrEnum):
    """What happens by itself again and again, and may be wanted now."""

    CHECK_ACCOUNTS = "check accounts"
    CLEAN_UP = "clean up"
    LEARN = "learn from decisions"


@command("admin health", Role.OWNER)
async def health(asked: Asked) -> HealthShown:
    """Every part, with cause and cure"""
    return HealthShown(await parts_of(asked.house))


@command("admin jobs", Role.OWNER)
async def jobs(asked: Asked, state: Work = Work.WAITING, page: Page = FIRST) -> JobList:
    """Work waiting, running, failed"""
    wanted = STATES[state]
    async with asked.house.storage.reading() as work:
        counts = await work.jobs.counts()
        n = counts[wanted]
        pages = max(1, -(-n // PAGE))
        at = min(max(1, page), pages)
        rows = await work.jobs.in_state(wanted, PAGE, (at - 1) * PAGE)
        now = asked.house.clock.now()
        standing = {one.id: turn for one, turn in await turns(work, now)} if state is Work.WAITING else {}
    shown = tuple((one.id, standing[one.id]) for one in rows if one.id in standing)
    return JobList(wanted, tuple(rows), n, at, pages, counts, now, shown)


@command("admin job", Role.OWNER, offered=False)
async def job(asked: Asked, number: int) -> JobShown | CleanedUp | Learned | Synced:
    """One piece of work"""
    return await _outcome(asked, await _known(asked, number))


@command("admin retry", Role.OWNER, offered=False)
async def retry(asked: Asked, number: int) -> JobShown:
    """Try a piece of work again"""
    async with asked.house.storage.work() as work:
        known = await work.jobs.get(number)
        again = await work.jobs.again(number, known.place, asked.house.clock.now()) if known else None
    return await _shown(asked, await _known(asked, again.id if again else number))


@command("admin cancel", Role.OWNER, offered=False)
async def cancel(asked: Asked, number: int) -> JobShown:
    """End a piece of work"""
    known = await _known(asked, number)
    if known.kind == TRANSCRIBE:  # its post says so too
        await asked.house.transcribing.cancel(number, known.place, asked.person.id, any_of_place=True)
    elif known.kind == WEIGHTS:
        await asked.house.fetching.cancel(number, known.place)
    else:
        async with asked.house.storage.work() as work:
            await work.jobs.cancel(number, known.place)
    return await _shown(asked, await _known(asked, number))


@command("admin run", Role.OWNER)
async def run(asked: Asked, job: Standing) -> LookingAtAll | CleanedUp | Learned | JobShown | Synced:
    """Run a standing job now"""
    if job in (Standing.CLEAN_UP, Standing.LEARN):
        part = asked.house.tidying if job is Standing.CLEAN_UP else asked.house.learning
        made = await part.ask()
        return await _outcome(asked, await ended(asked, made, PATIENCE, _how_far))
    async with asked.house.storage.work() as work:
        now = asked.house.clock.now()
        active = {follow.account_id for follow in await work.follows.all() if follow.active(now)}
        await work.revisions.bump(ALL_NOW)
    return LookingAtAll(len(active), len(active) / BUDGET)


@command("admin say", Role.OWNER)
async def say(asked: Asked, text: Text) -> ConfirmSay:
    """A notice to every place"""
    draft = await asked.house.announcing.draft(text)
    return ConfirmSay(draft.id, draft.text, draft.places)


@command("admin send", Role.OWNER, offered=False)
async def send(asked: Asked, draft: Text) -> SaidToAll:
    """Send a notice that was shown"""
    return SaidToAll(await asked.house.announcing.send(draft))


@command("admin sync", Role.OWNER)
async def sync(asked: Asked) -> Synced | JobShown | CleanedUp | Learned:
    """Register the commands again"""
    house = asked.house
    if house.diagnosing.of_running() is None:
        raise Transient("NOT_RUNNING")
    made = await ended(asked, await house.offering.ask(), ANSWERS, _how_far)
    if made.state is JobState.WAITING:
        await house.offering.withdraw(made)
        raise Transient("NO_ANSWER", left=ANSWERS)
    if made.state is JobState.DONE and not offered(made.progress):
        raise Transient("NO_CHAT")
    return await _outcome(asked, made)


def _how_far(job: Job) -> AtIt:
    done = Tidied.read(job.progress) if job.kind == TIDY else Tidied()
    return AtIt(job.kind, done.done, done.of)


async def _outcome(asked: Asked, job: Job) -> JobShown | CleanedUp | Learned | Synced:
    """What came of it, or how it is."""
    if job.state is JobState.DONE and job.kind == TIDY:
        return CleanedUp(Tidied.read(job.progress))
    if job.state is JobState.DONE and job.kind == LEARN:
        return Learned(int(job.progress.get("places", 0)))
    if job.state is JobState.DONE and job.kind == REGISTER:
        return Synced(offered(job.progress))
    return await _shown(asked, job)


async def _shown(asked: Asked, job: Job) -> JobShown:
    now = asked.house.clock.now()
    async with asked.house.storage.reading() as work:
        place = await work.places.get(job.place) if job.place else None
        waits = job.kind == TRANSCRIBE and job.state is JobState.WAITING
        turn = await turn_of(work, job, now) if waits else None
    return JobShown(job, now, place.name if place else "", turn)


async def _known(asked: Asked, number: int) -> Job:
    async with asked.house.storage.reading() as work:
        found = await work.jobs.get(number)
    if found is None:
        raise Missing("NOT_FOUND", x=f"j{number}")
    return found
