"""Cards about followed accounts."""

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.drawing import draw
from bot.command import key
from bot.paging import arrows
from bot.replies.accounts import ConfirmUnfollow, FollowBack, Followed, FollowingList, Unfollowed
from bot.wording import Words
from core.model.account import AccountStatus


@draw.register
def followed(meaning: Followed, words: Words) -> Card:
    """What will happen now."""
    handle = meaning.follow.handle
    body = [
        words.line(
            "I look every {every} s; the first post comes when @{x} goes live.", every=round(meaning.every), x=handle
        )
    ]
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
    return Card(words.line("**@{x} is followed now.**", x=handle), tuple(body), buttons=buttons, tone=Tone.GOOD)


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
    return Card(words.line("**@{x} is followed again, as before.**", x=meaning.follow.handle), tone=Tone.GOOD)


@draw.register
def following_list(meaning: FollowingList, words: Words) -> Card:
    """A word per state, and when it was last looked at."""
    if not meaning.rows:
        return Card(words.line("**Nothing yet.** `/follow @name` follows somebody."), private=True)
    items = tuple(
        Item(
            words.line(
                "**@{x}** · {state} · {looked}",
                x=follow.handle,
                state=words.say(STATES[account.status]),
                looked=words.say("last looked {at}", at=words.time(account.looked_at))
                if account.looked_at
                else words.say("not looked yet"),
            ),
            key("following", follow.handle),
        )
        for follow, account in meaning.rows
    )
    rows = arrows("following", meaning.page, meaning.pages)
    title = words.line("**Following {n} of {m}**", n=meaning.n, m=meaning.limit)
    return Card(title, items=items, buttons=(rows,) if rows else (), private=True)


STATES = {
    AccountStatus.UNKNOWN: "not known yet",
    AccountStatus.OFFLINE: "offline",
    AccountStatus.SUSPECTED: "perhaps live",
    AccountStatus.LIVE: "live",
    AccountStatus.ENDING: "ending",
    AccountStatus.RESTRICTED: "age-restricted",
    AccountStatus.GONE: "not on TikTok",
}
