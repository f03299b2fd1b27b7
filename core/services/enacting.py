"""Enacting: how a file wants short texts judged becomes how a place has them judged, as far as that can be."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from core.errors import Invalid
from core.model.pack import Packs
from core.model.person import Person, Place
from core.model.policy import LASTING, Policy, WordRule
from core.services.adopting import Left, Why
from core.services.moderating.ruling import Ruling
from core.services.policed import WantedPolicy

REFUSED = {"RULE_LIMIT": Why.FULL}
"""By the code of the refusal of a word rule; any other is one that cannot be looked for."""


@dataclass(frozen=True)
class Enacted:
    """What came of it: what held `before` and holds `after`, None where a file says nothing; so many word `rules` are new, so many
    were there (`doubled`); what was left."""

    before: Policy | None = None
    after: Policy | None = None
    rules: int = 0
    doubled: int = 0
    left: tuple[Left, ...] = ()


@dataclass(frozen=True)
class Enacting:
    """Policies of files, into places. `packs` knows the regions there are; asking may read files."""

    ruling: Ruling
    packs: Callable[[], Packs] = field(repr=False)

    async def enact(self, place: Place, by: Person, wanted: WantedPolicy) -> Enacted:
        """Take over what differs; `by` is written down for each of it."""
        if wanted.empty:
            return Enacted()
        left = [Left(name, Why.WRONG) for name in wanted.wrong]
        before = await self.ruling.policy(place.id)
        wishes = {name: value for name, value in wanted.wishes.items() if getattr(before, name) != value}
        if (region := wishes.get("region")) and region not in await self._regions():
            left.append(Left("region", Why.REGION, wishes.pop("region")))
        if wishes:
            await self.ruling.change(place, by, **wishes)
        for label, limit in wanted.limits.items():
            if limit is None and label in LASTING:
                left.append(Left(f"labels.{label}", Why.LASTING))
            elif before.limits.get(label) != limit:
                await self.ruling.limit(place, by, label, limit)
        made = doubled = 0
        for one in wanted.rules:
            try:
                await self.ruling.add(place, by, WordRule(0, place.id, one.word, one.match, one.severity))
                made += 1
            except Invalid as error:
                if error.code == "RULE_THERE":
                    doubled += 1
                else:
                    left.append(Left("words", REFUSED.get(error.code, Why.RULE), one.word))
        return Enacted(before, await self.ruling.policy(place.id), made, doubled, tuple(left))

    async def _regions(self) -> frozenset[str]:
        return frozenset(pack.name for pack in (await asyncio.to_thread(self.packs)).known)
