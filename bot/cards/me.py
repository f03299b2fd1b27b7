"""Cards about the asker."""

from bot.card import Button, Card, Press
from bot.cards.drawing import draw
from bot.cards.naming import language
from bot.cards.settings import TONGUES
from bot.command import key
from bot.replies.me import MySettings
from bot.wording import Line, Words
from core.model.link import VIDEOS_SCOPE, Link
from core.model.person import Platform

LONGEST_LINK = 512  # characters of a button's address, Discord's limit


@draw.register
def my_settings(meaning: MySettings, words: Words) -> Card:
    """The linked account, and what applies by itself; in the language that holds now, which may have just been chosen."""
    words = Words(meaning.language, words.zone)
    body = [*_account(meaning, words), _language(meaning, words)]
    body.append(words.line("Time zone: {zone}, as this place has it.", zone=meaning.time_zone))
    rows = tuple(row for row in (_languages(meaning), _buttons(meaning, words)) if row)
    return Card(words.line("**Your settings**"), tuple(body), buttons=rows, private=True)


def _account(meaning: MySettings, words: Words) -> tuple[Line, ...]:
    link = meaning.link
    if link is None and meaning.sign_in:
        return (words.line("TikTok: no account linked. `/tiktok connect` links yours."),)
    if link is None:
        return (words.line("TikTok: sign-in is not set up here."),)
    since = words.line("TikTok: **{name}**, linked since {day}", name=link.name, day=words.day(link.since))
    if VIDEOS_SCOPE not in link.scopes:
        return since, words.line("You did not allow me to see your videos: `/tiktok connect` asks again.")
    if link.automatic:
        return since, words.line("New videos are transcribed by themselves.")
    return since, words.line("New videos wait until you pick them in `/tiktok videos`.")


def _language(meaning: MySettings, words: Words) -> Line:
    spoken = language(meaning.language, words)
    if meaning.platform is Platform.CONSOLE:
        return words.line("Language: {language}, from the setting `LANGUAGE`.", language=spoken)
    if meaning.chosen:
        return words.line("Language: {language}, as you chose.", language=spoken)
    return words.line("Language: {language}, as your app has it.", language=spoken)


def _languages(meaning: MySettings) -> tuple[Button, ...]:
    """Another language; at the console the installation's is spoken."""
    if meaning.platform is Platform.CONSOLE:
        return ()
    return tuple(Button(name, key("me.speak", code)) for code, name in TONGUES.items() if code != meaning.language)


def _buttons(meaning: MySettings, words: Words) -> tuple[Button, ...]:
    link = meaning.link
    if link is None:
        return (Button(words.say("Link TikTok"), "tiktok.connect", Press.MAIN),) if meaning.sign_in else ()
    return (*_sync(link, words), *_picture(link, words), Button(words.say("Unlink"), "tiktok.disconnect", Press.DANGER))


def _sync(link: Link, words: Words) -> tuple[Button, ...]:
    if VIDEOS_SCOPE not in link.scopes:
        return ()
    if link.automatic:
        return (Button(words.say("Let me pick"), key("me.sync", "manual")),)
    return (Button(words.say("Transcribe new ones"), key("me.sync", "auto")),)


def _picture(link: Link, words: Words) -> tuple[Button, ...]:
    good = link.picture.startswith("https://") and len(link.picture) <= LONGEST_LINK
    return (Button(words.say("Picture"), link.picture, Press.LINK),) if good else ()
