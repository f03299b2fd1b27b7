"""Telling: how a notice becomes a post on one platform."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.model.notice import Notice
from core.model.person import Address, Platform


@dataclass(frozen=True)
class Pace:
    """How often a platform lets itself be called for what shares one limit: a channel, a chat with all its topics.

    `key` names it. Calls are `every` seconds apart, of which `burst` may come at once; edits are `edits_every` seconds apart.
    `whole`: so many calls of all kinds, answers to people included, the platform takes in `whole` × `every` seconds, however
    close together; 0: an answer takes the turn of a post.
    """

    key: str
    every: float = 0.0
    burst: int = 1
    edits_every: float = 0.0
    whole: int = 0


class Messenger(Protocol):
    """One platform's posts. Raises Transient only when it is certain that nothing was posted (`retry_after` honoured),
    Ambiguous when it may have been, Denied or Missing when the place lets nobody in, Invalid when the post is refused.
    Missing POST_GONE: the post to be edited is not there any more. Missing MOVED (address, to): the place has another address
    now."""

    @property
    def repeats_for(self) -> float:
        """Seconds during which the platform recognises a repeat by its nonce and posts it once; 0: it never does."""
        ...

    @property
    def per_second(self) -> float:
        """Calls a second the platform takes for all places together."""
        ...

    def pace(self, address: Address) -> Pace:
        """The limit of an address."""
        ...

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """Post `notice`, or edit the post `external` when it is not empty. Gives the platform's id of the post."""
        ...

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        """The id of a post of which nobody knows whether it came: empty when it is certainly not there, None when the platform
        cannot tell."""
        ...


class Channels(Protocol):
    """What Earshot may do in the channels of one platform's places."""

    async def missing(self, place: str, address: Address) -> tuple[str, ...]:
        """The names of the rights it lacks to post at `address`, as the platform shows them; none: it may. Raises Missing
        NOT_FOUND (x) when the place has no such channel."""
        ...


class Chat(Protocol):
    """A chat platform Earshot speaks on, as the rest of Earshot sees it."""

    @property
    def platform(self) -> Platform: ...

    @property
    def ready(self) -> bool:
        """Whether it is connected and its commands are registered."""
        ...

    @property
    def trouble(self) -> str:
        """The code of what is wrong, empty when nothing is: DISCONNECTED, SECOND_POLLER, …"""
        ...

    async def sync(self) -> int:
        """Register the commands again, changed or not; how many. Raises errors of this house, whatever the platform says."""
        ...
