"""The recordings with known words as everything TikTok serves: FLV, HLS, MP4, sound, still picture, subtitles.

`demo` is the bundled recorded live (64 s, with captions and events), `breathless` 25 s of speech without a pause.
Files are made when first asked for, and kept in the folder.
"""

import json
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import av

from tests.platforms.live_media import DEMO, SEGMENT_SECONDS, remux
from tests.platforms.live_server import Flv, read_flv

BREATHLESS = Path(__file__).parents[2] / "recordings" / "breathless.flac"
SOURCES = {"demo": DEMO, "breathless": BREATHLESS}
PICTURE = (288, 512)


class Recording:
    """One recording. Everything but `said` blocks while it is being made: call it in a thread."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self._folder = name, folder
        self._lock = threading.RLock()
        self.said: dict[str, Any] = json.loads(SOURCES[name].with_suffix(".json").read_text("utf-8"))

    @property
    def words(self) -> list[dict[str, Any]]:
        """Every word: `word`, `at` and `end` in seconds of the recording, `sentence`."""
        words: list[dict[str, Any]] = self.said["words"]
        return words

    @property
    def captions(self) -> list[dict[str, Any]]:
        """`at`, `end`, `text`, `language`; of a recording without captions its sentences."""
        if "captions" in self.said:
            captions: list[dict[str, Any]] = self.said["captions"]
            return captions
        sentences: dict[int, list[dict[str, Any]]] = {}
        for word in self.words:
            sentences.setdefault(word["sentence"], []).append(word)
        return [
            {
                "at": said[0]["at"],
                "end": said[-1]["end"],
                "text": " ".join(word["word"] for word in said),
                "language": self.said["language"],
            }
            for said in sentences.values()
        ]

    @property
    def mp4(self) -> Path:
        """With picture and sound."""
        source = SOURCES[self.name]
        return source if source.suffix == ".mp4" else self._made(".mp4", lambda path: illustrate(source, path))

    @property
    def mute(self) -> Path:
        """Only the picture."""
        return self._made(".mute.mp4", lambda path: remux(self.mp4, path, "mp4", ("video",), movflags="faststart"))

    @property
    def sound(self) -> Path:
        """Only the sound."""
        return self._made(".m4a", lambda path: remux(self.mp4, path, "mp4", ("audio",), movflags="faststart"))

    @property
    def cover(self) -> Path:
        """Its first picture."""
        return self._made(".jpg", lambda path: first_picture(self.mp4, path))

    @cached_property
    def flv(self) -> Flv:
        """For live viewers."""
        form = "no_duration_filesize"
        with self._lock:
            return read_flv(self._made(".flv", lambda path: remux(self.mp4, path, "flv", flvflags=form)))

    @cached_property
    def segments(self) -> list[bytes]:
        """For HLS viewers, SEGMENT_SECONDS each."""
        return self._segments("segments", ("video", "audio"))

    @cached_property
    def sound_segments(self) -> list[bytes]:
        """The same without picture."""
        return self._segments("sound", ("audio",))

    @cached_property
    def seconds(self) -> float:
        """Its length."""
        with av.open(str(SOURCES[self.name])) as container:
            return (container.duration or 0) / av.time_base

    def _segments(self, name: str, kinds: tuple[str, ...]) -> list[bytes]:
        def make(folder: Path) -> None:
            folder.mkdir()
            options = {"segment_time": str(SEGMENT_SECONDS), "segment_format": "mpegts"}
            remux(self.mp4, folder / "%03d.ts", "segment", kinds, **options)

        with self._lock:
            return [path.read_bytes() for path in sorted(self._made(f".{name}", make).glob("*.ts"))]

    def _made(self, ending: str, make: Callable[[Path], object]) -> Path:
        path = self._folder / f"{self.name}{ending}"
        with self._lock:
            if not path.exists():
                draft = path.with_name(f"draft-{path.name}")
                make(draft)
                draft.rename(path)
        return path


@dataclass(frozen=True)
class Recordings:
    """All of them, in one folder."""

    folder: Path

    @cached_property
    def all(self) -> dict[str, Recording]:
        """By name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return {name: Recording(name, self.folder) for name in SOURCES}

    def __getitem__(self, name: str) -> Recording:
        """Raises ValueError for a name there is not."""
        if name not in self.all:
            raise ValueError(f"no recording {name!r}; there are {sorted(SOURCES)}")
        return self.all[name]

    def remove(self) -> None:
        """Delete the files."""
        shutil.rmtree(self.folder, ignore_errors=True)


def illustrate(sound: Path, target: Path) -> None:
    """`sound` with a grey picture, five a second, a key picture every 2 s."""
    width, height = PICTURE
    with av.open(str(sound)) as reading, av.open(str(target), "w", options={"movflags": "faststart"}) as writing:
        video = writing.add_stream("libx264", rate=5, width=width, height=height, pix_fmt="yuv420p")
        video.options = {"preset": "ultrafast", "g": "10"}
        audio = writing.add_stream("aac", rate=44_100, layout="mono")
        resampler = av.AudioResampler("fltp", "mono", 44_100, frame_size=1024)
        shown = 0
        for frame in reading.decode(audio=0):
            while shown / 5 <= (frame.time or 0):
                picture = av.VideoFrame(width, height, "yuv420p")
                for plane in picture.planes:
                    plane.update(bytes([96]) * plane.buffer_size)
                picture.pts, picture.time_base = shown, video.codec_context.time_base
                writing.mux(video.encode(picture))
                shown += 1
            for part in resampler.resample(frame):
                writing.mux(audio.encode(part))
        for part in resampler.resample(None):
            writing.mux(audio.encode(part))
        writing.mux(video.encode(None))
        writing.mux(audio.encode(None))


def first_picture(source: Path, target: Path) -> None:
    """As a JPEG."""
    with av.open(str(source)) as container:
        next(container.decode(video=0)).to_image().save(target, "JPEG")


def webvtt(lines: Iterable[tuple[float, float, str]]) -> str:
    """Subtitles as a player reads them."""

    def stamp(second: float) -> str:
        return f"{int(second // 3600):02}:{int(second // 60 % 60):02}:{second % 60:06.3f}"

    return "\n".join(["WEBVTT", ""] + [f"{stamp(a)} --> {stamp(b)}\n{said}\n" for a, b, said in lines])
