"""What concerns the asker alone."""

from enum import StrEnum

from bot.asked import Asked
from bot.command import command
from bot.replies.me import MySettings
from core.model.link import Link


class Sync(StrEnum):
    """Whether new videos of one's own are transcribed by themselves."""

    AUTO = "auto"
    MANUAL = "manual"


@command("me settings")
async def settings(asked: Asked) -> MySettings:
    """Your language, time zone and notices"""
    async with asked.house.storage.reading() as work:
        return _settings(asked, await work.links.of_person(asked.person.id))


@command("me sync", offered=False)
async def sync(asked: Asked, how: Sync) -> MySettings:
    """Whether new videos of yours are transcribed by themselves"""
    return _settings(asked, await asked.house.linking.choose(asked.person.id, how is Sync.AUTO))


def _settings(asked: Asked, link: Link | None) -> MySettings:
    place, sign_in = asked.place, asked.house.linking.official is not None
    return MySettings(link, sign_in, asked.person.language, place.time_zone, place.platform)
