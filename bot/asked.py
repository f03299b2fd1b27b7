"""Who asks, where, with what right: the first argument of every command."""

from dataclasses import dataclass

from bot.house import House
from bot.wording import Words
from core.model.person import Address, Person, Place, Role


@dataclass(frozen=True)
class Asked:
    """One person's wish in one place. `address` is where in the place it was said: answers and default posts go there."""

    house: House
    person: Person
    place: Place
    role: Role
    address: Address

    @property
    def words(self) -> Words:
        """The asker's own language, in the place's time zone."""
        return Words(self.person.language, self.place.zone)
