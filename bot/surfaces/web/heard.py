"""Where a service calls that has heard a recording."""

import json
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from core.ports.speech import SHOWN


class Called(Protocol):
    """Who waits for recordings."""

    async def called(self, external: str, secret: str) -> bool:
        """Whether it is one of ours, and the secret is the one that was given for it."""
        ...


@dataclass(frozen=True)
class HeardHook:
    """The address of the call. Nothing in it is believed but that it is time to look."""

    waits: Called

    async def arrived(self, request: web.Request) -> web.Response:
        """200 for a recording of ours, however often; 404 alike for one that is not and for a wrong secret; 400 for what says no
        recording."""
        try:
            said = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        number = said.get("transcript_id") if isinstance(said, dict) else None
        if not isinstance(number, str) or not number:
            return web.Response(status=400)
        ours = await self.waits.called(number, request.headers.get(SHOWN, ""))
        return web.Response(status=200 if ours else 404)
