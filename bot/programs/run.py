"""`earshot run`: watch, work and post until stopped."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field

from rich.console import Console

from bot.app import App, serve
from bot.commands import ALL
from bot.commands.privacy import privacy_of
from bot.folder import alone, prepare
from bot.house import House
from bot.kernel import Kernel
from bot.programs.exits import DONE, ended, first_done, looped, say_notes, stop_signal
from bot.surfaces.chats import Spoken, spoken
from bot.surfaces.console.client import ConsoleClient
from bot.surfaces.console.draw import Numbers
from bot.surfaces.console.post import ConsoleMessenger
from bot.wording import Words
from core.model.person import Platform
from core.ports.messenger import Messenger
from core.settings import Settings


def run() -> int:
    """The program."""
    return ended(_run)


def _run(settings: Settings) -> int:
    gc.disable()  # until the chats are imported too: none of it becomes garbage, and looking for some takes 0.12 s
    with alone(prepare(settings.DATA_DIR)):
        return looped(_serve(settings))


async def _serve(settings: Settings) -> int:
    front = Front(settings, stop_signal(), Kernel(ALL))
    say_notes(lambda note: front.console.print(note, style="yellow", markup=False))
    try:
        await serve(settings, front.connect, front.run)
    finally:
        for one in front.chats:
            await one.close()
    return DONE


@dataclass
class Front:
    """Everything people see of a running Earshot: the chats, the terminal, the web."""

    settings: Settings
    stop: asyncio.Event
    kernel: Kernel
    console: Console = field(default_factory=lambda: Console(soft_wrap=True))
    numbers: Numbers = field(default_factory=Numbers)
    chats: list[Spoken] = field(default_factory=list)

    @property
    def words(self) -> Words:
        """The terminal's."""
        return Words(self.settings.LANGUAGE, self.settings.zone)

    def connect(self, house: House) -> Mapping[Platform, Messenger]:
        """The messengers of the chats there is a token for, and of the terminal."""
        self.chats = spoken(house, self.kernel)
        for one in self.chats:
            house.chats[one.chat.platform] = one.chat
            house.following.channels[one.chat.platform] = one.channels
        console = ConsoleMessenger(self.console, house.storage, self.words, self.numbers)
        return {Platform.CONSOLE: console, **{one.chat.platform: one.messenger for one in self.chats}}

    async def run(self, app: App) -> None:
        """Be there until somebody stops it; what is on its way then still arrives, while the chats are connected."""
        self._greet()
        gc.freeze()  # what is loaded stays: looking through it for garbage would hold up the loop for 0.12 s at a time
        gc.enable()
        async with asyncio.TaskGroup() as group:
            speaking = [group.create_task(_until_cancelled(one)) for one in self.chats]
            await first_done(*self._waits(app))
            await app.delivering.halt()
            for task in speaking:
                task.cancel()

    def _greet(self) -> None:
        folder, every = self.settings.DATA_DIR, self.settings.LOOK_EVERY
        self.console.print(f"Earshot runs on {folder} and looks at followed accounts every {every:g} s.")
        if sys.stdin.isatty():
            self.console.print("Type help for what I can do, quit to stop.")
        elif self.chats:
            names = " and ".join(str(one.chat.platform).capitalize() for one in self.chats)
            self.console.print(f"Command me on {names}, or with: earshot console help")
        else:
            self.console.print("No chat token and no terminal: watching on. Command me with: earshot console help")

    def _waits(self, app: App) -> list[Awaitable[object]]:
        """What runs until it is stopped, or stops it all."""
        going: list[Awaitable[object]] = [self.stop.wait()]
        if self.settings.WEB_LISTEN:
            going.append(self._web(app))
        if sys.stdin.isatty():
            going.append(ConsoleClient(app.house, self.kernel, self.console, self.numbers, self.words).prompt())
        return going

    def _web(self, app: App) -> Awaitable[None]:
        from bot.surfaces.web.client import WebClient  # aiohttp and prometheus: 0.4 s only where the web is on
        from bot.surfaces.web.clips import ClipPages
        from bot.surfaces.web.heard import HeardHook
        from bot.surfaces.web.oauth import SignInPage
        from bot.surfaces.web.privacy import PrivacyPage

        linking, settings = app.house.linking, self.settings
        sign_in = SignInPage(linking, self.words) if linking.official else None
        privacy = PrivacyPage(privacy_of(settings, None, sign_in=sign_in is not None), self.words)
        hooks = next((one.hooks for one in self.chats if one.hooks is not None), None)
        diagnosing, listen, port = app.house.diagnosing, settings.WEB_LISTEN, settings.WEB_PORT

        def ready() -> bool:
            return app.ready.is_set() and all(one.chat.ready for one in self.chats)

        entrusting = app.house.transcribing.hearing.entrusting
        heard = HeardHook(entrusting) if entrusting.hook else None
        clips = ClipPages(app.house.showing, self.words) if app.house.showing is not None else None
        return WebClient(diagnosing, ready, listen, port, sign_in, privacy, hooks, heard, clips).run()


async def _until_cancelled(chat: Spoken) -> None:
    await chat.run()
