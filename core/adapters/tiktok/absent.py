"""Stands where TikTok will: every look says that it cannot be asked, so nothing is ever called offline."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from core.errors import Transient
from core.model.account import Handle
from core.model.live import LiveEvent, Look
from core.ports.tiktok import Purpose, StreamAddress


@dataclass(frozen=True)
class AbsentTikTok:
    """A LiveSource of a version that cannot ask TikTok yet."""

    async def look(self, handle: Handle) -> Look:
        """Unknown."""
        raise Transient("NO_TIKTOK")

    async def confirm(self, room: str) -> bool:
        """Unknown."""
        raise Transient("NO_TIKTOK")

    async def events(self, room: str) -> AsyncIterator[LiveEvent]:
        """Nothing can be read."""
        nothing: tuple[LiveEvent, ...] = ()
        for event in nothing:
            yield event
        raise Transient("NO_TIKTOK")

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """Nothing can be opened."""
        raise Transient("NO_TIKTOK")
