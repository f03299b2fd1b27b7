"""The card about what is stored."""

from collections.abc import Iterator, Mapping

from bot.card import Button, Card
from bot.cards.drawing import draw
from bot.cards.naming import person
from bot.cards.settings import MEANT, PURPOSES
from bot.replies.privacy import PrivacyShown
from bot.wording import Line, Words
from core.model.person import Place, Platform, Purpose

GETS: Mapping[str, str] = {
    "looks": "is asked for public lives and videos; it learns that this program asks, not who you are.",
    "signs": "signs the addresses of live chats; it learns which lives are read.",
    "frames": "looks at clips before they are posted; it gets eight frames and the words of each, no names.",
    "sound": "turns sound into text; it gets the sound of lives and videos, no names.",
    "recordings": "turns what is said in videos into text; it gets no names, and deletes all of it once the text is here.",
    "texts": "judges and sums up what is said in lives, and puts labels on chat lines, titles and comments where a "
    "place chose that; it gets no names.",
    "link": "is asked for your profile and videos, if you linked your account.",
    "posts": "carries what is posted and typed there, under rules of its own.",
}


@draw.register
def privacy_shown(meaning: PrivacyShown, words: Words) -> Card:
    """What is kept of whom, for how long, who else gets any of it, and whom to ask."""
    body = [*_stored(meaning, words), *_outsiders(meaning, words)]
    if meaning.place is not None:
        body += _place(meaning.place, words)
    body.append(
        words.line("Who runs this: {contact}", contact=meaning.contact)
        if meaning.contact
        else words.line("Whoever runs this has named no contact yet (`OPERATOR_CONTACT`).")
    )
    buttons = (
        (
            Button(words.say("This is my TikTok account"), "tiktok.optout"),
            Button(words.say("Your settings"), "me.settings"),
            Button(words.say("Source code"), "source"),
        ),
    )
    return Card(words.line("**What is stored, and for how long**"), tuple(body), buttons=buttons, private=True)


def _stored(meaning: PrivacyShown, words: Words) -> Iterator[Line]:
    if meaning.place is not None and meaning.place.purpose is Purpose.NOTICES:
        yield words.line("**Lives**: when they begin and end, how many watch. This place has nothing else recorded.")
    else:
        yield words.line(
            "**Lives of followed accounts**: when they begin and end, how many watch, the chat with the names of who "
            "writes, what is said as text, what triggers and risk alerts found, clips."
        )
    yield words.line("**Videos** somebody asked about: their text, for who asked, or for this place when they said so.")
    yield words.line(
        "**You**: what you asked for here and decided about alerts, and that you are a named reviewer, with your name; the "
        "language you chose."
    )
    yield words.line(
        "**Comments** you write on transcripts: for who may read them, until you withdraw them; nothing learns from them."
    )
    if meaning.sign_in:
        yield words.line("**Your own TikTok account**, if you linked it: sealed, and gone with `/tiktok disconnect`.")
    yield words.line(
        "**How long**: clips 30 days, or what a place says, unless somebody keeps one; the rest until somebody deletes it, or what "
        "`/settings` says; notes of posts and failed work 90 days, of work that is done 30, minutes heard 400. A live's sound "
        "stays in memory for minutes; what waits for an engine, a day."
    )


def _outsiders(meaning: PrivacyShown, words: Words) -> Iterator[Line]:
    yield words.line("**Who else gets any of it**: nobody but these.")
    for outsider in meaning.outsiders:
        yield words.line("{who} {gets}", who=outsider.who, gets=words.term(GETS[outsider.code]))


def _place(place: Place, words: Words) -> Iterator[Line]:
    purpose, meant = words.term(PURPOSES[place.purpose]), words.term(MEANT[place.purpose])
    yield words.line("**Purpose of this place**: {purpose}: {meant}", purpose=purpose, meant=meant)
    if place.set_up is not None and place.platform is not Platform.CONSOLE:
        yield words.line("Set up by {who} on {day}.", who=person(place.set_up_by), day=words.day(place.set_up))
    elif not place.begun:
        yield words.line("Nothing is looked at, recorded or posted here before a manager types `/setup`.")
