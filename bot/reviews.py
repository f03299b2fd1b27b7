"""What people type about reviews: labels, and somebody who did something here."""

from typing import TYPE_CHECKING

from bot.card import Choice
from core.errors import Invalid, Missing
from core.model.risk import Label

if TYPE_CHECKING:
    from bot.asked import Asked

NONE = "none"
PACKED = "~"


class Labels(tuple[Label, ...]):
    """Labels of a text: `H+V`, or none."""

    __slots__ = ()


class Doer(str):
    """Somebody who did something here: the id of a person."""

    __slots__ = ()


def packed(labels: tuple[Label, ...]) -> str:
    """Labels as they stand in a key, which has little room: `~3`."""
    return f"{PACKED}{sum(1 << at for at, label in enumerate(Label) if label in labels):x}"


async def parse_labels(text: str, asked: "Asked") -> Labels:
    """Raises Invalid CHOICE."""
    word = text.strip()
    if word.startswith(PACKED):
        try:
            bits = int(word[1:], 16)
        except ValueError:
            raise Invalid("CHOICE", x=text, list="+".join(Label)) from None
        return Labels(label for at, label in enumerate(Label) if bits >> at & 1)
    if word.lower() == NONE:
        return Labels()
    names = [one.strip().upper() for one in word.replace(",", "+").split("+")]
    if not set(names) <= set(Label):
        raise Invalid("CHOICE", x=text, list=", ".join([*Label, NONE]))
    return Labels(label for label in Label if label in names)


async def parse_doer(text: str, asked: "Asked") -> Doer:
    """By their id, or the name they had. Raises Missing NOT_FOUND (x)."""
    word = text.strip().removeprefix("<@").removesuffix(">").casefold()
    async with asked.house.storage.reading() as work:
        people = await work.audit.people(asked.place.id)
    for person, name in people:
        if word in (person.casefold(), person.partition(":")[2].casefold(), name.casefold()):
            return Doer(person)
    raise Missing("NOT_FOUND", x=text)


async def doers(asked: "Asked") -> list[Choice]:
    """Everybody who did something here."""
    async with asked.house.storage.reading() as work:
        return [Choice(name or person, person) for person, name in await work.audit.people(asked.place.id) if person]
