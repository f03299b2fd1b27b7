"""Cards of a place's first steps, and the post that shows that posts arrive."""

from collections.abc import Iterator, Mapping

from bot.card import Button, Card, Press, Tone
from bot.cards.brief import NAME, brief
from bot.cards.drawing import draw
from bot.cards.naming import channel, language, picking, rights
from bot.cards.settings import PURPOSES, TONGUES, purpose_lines
from bot.command import key
from bot.replies.setup import SetupShown
from bot.wording import Line, Run, Words
from core.model.person import Address, Place, Platform, Purpose
from core.model.tellable.house import Tested

STEPS = {1: "channel and rights", 2: "account", 3: "language and purpose", 4: "test post"}
CHANNEL_STEP, ACCOUNT_STEP, MANNER_STEP = 1, 2, 3


@draw.register
def setup_shown(meaning: SetupShown, words: Words) -> Card:
    """One step: what is on, what can be changed, and how it goes on."""
    body, rows = DRAWN[meaning.step](meaning, words)
    title = words.line("**Set up · step {n} of 4: {what}**", n=meaning.step, what=words.term(STEPS[meaning.step]))
    tone = Tone.WARN if meaning.missing else Tone.CALM
    buttons = tuple(row for row in (*rows, tuple(_moving(meaning, words))) if row)
    question = None
    if meaning.step == CHANNEL_STEP:
        question = picking(meaning.place, "setup.channel", "channel", words.say("Choose a channel"))
    return Card(title, tuple(body), buttons=buttons, tone=tone, private=True, question=question)


def _moving(meaning: SetupShown, words: Words) -> Iterator[Button]:
    """Back, and on to the next step."""
    if meaning.step > 1:
        yield Button(words.say("Back"), key("setup", meaning.step - 1))
    if meaning.step < len(STEPS):
        first = meaning.step == ACCOUNT_STEP and not meaning.n  # to follow somebody is what the step is for
        yield Button(words.say("Next"), key("setup", meaning.step + 1), Press.PLAIN if first else Press.MAIN)
    else:
        yield Button(words.say("Everything set here"), "settings")


CURES: Mapping[Platform, str] = {
    Platform.DISCORD: "Open the channel's settings › Permissions, add me and tick these; or choose a channel I may post in.",
    Platform.TELEGRAM: "Make me an administrator with these rights; in a group it will do to allow them to all members.",
    Platform.CONSOLE: "Choose another one.",
}
"""What to do about missing rights."""
Drawn = tuple[list[Line], list[tuple[Button, ...]]]


def _channel(meaning: SetupShown, words: Words) -> Drawn:
    place = meaning.place
    body: list[Line] = [words.line("Earshot is on here now. It looks at nobody before you say whom to follow.")]
    if place.address:
        body.append(words.line("Posts go to {channel}.", channel=_where(place.address, meaning, words)))
    body += _rights(meaning, words)
    buttons = []
    if place.platform is Platform.TELEGRAM and place.private:
        body.append(words.line("A channel or a group of yours can be set up from here, too."))
        buttons.append(Button(words.say("A channel or a group"), "setup.elsewhere"))
    if place.address and place.address != meaning.here:
        buttons.append(Button(words.say("Post here"), "setup.here"))
    if place.platform is Platform.CONSOLE:
        buttons.append(Button(words.say("Choose a channel"), "setup.channel"))
    if meaning.missing or not place.address:
        buttons.append(Button(words.say("Check again"), key("setup", 1)))
    return body, [tuple(buttons)]


def _rights(meaning: SetupShown, words: Words) -> Iterator[Line]:
    """Whether posts would arrive, and what to do when they would not."""
    place, missing = meaning.place, meaning.missing
    where = place.address or meaning.here
    if not missing:
        yield words.line("I may post there.")
    elif missing == (where,):
        yield words.line("It is not there any more, or I cannot see it. Choose another one.")
    else:
        yield words.line(
            "I cannot post in {channel} yet. Missing: {missing}.",
            channel=_where(where, meaning, words),
            missing=rights(missing, words),
        )
        yield words.line(CURES[place.platform])


def _where(address: Address, meaning: SetupShown, words: Words) -> Run | str:
    """Where posts go; a chat of Telegram by its name, since a channel is set up from another chat."""
    place = meaning.place
    named = place.platform is Platform.TELEGRAM and not place.private and "/" not in address
    return place.name if named and place.name else channel(address, words)


def _account(meaning: SetupShown, words: Words) -> Drawn:
    body = [words.line("Whose lives do you want to be told of? A TikTok name or a link to the profile will do.")]
    if meaning.n:
        body.append(
            words.count("{n} account is followed here already.", "{n} accounts are followed here already.", meaning.n)
        )
    buttons = (
        Button(words.say("Follow an account"), "setup.account", Press.PLAIN if meaning.n else Press.MAIN),
        Button(words.say("Who is followed"), "following"),
    )
    return body, [buttons if meaning.n else buttons[:1]]


def _manner(meaning: SetupShown, words: Words) -> Drawn:
    place = meaning.place
    body = [words.line("**@{x} is followed now.**", x=meaning.followed)] if meaning.followed else []
    body.append(words.line("Posts are in {language}.", language=language(place.language, words)))
    body += purpose_lines(place, words)
    languages = tuple(
        Button(name, key("settings.speak", code, step=MANNER_STEP))
        for code, name in TONGUES.items()
        if code != place.language
    )
    purposes = tuple(
        Button(words.term(PURPOSES[purpose]), key("settings.purpose", purpose.value, step=MANNER_STEP))
        for purpose in Purpose
        if purpose is not place.purpose
    )
    return body, [languages, purposes]


def _test(meaning: SetupShown, words: Words) -> Drawn:
    goes = _where(meaning.place.address or meaning.here, meaning, words)
    if meaning.tested:
        body = [words.line("A test post is on its way to {channel}. It calls nobody.", channel=goes)]
        body.append(words.line("If it does not come within a minute, the first step names what is missing."))
    else:
        body = [words.line("See whether posts arrive: one goes to {channel}, and calls nobody.", channel=goes)]
    body += _summary(meaning.place, meaning.n, words)
    return body, [(Button(words.say("Send a test post"), "setup.test", Press.MAIN),)]


def _summary(place: Place, n: int, words: Words) -> Iterator[Line]:
    """What is on now, and where it is changed."""
    yield words.count("On now: {n} account is followed.", "On now: {n} accounts are followed.", n)
    yield words.line(
        "Purpose: {purpose}. `/settings` changes everything, `/privacy` says what is stored.",
        purpose=words.term(PURPOSES[place.purpose]),
    )


DRAWN = {1: _channel, 2: _account, 3: _manner, 4: _test}


@draw.register
def tested(meaning: Tested, words: Words) -> Card:
    """Posts arrive."""
    title = words.line("**Posts arrive here.**")
    body = (
        words.line(
            "{who} asked for this test. Lives of followed accounts are told like this.", who=brief(meaning.by, NAME)
        ),
    )
    return Card(title, body, buttons=((Button(words.say("Who is followed"), "following"),),), tone=Tone.GOOD)
