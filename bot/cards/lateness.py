"""Words of a live that are late or missing: what is missing, why, and what becomes of it."""

from collections.abc import Mapping
from datetime import timedelta

from bot.card import Button, Card, Tone
from bot.cards.drawing import draw
from bot.cards.terms import ENGINES, term
from bot.command import key
from bot.wording import Line, Words
from core.model.tellable.lives import WordsLate

WHY: Mapping[str, str] = {
    "SLOW": "More is said than can be written down at once.",
    "QUOTA": "The quota of {engine} is used up.",
    "KEY": "The engine refuses its key; who runs Earshot has been told.",
}
FAILED = "{engine} does not answer as it should."


@draw.register
def words_late(meaning: WordsLate, words: Words) -> Card:
    """One post, from the first words that are missing until they are there."""
    length = words.length(timedelta(seconds=meaning.seconds))
    left = words.length(timedelta(seconds=meaning.left if meaning.kept and meaning.left else meaning.seconds))
    since = words.time(meaning.since)
    open_ = Button(words.say("Transcript"), key("transcript.open", meaning.live_id))
    if meaning.filled and meaning.until is not None:
        title = words.line("**All that was said in @{x}'s live is written down now.**", x=meaning.handle)
        body = words.line("{length} of speech since {at} came late; the transcript has them.", length=length, at=since)
        return Card(title, (body,), buttons=((open_,),), tone=Tone.GOOD)
    if meaning.until is not None:
        title = words.line("**The words of @{x}'s live come again.**", x=meaning.handle)
        if meaning.ended:
            title = words.line("**Words of @{x}'s live, which has ended, are still missing.**", x=meaning.handle)
        missing = words.line(
            "{length} of speech between {at} and {until} have no words yet.",
            length=left,
            at=since,
            until=words.time(meaning.until),
        )
        tone = Tone.WARN if meaning.ended else Tone.GOOD
        return Card(title, (missing, _fate(meaning, words)), buttons=((open_,),), tone=tone)
    title = (
        words.line("**The words of @{x}'s live come late.**", x=meaning.handle)
        if meaning.kept
        else words.line("**Words of @{x}'s live are missing.**", x=meaning.handle)
    )
    missing = words.line("{length} of speech since {at} have no words yet.", at=since, length=left)
    return Card(title, (_why(meaning, words), missing, _fate(meaning, words)), tone=Tone.WARN)


def _why(meaning: WordsLate, words: Words) -> Line:
    engine = term(ENGINES, meaning.engine, words) if meaning.engine else words.say("the engine")
    why = words.line(WHY.get(meaning.why, FAILED), engine=engine)
    if meaning.opens is None:
        return why
    return why + words.line(" It opens again at {at}.", at=words.time(meaning.opens))


def _fate(meaning: WordsLate, words: Words) -> Line:
    if meaning.kept:
        return words.line("The sound is kept for a day: I write it down as soon as an engine has time.")
    if meaning.ended:
        return words.line("Not all of the sound could be kept: some of it stays without words.")
    return words.line("Not all of the sound could be kept. Chat, triggers on chat, clips and the live go on.")
