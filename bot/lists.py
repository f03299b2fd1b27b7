"""A list of accounts as people hand it over: typed, with the command as a file, or on the console as a file's path."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import Invalid
from core.services.carried import LONGEST

if TYPE_CHECKING:
    from bot.asked import Attachment

PATH = re.compile(r"(?:~|\.{0,2})[/\\].*")
FILE = re.compile(r".*\.(?:ya?ml|json|csv|txt)", re.IGNORECASE)


def file_named(text: str) -> Path | None:
    """The file that `text` names, None when it is a list itself: a name like `my.list.txt` is a file only where one is."""
    word = text.strip()
    if "\n" in word or "\0" in word or len(word) > 1000 or not (PATH.fullmatch(word) or FILE.fullmatch(word)):
        return None
    path = Path(word).expanduser() if word.startswith("~/") else Path(word)
    return path if PATH.fullmatch(word) or path.is_file() else None


def content(path: Path) -> str:
    """What a file holds, at most one character more than a list may have. Raises Invalid LIST_FILE (x, reason)."""
    try:
        if path.exists() and not path.is_file():  # a device or a pipe may never end
            raise Invalid("LIST_FILE", x=path, reason="it is no file")
        with path.open(encoding="utf-8-sig") as file:
            return file.read(LONGEST + 1)
    except UnicodeDecodeError as error:
        raise Invalid("LIST_FILE", x=path, reason="it is not UTF-8 text") from error
    except (OSError, RuntimeError) as error:
        raise Invalid("LIST_FILE", x=path, reason=getattr(error, "strerror", None) or str(error)) from error


async def handed(attachment: "Attachment") -> str:
    """What a file that came with the command holds. Raises Invalid LIST_FILE (x, reason) and LIST_LONG (m)."""
    data = b""
    async for part in attachment.fetch():
        data += part
        if len(data) > LONGEST:
            raise Invalid("LIST_LONG", m=LONGEST)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("LIST_FILE", x=attachment.name, reason="it is not UTF-8 text") from error
