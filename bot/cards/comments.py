"""Cards about comments on transcripts."""

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.brief import LABEL, NAME, TITLE, brief, quoted
from bot.cards.drawing import draw
from bot.cards.terms import LABELS, term
from bot.command import key
from bot.paging import arrows
from bot.replies.comments import CommentBack, CommentGone, CommentShown, CommentsShown, CommentWritten
from bot.wording import Line, Words
from core.model.discussion import Comment
from core.model.risk import Verdict
from core.model.tellable.comments import CommentDecided, TitleDecided

LINE = 120  # characters of a comment in the list


@draw.register
def comment_written(meaning: CommentWritten, words: Words) -> Card:
    """It is there, or held and why."""
    comment, cause = meaning.comment, meaning.cause
    if comment.shown:
        title = words.line("**Your comment is under {number}.**", number=_number(comment))
        return Card(title, (), (quoted(comment.text),), buttons=(_own(comment, words),), tone=Tone.GOOD, private=True)
    label = words.say("a word this place looks for") if cause == "word" else term(LABELS, cause, words)
    title = words.line("**Your comment was held: {label}.** A moderator will look.", label=label)
    body = (words.line("Only you see it until then. You are told what was decided."),)
    return Card(title, body, (quoted(comment.text),), buttons=(_own(comment, words),), tone=Tone.WARN, private=True)


@draw.register
def comments_shown(meaning: CommentsShown, words: Words) -> Card:
    """A line each; each opens."""
    number = meaning.transcript.number
    write = Button(words.say("Write a comment"), key("transcript.comment", number), Press.MAIN)
    full = Button(words.say("Full text"), key("transcript.open", number))
    items = tuple(Item(_line(one, words), key("transcript.remark", one.id)) for one in meaning.rows)
    title = words.line("**Comments on {title}**", title=brief(meaning.transcript.title or number, TITLE))
    body = () if items else (words.line("Nobody has written anything yet."),)
    rows = arrows("transcript.comments", meaning.page, meaning.pages, number)
    foot = words.count("{n} comment", "{n} comments", meaning.n) if items else ()
    return Card(title, body, items=items, foot=foot, buttons=((*rows, write, full),), private=True)


@draw.register
def comment_shown(meaning: CommentShown, words: Words) -> Card:
    """The whole of it, and what the asker may do."""
    comment = meaning.comment
    title = words.line(
        "**{name}** · {day} {time}",
        name=brief(comment.name, NAME),
        day=words.day(comment.made),
        time=words.time(comment.made),
    )
    answer = Button(words.say("Answer"), key("transcript.comment", _number(comment), to=comment.id), Press.MAIN)
    row = _own(comment, words) if meaning.own else ()
    if meaning.rules and not meaning.own:
        row = (Button(words.say("Delete"), key("transcript.withdraw", comment.id), Press.DANGER),)
    body = tuple(line for line in (_answers(comment, words), _state(comment, words)) if line)
    more = Button(words.say("All comments"), key("transcript.comments", _number(comment)))
    shown = (answer,) if comment.shown else ()
    return Card(title, body, (quoted(comment.text),), buttons=((*shown, more, *row),), private=True)


@draw.register
def comment_gone(meaning: CommentGone, words: Words) -> Card:
    """It can be had back."""
    comment = meaning.comment
    undo = Button(words.say("Undo"), key("transcript.return", comment.id))
    more = Button(words.say("All comments"), key("transcript.comments", _number(comment)))
    if meaning.own:
        title = words.line("**Your comment is withdrawn.**")
    elif not comment.name:
        title = words.line("**The comment is deleted.**")
    else:
        title = words.line("**The comment of {name} is deleted.**", name=brief(comment.name, NAME))
    return Card(title, buttons=((undo, more),), private=True)


@draw.register
def comment_back(meaning: CommentBack, words: Words) -> Card:
    """As it was."""
    comment = meaning.comment
    more = Button(words.say("All comments"), key("transcript.comments", _number(comment)))
    body = tuple(line for line in (_state(comment, words),) if line)
    return Card(words.line("**The comment is back.**"), body, buttons=((more,),), private=True)


@draw.register
def comment_decided(meaning: CommentDecided, words: Words) -> Card:
    """To who wrote it: what became of it."""
    place = brief(meaning.place, NAME)
    if meaning.shown:
        title = words.line(
            "**Your comment on {number} in {place} can be read now.**", number=meaning.number, place=place
        )
        tone = Tone.GOOD
    else:
        title = words.line("**Your comment on {number} in {place} stays away.**", number=meaning.number, place=place)
        tone = Tone.WARN
    body = (
        (words.line("A moderator has decided that. Ask there if you see it otherwise."),) if not meaning.shown else ()
    )
    return Card(title, body, (quoted(meaning.text),), tone=tone)


@draw.register
def title_decided(meaning: TitleDecided, words: Words) -> Card:
    """To who wished for it: what became of it."""
    place, quotes = brief(meaning.place, NAME), (quoted(meaning.title),) if meaning.title else ()
    if meaning.shown:
        title = words.line(
            "**Your title for {number} in {place} can be read now.**", number=meaning.number, place=place
        )
        return Card(title, (), quotes, tone=Tone.GOOD)
    title = words.line("**Your title for {number} in {place} stays away.**", number=meaning.number, place=place)
    body = (words.line("A moderator has decided that. Choose another one, or ask there if you see it otherwise."),)
    return Card(title, body, quotes, tone=Tone.WARN)


def _number(comment: Comment) -> str:
    return f"v{comment.transcript_id}"


def _own(comment: Comment, words: Words) -> tuple[Button, ...]:
    """What its author can do."""
    away = Button(words.say("Withdraw"), key("transcript.withdraw", comment.id), Press.DANGER)
    if comment.verdict is Verdict.CONFIRMED:
        return (away,)
    return (Button(words.say("Edit"), key("transcript.rephrase", comment.id)), away)


def _line(comment: Comment, words: Words) -> Line:
    text = brief(" ".join(comment.text.split()), LINE)
    line = words.line("**{name}** · {text}", name=brief(comment.name, LABEL), text=text)
    state = _state(comment, words)
    return line + words.line(" · ") + state if state else line


def _answers(comment: Comment, words: Words) -> Line:
    return words.line("An answer to #{n}.", n=comment.to) if comment.to is not None else ()


def _state(comment: Comment, words: Words) -> Line:
    """Whether everybody reads it."""
    if comment.waits:
        return words.line("waits for a moderator")
    return () if comment.shown or comment.removed else words.line("stays away, a moderator has decided")
