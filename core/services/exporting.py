"""Exporting: transcripts as files people can use elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.model.live import Live
from core.model.transcript import Gap, Segment
from core.model.video import Spoken
from core.ports.printer import Printer
from core.ports.store import Storage
from core.services.withholding import spoken
from core.services.writing import Format, handle_of, sheet_of, write


@dataclass(frozen=True)
class Exported:
    """A file: its name by the seed's rule, and its bytes; text is UTF-8."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Exporting:
    """Files made of what is stored."""

    storage: Storage
    printer: Printer

    async def segments(self, place: str, of: Spoken, *, whole: bool = False) -> list[Segment]:
        """What was said in a live or a video, oldest first; a live's spans without words are in it with text None. `whole`: for
        somebody named, who alone reads it; for others, what may be about minors has no words."""
        return [part for part in await self.parts(place, of, whole=whole) if isinstance(part, Segment)]

    async def parts(self, place: str, of: Spoken, *, whole: bool = False) -> list[Segment | Gap]:
        """The same, with the stretches of a live that nobody could hear."""
        async with self.storage.reading() as work:
            if isinstance(of, Live):
                return await spoken(work, place, of, whole=whole)
            return [*await work.videos.segments(of.place, of.id)]

    async def transcript(self, place: str, of: Spoken, wanted: Format, *, whole: bool = False) -> Exported:
        """A transcript in one of the formats. Raises Transient PDF."""
        return await self.file(of, await self.parts(place, of, whole=whole), wanted)

    async def file(self, of: Spoken, parts: Sequence[Segment | Gap], wanted: Format) -> Exported:
        """The same, of words that are at hand."""
        name = file_name(of.title or handle_of(of), wanted)
        if wanted is Format.PDF:
            return Exported(name, await self.printer.print(sheet_of(of, parts)))
        return Exported(name, write(of, parts, wanted).encode("utf-8", "replace"))


def file_name(title: str, wanted: Format) -> str:
    """Tiknote's rule: everything but a–z and 0–9 becomes `_`, then `_transcript`."""
    return f"{re.sub(r'[^a-z0-9]', '_', title.lower())[:80]}_transcript.{wanted}"
