"""What a clip's post says of its screening: what was looked at, why it is held, and what people decided."""

from collections.abc import Mapping

from bot.card import Button, Card, Press, Tone
from bot.cards.brief import NAME, TEXT, brief
from bot.cards.posts import joined, live_link
from bot.cards.terms import term
from bot.command import key
from bot.wording import Line, Words
from core.model.screening import NOTES, Check, State, Where
from core.model.tellable.finds import ClipSaved
from core.model.tellable.screened import Screened

CHECKS: Mapping[str, str] = {
    Check.NUDITY: "nudity",
    Check.GORE: "gore",
    Check.HATE: "hate or extremism",
    Check.DANGEROUS: "dangerous or illegal acts",
    Check.HARASSMENT: "harassment",
    Check.SELF_HARM: "self-harm",
    Check.MINORS: "sexual content with minors",
    Check.MISINFORMATION: "misinformation",
}
PLACES: Mapping[str, str] = {Where.WORDS: "in what is said or written", Where.FRAMES: "in the picture"}
FAULTS: Mapping[str, str] = {
    "QUOTA": "its quota is used up",
    "JUDGE_SPENT": "what models may cost this place today is used up (PLACE_JUDGE_DOLLARS)",
    "TOO_BIG_FRAMES": "the pictures were too large for it",
    "ENGINE_MODEL": "there is no such model any more; the owner can correct GROQ_VISION_MODEL",
    "ENGINE_KEY": "it refuses the key",
    "ENGINE_ADDRESS": "nothing like it is at that address",
    "ENGINE_REFUSED": "it refused the question",
    "ENGINE_DOWN": "it did not answer, or not as it should",
    "": "the picture could not be read",
}
"""Why a look came to nothing, by the code of the error."""


def looked(screened: Screened, words: Words) -> Line:
    """What was looked at before it was posted, and what nobody looked at."""
    parts = [_seen(screened, words)]
    if screened.unheard >= 1:
        parts.append(words.count("{n} s of it without words", "{n} s of it without words", round(screened.unheard)))
    notes = [check for check, _ in screened.found if check in NOTES]
    if notes:
        names = ", ".join(term(CHECKS, check, words) for check in dict.fromkeys(notes))
        parts.append(words.line("noted: {what}", what=names))
    return joined(parts, words)


def _seen(screened: Screened, words: Words) -> Line:
    if screened.frames:
        return words.count(
            "looked at before posting: words and {n} frame",
            "looked at before posting: words and {n} frames",
            screened.frames,
        )
    if screened.blind:
        return words.line("looked at before posting: its words; it has no picture")
    if screened.fault and not screened.gone:
        return words.line("looked at before posting: only its words")
    if screened.fault:
        fault = _fault(screened, words)
        return words.line(
            "looked at before posting: only its words, for the model that sees is out: {fault}", fault=fault
        )
    return words.line("looked at before posting: only its words, nobody looked at the picture")


def _fault(screened: Screened, words: Words) -> str:
    return term(FAULTS, screened.fault if screened.fault in FAULTS else "", words)


def found(screened: Screened, words: Words) -> tuple[Line, ...]:
    """Everything that keeps it away, a line each."""
    lines: list[Line] = []
    for check, where in screened.found:
        if check not in NOTES:
            what = words.line("{check} {where}", check=term(CHECKS, check, words), where=term(PLACES, where, words))
            lines.append(words.line("**Found** ") + what)
    if screened.reason and any(where is Where.FRAMES for _, where in screened.found) and not screened.restricted:
        lines.append(words.line("**Why** {reason}", reason=brief(screened.reason, TEXT)))
    if screened.frames and lines:
        lines.append(_rest(screened, words))
    if screened.alike is not None:
        lines.append(words.line("On {day} something was rejected that looks like it.", day=words.day(screened.alike)))
    if screened.doubtful:
        lines.append(words.line("What is said or shown in it gives orders to who judges it."))
    if not screened.frames and not screened.blind and not lines:
        lines.append(_unseen(screened, words))
    return tuple(lines)


def _rest(screened: Screened, words: Words) -> Line:
    """What else was looked for."""
    named = {check for check, _ in screened.found}
    names = ", ".join(term(CHECKS, check, words) for check in CHECKS if check not in named)
    return words.line("Nothing found of {what}.", what=names) if names else ()


def _unseen(screened: Screened, words: Words) -> Line:
    if screened.fault and not screened.gone:
        return words.line("The model that sees could not look at it: {fault}.", fault=_fault(screened, words))
    return words.line("No model looked at its picture, and here such clips wait for a person (`VIDEO_LOCAL_POLICY`).")


def held(meaning: ClipSaved, screened: Screened, words: Words) -> Card:
    """The post of a clip that is not shown: why, and who decides."""
    foot = words.line("from @{x}'s live, {link}", x=meaning.handle, link=live_link(meaning.handle))
    name = words.line("`{shown}`", shown=meaning.shown)
    return kept_away(name, screened, joined([foot, looked(screened, words)], words), deciding(meaning, words), words)


def kept_away(
    name: Line, screened: Screened, foot: Line, buttons: tuple[tuple[Button, ...], ...], words: Words
) -> Card:
    """The post of what is not shown."""
    title, body = standing(name, screened, words)
    return Card(title, body, foot=foot, buttons=buttons, tone=Tone.WARN if screened.state is State.HELD else Tone.CALM)


def standing(name: Line, screened: Screened, words: Words) -> tuple[Line, tuple[Line, ...]]:
    """How what is called `name` stands, and why."""
    why, never = found(screened, words), _never(screened, words)
    match screened.state:
        case State.REJECTED if screened.by:
            return name + words.line(" **is kept away.**"), (*_by(screened, words), *why, *never)
        case State.REJECTED:
            return name + words.line(" **is not posted.**"), (*why, *never)
        case State.OVERRIDDEN:  # and yet not shown
            fine = words.line("**{who}** found nothing wrong with it.", who=brief(screened.by, NAME))
            return name + words.line(" **is not posted.**"), (fine, *never)
        case _:
            next_ = words.line("It is shown here as soon as somebody who may review finds it fine.")
            return name + words.line(" **is held for a person.**"), (*why, next_)


def _never(screened: Screened, words: Words) -> tuple[Line, ...]:
    if not screened.restricted:
        return ()
    return (
        words.line(
            "Such clips are never posted, and only named reviewers may look at them: `/settings` names who they are."
        ),
    )


def _by(screened: Screened, words: Words) -> tuple[Line, ...]:
    return (words.line("by **{who}**", who=brief(screened.by, NAME)),) if screened.by else ()


def released(meaning: ClipSaved, words: Words) -> tuple[Line, ...]:
    """Who let it be shown."""
    screened = meaning.screened
    if screened is None or screened.state is not State.OVERRIDDEN:
        return ()
    return (words.line("Held at first; **{who}** found it fine.", who=brief(screened.by, NAME)),)


def deciding(meaning: ClipSaved, words: Words) -> tuple[tuple[Button, ...], ...]:
    """What somebody who may review does with a clip."""
    return ruling(meaning.screened, "clip", meaning.clip_id, words) if meaning.screened else ()


def ruling(screened: Screened, verb: str, number: object, words: Words) -> tuple[tuple[Button, ...], ...]:
    """The buttons that decide what is held; each press is checked."""
    if screened.alert_id is None:
        return ()
    look = Button(words.say("Look at it"), key(f"{verb}.look", number))
    if screened.by and screened.state is not State.HELD:
        return ((look, Button(words.say("Undo"), _reopen(screened, verb, number))),)
    return (
        (
            look,
            Button(words.say("It is fine"), key(f"{verb}.decide", number, "show"), Press.MAIN),
            Button(words.say("Keep it away"), key(f"{verb}.decide", number, "hide"), Press.DANGER),
        ),
    )


def undoing(screened: Screened | None, verb: str, number: object, words: Words) -> tuple[tuple[Button, ...], ...]:
    """The way back for what somebody let be shown."""
    if screened is None or screened.state is not State.OVERRIDDEN:
        return ()
    return ((Button(words.say("Hold it again"), _reopen(screened, verb, number)),),)


def _reopen(screened: Screened, verb: str, number: object) -> str:
    """Takes back the decision that is shown, and no other."""
    shown = {"as": screened.stands} if screened.stands else {}
    return key(f"{verb}.decide", number, "reopen", **shown)


def ruled(
    name: Line, screened: Screened | None, verb: str, number: object, words: Words, *, proposed: bool = False
) -> Card:
    """What came of a decision, for who made it; `proposed`: nothing yet."""
    if screened is None or screened.open:
        told = words.line("Its post shows it; until now nobody could see it there.")
        return Card(
            name + words.line(" **is shown now.**"),
            (told,),
            buttons=undoing(screened, verb, number, words),
            private=True,
        )
    title, body = standing(name, screened, words)
    if proposed:
        waits = words.line("**What you say is a proposal.** It stands once somebody else says the same.")
        return Card(title, (*body, waits), buttons=ruling(screened, verb, number, words), private=True)
    seen = words.line("Messages that show it already stay: delete them too if it has to go.")
    return Card(title, (*body, seen), buttons=ruling(screened, verb, number, words), private=True)
