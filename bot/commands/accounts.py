"""Following accounts."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.asked import Asked
from bot.channels import Channel, PingRole
from bot.command import command
from bot.kinds import FIRST, UNSURE, Language, Page, Share, Sure
from bot.paging import page_of
from bot.replies.accounts import (
    AccountChecked,
    AccountEdited,
    AccountPaused,
    AccountResumed,
    AccountShown,
    Bringing,
    ConfirmUnfollow,
    FollowBack,
    Followed,
    FollowingList,
    ListBrought,
    SettingsFile,
    Unfollowed,
)
from bot.times import Spell
from core.errors import EarshotError
from core.model.account import AccountStatus, Follow, Handle
from core.model.person import Address, Platform, Role
from core.services.carried import Carried
from core.services.finding.pacing import Pace, paces
from core.services.following import Wishes


class LiveEngine(StrEnum):
    """What turns the speech of an account's lives into text; `auto` is the installation's choice."""

    AUTO = "auto"
    CAPTIONS = "captions"
    GROQ = "groq"
    WHISPER = "whisper"


TOLD_EVERY = timedelta(seconds=3)  # between two words about a list that is being brought in


@command("following")
async def following(asked: Asked, account: Follow | None = None, page: Page = FIRST) -> FollowingList | AccountShown:
    """Who is followed here, and who is live"""
    if account is not None:
        return await _card(asked, account)
    house, now = asked.house, asked.house.clock.now()
    rows = await house.following.listed(asked.place.id)
    async with house.storage.reading() as work:
        watched = len(await work.lives.of_place(asked.place.id, running=True))
    pace = await _pace(asked)
    slowed = sum(account.id in pace.quiet for _, account in rows) if pace.slowed else 0
    shown, at, pages = page_of(rows, page)
    limit = house.settings.MAX_ACCOUNTS
    return FollowingList(shown, len(rows), limit, at, pages, now, watched, slowed, pace.slow)


@command("follow", Role.MANAGER, begins=True, quiet=False)
async def follow(
    asked: Asked,
    account: Handle,
    channel: Channel | None = None,
    role: PingRole | None = None,
    language: Language | None = None,
    transcript: bool = False,
    risk: Share | None = None,
) -> Followed:
    """Follow a TikTok account and post its lives here"""
    house = asked.house
    wishes = Wishes(language or "", transcript, risk, role or "")
    address = channel or _usual(asked)
    made, n = await house.following.follow(asked.place, account, address, wishes, said=channel is not None)
    armed = await house.arming.listed(asked.place.id, made.account_id)
    live = (await house.following.account(made)).status is AccountStatus.LIVE
    every = (await _pace(asked)).of(made.account_id)
    goes = await house.following.goes(made)
    face = await _face(asked, made.handle)
    return Followed(made, n, house.settings.MAX_ACCOUNTS, len(armed), every, asked.address, live, goes, face)


@command("unfollow", Role.MANAGER)
async def unfollow(asked: Asked, account: Follow, sure: Sure = UNSURE) -> ConfirmUnfollow | Unfollowed:
    """Stop following an account"""
    if not sure:
        return ConfirmUnfollow(account)
    return Unfollowed(await asked.house.following.unfollow(account))


@command("unfollow undo", Role.MANAGER, offered=False, begins=True)
async def unfollow_undo(asked: Asked, number: int) -> FollowBack:
    """Follow an account again, as before"""
    return FollowBack(await asked.house.following.restore(asked.place.id, number))


@command("account edit", Role.MANAGER)
async def edit(
    asked: Asked,
    account: Follow,
    channel: Channel | None = None,
    role: PingRole | None = None,
    language: Language | None = None,
    transcript: bool | None = None,
    risk: Share | None = None,
    chat: bool | None = None,
    clips: bool | None = None,
    videos: bool | None = None,
    engine: LiveEngine | None = None,
) -> AccountEdited | AccountShown:
    """Change how one account is followed"""
    given: dict[str, Any] = {
        "address": channel,
        "ping": role,
        "language": language,
        "transcript": transcript,
        "risk": risk,
        "chat": chat,
        "clips": clips,
        "videos": videos,
        "engine": None if engine is None else "" if engine is LiveEngine.AUTO else engine.value,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    if replace(account, **wanted) == account:
        return await _card(asked, account, editing=True)
    return AccountEdited(account, await asked.house.following.change(asked.place, account, asked.person, **wanted))


@command("account pause", Role.MANAGER)
async def pause(asked: Asked, account: Follow, for_: Spell | None = None) -> AccountPaused:
    """Pause an account, for a time or until resumed"""
    return AccountPaused(await asked.house.following.pause(account, for_))


@command("account resume", Role.MANAGER)
async def resume(asked: Asked, account: Follow) -> AccountResumed:
    """Resume an account"""
    resumed = await asked.house.following.resume(account)
    return AccountResumed(resumed, (await _pace(asked)).of(resumed.account_id))


@command("account check", Role.MANAGER)
async def check(asked: Asked, account: Follow) -> AccountChecked:
    """Look now whether it is live"""
    following = asked.house.following
    try:
        reading = await following.check(account)
    except EarshotError as error:
        return AccountChecked(await following.account(account), None, error.code, asked.house.clock.now())
    face = await _face(asked, account.handle)
    return AccountChecked(reading.account, reading, "", asked.house.clock.now(), face)


@command("account import", Role.MANAGER, begins=True)
async def import_(asked: Asked, list_: Carried, channel: Channel | None = None) -> ListBrought:
    """Follow many from a list"""
    house, last = asked.house, asked.house.clock.now()

    async def told(done: int, of: int) -> None:
        nonlocal last
        if house.clock.now() - last >= TOLD_EVERY:
            last = house.clock.now()
            await asked.meanwhile(Bringing(done, of))

    brought = await house.carrying.bring(
        asked.place, asked.person, list_, channel or _usual(asked), everywhere=channel is not None, told=told
    )
    n = len(await house.following.listed(asked.place.id))
    return ListBrought(brought, n, house.settings.MAX_ACCOUNTS)


@command("account export", Role.MANAGER)
async def export(asked: Asked) -> SettingsFile:
    """Everything set here as a file"""
    return SettingsFile(await asked.house.carrying.export(asked.place))


def _usual(asked: Asked) -> Address:
    """Where an account's posts go that nobody says more about: on Discord the place's own channel, since a command is often
    typed in one that only a few read; elsewhere the chat, topic or prompt it was said in."""
    own = asked.place.address if asked.place.platform is Platform.DISCORD else ""
    return own or asked.address


async def _pace(asked: Asked) -> Pace:
    """How often accounts are looked at, as whoever looks reckons it."""
    house, now = asked.house, asked.house.clock.now()
    async with house.storage.reading() as work:
        active = {follow.account_id for follow in await work.follows.all() if follow.active(now)}
        looked_at = [account for account in await work.follows.followed() if account.id in active]
        return await paces(work, looked_at, now, house.settings.LOOK_EVERY)


async def _card(asked: Asked, follow: Follow, *, editing: bool = False) -> AccountShown:
    now: datetime = asked.house.clock.now()
    following = asked.house.following
    account, goes = await following.account(follow), await following.goes(follow)
    face = await _face(asked, follow.handle)
    return AccountShown(follow, account, now, asked.role >= Role.MANAGER, editing, goes, face)


async def _face(asked: Asked, handle: Handle) -> str:
    """The picture of an account, fetched only for those who are shown it (see `Card.face`)."""
    return await asked.house.portraying.of(handle) if asked.place.platform is Platform.DISCORD else ""
