"""Accounts and rooms on TikTok: who is live, in which room, where its stream is, whose name is whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.adapters.tiktok.answers import (
    ENDED,
    LIVE,
    RoomInfo,
    alive_of,
    guest_room_of,
    look_of,
    profile_of,
    room_of,
)
from core.adapters.tiktok.streams import Stream, chosen, guest_stream, streams_of
from core.adapters.tiktok.web import Web
from core.errors import Missing, Transient
from core.model.account import Handle
from core.model.live import Look
from core.ports.clock import Clock
from core.ports.tiktok import Profile, Purpose, StreamAddress

SITE = "https://www.tiktok.com"
WEBCAST = "https://webcast.tiktok.com/webcast"
BROWSER = {
    "aid": "1988",
    "app_language": "en",
    "app_name": "tiktok_web",
    "browser_language": "en-US",
    "browser_name": "Mozilla",
    "browser_online": "true",
    "cookie_enabled": "true",
    "device_platform": "web_pc",
}
MOST_ROOMS = 50  # ids of one check_alive


@dataclass(frozen=True)
class Rooms:
    """The LiveSource of TikTok without its chat, and its Profiles. Looks and profiles keep the pace of `web.gate`; a second
    reading and a stream address are asked for only when there is a live, and at once."""

    web: Web
    clock: Clock

    async def look(self, handle: Handle) -> Look:
        """api-live, by name. Live is status 2 and nothing else."""
        asked = BROWSER | {"uniqueId": handle, "sourceType": "54"}
        async with self.web.gate.turn():
            said = await self.web.json(f"{SITE}/api-live/user/room/", asked)
        return look_of(said, handle, self.clock.now())

    async def confirm(self, room: str) -> bool:
        """Room info. A room whose stream it does not name is not confirmed: Transient STREAM_DOWN."""
        info = await self._info(room)
        if info.status == ENDED:
            return False
        if info.status == LIVE and (info.stream_url or await self._guest(room)):
            return True
        raise Transient("STREAM_DOWN")

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """A fresh one from room info, or for guests from live/detail. Raises Missing ROOM_OVER, Transient STREAM_DOWN."""
        info = await self._info(room)
        if info.status == ENDED:
            raise Missing("ROOM_OVER", x=room)
        best = chosen(streams_of(info.stream_url) or await self._guest(room), purpose)
        if best is None:
            raise Transient("STREAM_DOWN")
        return StreamAddress(best.address, self.web.proxy)

    async def alive(self, rooms: Sequence[str]) -> frozenset[str]:
        """check_alive, at most 50 ids."""
        asked = list(rooms)[:MOST_ROOMS]
        async with self.web.gate.turn():
            said = await self.web.json(f"{WEBCAST}/room/check_alive/", BROWSER | {"room_ids": ",".join(asked)})
        return alive_of(said, asked)

    async def profile(self, handle: Handle) -> Profile:
        """The page /@name."""
        found = await self._profile(handle)
        if found is None:
            raise Missing("HANDLE", x=handle)
        if found.handle != handle:
            raise Transient("TIKTOK_DOWN")
        return found

    async def handle_of(self, tiktok_id: str) -> Handle:
        """The page /@number, which is that of the account with this number."""
        found = await self._profile(tiktok_id)
        if found is None:
            raise Missing("GONE", name=tiktok_id)
        if found.tiktok_id != tiktok_id:  # somebody who calls himself by these digits
            raise Transient("TIKTOK_DOWN")
        return found.handle

    async def _profile(self, name: str) -> Profile | None:
        async with self.web.gate.turn():
            return profile_of(await self.web.page(f"{SITE}/@{name}"))

    async def _info(self, room: str) -> RoomInfo:
        said: dict[str, Any] = await self.web.json(f"{WEBCAST}/room/info/", BROWSER | {"room_id": room})
        return room_of(said)

    async def _guest(self, room: str) -> list[Stream]:
        status, address = guest_room_of(await self.web.json(f"{SITE}/api/live/detail/", BROWSER | {"roomID": room}))
        return guest_stream(address) if status == LIVE else []
