"""What the loopback Telegram keeps of calls, and refusals as the server words them."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

ASKING: ContextVar[web.Request] = ContextVar("asking")
"""The request that is being answered."""

MB = 1_000_000
REACTIONS = set(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)


class BotError(Exception):
    """An ``ok: false`` answer."""

    def __init__(
        self, code: int, description: str, parameters: dict[str, Any] | None = None, *, violation: bool = True
    ):
        super().__init__(description)
        self.code, self.description, self.parameters, self.violation = code, description, parameters, violation


def bad_request(text: str, **kw: Any) -> BotError:
    return BotError(400, f"Bad Request: {text}", **kw)


@dataclass
class Upload:
    filename: str
    data: bytes
    content_type: str = "application/octet-stream"


@dataclass
class Call:
    """One Bot API call as it arrived."""

    at: float
    method: str
    params: dict[str, Any]
    files: dict[str, Upload]
    status: int = 0
    result: Any = None
    error: str | None = None


@dataclass
class Pressed:
    """What followed a button press or an inline query."""

    query: dict[str, Any]
    answer: dict[str, Any] | None = None
    calls: list[Call] = field(default_factory=list)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [c.result for c in self.calls if isinstance(c.result, dict) and "message_id" in c.result]
