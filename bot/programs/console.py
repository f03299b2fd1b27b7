"""`earshot console`: a prompt, or one command; beside a running Earshot or without one."""

import sys
from collections.abc import Sequence

from rich.console import Console

from bot.app import opened
from bot.commands import ALL
from bot.folder import prepare
from bot.kernel import Kernel
from bot.programs.exits import DONE, USAGE, ended, looped
from bot.surfaces.console.client import ConsoleClient
from bot.surfaces.console.draw import Numbers
from bot.wording import Words
from core.settings import Settings


def console(words: Sequence[str], *, as_json: bool) -> int:
    """The program."""
    return ended(lambda settings: looped(_console(settings, _without(words, "--json"), as_json or "--json" in words)))


def _without(words: Sequence[str], flag: str) -> list[str]:
    return [word for word in words if word != flag]


async def _console(settings: Settings, words: Sequence[str], as_json: bool) -> int:
    screen = Console(soft_wrap=True)
    prepare(settings.DATA_DIR)
    async with opened(settings) as house:
        client = ConsoleClient(house, Kernel(ALL), screen, Numbers(), Words(settings.LANGUAGE, settings.zone))
        if words:
            return await client.once(words, as_json)
        if as_json:
            sys.stderr.write("--json needs a command: earshot console following --json\n")
            return USAGE
        screen.print("Type help for what I can do, quit to leave.")
        await client.prompt()
        return DONE
