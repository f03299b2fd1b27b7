"""api.eulerstream.com: who may connect to a room, how often, and where its websocket is."""

import time

from aiohttp import web

from tests.platforms.tiktok import wire
from tests.platforms.tiktok.grounds import PUSH, Grounds

COOKIE = "ttwid=loopback-ttwid; Domain=.tiktok.com; Path=/"


class Signer:
    """The handlers."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds

    def routes(self) -> list[web.RouteDef]:
        """Every address, named as faults name it."""
        return [
            web.get("/webcast/fetch", self.sign, name="sign"),
            web.get("/webcast/rate_limits", self.rate_limits, name="rate_limits"),
            web.post("/webcast/sign_url", self.sign_url, name="sign_url"),
            web.post("/webcast/bulk_live_check", self.bulk_live_check, name="bulk_live_check"),
        ]

    async def sign(self, request: web.Request) -> web.Response:
        """The first result of a room: its last comments and its push server."""
        config = self._grounds.world.config
        if (refused := self._refusal(request)) is not None:
            return refused
        number = request.query.get("room_id", "")
        room = self._grounds.world.rooms.get(int(number)) if number.isdigit() else None
        if room is None:
            return web.json_response({"code": 500, "message": "Fetch failed with an error."}, status=500)
        if config.sign_fallback:
            body = wire.first_result(f"ws://127.0.0.1:{self._grounds.port}{PUSH}", b"", {"fallback": "1"})
        else:
            shown = room.history if config.history else ()
            history = b"".join(wire.envelope("WebcastChatMessage", said, number, True) for number, said in shown)
            body = wire.first_result(self._grounds.push, history, {"imprp": "loopback", "wrss": "loopback-wrss"})
        headers = {"X-Request-Id": "loopback-request", "X-Log-Code": "0"}
        if config.sign_cookie:
            headers["X-Set-TT-Cookie"] = COOKIE
        return web.Response(body=body, content_type="application/protobuf", headers=headers)

    async def rate_limits(self, request: web.Request) -> web.Response:
        shedding = {"enabled": False}
        return web.json_response({"code": 200, **self._grounds.quota.told(), "load_shedding": shedding})

    async def sign_url(self, request: web.Request) -> web.Response:
        if (refused := self._refusal(request)) is not None:
            return refused
        said = await request.json()
        url = said.get("url", "")
        answer = {
            "signedUrl": url + ("&" if "?" in url else "?") + "msToken=loopback&X-Bogus=loopback",
            "userAgent": said.get("userAgent", ""),
            "browserName": "Mozilla",
            "browserVersion": "5.0",
            "requestHeaders": {},
            "cookies": "",
            "tokens": {},
        }
        return web.json_response({"code": 200, "message": "", "response": answer})

    async def bulk_live_check(self, request: web.Request) -> web.Response:
        return web.json_response({"code": 403, "message": "This route needs the premium routes add-on."}, status=403)

    def _refusal(self, request: web.Request) -> web.Response | None:
        config = self._grounds.world.config
        if config.sign_key and request.headers.get("X-Api-Key") != config.sign_key:
            return web.json_response({"code": 401, "message": "Invalid API Key."}, status=401)
        over = self._grounds.quota.take()
        if over is None:
            return None
        wait = max(1, over.reset - int(time.time()))
        headers = {
            "RateLimit-Limit": str(over.limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(over.reset),
            "Retry-After": str(wait),
        }
        said = {
            "code": 429,
            "message": "Too many requests, get an API key to raise the limit.",
            "limit_label": over.window,
        }
        return web.json_response(said, status=429, headers=headers if config.quota_headers else {})
