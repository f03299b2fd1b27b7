"""Programs that need not be imported first: a process that has everything loaded, from which they are forked.

Importing is most of what a short program does, a second and more of processor time, and journeys start hundreds. A forked
program is a process of its own all the same: with its own streams, environment and exit code, killed as any other.

`python -m tests.journeys.nursery FD` is that process. On the socket FD it says READY and takes one packet a program: JSON of its
`words` (those after `python`, beginning with `-m`) and `environment`, with four file descriptors: its standard input, output and
error, and where its pid and then its exit status are told, a line each. It ends with the other end of the socket. See forking.py.
"""

import faulthandler
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy.orm import configure_mappers

PROGRAMS = Path(__file__).parents[2] / "bot" / "programs"
LARGEST = 1 << 18  # bytes of a packet
READY = b"ready"  # what is said first
LOADED = (
    "alembic.command",
    "bot.app",
    "bot.surfaces.console.client",
    "bot.surfaces.discord.client",
    "bot.surfaces.telegram.client",
    "core.adapters.media.excerpt",
    "core.adapters.tiktok.chat.connection",
    "core.adapters.tiktok.scripted",
    "tests.doubles",
    "tests.platforms.messenger_server",
    "yt_dlp",
)


def serve(line: socket.socket) -> None:
    """Fork until nobody asks any more. Comes back in every program, too, when that is over."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
    while True:
        asked, given, _, _ = socket.recv_fds(line, LARGEST, 4)
        if not asked:
            return
        if os.fork() == 0:
            line.close()
            _keep(json.loads(asked), given)
            return
        for descriptor in given:
            os.close(descriptor)


def _keep(asked: dict[str, Any], given: list[int]) -> None:
    """Fork the program and tell of it. Comes back in the program alone."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    program, tells = os.fork(), given[3]
    if program == 0:
        os.close(tells)
        _become(asked, given[:3])
        return
    for descriptor in given[:3]:
        os.close(descriptor)
    os.write(tells, f"{program}\n".encode())
    _, status = os.waitpid(program, 0)
    os.write(tells, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """Be `python WORDS`, as it would have started."""
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    tempfile.tempdir = None
    if "PYTHONFAULTHANDLER" in os.environ:
        faulthandler.enable()
    if encoding := os.environ.get("PYTHONIOENCODING"):
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            stream.reconfigure(encoding=encoding)  # type: ignore[union-attr]
    gc.enable()
    for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        if (custom := Path(folder, "sitecustomize.py")).exists():
            runpy.run_path(str(custom))
    _, module, *rest = asked["words"]
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main() -> None:
    """Load everything, then serve. What is loaded stays as it is, so that the programs share it."""
    gc.disable()
    line = socket.socket(fileno=int(sys.argv[1]))
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a thread that is not in the child would be waited for in vain
    for name in (*LOADED, *(f"bot.programs.{one.name}" for one in pkgutil.iter_modules([str(PROGRAMS)]))):
        importlib.import_module(name)
    configure_mappers()
    gc.freeze()
    line.send(READY)
    serve(line)


if __name__ == "__main__":
    main()
