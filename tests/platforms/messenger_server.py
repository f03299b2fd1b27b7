"""A small messenger on loopback that keeps what was posted, and the client of it: for what must survive kills and lost answers.

    async with MessengerServer() as server:
        server.remembers["discord"] = 120.0   # seconds a nonce is recognised; other platforms never recognise one
        Messenger(server.origin, 120.0)

Faults: those of service.py (429, 500, a dropped connection: nothing is posted then), and `lose` (posted, but the answer is lost).
"""

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from aiohttp import web

from core.errors import Ambiguous, Invalid, Transient
from core.model.notice import Notice
from core.ports.messenger import Pace
from tests.platforms.service import Service

TIMEOUT = 30.0  # seconds
REMEMBERED = 120.0  # seconds for which a platform that does recognises repeats


@dataclass
class Posted:
    """A post as people see it. `versions` are the keys of the notice that made it and of those that changed it."""

    number: str
    address: str
    nonce: str
    at: float
    kind: str
    facts: dict[str, Any]
    versions: list[str] = field(default_factory=list)


class MessengerServer(Service):
    """POST /post {address, nonce, key, kind, facts, edits}: gives {"id"}; `edits` is the id of the post to change.
    GET /find?nonce=: gives {"id"} of the post made with it, empty when there is none.

    `delay`: seconds it takes at most, before a post is made and again before it is answered.
    """

    def __init__(self) -> None:
        super().__init__([("POST", "/post", "post", self._post), ("GET", "/find", "find", self._find)])
        self.remembers: dict[str, float] = {}
        self.posts: list[Posted] = []
        self.repeats = 0
        self.delay = 0.0
        self._lost: deque[str] = deque()

    def lose(self, how: str = "500") -> None:
        """The next post is made, but its answer is `500` or a dropped connection (`drop`)."""
        self._lost.append(how)

    def keys(self) -> list[str]:
        """The key of every notice posted as a new message, oldest first: twice in it is doubled."""
        return [post.versions[0] for post in self.posts]

    def of_kind(self, kind: str) -> list[Posted]:
        """The posts that began as this kind."""
        return [post for post in self.posts if post.kind == kind]

    async def _post(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        await asyncio.sleep(random.uniform(0, self.delay))
        number = self._apply(said)
        await asyncio.sleep(random.uniform(0, self.delay))
        if self._lost:
            if self._lost.popleft() == "drop" and request.transport:
                request.transport.abort()
            return web.Response(status=500)
        return web.json_response({"id": number})

    async def _find(self, request: web.Request) -> web.StreamResponse:
        nonce = request.query["nonce"]
        return web.json_response({"id": next((one.number for one in self.posts if one.nonce == nonce), "")})

    def _apply(self, said: dict[str, Any]) -> str:
        post = next((one for one in self.posts if one.number == said["edits"]), None) if said["edits"] else None
        if post is not None:
            post.facts = said["facts"]
            post.versions.append(said["key"])
            return post.number
        known = self._known(said)
        if known is not None:
            self.repeats += 1
            return known.number
        number = str(len(self.posts) + 1)
        self.posts.append(
            Posted(number, said["address"], said["nonce"], time.monotonic(), said["kind"], said["facts"], [said["key"]])
        )
        return number

    def _known(self, said: dict[str, Any]) -> Posted | None:
        window = self.remembers.get(said["address"].partition(":")[0], 0.0)
        since = time.monotonic() - window
        return next((one for one in self.posts if one.nonce == said["nonce"] and one.at > since and window), None)


@dataclass
class Messenger:
    """The client: what certainly was not posted is Transient, what may have been Ambiguous. As on Discord and Telegram, a
    platform that recognises repeats can be asked for a post, the other cannot."""

    origin: str
    repeats_for: float
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=TIMEOUT, trust_env=False))

    per_second: float = 1000.0
    every: float = 0.0

    def pace(self, address: str) -> Pace:
        return Pace(address, self.every)

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        if not self.repeats_for:
            return None
        try:
            answer = await self.client.get(f"{self.origin}/find", params={"nonce": nonce})
            return str(answer.raise_for_status().json()["id"])
        except httpx.HTTPError as error:
            raise Transient("MESSENGER_DOWN") from error

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        said = {
            "address": notice.address,
            "nonce": nonce,
            "key": notice.key,
            "kind": notice.kind,
            "facts": notice.facts,
            "edits": external,
        }
        try:
            answer = await self.client.post(f"{self.origin}/post", json=said)
        except httpx.ConnectError as error:
            raise Transient("MESSENGER_DOWN") from error
        except httpx.HTTPError as error:
            raise Ambiguous("MESSENGER_ANSWER", reason=type(error).__name__) from error
        if answer.status_code == 429:
            raise Transient("MESSENGER_RATE", retry_after=float(answer.headers.get("Retry-After", "1")))
        if answer.status_code >= 500:
            raise Ambiguous("MESSENGER_ANSWER", reason=answer.status_code)
        if answer.status_code >= 400:
            raise Invalid("MESSENGER_REFUSED", status=answer.status_code)
        return str(answer.json()["id"])
