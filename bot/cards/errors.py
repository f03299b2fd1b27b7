"""What errors say. The first sentence says what happened, the next what to do; every code of core and kernel is here."""

from datetime import datetime
from typing import Any

from bot.card import Button, Card, Tone
from bot.cards.drawing import draw
from bot.cards.terms import ROLES, VERDICTS, reason, term
from bot.command import key
from bot.replies.common import Failed
from bot.wording import Words

TEXTS = {
    "HANDLE_FORM": "**I cannot read “{x}” as a TikTok name.** Type it as `@name`, or paste a link to the profile.",
    "NOT_FOUND": "**I do not know {x}.** Pick one from the list while typing.",
    "ALREADY": "**@{x} is already followed here**, since {since}. `/following` shows everybody.",
    "LIMIT": "**You follow {n} of {m}.** Unfollow one with `/unfollow`, or ask the owner to raise `MAX_ACCOUNTS`.",
    "TRIGGER_LIMIT": "**This place has {m} triggers, the most it can have.** Remove one with `/trigger remove`.",
    "NO_RIGHT": "**This is for {role} of {place}.** Ask one of them, or a manager of the place.",
    "NOT_LIVE": "**@{x} is not live.** I watch it and will post when it starts.",
    "PATTERN": "**That pattern has a mistake at character {n}: {reason}.** For plain words choose match: whole word.",
    "WORD": "**That word cannot be matched: {reason}.** Use letters or digits; `*` stands for the rest of a word.",
    "NOTHING_WAITING": "**No alert is waiting.** `/lives list` shows what there was.",
    "DECIDED": "**{name} already {verdict} this ({when}).** You can undo it.",
    "REOPENED": "**Somebody has reopened this.** `/review next` shows it as it stands.",
    "STALE": "**This button is from an older version.** Type the command again; `/help` lists them.",
    "CLIP_GONE": "**That part of the live is not kept any more.** `/clip save` keeps the last seconds of a running live.",
    "DISK": "**The disk is full.** Nothing was changed. Free some space; old clips are the largest files.",
    "DATA_READONLY": "**I cannot write to {x}.** Nothing was changed. Give the user who runs Earshot the right to write there.",
    "STORE_BUSY": "**The database is busy.** Nothing was changed. Try again in a moment.",
    "STORE_BROKEN": "**The database {x} cannot be read.** Restore a backup from its folder `backups`.",
    "STORE_NEWER": "**The database {x} was made by a newer version of Earshot.** Update Earshot, or restore an older backup.",
    "CHOICE": "**“{x}” is not one of the choices.** It can be: {list}.",
    "NUMBER": "**“{x}” is not a number from {least} to {most}.** Type it in digits.",
    "DURATION": "**I cannot read “{x}” as a length of time.** For example `30 s`, `5 min`, `2 h`, `1 day`.",
    "DATE": "**I cannot read “{x}” as a date.** For example `2 h`, `yesterday`, `2026-11-20`.",
    "LANGUAGE_CODE": "**“{x}” is no language code.** Two letters such as `en` or `fr`, or `auto`.",
    "EMPTY": "**There is nothing in it.** Type at least one character.",
    "OPTION": "**“{command}” has no option “{x}”.** It has: {list}.",
    "NO_OPTIONS": "**“{command}” takes nothing after it, but I read “{x}”.** Leave it out.",
    "OPTION_VALUE": "**{x} needs a value:** {hint}.",
    "COMMAND": "**I do not know “{x}”.** `help` lists what I can do.",
    "TOGETHER": "**That is too long to ask for the rest.** Give everything at once with `/{command}`.",
    "QUOTES": "**A quotation mark is not closed.** Close it, or leave it out.",
    "FILE_CLOSED": "**I cannot write {x} here ({reason}).** Change to a folder you may write to, and ask again.",
    "BUG": "**Something went wrong on my side. Nothing was changed.** Ticket `{ticket}`: the owner finds it in the log.",
}


TABLES = {"role": ROLES, "verdict": VERDICTS}
"""Values that are terms, by the name of their placeholder."""


@draw.register
def failed(meaning: Failed, words: Words) -> Card:
    """An error as text with its next step."""
    code = "REOPENED" if meaning.code == "DECIDED" and not meaning.values["name"] else meaning.code
    template = TEXTS.get(code, TEXTS["BUG"])
    values = {"ticket": meaning.code, **{name: _value(name, value, words) for name, value in meaning.values.items()}}
    buttons: tuple[tuple[Button, ...], ...] = ()
    if code == "DECIDED":
        buttons = ((Button(words.say("Undo"), key("review.decide", meaning.values["alert"], "reopen")),),)
    return Card(words.line(template, **values), buttons=buttons, tone=Tone.WARN, private=True)


def _value(name: str, value: Any, words: Words) -> object:
    if isinstance(value, datetime):
        return f"{words.day(value)} {words.time(value)}"
    if name == "reason":
        return reason(str(value), words)
    if name == "hint":
        return words.term(str(value))
    return term(TABLES[name], str(value), words) if name in TABLES else value
