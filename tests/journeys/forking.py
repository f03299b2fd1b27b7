"""Programs forked from the nursery (see nursery.py): run to their end, or under way."""

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINE = 1 << 24  # bytes of a line a program may print


@dataclass
class Nursery:
    """Where programs are forked; it begins with the first. Whoever has it ends it."""

    _line: socket.socket | None = field(default=None, repr=False)
    _serving: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def fork(self, words: Sequence[str], environment: Mapping[str, str], streams: Sequence[int]) -> int:
        """Begin `python WORDS` on these three: its standard input, output and error. Gives the file descriptor on which its pid
        and then its exit status are told, a line each."""
        told, tells = os.pipe()
        asked = json.dumps({"words": list(words), "environment": dict(environment)}).encode()
        try:
            socket.send_fds(self._begun(), [asked], [*streams, tells])
        finally:
            os.close(tells)
        return told

    def end(self) -> None:
        """What it has forked goes on."""
        if self._line is not None and self._serving is not None:
            self._line.close()
            self._serving.wait()

    def _begun(self) -> socket.socket:
        if self._line is None:
            self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._serving = subprocess.Popen(
                    [sys.executable, "-m", "tests.journeys.nursery", str(theirs.fileno())],
                    cwd=ROOT,
                    env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
            self._line.recv(LINE)  # its imports take seconds, and no program any that it begins with
        return self._line


NURSERY = Nursery()


def run(words: Sequence[str], environment: Mapping[str, str], seconds: float) -> tuple[int, str, str]:
    """(exit status, standard output, standard error) of `python WORDS` with nothing to read. Raises TimeoutExpired."""
    with (
        open(os.devnull) as nothing,
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as err,
    ):
        with open(NURSERY.fork(words, environment, [nothing.fileno(), out.fileno(), err.fileno()])) as told:
            program = int(told.readline())
            if not select.select([told], [], [], seconds)[0]:
                os.kill(program, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(words), seconds)
            code = int(told.readline())
        for one in (out, err):
            one.seek(0)
        return code, out.read(), err.read()


@dataclass
class Forked:
    """A program under way, to be used as an `asyncio.subprocess.Process` is."""

    pid: int
    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    _ending: "asyncio.Task[int]"

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._ending.result() if self._ending.done() else None

    def send_signal(self, how: signal.Signals) -> None:
        """To a program that runs."""
        os.kill(self.pid, how)

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        return await asyncio.shield(self._ending)


async def begin(words: Sequence[str], environment: Mapping[str, str]) -> Forked:
    """Begin `python WORDS`."""
    (typed, typing), (out, said), (err, wrong) = os.pipe(), os.pipe(), os.pipe()
    told = await _reader(NURSERY.fork(words, environment, [typed, said, wrong]))
    for theirs in (typed, said, wrong):
        os.close(theirs)

    stdin = await _writer(typing)

    async def status() -> int:
        code = int(await told.read())
        stdin.close()
        return code

    pid = int(await told.readline())
    return Forked(pid, stdin, await _reader(out), await _reader(err), asyncio.create_task(status()))


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", 0)
    )
    return reader


async def _writer(descriptor: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(descriptor, "wb", 0)
    )
    return asyncio.StreamWriter(transport, protocol, None, loop)
