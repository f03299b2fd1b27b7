"""What Earshot remembers of people's own accounts: links, sign-ins under way, and who does not want to be watched.

Both belong to people, not to places; they are part of the unit of work in store.py.
"""

from datetime import datetime
from typing import Protocol

from core.model.account import Handle
from core.model.link import Link, SignIn


class Links(Protocol):
    """People's own TikTok accounts, and the sign-ins under way. They belong to a person, not to a place."""

    async def put(self, link: Link) -> Link:
        """The one link of `link.person`, in the place of any other; `link.id` is ignored, the new id is never an old one's."""
        ...

    async def get(self, link_id: int) -> Link | None: ...

    async def of_person(self, person: str) -> Link | None: ...

    async def all(self) -> list[Link]:
        """Oldest first."""
        ...

    async def change(self, link_id: int, **fields: object) -> Link | None:
        """Set fields of a link by their names. None when it is gone."""
        ...

    async def remove(self, link_id: int) -> bool:
        """False when somebody was faster."""
        ...

    async def begin(self, sign_in: SignIn, now: datetime) -> None:
        """Keep it; what this person began before for the same purpose, and whatever is too old, goes."""
        ...

    async def begun(self, state: str, purpose: str) -> SignIn | None: ...

    async def take(self, state: str, purpose: str) -> SignIn | None:
        """The same, used up by this."""
        ...


class OptOuts(Protocol):
    """Accounts whose owners do not want to be watched. Nobody can be read out of it: only asked for."""

    async def add(self, handle: Handle, tiktok_id: str, at: datetime) -> None:
        """`tiktok_id` is empty when nobody knows it; adding it again with the number completes the entry."""
        ...

    async def has(self, handle: Handle, tiktok_id: str) -> bool:
        """By the number; by the handle where one of the two numbers is not known, so that a handle somebody else has taken
        over is not refused for ever."""
        ...
