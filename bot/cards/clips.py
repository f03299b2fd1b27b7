"""Cards about clips."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.card import Button, Card, File, Item, Press, Tone
from bot.cards.brief import LABEL, NAME, brief
from bot.cards.clip_terms import failure, origin
from bot.cards.drawing import draw
from bot.cards.obs import UNFETCHED, instead, unfetched
from bot.cards.posts import joined, live_link
from bot.cards.screened import deciding, found, held, looked, released, ruled, undoing
from bot.command import key
from bot.kernel import with_answer
from bot.replies.clips import (
    ClipAsked,
    ClipDecided,
    ClipDeleted,
    ClipList,
    ClipLonger,
    ClipLooked,
    ClipPage,
    ClipRenamed,
    ClipShown,
    ConfirmClipDelete,
)
from bot.wording import Line, Words
from core.model.clip import NAMELESS, Clip
from core.model.tellable.finds import ClipSaved
from core.services.clipping.curating import DELETED


@draw.register
def clip_asked(meaning: ClipAsked, words: Words) -> Card:
    """It is being cut."""
    title = words.line(
        "**I save the last {seconds} s of @{x}.**", seconds=round(meaning.seconds), x=meaning.live.handle
    )
    return Card(title, (words.line("The clip is posted where this live is told, in a few seconds."),))


@draw.register
def clip_longer(meaning: ClipLonger, words: Words) -> Card:
    """A second one is being cut."""
    title = words.line("**I make** `{shown}` **longer.**", shown=meaning.clip.shown)
    return Card(title, (words.line("The longer clip is posted beside it in a few seconds."),), private=True)


@draw.register
def clip_list(meaning: ClipList, words: Words) -> Card:
    """One line per clip, newest first; select opens it."""
    narrowed = _narrowed(meaning, words)
    everything = (Button(words.say("All clips"), "clip.list"),)
    if not meaning.rows and narrowed:
        title = words.line("**No clip is like that.**")
        return Card(
            title, (words.line("What I looked for: {what}.", what=narrowed),), buttons=(everything,), private=True
        )
    if not meaning.rows:
        return Card(words.line("**Nothing yet.** `/clip save @name` saves the last seconds of a live."), private=True)
    items = tuple(
        Item(_entry(clip, words, held=clip.id in meaning.held), key("clip.show", clip.id)) for clip in meaning.rows
    )
    pages = [
        (label, meaning.page + by) for label, by in (("◀", -1), ("▶", 1)) if 1 <= meaning.page + by <= meaning.pages
    ]
    turning = tuple(Button(label, with_answer(meaning.key, "page", str(page))) for label, page in pages)
    row = turning + (everything if narrowed else ())
    foot = [words.line("{what}", what=narrowed)] if narrowed else []
    if meaning.pages > 1:
        foot.append(words.line("page {page} of {pages}", page=meaning.page, pages=meaning.pages))
    return Card(
        words.count("**{n} clip**", "**{n} clips**", meaning.n),
        items=items,
        foot=joined(foot, words),
        buttons=(row,) if row else (),
        private=True,
    )


def _narrowed(meaning: ClipList, words: Words) -> str:
    """`@amina · since 20 Nov 20:14 · “give”`."""
    parts = [f"@{meaning.account}"] if meaning.account else []
    if meaning.since:
        parts.append(words.say("since {at}", at=f"{words.day(meaning.since)} {words.time(meaning.since)}"))
    parts += [words.say("“{words}” in the name", words=brief(meaning.words, LABEL))] if meaning.words else []
    return " · ".join(parts)


def _entry(clip: Clip, words: Words, *, held: bool) -> Line:
    entry = words.line(
        "`{shown}` · {length} · {day} {time}",
        shown=clip.shown,
        length=_length(clip.seconds, words),
        day=words.day(clip.made),
        time=words.time(clip.made),
    )
    entry += words.line(" · kept") if clip.kept else ()
    return entry + words.line(" · not shown") if held else entry


@draw.register
def clip_shown(meaning: ClipShown, words: Words) -> Card:
    """The same as the post."""
    return clip_saved(meaning.said, words)


@draw.register
def clip_page(meaning: ClipPage, words: Words) -> Card:
    """What stands around the player."""
    clip = meaning.clip
    size = words.line("{length} · {size}", length=_length(clip.seconds, words), size=words.size(clip.size))
    from_ = words.line("from @{x}'s live, {link}", x=meaning.handle, link=live_link(meaning.handle))
    until = f"{words.day(meaning.until)} {words.time(meaning.until)}"
    return Card(
        words.line("`{shown}`", shown=clip.shown),
        (size, from_, words.line("This page is open until {until}.", until=until)),
    )


@draw.register
def clip_renamed(meaning: ClipRenamed, words: Words) -> Card:
    """Its name before and now."""
    title = words.line("`{before}` **is now** `{shown}`", before=meaning.before, shown=meaning.clip.shown)
    return Card(title, buttons=(_onwards(meaning.clip, words),), private=True)


@draw.register
def confirm_clip_delete(meaning: ConfirmClipDelete, words: Words) -> Card:
    """Names what goes for good, and what does not."""
    clip = meaning.clip
    buttons = (
        Button(words.say("Leave it"), key("clip.show", clip.id)),
        Button(words.say("Delete"), key("clip.delete", clip.id, sure="yes"), Press.DANGER),
    )
    length, size = _length(clip.seconds, words), words.size(clip.size)
    return Card(
        words.line("**Delete** `{shown}`**?**", shown=clip.shown),
        (words.line("Its file goes for good ({length}, {size}): this cannot be undone.", length=length, size=size),),
        buttons=(buttons,),
        tone=Tone.WARN,
        private=True,
    )


@draw.register
def clip_deleted(meaning: ClipDeleted, words: Words) -> Card:
    """It is gone."""
    title = words.line("`{shown}` **is deleted.**", shown=meaning.clip.shown)
    return Card(title, (_copies(words),), buttons=((Button(words.say("All clips"), "clip.list"),),), private=True)


def _onwards(clip: Clip, words: Words) -> tuple[Button, ...]:
    return Button(words.say("Open"), key("clip.show", clip.id)), Button(words.say("All clips"), "clip.list")


def _length(seconds: float, words: Words) -> str:
    return words.length(timedelta(seconds=seconds))


def _copies(words: Words) -> Line:
    return words.line("Messages that show the video already stay: delete them too if it has to go.")


@draw.register
def clip_saved(meaning: ClipSaved, words: Words) -> Card:
    """A clip is ready, or why it is not."""
    if meaning.stays:
        stays = words.line(
            "Its video stays in this chat: Telegram lets me delete a message for 48 hours only. An administrator can delete it."
        )
        card = clip_saved(replace(meaning, stays=False), words)
        return replace(card, body=(*card.body, stays))
    if meaning.failed == DELETED:
        return _deleted(meaning, words)
    if meaning.failed in UNFETCHED and meaning.shown:
        return unfetched(meaning, words)
    if meaning.failed:
        return _failed(meaning, words)
    if meaning.screened is not None and not meaning.screened.open:
        return held(meaning, meaning.screened, words)
    return _playing(meaning, words)


@draw.register
def clip_looked(meaning: ClipLooked, words: Words) -> Card:
    """What is kept away, for one person's eyes and under a spoiler."""
    said = meaning.said
    card = _playing(said, words)
    files = tuple(replace(file, veiled=True, link="") for file in card.files)
    why = found(said.screened, words) if said.screened else ()
    return replace(card, body=(*card.body, *why), files=files, buttons=deciding(said, words), private=True)


@draw.register
def clip_decided(meaning: ClipDecided, words: Words) -> Card:
    """How it stands now; its post says so too."""
    name = words.line("`{shown}`", shown=meaning.said.shown)
    return ruled(name, meaning.said.screened, "clip", meaning.said.clip_id, words, proposed=meaning.proposed)


def _playing(meaning: ClipSaved, words: Words) -> Card:
    """The clip with its player."""
    facts = words.line("{length} · {size}", length=_length(meaning.seconds, words), size=words.size(meaning.size))
    if meaning.why and meaning.why != NAMELESS:
        facts += words.line(" · for `{why}`", why=brief(meaning.why, LABEL))
    kept = (words.line("Kept: it stays when others of its age go."),) if meaning.kept else ()
    path = Path(meaning.path)
    file = File(
        meaning.shown,
        path,
        width=meaning.width,
        height=meaning.height,
        seconds=meaning.seconds,
        still=path.with_suffix(".jpg"),
        link=meaning.page,
        veiled=meaning.screened is not None and meaning.screened.veiled,
    )
    foot = [words.line("from @{x}'s live, {link}", x=meaning.handle, link=live_link(meaning.handle))]
    foot += [looked(meaning.screened, words)] if meaning.screened else []
    return Card(
        words.line("`{shown}`", shown=meaning.shown),
        (facts, origin(meaning, words), *instead(meaning, words), *kept, *released(meaning, words)),
        foot=joined(foot, words),
        buttons=(*_buttons(meaning, words), *undoing(meaning.screened, "clip", meaning.clip_id, words)),
        files=(file,),
        stays=True,
    )


def _buttons(meaning: ClipSaved, words: Words) -> tuple[tuple[Button, ...], ...]:
    """What moderators do with it; each press is checked."""
    number = meaning.clip_id
    if meaning.kept:
        keep = Button(words.say("Keep no longer"), key("clip.keep", number, "no"))
    else:
        keep = Button(words.say("Keep 👍"), key("clip.keep", number, "yes"))
    deciding = (
        keep,
        Button(words.say("Longer"), key("clip.longer", number)),
        Button(words.say("Rename"), key("clip.rename", number)),
        Button(words.say("Delete"), key("clip.delete", number), Press.DANGER),
    )
    transcribe = Button(words.say("Transcribe"), key("clip.transcribe", number))
    return (deciding, (transcribe, Button(words.say("All clips"), "clip.list")))


def _deleted(meaning: ClipSaved, words: Words) -> Card:
    who = brief(meaning.by, NAME)
    title = words.line("`{shown}` **was deleted.**", shown=meaning.shown)
    return Card(title, (words.line("by **{who}**", who=who),) if who else ())


def _failed(meaning: ClipSaved, words: Words) -> Card:
    if meaning.why and meaning.why != NAMELESS:
        title = words.line("**The clip of** `{word}` **could not be saved.**", word=brief(meaning.why, LABEL))
    else:
        title = words.line("**The clip of @{x}'s live could not be saved.**", x=meaning.handle)
    return Card(title, (*failure(meaning, words), *instead(meaning, words)), tone=Tone.WARN)
