"""The first steps of a place: one panel that moves. What was done is stored at once; nothing is kept in memory."""

from dataclasses import replace

from bot.asked import Asked
from bot.channels import Channel
from bot.command import command
from bot.kinds import FIRST, Page
from bot.replies.chats import ChatWanted
from bot.replies.setup import SetupShown
from core.model.account import Handle
from core.model.person import Role
from core.services.following import Wishes

CHANNEL, ACCOUNT, MANNER, TEST = Page(1), Page(2), Page(3), Page(4)
NO_STEP = Page(0)


@command("setup", Role.MANAGER)
async def setup(asked: Asked, step: Page = FIRST) -> SetupShown:
    """Set the bot up here, in four steps"""
    place = await asked.house.settling.begin(asked.place, asked.person, asked.address)
    return await step_of(replace(asked, place=place), step, may=place.address != asked.place.address)


@command("setup here", Role.MANAGER, offered=False)
async def setup_here(asked: Asked) -> SetupShown:
    """Post where this was asked"""
    return await _addressed(asked, asked.address)


@command("setup channel", Role.MANAGER, offered=False)
async def setup_channel(asked: Asked, channel: Channel) -> SetupShown:
    """Post in a channel"""
    return await _addressed(asked, channel)


@command("setup elsewhere", Role.MANAGER, offered=False)
async def setup_elsewhere(asked: Asked) -> ChatWanted:
    """Set up a channel or a group from the private chat"""
    return ChatWanted()


@command("setup account", Role.MANAGER, offered=False, begins=True)
async def setup_account(asked: Asked, account: Handle) -> SetupShown:
    """Follow the first account"""
    address = asked.place.address or asked.address
    follow, _ = await asked.house.following.follow(asked.place, account, address, Wishes())
    return await step_of(asked, MANNER, followed=follow.handle)


@command("setup test", Role.MANAGER, offered=False, begins=True)
async def setup_test(asked: Asked) -> SetupShown:
    """Send a test post"""
    await asked.house.settling.test(asked.place, asked.place.address or asked.address, asked.person)
    return await step_of(asked, TEST, tested=True)


async def step_of(
    asked: Asked, step: Page, *, may: bool = False, followed: Handle | None = None, tested: bool = False
) -> SetupShown:
    """The panel at a step; one that is not there becomes the nearest. `may`: it was seen just now that posts may go there; the
    platform answers such questions a few times in 5 s."""
    place, house = asked.place, asked.house
    at = min(max(CHANNEL, step), TEST)
    missing: tuple[str, ...] = ()
    if at == CHANNEL and not may:
        missing = await house.settling.missing(place, place.address or asked.address)
    n = len(await house.following.listed(place.id))
    return SetupShown(place, at, asked.address, missing, n, followed, tested)


async def _addressed(asked: Asked, address: str) -> SetupShown:
    place = await asked.house.settling.begin(asked.place, asked.person, address)
    place = await asked.house.settling.change(place, address=str(address))
    return await step_of(replace(asked, place=place), CHANNEL, may=True)
