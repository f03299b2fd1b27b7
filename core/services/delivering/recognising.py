"""Recognising: a post of which nobody knew whether it came was seen, for somebody used it.

What is posted carries the nonce of its delivery where no reader sees it, on platforms that cannot be asked what was posted. Who
presses, answers or passes on such a post shows where it is: from then on later notices change that very post.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from core.model.notice import AGAIN, DeliveryState, Notice
from core.model.person import Address
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.delivering.attempting import DOUBT, nonce_of


@dataclass(frozen=True)
class Recognising:
    """The doubts of one installation, as they are settled from outside."""

    storage: Storage
    clock: Clock

    async def seen(self, chat: Address, nonce: str, external: str) -> bool:
        """The post `external` was seen in `chat`, and carries `nonce`. Whether it settles a doubt: only one about that very chat
        does, and what a courier died over may be settled before its successor has looked at it."""
        async with self.storage.reading() as work:
            doubtful = await work.outbox.doubtful(chat)
        found = next((delivery for delivery in doubtful if nonce_of(delivery) == nonce), None)
        if found is None:
            return False
        now = self.clock.now()
        async with self.storage.work() as work:
            settled = await work.outbox.settle(found, DeliveryState.SENT, now, external=external)
            if settled:
                await _beside_its_copy(work, found.notice, now)
        return settled


async def _beside_its_copy(work: Work, first: Notice, now: datetime) -> None:
    """What was to be told once more need not be. Where it was, the first post takes over what became of the second."""
    copy = await work.outbox.get(first.key + AGAIN)
    if copy is None:
        return
    if not copy.reason.startswith(DOUBT) and await work.outbox.withdraw(copy.notice.key, now):
        return
    newest = await work.outbox.newest(copy.notice.address, copy.notice.subject)
    if newest is not None and newest.edits:
        await work.outbox.put(
            replace(newest, key=f"{newest.key}:first", address=first.address, subject=first.subject, silent=True), now
        )
