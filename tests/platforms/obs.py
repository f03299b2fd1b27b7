"""A strict obs-websocket 5 server with a replay buffer, answering as OBS 29.0.2 with obs-websocket 5.1.0 was seen to.

    async with LoopbackObs("password", sample) as obs:      # OBS_URL = obs.url, OBS_PASSWORD = "password"

`faults` is a set of: no_event (saves, but tells nobody), drop_on_save (cuts the socket, once), hang (answers nothing), half_open
(takes everything and answers nothing, not even pings), deaf (does not answer pings), no_buffer (has none to start), full (saves
nothing). A burst of saves makes one file and one event, as in OBS. Two files of one second have two names.
"""

import asyncio
import base64
import hashlib
import json
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from aiohttp import WSMsgType, web

OUTPUTS = 64  # the event intent of stream, recording and replay buffer
ALL_EVENTS = 2047
After = Callable[[], Awaitable[None]] | None
Answer = tuple[int, str | None, dict[str, Any] | None, After]  # code, comment, data, what follows
VERSION = {
    "obsVersion": "29.0.2",
    "obsWebSocketVersion": "5.1.0",
    "rpcVersion": 1,
    "availableRequests": ["GetVersion"],
    "supportedImageFormats": ["png"],
    "platform": "linux",
    "platformDescription": "loopback",
}
NEEDS_BUFFER = ("StopReplayBuffer", "SaveReplayBuffer", "GetLastReplayBufferReplay")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class _Bye(Exception):
    """Close the socket with this code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class LoopbackObs:
    """`record` is where replays go, `called` how that folder is called over there; `save_delay` seconds from the request to the
    file and its event."""

    def __init__(
        self, password: str, sample: Path, record: Path, *, called: str = "", save_delay: float = 0.05, port: int = 0
    ) -> None:
        self.password, self.sample, self.save_delay, self.port = password, sample, save_delay, port
        self.record, self.called = record, called or str(record)
        self.record.mkdir(parents=True, exist_ok=True)
        self.faults: set[str] = set()
        self.active, self.saving, self.last = False, False, ""
        self.requests: list[str] = []
        self.identified = 0
        self._sockets: dict[web.WebSocketResponse, int] = {}
        self._transports: list[asyncio.Transport] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """What OBS_URL is then."""
        return f"ws://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.kill()

    async def kill(self) -> None:
        """As when its process is killed: every socket breaks, nobody listens any more."""
        for task in list(self._tasks):
            task.cancel()
        for transport in self._transports:
            transport.abort()
        runner, self._runner = self._runner, None
        if runner:
            await runner.cleanup()
        self.active = self.saving = False
        self._sockets.clear()

    def asked(self, request: str) -> int:
        """How many requests of one kind came."""
        return self.requests.count(request)

    async def press(self) -> None:
        """Somebody presses the key for a replay."""
        await self._save()

    # ------------------------------------------------------------------ the replay buffer

    async def _emit(self, kind: str, data: dict[str, Any]) -> None:
        for socket, wanted in list(self._sockets.items()):
            if wanted & OUTPUTS and not socket.closed:
                with suppress(ConnectionError):
                    await socket.send_json(
                        {"op": 5, "d": {"eventType": kind, "eventIntent": OUTPUTS, "eventData": data}}
                    )

    def _becoming(self, *states: str) -> After:
        async def tell() -> None:
            for state in states:
                data = {"outputActive": state == "STARTED", "outputState": f"OBS_WEBSOCKET_OUTPUT_{state}"}
                await self._emit("ReplayBufferStateChanged", data)

        return tell

    async def _save(self) -> None:
        if self.saving or "full" in self.faults:
            return
        self.saving = True
        await asyncio.sleep(self.save_delay)
        self.saving = False
        path = self._free(time.strftime("Replay %Y-%m-%d %H-%M-%S"))
        await asyncio.to_thread(shutil.copy, self.sample, path)
        self.last = self.called + ("\\" if "\\" in self.called else "/") + path.name
        if "no_event" not in self.faults:
            await self._emit("ReplayBufferSaved", {"savedReplayPath": self.last})

    def _free(self, stem: str) -> Path:
        names = [f"{stem}{self.sample.suffix}", *(f"{stem} ({n}){self.sample.suffix}" for n in range(2, 100))]
        return next(path for path in (self.record / name for name in names) if not path.exists())

    def _request(self, kind: str) -> Answer:
        self.requests.append(kind)
        said = {
            "GetVersion": VERSION,
            "GetReplayBufferStatus": {"outputActive": self.active},
            "GetRecordDirectory": {"recordDirectory": self.called},
            "GetStats": {"availableDiskSpace": 41_000.5, "cpuUsage": 3.2},
            "GetCurrentProgramScene": {"currentProgramSceneName": "Kitchen"},
        }
        if kind in said:
            return 100, None, said[kind], None
        if kind == "StartReplayBuffer":
            return self._start()
        if kind in NEEDS_BUFFER and not self.active:
            return 501, None, None, None
        if kind == "StopReplayBuffer":
            self.active = False
            return 100, None, None, self._becoming("STOPPING", "STOPPED")
        if kind == "SaveReplayBuffer":
            return 100, None, None, self._save
        if kind == "GetLastReplayBufferReplay":
            return 100, None, {"savedReplayPath": "" if self.saving else self.last}, None
        return 204, "Your request type is not valid.", None, None

    def _start(self) -> Answer:
        if "no_buffer" in self.faults:
            return 604, "Replay buffer is not available.", None, None
        if self.active:
            return 500, None, None, None
        self.active = True
        return 100, None, None, self._becoming("STARTING", "STARTED")

    # ------------------------------------------------------------------ the protocol

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        silent = "half_open" in self.faults
        socket = web.WebSocketResponse(
            protocols=("obswebsocket.json",), autoping=not self.faults & {"half_open", "deaf"}
        )
        await socket.prepare(request)
        if request.transport is not None:
            self._transports.append(request.transport)
        salt, challenge = _b64(os.urandom(32)), _b64(os.urandom(32))
        hello: dict[str, Any] = {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1}
        if self.password:
            hello["authentication"] = {"challenge": challenge, "salt": salt}
        if not silent:
            await socket.send_json({"op": 0, "d": hello})
        try:
            async for message in socket:
                if message.type == WSMsgType.PING:
                    continue
                if message.type != WSMsgType.TEXT:
                    break
                if not await self._message(request, socket, message.data, salt, challenge):
                    break
        except _Bye as bye:
            await socket.close(code=bye.code, message=str(bye).encode()[:120])
        finally:
            self._sockets.pop(socket, None)
        return socket

    async def _message(
        self, request: web.Request, socket: web.WebSocketResponse, text: str, salt: str, challenge: str
    ) -> bool:
        """Deal with one message; False: the socket is gone."""
        try:
            message = json.loads(text)
        except ValueError:
            raise _Bye(4002, "Unable to decode Json") from None
        op, data, known = message.get("op"), message.get("d"), socket in self._sockets
        if not isinstance(data, dict):
            raise _Bye(4003, "Your payload is missing data (`d`).")
        if not known and op != 1:
            raise _Bye(4007, "You attempted to send a non-Identify message while not identified.")
        if op == 1:
            if known:
                raise _Bye(4008, "You are already Identified with the obs-websocket server.")
            self._identify(data, salt, challenge)
        if op in (1, 3):
            self._sockets[socket] = data.get("eventSubscriptions", self._sockets.get(socket, ALL_EVENTS))
            self.identified += 1
            await socket.send_json({"op": 2, "d": {"negotiatedRpcVersion": 1}})
            return True
        if op != 6:
            raise _Bye(4006, f"Unknown OpCode: {op}")
        return await self._reply(request, socket, data)

    def _identify(self, data: dict[str, Any], salt: str, challenge: str) -> None:
        if self.password:
            if "authentication" not in data:
                raise _Bye(4009, "Your payload's data is missing an `authentication` string.")
            secret = _b64(hashlib.sha256((self.password + salt).encode()).digest())
            if data["authentication"] != _b64(hashlib.sha256((secret + challenge).encode()).digest()):
                raise _Bye(4009, "Authentication failed.")
        if "rpcVersion" not in data:
            raise _Bye(4003, "Your payload's data is missing an `rpcVersion`.")
        if data["rpcVersion"] != 1:
            raise _Bye(4010, "Your requested RPC version is not supported by this server.")

    async def _reply(self, request: web.Request, socket: web.WebSocketResponse, data: dict[str, Any]) -> bool:
        for name in ("requestId", "requestType"):
            if name not in data:
                raise _Bye(4003, f"Your payload data is missing a `{name}`.")
        if self.faults & {"hang", "half_open"}:
            self.requests.append(data["requestType"])
            return True
        if "drop_on_save" in self.faults and data["requestType"] == "SaveReplayBuffer":
            self.requests.append("SaveReplayBuffer")
            self.faults.discard("drop_on_save")
            if request.transport:
                request.transport.abort()
            return False
        code, comment, found, after = self._request(data["requestType"])
        status = {"code": code, "result": code == 100} | ({"comment": comment} if comment else {})
        reply = {"requestId": data["requestId"], "requestType": data["requestType"], "requestStatus": status}
        await socket.send_json({"op": 7, "d": reply | ({"responseData": found} if found is not None else {})})
        if after:
            task = asyncio.ensure_future(after())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True
