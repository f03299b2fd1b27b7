"""Arriving where people are: what is said once when Earshot is added to a server or group, and when it is taken back."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.house import House
from bot.replies.chats import Arrived, Returned
from bot.surfaces.people import language_of
from bot.wording import Words
from core.model.person import Place, platform_of


@dataclass(frozen=True)
class Arrival:
    """What is to be said, in which words."""

    said: Arrived | Returned
    words: Words


async def arrival(house: House, place_id: str, language: str) -> Arrival | None:
    """What is to be said in a place Earshot is added to; asked before its return is written down. `language` is the platform's
    code for a place nobody knows yet. None: it is set up and was not left, so there is nothing to say."""
    place = await _stored(house, place_id)
    if place is None:
        spoken = language_of(language) or house.settings.LANGUAGE
        return Arrival(Arrived(platform_of(place_id)), Words(spoken, ZoneInfo(house.settings.TIMEZONE)))
    words = Words(place.language, place.zone)
    if place.set_up is None:
        return Arrival(Arrived(place.platform), words)
    if place.left is None:
        return None
    return Arrival(Returned(len(await house.following.listed(place_id))), words)


async def overtaken(house: House, place_id: str, due: Arrival) -> bool:
    """Whether somebody has set the place up before it could be said what `/setup` is for."""
    place = await _stored(house, place_id)
    return isinstance(due.said, Arrived) and place is not None and place.set_up is not None


async def _stored(house: House, place_id: str) -> Place | None:
    async with house.storage.reading() as work:
        return await work.places.get(place_id)
