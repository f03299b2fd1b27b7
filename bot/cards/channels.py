"""Cards of where the posts of a place go, event by event."""

from collections.abc import Mapping

from bot.card import Button, Card, Item, Press
from bot.cards.drawing import draw
from bot.cards.naming import channel, picking
from bot.cards.sections import back
from bot.command import key
from bot.replies.settings import ChannelsShown, FeedShown
from bot.routes import USUAL
from bot.wording import Run, Words
from core.model.account import Follow
from core.model.feed import OFF, Event
from core.model.person import Address, Platform
from core.services.feeding import WITH_THE_LIVE

EVENTS: Mapping[Event, str] = {
    Event.LIVE: "a live begins",
    Event.END: "a live ends",
    Event.VIDEO: "a new video",
    Event.HIT: "a trigger fires",
    Event.CLIP: "a clip is saved",
    Event.RISK: "a risk alert",
    Event.RENAMED: "a new name, or an account that is gone",
    Event.DIGEST: "the digest",
    Event.HEALTH: "when posts are late",
}
OF_EVERY_ACCOUNT = "For every account without its own."
ABOUT: Mapping[Event, str] = {
    Event.DIGEST: "`/digest` says when it comes, and changes that.",
    Event.HEALTH: "Told when posts come late, and when that is over.",
}
"""What is not told of single accounts."""


@draw.register
def channels_shown(meaning: ChannelsShown, words: Words) -> Card:
    """Event by event; each opens its switches."""
    follow = meaning.follow
    items = tuple(
        Item(
            words.line(
                "**{event}** · {goes}",
                event=event_named(event, words),
                goes=_goes(event, address, follow, words),
            ),
            key("settings", "channels", event.value, **({"account": follow.handle} if follow else {})),
        )
        for event, address in meaning.rows
    )
    title = (
        words.line("**Where posts about @{x} go**", x=follow.handle)
        if follow
        else words.line("**Where posts go here**")
    )
    body = (
        ()
        if follow
        else (words.line("For one account: `/settings` with its name. A place chosen for it goes before these."),)
    )
    return Card(title, body, items=items, buttons=(back(words),), private=True)


@draw.register
def feed_shown(meaning: FeedShown, words: Words) -> Card:
    """Where one event goes, and the switches for it."""
    place, event, follow = meaning.place, meaning.event, meaning.follow
    goes = _goes(event, meaning.address, follow, words)
    title = words.line("**{event}** · {goes}", event=event_named(event, words), goes=goes)
    about = words.line("For @{x} alone.", x=follow.handle) if follow else words.line(ABOUT.get(event, OF_EVERY_ACCOUNT))
    account = follow.account_id if follow else 0
    row = []
    if place.platform is Platform.CONSOLE:
        row.append(Button(words.say("Choose a channel"), key("settings.feed", event.value, account)))
    if meaning.address != meaning.here:
        row.append(Button(words.say("Post here"), key("settings.feed", event.value, account, "here")))
    if meaning.address:
        row.append(Button(words.say("As before"), key("settings.feed", event.value, account, USUAL)))
    if meaning.address != OFF:
        row.append(Button(words.say("Off"), key("settings.feed", event.value, account, OFF), Press.DANGER))
    more = {"account": follow.handle} if follow else {}
    back = (Button(words.say("Back"), key("settings", "channels", **more)),)
    question = picking(place, key("settings.feed", event.value, account), "to", words.say("Choose a channel"))
    return Card(title, (about,), buttons=(tuple(row), back), private=True, question=question)


def event_named(event: Event, words: Words) -> str:
    """An event, to begin a line with."""
    said = words.term(EVENTS[event])
    return said[:1].upper() + said[1:]


def _goes(event: Event, address: Address, follow: Follow | None, words: Words) -> Run | str:
    """Where an event goes, in words."""
    if address == OFF:
        return words.say("off")
    if address:
        return channel(address, words)
    if follow is not None:
        return words.say("as for all accounts")
    if event in WITH_THE_LIVE:
        return words.say("where the live is told")
    if event is Event.DIGEST:
        return words.say("the place's own channel")
    return words.say("nowhere") if event is Event.HEALTH else words.say("where the account's posts go")
