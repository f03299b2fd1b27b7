"""People's own TikTok accounts, and the wish not to be watched."""

from bot.asked import Asked
from bot.command import command
from bot.kinds import UNSURE, Picks, Sure
from bot.limiting import Wish
from bot.replies.tiktok import (
    ConfirmDisconnect,
    ConfirmOptOut,
    Disconnected,
    OptedOut,
    OptOutCode,
    OwnVideoList,
    SignInLink,
    VideosAsked,
)
from core.errors import Denied
from core.model.account import Handle
from core.model.person import Role


@command("tiktok connect", wish=Wish.SIGN_IN)
async def connect(asked: Asked) -> SignInLink:
    """Link your own TikTok account"""
    linking = asked.house.linking
    if linking.lacks and asked.role is Role.OWNER:
        raise Denied("OAUTH_LACKS", list=", ".join(linking.lacks))
    return SignInLink(await linking.connect(asked.place, asked.person, asked.address))


@command("tiktok videos", wish=Wish.SYNC)
async def videos(asked: Asked, pick: Picks | None = None, cursor: int = 0) -> OwnVideoList | VideosAsked:
    """Your latest 20 videos: pick and transcribe"""
    if pick:
        return await _picked(asked, pick, cursor)
    page = await asked.house.syncing.page(asked.person.id, cursor)
    return OwnVideoList(page.videos, page.here, page.cursor, first=not cursor)


@command("tiktok pick", offered=False, wish=Wish.ENQUEUE)
async def pick(asked: Asked, videos: Picks, cursor: int = 0) -> VideosAsked:
    """Transcribe some of your own videos"""
    return await _picked(asked, videos, cursor)


@command("tiktok disconnect")
async def disconnect(asked: Asked, sure: Sure = UNSURE) -> ConfirmDisconnect | Disconnected:
    """Unlink and forget the tokens"""
    linking = asked.house.linking
    if not sure:
        return ConfirmDisconnect((await linking.of(asked.person.id)).name)
    link, revoked = await linking.let_go(asked.person.id)
    return Disconnected(link.name, revoked)


@command("tiktok optout", wish=Wish.SIGN_IN)
async def optout(
    asked: Asked, account: Handle, sure: Sure = UNSURE, written: Sure = UNSURE
) -> OptOutCode | ConfirmOptOut | OptedOut:
    """Ask that your TikTok account is never watched here"""
    objecting = asked.house.objecting
    if await objecting.refused(account, ""):
        return OptedOut(account, 0)
    if sure:
        return OptedOut(account, await objecting.object(asked.person, account))
    proof = await objecting.proof(asked.person, account)
    if proof is not None:
        return ConfirmOptOut(account, proof)
    if written:
        raise Denied("OPTOUT_PROOF", x=account)
    code = await objecting.code(asked.place, asked.person, asked.address, account)
    return OptOutCode(account, code.text, code.until, asked.house.linking.official is not None)


async def _picked(asked: Asked, wanted: Picks, cursor: int) -> VideosAsked:
    return VideosAsked(await asked.house.syncing.pick(asked.place, asked.person, asked.address, wanted, cursor))
