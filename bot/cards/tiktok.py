"""Cards about people's own TikTok accounts, and the wish not to be watched."""

from datetime import timedelta

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.drawing import draw
from bot.command import key
from bot.replies.tiktok import (
    ConfirmDisconnect,
    ConfirmOptOut,
    Disconnected,
    OptedOut,
    OptOutCode,
    OwnVideoList,
    SignedIn,
    SignInLink,
    VideosAsked,
)
from bot.wording import Line, Words
from core.model.link import OwnVideo
from core.model.tellable.accounts import AccountOptedOut, Linked, LinkLost
from core.services.own.objecting import Proof


@draw.register
def sign_in_link(meaning: SignInLink, words: Words) -> Card:
    """One button that leads to TikTok."""
    body = (
        words.line("TikTok asks whether I may see your profile and your public videos. I cannot post anything."),
        words.line("The link is for you alone: whoever opens it links their account to you."),
    )
    button = Button(words.say("Sign in with TikTok"), meaning.address, Press.LINK)
    title = words.line("**Your link to TikTok** works once, within 10 min.")
    return Card(title, body, buttons=((button,),), private=True)


@draw.register
def signed_in(meaning: SignedIn, words: Words) -> Card:
    """The page after the sign-in."""
    title = words.line("**{name} is linked.**", name=meaning.name)
    whose = words.line(
        "It is linked for {person}, who asked for it. If that is not you, take Earshot's access away in TikTok's settings now.",
        person=meaning.person,
    )
    if meaning.videos:
        body = words.line("You can close this page. `/tiktok videos` shows your videos.")
        return Card(title, (body, whose), tone=Tone.GOOD)
    body = words.line("You did not allow me to see your videos. `/tiktok connect` asks again: leave that box ticked.")
    return Card(title, (body, whose), tone=Tone.WARN)


@draw.register
def linked(meaning: Linked, words: Words) -> Card:
    """The post where the link was asked for."""
    body = words.line(
        "`/tiktok videos` shows the videos to whoever linked it; `/me settings` shows which account it is."
    )
    return Card(words.line("**A TikTok account is linked.**"), (body,), tone=Tone.GOOD)


@draw.register
def link_lost(meaning: LinkLost, words: Words) -> Card:
    """TikTok honours it no longer."""
    body = words.line("TikTok does not take it any more; I have forgotten it. `/tiktok connect` links it again.")
    return Card(words.line("**A link to TikTok made here is over.**"), (body,), tone=Tone.WARN)


@draw.register
def own_video_list(meaning: OwnVideoList, words: Words) -> Card:
    """20 of them, each transcribed by a press."""
    if not meaning.rows:
        why = words.line("I see public videos only; a new one may take a minute to show.")
        return Card(words.line("**No videos here.** `/transcribe` takes the link of any video."), (why,), private=True)
    items = tuple(
        Item(
            words.line("{n}. ", n=number) + _video(video, words),
            key("tiktok.pick", video.tiktok_id, cursor=meaning.cursor),
        )
        for number, video in enumerate(meaning.rows, 1)
    )
    buttons = [Button(words.say("Pick several"), key("tiktok.pick", cursor=meaning.cursor), Press.MAIN)]
    if not meaning.first:
        buttons.append(Button(words.say("Newest"), "tiktok.videos"))
    if meaning.older:
        buttons.append(Button(words.say("Older"), key("tiktok.videos", cursor=meaning.older)))
    body = (words.line("Select one to transcribe it, or pick up to 10 at once."),)
    return Card(words.line("**Your videos**"), body, items=items, buttons=(tuple(buttons),), private=True)


@draw.register
def videos_asked(meaning: VideosAsked, words: Words) -> Card:
    """They are being worked at; what was done before can be opened."""
    new = sum(not row.number for row in meaning.rows)
    title = words.count("**I transcribe {n} video.**", "**I transcribe {n} videos.**", new)
    if not new:
        title = words.line("**All of them have their words already.** Select one to read it.")
    body = [words.line("Each result is posted here.")] if new else []
    if 0 < new < len(meaning.rows):
        body.append(words.line("The others have their words already: select one to read it."))
    opens = [key("transcript.open", row.number) if row.number else "" for row in meaning.rows]
    items = tuple(Item(_video(row.video, words), one) for row, one in zip(meaning.rows, opens, strict=True))
    return Card(title, tuple(body), items=items)


@draw.register
def confirm_disconnect(meaning: ConfirmDisconnect, words: Words) -> Card:
    """Names what would be forgotten, and what stays."""
    buttons = (
        (
            Button(words.say("Keep it linked"), "me.settings"),
            Button(words.say("Unlink"), key("tiktok.disconnect", sure="yes"), Press.DANGER),
        ),
    )
    body = (words.line("I forget its tokens and take my rights back at TikTok. Transcripts stay."),)
    title = words.line("**Unlink {name}?**", name=meaning.name)
    return Card(title, body, buttons=buttons, tone=Tone.WARN, private=True)


@draw.register
def disconnected(meaning: Disconnected, words: Words) -> Card:
    """It is forgotten here, at least."""
    title = words.line("**{name} is unlinked.**", name=meaning.name)
    if meaning.revoked:
        body = words.line("I have forgotten the tokens, and TikTok knows it. `/tiktok connect` links it again.")
        return Card(title, (body,), private=True)
    body = words.line(
        "I have forgotten the tokens, but TikTok did not answer. In TikTok, under Settings › Security and permissions, "
        "you can remove me."
    )
    return Card(title, (body,), tone=Tone.WARN, private=True)


@draw.register
def opt_out_code(meaning: OptOutCode, words: Words) -> Card:
    """How somebody shows that an account is theirs."""
    until = f"{words.day(meaning.until)} {words.time(meaning.until)}"
    body = [
        words.line(
            "Put `{code}` into the profile text of @{x}, then press the button.", code=meaning.code, x=meaning.handle
        ),
        words.line("It may go again afterwards. The code is good until {until}, and for you alone.", until=until),
    ]
    buttons = [Button(words.say("It is there"), key("tiktok.optout", meaning.handle, written="yes"), Press.MAIN)]
    if meaning.sign_in:
        body.append(words.line("Or sign in with TikTok, then ask again."))
        buttons.append(Button(words.say("Sign in instead"), "tiktok.connect"))
    title = words.line("**First show that @{x} is yours.**", x=meaning.handle)
    return Card(title, tuple(body), buttons=(tuple(buttons),), private=True)


@draw.register
def confirm_opt_out(meaning: ConfirmOptOut, words: Words) -> Card:
    """Names what would happen everywhere."""
    shown = (
        words.line("Your sign-in shows that it is yours.")
        if meaning.proof is Proof.SIGN_IN
        else words.line("The code in its profile shows that it is yours.")
    )
    body = (
        shown,
        words.line("All places here stop following it, a running watch ends, and nobody can follow it again."),
    )
    sure = Button(
        words.say("Never watch @{x}", x=meaning.handle), key("tiktok.optout", meaning.handle, sure="yes"), Press.DANGER
    )
    title = words.line("**Shall @{x} never be watched here?**", x=meaning.handle)
    return Card(title, body, buttons=((sure,),), tone=Tone.WARN, private=True)


@draw.register
def opted_out(meaning: OptedOut, words: Words) -> Card:
    """It is so."""
    body: list[Line] = []
    if meaning.places:
        body.append(
            words.count("{n} place followed it and was told.", "{n} places followed it and were told.", meaning.places)
        )
    body.append(words.line("I keep only a hash that names nobody."))
    title = words.line("**@{x} is never watched here.**", x=meaning.handle)
    return Card(title, tuple(body), tone=Tone.GOOD, private=True)


@draw.register
def account_opted_out(meaning: AccountOptedOut, words: Words) -> Card:
    """The post in each place that followed it."""
    body = words.line("Its owner has shown that it is theirs. I have stopped following it; what was stored stays.")
    title = words.line("**@{x} does not want to be watched.**", x=meaning.handle)
    return Card(title, (body,), tone=Tone.WARN)


def _video(video: OwnVideo, words: Words) -> Line:
    title = words.line("**{title}**", title=video.title) if video.title else words.line("without a title")
    return title + words.line(
        " · {length} · {day} {time}",
        length=words.length(timedelta(seconds=video.seconds)),
        day=words.day(video.posted),
        time=words.time(video.posted),
    )
