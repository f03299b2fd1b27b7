"""webcast.tiktok.com: what rooms there are, what is known of them, and the websocket on which everything in them is told."""

import asyncio
import contextlib
import time

from aiohttp import WSMsgType, web

from tests.platforms.tiktok import pages, wire
from tests.platforms.tiktok.events import Comment, Event, Like, Viewers, method_of, payload
from tests.platforms.tiktok.grounds import PUSH, Grounds
from tests.platforms.tiktok.world import Room, Socket

FIRST_MESSAGE = 7_600_000_000_000_000_000


class Webcast:
    """The handlers, and sending to everybody in a room."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds
        self._frames = 0

    def routes(self) -> list[web.RouteDef]:
        """Every address, named as faults name it."""
        return [
            web.get("/webcast/room/check_alive/", self.check_alive, name="check_alive"),
            web.get("/webcast/room/info{slash:/?}", self.room_info, name="room_info"),
            web.get("/webcast/room/info_by_user/", self.room_info, name="room_info_by_user"),
            web.get("/webcast/gift/list/", self.gifts, name="gift_list"),
            web.get(PUSH, self.websocket, name="ws"),
        ]

    async def check_alive(self, request: web.Request) -> web.Response:
        ids = [each for each in request.query.get("room_ids", "").split(",") if each]
        world = self._grounds.world
        return web.json_response(pages.check_alive(ids, world.rooms, world.config.check_alive_lies))

    async def room_info(self, request: web.Request) -> web.Response:
        return web.json_response(pages.room_info(self.room(request), self._grounds.cdn))

    async def gifts(self, request: web.Request) -> web.Response:
        return web.json_response(pages.gift_list())

    def room(self, request: web.Request) -> Room | None:
        """The room a request is about."""
        if name := request.query.get("unique_id"):
            account = self._grounds.world.find(name)
            return account.room if account else None
        number = request.query.get("room_id", "")
        return self._grounds.world.rooms.get(int(number)) if number.isdigit() else None

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        """A viewer until they or we leave; refused as TikTok refuses."""
        room = self.room(request)
        if request.query.get("fallback") or self._grounds.world.config.sign_fallback:
            return web.Response(status=400, headers={"Handshake-Msg": "fallback"})
        if room is None:
            return web.Response(headers={"Handshake-Msg": "DEVICE_BLOCKED", "Handshake-Status": "415"})
        response = web.WebSocketResponse(protocols=("echo-protocol",), timeout=1.0)
        response.headers["Handshake-Options"] = f"ping-interval={self._grounds.world.config.ping_s}"
        await response.prepare(request)
        socket = Socket(response, request, request.query.get("compress") == "gzip", time.time())
        room.sockets.append(socket)
        try:
            async for message in response:
                if message.type == WSMsgType.BINARY:
                    await self._heard(socket, message.data)
        finally:
            room.sockets.remove(socket)
        return response

    async def _heard(self, socket: Socket, frame: bytes) -> None:
        kind = wire.read_client_frame(frame).kind
        socket.seen = time.time()
        socket.frames[kind] += 1
        self._grounds.script.hits[f"ws_in_{kind}"] += 1
        answers = {"im_enter_room": "im_enter_room_resp", "hb": "hb"}
        if kind in answers and not socket.frozen:
            with contextlib.suppress(ConnectionError):
                await socket.response.send_bytes(wire.plain_frame(answers[kind]))

    async def beat(self) -> None:
        """Drop the silent and tell how many are there, as `config` says, for good."""
        told = time.time()
        while True:
            await asyncio.sleep(0.1)
            config, now = self._grounds.world.config, time.time()
            pulse = bool(config.pulse_s) and now - told >= config.pulse_s
            told = now if pulse else told
            for room in list(self._grounds.world.rooms.values()):
                for socket in [each for each in room.sockets if 0 < config.heartbeat_timeout_s < now - each.seen]:
                    socket.cut()
                if pulse and room.live:
                    await self.send(room, [Viewers(room.viewers)])

    async def send(self, room: Room, events: list[Event]) -> None:
        """All of them in one frame, in order, to everybody there."""
        await self.broadcast(room, b"".join(self.encode(room, event) for event in events))

    async def broadcast(self, room: Room, envelopes: bytes) -> None:
        """Ready envelopes in one frame."""
        self._frames += 1
        result = wire.fetch_result(envelopes, self._grounds.world.config.ack, f"ext-{self._frames}")
        made: dict[bool, bytes] = {}
        for socket in [each for each in room.sockets if not each.frozen]:
            if socket.zipped not in made:
                made[socket.zipped] = wire.push_frame(result, self._frames, socket.zipped)
            with contextlib.suppress(ConnectionError):
                await socket.response.send_bytes(made[socket.zipped])

    def encode(self, room: Room, event: Event) -> bytes:
        """The envelope of an event; likes and viewers change the room, comments its history."""
        msg_id = event.msg_id or FIRST_MESSAGE + self._grounds.world.next_id()
        if isinstance(event, Like):
            room.likes += event.count
        if isinstance(event, Viewers):
            room.viewers = event.count
        body = payload(event, room, msg_id)
        if isinstance(event, Comment):
            room.history.append((msg_id, body))
        room.sent[method_of(event)] += 1
        return wire.envelope(method_of(event), body, msg_id)
