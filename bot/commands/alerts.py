"""How loudly a place is told, and whom it calls when a live begins."""

from bot.asked import Asked
from bot.channels import PingRole
from bot.command import command
from bot.replies.alerts import AlertsShown
from core.errors import Invalid
from core.model.feed import Event
from core.model.person import Role


@command("settings sound", Role.MANAGER, offered=False)
async def sound(asked: Asked, event: Event, sound: bool) -> AlertsShown:
    """Tell an event with a sound, or without one"""
    return await sounded(asked, event, on=sound)


@command("settings ping", Role.MANAGER, offered=False)
async def ping(asked: Asked, role: PingRole | None = None) -> AlertsShown:
    """Which role is called when a live begins"""
    return AlertsShown(asked.place) if role is None else await called(asked, role)


async def sounded(asked: Asked, event: Event, *, on: bool) -> AlertsShown:
    """Raises Invalid RISK_SOUNDS."""
    return AlertsShown(await asked.house.settling.sound(asked.place, event, on=on))


async def called(asked: Asked, role: PingRole) -> AlertsShown:
    """Empty: nobody is called. Raises Invalid ROLE where nobody could be."""
    if role and asked.place.private:
        raise Invalid("ROLE", x=role)
    return AlertsShown(await asked.house.settling.change(asked.place, ping=str(role)))
