"""Lives and their transcripts."""

from datetime import datetime

from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, Page
from bot.paging import page_of
from bot.replies.lives import LiveFile, LiveList, LiveShown, LiveTimeline
from bot.times import Point
from core.model.account import Follow
from core.model.live import Live, LiveStatus
from core.services.lives.filing import FileFormat, What
from core.services.lives.recounting import View


@command("lives now")
async def now(asked: Asked, page: Page = FIRST) -> LiveList:
    """Lives running now"""
    async with asked.house.storage.reading() as work:
        rows = await work.lives.of_place(asked.place.id, running=True)
    shown, at, pages = page_of(rows, page)
    vitals = asked.house.diagnosing.of_running()
    return LiveList(shown, at, pages, True, asked.house.clock.now(), vitals.behind if vitals else {})


@command("lives list")
async def list_(
    asked: Asked, account: Follow | None = None, since: datetime | None = None, page: Page = FIRST
) -> LiveList:
    """Past lives"""
    async with asked.house.storage.reading() as work:
        account_id = account.account_id if account else None
        rows = await work.lives.of_place(asked.place.id, account_id=account_id, since=since, limit=500)
    shown, at, pages = page_of(rows, page)
    return LiveList(shown, at, pages, False, asked.house.clock.now())


@command("lives show", quiet=False)
async def show(asked: Asked, live: Live) -> LiveShown:
    """One live: summary, plot, hits, risk, clips"""
    return LiveShown(await asked.house.reporting.of(asked.place.id, live), live.status is not LiveStatus.ENDED)


@command("lives timeline", records=True)
async def timeline(
    asked: Asked, live: Live, kind: View = View.ALL, at: Point | None = None, before: int | None = None
) -> LiveTimeline:
    """What happened in a live, minute by minute"""
    page = asked.house.recounting.page
    return LiveTimeline(live, await page(asked.place.id, live, kind, at or 0, before, whole=asked.whole))


@command("lives export", records=True)
async def export(asked: Asked, live: Live, what: What, format: FileFormat) -> LiveFile:
    """A live as a file"""
    return LiveFile(live, what, await asked.house.filing.file(asked.place.id, live, what, format, whole=asked.whole))
