"""The media hosts: live streams as FLV and HLS on the room's clock, files of videos, subtitles, pictures."""

import asyncio
import contextlib
import time
from pathlib import Path

from aiohttp import web

from tests.platforms.live_media import SEGMENT_SECONDS
from tests.platforms.live_server import Viewer
from tests.platforms.tiktok.grounds import Grounds
from tests.platforms.tiktok.recordings import webvtt
from tests.platforms.tiktok.world import Room, Video

TICK = 0.04
LISTED = 5  # segments in an HLS list


class Cdn:
    """The handlers."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds

    def routes(self) -> list[web.RouteDef]:
        """Every address, named as faults name it."""
        return [
            web.get("/cdn/stream/{room:\\d+}_{quality}.flv", self.flv, name="stream_flv"),
            web.get("/cdn/stream/{room:\\d+}_{quality}/index.m3u8", self.m3u8, name="stream_hls"),
            web.get("/cdn/stream/{room:\\d+}_{quality}/{number:\\d+}.ts", self.segment, name="stream_ts"),
            web.get("/cdn/video/{video}/{file}", self.file, name="media"),
            web.get("/cdn/video/{video}/{file}/media-video-hvc1/", self.file, name="media:silent"),
            web.get("/cdn/cover.jpg", self.cover, name="cover"),
            web.get("/cdn/room/{room:\\d+}/cover.jpg", self.cover, name="cover:live"),
        ]

    def _room(self, request: web.Request) -> Room:
        """The room of a stream address that still holds."""
        room = self._grounds.world.rooms.get(int(request.match_info["room"]))
        if room is None or request.query.get("token") != room.stream_token:
            raise web.HTTPForbidden
        if not room.stream_up or request.match_info["quality"] not in {each.name for each in room.qualities}:
            raise web.HTTPNotFound
        return room

    async def flv(self, request: web.Request) -> web.StreamResponse:
        """From the last key picture on, until the live, its stream or the address is over."""
        room = self._room(request)
        if not room.live:
            raise web.HTTPNotFound
        source = await asyncio.to_thread(lambda: self._grounds.recordings[room.recording].flv)
        kinds = frozenset({8} if request.match_info["quality"] == "ao" else {8, 9})
        viewer = Viewer(source, kinds, 0.0)
        token, began, joined = room.stream_token, time.monotonic(), room.second
        viewer.join(joined * 1000 % source.length)
        response = web.StreamResponse(headers={"Content-Type": "video/x-flv", "Cache-Control": "no-cache"})
        await response.prepare(request)
        flags = 4 * (8 in kinds) + (9 in kinds)
        with contextlib.suppress(ConnectionError):
            await response.write(b"FLV\x01" + bytes([flags]) + b"\0\0\0\x09\0\0\0\0" + viewer.headers(0))
            while room.live and room.stream_up and room.stream_token == token:
                if new := viewer.due(time.monotonic() - began):
                    await response.write(new)
                await asyncio.sleep(TICK)
            await response.write_eof()
        return response

    async def m3u8(self, request: web.Request) -> web.Response:
        """The newest segments; the last list of a live that is over says so."""
        room = self._room(request)
        count = len(await self._segments(room, request.match_info["quality"]))
        newest = int(room.second // SEGMENT_SECONDS) + 1
        first = max(0, newest - LISTED)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:3",
            f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}",
            f"#EXT-X-MEDIA-SEQUENCE:{first}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{first // count}",
        ]
        for number in range(first, newest):
            if number > first and number % count == 0:
                lines.append("#EXT-X-DISCONTINUITY")
            lines += [f"#EXTINF:{SEGMENT_SECONDS}.000,", f"{number}.ts?{request.query_string}"]
        lines += [] if room.live else ["#EXT-X-ENDLIST"]
        return web.Response(text="\n".join(lines) + "\n", content_type="application/vnd.apple.mpegurl")

    async def segment(self, request: web.Request) -> web.Response:
        room = self._room(request)
        segments = await self._segments(room, request.match_info["quality"])
        body = segments[int(request.match_info["number"]) % len(segments)]
        return web.Response(body=body, content_type="video/mp2t")

    async def _segments(self, room: Room, quality: str) -> list[bytes]:
        recording = self._grounds.recordings[room.recording]
        return await asyncio.to_thread(lambda: recording.sound_segments if quality == "ao" else recording.segments)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Anything that belongs to a video."""
        video = self._grounds.world.videos.get(request.match_info["video"])
        if video is None or video.status:
            raise web.HTTPForbidden
        name = request.match_info["file"]
        if name.endswith(".vtt"):
            return self._subtitles(video, name.removesuffix(".vtt"))
        path = await asyncio.to_thread(self._path, video, name)
        return await self._paced(request, path, video.pace) if video.pace else web.FileResponse(path)

    def _path(self, video: Video, name: str) -> Path:
        recording = self._grounds.recordings[video.recording]
        if name.endswith(".jpg"):
            return recording.cover
        if name.endswith(".m4a"):
            return recording.sound
        silent = not video.sound or not name.endswith(".mp4")
        return recording.mute if silent else recording.mp4

    def _subtitles(self, video: Video, language: str) -> web.Response:
        track = next((each for each in video.tracks if each.language == language), None)
        if track is None:
            raise web.HTTPNotFound
        captions = self._grounds.recordings[video.recording].captions
        lines = track.lines or [(each["at"], each["end"], each["text"]) for each in captions]
        return web.Response(text=webvtt(lines), content_type="text/vtt")

    async def _paced(self, request: web.Request, path: Path, pace: int) -> web.StreamResponse:
        """`path`, `pace` bytes a second."""
        body = await asyncio.to_thread(path.read_bytes)
        response = web.StreamResponse(headers={"Content-Type": "video/mp4", "Content-Length": str(len(body))})
        await response.prepare(request)
        step = max(1, int(pace * TICK))
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(body), step):
                await response.write(body[at : at + step])
                await asyncio.sleep(TICK)
            await response.write_eof()
        return response

    async def cover(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(await asyncio.to_thread(lambda: self._grounds.recordings["demo"].cover))
