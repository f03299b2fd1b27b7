"""Endless real-time HTTP-FLV and HLS on loopback, with faults switched on by the address.

All viewers share one clock, as on a CDN; the recording is played in a loop. When this process stands still, that clock does too.

FLV   GET /live/x.flv     base=ms (first timestamp), audio_only=1, video_only=1, speed=1.0 (of this connection),
                          from=S (join there, not where the live is)
  faults, in seconds of media after this connection began:
  end_after=S     clean end of the body         reset_after=S   TCP reset
  stall_after=S   stop sending, hold the socket; with stall_for=S go on after that, skipping what was missed
  jump_after=S&jump=ms   timestamps jump (may be negative)
  other_after=S   go over to the other recording (other size and sound rate) on the same connection
HLS   GET /hls/x/index.m3u8   win=5 (segments listed)
  faults, in seconds after the server began: end_after=S (ENDLIST)   expire_after=S (403 on everything)
  gone_after=S (404 on segments)   frozen_after=S (the list does not change any more)
Both  fail=N: the first N requests of this name (x) are refused with 403.
FLV   other_at=S: from then on (the server's clock) the other recording, for everybody.
No media  GET /status/{code}   /html   /silent (never answers)
          /endless.flv (a header without end)   /trickle.flv (a byte a second)
"""

import asyncio
import contextlib
import struct
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.platforms.live_media import SEGMENT_SECONDS, LiveMedia

TICK, MOST = 0.02, 0.1  # seconds between two steps of the clock, and how much it goes on in one at most
Tag = tuple[int, int, bytes]  # (8 sound | 9 picture, timestamp in ms, body)


@dataclass(frozen=True)
class Flv:
    """An FLV file taken apart: codec headers, media tags by time, length in ms."""

    setup: list[Tag]
    media: list[Tag]
    length: int


def read_flv(path: Path) -> Flv:
    raw = path.read_bytes()
    tags, pos = [], 13
    while pos + 11 <= len(raw):
        size = int.from_bytes(raw[pos + 1 : pos + 4], "big")
        ms = int.from_bytes(raw[pos + 4 : pos + 7], "big") | raw[pos + 7] << 24
        body = raw[pos + 11 : pos + 11 + size]
        tags.append((raw[pos], ms, body))
        pos += 11 + size + 4
    tags = [t for t in tags if t[0] in (8, 9) and len(t[2]) > 1]
    setup = [t for t in tags if t[2][1] == 0 and (t[0] == 9 or t[2][0] >> 4 == 10)]
    media = sorted((t for t in tags if t not in setup and not (t[0] == 9 and t[2][1] == 2)), key=lambda t: t[1])
    return Flv(setup, media, max(t[1] for t in media) + 40)


def write_tag(kind: int, ms: int, body: bytes) -> bytes:
    ms &= 0xFFFFFFFF
    stamp = (ms & 0xFFFFFF).to_bytes(3, "big") + bytes([ms >> 24])
    return bytes([kind]) + len(body).to_bytes(3, "big") + stamp + b"\0\0\0" + body + struct.pack(">I", 11 + len(body))


def is_key(tag: Tag) -> bool:
    return tag[0] == 9 and tag[2][0] >> 4 == 1


@dataclass
class Viewer:
    """One FLV connection: where it is in the loop, and the timestamps it has been given."""

    source: Flv
    kinds: frozenset[int]
    base: float
    index: int = 0
    shift: float = 0.0  # added to the file's timestamps
    jumped: float = 0.0  # how far a fault moved them
    lead: float = 0.0  # ms sent ahead at once, back to the last key picture
    done: set[str] = field(default_factory=set)

    def join(self, offset: float) -> None:
        """Begin at the last key picture at or before the live point, as CDNs do."""
        for i, tag in enumerate(self.source.media):
            if tag[1] > offset:
                break
            if is_key(tag) or 9 not in self.kinds:
                self.index = i
        start = self.source.media[self.index][1]
        self.shift, self.lead = self.base - start, offset - start

    def headers(self, ms: float) -> bytes:
        return b"".join(write_tag(t[0], int(ms), t[2]) for t in self.source.setup if t[0] in self.kinds)

    def due(self, seconds: float) -> bytes:
        """All tags up to `seconds` after joining."""
        out = []
        while True:
            if self.index >= len(self.source.media):
                self.index, self.shift = 0, self.shift + self.source.length
            kind, ms, body = self.source.media[self.index]
            if (ms + self.shift - self.base - self.jumped - self.lead) / 1000 > seconds:
                return b"".join(out)
            if kind in self.kinds:
                out.append(write_tag(kind, int(ms + self.shift), body))
            self.index += 1

    def change_to(self, other: Flv) -> bytes:
        last = self.source.media[self.index - 1][1] + self.shift + 40
        self.source, self.index, self.shift = other, 0, last
        return self.headers(last)


class LiveServer:
    """The server. `joined`: for each FLV connection the second of the recording at which it began."""

    def __init__(self, media: LiveMedia) -> None:
        self.flv, self.other = read_flv(media.flv), read_flv(media.other)
        self.segments = [p.read_bytes() for p in media.segments]
        self.elapsed = 0.0
        self._ticking: asyncio.Task[None] | None = None
        self.requests: Counter[str] = Counter()
        self.joined: list[float] = []
        self.origin = ""
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        app = web.Application()
        app.add_routes(
            [
                web.get("/live/{x}.flv", self._flv),
                web.get("/hls/{x}/index.m3u8", self._m3u8),
                web.get("/hls/{x}/{n}.ts", self._ts),
                web.get("/status/{code}", self._status),
                web.get("/html", self._html),
                web.get("/silent", self._silent),
                web.get("/endless.flv", self._endless),
                web.get("/trickle.flv", self._trickle),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.origin = f"http://{host}:{self._runner.addresses[0][1]}"
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def stop(self) -> None:
        if self._ticking:
            self._ticking.cancel()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def _tick(self) -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(TICK)
            before, passed = time.monotonic(), time.monotonic() - before
            self.elapsed += min(passed, MOST)

    def _admit(self, request: web.Request, kind: str) -> None:
        q = request.query
        self.requests[kind] += 1
        asked = f"{kind} {request.match_info['x']}"
        self.requests[asked] += 1
        if self.requests[asked] <= int(q.get("fail", 0)) or self.elapsed > float(q.get("expire_after", "inf")):
            self.requests["403"] += 1
            raise web.HTTPForbidden

    async def _flv(self, request: web.Request) -> web.StreamResponse:
        q = request.query
        self._admit(request, "flv")
        kinds = frozenset({8} if q.get("audio_only") else {9} if q.get("video_only") else {8, 9})
        source = self.other if self.elapsed > float(q.get("other_at", "inf")) else self.flv
        viewer = Viewer(source, kinds, float(q.get("base", 0)))
        response = web.StreamResponse(headers={"Content-Type": "video/x-flv"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        began, speed = self.elapsed, float(q.get("speed", 1.0))
        point = float(q["from"]) * 1000 if "from" in q else self.elapsed * 1000 * speed
        viewer.join(point % source.length)
        self.joined.append(source.media[viewer.index][1] / 1000)
        flags = 4 * (8 in kinds) + (9 in kinds)
        with contextlib.suppress(ConnectionError):
            await response.write(b"FLV\x01" + bytes([flags]) + b"\0\0\0\x09\0\0\0\0" + viewer.headers(viewer.base))
            while True:
                elapsed = (self.elapsed - began) * speed
                if not await self._faults(request, response, viewer, elapsed):
                    return response
                if data := viewer.due(elapsed):
                    await response.write(data)
                await asyncio.sleep(0.04)
        return response

    async def _faults(self, request: web.Request, response: web.StreamResponse, viewer: Viewer, elapsed: float) -> bool:
        """Do what the address asks for at this moment; False: the connection is over."""
        q = request.query

        def now(name: str) -> bool:
            if name in viewer.done or name not in q or elapsed <= float(q[name]):
                return False
            viewer.done.add(name)
            return True

        if now("end_after"):
            await response.write_eof()
            return False
        if now("reset_after"):
            if request.transport:
                request.transport.abort()
            return False
        if now("stall_after"):
            await response.write(
                viewer.due(float(q["stall_after"]))
            )  # a machine that stood still is past that long ago
            await asyncio.sleep(float(q.get("stall_for", 1e6)))
        if now("jump_after"):
            viewer.shift += int(q["jump"])
            viewer.jumped += int(q["jump"])
        at = float(q.get("other_at", "inf"))
        if now("other_after") or (viewer.source is self.flv and self.elapsed > at):
            await response.write(viewer.change_to(self.other))
        return True

    async def _m3u8(self, request: web.Request) -> web.Response:
        q = request.query
        self._admit(request, "m3u8")
        count, window = len(self.segments), int(q.get("win", 5))
        end = float(q.get("end_after", "inf"))
        newest = int(min(self.elapsed, end, float(q.get("frozen_after", "inf"))) // SEGMENT_SECONDS) + count + window
        first = newest - window
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:3",
            f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}",
            f"#EXT-X-MEDIA-SEQUENCE:{first}",
        ]
        for number in range(first, newest):
            if number % count == 0:
                lines.append("#EXT-X-DISCONTINUITY")
            lines += [f"#EXTINF:{SEGMENT_SECONDS}.000,", f"{number}.ts?{request.query_string}"]
        lines += ["#EXT-X-ENDLIST"] if self.elapsed > end else []
        return web.Response(text="\n".join(lines) + "\n", content_type="application/vnd.apple.mpegurl")

    async def _ts(self, request: web.Request) -> web.Response:
        self._admit(request, "ts")
        if self.elapsed > float(request.query.get("gone_after", "inf")):
            raise web.HTTPNotFound
        body = self.segments[int(request.match_info["n"]) % len(self.segments)]
        return web.Response(body=body, content_type="video/mp2t")

    async def _status(self, request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["code"]), text="no")

    async def _html(self, request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><html><body>" + "not a stream " * 500, content_type="text/html")

    async def _silent(self, request: web.Request) -> web.Response:
        await asyncio.sleep(600)
        return web.Response()

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        return await self._pour(request, write_tag(18, 0, b"\2\0\3abc" + bytes(4000)), 0.005)

    async def _trickle(self, request: web.Request) -> web.StreamResponse:
        return await self._pour(request, b"\0", 1.0)

    async def _pour(self, request: web.Request, data: bytes, pause: float) -> web.StreamResponse:
        response: Any = web.StreamResponse(headers={"Content-Type": "video/x-flv"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            await response.write(b"FLV\x01\5\0\0\0\x09\0\0\0\0")
            while True:
                await response.write(data)
                await asyncio.sleep(pause)
        return response


def serve(media: LiveMedia, ports: Sequence[int] = (0,)) -> None:
    """Run a server for good, printing its address (for a process of its own)."""

    async def run() -> None:
        server = await LiveServer(media).start(port=ports[0])
        print(server.origin, flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


def main(folder: Path) -> None:
    """Serve what `make_media` left in `folder`."""
    serve(LiveMedia(folder / "live.flv", folder / "other.flv", tuple(sorted(folder.glob("*.ts")))))
