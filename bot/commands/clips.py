"""Clips: saved, listed, watched, kept, named anew, made longer, written down, deleted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.airing import meant, not_live
from bot.asked import Asked
from bot.command import command
from bot.commands.videos import Outcome, of_file
from bot.filters import again, moment, recalled
from bot.kinds import FIRST, UNSURE, Mark, Page, Seconds, Sure, Text
from bot.limiting import Wish
from bot.paging import page_of
from bot.replies.clips import (
    ClipAsked,
    ClipDecided,
    ClipDeleted,
    ClipList,
    ClipLonger,
    ClipLooked,
    ClipRenamed,
    ClipShown,
    ConfirmClipDelete,
)
from core.errors import Denied, Invalid, Missing
from core.model.account import Follow, Handle
from core.model.clip import BEFORE_SECONDS, Clip
from core.model.person import Role
from core.model.risk import Verdict
from core.model.screening import Matter, Screening, State
from core.model.tellable.screened import Screened
from core.services.clipping import LONGEST
from core.services.screening import may_look

LONGER = 10.0
"""Seconds a clip is made longer by, before and after."""

LARGEST, PART = 2_000_000_000, 1 << 20  # bytes of a clip that is written down, and of one read


@command("clip save", Role.MODERATOR, quiet=False, records=True)
async def save(
    asked: Asked, account: Follow, seconds: Seconds | None = None, name: Text | None = None, live: Mark | None = None
) -> ClipAsked:
    """Save the last seconds"""
    async with asked.house.storage.reading() as work:
        running = await work.lives.of_place(asked.place.id, account_id=account.account_id, running=True, limit=1)
    if not running:
        raise not_live(await asked.house.following.account(account), asked.house.clock.now())
    clipped, length = meant(running[0], live), min(float(seconds or BEFORE_SECONDS), LONGEST)
    await asked.house.clipping.ask(clipped, asked.place.id, length, name or "", asked.person.name)
    return ClipAsked(clipped, length)


@command("clip list", Role.MODERATOR)
async def list_(
    asked: Asked,
    account: Follow | None = None,
    since: datetime | None = None,
    name: Text | None = None,
    page: Page = FIRST,
) -> ClipList:
    """Saved clips"""
    raw = {"account": str(account.handle)} if account else {}
    raw |= {"since": moment(since)} if since else {}
    raw |= {"name": name} if name else {}
    handle, account_id = (account.handle, account.account_id) if account else (None, None)
    return await _listed(asked, raw, handle, account_id, since, name or "", page)


@command("clip page", Role.MODERATOR, offered=False)
async def page_(asked: Asked, number: Text, page: Page = FIRST) -> ClipList:
    """Another page of a list that is narrowed by much"""
    raw = await recalled(asked, "clip.list", number)
    handle = Handle(raw["account"]) if "account" in raw else None
    async with asked.house.storage.reading() as work:
        account = await work.accounts.by_handle(handle) if handle else None
    if handle and account is None:  # renamed since
        raise Missing("NOT_FOUND", x=f"@{handle}")
    since = datetime.fromisoformat(raw["since"]) if "since" in raw else None
    return await _listed(asked, raw, handle, account.id if account else None, since, raw.get("name", ""), page)


async def _listed(
    asked: Asked,
    raw: dict[str, str],
    handle: Handle | None,
    account_id: int | None,
    since: datetime | None,
    words: str,
    page: int,
) -> ClipList:
    async with asked.house.storage.reading() as work:
        found = await work.clips.find(asked.place.id, account_id=account_id, since=since, words=words)
        numbers, at, pages = page_of(found, page)
        rows = await work.clips.several(asked.place.id, numbers)
        screened = await work.screenings.several(asked.place.id, Matter.CLIP, numbers)
    key = await again(asked, "clip.list", "clip.page", raw) if pages > 1 else "clip.list"
    held = frozenset(number for number, one in screened.items() if not one.open)
    return ClipList(tuple(rows), at, pages, len(found), key, handle, since, words, held)


@command("clip show", Role.MODERATOR, offered=False)
async def show(asked: Asked, clip: Clip) -> ClipShown:
    """One clip, to watch"""
    return await _shown(asked, clip)


async def _shown(asked: Asked, clip: Clip) -> ClipShown:
    said, showing = await asked.house.curating.told(clip), asked.house.showing
    linked = showing is not None and said.open
    return ClipShown(replace(said, page=showing.link(clip.place, clip.id)) if showing and linked else said)


@command("clip look", Role.MODERATOR, offered=False)
async def look(asked: Asked, clip: Clip) -> ClipLooked:
    """Look at a clip that is held, alone"""
    async with asked.house.storage.reading() as work:
        screening = await work.screenings.of(asked.place.id, Matter.CLIP, clip.id)
        if screening is not None:
            await may_look(work, screening, asked.place, asked.person)
    return ClipLooked(await asked.house.curating.told(clip))


class Ruling(StrEnum):
    """What a person may say of a clip that is held."""

    SHOW = "show"
    HIDE = "hide"
    REOPEN = "reopen"


RULINGS = {
    Ruling.SHOW: Verdict.DISMISSED,
    Ruling.HIDE: Verdict.CONFIRMED,
    Ruling.REOPEN: Verdict.WAITING,
}


def as_shown(screening: Screening, ruling: Ruling, shown: str | None) -> None:
    """Raises Invalid ALERT_CHANGED (n) when another decision stands than the one whose Undo was pressed; older Undos do not say."""
    decided = ruling is Ruling.REOPEN and screening.state is not State.HELD
    if decided and shown and shown != Screened.of(screening).stands:
        raise Invalid("ALERT_CHANGED", n=screening.alert_id)


@command("clip decide", Role.MODERATOR, offered=False)
async def decide(asked: Asked, clip: Clip, ruling: Ruling, as_: Mark | None = None) -> ClipDecided:
    """Let a held clip be shown, or keep it away"""
    async with asked.house.storage.reading() as work:
        screening = await work.screenings.of(asked.place.id, Matter.CLIP, clip.id)
        waiting = screening.alert_id if screening is not None else None
        alert = await work.alerts.get(asked.place.id, waiting) if waiting is not None else None
    if alert is None or screening is None:
        raise Missing("NOT_FOUND", x=clip.shown)
    as_shown(screening, ruling, as_)
    reviewing, late = asked.house.reviewing, asked.role >= Role.MANAGER
    decided, _ = await reviewing.decide(asked.place, alert, RULINGS[ruling], asked.person, late=late)
    proposed = ruling is not Ruling.REOPEN and decided.verdict is Verdict.WAITING
    return ClipDecided(await asked.house.curating.told(clip), proposed)


@command("clip keep", Role.MODERATOR, offered=False, in_place=True)
async def keep(asked: Asked, clip: Clip, kept: bool) -> ClipShown:
    """Keep a clip when others of its age go, or let it go with them"""
    return await _shown(asked, await asked.house.curating.keep(clip, kept=kept))


@command("clip longer", Role.MODERATOR, offered=False, records=True)
async def longer(asked: Asked, clip: Clip) -> ClipLonger:
    """Make a clip longer, while what is around it is still there"""
    await asked.house.clipping.longer(asked.place.id, clip, LONGER, LONGER)
    return ClipLonger(clip)


@command("clip transcribe", Role.MODERATOR, offered=False, wish=Wish.ENQUEUE, quiet=False)
async def transcribe(asked: Asked, clip: Clip) -> Outcome:
    """Turn what is said in a clip into text"""
    if not (await asked.house.curating.told(clip)).open:
        raise Denied("CLIP_HELD", x=clip.shown)
    return await of_file(asked, clip.shown, _bytes(clip.path), LARGEST)


async def _bytes(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while part := await asyncio.to_thread(file.read, PART):
            yield part


@command("clip rename", Role.MODERATOR)
async def rename(asked: Asked, clip: Clip, name: Text) -> ClipRenamed:
    """Rename a clip"""
    return ClipRenamed(await asked.house.curating.rename(clip, name), clip.shown)


@command("clip delete", Role.MODERATOR)
async def delete(asked: Asked, clip: Clip, sure: Sure = UNSURE) -> ConfirmClipDelete | ClipDeleted:
    """Delete a clip file"""
    if not sure:
        return ConfirmClipDelete(clip)
    await asked.house.curating.delete(clip, asked.person)
    return ClipDeleted(clip)
