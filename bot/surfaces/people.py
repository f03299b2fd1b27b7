"""Who speaks from where, for every chat: places and people as they are stored, and what somebody may do there."""

from dataclasses import replace

from bot.house import House
from bot.wording import Words
from core.model.notice import Notice, Tellable
from core.model.person import Person, Place, Role, owner_of
from core.ports.store import Storage
from core.setting_values import LANGUAGES
from core.settings import Settings


async def place_of(house: House, place_id: str, name: str, language: str) -> Place:
    """The stored place, under the name it has now; one that is met for the first time speaks `language` (a code of the platform,
    e.g. `fr-FR`; unknown ones become LANGUAGE)."""
    settings = house.settings
    async with house.storage.reading() as work:
        known = await work.places.get(place_id)
    if known is not None:
        return replace(known, name=name) if name and name != known.name else known
    spoken = language_of(language) or settings.LANGUAGE
    return Place(place_id, name or place_id, spoken, settings.TIMEZONE, settings.RISK_THRESHOLD)


async def person_of(house: House, person_id: str, name: str, language: str) -> Person:
    """Somebody, in the language they chose, else that of their client, else LANGUAGE."""
    async with house.storage.reading() as work:
        chosen = await work.people.language(person_id)
    return Person(person_id, name, chosen or language_of(language) or house.settings.LANGUAGE)


async def words_for(storage: Storage, settings: Settings, notice: Notice) -> Words:
    """The words a notice is told in: the place's; those of the one person it is for, or whose private chat it goes to, where they
    chose a language."""
    reader = only_for(notice.tells()) or owner_of(notice.place)
    async with storage.reading() as work:
        place = await work.places.get(notice.place)
        chosen = await work.people.language(reader) if reader else ""
    if place is None:
        return Words(chosen or settings.LANGUAGE, settings.zone)
    return Words(chosen or place.language, place.zone)


def only_for(said: Tellable) -> str:
    """The one person something is for, empty for everybody."""
    return str(getattr(said, "only", ""))


def role_of(house: House, place: Place, person: str, theirs: Role) -> Role:
    """What `person` may do in `place`, where the platform gives them the right `theirs`: an owner of Earshot everything, a named
    reviewer at least what a moderator may, anybody in a place of their own what a manager may."""
    if person in house.settings.owners:
        return Role.OWNER
    if place.private:
        return Role.MANAGER
    return max(theirs, Role.MODERATOR) if person in place.reviewers else theirs


def language_of(code: str) -> str:
    """A language Earshot speaks, of a platform's code (`fr-FR`, `fr`); empty for any other."""
    short = code.partition("-")[0].lower()
    return short if short in LANGUAGES else ""
