"""The gateway, version 10: sessions that survive a lost socket, and the sockets."""

import json
import secrets
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.platforms.discord.permissions import PRIVILEGED
from tests.platforms.discord.wire import Wire


@dataclass
class Session:
    """A gateway session: survives a lost socket so that it can be resumed."""

    id: str
    intents: int
    shard: list[int] | None
    gateway: "Gateway | None"
    seq: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    def serves(self, guild_id: str) -> bool:
        """Whether events of a guild go to this shard."""
        return not self.shard or (int(guild_id) >> 22) % self.shard[1] == self.shard[0]

    async def emit(self, event: str, data: Any) -> None:
        self.seq += 1
        payload = {"op": 0, "t": event, "s": self.seq, "d": data}
        self.history = [*self.history, payload][-500:]
        if self.gateway:
            await self.gateway.send(payload)


class Gateway:
    """One websocket connection."""

    def __init__(self, world: Wire, socket: web.WebSocketResponse, compress: str | None):
        self.world, self.socket, self.session = world, socket, None
        self.ready = False
        self._sent_times: list[float] = []
        self._last_beat = time.monotonic()
        if compress == "zlib-stream":
            stream = zlib.compressobj()
            self._pack = lambda b: stream.compress(b) + stream.flush(zlib.Z_SYNC_FLUSH)
        elif compress == "zstd-stream":
            import zstandard  # only when the bot's environment offers it to discord.py

            zstream = zstandard.ZstdCompressor().compressobj()
            self._pack = lambda b: zstream.compress(b) + zstream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        else:
            self._pack = None

    async def send(self, payload: dict[str, Any]) -> None:
        if self.socket.closed:
            return
        text = json.dumps(payload)
        try:
            if self._pack:
                await self.socket.send_bytes(self._pack(text.encode()))
            else:
                await self.socket.send_str(text)
        except (ConnectionError, RuntimeError):
            pass

    async def run(self) -> None:
        await self.send({"op": 10, "d": {"heartbeat_interval": int(self.world.heartbeat_interval * 1000)}})
        while True:
            try:
                message = await self.socket.receive(timeout=self.world.heartbeat_interval * 2)
            except TimeoutError:
                self.world.violate("gateway", "heartbeat", "no heartbeat within two intervals")
                await self.socket.close(code=4000)
                return
            if message.type is not WSMsgType.TEXT:
                return
            if len(message.data) > 4096:
                await self.socket.close(code=4002)
                return
            moment = time.monotonic()
            self._sent_times = [t for t in self._sent_times if t > moment - 60] + [moment]
            if len(self._sent_times) > 120:
                self.world.violate("gateway", "send", "more than 120 events in 60 s")
                await self.socket.close(code=4008)
                return
            payload = json.loads(message.data)
            self.world.gateway_log.append((moment, f"op{payload['op']}", payload.get("d")))
            handler = {1: self._heartbeat, 2: self._identify, 6: self._resume, 8: self._members}.get(payload["op"])
            if handler:
                await handler(payload.get("d"))
            elif payload["op"] not in (3, 4):
                await self.socket.close(code=4001)
            self.world._notify()

    async def _heartbeat(self, data: Any) -> None:
        self._last_beat = time.monotonic()
        if self.world.acks_heartbeats:
            await self.send({"op": 11, "d": None})

    async def _identify(self, data: dict[str, Any]) -> None:
        world, intents, shard = self.world, data.get("intents"), data.get("shard")
        if refused := self._refused(data):
            world.violate("gateway", "identify", f"closed with {refused}")
            await self.socket.close(code=refused)
            return
        world.identifies += 1
        self.session = session = Session(secrets.token_hex(16), intents, shard, self)
        world._sessions[session.id] = session
        mine = [guild for guild in world.guilds.values() if session.serves(guild["id"])]
        ready = {
            "v": 10,
            "user": world.bot | {"verified": True, "mfa_enabled": False, "email": None},
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in mine],
            "session_id": session.id,
            "resume_gateway_url": world.gateway_url,
            "session_type": "normal",
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guild_join_requests": [],
            "user_settings": {},
            "_trace": [],
            "application": {"id": world.application_id, "flags": world._application()["flags"]},
        }
        await session.emit("READY", ready | ({"shard": shard} if shard else {}))
        self.ready = True
        for guild in mine if intents & 1 else ():
            await session.emit("GUILD_CREATE", world._guild_event(guild))

    def _refused(self, data: dict[str, Any]) -> int | None:
        """The code an IDENTIFY is answered with by closing, if it is."""
        world, intents, shard = self.world, data.get("intents"), data.get("shard")
        if data.get("token") != world.token:
            return 4004
        if not isinstance(intents, int):
            return 4013
        if intents & PRIVILEGED & ~world.privileged_intents:
            return 4014
        return 4011 if world.shards > 1 and (not shard or shard[1] < world.shards) else None

    async def _resume(self, data: dict[str, Any]) -> None:
        session = self.world._sessions.get(data.get("session_id"))
        if session is None or data.get("token") != self.world.token:
            await self.send({"op": 9, "d": False})
            return
        self.world.resumes += 1
        self.session, session.gateway = session, self
        for payload in [p for p in session.history if p["s"] > data["seq"]]:
            await self.send(payload)
        self.ready = True
        await session.emit("RESUMED", {"_trace": []})

    async def _members(self, data: dict[str, Any]) -> None:
        guild = self.world.guilds.get(str(data["guild_id"]))
        if guild and self.session:
            await self.session.emit(
                "GUILD_MEMBERS_CHUNK",
                {
                    "guild_id": guild["id"],
                    "members": list(guild["members"].values()),
                    "chunk_index": 0,
                    "chunk_count": 1,
                    "not_found": [],
                    "presences": [],
                    "nonce": data.get("nonce"),
                },
            )


class Connections(Wire):
    """The gateway's door, and what a test does to those who came in."""

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=4096 * 4)
        await socket.prepare(request)
        gateway = Gateway(self, socket, request.query.get("compress"))
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            self.violate("gateway", "connect", f"query {dict(request.query)}")
            await socket.close(code=4012)
            return socket
        self._sockets.append(gateway)
        try:
            await gateway.run()
        finally:
            self._sockets.remove(gateway)
            if gateway.session:
                gateway.session.gateway = None
        return socket

    async def disconnect(self, code: int = 4000) -> None:
        """Close every gateway connection with ``code`` (4000: resumable; 4004: fatal; 1006-like: abort)."""
        for gateway in list(self._sockets):
            await gateway.socket.close(code=code)

    async def request_reconnect(self) -> None:
        for gateway in list(self._sockets):
            await gateway.send({"op": 7, "d": None})

    async def invalidate_session(self, resumable: bool = False) -> None:
        for gateway in list(self._sockets):
            if not resumable and gateway.session:
                self._sessions.pop(gateway.session.id, None)
            await gateway.send({"op": 9, "d": resumable})
