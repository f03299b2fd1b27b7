"""What an organisation may ask of Groq: its four limits, counted here so that the service need not refuse.

Groq counts requests a minute and a day, and seconds of sound an hour and a day. Its answers name two of them (`x-ratelimit-…`:
requests a day, sound an hour): how much there is, and how much is left, whoever used it, this process before a restart too.
Its refusals name whichever was used up. Source: console.groq.com, "Rate Limits" (base tier: whisper-large-v3 and -turbo).
"""

import math
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

TYPICAL_SECONDS = 10.0
"""The sound of one request when nobody says how long it is."""

PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 10.0, 600.0
"""How long nothing is asked after a refusal that names no time; doubled from one to the next, up to the second."""

STEPS = 600  # of one window: what is used within one of them is counted together
REFUSAL = re.compile(r"\((RPM|RPD|ASPH|ASPD)\): Limit (\d[\d.]*), Used (\d[\d.]*)")


@dataclass
class Limit:
    """At most `most` in any `seconds`; infinite: nobody knows of a limit. A window, not a rate that refills: what keeps it keeps
    to both. `others` were used by somebody else when the service said so, at `told`; they come back evenly.

    What was used is counted up to a 600th of the window too long, so that it is some 600 pairs of numbers at most.
    """

    words: str
    seconds: float
    most: float
    others: float = 0.0
    told: float = 0.0
    _used: deque[tuple[float, float]] = field(default_factory=deque)

    def used(self, now: float) -> float:
        """What counts at `now`."""
        self._forget(now)
        return self._own() + self._of_others(now)

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` more is allowed."""
        self._forget(now)
        own, at = self._own(), now
        room = self.most - min(amount, self.most)
        for moment, freed in [*self._used, (math.inf, 0.0)]:
            spare = room - own
            if spare >= 0:
                free = max(at, self.told + (self.others - spare) * self.seconds / self.most) if self.others else at
                if free <= moment:
                    return free - now
            at, own = moment, own - freed
        return 0.0

    def take(self, amount: float, now: float) -> None:
        """Count `amount` from now on."""
        self._forget(now)
        step = self.seconds / STEPS
        until = math.ceil(round(now / step, 6)) * step + self.seconds
        if self._used and self._used[-1][0] == until:
            amount += self._used.pop()[1]
        self._used.append((until, amount))

    def give_back(self, amount: float) -> None:
        """What was taken last was not used after all."""
        while self._used and amount > 0:
            until, used = self._used.pop()
            if used > amount:
                self._used.append((until, used - amount))
            amount -= used

    def learn(self, most: float, used: float, now: float) -> None:
        """What the service says of it at `now`."""
        self._forget(now)
        self.most, self.told = most, now
        self.others = max(0.0, used - self._own())

    def _own(self) -> float:
        return sum(amount for _, amount in self._used)

    def _of_others(self, now: float) -> float:
        if not self.others:
            return 0.0
        return max(0.0, self.others - self.most * (now - self.told) / self.seconds)

    def _forget(self, now: float) -> None:
        while self._used and self._used[0][0] <= now:
            self._used.popleft()
        self.others, self.told = self._of_others(now), now


@dataclass(frozen=True)
class Spent:
    """A limit that is used up: `words` say which (empty: the service did not), `seconds` until more is allowed."""

    words: str
    seconds: float


class Allowance:
    """The four limits of the base tier, and whatever the service says of them. `now` gives seconds of a clock that never goes back.

    A server whose answers speak of no limits has none. An account with more than the base tier has: the two of its limits that no
    answer names are not counted until a refusal names them.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._limits = {
            "RPM": Limit("requests a minute", 60, 20),
            "RPD": Limit("requests a day", 86_400, 2_000),
            "ASPH": Limit("seconds of sound an hour", 3_600, 7_200),
            "ASPD": Limit("seconds of sound a day", 86_400, 28_800),
        }
        self._base = {name: limit.most for name, limit in self._limits.items()}
        self._named: set[str] = set()
        self._shut = Spent("", -math.inf)
        self._pause = PAUSE_SECONDS

    def spent(self, sound: float = TYPICAL_SECONDS) -> Spent | None:
        """The limit that keeps `sound` seconds from being asked about now, for how long; None: they may be."""
        now = self._now()
        waits = [Spent(self._shut.words, self._shut.seconds - now)]
        waits += [
            Spent(f"{limit.most:,.0f} {limit.words}", limit.wait(self._amount(name, sound), now))
            for name, limit in self._limits.items()
            if limit.most < math.inf
        ]
        longest = max(waits, key=lambda one: one.seconds)
        return longest if longest.seconds > 0 else None

    def take(self, sound: float) -> None:
        """A request about `sound` seconds is made."""
        for name, limit in self._limits.items():
            limit.take(self._amount(name, sound), self._now())

    def answered(self, headers: Mapping[str, str]) -> None:
        """What the headers of an answer say."""
        self._pause = PAUSE_SECONDS
        said = [self._read(name, header, headers) for name, header in (("RPD", "requests"), ("ASPH", "audio-seconds"))]
        if not any(said):
            self._lift("RPM", "RPD", "ASPH", "ASPD")
        elif any(self._limits[name].most > self._base[name] for name in ("RPD", "ASPH")):
            self._lift("RPM", "ASPD")

    def refused(self, sound: float, retry_after: float | None, message: str) -> None:
        """The service has refused to hear `sound` seconds for quota. `retry_after`: seconds, None when it does not say."""
        now, words = self._now(), ""
        for name, limit in self._limits.items():
            limit.give_back(self._amount(name, sound))
        if found := REFUSAL.search(message):
            limit = self._limits[found[1]]
            limit.learn(float(found[2].rstrip(".")) or limit.most, float(found[3].rstrip(".")), now)
            self._named.add(found[1])
            words = f"{limit.most:,.0f} {limit.words}"
        pause = self._pause if retry_after is None else retry_after
        if retry_after is None:
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        if now + pause > self._shut.seconds:
            self._shut = Spent(words, now + pause)

    def _read(self, name: str, header: str, headers: Mapping[str, str]) -> bool:
        most = _number(headers.get(f"x-ratelimit-limit-{header}"))
        if not most:
            return False
        left = _number(headers.get(f"x-ratelimit-remaining-{header}"))
        self._limits[name].learn(most, most - min(most, left if left is not None else most), self._now())
        return True

    def _lift(self, *names: str) -> None:
        for name in names:
            if name not in self._named:
                self._limits[name].most, self._limits[name].others = math.inf, 0.0

    @staticmethod
    def _amount(name: str, sound: float) -> float:
        return 1.0 if name.startswith("RP") else sound


def _number(text: str | None) -> float | None:
    """A number from 0 up, None for anything else."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
