"""The chats: as the program that runs knows them, and as each says itself. Nobody here asks Telegram for updates."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from bot.app import storage_as_it_is
from bot.doctor import Look
from bot.health import Part, chats
from core.errors import EarshotError
from core.model.feed import OFF
from core.model.person import Address, Platform
from core.services.diagnosing import Vitals
from core.settings import Settings


@dataclass(frozen=True)
class Chats:
    """`quick`: ask nobody outside this machine. `vitals` are those of the program that runs, if one does."""

    settings: Settings
    vitals: Vitals | None
    quick: bool

    def sections(self) -> Iterator[tuple[str, Look]]:
        """Those there is a token for."""
        if self.settings.DISCORD_TOKEN:
            yield "discord", self.discord
        if self.settings.TELEGRAM_TOKEN:
            yield "telegram", self.telegram
        if not (self.settings.DISCORD_TOKEN or self.settings.TELEGRAM_TOKEN):
            yield "chats", self.none

    async def none(self) -> AsyncIterator[tuple[str, Part]]:
        """There is no token for any."""
        yield "token", Part("NO_CHATS", None)

    async def discord(self) -> AsyncIterator[tuple[str, Part]]:
        """Its token, its servers, the rights in the channels posts go to."""
        for found in self._running(Platform.DISCORD):
            yield found
        if not self.quick:
            from bot.surfaces.discord.doctor import look

            async for found in look(self.settings, await self._addresses()):
                yield found

    async def telegram(self) -> AsyncIterator[tuple[str, Part]]:
        """Its token, and how updates come."""
        for found in self._running(Platform.TELEGRAM):
            yield found
        if not self.quick:
            from bot.surfaces.telegram.doctor import look

            async for found in look(self.settings):
                yield found

    def _running(self, platform: Platform) -> list[tuple[str, Part]]:
        """As the program that runs knows it: connected, or what is wrong (another program that polls with the same token)."""
        return [("connection", part) for part in chats(self.vitals) if part.values.get("who") == platform.capitalize()]

    async def _addresses(self) -> dict[str, set[Address]]:
        """The channels of Discord posts go to, by place; none while nobody knows."""
        found: dict[str, set[Address]] = {}
        try:
            async with storage_as_it_is(self.settings) as (database, current):
                if not current:
                    return {}
                async with database.reading() as work:
                    for place in await work.places.all():
                        if place.platform is not Platform.DISCORD or place.left is not None:
                            continue
                        feeds = await work.feeds.of_place(place.id)
                        found[place.id] = {place.address, *(feed.address for feed in feeds)} - {"", OFF}
        except EarshotError:
            return {}  # the section of the data folder says what is wrong
        return found
