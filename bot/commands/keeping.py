"""How long clips, and what was said and written in lives, are kept."""

from bot.asked import Asked
from bot.command import command
from bot.kinds import UNSURE, Sure
from bot.manners import Keep
from bot.replies.keeping import ConfirmKeep, KeepingShown
from core.model.keep import Matter
from core.model.person import Role


@command("settings keep", Role.MANAGER, offered=False)
async def kept(asked: Asked, keep: Matter, for_: Keep, sure: Sure = UNSURE) -> KeepingShown | ConfirmKeep:
    """How long something is kept here"""
    return await change(asked, keep, for_, sure=bool(sure))


async def change(asked: Asked, matter: Matter, wanted: Keep, *, sure: bool) -> KeepingShown | ConfirmKeep:
    """Asks first where something would be deleted. Raises Invalid KEPT_LONG (m)."""
    ageing = asked.house.tidying.ageing
    n = 0 if sure else await ageing.doomed(asked.place, matter, wanted.length)
    if n and wanted.length is not None:
        return ConfirmKeep(matter, wanted.length, n)
    await ageing.change(asked.place, matter, wanted.length)
    return await panel(asked)


async def panel(asked: Asked) -> KeepingShown:
    """The section of the settings."""
    async with asked.house.storage.reading() as work:
        n, size = await work.clips.weight(asked.place.id)
    return KeepingShown(await asked.house.tidying.ageing.kept(asked.place), n, size)
