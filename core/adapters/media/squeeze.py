"""Making a clip fit a platform's limit: as it is if it fits, else encoded smaller, else refused with the length that fits."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.adapters.media.faults import source_fault
from core.adapters.media.landing import landing
from core.adapters.media.opening import Patience, Source, open_source
from core.errors import Invalid
from core.model.clip import Cut
from core.ports.tiktok import StreamAddress

SHARE = 0.96
"""Of the limit: what the container and the encoder's swings leave."""

INDEX = 6_000
"""Bits a second of an MP4's index: about 72 packets of 10 bytes."""

LESS = 0.88
ATTEMPTS = 3
LEAST_PICTURE = 80_000
"""Bits a second of picture under which nobody recognises anything."""

SOUND, LEAST_SOUND = 64_000, 16_000
RATE, FRAME = 48_000, 1024
LADDER = ((2_000_000, 1280), (900_000, 960), (250_000, 640), (0, 480))
"""From so many bits a second of picture on, so many pixels on the long side."""


@dataclass(frozen=True)
class Plan:
    """Bits a second of picture and sound (0: none), and the size of the picture."""

    picture: int
    sound: int
    width: int = 0
    height: int = 0


def squeeze(
    path: Path, limit: int, to: Path, patience: Patience, least: int = LEAST_PICTURE, until: float = inf
) -> Cut:
    """`path` at `to` in at most `limit` bytes; the cut's start is 0. Blocks and computes: 17 s for a minute of 720x1280.

    Raises Invalid NO_FIT (seconds: the length that would fit) when it had to go below `least` bits a second of picture, or is
    not done by the monotonic time `until`; and what opening and writing raise.
    """
    source = open_source(StreamAddress(str(path), live=False), patience)
    try:
        seconds = (source.container.duration or 0) / 1_000_000
        size = (source.video.width, source.video.height) if source.video is not None else (0, 0)
        fits = path.stat().st_size <= limit
        plan = Plan(0, 0, *size) if fits else plan_for(source, seconds, limit, least)
    finally:
        source.close()
    with landing(to) as part:
        if fits:
            shutil.copyfile(path, part)
        else:
            _fitted(path, part, plan, limit, patience, until)
        return Cut(to, 0.0, seconds, part.stat().st_size, plan.width, plan.height)


def _fitted(path: Path, to: Path, plan: Plan, limit: int, patience: Patience, until: float) -> None:
    """Encode `path` until it fits, each time with less."""
    for _ in range(ATTEMPTS):
        if not encode(path, to, plan, patience, lambda: monotonic() > until):
            break
        if to.stat().st_size <= limit:
            return
        plan = replace(
            plan, picture=int(plan.picture * LESS), sound=plan.sound if plan.picture else int(plan.sound * LESS)
        )
    raise _too_long(limit, LEAST_PICTURE if plan.picture else 0, plan.sound)


def plan_for(source: Source, seconds: float, limit: int, least: int = LEAST_PICTURE) -> Plan:
    """The bit rates and the size that bring `seconds` of `source` under `limit` bytes. Raises Invalid NO_FIT."""
    total = SHARE * limit * 8 / max(seconds, 0.1) - INDEX
    if source.video is None:
        if total < LEAST_SOUND:
            raise _too_long(limit, 0, LEAST_SOUND)
        return Plan(0, int(min(SOUND, total)))
    sound = 0 if source.audio is None else SOUND if total > 4 * SOUND else SOUND // 2
    if total - sound < least:
        raise _too_long(limit, least, sound)
    picture = int(total - sound)
    longest = next(pixels for rate, pixels in LADDER if picture >= rate)
    share = min(1.0, longest / max(source.video.width, source.video.height))
    return Plan(picture, sound, even(source.video.width * share), even(source.video.height * share))


def _too_long(limit: int, picture: int, sound: int) -> Invalid:
    """With the length that would fit at these bits a second."""
    return Invalid("NO_FIT", seconds=int(SHARE * limit * 8 / (picture + sound + INDEX)))


def even(pixels: float) -> int:
    """The nearest size H.264 has."""
    return max(2, round(pixels / 2) * 2)


def encode(path: Path, to: Path, plan: Plan, patience: Patience, over: Callable[[], bool], comment: str = "") -> bool:
    """`path` encoded anew as H.264 and AAC by `plan`; False when it was `over` before that. Sound is made where there is some."""
    source = open_source(StreamAddress(str(path), live=False), patience)
    try:
        with av.open(str(to), "w", format="mp4", options={"movflags": "faststart"}) as writing:
            if comment:
                writing.metadata["comment"] = comment
            return _transcode(source, writing, plan, over)
    except av.error.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise source_fault(error, str(path)) from error
    finally:
        source.close()


def _transcode(source: Source, writing: OutputContainer, plan: Plan, over: Callable[[], bool]) -> bool:
    video = _video(writing, source, plan) if plan.picture else None
    sounds = plan.sound and source.audio is not None
    audio = writing.add_stream("aac", rate=RATE, bit_rate=plan.sound, layout="mono") if sounds else None
    resampler = AudioResampler("fltp", "mono", RATE, frame_size=FRAME)
    heard = 0
    for packet in source.container.demux(*source.streams):
        if over():
            return False
        for frame in _decoded(packet):
            if audio is not None and isinstance(frame, AudioFrame):
                heard = _put(writing, audio, resampler, frame, heard)
            elif video is not None and isinstance(frame, VideoFrame):
                writing.mux(video.encode(frame.reformat(plan.width, plan.height, "yuv420p")))
    if audio is not None:
        _put(writing, audio, resampler, None, heard)
        writing.mux(audio.encode(None))
    if video is not None:
        writing.mux(video.encode(None))
    return True


def _decoded(packet: "Packet[Any]") -> list[Any]:
    """Its frames; none of one that came broken."""
    try:
        return list(packet.decode())
    except av.error.InvalidDataError:
        return []


def _video(writing: OutputContainer, source: Source, plan: Plan) -> VideoStream:
    """x264 in one thread: clips are squeezed beside lives that must keep real time."""
    assert source.video is not None
    video = writing.add_stream(
        "libx264", rate=source.video.average_rate or 25, width=plan.width, height=plan.height, pix_fmt="yuv420p"
    )
    video.codec_context.time_base = Fraction(1, 90_000)
    video.codec_context.bit_rate = plan.picture
    video.options = {
        "preset": "veryfast",
        "threads": "1",
        "maxrate": str(plan.picture),
        "bufsize": str(plan.picture * 2),
    }
    return video


def _put(
    writing: OutputContainer, audio: AudioStream, resampler: AudioResampler, frame: AudioFrame | None, heard: int
) -> int:
    """Encode `frame` (None: what the resampler holds); the samples encoded so far."""
    for part in resampler.resample(frame):
        part.pts, part.time_base = heard, Fraction(1, RATE)
        heard += part.samples
        writing.mux(audio.encode(part))
    return heard
