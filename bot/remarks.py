"""How people name comments: by their number; suggested while typing are the newest one may read."""

from typing import TYPE_CHECKING

from bot.belongings import number_in
from bot.card import Choice
from core.errors import Missing
from core.model.discussion import Comment
from core.model.person import Role

if TYPE_CHECKING:
    from bot.asked import Asked

SHOWN = 40  # characters of a comment in a list


async def comment_of(text: str, asked: "Asked") -> Comment:
    """A comment the asker may read, under a transcript they may read. Raises Missing NOT_FOUND."""
    async with asked.house.storage.reading() as work:
        found = await work.comments.get(asked.place.id, number_in(text))
        of = await work.videos.get(asked.place.id, found.transcript_id) if found is not None else None
    if found is None or of is None or found.removed or not (of.public or of.by == asked.person.id):
        raise Missing("NOT_FOUND", x=text)
    if not found.shown and found.by != asked.person.id and asked.role < Role.MODERATOR:
        raise Missing("NOT_FOUND", x=text)
    return found


async def comments(asked: "Asked") -> list[Choice]:
    """The newest the asker may read."""
    async with asked.house.storage.reading() as work:
        known = await work.comments.newest(asked.place.id, asked.person.id)
    return [Choice(f"{one.name}: {one.text[:SHOWN]}", str(one.id)) for one in known]
