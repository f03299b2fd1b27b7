"""Filing: a live as a file: what was said, its chat, all that happened on one timeline, how it was."""

import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.model.live import Live
from core.model.moment import Moment, MomentKind
from core.model.tellable.lives import LiveEnded
from core.model.transcript import SegmentState, clock_text
from core.ports.printer import Sheet
from core.services.disarming import disarmed
from core.services.exporting import Exported, Exporting, file_name
from core.services.lives.recounting import Recounting, View
from core.services.lives.reporting import Reporting
from core.services.writing import MISSING, Format, markdown, one_line, wanting


class What(StrEnum):
    """Which part of a live."""

    TRANSCRIPT = "transcript"
    CHAT = "chat"
    EVENTS = "events"
    REPORT = "report"


class FileFormat(StrEnum):
    """What a file can be; not everything can be everything."""

    CSV = "csv"
    TXT = "txt"
    MD = "md"
    SRT = "srt"
    VTT = "vtt"
    JSON = "json"
    PDF = "pdf"


CAN: dict[What, tuple[FileFormat, ...]] = {
    What.TRANSCRIPT: tuple(FileFormat(form.value) for form in Format),
    What.CHAT: (FileFormat.CSV, FileFormat.TXT, FileFormat.JSON),
    What.EVENTS: (FileFormat.CSV, FileFormat.TXT, FileFormat.JSON),
    What.REPORT: (FileFormat.MD, FileFormat.TXT, FileFormat.JSON, FileFormat.PDF),
}
PIECE_OF = {What.CHAT: View.CHAT, What.EVENTS: View.ALL}
TOLD = frozenset({MomentKind.WATCH, MomentKind.GAP, MomentKind.HIT, MomentKind.ALERT, MomentKind.CLIP, MomentKind.MARK})
"""Of what happened, what a printed report tells, up to so many:"""
MOST_TOLD = 1000
WITHHELD = wanting(MISSING[SegmentState.WITHHELD])
Pieces = AsyncIterator[list[Moment]]


@dataclass(frozen=True)
class Filing:
    """Files made of lives."""

    exporting: Exporting
    reporting: Reporting
    recounting: Recounting

    async def file(self, place: str, live: Live, what: What, wanted: FileFormat, *, whole: bool = False) -> Exported:
        """A part of a live as `place` may see it; `whole`: for somebody named, with what may be about minors too, but for
        reports. Raises Invalid FORMAT (what, format, list), Transient PDF."""
        if wanted not in CAN[what]:
            raise Invalid("FORMAT", what=what.value, format=wanted.value, list=", ".join(CAN[what]))
        if what is What.TRANSCRIPT:
            return await self.exporting.transcript(place, live, Format(wanted.value), whole=whole)
        if what is What.REPORT:
            report = await self.reporting.of(place, live)
            if wanted is FileFormat.PDF:
                pieces = self.recounting.pieces(place, live, View.EVENTS)
                told = [moment async for piece in pieces for moment in piece if moment.kind in TOLD]
                sheet = _sheet(report, told if report.recorded else [])
                return Exported(_name(live, what, wanted), await self.exporting.printer.print(sheet))
            return Exported(_name(live, what, wanted), REPORTS[wanted](report).encode())
        data = await ROWS[wanted](live, self.recounting.pieces(place, live, PIECE_OF[what], whole=whole))
        return Exported(_name(live, what, wanted), data)


def _name(live: Live, what: What, wanted: FileFormat) -> str:
    """As a transcript's, with what it is."""
    return file_name(live.title or live.handle, Format.TXT).replace("_transcript.txt", f"_{what.value}.{wanted.value}")


COLUMNS = ("at", "second", "kind", "who", "person", "text", "count", "until", "score")
"""Of a row: when it was, at which second of the recording, what it was. `who` is the handle shown, `person` what the place knows
them by."""


def _row(moment: Moment) -> dict[str, Any]:
    row = {name: getattr(moment, name) for name in COLUMNS}
    until = None if moment.until is None else round(moment.until, 3)
    text = _noted(moment) if moment.kind is MomentKind.WATCH else moment.text
    return row | {"at": moment.at.isoformat(), "second": round(moment.second, 3), "text": text, "until": until}


def _noted(moment: Moment) -> str:
    """What happened to the watch, and what belongs to it."""
    return ": ".join(part for part in (str(moment.noted), moment.text) if part)


async def _csv(live: Live, pieces: Pieces) -> bytes:
    """With a byte order mark, without which spreadsheets take it for another encoding."""
    file = io.BytesIO()
    text = io.TextIOWrapper(file, "utf-8-sig", "replace", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    async for moments in pieces:
        writer.writerows([disarmed(value) for value in _row(moment).values()] for moment in moments)
    text.flush()
    return file.getvalue()


async def _text(live: Live, pieces: Pieces) -> bytes:
    lines = [
        f"[{clock_text(moment.second)}] {_told(moment)}\n".encode("utf-8", "replace")
        async for moments in pieces
        for moment in moments
    ]
    return b"".join(lines)


def _told(moment: Moment) -> str:
    """A moment in one line, without its time."""
    who, text = f"{moment.who}: " if moment.who else "", one_line(moment.text)
    match moment.kind:
        case MomentKind.CHAT:
            return f"{who}{text or WITHHELD}"
        case MomentKind.SPEECH:
            return f"said by {who}{text}" if moment.who else f"said: {text}"
        case MomentKind.GAP:
            why, until = MISSING.get(moment.text, text), clock_text(moment.until or 0.0)
            return wanting(why).replace(",", f" until {until},", 1)
        case MomentKind.ALERT:
            return f"alert {moment.score or 0.0:.2f}: {text or WITHHELD}"
        case MomentKind.GIFT | MomentKind.LIKE | MomentKind.JOIN | MomentKind.FOLLOW | MomentKind.SHARE:
            return who + " ".join(part for part in (moment.kind, text, f"× {moment.count}") if part)
        case MomentKind.VIEWERS:
            return f"viewers {moment.count}"
        case MomentKind.WATCH:
            return f"watch {who}{one_line(_noted(moment))}"
        case _:
            return f"{who}{moment.kind} {text}".rstrip()


async def _json(live: Live, pieces: Pieces) -> bytes:
    facts = {"handle": live.handle, "title": live.title, "started": live.started.isoformat(), "rooms": live.rooms}
    rows = [b"  " + json.dumps(_row(moment)).encode() async for moments in pieces for moment in moments]
    head = json.dumps(facts | {"events": []}, indent=1).encode().removesuffix(b"]\n}")
    return b"\n".join((head, b",\n".join(rows), b" ]\n}"))


ROWS: dict[FileFormat, Callable[[Live, Pieces], Awaitable[bytes]]] = {
    FileFormat.CSV: _csv,
    FileFormat.TXT: _text,
    FileFormat.JSON: _json,
}


def _sheet(report: LiveEnded, moments: list[Moment]) -> Sheet:
    """As it is printed: when it was, its plot, its figures, its first words, and what happened in it."""
    title = " · ".join(part for part in (f"@{report.handle}", report.title) if part)
    length = clock_text((report.ended - report.started).total_seconds())
    head = [f"{report.started:%Y-%m-%d %H:%M} to {report.ended:%Y-%m-%d %H:%M} UTC · {length}"]
    head += [f"before: {' · '.join(report.titles)}"] if report.titles else []
    figures = {name: value for name, value in asdict(report).items() if name.startswith("viewers") or name in FIGURES}
    lines = [("", " · ".join(f"{_word(name)} {_shown(value)}" for name, value in figures.items()))]
    lines += [("", f"by {report.summary_by}: {report.summary}")] if report.summary else []
    lines += [("", report.lines)] if report.lines and not report.summary else []
    lines += [(clock_text(moment.second), _told(moment)) for moment in moments[:MOST_TOLD]]
    lines += [("", f"… and {len(moments) - MOST_TOLD} more")] if len(moments) > MOST_TOLD else []
    return Sheet(title, tuple(head), tuple(lines), Path(report.plot) if report.plot else None)


FIGURES = frozenset(
    {"chats", "hits", "alerts", "clips", "segments", "told", "silent", "failed", "untold", "late", "gaps"}
)


def _facts(report: LiveEnded) -> dict[str, Any]:
    """The figures of a report: everything but the path of its picture."""
    facts = {name: value for name, value in asdict(report).items() if name not in ("plot", "live_id")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}


def _plain(report: LiveEnded) -> str:
    return "".join(f"{_word(name)}: {_shown(value)}\n" for name, value in _facts(report).items())


def _markdown(report: LiveEnded) -> str:
    facts = _facts(report)
    head = f"# @{report.handle}\n\n"
    return head + "".join(f"- **{_word(name)}**: {markdown(_shown(value))}\n" for name, value in facts.items())


def _word(name: str) -> str:
    return name.replace("_", " ")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " · ".join(map(str, value))
    return f"{value:.1f}" if isinstance(value, float) else " ".join(str(value).split())


REPORTS: dict[FileFormat, Callable[[LiveEnded], str]] = {
    FileFormat.MD: _markdown,
    FileFormat.TXT: _plain,
    FileFormat.JSON: lambda report: json.dumps(_facts(report), ensure_ascii=True, indent=1),
}
