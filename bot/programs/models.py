"""`earshot models`: the weights of the local engine, listed and fetched."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from bot.engines import shelf_of
from bot.folder import prepare
from bot.programs.exits import DONE, USAGE, ended, looped, told
from core.errors import Missing
from core.model.weights import Presence, Weights
from core.settings import Settings

MEGABYTE = 1_000_000
STEP = 0.05  # of all: how much comes between two lines where there is no terminal
WORDS = {Presence.HERE: "here", Presence.PART: "begun", Presence.BROKEN: "broken", Presence.AWAY: ""}


def list_(*, as_json: bool) -> int:
    """The program that lists."""

    def main(settings: Settings) -> int:
        shelf, chosen = shelf_of(settings), settings.WHISPER_MODEL
        if as_json:
            models = [{**asdict(one), "chosen": one.name == chosen} for one in shelf.all()]
            sys.stdout.write(json.dumps({"folder": str(shelf.folder), "models": models}, ensure_ascii=False) + "\n")
        else:
            sys.stdout.write("".join(_line(one, chosen) for one in shelf.all()))
        return DONE

    return ended(main)


def _line(one: Weights, chosen: str) -> str:
    state = f"begun, {one.got / MEGABYTE:.0f} MB are here" if one.presence is Presence.PART else WORDS[one.presence]
    notes = [state, one.fault, "English only" if one.english else "", "chosen" if one.name == chosen else ""]
    size = f"{one.size / MEGABYTE:.0f} MB"
    return f"{one.name:<18}{size:>8}  {', '.join(note for note in notes if note)}".rstrip() + "\n"


def get(name: str, endpoint: str) -> int:
    """The program that fetches."""
    if endpoint and not endpoint.startswith(("http://", "https://")):
        sys.stderr.write(f"--endpoint is an address that starts with https://, not {endpoint}.\n")
        return USAGE
    return ended(lambda settings: looped(_get(settings, name, endpoint)))


async def _get(settings: Settings, name: str, endpoint: str) -> int:
    shelf = shelf_of(settings, endpoint.rstrip("/"))
    try:
        shelf.of(name)
    except Missing as error:
        told(error)
        return USAGE
    prepare(settings.DATA_DIR)
    with Shown(name) as shown:
        fetching = asyncio.ensure_future(shelf.get(name, shown.moved))
        heard = _ended_by(fetching.cancel)
        try:
            got = await fetching
        except asyncio.CancelledError:
            if not heard:
                raise
    if heard:
        sys.stderr.write("Stopped. What has come stays; the same command goes on from there.\n")
        return DONE if heard[0] is signal.SIGTERM else 130
    sys.stdout.write(f"{name} is here, {got.size / MEGABYTE:.0f} MB in {shelf.path(name)}.\n{_next(settings, name)}\n")
    return DONE


async def offer(settings: Settings) -> int:
    """Ask whoever sits at the terminal whether to fetch the weights that are set, if they are away. The code of a fetch that was
    stopped, else DONE: who says no goes on without words."""
    name = settings.WHISPER_MODEL
    with suppress(Missing, EOFError):
        known = shelf_of(settings).of(name)
        if known.presence is Presence.HERE or not known.known:
            return DONE
        question = f"Whisper has no weights yet. Fetch {name}, {known.size / MEGABYTE:.0f} MB? [y/N] "
        if (await asyncio.to_thread(input, question)).strip().lower() in ("y", "yes"):
            return await _get(settings, name, "")
    return DONE


def _next(settings: Settings, name: str) -> str:
    if name != settings.WHISPER_MODEL:
        return f"WHISPER_MODEL={name} uses it, with SPEECH=whisper or auto."
    return "SPEECH=whisper uses it; auto does where nothing else is set up."


def _ended_by(end: Callable[[], object]) -> list[signal.Signals]:
    """Call `end` at SIGINT and SIGTERM; the list holds what came."""
    heard: list[signal.Signals] = []

    def stop(name: signal.Signals) -> None:
        heard.append(name)
        end()

    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C comes as KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(name, stop, name)
    return heard


class Shown:
    """How far it is: a bar for who sits at a terminal, else a line now and then."""

    def __init__(self, name: str) -> None:
        console = Console()
        columns = (TextColumn(name), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        self._name = name
        self._bar = Progress(*columns, console=console, transient=True) if console.is_terminal else None
        self._task = self._bar.add_task(name, total=None) if self._bar else None
        self._said = -STEP

    def __enter__(self) -> "Shown":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *problem: object) -> None:
        if self._bar:
            self._bar.stop()

    def moved(self, got: int, total: int) -> None:
        """So many bytes are here."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=got, total=total)
        elif total and got / total >= self._said + STEP:
            self._said = got / total
            sys.stdout.write(f"{self._name}: {got / MEGABYTE:.1f} of {total / MEGABYTE:.1f} MB\n")
            sys.stdout.flush()
