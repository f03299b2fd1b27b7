"""A few frames of a media file that show what there is to see in it, scene changes first, the rest evenly spread; with hashes.

A hash is a difference hash (dHash): 64 signs of whether one of 9 × 8 fields is darker than its right neighbour. It survives
another size, another encoding and another brightness, and is no face recognition: it knows whole pictures again, nobody in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av.error
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from core.adapters.media.faults import source_fault
from core.adapters.media.opening import Patience, Source, open_source
from core.adapters.media.pictures import jpeg, shrunk
from core.errors import Missing
from core.ports.media import Frame
from core.ports.tiktok import StreamAddress

LONGEST_SIDE = 512  # pixels of a frame
COLUMNS, ROWS, FIELD = 9, 8, 8  # fields of the hash, and pixels of a field's side
FLAT = 1.0  # grey levels by which neighbouring fields differ on average: below that there is nothing to know again
CUT = 18.0  # grey levels by which a frame differs from the one before it when a scene changes
SPARSE = 4.0  # seconds between two key pictures from which on those between them are looked at too
STEP = 1.0  # seconds between two of those
MICROSECONDS = 1_000_000
MOST_LOOKED_AT = 120  # pictures that are compared: 30 MB of small ones at most


@dataclass(frozen=True)
class _Picture:
    second: float
    fields: NDArray[np.float32]
    small: VideoFrame


def frames(path: Path, most: int, patience: Patience) -> tuple[Frame, ...]:
    """Up to `most` frames of `path`, by second. Raises Missing NO_PICTURE without any, and what opening raises."""
    try:
        found, length = _pictures(path, patience, keys=True)
        if len(found) < most and _sparse(found, length):
            found, _ = _pictures(path, patience, keys=False)
    except av.error.FFmpegError as error:
        raise source_fault(error, str(path)) from error
    if not found:
        raise Missing("NO_PICTURE", x=str(path))
    return tuple(Frame(one.second, jpeg(one.small), hash_of(one.fields)) for one in _chosen(found, most))


def hash_of(fields: NDArray[np.float32]) -> int | None:
    """The difference hash of 9 × 8 grey fields; None for a picture too flat to be known again."""
    steps = np.diff(fields, axis=1)
    if float(np.abs(steps).mean()) < FLAT:
        return None
    return int.from_bytes(np.packbits(steps > 0).tobytes(), "big")


def fields_of(frame: VideoFrame) -> NDArray[np.float32]:
    """The mean grey of its 9 × 8 fields."""
    grey = frame.reformat(COLUMNS * FIELD, ROWS * FIELD, "gray").to_ndarray().astype(np.float32)
    fields: NDArray[np.float32] = grey.reshape(ROWS, FIELD, COLUMNS, FIELD).mean(axis=(1, 3), dtype=np.float32)
    return fields


def _chosen(found: list[_Picture], most: int) -> list[_Picture]:
    """The greatest changes, then what fills the longest stretches between them; by second."""
    if len(found) <= most:
        return found
    changes = [float(np.abs(one.fields - before.fields).mean()) for before, one in pairwise(found)]
    cuts = sorted((n for n, by in enumerate(changes, 1) if by >= CUT), key=lambda n: -changes[n - 1])
    taken = {0, *cuts[: most - 1]}
    while len(taken) < most:
        taken.add(max(range(len(found)), key=lambda n: min(abs(found[n].second - found[t].second) for t in taken)))
    return [found[n] for n in sorted(taken)]


def _pictures(path: Path, patience: Patience, *, keys: bool) -> tuple[list[_Picture], float]:
    """Its key pictures, or one a second; of very many every second, fourth, eighth…; and how many seconds the file has."""
    source = open_source(StreamAddress(str(path), live=False), patience)
    try:
        if source.video is None:
            raise Missing("NO_PICTURE", x=str(path))
        found: list[_Picture] = []
        every = 1
        for number, (second, frame) in enumerate(_decoded(source, keys=keys)):
            if number % every:
                continue
            found.append(_Picture(second, fields_of(frame), shrunk(frame, LONGEST_SIDE)))
            if len(found) > MOST_LOOKED_AT:
                found, every = found[::2], every * 2
        return found, (source.container.duration or 0) / MICROSECONDS
    finally:
        source.close()


def _decoded(source: Source, *, keys: bool) -> Iterator[tuple[float, VideoFrame]]:
    assert source.video is not None
    source.video.codec_context.skip_frame = "NONKEY" if keys else "DEFAULT"
    last = -STEP
    for frame in source.container.decode(source.video):
        second = float(frame.time or 0.0)
        if keys or second - last >= STEP:
            last = second
            yield second, frame


def _sparse(found: list[_Picture], length: float) -> bool:
    """Whether much may happen between key pictures without being in one."""
    seconds = [one.second for one in found]
    gaps = [after - before for before, after in pairwise([0.0, *seconds, length])]
    return max(gaps) > SPARSE
