"""How the posts of a place look."""

from enum import StrEnum

from bot.asked import Asked
from bot.command import command
from bot.manners import StartLine
from bot.replies.looks import LooksShown
from core.model.person import Role


class Plots(StrEnum):
    """For which chats plots are drawn."""

    LIGHT = "light"
    DARK = "dark"


@command("settings plots", Role.MANAGER, offered=False)
async def plots(asked: Asked, plots: Plots) -> LooksShown:
    """Light or dark plots"""
    return await plotted(asked, plots)


@command("settings line", Role.MANAGER, offered=False)
async def line(asked: Asked, line: StartLine) -> LooksShown:
    """A line of your own under the start of a live"""
    return await lined(asked, line)


async def plotted(asked: Asked, plots: Plots) -> LooksShown:
    """From the next plot on."""
    return LooksShown(await asked.house.settling.change(asked.place, dark=plots is Plots.DARK))


async def lined(asked: Asked, line: StartLine) -> LooksShown:
    """From the next live on."""
    return LooksShown(await asked.house.settling.change(asked.place, start_text=str(line)))
