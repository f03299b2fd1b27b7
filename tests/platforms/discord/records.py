"""What the loopback Discord keeps of requests and of what was wrong with them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

API = "/api/v10"
EPOCH_MS = 1420070400000
MIB = 1 << 20
THREADS, FORUMS = (10, 11, 12), (15, 16)  # types of channels

# Application-command option types.
SUB_COMMAND, SUB_GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)


def json_response(payload: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with exactly ``application/json``, as Discord sends (discord.py compares the whole header)."""
    return web.Response(
        body=json.dumps(payload).encode(),
        status=status,
        headers={**(headers or {}), "Content-Type": "application/json"},
    )


def now_iso() -> str:
    return datetime.now(UTC).isoformat()


@dataclass
class UploadedFile:
    filename: str
    data: bytes
    content_type: str


@dataclass
class Request:
    """One REST request as the bot sent it, and the status it was given."""

    at: float
    method: str
    path: str
    template: str | None
    query: dict[str, str]
    body: Any
    files: dict[int, UploadedFile]
    headers: dict[str, str]
    status: int = 0
    done_at: float = 0.0


@dataclass
class Fault:
    """A planned failure: answered instead of the real handler, ``times`` times."""

    method: str
    path_glob: str
    status: int
    times: int = 1
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
