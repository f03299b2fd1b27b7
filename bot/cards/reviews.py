"""Cards about alerts, as places are told of them and as people review them."""

import re
from collections.abc import Mapping

from bot.card import Button, Card, Press, Tone
from bot.cards.brief import LABEL, NAME, TEXT, TITLE, brief, quoted
from bot.cards.drawing import draw
from bot.cards.posts import joined, live_link
from bot.cards.terms import CATEGORIES, ENGINES, FINDINGS, LABELS, SCORE, SPREADS, TARGETS, term
from bot.command import key
from bot.replies.reviews import AlertShown
from bot.wording import Line, Words
from core.model.risk import PERSON, Verdict
from core.model.tellable.finds import RiskRaised
from core.model.transcript import clock_text

SEVERE_SCORE = 0.9
CITED = re.compile(r" ?\(“.*?”\)(?=[,;.]|\Z)", re.DOTALL)
"""Words a judge cites in its reason: they stand in the quote, under its spoiler, and nowhere else."""
DECIDED: Mapping[str, str] = {Verdict.CONFIRMED: "Confirmed", Verdict.DISMISSED: "Dismissed", Verdict.MUTED: "Muted"}


@draw.register
def alert_shown(meaning: AlertShown, words: Words) -> Card:
    """The same as the post."""
    return risk_raised(meaning.alert, words)


@draw.register
def risk_raised(meaning: RiskRaised, words: Words) -> Card:
    """An alert waiting for a person, or decided by one."""
    decided = meaning.verdict is not Verdict.WAITING
    quotes = (quoted(meaning.quote, hidden=True),) if meaning.quote else ()
    return Card(
        _title(meaning, words),
        (_decision(meaning, words), _said(meaning, words)) if decided else _why(meaning, words),
        quotes,
        foot=_judged(meaning, words),
        buttons=_buttons(meaning, words),
        tone=Tone.CALM if decided else Tone.DANGER,
    )


def _title(meaning: RiskRaised, words: Words) -> Line:
    what, score = brief(term(CATEGORIES, meaning.category, words), LABEL), words.decimal(meaning.score, 2)
    if meaning.engine == PERSON:
        state = term(DECIDED, meaning.verdict, words) if meaning.verdict is not Verdict.WAITING else ""
        sent = words.line("**Sent to review · @{x}**", x=meaning.handle)
        return words.line("**{state} · sent to review · @{x}**", state=state, x=meaning.handle) if state else sent
    if meaning.verdict is not Verdict.WAITING:
        return words.line(
            "**{state} · risk {score} · {what} · @{x}**",
            state=term(DECIDED, meaning.verdict, words),
            score=score,
            what=what,
            x=meaning.handle,
        )
    if meaning.score >= SEVERE_SCORE:
        return words.line("**High risk {score} · {what} · @{x}**", score=score, what=what, x=meaning.handle)
    return words.line("**Risk {score} · {what} · @{x}**", score=score, what=what, x=meaning.handle)


def _decision(meaning: RiskRaised, words: Words) -> Line:
    if meaning.decided_at is None:
        return ()
    who, at = brief(meaning.decided_by, NAME), words.time(meaning.decided_at)
    if meaning.note:
        return words.line("by **{who}**, {at}: “{note}”", who=who, at=at, note=brief(meaning.note, TEXT))
    return words.line("by **{who}**, {at}", who=who, at=at)


def _why(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    """When it was said, about whom, and why it was told."""
    if meaning.engine == PERSON:
        by = words.line("**By** {who}", who=brief(meaning.reason, NAME))
        return (by + words.line(", who asks for a decision."), _said(meaning, words))
    about = [
        words.line("**Target** {target}", target=term(TARGETS, meaning.target, words)),
        words.line("**Spread** {virality}", virality=term(SPREADS, meaning.virality, words)),
    ]
    if meaning.labels:
        labels = brief(", ".join(term(LABELS, label, words) for label in meaning.labels), TITLE)
        about.append(words.line("**Labels** {labels}", labels=labels))
    reason = brief(_reason(meaning, words), TEXT)
    why = (words.line("**Why** {reason}", reason=reason),) if reason else ()
    again = (words.line("This may be a repeat: I cannot tell whether it was posted before."),) if meaning.again else ()
    return (*why, joined(about, words), _said(meaning, words), *again)


def _reason(meaning: RiskRaised, words: Words) -> str:
    """Why it was told. The embedded rules name what they saw in English; a model already speaks the place's language."""
    reason = CITED.sub("", meaning.reason)
    if meaning.engine != "rules":
        return reason
    found = reason.removeprefix("Rules: ").removesuffix(".").split("; ")
    return ", ".join(_finding(*one.partition(", ")[::2], words) for one in found)


def _finding(rule: str, turned: str, words: Words) -> str:
    """What a rule saw, and why it counts for less."""
    said = term(FINDINGS, rule, words)
    return f"{said} ({term(FINDINGS, turned, words)})" if turned else said


def _said(meaning: RiskRaised, words: Words) -> Line:
    at, second = words.time(meaning.at, seconds=True), clock_text(meaning.second)
    said = words.line("**Said** {at}, {second} into the live", at=at, second=second)
    if not meaning.repeats:
        return said
    return said + words.line(" · ") + words.count("heard {n} more time", "heard {n} more times", meaning.repeats)


def _judged(meaning: RiskRaised, words: Words) -> Line:
    """How the score came about, and who judged."""
    if meaning.engine == PERSON:
        return words.line("No judge was asked: a person saw it.")
    total = " + ".join(f"{term(SCORE, name, words)} {words.decimal(value, 1)}" for name, value in meaning.terms)
    score, engine = words.decimal(meaning.score, 2), term(ENGINES, meaning.engine, words)
    judged = words.line("judged by {engine}", engine=engine)
    return joined([words.line("{total} = {score}", total=total, score=score), judged], words) if total else judged


def _buttons(meaning: RiskRaised, words: Words) -> tuple[tuple[Button, ...], ...]:
    context = Button(words.say("Context"), key("transcript.open", meaning.live_id))
    if meaning.verdict is not Verdict.WAITING:
        return ((Button(words.say("Undo"), key("review.decide", meaning.alert_id, "reopen")), context),)
    deciding = (
        Button(words.say("Confirm"), key("review.decide", meaning.alert_id, "confirm"), Press.MAIN),
        Button(words.say("Dismiss"), key("review.decide", meaning.alert_id, "dismiss")),
        Button(words.say("Mute for 30 min"), key("watch.mute", meaning.handle)),
        Button(words.say("Stop capture"), key("watch.stop", meaning.handle), Press.DANGER),
    )
    looking = (context, Button(words.say("Watch"), live_link(meaning.handle), Press.LINK))
    return (deciding, looking)
