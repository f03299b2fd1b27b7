"""The loopback TikTok as a process of its own, and telling it what to do."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.platforms.tiktok.environment import environment

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Control:
    """`tell` waits here, `ask` lets the event loop go on meanwhile. Both give the answer's JSON and raise ValueError."""

    url: str

    def tell(self, verb: str, **said: Any) -> dict[str, Any]:
        """Do `verb` of direction.py."""
        body = json.dumps(said).encode()
        request = urllib.request.Request(f"{self.url}/_control/{verb}", body, {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                told: dict[str, Any] = json.load(answer)
                return told
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(json.load(error)["error"]) from None

    async def ask(self, verb: str, **said: Any) -> dict[str, Any]:
        """The same from an event loop."""
        return await asyncio.to_thread(self.tell, verb, **said)


@dataclass(frozen=True)
class Running(Control):
    """A process that serves. `ca`: the authority's certificate; `bundle`: it and everybody certifi trusts."""

    proxy: str
    ca: Path
    bundle: Path

    def environment(self, *, shim: bool = False) -> dict[str, str]:
        """What leads a program there by its environment alone; see environment.py."""
        return environment(self.proxy, self.bundle, shim=shim)


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[Running]:
    """`python -m tests.platforms.tiktok ARGUMENTS` on free ports until the block ends."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "tests.platforms.tiktok", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the loopback TikTok did not start")
            told = json.loads(line)
            yield Running(told["url"], told["proxy"], Path(told["ca"]), Path(told["bundle"]))
        finally:
            process.terminate()
            process.wait(10)
