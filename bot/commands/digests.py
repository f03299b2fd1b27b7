"""The digest: shown now, and how it comes by itself."""

from datetime import UTC, datetime, time
from enum import StrEnum

from bot.asked import Asked
from bot.channels import Channel
from bot.command import command
from bot.replies.digests import DigestPanel, DigestSet, DigestShown, DigestTable
from core.errors import Missing
from core.model.digest import Every
from core.model.person import Platform, Role


class When(StrEnum):
    """What to do about the digest."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


@command("digest", Role.MANAGER)
async def digest(
    asked: Asked, when: When | None = None, at: time | None = None, channel: Channel | None = None
) -> DigestShown | DigestSet:
    """The daily digest: see it now, or set when it comes"""
    digesting = asked.house.digesting
    if when is When.NOW or (when is None and at is None and channel is None):
        return DigestShown(*await digesting.of(asked.place))
    every = None if when is None else Every(when)
    here = asked.address if asked.place.platform is Platform.TELEGRAM else ""  # there one writes where posts should go
    goes = channel or here
    if goes and every is not Every.OFF:
        await asked.house.following.postable(asked.place, goes)
    return DigestSet(*await digesting.change(asked.place, every, at, goes))


@command("digest table", Role.MODERATOR, offered=False)
async def table(asked: Asked, since: int, until: int) -> DigestTable:
    """What a digest counted, as a table"""
    try:
        began, ended = (datetime.fromtimestamp(second, UTC) for second in (since, until))
    except (OverflowError, ValueError, OSError) as error:
        raise Missing("NOT_FOUND", x=f"{since}") from error
    return DigestTable(await asked.house.digesting.table(asked.place, began, ended))


@command("settings digest", Role.MANAGER, offered=False)
async def rhythm(asked: Asked, when: Every) -> DigestPanel:
    """How often the digest comes"""
    return await _changed(asked, when, None)


@command("settings time", Role.MANAGER, offered=False)
async def hour(asked: Asked, at: time) -> DigestPanel:
    """At what time the digest comes"""
    return await _changed(asked, None, at)


async def panel(asked: Asked) -> DigestPanel:
    """The section of the settings."""
    how, address = await asked.house.digesting.rhythm(asked.place)
    return DigestPanel(how, address, how.coming(asked.house.clock.now(), asked.place.zone))


async def _changed(asked: Asked, every: Every | None, at: time | None) -> DigestPanel:
    """It stays where it goes; where nobody has said where, it goes here."""
    _, known = await asked.house.digesting.rhythm(asked.place)
    goes = "" if known or every is Every.OFF else asked.address
    if goes:
        await asked.house.following.postable(asked.place, goes)
    await asked.house.digesting.change(asked.place, every, at, goes)
    return await panel(asked)
