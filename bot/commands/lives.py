"""Lives and their transcripts."""

from datetime import datetime

from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, Page
from bot.paging import page_of
from bot.replies.lives import LiveList, LiveShown, TranscriptFile, TranscriptShown
from core.model.account import Follow
from core.model.live import Live, LiveStatus
from core.services.exporting import Format

SEGMENTS = 12  # segments a page: about three minutes


@command("lives now")
async def now(asked: Asked, page: Page = FIRST) -> LiveList:
    """Lives running now"""
    async with asked.house.storage.reading() as work:
        rows = await work.lives.of_place(asked.place.id, running=True)
    shown, at, pages = page_of(rows, page)
    return LiveList(shown, at, pages, True, asked.house.clock.now())


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


@command("lives show")
async def show(asked: Asked, live: Live) -> LiveShown:
    """One live: summary, plot, hits, risk, clips"""
    return LiveShown(await asked.house.reporting.of(asked.place.id, live), live.status is not LiveStatus.ENDED)


@command("transcript open")
async def transcript_open(asked: Asked, transcript: Live, page: Page = FIRST) -> TranscriptShown:
    """Open one transcript"""
    shown, at, pages = page_of(await asked.house.exporting.segments(transcript), page, SEGMENTS)
    return TranscriptShown(transcript, shown, at, pages)


@command("transcript download")
async def transcript_download(asked: Asked, transcript: Live, format: Format) -> TranscriptFile:
    """Download a transcript"""
    return TranscriptFile(transcript, await asked.house.exporting.transcript(transcript, format))
