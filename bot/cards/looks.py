"""Cards of how the posts of a place look, and the line it puts under the start of a live."""

from datetime import datetime

from bot.card import Button, Card, Press
from bot.cards.brief import TEXT, brief
from bot.cards.drawing import draw
from bot.cards.sections import back
from bot.command import key
from bot.manners import OFF
from bot.replies.looks import LooksShown
from bot.wording import Line, Run, Style, Words
from core.model.greeting import NAMES, filled
from core.model.person import Place
from core.model.tellable.lives import LiveStarted

UNKNOWN = "–"  # how many watch, before anybody knows


@draw.register
def looks_shown(meaning: LooksShown, words: Words) -> Card:
    """Plots, and the line with a preview."""
    place = meaning.place
    body = []
    if place.start_text:
        written = Run(place.start_text, Style.CODE)
        body.append(words.line("Under the start of a live: {line}", line=written))
        body.append(words.line("As people read it: ") + start_line(_example(place, words), words))
    else:
        body.append(words.line("No line of your own stands under the start of a live."))
    names = ", ".join(f"{{{name}}}" for name in NAMES)
    foot = words.line("A line may hold {names}; each live fills them in.", names=names)
    light, dark = (
        Button(words.say("Light plots"), key("settings.plots", "light")),
        Button(words.say("Dark plots"), key("settings.plots", "dark")),
    )
    write = Button(words.say("Write the line"), "settings.line")
    off = (Button(words.say("No line"), key("settings.line", OFF), Press.DANGER),) if place.start_text else ()
    title = words.line("**Looks** · ") + looks(place, words)
    buttons = ((light if place.dark else dark, write, *off), back(words))
    return Card(title, tuple(body), foot=foot, buttons=buttons, private=True)


def looks(place: Place, words: Words) -> Line:
    """In a word."""
    plots = words.line("dark plots") if place.dark else words.line("light plots")
    return plots + words.line(" · a line of your own") if place.start_text else plots


def start_line(meaning: LiveStarted, words: Words) -> Line:
    """The line of a place as people read it: nothing in it is markup. Empty without one."""
    values = {
        "account": f"@{meaning.handle}",
        "title": meaning.title,
        "viewers": UNKNOWN if meaning.viewers is None else words.number(meaning.viewers),
        "time": words.time(meaning.started),
    }
    line = " ".join(filled(meaning.text, values).split())
    return words.line("{line}", line=brief(line, TEXT)) if line else ()


def _example(place: Place, words: Words) -> LiveStarted:
    """A live as there may be one."""
    at = datetime(2026, 11, 20, 20, 14, tzinfo=words.zone)
    return LiveStarted(0, "amina", words.say("Dinner for six"), at, 1204, text=place.start_text)
