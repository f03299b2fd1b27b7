"""Files that OBS wrote on its machine, found on this one."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from core.errors import EarshotError, Invalid, Missing
from core.ports.replays import Fetched, Replay

TRIES, BETWEEN = 5, 0.5  # seconds: Windows holds a file that was just written (the Live Chat Detector's numbers)
ANSWERS = 3.0  # seconds a folder may take to be looked at
Remux = Callable[[Path, Path, float, float, Callable[[], bool]], Fetched]


class ReplayFiles:
    """`folders` are pairs (as OBS calls it, here), from OBS_RECORDING_MAP; `load` gives what makes an MP4 of a file, and is called
    in a thread when the first one is needed."""

    def __init__(self, folders: str, load: Callable[[], Remux]) -> None:
        pairs = (pair.partition("=") for pair in folders.split(";") if pair.strip())
        self._folders = [(_pure(there.strip()), Path(here.strip())) for there, _, here in pairs]
        self._load = load
        self._alone = asyncio.Semaphore(1)  # lives go on beside it
        self._ending = threading.Event()
        self._looking, self._hung = asyncio.Lock(), False

    def here(self, path: str) -> Path | None:
        """Where `path` of OBS's machine is on this one; None: nobody has said."""
        pure = _pure(path)
        for there, here in self._folders:
            if type(there) is type(pure) and pure.is_relative_to(there):
                rest = pure.relative_to(there).parts
                return None if ".." in rest else here.joinpath(*rest)
        local = Path(path)
        return local if local.is_absolute() and isinstance(local, type(pure)) else None

    async def reaches(self, folder: str) -> bool:
        """Whether this machine sees a folder of OBS's."""
        here = self.here(folder) if folder else None
        return here is not None and await self._sees(here)

    async def _sees(self, folder: Path) -> bool:
        """Whether it is there and answers. A share whose machine is off answers never, and must hold up nothing: a thread looks for
        which nobody waits, and no other is begun before it has come back."""
        loop, found = asyncio.get_running_loop(), asyncio.Queue[bool]()

        def came(there: bool) -> None:
            self._hung = False
            found.put_nowait(there)

        def look() -> None:
            there = _is_folder(folder)
            with suppress(RuntimeError):  # the program ended meanwhile
                loop.call_soon_threadsafe(came, there)

        async with self._looking:
            if self._hung:
                return False
            threading.Thread(target=look, name="obs folder", daemon=True).start()
            try:
                async with asyncio.timeout(ANSWERS):
                    return await found.get()
            except TimeoutError:
                self._hung = True
                return False

    async def fetch(self, replay: Replay, to: Path, longest: float, back: float) -> Fetched:
        """See Replays."""
        path = self.here(replay.path)
        if path is None or not await self._sees(path.parent):
            raise Missing("OBS_ELSEWHERE", name=replay.name)
        await self._free(path, replay.name)
        async with self._alone:
            try:
                return await asyncio.to_thread(lambda: self._load()(path, to, longest, back, self._ending.is_set))
            except EarshotError as error:
                if error.code.startswith("SOURCE_"):
                    raise Invalid("OBS_UNREADABLE", name=replay.name) from error
                raise

    def close(self) -> None:
        """Give up what is being made: nobody waits for it any more."""
        self._ending.set()

    async def _free(self, path: Path, name: str) -> None:
        """Wait until nobody holds the file any more."""
        for left in reversed(range(TRIES)):
            try:
                if await asyncio.to_thread(_readable, path):
                    return
                error: OSError = FileNotFoundError(name)
            except OSError as found:
                error = found
            if left:
                await asyncio.sleep(BETWEEN)
        if isinstance(error, FileNotFoundError):
            raise Missing("OBS_GONE", name=name) from error
        raise Missing("OBS_LOCKED", name=name) from error


def _is_folder(path: Path) -> bool:
    """Whether it is a folder that may be looked into, on a disk or a share that answers."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _readable(path: Path) -> bool:
    """Whether there is something in it. Raises OSError."""
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        return bool(file.read(1))


def _pure(path: str) -> PurePath:
    """A path as the system that wrote it reads it: `D:\\Videos` and `\\\\nas\\rec` are Windows's."""
    windows = PureWindowsPath(path)
    return windows if windows.drive or "\\" in path else PurePosixPath(path)
