"""Which message answered which wish: jobs are told at a reply address, and change the very message that answered."""

import asyncio
from dataclasses import dataclass, field

from bot.surfaces.telegram.addresses import Post
from core.model.person import Address

MOST = 2000


@dataclass
class Replies:
    """Messages by reply address, those of this process only; the oldest are forgotten beyond MOST."""

    _known: dict[Address, asyncio.Future[Post | None]] = field(default_factory=dict)

    def expect(self, address: Address) -> None:
        """A reply will be there soon, or be given up."""
        self._known[address] = asyncio.get_running_loop().create_future()
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]

    def settle(self, address: Address, post: Post | None) -> None:
        """The message of a reply; None when there is none."""
        known = self._known.get(address)
        if known is not None and not known.done():
            known.set_result(post)

    def told(self, address: Address) -> Post | None:
        """The message, when it is there already."""
        known = self._known.get(address)
        return known.result() if known is not None and known.done() else None

    async def wait(self, address: Address, seconds: float) -> Post | None:
        """The message, awaited for at most `seconds`; None when there is or will be none."""
        known = self._known.get(address)
        if known is None:
            return None
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(known)
        except TimeoutError:
            return None
