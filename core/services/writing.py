"""Writing: a transcript in each of its formats. What is said is data: braces, tags and arrows in it survive and mean nothing."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from core.model.live import Live
from core.model.transcript import Gap, GapCause, Segment, SegmentState, clock_text
from core.model.video import Spoken
from core.ports.printer import Sheet

TOUCHING = 1.0
"""Seconds: stretches without words for the same reason are one when no more lies between them."""
MISSING: dict[str, str] = {
    SegmentState.UNTOLD: "no engine was ready",
    SegmentState.LATE: "the engine was behind",
    SegmentState.FAILED: "the engine failed",
    GapCause.ENGINE: "the engine failed",
    GapCause.RECONNECT: "the stream was interrupted",
    GapCause.STOPPED: "Earshot was not running",
    GapCause.OVERFLOW: "too much was said at once",
    SegmentState.WITHHELD: "it may be about minors",
}
"""Why a stretch has no words, as files say it."""


class Format(StrEnum):
    """What a transcript can be."""

    TXT = "txt"
    MD = "md"
    SRT = "srt"
    VTT = "vtt"
    JSON = "json"
    PDF = "pdf"


@dataclass(frozen=True)
class Line:
    """A line of a transcript: what was said, or `why` there are no words. Texts are in one line."""

    start: float
    end: float
    text: str
    speaker: str = ""
    why: str = ""

    @property
    def withheld(self) -> bool:
        """Whether there are words, and not for whoever reads this."""
        return self.why == MISSING[SegmentState.WITHHELD]

    @property
    def told(self) -> str:
        """The line without its time: who said it before what was said, or the stretch that is missing."""
        if self.why:
            return f"[{clock_text(self.start)}–{clock_text(self.end)}: {wanting(self.why)}]"
        return f"{self.speaker}: {self.text}" if self.speaker else self.text


def wanting(why: str) -> str:
    """How a stretch that has no words says so, by its reason in MISSING."""
    return f"{'withheld' if why == MISSING[SegmentState.WITHHELD] else 'not transcribed'}, {why}"


def lines_of(parts: Sequence[Segment | Gap]) -> Iterator[Line]:
    """The lines of a transcript in order. Sound in which nobody said anything has none."""
    missing: Line | None = None
    for part in parts:
        text = one_line(part.text or "") if isinstance(part, Segment) else ""
        cause = part.cause if isinstance(part, Gap) else part.state
        why = "" if text else MISSING.get(cause, cause.value if isinstance(part, Gap) else "")
        if missing and why == missing.why and part.start - missing.end < TOUCHING:
            missing = replace(missing, end=max(missing.end, part.end))
        elif text or why:
            if missing:
                yield missing
            missing = Line(part.start, part.end, "", why=why) if why else None
        if text and isinstance(part, Segment):
            yield Line(part.start, part.end, text, one_line(part.speaker))
    if missing:
        yield missing


def write(of: Spoken, parts: Sequence[Segment | Gap], wanted: Format) -> str:
    """The text of a transcript file; of every format but PDF."""
    lines = list(lines_of(parts))
    said = [line for line in lines if not line.why or line.withheld]
    match wanted:
        case Format.TXT:
            return "".join(
                f"{line.told if line.why else f'[{clock_text(line.start)}] {line.told}'}\n" for line in lines
            )
        case Format.MD:
            head = f"# {markdown(title_of(of))}\n\n{_when(of)}\n\n"
            return head + "".join(f"{_marked(line)}  \n" for line in lines)
        case Format.SRT:
            return "".join(f"{n}\n{_times(line, ',')}\n{_arrowless(line.told)}\n\n" for n, line in enumerate(said, 1))
        case Format.VTT:
            return "WEBVTT\n\n" + "".join(f"{_times(line, '.')}\n{_voiced(line)}\n\n" for line in said)
        case Format.JSON:
            segments = [asdict(part) for part in parts if isinstance(part, Segment)]
            gaps = [asdict(part) for part in parts if isinstance(part, Gap)]
            return json.dumps(_facts(of) | {"segments": segments, "gaps": gaps}, ensure_ascii=False, indent=1)
        case Format.PDF:
            raise ValueError("pages are printed, not written")


def sheet_of(of: Spoken, parts: Sequence[Segment | Gap]) -> Sheet:
    """A transcript as it is printed."""
    lines = list(lines_of(parts))
    head = [_when(of), *([of.video.address] if not isinstance(of, Live) and of.video.handle else [])]
    return Sheet(title_of(of), tuple(head), tuple((clock_text(line.start), line.told) for line in lines))


def handle_of(of: Spoken) -> str:
    """Whose live or video it is; empty for a file."""
    return of.handle if isinstance(of, Live) else of.video.handle


def title_of(of: Spoken) -> str:
    """What it is, and whose."""
    return " · ".join(part for part in (f"@{handle_of(of)}" if handle_of(of) else "", of.title) if part)


def one_line(text: str) -> str:
    """`text` with each of its gaps a space: a line of a file ends where we end it."""
    return " ".join(text.split())


def markdown(text: str) -> str:
    """`text` in one line, formatting nothing."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", one_line(text))


def _when(of: Spoken) -> str:
    at = of.started if isinstance(of, Live) else of.video.posted or of.made
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _facts(of: Spoken) -> dict[str, object]:
    """What a JSON file says beside the words."""
    if isinstance(of, Live):
        return {"handle": of.handle, "title": of.title, "started": of.started.isoformat(), "rooms": of.rooms}
    video = of.video
    return {
        "handle": video.handle,
        "title": of.title,
        "description": video.description,
        "link": video.address,
        "posted": video.posted.isoformat() if video.posted else None,
        "seconds": video.seconds,
        "language": of.language,
        "engine": of.engine,
        "automatic": of.automatic,
    }


def _marked(line: Line) -> str:
    if line.why:
        return f"*{markdown(line.told)}*"
    speaker = f"**{markdown(line.speaker)}**: " if line.speaker else ""
    return f"**{clock_text(line.start)}** {speaker}{markdown(line.text)}"


def _times(line: Line, mark: str) -> str:
    return f"{_time(line.start, mark)} --> {_time(line.end, mark)}"


def _time(seconds: float, mark: str) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def _arrowless(text: str) -> str:
    """SRT has no way to write an arrow that means nothing: readers take it for times."""
    return text.replace("-->", "→")


def _voiced(line: Line) -> str:
    voice = f"<v {_escaped(line.speaker)}>" if line.speaker else ""
    return voice + _escaped(line.told if line.why else line.text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
