"""Who asks, where, with what right: the first argument of every command."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.house import House
from bot.wording import Words
from core.model.person import Address, Person, Place, Platform, Role


async def _nothing(reply: Any) -> None:
    pass


@dataclass(frozen=True)
class Attachment:
    """A file handed over with a command: its own name, its size in bytes as the platform says, and its bytes as they come. `most`:
    bytes this installation takes of such a file, where that is more than is usual on the platform."""

    name: str
    size: int
    fetch: Callable[[], AsyncIterator[bytes]]
    most: int = 0


@dataclass(frozen=True)
class Pointed:
    """Somebody who is pointed at rather than named: by a reply to what they wrote, by a mention, or in a picker. `number` stands
    for them in the command. A `bot`, or a chat in whose name somebody writes (`hidden`), is nobody who could be named."""

    number: str
    name: str
    bot: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Asked:
    """One person's wish in one place. `address` is where in the place it was said: answers and default posts go there.
    `reply_at` is the address of the very reply to it, for what becomes of it later; empty where a reply cannot change.
    `meanwhile` shows how far something is that takes longer, in the place of the reply to come. `pointed` is whom it points at,
    where a value of the command stands for them. `aside`: asked in a chat that reads every answer, and answered where only the
    asker reads it."""

    house: House
    person: Person
    place: Place
    role: Role
    address: Address
    reply_at: Address = ""
    attachment: Attachment | None = None
    meanwhile: Callable[[Any], Awaitable[None]] = _nothing
    pointed: Pointed | None = None
    aside: bool = False

    @property
    def alone(self) -> bool:
        """Whether nobody else reads an answer that is for the asker alone: in a group on Telegram everybody does,
        unless it comes aside."""
        return self.aside or self.place.platform is not Platform.TELEGRAM or self.place.private

    @property
    def whole(self) -> bool:
        """Whether an answer for the asker alone may have what may be about minors."""
        return self.alone and self.place.named(self.person.id)

    @property
    def words(self) -> Words:
        """The asker's own language, in the place's time zone."""
        return Words(self.person.language, self.place.zone)

    @property
    def public(self) -> Words:
        """The language of the place, for what everybody there reads."""
        return Words(self.place.language, self.place.zone)
