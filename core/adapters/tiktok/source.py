"""TikTok as one source: looks, rooms and profiles over the web, chats over TikTokLive."""

from collections.abc import AsyncIterator, Sequence

from core.adapters.tiktok.chat.chat import Chat
from core.adapters.tiktok.rooms import Rooms
from core.adapters.tiktok.web import Web
from core.model.account import Handle
from core.model.live import LiveEvent, Look
from core.ports.clock import Clock
from core.ports.tiktok import Profile, Purpose, StreamAddress


class TikTok:
    """The LiveSource and the Profiles of TikTok. `proxy` as TIKTOK_PROXY: empty for the environment's. Nothing is asked, and
    no library imported, before the first question. Raises Invalid SETTING for a proxy that cannot be one."""

    def __init__(self, proxy: str, sign_api_key: str, sign_api_url: str, clock: Clock) -> None:
        self.web = Web(proxy)
        self.rooms = Rooms(self.web, clock)
        self.chat = Chat(self.web, sign_api_key, sign_api_url, clock)

    async def look(self, handle: Handle) -> Look:
        """See LiveSource."""
        return await self.rooms.look(handle)

    async def confirm(self, room: str) -> bool:
        """See LiveSource."""
        return await self.rooms.confirm(room)

    async def signs(self) -> int:
        """How many chats the sign server would open now; asking that opens none. Raises Denied SIGN_KEY, Transient SIGN_DOWN."""
        return await self.chat.signs()

    def events(self, room: str) -> AsyncIterator[LiveEvent]:
        """See LiveSource."""
        return self.chat.events(room)

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """See LiveSource."""
        return await self.rooms.stream(room, purpose)

    async def profile(self, handle: Handle) -> Profile:
        """See Profiles."""
        return await self.rooms.profile(handle)

    async def handle_of(self, tiktok_id: str) -> Handle:
        """See Profiles."""
        return await self.rooms.handle_of(tiktok_id)

    async def alive(self, rooms: Sequence[str]) -> frozenset[str]:
        """See Profiles."""
        return await self.rooms.alive(rooms)

    async def close(self) -> None:
        """Give the connections of looks back; each chat gives back its own."""
        await self.web.close()
