"""Which of a live's streams to read: the least traffic for its words, a picture chat players show for its clips."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.adapters.tiktok.answers import part
from core.ports.tiktok import Purpose

SOUND_ONLY = "ao"
LEVELS = {SOUND_ONLY: -1, "ld": 1, "sd": 2, "hd": 3, "uhd": 4, "origin": 10}
SIDES = {"ld": 360, "sd": 540, "hd": 720, "uhd": 1080, "origin": 1080}
"""The shorter side of a picture in pixels, where TikTok does not say it."""

LEGACY = {"SD1": "ld", "SD2": "sd", "HD1": "hd", "FULL_HD1": "origin"}
CLIP_SIDE = 720
UNTOUCHED = frozenset({"origin", "uhd"})
"""What the host sent, or nearly: more traffic than a rendering of the same size."""

H264, H265 = frozenset({"h264", "avc", "avc1"}), frozenset({"h265", "hevc", "hvc1", "bytevc1", "bytevc2"})
RESOLUTION = re.compile(r"(\d{2,5})x(\d{2,5})", re.IGNORECASE)
LONGEST_ADDRESS = 4096


@dataclass(frozen=True)
class Stream:
    """One address. `side` is the picture's shorter one in pixels; `codec` lower case, empty when unknown; `old`: from the fields
    of former years, which say no codec."""

    address: str
    quality: str
    level: int
    side: int
    codec: str = ""
    old: bool = False
    segmented: bool = False


def streams_of(stream_url: Mapping[str, Any]) -> list[Stream]:
    """Every stream that can be read, as TikTok lists them."""
    return [one for one in (*_described(stream_url), *_old(stream_url)) if _readable(one.address)]


def chosen(streams: list[Stream], purpose: Purpose) -> Stream | None:
    """The one to open for `purpose`, None without any. Of one quality FLV comes before HLS, which is 6 to 10 s behind."""
    rank = _for_sound if purpose is Purpose.SOUND else _for_clips
    return min(streams, key=rank, default=None)


def _for_sound(stream: Stream) -> tuple[Any, ...]:
    return (stream.quality != SOUND_ONLY, _codec_rank(stream), stream.old, stream.level, stream.segmented)


def _for_clips(stream: Stream) -> tuple[Any, ...]:
    """H.264 up to 720, the largest; then the smallest above; the old fields; H.265; sound alone at the very end."""
    fits = stream.side <= CLIP_SIDE
    untouched = stream.quality in UNTOUCHED
    size = (-stream.side, -stream.level) if fits else (stream.side, stream.level)
    codec = _codec_rank(stream)
    return (stream.quality == SOUND_ONLY, codec, stream.old, not fits, untouched, *size, stream.segmented)


def _codec_rank(stream: Stream) -> int:
    """H.264, then what is not known (the old fields are H.264 as a rule), then H.265."""
    return 0 if stream.codec in H264 else 2 if stream.codec in H265 else 1


def _described(stream_url: Mapping[str, Any]) -> Iterator[Stream]:
    """`live_core_sdk_data.pull_data.stream_data`, a JSON text: data[quality].main.{flv, hls, sdk_params (JSON again)}."""
    pull = part(stream_url, "live_core_sdk_data", "pull_data")
    listed = part(pull, "options").get("qualities")
    levels = dict(LEVELS)
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("level"), int) and isinstance(one.get("sdk_key"), str):
            levels[one["sdk_key"]] = one["level"]
    for quality, stream in part(_parsed(pull.get("stream_data")), "data").items():
        main = part(stream, "main")
        params = _parsed(main.get("sdk_params"))
        codec = params.get("VCodec")
        for name, segmented in (("flv", False), ("hls", True)):
            if isinstance(address := main.get(name), str):
                yield Stream(
                    address.strip(),
                    quality,
                    levels.get(quality, max(LEVELS.values())),
                    _side(params.get("resolution"), quality),
                    codec.lower() if isinstance(codec, str) else "",
                    segmented=segmented,
                )


def _old(stream_url: Mapping[str, Any]) -> Iterator[Stream]:
    """`flv_pull_url` by name, `hls_pull_url` and `rtmp_pull_url` (in truth FLV by http)."""
    flv = part(stream_url, "flv_pull_url")
    named: list[tuple[str, Any, bool]] = [(LEGACY.get(name, "origin"), flv[name], False) for name in flv]
    named += [("origin", stream_url.get("rtmp_pull_url"), False), ("origin", stream_url.get("hls_pull_url"), True)]
    for quality, address, segmented in named:
        if isinstance(address, str):
            yield Stream(address.strip(), quality, LEVELS[quality], SIDES[quality], old=True, segmented=segmented)


def _parsed(value: Any) -> dict[str, Any]:
    """JSON in a text as an object; an empty one for anything else."""
    try:
        said = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _side(resolution: Any, quality: str) -> int:
    found = RESOLUTION.search(resolution[:32]) if isinstance(resolution, str) else None
    return min(int(found[1]), int(found[2])) if found else SIDES.get(quality, max(SIDES.values()))


def _readable(address: str) -> bool:
    """Whether it is an http address and nothing else: what is given to the media library comes from a stranger."""
    if not address.isascii() or not address.isprintable() or " " in address or len(address) > LONGEST_ADDRESS:
        return False
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        )
    except ValueError:
        return False


def guest_stream(address: str) -> list[Stream]:
    """The one stream of live/detail."""
    return [one for one in (Stream(address, "sd", 2, SIDES["sd"], segmented=True),) if _readable(one.address)]
