"""Partnering: places that belong together, wherever they are, see what is decided in the others.

A manager of one makes a code, a manager of the other enters it: both have agreed then, and either may leave at any time.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from core.errors import Invalid
from core.model.audit import Verb
from core.model.person import Person, Place
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.reviewing.auditing import log

VALID = timedelta(minutes=10)
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # no letter that looks like another
LENGTH = 8
MOST = 5
"""Places of one circle."""


@dataclass(frozen=True)
class Partnering:
    """The linked places of an installation."""

    storage: Storage
    clock: Clock

    async def of(self, place: Place) -> list[Place]:
        """What it is linked with, by id."""
        async with self.storage.reading() as work:
            return await work.partners.of(place.id)

    async def code(self, place: Place) -> str:
        """A code that links another place with this one, once, within ten minutes. Raises Invalid PARTNERS (m) when there are as
        many as there can be."""
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        async with self.storage.work() as work:
            await work.places.ensure(place)
            if len(await work.partners.of(place.id)) >= MOST - 1:
                raise Invalid("PARTNERS", m=MOST)
            await work.memos.put(_memo(code), place.id, self.clock.now() + VALID)
        return code

    async def join(self, place: Place, by: Person, code: str) -> list[Place]:
        """Link this place with the one that made `code`; gives all it is linked with now. Raises Invalid PARTNER_CODE for a code
        that is wrong, used up or too old, PARTNER_SELF for one of its own, PARTNER_ELSEWHERE when it is linked with others already,
        PARTNERS (m) when there are as many as there can be."""
        now, memo = self.clock.now(), _memo(code)
        async with self.storage.work() as work:
            await work.places.ensure(place)
            other = await work.memos.get(memo)
            until = await work.memos.until(memo)
            there = await work.places.get(other) if other else None
            if there is None or until is None or until <= now:
                raise Invalid("PARTNER_CODE")
            if other == place.id:
                raise Invalid("PARTNER_SELF")
            circle = await work.partners.circle(other) or secrets.token_hex(8)
            linked = bool(await work.partners.of(place.id))  # a circle whose other places are gone is none
            if linked and await work.partners.circle(place.id) != circle:
                raise Invalid("PARTNER_ELSEWHERE")
            others = [one for one in await work.partners.of(other) if one.id != place.id]
            if len(others) >= MOST - 1:
                raise Invalid("PARTNERS", m=MOST)
            await work.memos.put(memo, "")
            await work.partners.join(other, circle)
            await work.partners.join(place.id, circle)
            await log(work, place.id, by, Verb.LINK, f"place:{there.id}", now, reason=there.name)
            for one in (there, *(one for one in others if one.id != there.id)):
                await log(work, one.id, by, Verb.LINK, f"place:{place.id}", now, reason=place.name)
            return await work.partners.of(place.id)

    async def leave(self, place: Place, by: Person) -> None:
        """From now on what is decided here stays here. It stands in the audit log of each of the places."""
        now = self.clock.now()
        async with self.storage.work() as work:
            others = await work.partners.of(place.id)
            await work.partners.leave(place.id)
            for here, gone in [(place, other) for other in others] + [(other, place) for other in others]:
                await log(work, here.id, by, Verb.UNLINK, f"place:{gone.id}", now, reason=gone.name)


def _memo(code: str) -> str:
    """What a code is remembered by: its hash, so that nobody reads one in a copy of the database."""
    plain = "".join(code.split()).replace("-", "").upper()
    return "partner code " + hashlib.sha256(plain.encode()).hexdigest()
