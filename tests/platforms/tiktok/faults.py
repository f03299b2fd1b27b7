"""What goes wrong by script, what was asked, and how much the sign server allows."""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROUTES = """live_html profile api_live item_list live_detail video_page short_link login embed check_alive room_info
    room_info_by_user gift_list sign sign_url rate_limits bulk_live_check ws stream_flv stream_hls stream_ts media cover""".split()


@dataclass
class Fault:
    """Answer `route` (a name of ROUTES, or *) wrongly, `times` times (-1: until cleared), when `match` is in its path.

    `delay_s` first. Then `abort` cuts the connection, `cut_after` lets the true answer through up to so many bytes,
    `passthrough` gives the true answer, else `status` with `body` (a text, or captcha, wait, challenge, or JSON) is sent.
    """

    route: str
    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    delay_s: float = 0.0
    abort: bool = False
    cut_after: int | None = None
    passthrough: bool = False
    match: str = ""
    hits: int = 0

    def __post_init__(self) -> None:
        if self.route not in (*ROUTES, "*"):
            raise ValueError(f"no route {self.route!r}; there are {sorted(ROUTES)} and *")


@dataclass(frozen=True)
class Call:
    """One request: `at` Unix time, `path` with its query, `headers` by lower-case name."""

    at: float
    route: str
    method: str
    host: str
    path: str
    headers: dict[str, str]


class Script:
    """The faults still to come and the requests that came (the last 5,000; `hits` counts all)."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.hits: Counter[str] = Counter()
        self.calls: deque[Call] = deque(maxlen=5000)

    def take(self, route: str, path: str) -> Fault | None:
        """The fault for this request, counted; the first that fits."""
        for fault in self.faults:
            if fault.times and fault.route in (route, "*") and fault.match in path:
                fault.times -= fault.times > 0
                fault.hits += 1
                return fault
        return None

    def asked(self, route: str) -> list[Call]:
        """The requests of a route so far, oldest first."""
        return [call for call in self.calls if call.route == route]

    def clear(self) -> None:
        """Nothing goes wrong, nothing was asked."""
        self.faults.clear()
        self.hits.clear()
        self.calls.clear()


UNLIMITED = 10_000


@dataclass(frozen=True)
class Refusal:
    """A limit that is used up: when it may be asked again (Unix time)."""

    window: str
    limit: int
    reset: int


class Quota:
    """The sign server's limits over minute, hour and day; `lengths` in seconds can be shortened for tests."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.set({})

    def set(self, limits: dict[str, int], lengths: dict[str, float] | None = None) -> None:
        """New limits, nothing used. Raises ValueError for a window there is not."""
        self._lengths = {"minute": 60.0, "hour": 3600.0, "day": 86_400.0} | (lengths or {})
        if not set(limits) <= set(self._lengths):
            raise ValueError(f"windows are {list(self._lengths)}")
        self._limits = {name: int(limit) for name, limit in limits.items()}
        self._used: dict[str, deque[float]] = {name: deque() for name in self._lengths}

    def take(self) -> Refusal | None:
        """Use one; the refusal when a limit is used up."""
        now = self._clock()
        for name, limit in self._limits.items():
            used = self._current(name, now)
            if len(used) >= limit:
                return Refusal(name, limit, int((used[0] if used else now) + self._lengths[name]) + 1)
        for name in self._limits:
            self._used[name].append(now)
        return None

    def told(self) -> dict[str, dict[str, Any]]:
        """As the rate_limits route tells it."""
        now = self._clock()
        return {name: self._told(name, now) for name in self._lengths}

    def _told(self, name: str, now: float) -> dict[str, Any]:
        limit, used = self._limits.get(name, UNLIMITED), self._current(name, now)
        reset = int((used[0] if used else now) + self._lengths[name])
        return {"max": limit, "remaining": max(0, limit - len(used)), "reset_at": reset}

    def _current(self, name: str, now: float) -> deque[float]:
        used = self._used[name]
        while used and used[0] <= now - self._lengths[name]:
            used.popleft()
        return used
