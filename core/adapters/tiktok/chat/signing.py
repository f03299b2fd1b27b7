"""The sign server: who may ask it now, its client, and what its refusals mean. One question for each connection to a room."""

import asyncio
import math
import random
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from core.adapters.numbers import number_of
from core.errors import Denied, Transient
from core.ports.clock import Clock

SIGNING, LIMITS = "/webcast/fetch", "/webcast/rate_limits"
PERIODS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
UNKNOWN_ALLOWANCE = 8  # a minute, when the server does not tell its quota
FRESH = timedelta(minutes=1)  # how long what it told is believed
LIMITS_SECONDS = 5.0
ALL_SECONDS, CONNECT_SECONDS = 30.0, 10.0  # who asks has a shorter limit of its own
SOON, LATER = (1.0, 4.0), (4.0, 10.0)  # seconds after the reset, so that some come before others and not all at once
UNIX_SECONDS, UNIX_MILLISECONDS = 1e9, 1e12  # a number below the first is seconds from now, from the second on it is ms


@dataclass
class Window:
    """One of the quotas: how many questions are left until when."""

    left: int
    until: datetime


class Signing:
    """The budget of one process at the server at `url`. What is left is read from the server before a burst and after a
    refusal; when it does not tell, it is 8 a minute."""

    def __init__(self, url: str, key: str, proxy: str, context: ssl.SSLContext, clock: Clock) -> None:
        self._clock = clock
        self._windows: tuple[Window, ...] = ()
        self._believed_until = clock.now()
        self._asking = asyncio.Lock()
        self._url, self._key, self._proxy, self._context = url, key, proxy, context

    def client(self) -> httpx.AsyncClient:
        """A client that asks the server, over verified TLS only, to be closed after one connection's questions: a shared one
        keeps the connection of a question that is cancelled for ever, until it has none left (encode/httpcore #1093).

        It raises on a refusal: Denied SIGN_KEY, Transient SIGN_LIMIT (`later` says when to come again), SIGN_DOWN.
        """
        return httpx.AsyncClient(
            base_url=self._url,
            headers={"X-Api-Key": self._key} if self._key else {},
            verify=self._context,
            proxy=self._proxy or None,
            timeout=httpx.Timeout(ALL_SECONDS, connect=CONNECT_SECONDS),
            event_hooks={"response": [self._judge]},
        )

    @property
    def left(self) -> int | None:
        """How many questions may still be asked; None when that is not known."""
        known = self._windows and self._clock.now() < self._believed_until
        return min(window.left for window in self._windows) if known else None

    async def take(self, first: bool) -> None:
        """Use one question of the quota. Raises Transient SIGN_LIMIT at once when none is left, Denied SIGN_KEY."""
        async with self._asking:
            if self._clock.now() >= self._believed_until:
                await self._ask()
        if any(window.left <= 0 for window in self._windows):
            raise self.later(first)
        for window in self._windows:
            window.left -= 1

    def later(self, first: bool) -> Transient:
        """SIGN_LIMIT with when to come again: after the reset, those that are `first` before the others."""
        now = self._clock.now()
        reset = max((window.until for window in self._windows if window.left <= 0), default=now + PERIODS["minute"])
        wait = max(reset - now, timedelta()).total_seconds() + random.uniform(*(SOON if first else LATER))
        return Transient("SIGN_LIMIT", retry_after=wait)

    async def told(self) -> int:
        """How many questions the server says are left; asking that uses none. Raises Denied SIGN_KEY, Transient SIGN_DOWN when it
        does not say."""
        try:
            return min(window.left for window in await self._read(self._clock.now()))
        except (httpx.HTTPError, ValueError) as error:
            raise Transient("SIGN_DOWN") from error

    async def _read(self, now: datetime) -> list[Window]:
        async with self.client() as client:
            answer = await client.get(LIMITS, timeout=LIMITS_SECONDS)
        return list(_windows(answer.json(), now))

    async def _ask(self) -> None:
        now = self._clock.now()
        windows = [Window(UNKNOWN_ALLOWANCE, now + PERIODS["minute"])]
        with suppress(httpx.HTTPError, ValueError):  # whether it is there at all shows when it is asked to sign
            windows = await self._read(now) or windows
        self._windows = tuple(windows)
        self._believed_until = min(now + FRESH, *(window.until for window in windows))

    async def _judge(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == 401:
            raise Denied("SIGN_KEY")
        if not response.request.url.path.endswith(SIGNING):
            return
        if status == 429:
            now = self._clock.now()
            told = response.headers.get("RateLimit-Reset") or response.headers.get("Retry-After") or ""
            until = _time(told, now, PERIODS["day"]) or now + PERIODS["minute"]
            self._windows, self._believed_until = (Window(0, until),), until
            raise Transient("SIGN_LIMIT")
        if status != 200:
            raise Transient("SIGN_DOWN", status=status)


def _windows(told: Any, now: datetime) -> Iterator[Window]:
    """The quotas in an answer of /webcast/rate_limits: of day, hour and minute those that are told."""
    for name, period in PERIODS.items():
        window = told.get(name) if isinstance(told, Mapping) else None
        left = number_of(window.get("remaining")) if isinstance(window, Mapping) else None
        if isinstance(window, Mapping) and left is not None:
            yield Window(int(left), _time(window.get("reset_at"), now, period) or now + period)


def _time(told: object, now: datetime, longest: timedelta) -> datetime | None:
    """A time as servers tell it: Unix seconds or milliseconds, seconds from now, or ISO; at most `longest` from now."""
    try:
        number = float(str(told))
    except ValueError:
        return _iso(str(told), now, longest)
    if not math.isfinite(number):
        return None
    if number >= UNIX_SECONDS:
        number = (number / 1000 if number >= UNIX_MILLISECONDS else number) - now.timestamp()
    return now + timedelta(seconds=min(max(number, 0.0), longest.total_seconds()))


def _iso(told: str, now: datetime, longest: timedelta) -> datetime | None:
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return min(max(at if at.tzinfo else at.replace(tzinfo=UTC), now), now + longest)
