"""Exporting: transcripts as files people can use elsewhere."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from core.model.live import Live
from core.model.transcript import Segment, clock_text
from core.model.video import Spoken
from core.ports.store import Storage


class Format(StrEnum):
    """What a transcript can be."""

    TXT = "txt"
    MD = "md"
    SRT = "srt"
    VTT = "vtt"
    JSON = "json"


@dataclass(frozen=True)
class Exported:
    """A file: its name by the seed's rule, and its bytes in UTF-8."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Exporting:
    """Files made of what is stored."""

    storage: Storage

    async def segments(self, of: Spoken) -> list[Segment]:
        """What was said in a live or a video, oldest first; a live's spans without words are in it with text None."""
        async with self.storage.reading() as work:
            if not isinstance(of, Live):
                return await work.videos.segments(of.place, of.id)
            return [part for part in await work.transcripts.of_live(of.id) if isinstance(part, Segment)]

    async def transcript(self, of: Spoken, wanted: Format) -> Exported:
        """A transcript in one of the formats."""
        return Exported(
            file_name(of.title or handle_of(of), wanted), write(of, await self.segments(of), wanted).encode()
        )


def handle_of(of: Spoken) -> str:
    """Whose live or video it is; empty for a file."""
    return of.handle if isinstance(of, Live) else of.video.handle


def file_name(title: str, wanted: Format) -> str:
    """Tiknote's rule: everything but a–z and 0–9 becomes `_`, then `_transcript`."""
    return f"{re.sub(r'[^a-z0-9]', '_', title.lower())[:80]}_transcript.{wanted}"


def write(of: Spoken, segments: Sequence[Segment], wanted: Format) -> str:
    """The text of a transcript file. What is said is data: braces, tags and arrows in it survive and mean nothing."""
    match wanted:
        case Format.TXT:
            return "".join(f"[{clock_text(s.start)}] {_one_line(s.text)}\n" for s in segments if s.text)
        case Format.MD:
            return _head(of) + "".join(f"**{clock_text(s.start)}** {_markdown(s.text)}  \n" for s in segments if s.text)
        case Format.SRT:
            told = [s for s in segments if s.text]
            return "".join(
                f"{n}\n{_time(s.start, ',')} --> {_time(s.end, ',')}\n{_cue(s.text)}\n\n" for n, s in enumerate(told, 1)
            )
        case Format.VTT:
            cues = "".join(
                f"{_time(s.start, '.')} --> {_time(s.end, '.')}\n{_tagless(s.text)}\n\n" for s in segments if s.text
            )
            return f"WEBVTT\n\n{cues}"
        case Format.JSON:
            return json.dumps(_facts(of) | {"segments": [asdict(s) for s in segments]}, ensure_ascii=False, indent=1)


def _head(of: Spoken) -> str:
    at = of.started if isinstance(of, Live) else of.video.posted or of.made
    whose = f"@{handle} · " if (handle := handle_of(of)) else ""
    return f"# {_markdown(whose + of.title)}\n\n{at:%Y-%m-%d %H:%M} UTC\n\n"


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


def _time(seconds: float, mark: str) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cue(text: str | None) -> str:
    """A cue is one line: an empty line or an arrow inside would end it."""
    return _one_line(text or "").replace("-->", "→")


def _tagless(text: str | None) -> str:
    return _cue(text).replace("&", "&amp;").replace("<", "&lt;")


def _markdown(text: str | None) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", _one_line(text or ""))
