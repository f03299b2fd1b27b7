"""What the bot made of one thing a person did."""

import time
from collections.abc import Callable
from typing import Any, Self

from tests.platforms.discord import rules
from tests.waiting import PATIENCE, Changing


class InteractionResult:
    """What the bot made of one user action."""

    def __init__(self, world: Any, interaction: dict[str, Any]):
        self._world, self.interaction = world, interaction
        self.id, self.token = interaction["id"], interaction["token"]
        self.sent_at = time.monotonic()
        self.ack_type: int | None = None
        self.ack_latency: float | None = None
        self.modal: dict[str, Any] | None = None
        self.choices: list[dict[str, Any]] | None = None
        self.original: dict[str, Any] | None = None
        self.followups: list[dict[str, Any]] = []
        self.deferred = self.ephemeral = self.loading = self.expired = self.filled = False
        self._changing = Changing()

    def __repr__(self) -> str:
        return f"InteractionResult(ack={self.ack_type}, messages={len(self.messages)}, expired={self.expired})"

    def _touch(self) -> None:
        self._changing.tell()

    @property
    def failed(self) -> bool:
        """True when the user saw "The application did not respond"."""
        return self.expired and self.ack_type is None

    @property
    def answered(self) -> bool:
        """Nothing is waited for: what was deferred has come, in its place or as a message of its own."""
        return not self.loading and (not self.deferred or self.filled or bool(self.followups))

    @property
    def messages(self) -> list[dict[str, Any]]:
        first = [self.original] if self.original and not self.loading else []
        return first + self.followups

    @property
    def message(self) -> dict[str, Any]:
        if not self.messages:
            raise AssertionError(f"the bot sent no message (ack {self.ack_type}, expired {self.expired})")
        return self.messages[0]

    @property
    def content(self) -> str:
        return self.message["content"]

    @property
    def embeds(self) -> list[dict[str, Any]]:
        return self.message["embeds"]

    @property
    def text(self) -> str:
        """All words a user would read: content, embeds and text displays of every message."""
        return "\n".join(filter(None, (rules.visible_text(m) for m in self.messages)))

    def components(self, kind: int | None = None) -> list[dict[str, Any]]:
        return [c for m in self.messages for c in rules.flatten(m["components"]) if kind in (None, c["type"])]

    async def until(self, condition: Callable[["InteractionResult"], Any], timeout: float = PATIENCE) -> Self:
        """Wait until ``condition(self)`` is true."""
        await self._changing.until(lambda: condition(self), timeout)
        return self

    async def settled(self, timeout: float = PATIENCE) -> Self:
        """Wait for the final answer: a message, a modal, choices, an update - or the deadline."""
        return await self.until(
            lambda r: r.failed or r.modal or r.choices is not None or (r.ack_type is not None and r.answered),
            timeout,
        )
