"""How a clip came about: where in the live it begins, why it is shorter than was asked, or why there is none."""

from bot.wording import Line, Words
from core.model.clip import Short, Source
from core.model.tellable.finds import ClipSaved
from core.model.transcript import clock_text


def origin(meaning: ClipSaved, words: Words) -> Line:
    """Where it begins, who recorded it when that was not Earshot, and what is missing of it."""
    begins = words.line("from {second} of the live", second=clock_text(meaning.start))
    if meaning.source is Source.OBS:
        begins += words.line(" · a replay of OBS")
    sound = () if meaning.width else words.line(" · sound only")
    return begins + _short(meaning.short, words) + sound


def _short(short: Short | None, words: Words) -> Line:
    match short:
        case None:
            return ()
        case Short.ENDED:
            return words.line(" · shorter: the live ended")
        case Short.BUFFER:
            return words.line(" · shorter: the buffer does not reach further back")
        case Short.BEGUN:
            return words.line(" · shorter: the buffer began only then")
        case Short.FORMAT:
            return words.line(" · shorter: picture or sound changed their format there")
        case Short.STALLED:
            return words.line(" · shorter: the stream stood still")
        case Short.STOPPED:
            return words.line(" · shorter: I was stopped")


def failure(meaning: ClipSaved, words: Words) -> tuple[Line, Line]:
    """Why there is none, and what to do or what there is instead."""
    there = words.line("Hits and transcript are there.")
    match meaning.failed:
        case "DISK_CLOSED" | "FOLDER_MISSING" | "DISK_ERROR":
            return words.line("The folder of the clips cannot be written to: the owner can mend that."), there
        case "DISK":
            return words.line("The disk was full. Delete some with `/clip list`, or give me more room."), there
        case "BUG" | "JOB_DEADLY" | "JOB_LATE":
            return words.line("Something went wrong on my side; the owner finds what in the log."), there
        case "CLIP_EARLY":
            why = words.line("Nothing of @{x}'s live had come in by then, neither picture nor sound.", x=meaning.handle)
            return why, words.line("`/clip save` saves the last seconds as soon as something is there.")
        case "CLIP_SLOW":
            why = words.line(
                "Its picture comes in H.265 or AV1, and turning it into what everybody can play took too long."
            )
            return why, there
        case "CLIP_GONE":
            return words.line("That part of @{x}'s live was not kept any more.", x=meaning.handle), there
    return words.line("What came of @{x}'s live could not be read.", x=meaning.handle), there
