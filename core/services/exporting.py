"""Exporting: transcripts as files people can use elsewhere."""

import json
import re
from dataclasses import asdict, dataclass
from enum import StrEnum

from core.model.live import Live
from core.model.transcript import Segment, clock_text
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

    async def segments(self, live: Live) -> list[Segment]:
        """What was said in a live, oldest first; spans without words are in it with text None."""
        async with self.storage.reading() as work:
            return [part for part in await work.transcripts.of_live(live.id) if isinstance(part, Segment)]

    async def transcript(self, live: Live, wanted: Format) -> Exported:
        """A live's transcript in one of the formats."""
        return Exported(
            file_name(live.title or live.handle, wanted), write(live, await self.segments(live), wanted).encode()
        )


def file_name(title: str, wanted: Format) -> str:
    """Tiknote's rule: everything but a–z and 0–9 becomes `_`, then `_transcript`."""
    return f"{re.sub(r'[^a-z0-9]', '_', title.lower())[:80]}_transcript.{wanted}"


def write(live: Live, segments: list[Segment], wanted: Format) -> str:
    """The text of a transcript file. What is said is data: braces, tags and arrows in it survive and mean nothing."""
    match wanted:
        case Format.TXT:
            return "".join(f"[{clock_text(s.start)}] {_one_line(s.text)}\n" for s in segments if s.text)
        case Format.MD:
            head = f"# @{live.handle} · {_one_line(live.title)}\n\n{live.started:%Y-%m-%d %H:%M} UTC\n\n"
            return head + "".join(f"**{clock_text(s.start)}** {_markdown(s.text)}  \n" for s in segments if s.text)
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
            facts: dict[str, object] = {
                "handle": live.handle,
                "title": live.title,
                "started": live.started.isoformat(),
                "rooms": live.rooms,
            }
            return json.dumps(facts | {"segments": [asdict(s) for s in segments]}, ensure_ascii=False, indent=1)


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
