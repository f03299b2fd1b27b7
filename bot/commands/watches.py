"""Steering the watch of one live."""

from datetime import timedelta

from bot.airing import OnAir, meant
from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, Mark, Page, Text
from bot.replies.watches import Marked, WatchBegun, WatchGoesOn, WatchLog, WatchMuted, WatchStopped
from bot.times import Spell, Until
from core.model.account import Handle
from core.model.live import Live
from core.model.person import Role
from core.services.lives.minding import LogKind

MUTED_FOR = timedelta(minutes=30)


@command("watch start", Role.MODERATOR, begins=True, quiet=False)
async def start(asked: Asked, account: Handle, until: Until | None = None) -> WatchBegun:
    """Watch a live that is not followed"""
    return WatchBegun(await asked.house.minding.start(asked.place, account, asked.address, until))


@command("watch stop", Role.MODERATOR)
async def stop(asked: Asked, account: OnAir, live: Mark | None = None) -> WatchStopped:
    """Stop watching a live now"""
    stopped = meant(account.live, live)
    await asked.house.minding.stop(asked.place.id, stopped, asked.person)
    return WatchStopped(stopped, asked.person.name)


@command("watch undo", Role.MODERATOR, offered=False)
async def undo(asked: Asked, live: Live) -> WatchGoesOn:
    """Watch a live again that was stopped here"""
    await asked.house.minding.go_on(asked.place.id, live, asked.person)
    return WatchGoesOn(live)


@command("watch mute", Role.MODERATOR)
async def mute(asked: Asked, account: OnAir, for_: Spell | None = None, live: Mark | None = None) -> WatchMuted:
    """No alerts from this live for a time"""
    muted, length = meant(account.live, live), for_ or MUTED_FOR
    least = live is not None  # a button says how long at least, who types it how long exactly
    until = await asked.house.minding.mute(asked.place.id, muted, length, asked.person, least=least)
    return WatchMuted(muted, until)


@command("watch mark", Role.MODERATOR, records=True)
async def mark(asked: Asked, account: OnAir, note: Text | None = None) -> Marked:
    """Put a mark with a note at this moment"""
    entry = await asked.house.minding.mark(asked.place.id, account.live, note or "", asked.person.name)
    return Marked(account.live, entry)


@command("watch log", Role.MODERATOR, records=True)
async def log(asked: Asked, account: Handle | None = None, kind: LogKind = LogKind.ALL, page: Page = FIRST) -> WatchLog:
    """What happened in the watches here, newest first"""
    account_id = None
    if account is not None:
        async with asked.house.storage.reading() as work:
            known = await work.accounts.by_handle(account)
        account_id = known.id if known else 0
    rows, at, more = await asked.house.minding.log(asked.place.id, account_id, kind, page, whole=asked.whole)
    return WatchLog(rows, account, kind, at, more)
