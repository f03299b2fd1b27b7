"""Filing: a live as a file: what was said, its chat, all its events, how it was."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.errors import Invalid
from core.model.live import ChatMessage, GiftSent, Joined, Liked, Live, LiveEvent
from core.model.tellable.lives import LiveEnded
from core.model.transcript import clock_text
from core.ports.store import Storage
from core.services.exporting import Exported, Exporting, file_name
from core.services.lives.reporting import Reporting
from core.services.writing import Format


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
    What.TRANSCRIPT: (FileFormat.TXT, FileFormat.MD, FileFormat.SRT, FileFormat.VTT, FileFormat.JSON),
    What.CHAT: (FileFormat.CSV, FileFormat.TXT, FileFormat.JSON),
    What.EVENTS: (FileFormat.CSV, FileFormat.TXT, FileFormat.JSON),
    What.REPORT: (FileFormat.MD, FileFormat.TXT, FileFormat.JSON),
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a cell a formula in a spreadsheet (OWASP, CSV injection)


@dataclass(frozen=True)
class Happened:
    """One event as a row. `who` is the handle shown, `person` what the place knows them by; `count` is a number of gifts or
    likes."""

    at: str
    second: float
    kind: str
    who: str
    person: str
    text: str
    count: int


@dataclass(frozen=True)
class Filing:
    """Files made of lives."""

    storage: Storage
    exporting: Exporting
    reporting: Reporting

    async def file(self, place: str, live: Live, what: What, wanted: FileFormat) -> Exported:
        """A part of a live as `place` may see it. Raises Invalid FORMAT (what, format, list)."""
        if wanted not in CAN[what]:
            raise Invalid("FORMAT", what=what.value, format=wanted.value, list=", ".join(CAN[what]))
        if what is What.TRANSCRIPT:
            return await self.exporting.transcript(live, Format(wanted.value))
        if what is What.REPORT:
            report = await self.reporting.of(place, live)
            return Exported(_name(live, what, wanted), REPORTS[wanted](report).encode())
        async with self.storage.reading() as work:
            events = await work.chats.of_live(live.id, place=place)
        rows = [
            _row(second, event) for second, event in events if what is What.EVENTS or isinstance(event, ChatMessage)
        ]
        return Exported(_name(live, what, wanted), ROWS[wanted](live, rows))


def _name(live: Live, what: What, wanted: FileFormat) -> str:
    """As a transcript's, with what it is."""
    return file_name(live.title or live.handle, Format.TXT).replace("_transcript.txt", f"_{what.value}.{wanted.value}")


def _row(second: float, event: LiveEvent) -> Happened:
    row = Happened(event.at.isoformat(), round(second, 3), "", "", "", "", 1)
    match event:
        case ChatMessage():
            return replace(row, kind="chat", who=event.chatter.handle, person=event.chatter.id, text=event.text)
        case GiftSent():
            named = replace(row, kind="gift", who=event.chatter.handle, person=event.chatter.id)
            return replace(named, text=event.gift, count=event.count)
        case Liked():
            return replace(row, kind="like", count=event.count)
        case Joined():
            return replace(row, kind=event.what, who=event.chatter.handle, person=event.chatter.id)
        case _:
            return row


def _csv(live: Live, rows: Sequence[Happened]) -> bytes:
    """With a byte order mark, without which spreadsheets take it for another encoding."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(Happened.__dataclass_fields__)
    writer.writerows([_cell(value) for value in asdict(row).values()] for row in rows)
    return file.getvalue().encode("utf-8-sig", "replace")


def _cell(value: object) -> object:
    """A stranger's text must not become a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _text(live: Live, rows: Sequence[Happened]) -> bytes:
    lines = []
    for row in rows:
        said = " ".join(row.text.split())
        told = said if row.kind == "chat" else " ".join(part for part in (row.kind, said, f"× {row.count}") if part)
        lines.append(f"[{clock_text(row.second)}] {f'{row.who}: ' if row.who else ''}{told}\n")
    return "".join(lines).encode("utf-8", "replace")


def _json(live: Live, rows: Sequence[Happened]) -> bytes:
    facts = {"handle": live.handle, "title": live.title, "started": live.started.isoformat(), "rooms": live.rooms}
    return json.dumps(facts | {"events": [asdict(row) for row in rows]}, indent=1).encode()


ROWS: dict[FileFormat, Callable[[Live, Sequence[Happened]], bytes]] = {
    FileFormat.CSV: _csv,
    FileFormat.TXT: _text,
    FileFormat.JSON: _json,
}


def _facts(report: LiveEnded) -> dict[str, Any]:
    """The figures of a report: everything but the path of its picture."""
    facts = {name: value for name, value in asdict(report).items() if name not in ("plot", "live_id")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}


def _plain(report: LiveEnded) -> str:
    return "".join(f"{_word(name)}: {_shown(value)}\n" for name, value in _facts(report).items())


def _markdown(report: LiveEnded) -> str:
    facts = _facts(report)
    head = f"# @{report.handle}\n\n"
    return head + "".join(f"- **{_word(name)}**: {_escaped(_shown(value))}\n" for name, value in facts.items())


def _word(name: str) -> str:
    return name.replace("_", " ")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " · ".join(map(str, value))
    return f"{value:.1f}" if isinstance(value, float) else " ".join(str(value).split())


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|~" else sign for sign in text)


REPORTS: dict[FileFormat, Callable[[LiveEnded], str]] = {
    FileFormat.MD: _markdown,
    FileFormat.TXT: _plain,
    FileFormat.JSON: lambda report: json.dumps(_facts(report), ensure_ascii=True, indent=1),
}
