"""Cards about what is set in a place."""

from collections.abc import Mapping

from bot.card import Button, Card, Item, Picker, Press
from bot.cards.alerts import sounds
from bot.cards.digests import comes
from bot.cards.drawing import draw
from bot.cards.looks import looks
from bot.cards.moderation import threshold
from bot.cards.naming import channel, language, picking, reviewer
from bot.cards.sections import back, hours
from bot.command import key
from bot.replies.settings import LanguageShown, PurposeShown, SettingsShown, WhoShown
from bot.wording import Line, Words
from core.model.person import Place, Platform, Purpose

TONGUES = {"en": "English", "fr": "Français"}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.COMMUNITY: "Community",
    Purpose.CREATOR: "Creator",
    Purpose.NEWSROOM: "Newsroom",
    Purpose.PUBLIC_BODY: "Public body",
    Purpose.NOTICES: "Notices only",
}
MEANT: Mapping[Purpose, str] = {
    Purpose.COMMUNITY: "a community keeps up with creators it likes.",
    Purpose.CREATOR: "a creator or a team keeps track of its own lives.",
    Purpose.NEWSROOM: "an editorial team watches for what may become news.",
    Purpose.PUBLIC_BODY: "an authority or association watches for harm, under rules of its own.",
    Purpose.NOTICES: "you hear of lives and new videos; nothing is written down, matched, judged or clipped.",
}
RULES: Mapping[Platform, str] = {
    Platform.DISCORD: "Whoever may manage messages is a moderator here, whoever may manage the server a manager. Server "
    "settings › Integrations can give single commands to others.",
    Platform.TELEGRAM: "Admins of this chat are managers here, those who stay anonymous too; everybody else may look.",
    Platform.CONSOLE: "Whoever sits at this machine may do everything.",
}
LABELLED = 20  # characters of a name on a button


@draw.register
def settings_shown(meaning: SettingsShown, words: Words) -> Card:
    """A line a section; each opens its panel."""
    place, quiet = meaning.place, meaning.place.quiet_hours
    rows: tuple[tuple[str, Line], ...] = (
        ("channels", _channels_line(meaning, words)),
        ("alerts", words.line("**Alerts** · ") + sounds(place, words)),
        ("risk", words.line("**Risk alerts** · {value}", value=threshold(place, words))),
        (
            "language and time",
            words.line(
                "**Language and time** · {language}, {zone}",
                language=language(place.language, words),
                zone=place.time_zone,
            ),
        ),
        (
            "quiet hours",
            words.line("**Quiet hours** · {hours}", hours=hours(quiet) if quiet else words.say("off")),
        ),
        ("digest", words.line("**Digest** · {when}", when=comes(meaning.rhythm, words))),
        (
            "keeping data",
            words.line("**Keeping data** · ") + words.count("clips {n} day", "clips {n} days", place.clips_kept.days),
        ),
        ("looks", words.line("**Looks** · ") + looks(place, words)),
        (
            "who may do what",
            words.line("**Who may do what** · ")
            + words.count("{n} named reviewer", "{n} named reviewers", len(place.reviewers)),
        ),
        (
            "linked places",
            words.line("**Linked places** · ")
            + (words.count("{n} other", "{n} others", meaning.linked) if meaning.linked else words.line("none")),
        ),
        ("purpose", words.line("**Purpose** · {purpose}", purpose=words.term(PURPOSES[place.purpose]))),
    )
    items = tuple(Item(line, key("settings", section)) for section, line in rows)
    buttons = (
        (
            Button(words.say("Set up step by step"), "setup"),
            Button(words.say("Who is followed"), "following"),
            Button(words.say("What is stored"), "privacy"),
        ),
    )
    return Card(words.line("**Everything set here**"), items=items, buttons=buttons, private=True)


def _channels_line(meaning: SettingsShown, words: Words) -> Line:
    line = words.line("**Channels** · ")
    line += (
        words.line("{channel}", channel=channel(meaning.place.address, words))
        if meaning.place.address
        else words.line("where you follow from")
    )
    if meaning.moved:
        line += words.line(" · ") + words.count("{n} elsewhere", "{n} elsewhere", meaning.moved)
    if meaning.off:
        line += words.line(" · ") + words.count("{n} off", "{n} off", meaning.off)
    return line


@draw.register
def language_shown(meaning: LanguageShown, words: Words) -> Card:
    """What posts are written in, and which time they name."""
    place = meaning.place
    body = (
        words.line("Posts are in {language}.", language=language(place.language, words)),
        words.line("Times are those of {zone}.", zone=place.time_zone),
        words.line("What only you read is in your own language: `/me settings`."),
    )
    row = tuple(Button(name, key("settings.speak", code)) for code, name in TONGUES.items() if code != place.language)
    buttons = ((*row, Button(words.say("Another time zone"), "settings.zone")), back(words))
    return Card(words.line("**Language and time**"), body, buttons=buttons, private=True)


@draw.register
def who_shown(meaning: WhoShown, words: Words) -> Card:
    """The platform's own rule, and who is named besides."""
    if meaning.removing:
        return _removing(meaning.place, words)
    place = meaning.place
    body = [words.line(RULES[place.platform])]
    if place.private:
        body = (
            [words.line("This is your own place: you manage it.")] if place.platform is not Platform.CONSOLE else body
        )
        return Card(words.line("**Who may do what**"), tuple(body), buttons=(back(words),), private=True)
    body.append(words.line("Named reviewers may do what moderators may, wherever the platform gives them no right."))
    if place.platform is Platform.TELEGRAM:
        body.append(
            words.line("In a group, reply to a message of theirs with `/settings allow`; or name them by number.")
        )
        body.append(words.line("`/help` shows everybody their own number."))
    items = tuple(Item(words.line("{who}", who=reviewer(one, place))) for one in place.reviewers)
    question = picking(place, "settings.allow", "person", words.say("Name a reviewer"), Picker.PERSON)
    add = () if question else (Button(words.say("Name a reviewer"), "settings.allow", Press.MAIN),)
    remove = (Button(words.say("Remove one"), "settings.disallow", Press.DANGER),) if place.reviewers else ()
    buttons = tuple(row for row in ((*add, *remove), back(words)) if row)
    title = words.line("**Who may do what**")
    return Card(title, tuple(body), items=items, buttons=buttons, private=True, question=question)


def _removing(place: Place, words: Words) -> Card:
    """Who is named, each to be taken off; by the platform's picker, where there is one, since it shows names."""
    items = tuple(Item(words.line("{who}", who=reviewer(one, place))) for one in place.reviewers)
    question = picking(place, "settings.disallow", "person", words.say("Choose one"), Picker.PERSON)
    off = [
        Button(
            words.say("Remove {who}", who=reviewer(one, place, LABELLED)),
            key("settings.disallow", one.partition(":")[2]),
            Press.DANGER,
        )
        for one in place.reviewers
    ]
    rows = () if question else tuple(tuple(off[at : at + 2]) for at in range(0, len(off), 2))
    back = (Button(words.say("Back"), key("settings", "who may do what")),)
    title = words.line("**Who shall be a reviewer no longer?**")
    return Card(title, items=items, buttons=(*rows, back), private=True, question=question)


@draw.register
def purpose_shown(meaning: PurposeShown, words: Words) -> Card:
    """What it is for, and what else it could be for."""
    place = meaning.place
    row = tuple(
        Button(words.term(PURPOSES[one]), key("settings.purpose", one.value))
        for one in Purpose
        if one is not place.purpose
    )
    return Card(words.line("**Purpose**"), tuple(purpose_lines(place, words)), buttons=(row, back(words)), private=True)


def purpose_lines(place: Place, words: Words) -> list[Line]:
    """Every purpose with what it means; the one that holds comes first."""
    order = sorted(Purpose, key=lambda purpose: purpose is not place.purpose)
    holds, *others = [
        words.line("**{purpose}** · {meant}", purpose=words.term(PURPOSES[one]), meant=words.term(MEANT[one]))
        for one in order
    ]
    return [words.line("Why this place watches: ") + holds, words.line("It could also be:"), *others]
