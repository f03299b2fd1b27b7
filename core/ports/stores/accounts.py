"""What is remembered of accounts, and of who follows them."""

from datetime import datetime
from typing import Protocol

from core.model.account import Account, AccountStatus, Follow, Handle
from core.model.live import Look
from core.ports.tiktok import Profile


class Accounts(Protocol):
    """TikTok accounts, shared by all places."""

    async def ensure(self, handle: Handle) -> Account:
        """The account of `handle`, made when it is new."""
        ...

    async def get(self, account_id: int) -> Account | None: ...

    async def by_handle(self, handle: Handle) -> Account | None: ...

    async def saw(self, account_id: int, look: Look, status: AccountStatus) -> Account:
        """Store what a look told (name, id, followers when given) and the status it led to; it is known again."""
        ...

    async def failed(self, account_id: int, at: datetime, why: str, *, missing: bool = False) -> Account:
        """A look that told nothing, with the code of its error. What was live, ending, age-restricted or gone stays so; all
        else becomes unknown. `missing`: TikTok does not know the name."""
        ...

    async def met(self, account_id: int, profile: Profile) -> Account:
        """Store what a profile page told."""
        ...

    async def gone(self, account_id: int) -> Account: ...

    async def posted(self, account_id: int, video_id: str, at: datetime | None) -> Account:
        """Remember its newest video."""
        ...

    async def rename(self, account_id: int, handle: Handle) -> Account:
        """The account goes by `handle` now. A stored account of that name that is the same one, or was never seen, takes over
        everything and is given back (a place that follows both keeps that follow); anybody else loses the name and is
        `nameless` until a look finds theirs. Bumps the revisions `follows` and `triggers`."""
        ...


class Follows(Protocol):
    """Who follows whom where. Adding or removing bumps the revision `follows`. Follows of places that have been left are in force
    again when it is back; until then only `of_place` knows them."""

    async def add(self, follow: Follow) -> Follow:
        """`follow.id` is ignored. The same account twice in a place gives the follow that is there; one that lasts takes the
        place of one that is for once."""
        ...

    async def remove(self, place: str, account_id: int) -> Follow | None:
        """It stays as removed: `restore` brings it back."""
        ...

    async def restore(self, place: str, follow_id: int) -> Follow | None: ...

    async def change(self, follow: Follow) -> Follow | None:
        """Store what `follow` wants now, its address and its pause. None when it is gone or another place's."""
        ...

    async def of_place(self, place: str) -> list[Follow]:
        """By handle."""
        ...

    async def of_account(self, account_id: int) -> list[Follow]: ...

    async def all(self) -> list[Follow]:
        """Those of every place, paused and passed ones too, by handle and place."""
        ...

    async def followed(self) -> list[Account]:
        """Every account at least one place follows."""
        ...
