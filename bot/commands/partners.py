"""Places that decide together."""

from bot.asked import Asked
from bot.command import command
from bot.kinds import Text
from bot.replies.partners import PartnersShown
from core.model.person import Role
from core.services.reviewing.partnering import VALID


@command("settings code", Role.MANAGER, offered=False)
async def code(asked: Asked) -> PartnersShown:
    """A code to link another place with this one"""
    made = await asked.house.partnering.code(asked.place)
    shown = await panel(asked)
    return PartnersShown(shown.place, shown.partners, made, VALID.seconds // 60)


@command("settings join", Role.MANAGER, offered=False)
async def join(asked: Asked, code: Text) -> PartnersShown:
    """Link this place with the one a code comes from"""
    return PartnersShown(
        asked.place, tuple(await asked.house.partnering.join(asked.place, asked.person, code)), linked=True
    )


@command("settings part", Role.MANAGER, offered=False)
async def part(asked: Asked) -> PartnersShown:
    """Link this place with nobody any more"""
    await asked.house.partnering.leave(asked.place, asked.person)
    return await panel(asked)


async def panel(asked: Asked) -> PartnersShown:
    """The section as it is now."""
    return PartnersShown(asked.place, tuple(await asked.house.partnering.of(asked.place)))
