"""For who runs Earshot: how it is, its work, a word to every place."""

from datetime import timedelta
from enum import StrEnum

from bot.asked import Asked
from bot.command import command
from bot.health import parts_of
from bot.kinds import FIRST, Page, Text
from bot.paging import PAGE
from bot.replies.admin import ConfirmSay, HealthShown, JobList, JobShown, LookingAtAll, SaidToAll, Synced
from core.errors import EarshotError, Missing, Transient
from core.model.job import Job, JobState
from core.model.person import Role
from core.services.finding.looking import ALL_NOW
from core.services.finding.pacing import BUDGET
from core.services.videos.ordering import KIND

SECOND = timedelta(seconds=1)


class Work(StrEnum):
    """Work by how far it is."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


STATES = {Work.WAITING: JobState.WAITING, Work.RUNNING: JobState.RUNNING, Work.FAILED: JobState.DEAD}


class Standing(StrEnum):
    """What happens by itself again and again, and may be wanted now."""

    CHECK_ACCOUNTS = "check accounts"


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
    return JobList(wanted, tuple(rows), n, at, pages, counts)


@command("admin job", Role.OWNER, offered=False)
async def job(asked: Asked, number: int) -> JobShown:
    """One piece of work"""
    return await _shown(asked, number)


@command("admin retry", Role.OWNER, offered=False)
async def retry(asked: Asked, number: int) -> JobShown:
    """Try a piece of work again"""
    async with asked.house.storage.work() as work:
        known = await work.jobs.get(number)
        again = await work.jobs.again(number, known.place, asked.house.clock.now()) if known else None
    return await _shown(asked, again.id if again else number)


@command("admin cancel", Role.OWNER, offered=False)
async def cancel(asked: Asked, number: int) -> JobShown:
    """End a piece of work"""
    known = (await _shown(asked, number)).job
    if known.kind == KIND:  # its post says so too
        await asked.house.transcribing.cancel(number, known.place, asked.person.id, any_of_place=True)
    else:
        async with asked.house.storage.work() as work:
            await work.jobs.cancel(number, known.place)
    return await _shown(asked, number)


@command("admin run", Role.OWNER)
async def run(asked: Asked, job: Standing) -> LookingAtAll:
    """Run a standing job now"""
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
async def sync(asked: Asked) -> Synced:
    """Register the commands again"""
    house = asked.house
    if not house.chats:
        raise Transient("NO_CHAT")
    rows: list[tuple[str, int | None, float, str]] = []
    for platform, chat in house.chats.items():
        began, count, why = house.clock.now(), None, ""
        try:
            count = await chat.sync()
        except EarshotError as error:
            why = error.code
        rows.append((platform.value, count, (house.clock.now() - began) / SECOND, why))
    return Synced(tuple(rows))


async def _shown(asked: Asked, number: int) -> JobShown:
    async with asked.house.storage.reading() as work:
        found: Job | None = await work.jobs.get(number)
    if found is None:
        raise Missing("NOT_FOUND", x=f"j{number}")
    return JobShown(found, asked.house.clock.now())
