"""Portraying: the picture an account has of itself, for a card about it."""

from dataclasses import dataclass, field

from core.model.account import Handle
from core.model.live import Look
from core.services.hurrying import Hurrying

MOST = 20_000  # accounts whose picture is remembered


@dataclass
class Portraying:
    """Where the pictures are, as the newest readings of this process say: they are signed for some days only, so nothing is stored,
    and nobody is asked for one. Without `hurrying` there are none."""

    hurrying: Hurrying | None = None
    _known: dict[Handle, str] = field(default_factory=dict)

    def read(self, handle: Handle, look: Look) -> None:
        """Take a reading of `handle`."""
        if look.picture:
            self._known[handle] = look.picture
            if len(self._known) > MOST:
                del self._known[next(iter(self._known))]

    async def of(self, handle: Handle) -> str:
        """The path of the picture of `handle`, empty when it is not known or does not come in time."""
        address = self._known.get(handle, "")
        return await self.hurrying.of(address) if self.hurrying and address else ""
