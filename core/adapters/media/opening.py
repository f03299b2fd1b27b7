"""Opening a live or a file with FFmpeg: what may be opened, by which protocols, and for how long it may take."""

import stat
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition, Stream
from av.video.stream import VideoStream

from core.adapters.media.faults import shown, source_fault
from core.errors import Invalid, Missing
from core.ports.tiktok import StreamAddress

MAX_PIXELS = 8_912_896
"""4096 x 2176. A picture of 16000 x 16000 in a 752 KB file costs 2.5 GB of memory in a reader without a limit."""

LIST_STALLS = 3
"""A list of segments is silent until the next one is whole: 2 to 10 s. Its sockets are still given up after one stall."""

REMOTE = "http,https,tcp,tls,httpproxy,crypto"
LOCAL = "file,crypto"
FORMATS = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,eac3,flac,flv,hls,live_flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,mpegts,ogg,"
    "opus,w64,wav"
)
"""Sound and picture only: without a list a text file is opened as a terminal animation, and `concat` opens anything."""


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds. `open` holds for each of FFmpeg's two steps (connect, find the streams)."""

    open: float = 7.5
    stall: float = 5.0


@dataclass(frozen=True)
class Source:
    """An opened container and the streams of it that are read (at least one). `sought`: it is not read from its beginning."""

    container: InputContainer
    video: VideoStream | None
    audio: AudioStream | None
    sought: bool = False

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Picture first."""
        return tuple(s for s in (self.video, self.audio) if s is not None)

    def close(self) -> None:
        """Free the sockets, files and memory behind it."""
        self.container.close()


def seconds_of(source: Source) -> float | None:
    """How long it says it is, None when it does not say."""
    return source.container.duration / av.time_base if source.container.duration else None


def open_source(address: StreamAddress, patience: Patience) -> Source:
    """Open `address`, at most 2 x `patience.open` seconds. Blocks: for a thread.

    Raises Missing (no such file, 404), Denied (401, 403), Transient (refused, silent, 5xx) or Invalid (no media, a folder).
    A picture larger than MAX_PIXELS is left out; Invalid when there is no sound beside it.
    """
    url, options = _target(address, patience)
    try:
        container = av.open(
            url,
            "r",
            options=options,
            timeout=(patience.open, patience.stall * (LIST_STALLS if _is_list(address.url) else 1)),
            metadata_errors="replace",
            buffer_size=65536,
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise source_fault(error, address.url) from error
    try:
        chosen = _chosen(container, address.url)
        return _sought(chosen, address.start) if address.start else chosen
    except BaseException:  # whatever it was, nobody else closes it
        container.close()
        raise


def _sought(source: Source, start: float) -> Source:
    """`source` from second `start` on. Raises Invalid when it cannot be sought."""
    begin = source.container.start_time or 0
    try:
        source.container.seek(begin + round(start * av.time_base))
    except av.error.FFmpegError as error:
        raise Invalid("SOURCE_UNREADABLE", x=shown(source.container.name), reason="it has no such second") from error
    return replace(source, sought=True)


def _target(address: StreamAddress, patience: Patience) -> tuple[str, dict[str, str]]:
    """The address as FFmpeg wants it, and its options."""
    common = {"format_whitelist": FORMATS, "max_streams": "32", "max_pixels": str(MAX_PIXELS)}
    scheme, separator, _ = address.url.partition("://")
    if not separator:
        return f"file:{_readable(address.url)}", common | {"protocol_whitelist": LOCAL}
    if scheme.lower() not in ("http", "https"):
        raise Invalid("SOURCE_UNREADABLE", x=shown(address.url), reason="only files, http and https can be read")
    options = common | {
        "protocol_whitelist": REMOTE,
        "rw_timeout": str(int(patience.stall * 1_000_000)),
        "http_proxy": _proxy_of(address),
    }
    if (
        address.live
    ):  # finds the streams in 0.01 s instead of 0.33, and those of a live without picture in 1.6 instead of 5.1
        options |= {"probesize": "500000", "analyzeduration": "1500000"}
    if _is_list(address.url):
        options |= {"extension_picky": "0", "allowed_extensions": "ALL"}
    return address.url, options


def _is_list(url: str) -> bool:
    return urlsplit(url).path.endswith(".m3u8")


def _proxy_of(address: StreamAddress) -> str:
    """Its own proxy, else that of the environment; none for what NO_PROXY names, whoever else is to be asked by a proxy.
    FFmpeg itself reads only `http_proxy`, and that for https too."""
    parts = urlsplit(address.url)
    if not parts.hostname or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    proxy = address.proxy or getproxies().get(parts.scheme, "")
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"


def _readable(name: str) -> Path:
    """`name` as an absolute path of a plain file with something in it."""
    path = Path(name).absolute()
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            path.open("rb").close()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Missing("SOURCE_MISSING", x=name) from error
    except OSError as error:
        raise source_fault(error, name) from error
    if not stat.S_ISREG(found.st_mode):
        reason = "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is not a file"
        raise Invalid("SOURCE_UNREADABLE", x=name, reason=reason)
    if found.st_size == 0:
        raise Invalid("SOURCE_NO_MEDIA", x=name)
    return path


def _chosen(container: InputContainer, url: str) -> Source:
    """The best picture and sound of `container`; every other stream is left unread."""
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    videos = [s for s in pictures if 0 < s.width * s.height <= MAX_PIXELS]  # FFmpeg gives no size beyond its limit
    best = (container.streams.best("video"), container.streams.best("audio"))
    video = next((s for s in videos if s is best[0]), next(iter(videos), None))
    audio = next((s for s in container.streams.audio if s is best[1] and s.codec_context is not None), None)
    if audio is None and pictures and video is None:
        raise Invalid("SOURCE_UNREADABLE", x=shown(url), reason="its picture is broken or larger than 4096x2176")
    if video is None and audio is None:
        raise Invalid("SOURCE_NO_MEDIA", x=shown(url))
    for stream in container.streams:
        if stream not in (video, audio):
            stream.discard = Discard.all
    return Source(container, video, audio)
