"""What concerns the asker alone."""

from enum import StrEnum

from bot.asked import Asked
from bot.command import command
from bot.commands.settings import Tongue
from bot.replies.me import MySettings
from core.model.person import Platform


class Sync(StrEnum):
    """Whether new videos of one's own are transcribed by themselves."""

    AUTO = "auto"
    MANUAL = "manual"


@command("me settings")
async def settings(asked: Asked) -> MySettings:
    """Your language, time zone and notices"""
    return await _settings(asked)


@command("me sync", offered=False)
async def sync(asked: Asked, how: Sync) -> MySettings:
    """Whether new videos of yours are transcribed by themselves"""
    await asked.house.linking.choose(asked.person.id, how is Sync.AUTO)
    return await _settings(asked)


@command("me speak", offered=False)
async def speak(asked: Asked, language: Tongue) -> MySettings:
    """The language you are answered in"""
    async with asked.house.storage.work() as work:
        await work.people.speaks(asked.person.id, language.value)
    return await _settings(asked)


async def _settings(asked: Asked) -> MySettings:
    async with asked.house.storage.reading() as work:
        link = await work.links.of_person(asked.person.id)
        chosen = "" if asked.place.platform is Platform.CONSOLE else await work.people.language(asked.person.id)
    place, sign_in = asked.place, asked.house.linking.official is not None
    return MySettings(
        link, sign_in, chosen or asked.person.language, place.time_zone, place.platform, chosen=bool(chosen)
    )
