"""Following accounts."""

from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, UNSURE, Language, Page, Share, Sure
from bot.paging import page_of
from bot.replies.accounts import ConfirmUnfollow, FollowBack, Followed, FollowingList, Unfollowed
from core.model.account import Follow, Handle
from core.model.person import Role
from core.services.following import Wishes


@command("following")
async def following(asked: Asked, account: Follow | None = None, page: Page = FIRST) -> FollowingList:
    """Who is followed here, and who is live"""
    rows = await asked.house.following.listed(asked.place.id)
    limit, n = asked.house.settings.MAX_ACCOUNTS, len(rows)
    if account is not None:
        rows = [row for row in rows if row[0].id == account.id]
    shown, at, pages = page_of(rows, page)
    return FollowingList(shown, n, limit, at, pages)


@command("follow", Role.MANAGER)
async def follow(
    asked: Asked, account: Handle, language: Language | None = None, transcript: bool = True, risk: Share | None = None
) -> Followed:
    """Follow a TikTok account and post its lives here"""
    house = asked.house
    wishes = Wishes(language or "", transcript, risk)
    made, n = await house.following.follow(asked.place, account, asked.address, wishes)
    armed = await house.arming.listed(asked.place.id, made.account_id)
    return Followed(made, n, house.settings.MAX_ACCOUNTS, len(armed), house.settings.LOOK_EVERY)


@command("unfollow", Role.MANAGER)
async def unfollow(asked: Asked, account: Follow, sure: Sure = UNSURE) -> ConfirmUnfollow | Unfollowed:
    """Stop following an account"""
    if not sure:
        return ConfirmUnfollow(account)
    return Unfollowed(await asked.house.following.unfollow(account))


@command("unfollow undo", Role.MANAGER, offered=False)
async def unfollow_undo(asked: Asked, number: int) -> FollowBack:
    """Follow an account again, as before"""
    return FollowBack(await asked.house.following.restore(asked.place.id, number))
