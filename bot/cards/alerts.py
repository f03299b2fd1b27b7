"""Cards of how loudly a place is told, and whom it calls."""

from bot.card import Button, Card, Item, Picker
from bot.cards.channels import event_named
from bot.cards.drawing import draw
from bot.cards.naming import picking, role
from bot.cards.sections import back
from bot.command import key
from bot.replies.alerts import AlertsShown
from bot.wording import Line, Words
from core.model.feed import Event
from core.model.person import Place, Platform
from core.model.risk import HIGH_RISK


@draw.register
def alerts_shown(meaning: AlertsShown, words: Words) -> Card:
    """Event by event; each turns its sound on or off."""
    place = meaning.place
    items = tuple(_event(event, place, words) for event in Event if event is not Event.RISK)
    body = [
        words.line(
            "A risk alert always has a sound; in quiet hours only a critical one: from {score}, or with a severe label.",
            score=words.decimal(HIGH_RISK, 2),
        )
    ]
    nobody: tuple[Button, ...] = ()
    if place.platform is Platform.DISCORD and not place.private:
        body.append(_called(place, words))
        nobody = (Button(words.say("Call nobody"), key("settings.ping", "none")),) if place.ping else ()
    body.append(words.line("Choose one to turn its sound on or off:"))
    question = picking(place, "settings.ping", "role", words.say("A role to call when a live begins"), Picker.ROLE)
    title = words.line("**Alerts** · ") + sounds(place, words)
    return Card(title, tuple(body), items=items, buttons=((*nobody, *back(words)),), private=True, question=question)


def sounds(place: Place, words: Words) -> Line:
    """How many events have no sound."""
    if not place.silent:
        return words.line("all with a sound")
    return words.count("{n} without a sound", "{n} without a sound", len(place.silent))


def _event(event: Event, place: Place, words: Words) -> Item:
    on = event not in place.silent
    said = words.say("with a sound") if on else words.say("without a sound")
    line = words.line("**{event}** · {sound}", event=event_named(event, words), sound=said)
    return Item(line, key("settings.sound", event.value, "no" if on else "yes"))


def _called(place: Place, words: Words) -> Line:
    if not place.ping:
        return words.line("When a live begins nobody is called, unless its account has a role of its own.")
    if Event.LIVE in place.silent:
        return words.line("Lives begin without a sound, so {role} is not called.", role=role(place.ping))
    return words.line(
        "When a live begins I call {role}, unless its account has a role of its own.", role=role(place.ping)
    )
