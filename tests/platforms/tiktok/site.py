"""www.tiktok.com and the short-link hosts: pages of accounts and posts, api-live, lists of posts, redirects."""

import asyncio

from aiohttp import web

from tests.platforms.tiktok import pages, posts
from tests.platforms.tiktok.grounds import Grounds
from tests.platforms.tiktok.world import Account, Room, Video, World

LOGIN = "https://www.tiktok.com/login?redirect_url=x"


class Site:
    """The handlers."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds

    def routes(self) -> list[web.RouteDef]:
        """Every address, named as faults name it."""
        return [
            web.get("/@{user}/live", self.live_page, name="live_html"),
            web.get("/@{user:[^/]*}/{kind:video|photo}/{video}", self.video_page, name="video_page"),
            web.get("/@{user:[^/]+}{slash:/?}", self.profile_page, name="profile"),
            web.get("/api-live/user/room/", self.api_live, name="api_live"),
            web.get("/api/creator/item_list/", self.item_list, name="item_list"),
            web.get("/api/live/detail/", self.live_detail, name="live_detail"),
            web.get("/embed/{user}", self.embed, name="embed"),
            web.get("/login", self.login, name="login"),
            web.get("/t/{code:[^/]+}{slash:/?}", self.short_link, name="short_link"),
            web.get("/{code:[A-Za-z0-9]{6,14}}{slash:/?}", self.short_link, name="short_link:vm"),
            web.get("/v/{video}.html", self.mobile, name="short_link:video"),
            web.get("/share/live/{room:[^/]+}{slash:/?}", self.share, name="short_link:live"),
        ]

    @property
    def _world(self) -> World:
        return self._grounds.world

    async def live_page(self, request: web.Request) -> web.Response:
        return html(pages.live_html(self._world.find(request.match_info["user"])))

    async def profile_page(self, request: web.Request) -> web.Response:
        """By name, or by stable number as old links do."""
        user = request.match_info["user"]
        account = self._world.find(user) or self._world.find_id(user)
        return html(pages.profile_html(account, len(self._posts(account)) if account else 0))

    async def api_live(self, request: web.Request) -> web.Response:
        return web.json_response(pages.api_live(self._world.find(request.query.get("uniqueId", ""))))

    async def live_detail(self, request: web.Request) -> web.Response:
        room = self._room(request.query.get("roomID", ""))
        return web.json_response(pages.live_detail(room, self._grounds.cdn))

    async def video_page(self, request: web.Request) -> web.Response:
        video = self._world.videos.get(request.match_info["video"])
        if video is None:
            return html(posts.video_html(None, None, ""))
        if video.page == "login":
            raise web.HTTPFound(LOGIN if "tiktok" in request.host else "/login")
        solved = "_wafchallengeid" in request.headers.get("Cookie", "")
        if video.page in pages.WALLS and not (video.page == "challenge" and solved):
            return html(pages.WALLS[video.page])
        recording = self._grounds.recordings[video.recording]
        return html(await asyncio.to_thread(posts.video_html, video, recording, self._grounds.cdn))

    async def item_list(self, request: web.Request) -> web.Response:
        """Newest first; `cursor` (ms) is older than everything asked for before."""
        account = self._world.find_id(request.query.get("secUid", ""))
        cursor = int(request.query.get("cursor") or 0) / 1000 or float("inf")
        older = [video for video in self._posts(account) if video.created < cursor]
        page = older[: int(request.query.get("count") or 15)]
        items = await asyncio.to_thread(self._items, page)
        more = len(older) > len(page)
        return web.json_response({"itemList": items, "hasMorePrevious": more, "statusCode": 0})

    async def login(self, request: web.Request) -> web.Response:
        return html(pages.WALLS["login"])

    async def embed(self, request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    async def short_link(self, request: web.Request) -> web.Response:
        target = self._world.links.get(request.match_info["code"])
        if target is None:
            raise web.HTTPNotFound
        raise web.HTTPMovedPermanently(target)

    async def mobile(self, request: web.Request) -> web.Response:
        video = self._world.videos.get(request.match_info["video"])
        if video is None:
            raise web.HTTPNotFound
        raise web.HTTPMovedPermanently(video.url)

    async def share(self, request: web.Request) -> web.Response:
        room = self._room(request.match_info["room"])
        if room is None:
            raise web.HTTPNotFound
        raise web.HTTPFound(f"https://www.tiktok.com/@{room.owner.unique_id}/live")

    def _room(self, number: str) -> Room | None:
        return self._world.rooms.get(int(number)) if number.isdigit() else None

    def _posts(self, account: Account | None) -> list[Video]:
        mine = [video for video in self._world.videos.values() if video.owner is account]
        return sorted(mine, key=lambda video: -video.created)

    def _items(self, videos: list[Video]) -> list[dict[str, object]]:
        recordings = self._grounds.recordings
        return [posts.item(video, recordings[video.recording], self._grounds.cdn) for video in videos]


def html(text: str) -> web.Response:
    """A page."""
    return web.Response(text=text, content_type="text/html")
