"""A live that is running, named by its account, and what is said when there is none."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.card import Choice
from core.errors import Invalid
from core.model.account import Account, AccountStatus, Handle
from core.model.live import Live

if TYPE_CHECKING:
    from bot.asked import Asked

AIRED = frozenset({AccountStatus.SUSPECTED, AccountStatus.LIVE, AccountStatus.ENDING})
LATELY_SECONDS = 600.0  # longer ago is no news
MOST = 25  # Discord's limit for one autocomplete answer


@dataclass(frozen=True)
class OnAir:
    """A live that is running and seen here, named by its account."""

    live: Live


async def on_air(text: str, asked: "Asked") -> OnAir:
    """The running live of an account. Raises Invalid NOT_LIVE, NOT_LIVE_SEEN, NOT_WATCHED."""
    handle = Handle.parse(text)
    async with asked.house.storage.reading() as work:
        account = await work.accounts.by_handle(handle)
        running = await work.lives.of_place(asked.place.id, account_id=account.id, running=True) if account else []
        follows = [follow for follow in await work.follows.of_place(asked.place.id) if follow.handle == handle]
    if running:
        return OnAir(running[0])
    stopped = account is not None and account.status in AIRED  # it is on, but not watched here
    if account is None or not follows or follows[0].once or stopped:
        raise Invalid("NOT_WATCHED", x=handle)
    raise not_live(account, asked.house.clock.now())


def meant(running: Live, live: str | None) -> Live:
    """The live that runs, where it is the one whose number a button carries; what is typed and older buttons carry none. Raises
    Invalid LIVE_OVER (x)."""
    if live and live != str(running.id):
        raise Invalid("LIVE_OVER", x=running.handle)
    return running


def not_live(account: Account, now: datetime) -> Invalid:
    """That a followed account is not live, and how long ago that was seen when it was lately."""
    ago = (now - account.looked_at).total_seconds() if account.looked_at else math.inf
    if account.status is not AccountStatus.OFFLINE or ago > LATELY_SECONDS:
        return Invalid("NOT_LIVE", x=account.handle)
    return Invalid("NOT_LIVE_SEEN", x=account.handle, n=max(0, round(ago)))


async def all_on_air(asked: "Asked") -> list[Choice]:
    """Those that run and are seen here."""
    async with asked.house.storage.reading() as work:
        lives = await work.lives.of_place(asked.place.id, running=True, limit=MOST)
    return [Choice(f"@{live.handle}", live.handle) for live in lives]
