"""`earshot demo`: a recorded live through the real pipeline, several times faster than real. No key, no account, no network."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from bot.app import App, play
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.programs.exits import DONE, FAILED, first_done, lined, looped, prepare_logs, stop_signal
from bot.surfaces.console.client import PLACE, ConsoleClient
from bot.surfaces.console.draw import Numbers
from bot.surfaces.console.post import ConsoleMessenger
from bot.wording import Words
from core.errors import Missing
from core.model.person import Platform
from core.ports.messenger import Messenger
from core.settings import Settings

VIDEO = Path(__file__).parents[1] / "demo" / "live.mp4"
HANDLE = "amina.kitchen"
COMMANDS = (
    ("follow", f"@{HANDLE}", "transcript=yes"),
    ("trigger", "add", "giveaway", "where=chat"),
    ("trigger", "add", "giveaway", "where=speech", "then=alert"),
)
LONGEST = 300.0  # seconds the demo may take before it says that something is wrong
GRACE = 120.0  # seconds the buttons stay for somebody at the keyboard


def demo(speed: float) -> int:
    """The program. It takes no settings: tokens and keys of this machine stay out of it."""
    folder = Path(tempfile.mkdtemp(prefix="earshot-demo-"))
    try:
        settings = Settings.model_construct(DATA_DIR=folder, LOOK_EVERY=5.0)
        prepare_logs(settings)
        return lined(lambda: looped(_demo(settings, speed)))
    finally:
        if not sys.stdout.isatty():
            shutil.rmtree(folder, ignore_errors=True)


async def _demo(settings: Settings, speed: float) -> int:
    if not VIDEO.is_file():
        raise Missing("DEMO_FILES", x=VIDEO)
    console, numbers = Console(soft_wrap=True), Numbers()
    words, stop = Words(settings.LANGUAGE, settings.zone), stop_signal()
    console.print(
        f"A recorded live of @{HANDLE}, {speed:g} times faster than real, through the real pipeline.", highlight=False
    )
    complete = False

    def connect(house: House) -> Mapping[Platform, Messenger]:
        return {Platform.CONSOLE: ConsoleMessenger(console, house.storage, words, numbers)}

    async def front(app: App) -> None:
        nonlocal complete
        client = ConsoleClient(app.house, Kernel(ALL), console, numbers, words)
        for line in COMMANDS:
            console.print("\n> " + " ".join(line), style="bold", markup=False)
            client.show(await client.say(line), numbered=False)
        typed = [client.prompt()] if sys.stdin.isatty() else []
        await first_done(_told(app), stop.wait(), asyncio.sleep(LONGEST), *typed)
        complete = await _is_told(app)
        if complete:
            kept = f" (in {settings.DATA_DIR})" if sys.stdout.isatty() else ""
            console.print(WHAT_WAS_REAL.format(where=kept), markup=False, highlight=False)
            if sys.stdin.isatty():
                console.print("The numbers still press buttons; quit (or two quiet minutes) ends it.")
                await first_done(client.prompt(), stop.wait(), asyncio.sleep(GRACE))

    await play(settings, VIDEO, speed, connect, front)
    return DONE if complete else FAILED


async def _told(app: App) -> None:
    """Until the live's end has been told and nothing is left to tell."""
    while not await _is_told(app):  # noqa: ASYNC110  other tasks write it down, storage is where they meet
        await asyncio.sleep(0.1)


async def _is_told(app: App) -> bool:
    async with app.house.storage.reading() as work:
        lives = await work.lives.of_place(PLACE)
        over = bool(lives) and not await work.lives.running() and not await work.jobs.unfinished()
    return over and await app.delivering.idle()


WHAT_WAS_REAL = """
What was real: the video was opened and cut into speech by the code that reads lives, triggers matched chat and speech,
simple rules judged the risk, the clip is a playable file and the plot a picture{where}.
What was not: TikTok itself. The live was a recording, its words came from its own captions.
What needs a key: words without captions. Set GROQ_API_KEY, then: earshot listen FILE
"""
