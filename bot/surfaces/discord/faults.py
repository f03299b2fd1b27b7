"""What the library and the net raise, as the errors of this house; and how long a call may take.

The library waits by itself: for its own reckoning of limits, after a 429, and after most 5xx up to 25 s. A call that is ended
from outside is told apart by what was seen of it on the wire: nothing was asked, or a 429 came back (nothing happened), or nobody
knows.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any

import aiohttp
import discord

from bot.surfaces.discord.leading import LONGEST_WAIT
from core.errors import Ambiguous, Denied, EarshotError, Invalid, Missing, Transient
from core.model.person import Address

log = logging.getLogger(__name__)
CALL, UPLOAD = 20.0, 35.0  # seconds a call may take, without and with files
PATIENCE = 3.0  # seconds that are waited for Discord within one call; longer ones are waited for outside
OLD_EDIT, THREAD_EXISTS, TOO_LARGE = 30046, 160004, 40005
POST_GONE, NO_ACCESS, NO_RIGHTS = 10008, 50001, 50013
NO_CHANNEL = frozenset({10003, 10004, 10013})
CLOSED_THREAD = frozenset({50083, 160005})  # archived, locked
CLOSED_REPLY = frozenset({10008, 10015, 10062, 50027})
ANSWERED = frozenset({10062, 40060})


class TooLarge(EarshotError):
    """Discord does not take a file of this size."""


class Closed(EarshotError):
    """A thread that nobody may write in any more."""


class EditedTooOften(EarshotError):
    """A message so old that Discord does not let it change for now."""


@dataclass
class Wire:
    """What was seen of one call. `waits` is what a 429 asked for, from `at` on; `everywhere`: for every call."""

    begun: bool = False
    status: int = 0
    waits: float = 0.0
    everywhere: bool = False
    at: float = 0.0
    patience: float = PATIENCE
    scope: asyncio.Timeout | None = None

    def left(self) -> float:
        """Seconds until Discord takes the call again."""
        return max(0.0, self.at + self.waits - monotonic())


_wire: ContextVar[Wire | None] = ContextVar("discord_wire", default=None)


def tracing() -> aiohttp.TraceConfig:
    """For the library's client: writes down what is seen on the wire."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_began)
    trace.on_request_end.append(_ended)
    return trace


async def _began(session: Any, context: Any, what: Any) -> None:
    if (wire := _wire.get()) is not None:
        wire.begun, wire.status, wire.everywhere = True, 0, False


async def _ended(session: Any, context: Any, what: aiohttp.TraceRequestEndParams) -> None:
    if (wire := _wire.get()) is not None:
        wire.status, wire.at = what.response.status, monotonic()
        if wire.status == 429:
            wire.waits = _seconds(what.response.headers.get("Retry-After", "1"))
            wire.everywhere = "X-RateLimit-Global" in what.response.headers
            # Longer ones the library refuses by itself; ended from outside while it does, it would forget to open the route again.
            if wire.patience < wire.waits <= LONGEST_WAIT and wire.scope is not None:
                wire.scope.reschedule(asyncio.get_running_loop().time())


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 1.0


@asynccontextmanager
async def bounded(client: discord.Client, longest: float, wire: Wire | None = None) -> AsyncIterator[None]:
    """Calls of the library that take no longer. Raises TimeoutError, and what the library raises."""
    wire = wire or Wire(patience=longest)
    mark = _wire.set(wire)
    try:
        async with asyncio.timeout(longest) as wire.scope:
            yield
    finally:
        _reopen(client, wire)
        _wire.reset(mark)


@asynccontextmanager
async def told_apart(
    client: discord.Client, address: Address, longest: float = CALL, patience: float = PATIENCE
) -> AsyncIterator[None]:
    """One call of the library. Raises Transient when it is certain that nothing happened, Ambiguous when it may have; Denied
    NO_POST (channel, missing), Missing POST_GONE and NOT_FOUND (x), Invalid REFUSED; and the three errors above."""
    wire = Wire(patience=patience)
    try:
        async with bounded(client, longest, wire):
            yield
    except TimeoutError as error:
        raise _unanswered(wire) from error
    except discord.RateLimited as error:
        raise Transient("DISCORD_LIMIT", error.retry_after) from error
    except discord.HTTPException as error:
        raise _refused(error, address) from error
    except aiohttp.ClientConnectorError as error:
        raise Transient("DISCORD_DOWN") from error
    except (aiohttp.ClientError, OSError) as error:
        raise (Ambiguous("DISCORD_DOWN") if wire.begun else Transient("DISCORD_DOWN")) from error


@asynccontextmanager
async def looking(client: discord.Client, address: Address) -> AsyncIterator[None]:
    """The same for a call after which it is no matter whether it happened: what is looked at, or made once whoever asks."""
    try:
        async with told_apart(client, address):
            yield
    except Ambiguous as error:
        raise Transient("DISCORD_DOWN", error.retry_after) from error


def _unanswered(wire: Wire) -> Transient:
    if not wire.begun:
        return Transient("DISCORD_LIMIT")
    if wire.status == 429:
        return Transient("DISCORD_LIMIT", wire.left())
    return Ambiguous("DISCORD_DOWN")


def _reopen(client: discord.Client, wire: Wire) -> None:
    """A call that was ended while it held up all others (a global 429) must not hold them up for ever."""
    gate: asyncio.Event | None = getattr(client.http, "_global_over", None)
    if wire.everywhere and isinstance(gate, asyncio.Event) and not gate.is_set():
        asyncio.get_running_loop().call_later(wire.left(), gate.set)


def _refused(error: discord.HTTPException, address: Address) -> EarshotError:
    code, status = error.code, error.status
    if code == POST_GONE:
        return Missing("POST_GONE")
    if code in NO_CHANNEL or (status == 404 and code not in CLOSED_REPLY):
        return Missing("NOT_FOUND", x=address)
    if code in CLOSED_THREAD:
        return Closed("THREAD_CLOSED")
    if code == OLD_EDIT:
        return EditedTooOften("OLD_EDIT")
    if code == TOO_LARGE or status == 413:
        return TooLarge("FILE_LARGE")
    if status == 429:
        return Transient("DISCORD_LIMIT", _seconds(error.response.headers.get("Retry-After", "5")))
    if status == 401:
        return Transient("DISCORD_DOWN")  # the token was taken back: the connection says so
    if status in (403, 404):
        return Denied("NO_POST", channel=address, missing="View Channel" if code == NO_ACCESS else "Send Messages")
    if status >= 500:
        return Ambiguous("DISCORD_DOWN")
    return Invalid("REFUSED", reason=str(error))
