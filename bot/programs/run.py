"""`earshot run`: watch, work and post until stopped."""

import gc
import sys
from collections.abc import Awaitable, Mapping

from rich.console import Console

from bot.app import App, serve
from bot.commands import ALL
from bot.commands.privacy import privacy_of
from bot.folder import alone, prepare
from bot.house import House
from bot.kernel import Kernel
from bot.programs.exits import DONE, ended, first_done, looped, say_notes, stop_signal
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
    with alone(prepare(settings.DATA_DIR)):
        return looped(_serve(settings))


async def _serve(settings: Settings) -> int:
    stop = stop_signal()
    console, numbers = Console(soft_wrap=True), Numbers()
    words = Words(settings.LANGUAGE, settings.zone)
    say_notes(lambda note: console.print(note, style="yellow", markup=False))

    def connect(house: House) -> Mapping[Platform, Messenger]:
        return {Platform.CONSOLE: ConsoleMessenger(console, house.storage, words, numbers)}

    async def front(app: App) -> None:
        console.print(
            f"Earshot runs on {settings.DATA_DIR} and looks at followed accounts every {settings.LOOK_EVERY:g} s."
        )
        going = waits(app)
        gc.freeze()  # what is loaded stays: looking through it for garbage would hold up the loop for 0.12 s at a time
        gc.enable()
        await first_done(*going)

    def waits(app: App) -> list[Awaitable[object]]:
        going: list[Awaitable[object]] = [stop.wait()]
        if settings.WEB_LISTEN:
            from bot.surfaces.web.client import WebClient  # aiohttp and prometheus: 0.4 s only where the web is on
            from bot.surfaces.web.oauth import SignInPage
            from bot.surfaces.web.privacy import PrivacyPage

            linking = app.house.linking
            sign_in = SignInPage(linking, words) if linking.official else None
            privacy = PrivacyPage(privacy_of(settings, None, sign_in=sign_in is not None), words)
            listen, port = settings.WEB_LISTEN, settings.WEB_PORT
            web = WebClient(app.house.diagnosing, app.ready.is_set, listen, port, sign_in, privacy)
            going.append(web.run())
        if sys.stdin.isatty():
            console.print("Type help for what I can do, quit to stop.")
            going.append(ConsoleClient(app.house, Kernel(ALL), console, numbers, words).prompt())
        else:
            console.print("No chat token and no terminal: watching on. Command me with: earshot console help")
        return going

    await serve(settings, connect, front)
    return DONE
