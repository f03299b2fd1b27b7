"""Asking Telegram for updates, one question at a time; who else asks with the same token ends ours, and we theirs."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.surfaces.telegram.connection import HELD, READ, Connection
from bot.surfaces.telegram.faults import seconds_of
from bot.surfaces.telegram.updates import KINDS, Updates

log = logging.getLogger(__name__)
FIRST, LONGEST = 1.0, 60.0  # seconds between attempts
CONFLICT = 5.0  # the first of them after a conflict: two bots that fight would end each other's questions all the time
PROBE = 3  # seconds a question has to live before a conflict counts as over
TELLS = {
    "SECOND_POLLER": "another program uses the token of Telegram: stop it, or give this one a token of its own",
    "DISCONNECTED": "Telegram does not answer; I keep trying",
    "TOKEN": "Telegram refuses the token TELEGRAM_TOKEN by now; I keep trying",
}


@dataclass
class Polling:
    """`state` is told what is wrong, empty when nothing is."""

    connection: Connection
    updates: Updates
    state: Callable[[str], None]
    _trouble: str = ""
    _well: bool = False
    _after: int | None = None

    async def run(self) -> None:
        """Take updates until cancelled."""
        wait = FIRST
        while True:
            await self.updates.room()
            try:
                await self._once()
                wait = FIRST
            except Conflict:
                wait = max(wait, CONFLICT)
                await self._rest("SECOND_POLLER", wait)
                wait = min(LONGEST, wait * 1.5)
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except InvalidToken:
                await self._rest("TOKEN", LONGEST)
            except TelegramError as error:
                log.debug("poll: %s", type(error).__name__)
                await self._rest("DISCONNECTED", wait)
                wait = min(LONGEST, wait * 2)

    async def _once(self) -> None:
        """One question. While it is not known that all is well it comes back soon."""
        held = HELD if self._well else PROBE if self._trouble == "SECOND_POLLER" else 0
        found = await self.connection.bot.get_updates(
            self._after, timeout=held, read_timeout=READ, allowed_updates=KINDS
        )
        self._tell("")
        self._well = True
        for update in found:
            self._after = update.update_id + 1
            await self.updates.room()
            self.updates.take(update)

    async def _rest(self, trouble: str, wait: float) -> None:
        self._well = False
        self._tell(trouble)
        await asyncio.sleep(wait * random.uniform(0.8, 1.2))

    def _tell(self, trouble: str) -> None:
        """Say it once when it begins and once when it is over."""
        if trouble != self._trouble:
            if trouble:
                log.warning("%s", TELLS[trouble])
            else:
                log.info("Telegram answers again")
            self._trouble = trouble
        self.state(trouble)
