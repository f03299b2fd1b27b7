"""Cards about alerts, as places are told of them and as people review them."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.card import Button, Card, Press, Tone
from bot.cards.brief import LABEL, NAME, TEXT, TITLE, brief, kept_back, quoted
from bot.cards.drawing import draw
from bot.cards.judged import by_labels, doubts, judged
from bot.cards.posts import joined, live_link
from bot.cards.terms import CATEGORIES, FINDINGS, LABELS, SPREADS, TARGETS, term
from bot.command import key
from bot.replies.reviews import AlertDone, AlertRead, AlertShown
from bot.wording import Line, Words
from core.model.review import MUTED_FOR
from core.model.risk import PERSON, Kind, Label, Level, Verdict
from core.model.screening import Matter
from core.model.tellable.finds import RiskRaised
from core.model.transcript import clock_text
from core.services.assessing.steps import RULES

SEVERE_SCORE = 0.9
RULES_SAW = "Rules: "
"""How reasons of the embedded rules begin."""
NOTHING = "nothing found"
"""What they say of a text in which they saw nothing."""
OWN_WORDS = "words"
"""The judge of a text that a rule of the place found."""

CITED = re.compile(r" ?\(“.*?”\)(?=[,;.]|\Z)", re.DOTALL)
"""Words a judge cites in its reason: they stand in the quote, under its spoiler, and nowhere else."""
DECIDED: Mapping[str, str] = {Verdict.CONFIRMED: "Confirmed", Verdict.DISMISSED: "Dismissed", Verdict.MUTED: "Muted"}

KINDS: Mapping[str, str] = {
    Kind.SPEECH: "speech",
    Kind.CHAT: "chat",
    Kind.COMMENT: "a comment",
    Kind.TITLE: "a title",
    Kind.VIDEO: "a video",
}
TONES: Mapping[str, Tone] = {Level.INFO: Tone.WARN, Level.WARNING: Tone.WARN, Level.CRITICAL: Tone.DANGER}
PROPOSED: Mapping[str, str] = {Verdict.CONFIRMED: "confirm", Verdict.DISMISSED: "dismiss"}
AGAINST: Mapping[str, str] = {Verdict.CONFIRMED: "dismiss", Verdict.DISMISSED: "confirm"}
LIVING = frozenset({Kind.SPEECH, Kind.CHAT, Kind.TITLE})
"""What belongs to a live, which can be muted, stopped, heard and watched."""


@draw.register
def alert_shown(meaning: AlertShown, words: Words) -> Card:
    """The same as the post."""
    return risk_raised(meaning.alert, words)


@draw.register
def alert_read(meaning: AlertRead, words: Words) -> Card:
    """The same with everything, for whoever asked alone."""
    return replace(risk_raised(meaning.alert, words), private=True)


@draw.register
def alert_done(meaning: AlertDone, words: Words) -> Card:
    """What was done and by whom: the posts have the rest."""
    alert, n = meaning.alert, meaning.alert.alert_id
    if alert.verdict is Verdict.WAITING:
        title = words.line("**Alert #{n} waits.**", n=n)
        body: tuple[Line, ...] = (_proposal(alert, words),) if alert.proposed is not None else ()
    else:
        title = words.line("**{state} · alert #{n}**", state=_state(alert, words), n=n)
        body = (_decision(alert, words), *_outcome(alert, words))
    return Card(title, body, buttons=((_undo(alert, words),),) if meaning.undo else (), tone=Tone.CALM, private=True)


@draw.register
def risk_raised(meaning: RiskRaised, words: Words) -> Card:
    """An alert waiting for a person, or decided by one."""
    if meaning.grown:
        return _grown(meaning, words)
    decided = meaning.verdict is not Verdict.WAITING
    quotes = (quoted(meaning.quote, hidden=True),) if meaning.quote else ()
    return Card(
        _title(meaning, words),
        (*_kept_back(meaning, words), *(_decided if decided else _waiting)(meaning, words)),
        quotes,
        foot=judged(meaning, words),
        buttons=_buttons(meaning, words),
        tone=Tone.CALM if decided else TONES[meaning.level],
    )


def _grown(meaning: RiskRaised, words: Words) -> Card:
    """That an alert is critical by now; everything else stands in the post it answers."""
    what = brief(what_it_is(meaning, words), LABEL)
    title = words.line("**Critical now · {what} · {x}**", what=what, x=whose(meaning, words))
    body = (words.line("This alert was told of as less. Its post says what is known of it by now."),)
    shows = Button(words.say("The alert"), key("review.show", meaning.alert_id), Press.MAIN)
    return Card(title, body, buttons=((shows,),), tone=Tone.DANGER)


def _title(meaning: RiskRaised, words: Words) -> Line:
    score, where = words.decimal(meaning.score, 2), whose(meaning, words)
    what = brief(what_it_is(meaning, words), LABEL)
    if meaning.engine == PERSON:
        state = _state(meaning, words) if meaning.verdict is not Verdict.WAITING else ""
        sent = words.line("**Sent to review · {x}**", x=where)
        return words.line("**{state} · sent to review · {x}**", state=state, x=where) if state else sent
    if meaning.verdict is not Verdict.WAITING:
        state = _state(meaning, words)
        if by_labels(meaning):
            return words.line("**{state} · {what} · {x}**", state=state, what=what, x=where)
        return words.line("**{state} · risk {score} · {what} · {x}**", state=state, score=score, what=what, x=where)
    if by_labels(meaning):
        if meaning.level == Level.CRITICAL:
            return words.line("**Critical risk · {what} · {x}**", what=what, x=where)
        return words.line("**Risk to review · {what} · {x}**", what=what, x=where)
    if meaning.score >= SEVERE_SCORE:
        return words.line("**High risk {score} · {what} · {x}**", score=score, what=what, x=where)
    return words.line("**Risk {score} · {what} · {x}**", score=score, what=what, x=where)


def _state(meaning: RiskRaised, words: Words) -> str:
    return words.say("Set aside") if meaning.aside else term(DECIDED, meaning.verdict, words)


def what_it_is(meaning: RiskRaised, words: Words) -> str:
    """Its category; or the labels it was told for, where its score says nothing of it."""
    if meaning.relabelled or not by_labels(meaning):
        return term(CATEGORIES, meaning.relabelled or meaning.category, words)
    if meaning.labels:
        return ", ".join(term(LABELS, label, words) for label in meaning.labels)
    return (
        words.say("a word of this place") if meaning.engine == OWN_WORDS else term(CATEGORIES, meaning.category, words)
    )


def whose(meaning: RiskRaised, words: Words) -> str:
    """Of what an alert is: `@amina`, `chat of @amina`, `a comment`. Who wrote it is never said: an alert is about a text."""
    if not meaning.handle:
        return term(KINDS, meaning.kind, words)
    if meaning.kind is Kind.CHAT:
        return words.say("chat of @{x}", x=meaning.handle)
    return f"@{meaning.handle}"


def _waiting(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    return (*_why(meaning, words), *_help(meaning, words), *_pending(meaning, words))


def _help(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    """What to do at once, where somebody may be in danger."""
    if meaning.restricted:
        return (
            words.line(
                "Pass nothing of it on. Report it to TikTok and to your country's hotline; inhope.org lists them."
            ),
        )
    if Label.SH in meaning.labels and meaning.level == Level.CRITICAL and meaning.kind in (Kind.SPEECH, Kind.CHAT):
        return (
            words.line(
                "Somebody may be in danger: report the live in TikTok (Share › Report), or call the emergency number of where "
                "they are."
            ),
        )
    return ()


def _kept_back(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    """Why nothing is quoted."""
    if not meaning.restricted or meaning.quote:
        return ()
    return (kept_back(words) + words.line(" Who is named in `/settings section:who may do what` may read them."),)


def _decided(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    if meaning.aside:
        return (*_aside(meaning, words), *_relabelled(meaning, words), _said(meaning, words), *_noted(meaning, words))
    muted = words.line(
        "No alerts from this live for at least {time}: confirm or dismiss it all the same.",
        time=words.length(MUTED_FOR),
    )
    rest = (muted,) if meaning.verdict is Verdict.MUTED else ()
    outcome = _outcome(meaning, words)
    return (_decision(meaning, words), *outcome, *_relabelled(meaning, words), _said(meaning, words), *rest)


def _aside(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    """Why nobody has to decide about it any more. A moderator who deleted it is named; who wrote it is not."""
    rest = words.line(" Nobody has to decide about it any more.")
    if meaning.decided_by:
        return (words.line("A moderator has deleted it.") + rest, _decision(replace(meaning, note=""), words))
    return (words.line("Its author took it back or wrote something else.") + rest,)


def _outcome(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    """What a decision about a comment, or about a title given here, means for who reads it."""
    if meaning.verdict not in PROPOSED or not (_given(meaning) or meaning.kind is Kind.COMMENT):
        return ()
    if _given(meaning):
        stays = meaning.verdict is Verdict.CONFIRMED
        return (words.line("The title stays away.") if stays else words.line("The title can be read."),)
    if meaning.verdict is Verdict.CONFIRMED:
        return (words.line("The comment stays away."),)
    return (words.line("The comment can be read."),)


def _pending(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    """What people have said of it so far."""
    lines = [*_relabelled(meaning, words), *_choice(meaning, words)]
    if meaning.proposed is not None:
        lines.append(_proposal(meaning, words))
    elif meaning.second_by:
        who = brief(meaning.second_by, NAME)
        lines.append(words.line("**{who} asks for a second person.** Two have to agree.", who=who))
    elif meaning.two:
        lines.append(words.line("**It takes two people.** What the first one says, a second one has to say too."))
    return (*lines, *_noted(meaning, words))


def _noted(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    return (words.line("**Note** “{note}”", note=brief(meaning.note, TEXT)),) if meaning.note else ()


def _proposal(meaning: RiskRaised, words: Words) -> Line:
    """What one person would decide, or two who disagree; where one is enough by now, that it is."""
    who, what = brief(meaning.proposed_by, NAME), term(PROPOSED, meaning.proposed or "", words)
    if meaning.opposed_by:
        other, against = brief(meaning.opposed_by, NAME), term(AGAINST, meaning.proposed or "", words)
        said = words.line(
            "**{who} would {what} it, {other} would {against} it.** ", who=who, what=what, other=other, against=against
        )
        return said + words.line("It waits until a third person sides with one of them.")
    said = words.line("**{who} would {what} it.** ", who=who, what=what)
    return said + (
        words.line("A second person has to agree.") if meaning.two else words.line("Here one person decides.")
    )


def _choice(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    """What deciding does to what is held."""
    if meaning.restricted or not (_given(meaning) or meaning.kind in (Kind.COMMENT, Kind.VIDEO)):
        return ()
    return (words.line("**Confirm** keeps it away, **Dismiss** lets it be seen."),)


def _given(meaning: RiskRaised) -> bool:
    """Whether it is about a title somebody here gave a transcript."""
    return meaning.kind is Kind.TITLE and meaning.item.startswith("name:")


def _relabelled(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    if not meaning.relabelled:
        return ()
    labels = ", ".join(term(LABELS, label, words) for label in meaning.relabels or ())
    said = brief(", ".join(one for one in (term(CATEGORIES, meaning.relabelled, words), labels) if one), TITLE)
    was = term(CATEGORIES, meaning.category, words)
    who = brief(meaning.relabelled_by, NAME)
    return (words.line("**Relabelled** {was} → {said}, by {who}", was=was, said=said, who=who),)


def _decision(meaning: RiskRaised, words: Words) -> Line:
    if meaning.decided_at is None:
        return ()
    who, at, note = brief(meaning.decided_by, NAME), words.time(meaning.decided_at), brief(meaning.note, TEXT)
    if meaning.agreed_by:
        first = brief(meaning.agreed_by, NAME)
        both = words.line("by **{first}** and **{who}**, {at}", first=first, who=who, at=at)
        return both + words.line(": “{note}”", note=note) if note else both
    if note:
        return words.line("by **{who}**, {at}: “{note}”", who=who, at=at, note=note)
    return words.line("by **{who}**, {at}", who=who, at=at)


def _why(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    """When it was said, about whom, and why it was told."""
    if meaning.engine == PERSON:
        if not meaning.reason:  # what is withheld keeps no name
            return (words.line("Somebody here asks for a decision."), _said(meaning, words))
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
    return (*why, joined(about, words), _said(meaning, words), *doubts(meaning, words), *again)


def _reason(meaning: RiskRaised, words: Words) -> str:
    """Why it was told. The embedded rules name what they saw in English, also where a model that saw nothing has the last word; a
    model already speaks the place's language."""
    reason = CITED.sub("", meaning.reason)
    if not reason.startswith(RULES_SAW):
        return reason
    parts = [one for one in reason.removeprefix(RULES_SAW).removesuffix(".").split("; ") if one != NOTHING]
    if not parts:
        return ""
    found = ", ".join(_finding(*one.partition(", ")[::2], words) for one in parts)
    return found if meaning.engine == RULES else words.say("simple rules saw: {what}", what=found)


def _finding(rule: str, turned: str, words: Words) -> str:
    """What a rule saw, and why it counts for less."""
    said = term(FINDINGS, rule, words)
    return f"{said} ({term(FINDINGS, turned, words)})" if turned else said


def _said(meaning: RiskRaised, words: Words) -> Line:
    at, second = words.time(meaning.at, seconds=True), clock_text(meaning.second)
    if meaning.live_id is None:
        return words.line("**Seen** {day} {at}", day=words.day(meaning.at), at=at)
    if meaning.kind is Kind.TITLE:
        said = words.line("**Seen** {at}, {second} into the live", at=at, second=second)
    elif meaning.kind is Kind.CHAT:
        said = words.line("**Written** {at}, {second} into the live", at=at, second=second)
    else:
        said = words.line("**Said** {at}, {second} into the live", at=at, second=second)
    if not meaning.repeats:
        return said
    if meaning.kind is Kind.SPEECH:
        return said + words.line(" · ") + words.count("heard {n} more time", "heard {n} more times", meaning.repeats)
    return said + words.line(" · ") + words.count("seen {n} more time", "seen {n} more times", meaning.repeats)


def _buttons(meaning: RiskRaised, words: Words) -> tuple[tuple[Button, ...], ...]:
    """What decides first, the dangerous one last of it; then what helps to decide; then what is rarer."""
    alert, live = meaning.alert_id, meaning.live_id is not None and meaning.kind in LIVING and bool(meaning.handle)
    seen = {"as": meaning.seen} if meaning.seen else {}
    confirm = Button(words.say("Confirm"), key("review.decide", alert, "confirm", **seen), Press.MAIN)
    dismiss = Button(words.say("Dismiss"), key("review.decide", alert, "dismiss", **seen))
    keep = Button(words.say("Keep as evidence"), key("review.evidence", alert, "keep"))
    note = Button(words.say("Note"), key("review.note", alert))
    relabel = Button(words.say("Relabel"), key("review.relabel", alert, **seen))
    read = (Button(words.say("Read it"), key("review.read", alert)),) if meaning.restricted else ()
    looking = (*read, *(_looking(meaning, words) if live else _held(meaning, words)))
    undo = _undo(meaning, words)
    history = Button(words.say("History"), key("review.history", alert))
    if meaning.aside:
        return ((history, relabel, note), (*looking, keep))
    if meaning.verdict is Verdict.MUTED:
        return ((confirm, dismiss, undo), (*looking, keep), (history, relabel, note))
    if meaning.verdict is not Verdict.WAITING:
        return ((undo, history, relabel, note), (*looking, keep))
    mute = Button(words.say("Mute for 30 min"), key("review.mute", alert, **seen))
    stop = Button(words.say("Stop capture"), key("watch.stop", meaning.handle, live=meaning.live_id), Press.DANGER)
    deciding = (confirm, dismiss, *((mute, stop) if live else ()))
    second = Button(words.say("Ask a second person"), key("review.second", alert))
    asking = (undo,) if meaning.proposed or meaning.second_by else () if meaning.two else (second,)
    rarer = (relabel, *asking, note)
    watch = (Button(words.say("Watch"), live_link(meaning.handle), Press.LINK),) if live else ()
    if read:  # no row has more than four
        return (deciding, (*looking, *watch), (*rarer, keep))
    return (deciding, (*looking, keep, *watch), rarer)


def _undo(meaning: RiskRaised, words: Words) -> Button:
    stands = {"as": meaning.stands} if meaning.stands else {}
    return Button(words.say("Undo"), key("review.decide", meaning.alert_id, "reopen", **stands))


def _held(meaning: RiskRaised, words: Words) -> tuple[Button, ...]:
    """What opens the clip or transcript that is held."""
    matter, _, number = meaning.item.partition(":")
    if meaning.kind is not Kind.VIDEO or not number.isdecimal():
        return ()
    opens = key("clip.look", number) if matter == Matter.CLIP else key("transcript.look", f"v{number}")
    return (Button(words.say("Look at it"), opens),)


def _looking(meaning: RiskRaised, words: Words) -> tuple[Button, ...]:
    hear = Button(words.say("Hear 45 s"), key("review.hear", meaning.alert_id))
    return (hear, Button(words.say("Context"), key("review.context", meaning.alert_id)))
