"""A file that a recorder wrote, as an MP4 that every chat plays: H.264 and AAC, index in front, its last seconds only.

What is H.264 already is copied, from a key picture on; everything else is encoded anew (rewriting).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import av
import av.error
from av.packet import Packet

from core.adapters.media.faults import source_fault
from core.adapters.media.landing import landing
from core.adapters.media.opening import Patience, Source, open_source
from core.adapters.media.rewriting import Rewriting
from core.errors import Invalid
from core.model.clip import Cut
from core.ports.replays import Fetched
from core.ports.tiktok import StreamAddress

Ending = Callable[[], bool]
LEAD = 30.0  # seconds before what has to be seen, where it is not in the last ones
PATIENCE_SECONDS = 300.0  # of reading and encoding; a minute of HEVC in 1080p takes about 40 on one core


@dataclass(frozen=True)
class Outline:
    """What a file holds, in seconds from its beginning: where it ends, and its key pictures."""

    end: float
    keys: tuple[float, ...]


def remux(path: Path, to: Path, longest: float, back: float, ending: Ending = lambda: False) -> Fetched:
    """See Replays.fetch. Blocks, until everything is `ending`. Raises what opening and writing raise; Invalid SOURCE_UNREADABLE for
    a file without a picture, or one that cannot be read to its end."""
    until = monotonic() + PATIENCE_SECONDS

    def over() -> bool:
        return ending() or monotonic() > until

    outline = _outline(path, over)
    start = max(0.0, outline.end - longest)
    if back > longest:
        start = max(0.0, outline.end - back - LEAD)
    with landing(to) as part:
        source = _opened(path)
        try:
            work = Rewriting(source, start, min(outline.end, start + longest), outline.keys)
            with av.open(str(part), "w", format="mp4", options={"movflags": "faststart"}) as writing:
                work.write(writing, _packets(source, over))
        except av.error.FFmpegError as error:
            if isinstance(error, OSError):
                raise
            raise source_fault(error, str(path)) from error
        finally:
            source.close()
        cut = Cut(to, 0.0, work.seconds, part.stat().st_size, work.width, work.height)
    return Fetched(cut, outline.end - work.start)


def _opened(path: Path) -> Source:
    source = open_source(StreamAddress(str(path), live=False), Patience())
    if source.video is None:
        source.close()
        raise Invalid("SOURCE_UNREADABLE", x=str(path), reason="it has no picture, or one larger than 4096x2176")
    return source


def _outline(path: Path, over: Ending) -> Outline:
    """Read all of it without decoding: a file in pieces does not say how long it is."""
    source = _opened(path)
    end, keys = 0.0, []
    try:
        for packet, second in _packets(source, over):
            end = max(end, second + float((packet.duration or 0) * packet.time_base))
            if packet.is_keyframe and source.video is not None and packet.stream_index == source.video.index:
                keys.append(second)
    finally:
        source.close()
    if not keys:
        raise Invalid("SOURCE_NO_MEDIA", x=str(path))
    return Outline(end, tuple(keys))


def _packets(source: Source, over: Ending) -> Iterator[tuple["Packet[Any]", float]]:
    """Every packet with the second at which it is shown. What was cut off in the middle ends there."""
    begin = (source.container.start_time or 0) / 1_000_000
    try:
        for packet in source.container.demux(*source.streams):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None or not packet.size:
                continue
            if over():
                raise Invalid("SOURCE_UNREADABLE", x=source.container.name, reason="it takes too long")
            yield packet, float(stamp * packet.time_base) - begin
    except (av.error.InvalidDataError, av.error.EOFError):
        return
    except av.error.FFmpegError as error:  # of the file that is read: its disk or its share is gone
        raise source_fault(error, source.container.name) from error
