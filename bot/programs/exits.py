"""How a program begins and ends: settings and logs first; every failure is one plain line and an exit code."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from core.errors import EarshotError
from core.settings import Settings, load, notes

DONE, FAILED, USAGE, SETTING = 0, 1, 2, 78

LINES = {
    "SETTING": "{name}: {reason}. Correct it in .env or in the environment.",
    "DATA_NO_FOLDER": "{x} is a file, not a folder. Set DATA_DIR to a folder.",
    "DATA_MAKE": "The data folder {x} cannot be made ({reason}). Set DATA_DIR to a folder you may write to.",
    "DATA_READONLY": "I cannot write to {x}. Give this user the right to write there, or set DATA_DIR to another folder.",
    "SECOND_RUN": "Another Earshot already runs on {x}. Stop it first, or set DATA_DIR to a folder of its own.",
    "STORE_URL": "DATABASE_URL is not an address I can use: empty, or sqlite:///path/to/file.db.",
    "STORE_NEWER": "The database {x} was made by a newer version of Earshot. Update Earshot, or restore an older backup.",
    "STORE_BROKEN": "The database {x} cannot be read. Restore a backup from the folder “backups” beside it.",
    "STORE_BUSY": "The database is busy. Try again in a moment.",
    "DISK": "The disk is full: nothing was written. Free some space and start again.",
    "TOKEN": "The token {name} is refused. Copy it anew from where the bot was made, into .env or the environment.",
    "INTENTS": "Discord refuses the intents of {name}'s bot. Earshot asks for servers only: update it, or make the bot anew.",
    "WEB_PORT": "I cannot listen on {x} ({reason}). Set WEB_PORT to a free port.",
    "SOURCE_MISSING": "{x} is not there. Check the path or the address.",
    "SOURCE_UNREADABLE": "{x} cannot be read ({reason}).",
    "SOURCE_NO_MEDIA": "{x} holds no sound or picture that I can read. Give a video, a sound file or a stream.",
    "SOURCE_ANSWER": "{x} answered {status} instead of a stream. Check the address in a browser.",
    "ENGINE_KEY": "{engine} refused the key. Check GROQ_API_KEY or ASSEMBLYAI_API_KEY; SPEECH=none goes on without words.",
    "ENGINE_MODEL": "{engine} does not know the model {model}. Check {setting}.",
    "ENGINE_ADDRESS": "{engine} does not answer at this address. Check {setting}.",
    "MODEL": "There is no model “{x}”. There are: {list}; a folder in DATA_DIR/models is called by its own name.",
    "WEIGHTS_GONE": "{host} does not have these weights. Check the address: HF_ENDPOINT or --endpoint.",
    "WEIGHTS_DOWN": "{host} does not answer as it should. What has come stays; try again, or name a mirror with --endpoint.",
    "WEIGHTS_BUSY": "{host} takes no more requests for now. What has come stays; try again in a few minutes.",
    "WEIGHTS_ROOM": "There is no room for {x}: it needs {need} MB, and {free} MB are free. Free some space, or take a smaller one.",
    "WEIGHTS_TWICE": "{x} is being fetched already. Wait for that, or stop it.",
    "WEIGHTS_BROKEN": "The weights of {x} are broken ({file}: {reason}). This fetches them anew: earshot models get {x}",
    "CLIP_FOLDER": "Clips cannot be written to {x} ({reason}).",
    "PATTERN": "That pattern has a mistake at character {n}: {reason}.",
    "WORD": "--trigger: that word cannot be matched ({reason}). Use letters or digits.",
    "BENCH_CHECKOUT": "Benchmarks need a checkout of the source: their code is in tests/bench.",
    "BENCH_NAME": "There is no benchmark “{x}”. There are: {list}.",
    "ROWS_MISSING": "{x} is not there. Give a file of labelled texts, one JSON object a line.",
    "ROWS_FOLDER": "{x} is a folder. Give a file of labelled texts, one JSON object a line.",
    "ROWS_EMPTY": "{x} is empty. It needs labelled texts, one JSON object a line.",
    "ROWS_NONE": "{x} holds no text that can be used; its line {n}: {reason}. Each line is like {example}.",
    "ROWS_UNLABELLED": "No text of {x} has labels. They stand beside it: {example}.",
    "ROWS_FEW": "There is nothing to learn in {x}: no label has two texts that have it and two that do not.",
    "HEAD_FOLDER": "{x} is a file, not a folder. Give --out a folder.",
    "HEAD_UNWRITABLE": "The folder {x} cannot be made ({reason}). Give --out a folder you may write to.",
    "HEAD_MISSING": "There is no head in {x}. Install Earshot again.",
    "HEAD_BROKEN": "The head in {x} cannot be used: {reason}. Train it anew, or remove that folder.",
    "DEMO_FILES": "The recorded live of the demo is missing ({x}). Install Earshot again.",
}


def ended(main: Callable[[Settings], int]) -> int:
    """Run a program with its settings; failures become one plain line."""

    def begun() -> int:
        settings = load()
        prepare_logs(settings)
        return main(settings)

    return lined(begun)


def lined(program: Callable[[], int]) -> int:
    """Run a program; failures become one plain line."""
    gc.freeze()  # what is loaded stays: only what comes from now on may become garbage
    gc.enable()
    try:
        return program()
    except EarshotError as error:
        return told(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _unwritten("")
    except OSError as error:
        return _unwritten(f"It did not work: {error.strerror or error}.\n")


def _unwritten(said: str) -> int:
    """Nothing more can be written to standard output: what is still held back for it must not raise again at the end."""
    sys.stderr.write(said)
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def told(error: EarshotError) -> int:
    """One plain line on standard error; the exit code for it."""
    sys.stderr.write(said(error) + "\n")
    return SETTING if error.code in ("SETTING", "STORE_URL", "TOKEN", "INTENTS") else FAILED


def said(error: EarshotError) -> str:
    """What is said of it in one plain line."""
    template = LINES.get(error.code)
    return filled(template, error.values) if template else f"It did not work: {error}."


def filled(template: str, values: dict[str, object]) -> str:
    """`template` with its `{names}` replaced; only names, no formats."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", " ".join(str(value).split()))
    return template


def prepare_logs(settings: Settings) -> None:
    """Logs go to standard error; libraries that talk too much or might tell secrets are quiet."""
    logging.basicConfig(
        level=settings.LOG_LEVEL, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for name in ("httpx", "httpcore", "groq", "asyncio", "aiosqlite", "alembic", "filelock"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.LOG_LEVEL)))


def say_notes(write: Callable[[str], object]) -> None:
    """What is set and does nothing."""
    for note in notes():
        write(note)


def looped(main: Coroutine[Any, Any, int]) -> int:
    """Run on an event loop; errors raised by a group of tasks come out as the one that matters."""
    try:
        return asyncio.run(main)
    except* EarshotError as group:
        raise _first(group) from None


def _first(group: BaseExceptionGroup[EarshotError]) -> EarshotError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def stop_signal() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets from now on; a second one ends the process at once."""
    stop = asyncio.Event()

    def heard() -> None:
        if stop.is_set():
            os._exit(FAILED)
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows: Ctrl-C comes as KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(name, heard)
    return stop


async def first_done(*waits: Awaitable[object]) -> None:
    """Returns when one of `waits` does; the others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
