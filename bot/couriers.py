"""Who delivers, and who minds places that are left; put together for app.py."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bot.house import House
from core.model.person import Platform
from core.ports.messenger import Messenger
from core.ports.training import Trainer
from core.services.delivering import Delivering, Recognising
from core.services.leaving import Leaving
from core.settings import Settings


def courier_of(house: House, messengers: Mapping[Platform, Messenger]) -> tuple[Delivering, Leaving]:
    """Both; the chats say through the house's doors what happens to places. What a place has taught the judge inside moves and goes
    with it."""
    settings, doors, trainer = house.settings, house.doors, house.learning.trainer
    delivering = Delivering(house.storage, house.clock, messengers, owners=settings.owners)
    delivering.connected = house.speaks_on
    leaving = Leaving(house.storage, house.clock, delivering.reopened_place, files_of(settings, trainer))

    async def moved(old: str, new: str) -> None:
        await delivering.moved(old, new)
        await trainer.moved(old, new)

    doors.left, doors.back = leaving.left, leaving.back
    doors.reopened, doors.moved = delivering.reopened, moved
    doors.spent = lambda address: delivering.turns.spend(address, answers=True)
    doors.seen = Recognising(house.storage, house.clock).seen
    return delivering, leaving


def files_of(settings: Settings, trainer: Trainer) -> Callable[[str], Iterable[Path]]:
    """The pictures kept of a place's lives, and the folder of what it has taught."""
    return lambda place: (
        *(settings.DATA_DIR / "plots").glob(f"*-{place.replace(':', '-')}.png"),
        trainer.folder(place),
    )
