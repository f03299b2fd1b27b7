"""Short recordings of any make, as a recorder would write them: a grey that changes, and a tone."""

import os
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

FPS, SAMPLES = 15, 1024


def record(
    path: Path,
    seconds: float = 6.0,
    *,
    video: str = "libx264",
    audio: str = "aac",
    form: str = "mp4",
    size: tuple[int, int] = (320, 180),
    pixels: str = "yuv420p",
    gop: int = 15,
    rate: int = 48_000,
    options: dict[str, str] | None = None,
) -> Path:
    """Write it; `audio` empty: without sound."""
    with av.open(str(path), "w", format=form, options=options or {}) as container:
        picture = container.add_stream(video, rate=FPS, width=size[0], height=size[1], pix_fmt=pixels)
        picture.codec_context.gop_size = gop
        fast = {"x26": {"preset": "veryfast", "x265-params": "log-level=none"}, "svt": {"preset": "12"}}
        picture.options = next((options for part, options in fast.items() if part in video), {})
        sound: Any = container.add_stream(audio, rate=rate, layout="stereo") if audio else None
        heard = 0
        for number in range(round(seconds * FPS)):
            grey = np.full((size[1], size[0], 3), number * 3 % 255, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(picture.encode(frame))
            ordinary(video)
            while sound is not None and heard < (number + 1) / FPS * rate:
                container.mux(sound.encode(_tone(heard, rate, sound)))
                heard += SAMPLES
        container.mux(picture.encode(None))
        if sound is not None:
            container.mux(sound.encode(None))
    return path


def ordinary(codec: str) -> None:
    """SVT-AV1 makes itself and the process that calls it real-time where root runs it, for good, and whatever else runs on the
    machine stands still beside it: to be called after each picture of it."""
    if codec == "libsvtav1":
        for thread in Path("/proc/self/task").glob("*"):
            with suppress(OSError):  # it has ended
                os.sched_setscheduler(int(thread.name), os.SCHED_OTHER, os.sched_param(0))


def _tone(at: int, rate: int, sound: Any) -> av.AudioFrame:
    wave = np.sin((np.arange(SAMPLES) + at) * 440 * 2 * np.pi / rate) * 0.3
    form = sound.codec_context.format.name
    if form == "s16":
        data, layout = np.repeat((wave * 32_000).astype(np.int16), 2)[None, :], "stereo"
    else:
        data, layout = np.stack([wave, wave]).astype(np.float32), "stereo"
    frame = av.AudioFrame.from_ndarray(data, format=form, layout=layout)
    frame.sample_rate, frame.pts = rate, at
    return frame
