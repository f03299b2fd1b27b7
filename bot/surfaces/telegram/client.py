"""Earshot on Telegram: connected, its menus told, asked and answering."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telegram import User
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.copies import Copies
from bot.surfaces.telegram.addresses import Spot
from bot.surfaces.telegram.ask import Asking, Me
from bot.surfaces.telegram.budget import Budget
from bot.surfaces.telegram.channels import TelegramChannels
from bot.surfaces.telegram.connection import Connection, connect
from bot.surfaces.telegram.faults import meant, seconds_of
from bot.surfaces.telegram.fitting import WAIT, Fitting
from bot.surfaces.telegram.greeting import Greeting
from bot.surfaces.telegram.keyboards import Keyboards
from bot.surfaces.telegram.offer import Menu, digest, menus
from bot.surfaces.telegram.polling import FIRST, LONGEST, TELLS, Polling
from bot.surfaces.telegram.post import TelegramMessenger
from bot.surfaces.telegram.presence import Presence
from bot.surfaces.telegram.press import Pressing
from bot.surfaces.telegram.replies import Replies
from bot.surfaces.telegram.rights import Rights
from bot.surfaces.telegram.screen import Vanishing
from bot.surfaces.telegram.sending import Sender
from bot.surfaces.telegram.topics import Topics
from bot.surfaces.telegram.updates import Updates
from bot.surfaces.telegram.uploads import Uploads
from bot.wording import catalog
from core.errors import Denied, Invalid
from core.model.person import Platform
from core.settings import TelegramMode

if TYPE_CHECKING:
    from aiohttp import web

    from bot.surfaces.telegram.hooking import Hooking

log = logging.getLogger(__name__)


@dataclass
class TelegramClient:
    """The house's doors learn where the bot is, and of every answer to a person.

    `messenger` and `channels` work from the beginning; `run` makes it hear. `close` is for the very end, when no post is on its
    way any more. Raises Denied TOKEN when what is set cannot be a token, Invalid SETTING for a webhook without an address.
    """

    house: House
    kernel: Kernel
    trouble: str = ""
    connection: Connection = field(init=False)
    messenger: TelegramMessenger = field(init=False)
    channels: TelegramChannels = field(init=False)
    _hooking: "Hooking | None" = None
    _told: bool = False
    _hears: bool = False

    def __post_init__(self) -> None:
        settings, storage, doors = self.house.settings, self.house.storage, self.house.doors
        if settings.TELEGRAM_MODE is TelegramMode.WEBHOOK and not settings.webhook_url:
            raise Invalid("SETTING", name="TELEGRAM_WEBHOOK_URL", reason="Telegram has to know where to call")
        self.connection = connect(settings)
        number = self.connection.bot.token.partition(":")[0]
        uploads = Uploads(storage, number, settings.TELEGRAM_LOCAL_MODE)
        fitting = Fitting(Copies(self.house.fitter, WAIT), uploads.most)
        self._sender = Sender(self.connection, Budget(), uploads, fitting, lambda address: doors.spent(address))
        self._replies, self._rights = Replies(), Rights(self.connection)
        self._vanishing = Vanishing(self._sender)
        topics = Topics(self.connection, storage)
        self.messenger = TelegramMessenger(
            self._sender, topics, self._replies, storage, settings, showing=self.house.showing
        )
        self.channels = TelegramChannels(self.connection)

    @property
    def platform(self) -> Platform:
        """Telegram."""
        return Platform.TELEGRAM

    @property
    def ready(self) -> bool:
        """Whether people's words arrive and the menus are told."""
        return self._told and self._hears and not self.trouble

    async def run(self) -> None:
        """Be there until cancelled. Raises Denied TOKEN when Telegram does not know the token."""
        me = await self._greet()
        asking = Asking(
            self.house,
            self.kernel,
            self._sender,
            self._replies,
            self._rights,
            self._vanishing,
            Keyboards(self.house.storage, self.house.clock),
            Me(me.id, me.username or ""),
        )
        greeting = Greeting(self.house, self._sender, self.channels)
        updates = Updates(asking, Pressing(asking), Presence(self.house.doors, self._rights, greeting))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._offer())
                group.create_task(self._hear(updates))
        finally:
            self._hears = False
            await updates.land()
            await self._vanishing.now()

    async def close(self) -> None:
        """End the connections."""
        await self.connection.close()

    async def sync(self) -> int:
        """Tell all menus again; how many commands are in them. Raises what `faults.meant` makes of a failure."""
        try:
            return await self._tell()
        except TelegramError as error:
            raise meant(error, Spot(0)) from error

    # ------------------------------------------------------------------ hearing

    async def hooks(self, request: "web.Request") -> "web.Response":
        """POST /hooks/telegram, for whoever serves the web. 503 before Telegram is known to call, and while it is polled."""
        from aiohttp import web

        return await self._hooking.arrived(request) if self._hooking is not None else web.Response(status=503)

    async def _hear(self, updates: Updates) -> None:
        settings = self.house.settings
        if settings.TELEGRAM_MODE is TelegramMode.POLLING:
            await self._without_webhook()
            await Polling(self.connection, updates, self._state).run()
            return
        from bot.surfaces.telegram.hooking import Hooking  # aiohttp: 0.15 s only where Telegram calls

        self._hooking = Hooking(self.connection, updates, settings, self._state)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hooking.run())
            if settings.TELEGRAM_WEBHOOK_LISTEN:
                group.create_task(self._hooking.listen())

    def _state(self, trouble: str) -> None:
        self.trouble, self._hears = trouble, not trouble

    async def _greet(self) -> User:
        """Who we are. Waits for Telegram for as long as it takes."""
        wait = FIRST
        while True:
            try:
                return await self.connection.bot.get_me()
            except InvalidToken as error:
                raise Denied("TOKEN", name="TELEGRAM_TOKEN") from error
            except TelegramError as error:
                wait = await self._again(error, wait)

    async def _without_webhook(self) -> None:
        """Who polls must not have a webhook. What waited for it is kept."""
        wait = FIRST
        while True:
            try:
                await self.connection.bot.delete_webhook()
                return
            except TelegramError as error:
                wait = await self._again(error, wait)

    async def _again(self, error: TelegramError, wait: float) -> float:
        """Rest before another attempt; how long to rest before the next."""
        if isinstance(error, RetryAfter):
            await asyncio.sleep(seconds_of(error))
            return wait
        if self.trouble != "DISCONNECTED":
            self.trouble = "DISCONNECTED"
            log.warning("%s", TELLS["DISCONNECTED"])
        await asyncio.sleep(wait)
        return min(LONGEST, wait * 2)

    # ------------------------------------------------------------------ menus

    @property
    def _memo(self) -> str:
        return f"telegram:menus:{self.connection.bot.token.partition(':')[0]}"

    def _menus(self) -> list[Menu]:
        owners = [int(one.partition(":")[2]) for one in self.house.settings.owners if one.startswith(Platform.TELEGRAM)]
        return menus(self.kernel.commands, lambda language, text: catalog(language).gettext(text), owners)

    async def _tell(self) -> int:
        """Tell all menus; how many commands are in them."""
        sent = await self._send(self._menus())
        async with self.house.storage.work() as work:
            await work.memos.put(self._memo, digest(sent))
        return len({entry.command for menu in sent for entry in menu.entries})

    async def _offer(self) -> None:
        """Tell the menus when they are not those that were told last."""
        async with self.house.storage.reading() as work:
            known = await work.memos.get(self._memo)
        wait = FIRST
        while known != digest(self._menus()):
            try:
                await self._tell()
                break
            except TelegramError as error:
                log.warning("the menus could not be told: %s", type(error).__name__)
                wait = await self._again(error, wait)
        self._told = True

    async def _send(self, told: list[Menu]) -> list[Menu]:
        """The menus Telegram took: an owner who has never spoken to the bot has no chat that could have one."""
        sent = []
        for menu in told:
            try:
                await self.connection.bot.set_my_commands(menu.entries, menu.scope, menu.language or None)
                sent.append(menu)
            except BadRequest as error:
                if menu.scope.type != "chat":
                    raise
                log.info("an owner's menu waits until they write to the bot: %s", error)
        return sent
