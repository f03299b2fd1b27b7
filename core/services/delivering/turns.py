"""Turns: when a platform and a chat may be called next, so that nobody has to be told to slow down.

A budget is "at most `burst` calls in any `burst` × `every` seconds". Whoever takes a turn too early, as the answer to a person
does, takes the next one that comes: it is not held up, but what waits after it is. Where a chat says how much it takes as a
whole, answers count for that alone: what people were just told must not hold up what they wait for.
"""

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.person import Address, Platform, platform_of
from core.ports.clock import Clock
from core.ports.messenger import Messenger, Pace

LUMP = (
    0.125  # seconds: a platform's calls of a second come in eight lumps, each with its share of what a second may hold
)
DEBT = timedelta(seconds=60)  # turns are taken in advance at most so far: answers must not silence a chat for longer
REMEMBERED = 4096  # budgets, before those nobody has used for a while are forgotten


class Kind(StrEnum):
    """What a budget of a chat counts."""

    POSTS = "posts"
    EDITS = "edits"
    WHOLE = "whole"


@dataclass
class Budget:
    """At most `burst` calls in any `burst` × `every` seconds; free at once when `every` is 0."""

    every: float
    burst: int = 1
    _turns: list[datetime] = field(default_factory=list)
    after_edit: bool = False  # the last call was an edit
    _rests_until: datetime | None = None

    @property
    def window(self) -> timedelta:
        """In any stretch of this length there are at most `burst` calls."""
        return timedelta(seconds=self.every * self.burst)

    def free_at(self, now: datetime) -> datetime:
        """When the next call may be made: `now` or later."""
        at = max(now, self._rests_until or now)
        return max(at, self._turns[-self.burst] + self.window) if len(self._turns) >= self.burst and self.every else at

    def spend(self, now: datetime) -> datetime:
        """Take the next turn, whenever it comes; gives which one that is."""
        turn = min(self.free_at(now), now + DEBT)
        self._turns = [*self._turns[-2 * self.burst :], turn] if self.every else []  # some may be given back
        return turn

    def give_back(self, turn: datetime) -> None:
        """Nothing was called."""
        if turn in self._turns:
            self._turns.remove(turn)

    def ended(self, turn: datetime, now: datetime) -> None:
        """The call of `turn` was answered `now`: the other side may have counted it as late as that."""
        if turn in self._turns and turn < now:
            self._turns.remove(turn)
            insort(self._turns, now)

    def rest(self, until: datetime) -> None:
        """The other side said when it may be called again."""
        self._rests_until = max(until, self._rests_until or until)

    def rested(self) -> None:
        """What it said holds no longer."""
        self._rests_until = None

    def idle(self, now: datetime) -> bool:
        """Whether it would be the same if it were new."""
        asked = self._rests_until is not None and self._rests_until > now
        return not asked and (not self._turns or self._turns[-1] + self.window <= now)


@dataclass(frozen=True)
class Turn:
    """Turns taken for one call: of the platform, of the chat, of the chat's edits."""

    taken: tuple[tuple[Budget, datetime], ...]


@dataclass
class Turns:
    """The budgets of one process. `messengers` say how fast each platform and each address may be called."""

    clock: Clock
    messengers: Mapping[Platform, Messenger] = field(default_factory=dict)
    _platforms: dict[Platform, Budget] = field(default_factory=dict)
    _chats: dict[tuple[Platform, str, Kind], Budget] = field(default_factory=dict)

    def free_at(self, address: Address, *, edits: bool = False, now: datetime | None = None) -> datetime:
        """When a post, or an edit, may be sent to `address`: `now` or later."""
        now = now or self.clock.now()
        return max(budget.free_at(now) for budget in self._budgets(address, edits, platform=True))

    def platform_free_at(self, platform: Platform, now: datetime | None = None) -> datetime:
        """When the platform as a whole may be called: `now` or later."""
        return self._platform(platform).free_at(now or self.clock.now())

    def chat(self, address: Address) -> tuple[Platform, str]:
        """What shares its budget with `address`: equal for all topics of a chat."""
        return platform_of(address), self._pace(address).key

    def after_edit(self, address: Address) -> bool:
        """Whether the last call to this chat was an edit."""
        return self._chat(address).after_edit

    def spend(self, address: Address, *, edits: bool = False, platform: bool = True, answers: bool = False) -> Turn:
        """Count a call to `address`, made now whether it is free or not. `platform`: it counts for the platform as a whole, too
        (answers to what people pressed do not, on Discord). `answers`: it answers a person, which posts wait for only where the
        chat as a whole takes no more."""
        now = self.clock.now()
        self._chat(address).after_edit = edits
        return Turn(
            tuple(
                (budget, budget.spend(now))
                for budget in self._budgets(address, edits, platform=platform, answers=answers)
            )
        )

    def give_back(self, turn: Turn) -> None:
        """Nothing was called after all."""
        for budget, at in turn.taken:
            budget.give_back(at)

    def ended(self, turn: Turn) -> None:
        """The call is answered. Chats are counted from here, for their budgets are of a few calls."""
        now = self.clock.now()
        platforms = self._platforms.values()
        for budget, at in turn.taken:
            if not any(budget is one for one in platforms):
                budget.ended(at, now)

    def rest(self, address: Address, until: datetime) -> None:
        """The platform wants no call to this chat before `until`."""
        self._chat(address).rest(until)

    def rested(self, address: Address) -> None:
        """What the platform said about this chat holds no longer."""
        self._chat(address).rested()

    def _budgets(self, address: Address, edits: bool, *, platform: bool, answers: bool = False) -> Iterator[Budget]:
        """One by one: a budget that was not used before the next is made might be forgotten as idle."""
        kinds = [Kind.POSTS, *([Kind.EDITS] if edits else [])]
        if self._pace(address).whole:
            kinds = [Kind.WHOLE, *([] if answers else kinds)]
        if platform:
            yield self._platform(platform_of(address))
        for kind in kinds:
            yield self._chat(address, kind)

    def _platform(self, platform: Platform) -> Budget:
        known = self._platforms.get(platform)
        if known is None:
            per_second = self.messengers[platform].per_second
            burst = max(1, int(per_second * LUMP))
            known = self._platforms[platform] = Budget(1 / per_second, burst)
        return known

    def _chat(self, address: Address, kind: Kind = Kind.POSTS) -> Budget:
        pace = self._pace(address)
        key = (platform_of(address), pace.key, kind)
        known = self._chats.get(key)
        if known is None:
            self._forget_idle()
            known = self._chats[key] = _budget(pace, kind)
        return known

    def _pace(self, address: Address) -> Pace:
        """Of an address nobody can read: posting there will say so, and must not end everybody's courier before."""
        try:
            return self.messengers[platform_of(address)].pace(address)
        except ValueError:
            return Pace(address)

    def _forget_idle(self) -> None:
        if len(self._chats) >= REMEMBERED:
            now = self.clock.now()
            self._chats = {key: budget for key, budget in self._chats.items() if not budget.idle(now)}


def _budget(pace: Pace, kind: Kind) -> Budget:
    match kind:
        case Kind.EDITS:
            return Budget(pace.edits_every)
        case Kind.WHOLE:
            return Budget(pace.every, pace.whole)
    return Budget(pace.every, pace.burst)
