"""Cards of which alerts take two people."""

from collections.abc import Mapping

from bot.card import Button, Card
from bot.cards.drawing import draw
from bot.cards.terms import term
from bot.command import key
from bot.replies.deciding import TwoShown
from bot.wording import Words
from core.model.person import Two

TWO: Mapping[str, str] = {Two.NOBODY: "for no alert", Two.SEVERE: "for what is critical", Two.EVERY: "for every alert"}
CHOOSE: Mapping[str, str] = {Two.NOBODY: "No alert", Two.SEVERE: "What is critical", Two.EVERY: "Every alert"}


@draw.register
def two_shown(meaning: TwoShown, words: Words) -> Card:
    """What holds, what it means, and what else could hold."""
    place = meaning.place
    back = Button(words.say("Risk"), key("settings", "risk"))
    title = words.line("**Two people** · {which}", which=term(TWO, place.two, words))
    if place.private:
        return Card(
            title,
            (words.line("Nobody else decides here: this place is yours alone."),),
            buttons=((back,),),
            private=True,
        )
    body = (
        words.line("What the first person says is a proposal. It stands once somebody else says the same."),
        words.line("Of two who disagree neither is right: it waits until a third one sides with one of them."),
        words.line("So it is for comments, titles and clips too: what is held stays held until two agree."),
    )
    row = tuple(Button(term(CHOOSE, two, words), key("settings.two", two)) for two in CHOOSE if two != place.two.value)
    return Card(title, body, buttons=(row, (back,)), private=True)
