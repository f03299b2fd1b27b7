"""The Hugging Face hub on loopback: files of repositories as the hub hands them out, the large ones from another host, in ranges.

    async with LoopbackHub({"Systran/faster-whisper-tiny": folder}) as hub:
        WhisperShelf(models, hub.origin, clock)

By hand:  python -m tests.platforms.hub REPOSITORY=FOLDER…
"""

import asyncio
import hashlib
import json
import re
import sys
from pathlib import Path

from aiohttp import web

from tests.platforms.service import CALL, Service

LARGE = 100_000
"""Bytes from which a file lies on another host: the hub itself answers with where, how large and which."""

COMMIT = "5" * 40
PIECE = 16_384


class LoopbackHub(Service):
    """`breaks` are bytes after which the next answers with content break off, one after the other; `slow` seconds between two
    pieces of content. Routes for faults: `resolve` and `content`."""

    def __init__(self, repositories: dict[str, Path]) -> None:
        routes = [
            ("*", "/{owner}/{name}/resolve/{revision}/{file}", "resolve", self._resolve),
            ("GET", "/content/{owner}/{name}/{file}", "content", self._content),
        ]
        super().__init__(routes)
        self.repositories = repositories
        self.breaks: list[int] = []
        self.slow = 0.0
        self.ranges = True
        self.served = 0

    def _file(self, request: web.Request) -> Path:
        says = request.match_info
        folder = self.repositories.get(f"{says['owner']}/{says['name']}")
        if folder is None:
            raise web.HTTPUnauthorized(
                headers={"X-Error-Code": "RepoNotFound"}
            )  # what the hub says of one that is not there
        path = folder / says["file"]
        if not path.is_file():
            raise web.HTTPNotFound(headers={"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        return path

    async def _resolve(self, request: web.Request) -> web.StreamResponse:
        """Small files are here; of a large one its size and SHA-256, and where it is."""
        path = self._file(request)
        body = await asyncio.to_thread(path.read_bytes)
        headers = {"X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if len(body) < LARGE:
            sign = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
            if request.method == "HEAD":
                return web.Response(headers={**headers, "ETag": f'"{sign}"', "Content-Length": str(len(body))})
            return await self._send(request, body, {**headers, "ETag": f'"{sign}"'})
        linked = {"X-Linked-Size": str(len(body)), "X-Linked-Etag": f'"{hashlib.sha256(body).hexdigest()}"'}
        says = request.match_info
        there = (
            self.origin.replace("127.0.0.1", "localhost") + f"/content/{says['owner']}/{says['name']}/{says['file']}"
        )
        return web.Response(status=302, headers={**headers, **linked, "Location": there})

    async def _content(self, request: web.Request) -> web.StreamResponse:
        return await self._send(request, await asyncio.to_thread(self._file(request).read_bytes), {})

    async def _send(self, request: web.Request, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
        """The body, or the rest of it that is asked for."""
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", "")) if self.ranges else None
        start = int(asked[1]) if asked else 0
        request[CALL].data["start"] = start
        if asked and start >= len(body):
            return web.Response(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
        answer = web.StreamResponse(status=206 if asked else 200, headers=headers)
        if asked:
            answer.headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        answer.content_length = len(body) - start
        await answer.prepare(request)
        until = start + self.breaks.pop(0) if self.breaks else len(body)
        for at in range(start, min(until, len(body)), PIECE):
            piece = body[at : min(at + PIECE, until)]
            await answer.write(piece)
            self.served += len(piece)
            if self.slow:
                await asyncio.sleep(self.slow)
        if until < len(body) and request.transport:
            request.transport.close()
            return answer
        await answer.write_eof()
        return answer


async def _serve(repositories: dict[str, Path]) -> None:
    async with LoopbackHub(repositories) as hub:
        print(json.dumps({"HF_ENDPOINT": hub.origin}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve({name: Path(folder) for name, _, folder in (word.partition("=") for word in sys.argv[1:])}))
