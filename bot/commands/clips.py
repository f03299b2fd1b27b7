"""Clips."""

from datetime import datetime

from bot.airing import not_live
from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, Page, Seconds, Text
from bot.paging import page_of
from bot.replies.clips import ClipAsked, ClipList
from core.model.account import Follow
from core.model.clip import BEFORE_SECONDS
from core.model.person import Role
from core.services.clipping import LONGEST


@command("clip save", Role.MODERATOR, quiet=False, records=True)
async def save(asked: Asked, account: Follow, seconds: Seconds | None = None, name: Text | None = None) -> ClipAsked:
    """Save the last seconds"""
    async with asked.house.storage.reading() as work:
        running = await work.lives.of_place(asked.place.id, account_id=account.account_id, running=True, limit=1)
    if not running:
        raise not_live(await asked.house.following.account(account), asked.house.clock.now())
    length = min(float(seconds or BEFORE_SECONDS), LONGEST)
    await asked.house.clipping.ask(running[0], asked.place.id, length, name or "", asked.person.name)
    return ClipAsked(running[0], length)


@command("clip list", Role.MODERATOR)
async def list_(
    asked: Asked, account: Follow | None = None, since: datetime | None = None, page: Page = FIRST
) -> ClipList:
    """Saved clips"""
    async with asked.house.storage.reading() as work:
        rows = await work.clips.of_place(asked.place.id, since=since, limit=500)
        if account is not None:
            lives = {
                live.id for live in await work.lives.of_place(asked.place.id, account_id=account.account_id, limit=500)
            }
            rows = [clip for clip in rows if clip.live_id in lives]
    shown, at, pages = page_of(rows, page)
    return ClipList(shown, at, pages)
