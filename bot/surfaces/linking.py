"""Where the whole of a clip can be watched: its address is made when it is posted, so that it is open for its full time."""

from dataclasses import replace

from bot.card import Button, Card, File, Press
from bot.wording import Words
from core.model.notice import Tellable
from core.model.tellable.finds import ClipSaved
from core.services.clipping import Showing


def linked(said: Tellable, place: str, showing: Showing | None) -> Tellable:
    """What is told, with the address of a clip where clips have pages."""
    if showing is None or not isinstance(said, ClipSaved) or not said.open:
        return said
    return replace(said, page=showing.link(place, said.clip_id))


def watchable(card: Card, file: File, words: Words) -> Card:
    """The card of a file that is too large here, with a button to where the whole of it is."""
    button = Button(words.say("Watch whole"), file.link, Press.LINK)
    if not file.link or any(button in row for row in card.buttons):
        return card
    return replace(
        card, buttons=(*card.buttons[:1], (button, *(card.buttons[1] if card.buttons[1:] else ())), *card.buttons[2:])
    )
