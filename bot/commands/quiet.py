"""When a place does not want to be disturbed."""

from bot.asked import Asked
from bot.command import command
from bot.manners import Hours
from bot.replies.quiet import QuietShown
from core.model.person import Place, Role


@command("settings hours", Role.MANAGER, offered=False)
async def hours(asked: Asked, hours: Hours) -> QuietShown:
    """The quiet hours here"""
    return await quieted(asked, hours)


async def quieted(asked: Asked, hours: Hours) -> QuietShown:
    """What was held by then is told all the same (see holding)."""
    start, end = (hours.quiet.start, hours.quiet.end) if hours.quiet else (None, None)
    return panel(asked, await asked.house.settling.change(asked.place, quiet_from=start, quiet_until=end))


def panel(asked: Asked, place: Place) -> QuietShown:
    """The section as it is now."""
    now, quiet = asked.house.clock.now(), place.quiet_hours
    running = place.quiet_at(now)
    return QuietShown(place, running, quiet.coming(now, place.zone) if quiet and not running else None)
