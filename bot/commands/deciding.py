"""Of which alerts a place wants two people to say the same."""

from bot.asked import Asked
from bot.command import command
from bot.replies.deciding import TwoShown
from core.model.person import Role, Two


@command("settings two", Role.MANAGER, offered=False)
async def two(asked: Asked, two: Two | None = None) -> TwoShown:
    """Which alerts take two people"""
    return TwoShown(asked.place) if two is None else await paired(asked, two)


async def paired(asked: Asked, two: Two) -> TwoShown:
    """Raises Invalid ONE_PERSON."""
    return TwoShown(await asked.house.settling.change(asked.place, asked.person, two=two))
