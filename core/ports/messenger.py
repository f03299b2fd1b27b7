"""Telling: how a notice becomes a post on one platform."""

from typing import Protocol

from core.model.notice import Notice
from core.model.person import Address


class Messenger(Protocol):
    """One platform's posts. Raises Transient only when it is certain that nothing was posted (`retry_after` honoured),
    Ambiguous when it may have been, Denied or Missing when the place lets nobody in, Invalid when the post is refused."""

    @property
    def repeats_for(self) -> float:
        """Seconds during which the platform recognises a repeat by its nonce and posts it once; 0: it never does."""
        ...

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """Post `notice`, or edit the post `external` when it is not empty. Gives the platform's id of the post."""
        ...


class Channels(Protocol):
    """What Earshot may do in the channels of one platform's places."""

    async def missing(self, place: str, address: Address) -> tuple[str, ...]:
        """The names of the rights it lacks to post at `address`, as the platform shows them; none: it may. Raises Missing
        NOT_FOUND (x) when the place has no such channel."""
        ...
