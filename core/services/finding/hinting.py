"""Hinting: TikTok's word for which rooms are alive may shorten the wait for a slow account's next look, and nothing else."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import EarshotError
from core.ports.clock import Clock
from core.ports.tiktok import Profiles
from core.services.finding.pacing import ROOMS_AT_ONCE, Pace

log = logging.getLogger(__name__)
BELIEVED_AGAIN = timedelta(hours=1)  # a room that was called alive and was not brings no look for so long
FEW = 3  # rooms; of more than that, half being alive at once is the day on which all rooms are "alive"


@dataclass
class Hinting:
    """Asks about the last rooms of quiet accounts, all of them within `pace.every` seconds, one question at a time."""

    profiles: Profiles
    clock: Clock
    _next: datetime | None = None
    _asking: bool = False
    _believed: dict[str, datetime] = field(default_factory=dict)

    def start(self, group: asyncio.TaskGroup, pace: Pace, soon: Callable[[int], None]) -> None:
        """A round in `group`, if one is due; `soon` gets the accounts that may be live."""
        now = self.clock.now()
        if not self._asking and pace.slowed and pace.rooms and (self._next is None or now >= self._next):
            self._asking, self._next = True, now + timedelta(seconds=pace.every)
            group.create_task(self._round(pace, soon), name="hints")

    async def _round(self, pace: Pace, soon: Callable[[int], None]) -> None:
        accounts = {room: account_id for account_id, room in pace.rooms.items()}
        rooms = list(accounts)
        try:
            for first in range(0, len(rooms), ROOMS_AT_ONCE):
                asked = rooms[first : first + ROOMS_AT_ONCE]
                alive = await self.profiles.alive(asked)
                if len(asked) > FEW and len(alive) > len(asked) / 2:
                    continue
                for room in alive:
                    if self._credible(room):
                        soon(accounts[room])
        except EarshotError as error:
            log.info("hints: %s", error)
        except Exception:  # supervision: a hint's trouble must not end the looks
            log.exception("hints")
        finally:
            self._asking = False

    def _credible(self, room: str) -> bool:
        now = self.clock.now()
        self._believed = {known: until for known, until in self._believed.items() if until > now}
        if room in self._believed:
            return False
        self._believed[room] = now + BELIEVED_AGAIN
        return True
