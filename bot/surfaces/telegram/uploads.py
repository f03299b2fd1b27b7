"""Files on their way to Telegram: opened while they are read, and not sent again where Telegram has them already."""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from telegram import InputFile, Message

from bot.card import File
from bot.surfaces.telegram.draw import Body
from core.ports.store import Storage

UPLOAD, LOCAL_UPLOAD = 50_000_000, 2_000_000_000  # bytes (Bot API, "Sending files"; with a server of one's own)
KNOWN = 500  # files remembered in memory
KEPT = timedelta(days=60)  # after the last time it was sent a video is sent whole again

KINDS = frozenset({"photo", "video", "document"})


@dataclass
class Uploads:
    """What Telegram calls the files it has of us (`file_id`), by kind, path, size and time of the file; per bot."""

    storage: Storage
    bot: str
    local: bool
    _known: dict[str, str] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """Bytes a file may have."""
        return LOCAL_UPLOAD if self.local else UPLOAD

    async def arguments(self, body: Body, opened: ExitStack, *, known: bool = True) -> tuple[dict[str, Any], bool]:
        """What the library's method takes, and whether a file goes by its id. Handles are closed by `opened`. Raises OSError
        when a file is gone."""
        used, parts = False, {}
        for part, file in body.files.items():
            try:
                number = await self._id(part, file) if known and file.path else ""
                parts[part] = number or self._opened(file, opened)
                if part == "video" and not number and file.still is not None and file.still.is_file():
                    parts["cover"] = self._opened(File(file.still.name, file.still), opened)
            except ValueError as error:
                raise FileNotFoundError("no file can have that name") from error
            used = used or bool(number)
        return {**body.params, **parts}, used

    def _opened(self, file: File, opened: ExitStack) -> InputFile | Path:
        if file.path is None:
            return InputFile(file.data, filename=file.name)
        if self.local and file.path.stat().st_size > UPLOAD:
            return file.path.resolve()  # a server on this machine reads it itself
        handle = opened.enter_context(file.path.open("rb"))
        return InputFile(handle, filename=file.name, read_file_handle=False)

    async def sent(self, body: Body, message: Message) -> None:
        """Remember what Telegram calls the files of a message."""
        for part, file in body.files.items():
            if file.path is not None and (number := _number(part, message)):
                name = self._name(part, file.path)
                self._known[name] = number
                if len(self._known) > KNOWN:
                    del self._known[next(iter(self._known))]
                if part == "video":
                    async with self.storage.work() as work:
                        await work.memos.put(name, number, datetime.now(UTC) + KEPT)

    async def forget(self, body: Body) -> None:
        """Telegram has them no longer."""
        for part, file in body.files.items():
            if file.path is not None:
                name = self._name(part, file.path)
                self._known.pop(name, None)
                async with self.storage.work() as work:
                    await work.memos.put(name, "")

    async def _id(self, part: str, file: File) -> str:
        assert file.path is not None
        name = self._name(part, file.path)
        if name in self._known or part != "video":
            return self._known.get(name, "")
        async with self.storage.reading() as work:
            return await work.memos.get(name)

    def _name(self, part: str, path: Path) -> str:
        about = path.stat()
        told = f"{part}|{path}|{about.st_size}|{about.st_mtime_ns}"
        return f"telegram:file:{self.bot}:{hashlib.blake2b(told.encode(), digest_size=12).hexdigest()}"


def _number(part: str, message: Message) -> str:
    """The id of a file of one kind; Telegram makes some videos animations, whose ids are good for those only."""
    found = message.photo[-1] if part == "photo" and message.photo else getattr(message, part, None)
    return found.file_id if found and part in KINDS else ""
