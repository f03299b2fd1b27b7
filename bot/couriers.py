"""Who delivers, and who minds places that are left; put together for app.py."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bot.house import House
from core.model.person import Platform
from core.ports.messenger import Messenger
from core.services.delivering import Delivering, Recognising
from core.services.leaving import Leaving
from core.settings import Settings


def courier_of(house: House, messengers: Mapping[Platform, Messenger]) -> tuple[Delivering, Leaving]:
    """Both; the chats say through the house's doors what happens to places."""
    settings, doors = house.settings, house.doors
    delivering = Delivering(house.storage, house.clock, messengers, owners=settings.owners)
    delivering.connected = house.speaks_on
    leaving = Leaving(house.storage, house.clock, delivering.reopened_place, plots_of(settings))
    doors.left, doors.back = leaving.left, leaving.back
    doors.reopened, doors.moved = delivering.reopened, delivering.moved
    doors.spent = lambda address: delivering.turns.spend(address, answers=True)
    doors.seen = Recognising(house.storage, house.clock).seen
    return delivering, leaving


def plots_of(settings: Settings) -> Callable[[str], Iterable[Path]]:
    """The pictures kept of a place's lives."""
    return lambda place: (settings.DATA_DIR / "plots").glob(f"*-{place.replace(':', '-')}.png")
