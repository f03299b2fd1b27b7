"""Announcing: a word of who runs Earshot to every place that is set up, once each."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from core.errors import Missing
from core.model.notice import Notice, facts_of
from core.model.person import Place
from core.model.tellable.house import Said
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.feeding import hushed

KEPT = timedelta(days=7)  # a draft may be sent so long
AT_ONCE = 50  # places told in one transaction: about 0.1 s
LETTERS = "abcdefghjkmnpqrstvwxyz23456789"  # no letter that looks like another


@dataclass(frozen=True)
class Draft:
    """A text that waits for a yes. `places` would be told."""

    id: str
    text: str
    places: int


@dataclass(frozen=True)
class Announcing:
    """What the owner says. People's private chats are told only when they were set up: nobody is written to unasked."""

    storage: Storage
    clock: Clock

    async def draft(self, text: str) -> Draft:
        """Keep a text until somebody confirms it: it may be longer than a button can carry."""
        number = "".join(secrets.choice(LETTERS) for _ in range(8))
        async with self.storage.work() as work:
            await work.memos.put(_memo(number), text, self.clock.now() + KEPT)
            return Draft(number, text, len(await _told(work)))

    async def send(self, number: str) -> int:
        """Tell every place, a few in one transaction: nobody else can write meanwhile. In how many it is new; a second time tells
        nobody twice, and whom a stop has left out. Raises Missing NOT_FOUND (x)."""
        now = self.clock.now()
        async with self.storage.reading() as work:
            text, places = await work.memos.get(_memo(number)), await _told(work)
        if not text:
            raise Missing("NOT_FOUND", x=number)
        kind, facts = facts_of(Said(text))
        told = 0
        for start in range(0, len(places), AT_ONCE):
            async with self.storage.work() as work:
                for place in places[start : start + AT_ONCE]:
                    subject = f"said:{number}:{place.id}"
                    silent = await hushed(work, place.id, now)
                    said = Notice(kind, subject, place.id, place.address, subject, facts, silent=silent)
                    told += await work.outbox.put(said, now)
        return told


async def _told(work: Work) -> list[Place]:
    places = await work.places.all()
    return [place for place in places if place.set_up is not None and place.left is None and place.address]


def _memo(number: str) -> str:
    return f"said:{number}"
