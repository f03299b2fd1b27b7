"""Cards about followed accounts."""

from datetime import timedelta
from pathlib import Path

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.drawing import draw
from bot.cards.naming import channel, role
from bot.cards.states import posted_lately, reason_of, state_of
from bot.cards.terms import ENGINES, term
from bot.command import key
from bot.paging import arrows
from bot.replies.accounts import (
    AccountChecked,
    AccountEdited,
    AccountPaused,
    AccountResumed,
    AccountShown,
    ConfirmUnfollow,
    FollowBack,
    Followed,
    FollowingList,
    Unfollowed,
)
from bot.wording import Line, Run, Words
from core.model.account import FOREVER, NO_RISK, Follow
from core.model.person import Address


@draw.register
def followed(meaning: Followed, words: Words) -> Card:
    """What will happen now."""
    follow, handle = meaning.follow, meaning.follow.handle
    goes = follow.address if meaning.goes == "" else meaning.goes
    body = [_on_now(goes, meaning, words)] if meaning.live and goes is not None else []
    body.append(_first_post(goes, meaning, words))
    body.append(_wanted(follow, words))
    if meaning.triggers:
        body.append(words.count("{n} trigger is armed for it.", "{n} triggers are armed for it.", meaning.triggers))
    else:
        body.append(words.line("No trigger is armed yet: `/trigger add` makes one."))
    body.append(words.line("Following {n} of {m}.", n=meaning.n, m=meaning.limit))
    buttons = (
        (
            Button(words.say("Who is followed"), "following"),
            Button(words.say("Unfollow"), key("unfollow", handle), Press.DANGER),
        ),
    )
    title = words.line("**@{x} is followed now.**", x=handle)
    return Card(title, tuple(body), buttons=buttons, tone=Tone.GOOD, face=_face(meaning.face))


@draw.register
def confirm_unfollow(meaning: ConfirmUnfollow, words: Words) -> Card:
    """Names what would stop, and what stays."""
    handle = meaning.follow.handle
    buttons = (
        (
            Button(words.say("Keep following"), "following"),
            Button(words.say("Unfollow @{x}", x=handle), key("unfollow", handle, sure="yes"), Press.DANGER),
        ),
    )
    body = (words.line("Its lives are no longer looked for. Transcripts, clips and hits stay."),)
    return Card(words.line("**Stop following @{x}?**", x=handle), body, buttons=buttons, tone=Tone.WARN, private=True)


@draw.register
def unfollowed(meaning: Unfollowed, words: Words) -> Card:
    """It has stopped; it can be undone."""
    buttons = ((Button(words.say("Undo"), key("unfollow.undo", meaning.follow.id)),),)
    title = words.line("**@{x} is not followed any more.**", x=meaning.follow.handle)
    return Card(title, (words.line("What was stored stays."),), buttons=buttons)


@draw.register
def follow_back(meaning: FollowBack, words: Words) -> Card:
    """It goes on as before."""
    buttons = ((Button(words.say("Who is followed"), "following"),),)
    title = words.line("**@{x} is followed again, as before.**", x=meaning.follow.handle)
    return Card(title, buttons=buttons, tone=Tone.GOOD)


@draw.register
def following_list(meaning: FollowingList, words: Words) -> Card:
    """A word per state, and when it was last looked at."""
    if not meaning.rows:
        return Card(words.line("**Nothing yet.** `/follow @name` follows somebody."), private=True)
    items = tuple(
        Item(
            words.line("**@{x}** · {state}", x=follow.handle, state=state_of(follow, account, meaning.now, words)),
            key("following", follow.handle),
        )
        for follow, account in meaning.rows
    )
    body = []
    if meaning.watched:
        body.append(words.count("{n} live is watched now.", "{n} lives are watched now.", meaning.watched))
    if meaning.slowed:
        every = words.length(timedelta(seconds=meaning.slow_every))
        body.append(
            words.count(
                "{n} quiet account is looked at every {every}.",
                "{n} quiet accounts are looked at every {every}.",
                meaning.slowed,
                every=every,
            )
        )
    rows = arrows("following", meaning.page, meaning.pages)
    title = words.line("**Following {n} of {m}**", n=meaning.n, m=meaning.limit)
    return Card(title, tuple(body), items=items, buttons=(rows,) if rows else (), private=True)


@draw.register
def account_shown(meaning: AccountShown, words: Words) -> Card:
    """Who it is, how it is, and what this place wants of it."""
    follow, account, handle = meaning.follow, meaning.account, meaning.follow.handle
    body: list[Line] = []
    about = words.line("{name}", name=account.name) if account.name else ()
    if account.followers is not None:
        about += words.line(" · ") if about else ()
        about += words.count("{n} follower", "{n} followers", account.followers)
    body += [about] if about else []
    body.append(words.line("{state}", state=state_of(follow, account, meaning.now, words)))
    goes = follow.address if meaning.goes == "" else meaning.goes
    if goes is None:
        body.append(words.line("Its lives are told nowhere: `/settings` says where they go."))
    else:
        there, day = channel(goes, words), words.day(follow.since)
        body.append(words.line("Posts go to {channel}, since {day}.", channel=there, day=day))
    wanted = [
        words.line("{what} {value}", what=words.say(WANTED[name]), value=_value(name, follow, words)) for name in SHOWN
    ]
    body.append(tuple(run for number, line in enumerate(wanted) for run in ((Run(" · "),) if number else ()) + line))
    link = Button(words.say("Open on TikTok"), f"https://www.tiktok.com/@{handle}", Press.LINK)
    rows = (*(_switches(follow, words) if meaning.editing else _doing(meaning, words)), (link,))
    title, face = words.line("**@{x}**", x=handle), _face(meaning.face)
    return Card(title, tuple(body), buttons=rows if meaning.manager else ((link,),), private=True, face=face)


@draw.register
def account_edited(meaning: AccountEdited, words: Words) -> Card:
    """Each thing that changed, before and after."""
    before, after = meaning.before, meaning.after
    body = tuple(
        words.line(
            "{what} · {before} → {after}",
            what=words.say(WANTED[name]),
            before=_value(name, before, words),
            after=_value(name, after, words),
        )
        for name in WANTED
        if getattr(before, name) != getattr(after, name)
    )
    buttons = ((Button(words.say("Change more"), key("account.edit", after.handle)),),)
    return Card(
        words.line("**@{x} is followed like this now.**", x=after.handle), body, buttons=buttons, tone=Tone.GOOD
    )


@draw.register
def account_paused(meaning: AccountPaused, words: Words) -> Card:
    """Until when nothing is looked for."""
    handle, until = meaning.follow.handle, meaning.follow.paused_until or FOREVER
    title = (
        words.line("**@{x} is paused until it is resumed.**", x=handle)
        if until >= FOREVER
        else words.line("**@{x} is paused until {at}.**", x=handle, at=f"{words.day(until)} {words.time(until)}")
    )
    body = (words.line("Its lives are not looked for meanwhile; what was stored stays."),)
    return Card(title, body, buttons=((Button(words.say("Resume"), key("account.resume", handle)),),))


@draw.register
def account_resumed(meaning: AccountResumed, words: Words) -> Card:
    """It is looked at again."""
    title = words.line(
        "**@{x} is looked at again**, every {every} s.", x=meaning.follow.handle, every=round(meaning.every)
    )
    return Card(title, tone=Tone.GOOD)


@draw.register
def account_checked(meaning: AccountChecked, words: Words) -> Card:
    """One line: live, offline, or why nobody knows."""
    account, reading, face = meaning.account, meaning.reading, _face(meaning.face)
    if reading is None:
        why = reason_of(meaning.why, words)
        title = words.line("**I do not know whether @{x} is live**: {why}.", x=account.handle, why=why)
        return Card(title, tone=Tone.WARN, private=True)
    if reading.look.live and not reading.confirmed:
        title = words.line("**@{x} is perhaps live**: a second reading does not confirm it yet.", x=account.handle)
        return Card(title, private=True, face=face)
    if reading.look.live:
        title = words.line("**@{x} is live now.**", x=account.handle)
        if reading.look.viewers is not None:
            title += words.line(" ") + words.count("{n} person watches.", "{n} people watch.", reading.look.viewers)
        return Card(title, tone=Tone.GOOD, private=True, face=face)
    title = words.line("**@{x} is offline now.**", x=account.handle)
    if account.posted_at is not None and posted_lately(account, meaning.now):
        ago = words.length(meaning.now - account.posted_at)
        title += words.line(" ") + words.line("It posted a video {ago} ago.", ago=ago)
    return Card(title, private=True, face=face)


def _face(path: str) -> Path | None:
    return Path(path) if path else None


def _on_now(goes: Address, meaning: Followed, words: Words) -> Line:
    """What follows at once, since it is live."""
    if goes == meaning.address:
        return words.line("It is live now: the first post follows at once.")
    return words.line("It is live now: the first post goes to {channel} at once.", channel=channel(goes, words))


def _first_post(goes: Address | None, meaning: Followed, words: Words) -> Line:
    """When and where its next live is told."""
    handle, every = meaning.follow.handle, round(meaning.every)
    if goes is None:
        return words.line(
            "I look every {every} s; its lives are told nowhere: `/settings` says where they go.", every=every
        )
    if meaning.live:
        return words.line("I look every {every} s for the next live.", every=every)
    if goes == meaning.address:
        return words.line(
            "I look every {every} s; the first post comes here when @{x} goes live.", every=every, x=handle
        )
    there = channel(goes, words)
    return words.line(
        "I look every {every} s; the first post goes to {channel} when @{x} goes live.",
        every=every,
        x=handle,
        channel=there,
    )


def _wanted(follow: Follow, words: Words) -> Line:
    """What comes besides being told; a fresh follow only tells."""
    if follow.transcript:
        return words.line("What is said comes as text while it runs; clips come from triggers.")
    return words.line("I tell when it begins and ends. `/account edit` adds the transcript; clips come from triggers.")


def _value(name: str, follow: Follow, words: Words) -> Run | str:
    """One wish of a follow as it is read."""
    value = getattr(follow, name)
    if isinstance(value, bool):
        return words.say("yes") if value else words.say("no")
    if name == "address":
        return channel(value, words)
    if name == "risk":
        if value is None:
            return words.say("as in this place")
        return words.say("no") if value >= NO_RISK else words.say("from {score}", score=words.decimal(value, 2))
    if name == "ping":
        return role(value) if value else words.say("no role of its own")
    if name == "engine" and value:
        return term(ENGINES, value, words)
    return str(value) or words.say("auto")


def _doing(meaning: AccountShown, words: Words) -> tuple[tuple[Button, ...], ...]:
    """What can be done with it: at most four, the dangerous one last."""
    handle = meaning.follow.handle
    on = (
        Button(words.say("Pause"), key("account.pause", handle))
        if meaning.follow.active(meaning.now)
        else Button(words.say("Resume"), key("account.resume", handle))
    )
    edit = Button(words.say("Edit"), key("account.edit", handle))
    check = Button(words.say("Check now"), key("account.check", handle))
    return ((on, check, edit, Button(words.say("Unfollow"), key("unfollow", handle), Press.DANGER)),)


def _switches(follow: Follow, words: Words) -> tuple[tuple[Button, ...], ...]:
    """A switch for every wish that is yes or no."""
    labels = {
        "transcript": (words.say("Transcript on"), words.say("Transcript off")),
        "chat": (words.say("Chat on"), words.say("Chat off")),
        "clips": (words.say("Clips on"), words.say("Clips off")),
        "videos": (words.say("New videos on"), words.say("New videos off")),
    }
    row = tuple(
        Button(off if getattr(follow, name) else on, _switch(follow, name, not getattr(follow, name)))
        for name, (on, off) in labels.items()
    )
    nobody = Button(words.say("No role of its own"), key("account.edit", follow.handle, role="none"))
    return (row, (nobody,)) if follow.ping else (row,)


def _switch(follow: Follow, name: str, wanted: bool) -> str:
    return key("account.edit", follow.handle, **{name: "yes" if wanted else "no"})


WANTED = {
    "address": "channel",
    "ping": "calls",
    "language": "language",
    "transcript": "transcript",
    "risk": "risk alerts",
    "chat": "chat",
    "clips": "clips",
    "videos": "new videos",
    "engine": "engine",
}
"""What a place can want of an account, by the field that holds it."""
SHOWN = ("transcript", "language", "risk", "chat", "clips", "videos", "ping")
