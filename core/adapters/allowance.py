"""What an organisation may ask of Groq: its limits, counted here so that the service need not refuse.

Groq counts requests a minute and a day, and beside them seconds of sound an hour and a day (of Whisper) or tokens a minute and a
day (of language models; what an answer may have counts before it is given). Its answers name two of them (`x-ratelimit-…`: requests
a day, and sound an hour or tokens a minute): how much there is, and how much is left, whoever used it, this process before a
restart too. Its refusals name whichever was used up. Each model has its own. Source: console.groq.com, "Rate Limits" (base tier).
"""

import math
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 10.0, 600.0
"""How long nothing is asked after a refusal that names no time; doubled from one to the next, up to the second."""

STEPS = 600  # of one window: what is used within one of them is counted together
REFUSAL = re.compile(r"\((RPM|RPD|ASPH|ASPD|TPM|TPD)\): Limit (\d[\d.]*), Used (\d[\d.]*)")


@dataclass
class Limit:
    """At most `most` in any `seconds`; infinite: nobody knows of a limit. A window, not a rate that refills: what keeps it keeps
    to both. `others` were used by somebody else when the service said so, at `told`; they come back evenly.

    `header`: what answers call it, empty when they do not speak of it. What was used is counted up to a 600th of the window too
    long, so that it is some 600 pairs of numbers at most.
    """

    words: str
    seconds: float
    most: float
    header: str = ""
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
class UsedUp:
    """A limit that is used up: `words` say which (empty: the service did not), `seconds` until more is allowed."""

    words: str
    seconds: float


class Allowance:
    """The limits of the base tier, and whatever the service says of them. `now` gives seconds of a clock that never goes back.

    A server whose answers speak of no limits has none. An account with more than the base tier has: those of its limits that no
    answer names are not counted until a refusal names them.
    """

    def __init__(self, now: Callable[[], float], limits: Mapping[str, Limit]) -> None:
        """`limits` by the names refusals give them; the names of those that count requests begin with `RP`."""
        self._now = now
        self._limits = limits
        self._base = {name: limit.most for name, limit in limits.items()}
        self._named: set[str] = set()
        self._shut = UsedUp("", -math.inf)
        self._pause = PAUSE_SECONDS

    def most(self, name: str) -> float:
        """How much a limit allows, as far as is known; infinite: nobody knows of one."""
        return self._limits[name].most

    def used_up(self, amount: float) -> UsedUp | None:
        """The limit that keeps `amount` (of sound, of tokens) from being asked about now, for how long; None: it may be."""
        now = self._now()
        waits = [UsedUp(self._shut.words, self._shut.seconds - now)]
        waits += [
            UsedUp(f"{limit.most:,.0f} {limit.words}", limit.wait(self._amount(name, amount), now))
            for name, limit in self._limits.items()
            if limit.most < math.inf
        ]
        longest = max(waits, key=lambda one: one.seconds)
        return longest if longest.seconds > 0 else None

    def take(self, amount: float) -> None:
        """A request about `amount` is made."""
        for name, limit in self._limits.items():
            limit.take(self._amount(name, amount), self._now())

    def answered(self, headers: Mapping[str, str]) -> None:
        """What the headers of an answer say."""
        self._pause = PAUSE_SECONDS
        told = {name for name, limit in self._limits.items() if limit.header and self._read(limit, headers)}
        if not told:
            self._lift(*self._limits)
        elif any(self._limits[name].most > self._base[name] for name in told):
            self._lift(*(name for name, limit in self._limits.items() if not limit.header))

    def refused(self, amount: float, retry_after: float | None, message: str) -> None:
        """The service has refused a request about `amount` for quota. `retry_after`: seconds, None when it does not say."""
        now, words = self._now(), ""
        for name, limit in self._limits.items():
            limit.give_back(self._amount(name, amount))
        if (found := REFUSAL.search(message)) and found[1] in self._limits:
            limit = self._limits[found[1]]
            limit.learn(float(found[2].rstrip(".")) or limit.most, float(found[3].rstrip(".")), now)
            self._named.add(found[1])
            words = f"{limit.most:,.0f} {limit.words}"
        pause = self._pause if retry_after is None else retry_after
        if retry_after is None:
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        if now + pause > self._shut.seconds:
            self._shut = UsedUp(words, now + pause)

    def _read(self, limit: Limit, headers: Mapping[str, str]) -> bool:
        most = _number(headers.get(f"x-ratelimit-limit-{limit.header}"))
        if not most:
            return False
        left = _number(headers.get(f"x-ratelimit-remaining-{limit.header}"))
        limit.learn(most, most - min(most, left if left is not None else most), self._now())
        return True

    def _lift(self, *names: str) -> None:
        for name in names:
            if name not in self._named:
                self._limits[name].most, self._limits[name].others = math.inf, 0.0

    @staticmethod
    def _amount(name: str, amount: float) -> float:
        return 1.0 if name.startswith("RP") else amount


def of_speech(now: Callable[[], float]) -> Allowance:
    """What may be heard by one of the Whispers: amounts are seconds of sound."""
    return Allowance(
        now,
        {
            "RPM": Limit("requests a minute", 60, 20),
            "RPD": Limit("requests a day", 86_400, 2_000, "requests"),
            "ASPH": Limit("seconds of sound an hour", 3_600, 7_200, "audio-seconds"),
            "ASPD": Limit("seconds of sound a day", 86_400, 28_800),
        },
    )


def of_tokens(now: Callable[[], float]) -> Allowance:
    """What may be asked of one language model: amounts are tokens of the question and as many as the answer may have."""
    return Allowance(
        now,
        {
            "RPM": Limit("requests a minute", 60, 30),
            "RPD": Limit("requests a day", 86_400, 1_000, "requests"),
            "TPM": Limit("tokens a minute", 60, 8_000, "tokens"),
            "TPD": Limit("tokens a day", 86_400, 200_000),
        },
    )


def length(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h`."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds > 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{math.ceil(seconds)} s"


def _number(text: str | None) -> float | None:
    """A number from 0 up, None for anything else."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
