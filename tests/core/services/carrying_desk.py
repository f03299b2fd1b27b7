"""What tests of files of settings stand on: who brings one, and the service with two regions to judge by."""

from core.model.pack import Pack, Packs
from core.model.person import Person
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.arming import Arming
from core.services.carrying import Carrying
from core.services.enacting import Enacting
from core.services.following import Following
from core.services.moderating.ruling import Ruling

MANAGER = Person("console:1", "Nadia")


def packs() -> Packs:
    """Those there are."""
    return Packs(tuple(Pack(name, 1, {"en": name}) for name in ("default", "france")))


def carrying_of(storage: Storage, clock: Clock, following: Following) -> Carrying:
    """All of it."""
    return Carrying(storage, clock, following, Arming(storage), Enacting(Ruling(storage, clock), packs))
