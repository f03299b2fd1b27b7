"""What engines heard for a place, and what it has left of its day: the post when nothing is left, the lines of `/status`."""

from collections.abc import Iterator
from datetime import timedelta

from bot.card import Button, Card, Tone
from bot.cards.drawing import draw
from bot.cards.posts import joined
from bot.cards.terms import ENGINES, term
from bot.wording import Line, Words
from core.model.tellable.house import BudgetSpent, JudgeSpent
from core.model.usage import Cost, Used

MONTHLY = 3  # engines that are named


@draw.register
def budget_spent(meaning: BudgetSpent, words: Words) -> Card:
    """The minutes of the day are used up."""
    n, until = words.number(meaning.minutes), f"{words.day(meaning.until)} {words.time(meaning.until)}"
    body = (
        words.line(
            "Lives go on with TikTok's captions; videos that have none wait. More minutes open {until}.", until=until
        ),
        words.line("Nothing to do, unless it is too little: the owner can raise `PLACE_MINUTES`."),
    )
    title = words.line("**The {n} minutes of speech this place has a day are used up.**", n=n)
    return Card(title, body, buttons=((Button(words.say("Details"), "status"),),), tone=Tone.WARN)


@draw.register
def judge_spent(meaning: JudgeSpent, words: Words) -> Card:
    """The dollars of the day are used up."""
    until = f"{words.day(meaning.until)} {words.time(meaning.until)}"
    title = words.line(
        "**The {n} a day that judging may cost this place are used up.**", n=words.dollars(meaning.dollars)
    )
    body = (
        words.line(
            "Alerts go on: simple rules judge alone, which is rough. Models judge again from {until}.", until=until
        ),
        words.line("Nothing to do, unless it is too little: the owner can raise `PLACE_JUDGE_DOLLARS`."),
    )
    return Card(title, body, buttons=((Button(words.say("Details"), "status"),),), tone=Tone.WARN)


def cost_lines(cost: Cost, words: Words) -> Iterator[Line]:
    """What judging has cost a place today and an hour of live, and what it may."""
    if not cost.models and cost.most is None:
        return
    parts = [words.line("Judging here: {today} today", today=words.dollars(cost.today))]
    if cost.hour is not None:
        parts.append(words.line("{hour} an hour of live", hour=words.dollars(cost.hour)))
    if cost.most is not None:
        parts.append(words.line("at most {most} a day", most=words.dollars(cost.most)))
    yield joined(parts, words)
    if cost.most is not None and cost.today >= cost.most:
        yield words.line("The dollars of the day are used up: simple rules judge until midnight UTC.")


def used_lines(used: Used, words: Words) -> Iterator[Line]:
    """Minutes of today and of the month by engine, and what is left."""
    if used.engines:
        parts = [
            words.line(
                "{engine} {today} today, {month} this month",
                engine=term(ENGINES, engine, words),
                today=_minutes(today, words),
                month=_minutes(month, words),
            )
            for engine, today, month in used.engines[:MONTHLY]
        ]
        yield words.line("Heard here: ") + joined(parts, words)
    if used.most is None or used.left is None:
        return
    most = _minutes(used.most, words)
    if used.left > 0:
        yield words.line("Of {most} a day {left} are left.", most=most, left=_minutes(used.left, words))
    else:
        yield words.line(
            "The {most} of the day are used up; more open at midnight UTC. TikTok's captions are read all the same.",
            most=most,
        )


def _minutes(seconds: float, words: Words) -> str:
    return words.length(timedelta(seconds=seconds))
