"""Asking: which lines of all chats go to the judge elsewhere, one question at a time, and which places pay for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.model.policy import Policy
from core.model.risk import Scores, Unasked
from core.ports.clock import Clock
from core.services.moderating.weighing import MOST_TEXTS, Weighing

EVERY = 5.0  # seconds between two rounds or questions; with MOST_TEXTS lines waiting a round begins at once
SUSPECT = 0.3  # from which probability of any label on a line is worth another judge's look


@dataclass
class Line:
    """A line of chat that waits, and how often it was written meanwhile. `scores` are those of places that have taught the judge
    inside nothing, `own` those of the others."""

    text: str
    at: datetime
    second: float
    times: int = 1
    scores: Scores | None = None
    own: dict[str, Scores] = field(default_factory=dict)

    @property
    def suspicion(self) -> float:
        """What the judge inside thinks of it, for the place that likes it least."""
        every = (self.scores, *self.own.values())
        return max((one.any for one in every if one is not None), default=0.0)


@dataclass(frozen=True)
class Chat:
    """What was written in one live, and what holds in each of the places that want it judged elsewhere."""

    lines: Sequence[Line]
    policies: Sequence[Policy]

    @property
    def places(self) -> tuple[str, ...]:
        """Which those are."""
        return tuple(policy.place for policy in self.policies)

    def of(self, places: Sequence[str]) -> "Chat":
        """The same lines, and what those of `places` want."""
        return replace(self, policies=[policy for policy in self.policies if policy.place in places])

    @property
    def suspects(self) -> list[Line]:
        """What looks suspicious."""
        return [line for line in self.lines if line.suspicion >= SUSPECT]

    @property
    def sample(self) -> list[Line]:
        """Some of the rest, as the place wants that wants most."""
        n = round(max(policy.sample for policy in self.policies) * EVERY / 60)
        return spread([line for line in self.lines if line.suspicion < SUSPECT], n)


@dataclass
class Asking:
    """The questions about the chats of all lives together."""

    clock: Clock
    weighing: Weighing
    _asked: datetime | None = None

    async def elsewhere(self, chats: Sequence[Chat]) -> dict[int, Scores | str]:
        """What the judge elsewhere says of the lines that are worth it, by the line's id(); the code of why for one that should
        have been judged there and could not be. A chat all of whose places have used up their day is judged at nobody's cost,
        inside; so is what only such places want of a chat."""
        chats = [chat for chat in chats if chat.lines and chat.policies]
        now, why = self.clock.now(), self.weighing.why
        if not why and self._asked is not None and (now - self._asked).total_seconds() < EVERY:
            why = Unasked.OFTEN
        if why:
            return _unasked(chats, why)
        left = await self.weighing.payers(tuple(dict.fromkeys(place for chat in chats for place in chat.places)))
        paid = [paying for chat in chats if (paying := chat.of(left)).policies]
        said = _unasked(chats, Unasked.BUDGET)
        chosen = _chosen(paid)
        if not chosen:
            return said
        self._asked = now
        there = await self.weighing.there([line.text for line in chosen], _payers(paid, chosen))
        if isinstance(there, str):
            return said | _unasked(paid, there)
        return said | _unasked(paid, Unasked.OFTEN) | dict(zip(map(id, chosen), there, strict=True))


def _unasked(chats: Sequence[Chat], why: str) -> dict[int, Scores | str]:
    """One code for all that should have been judged."""
    return dict.fromkeys((id(line) for chat in chats for line in chat.suspects), why)


def _chosen(chats: Sequence[Chat]) -> list[Line]:
    """What one question is about: the most suspicious first, then the sample."""
    suspects = sorted((line for chat in chats for line in chat.suspects), key=lambda line: -line.suspicion)
    return (suspects + [line for chat in chats for line in chat.sample])[:MOST_TEXTS]


def _payers(chats: Sequence[Chat], chosen: Sequence[Line]) -> tuple[str, ...]:
    """The places of the chats that these lines are of: nobody pays for a question about others' chats alone."""
    sent = set(map(id, chosen))
    asking = [chat for chat in chats if not sent.isdisjoint(map(id, chat.lines))]
    return tuple(dict.fromkeys(place for chat in asking for place in chat.places))


def spread(lines: Sequence[Line], n: int) -> list[Line]:
    """At most `n` of them, evenly: the first, the last, and what lies between."""
    if n <= 0 or not lines:
        return []
    if len(lines) <= n:
        return list(lines)
    return [lines[round(at * (len(lines) - 1) / max(1, n - 1))] for at in range(n)]
