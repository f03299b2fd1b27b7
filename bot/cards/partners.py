"""Cards of places that decide together."""

from bot.card import Button, Card, Item, Press
from bot.cards.brief import NAME, brief
from bot.cards.drawing import draw
from bot.cards.sections import back
from bot.replies.partners import PartnersShown
from bot.wording import Words


@draw.register
def partners_shown(meaning: PartnersShown, words: Words) -> Card:
    """What is shared, with whom, and how to add one."""
    others = meaning.partners
    title = words.line("**Linked places** · ") + (
        words.count("{n} other", "{n} others", len(others)) if others else words.line("none")
    )
    if meaning.linked:
        title = words.line("**These places decide together now**")
    body = [
        words.line(
            "Where linked places watch the same live, an alert is decided once: what one decides, all show, with who did."
        )
    ]
    if meaning.code:
        body.append(
            words.line("**Code** `{code}`, for one place, within {n} min.", code=meaning.code, n=meaning.minutes)
        )
        body.append(
            words.line("There a manager presses “I have a code” in `/settings`, or types it behind `/settings join`.")
        )
    items = tuple(
        Item(words.line("**{name}** · {platform}", name=brief(one.name, NAME), platform=one.platform.capitalize()))
        for one in others
    )
    make = Button(words.say("Make a code"), "settings.code", Press.MAIN)
    enter = Button(words.say("I have a code"), "settings.join")
    leave = (Button(words.say("Unlink this place"), "settings.part", Press.DANGER),) if others else ()
    return Card(title, tuple(body), items=items, buttons=((make, enter, *leave), back(words)), private=True)
