"""/c/TOKEN: a clip to watch for a while: a page with its player, file and still. Nothing lists them; they end with the clip."""

import asyncio
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from bot.cards import draw
from bot.replies.clips import ClipPage
from bot.replies.common import Failed
from bot.surfaces.web.pages import HEADERS, page
from bot.surfaces.web.privacy import spoken
from bot.wording import Words
from core.services.clipping.showing import PATH, Found, Showing

FILES = HEADERS | {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}
"""Not stored anywhere: what is deleted here is not to be had."""


@dataclass(frozen=True)
class ClipPages:
    """The pages. `words` are those of the installation, for readers of any language it does not speak."""

    showing: Showing
    words: Words

    def routes(self) -> list[web.RouteDef]:
        """Its addresses."""
        return [
            web.get(f"{PATH}/{{token}}", self.shown),
            web.get(f"{PATH}/{{token}}/file", self.file),
            web.get(f"{PATH}/{{token}}/still", self.still),
        ]

    async def shown(self, request: web.Request) -> web.Response:
        """The page, or 404 with what to do."""
        words, found = self._words(request), await self._found(request)
        if found is None:
            return self._gone(words)
        clip, beside = (
            found.clip,
            escape(request.match_info["token"]),
        )  # from the page on: there may be a prefix before PATH
        still = f' poster="{beside}/still"' if await asyncio.to_thread(clip.still.is_file) else ""
        size = f' width="{clip.width}" height="{clip.height}"' if clip.width and clip.height else ""
        player = f'<video controls playsinline preload="metadata"{size}{still} src="{beside}/file"></video>'
        said = ClipPage(clip, found.live.handle, found.until)
        answer = page(draw(said, words), words.language, player=player)
        answer.headers["Vary"] = "Accept-Language"
        return answer

    async def file(self, request: web.Request) -> web.StreamResponse:
        """The clip, whole or the piece that is asked for (Range, If-Range)."""
        found = await self._found(request)
        if found is None:
            return self._gone(self._words(request))
        name = quote(found.clip.shown, safe="")
        return _sent(found.clip.path, "video/mp4", {"Content-Disposition": f"inline; filename*=UTF-8''{name}"})

    async def still(self, request: web.Request) -> web.StreamResponse:
        """The picture it shows before it plays."""
        found = await self._found(request)
        if found is None or not await asyncio.to_thread(found.clip.still.is_file):
            return self._gone(self._words(request))
        return _sent(found.clip.still, "image/jpeg", {})

    async def _found(self, request: web.Request) -> Found | None:
        found = await self.showing.find(request.match_info["token"])
        return found if found is not None and await asyncio.to_thread(found.clip.path.is_file) else None

    def _words(self, request: web.Request) -> Words:
        language = spoken(request.headers.get("Accept-Language", "")) or self.words.language
        return Words(language, self.words.zone)

    @staticmethod
    def _gone(words: Words) -> web.Response:
        """The same for one that never was, is over, or was deleted."""
        return page(draw(Failed("CLIP_PAGE", {}), words), words.language, 404)


def _sent(path: Path, kind: str, headers: dict[str, str]) -> web.FileResponse:
    answer = web.FileResponse(path, headers={**FILES, **headers})
    answer.content_type = kind
    return answer
