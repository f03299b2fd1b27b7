"""The media the loopback live server sends, made with PyAV from the bundled recorded live."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

DEMO = Path(__file__).parents[2] / "bot" / "demo" / "live.mp4"
SEGMENT_SECONDS = 2


@dataclass(frozen=True)
class LiveMedia:
    """`flv`: the recording. `other`: 8 s of it in another size and sound rate. `segments`: it as transport stream, 2 s each."""

    flv: Path
    other: Path
    segments: tuple[Path, ...]


def make_media(folder: Path, source: Path = DEMO) -> LiveMedia:
    """Everything the server needs, in `folder`."""
    remux(source, folder / "live.flv", "flv", flvflags="no_duration_filesize")
    encode(source, folder / "other.flv", seconds=8, width=240, height=426, rate=22050)
    remux(source, folder / "%03d.ts", "segment", segment_time=str(SEGMENT_SECONDS), segment_format="mpegts")
    return LiveMedia(folder / "live.flv", folder / "other.flv", tuple(sorted(folder.glob("*.ts"))))


def remux(source: Path, target: Path, form: str, kinds: tuple[str, ...] = ("video", "audio"), **options: str) -> Path:
    """`source` in another container, only its streams of `kinds`."""
    with av.open(str(source)) as reading, av.open(str(target), "w", format=form, options=options) as writing:
        chosen = [s for s in reading.streams if s.type in kinds]
        streams = {s.index: writing.add_stream_from_template(s) for s in chosen}
        for packet in reading.demux(*chosen):
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                writing.mux(packet)
    return target


def encode(source: Path, target: Path, *, seconds: float, width: int, height: int, rate: int) -> Path:
    """The first `seconds` of `source` as H.264 and AAC of another size and sound rate, a key picture every 2 s."""
    with av.open(str(source)) as reading, av.open(str(target), "w") as writing:
        video = writing.add_stream("libx264", rate=25, width=width, height=height, pix_fmt="yuv420p")
        video.options = {"preset": "ultrafast", "g": "50"}
        audio = writing.add_stream("aac", rate=rate, layout="mono")
        resampler = av.AudioResampler("fltp", "mono", rate, frame_size=1024)
        for frame in reading.decode(video=0, audio=0):
            if frame.time is not None and frame.time >= seconds:
                break
            if isinstance(frame, av.VideoFrame):
                writing.mux(video.encode(frame.reformat(width, height)))
            else:
                for part in resampler.resample(frame):
                    writing.mux(audio.encode(part))
        writing.mux(video.encode(None))
        writing.mux(audio.encode(None))
    return target


def tone(target: Path, seconds: float, *, rate: int = 44100, notes: tuple[float, ...] = (220.0, 277.2, 329.6)) -> Path:
    """A chord as a sound file; without notes: silence."""
    with av.open(str(target), "w") as writing:
        codec = {".flac": "flac", ".wav": "pcm_s16le", ".m4a": "aac"}[target.suffix]
        audio = writing.add_stream(codec, rate=rate, layout="mono")
        times = np.arange(int(seconds * rate)) / rate
        wave = sum((np.sin(2 * np.pi * note * times) for note in notes), np.zeros_like(times)) / max(1, len(notes))
        frame = av.AudioFrame.from_ndarray((wave * 12000).astype(np.int16)[None], format="s16", layout="mono")
        frame.rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        resampler = av.AudioResampler(audio.format, "mono", rate, frame_size=1024)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            writing.mux(audio.encode(part))
        writing.mux(audio.encode(None))
    return target
