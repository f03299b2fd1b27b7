"""Reviewing alerts."""

from enum import StrEnum

from bot.asked import Asked
from bot.command import command
from bot.kinds import Text
from bot.replies.reviews import AlertShown
from core.errors import Missing
from core.model.person import Role
from core.model.risk import Alert, Verdict
from core.services.assessing import raised


class Decision(StrEnum):
    """What a person may say to an alert."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REOPEN = "reopen"


VERDICTS = {
    Decision.CONFIRM: Verdict.CONFIRMED,
    Decision.DISMISS: Verdict.DISMISSED,
    Decision.REOPEN: Verdict.WAITING,
}


@command("review next", Role.MODERATOR)
async def next_(asked: Asked) -> AlertShown:
    """The next alert waiting for a person"""
    found = await asked.house.reviewing.next(asked.place)
    if found is None:
        raise Missing("NOTHING_WAITING")
    alert, live = found
    return AlertShown(raised(alert, live.handle))


@command("review show", Role.MODERATOR, offered=False)
async def show(asked: Asked, alert: Alert) -> AlertShown:
    """One alert as it stands"""
    async with asked.house.storage.reading() as work:
        live = await work.lives.get(alert.live_id)
    return AlertShown(raised(alert, live.handle if live else ""))


@command("review send", Role.MODERATOR, offered=False)
async def send(asked: Asked, post: Text) -> AlertShown:
    """Send a post about a live to review"""
    alert, live = await asked.house.reviewing.send(asked.place, post, asked.person)
    return AlertShown(raised(alert, live.handle))


@command("review decide", Role.MODERATOR, in_place=True)
async def decide(asked: Asked, alert: Alert, verdict: Decision, note: Text | None = None) -> AlertShown:
    """Decide an alert with a note"""
    reviewing = asked.house.reviewing
    decided, live = await reviewing.decide(asked.place, alert, VERDICTS[verdict], asked.person, note or "")
    return AlertShown(raised(decided, live.handle))
