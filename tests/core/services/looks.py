"""What tests of looking stand on: looks at a staged TikTok, and what they told."""

from dataclasses import dataclass, field

import pytest

from core.model.account import Account, Follow
from core.model.live import Look
from core.services.finding.looking import Looking
from tests.doubles import CountedStorage, HandClock, StagedTikTok

EVERY = 60.0


@dataclass
class Readings:
    """What the looks told."""

    told: list[tuple[str, bool]] = field(default_factory=list)
    fault: Exception | None = None

    async def read(self, account: Account, look: Look) -> None:
        self.told.append((account.handle, look.live))
        if self.fault:
            raise self.fault


@pytest.fixture
def tiktok(clock: HandClock) -> StagedTikTok:
    return StagedTikTok(clock)


@pytest.fixture
def readings() -> Readings:
    return Readings()


@pytest.fixture
def looking(storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, readings: Readings) -> Looking:
    return Looking(tiktok, storage, clock, EVERY, readings.read)


async def stored(storage: CountedStorage, follow: Follow) -> Account:
    """A followed account as it is stored."""
    async with storage.reading() as work:
        account = await work.accounts.get(follow.account_id)
    assert account is not None
    return account
