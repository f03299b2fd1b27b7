"""Being added to a group of Telegram: one message, once, where it may be written; channels are left alone, their readers would
read it."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from telegram import ChatMemberUpdated
from telegram.constants import ChatType

from bot.house import House
from bot.surfaces.arriving import Arrival, arrival, overtaken
from bot.surfaces.telegram.addresses import Spot
from bot.surfaces.telegram.channels import SEND, TelegramChannels
from bot.surfaces.telegram.sending import Manner, Sender
from core.errors import EarshotError

log = logging.getLogger(__name__)
REPEATED = timedelta(days=2)  # Telegram keeps an update that nobody took for a day (Bot API, "Getting updates")
GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})


@dataclass(frozen=True)
class Greeting:
    """It counts as an answer to whoever added Earshot: sent at the pace of answers or not at all, and nothing waits for it."""

    house: House
    sender: Sender
    channels: TelegramChannels

    async def due(self, update: ChatMemberUpdated) -> Arrival | None:
        """What is to be said to the group of `update`; asked before its return is written down."""
        if update.chat.type not in GROUPS:
            return None
        return await arrival(self.house, Spot(update.chat.id).address, update.from_user.language_code or "")

    async def say(self, update: ChatMemberUpdated, due: Arrival) -> None:
        """Say it, if that is still true and has not been said: an update may come again after a restart."""
        spot = Spot(update.chat.id)
        try:
            if SEND in await self.channels.missing(spot.address, spot.address):
                return
            if not await overtaken(self.house, spot.address, due) and await self._first(spot, update):
                await self.sender.say(spot, due.said, due.words, Manner(answer=True))
        except EarshotError as error:
            log.info("nothing is said in %s: %s", spot.address, error)

    async def _first(self, spot: Spot, update: ChatMemberUpdated) -> bool:
        """Whether nothing was said about this adding; written down before it is said."""
        name, when = f"arrived {spot.address}", update.date.isoformat()
        async with self.house.storage.work() as work:
            if await work.memos.get(name) == when:
                return False
            await work.memos.put(name, when, update.date + REPEATED)
        return True
