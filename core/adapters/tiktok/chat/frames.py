"""The library's websocket, with its frames read by us: quicker, bounded, and a frame that cannot be read costs only itself.

Importing this imports TikTokLive: see chat.py.
"""

import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from TikTokLive.client.ws.ws_connect import WebcastConnect, WebcastProxyConnect
from TikTokLive.client.ws.ws_utils import extract_websocket_options
from TikTokLive.proto import ProtoMessageFetchResult, WebcastPushFrame

from core.adapters.tiktok.chat.limits import Losses
from core.adapters.tiktok.chat.reading import plan_of, read

MOST_BYTES = 8 << 20  # of an unpacked frame; the websocket takes frames of 1 MiB
GZIP = 31  # zlib's number for gzip's own head and tail
FRAME = plan_of(WebcastPushFrame, "log_id", "headers.key", "headers.value", "payload_type", "payload")
RESULT = plan_of(
    ProtoMessageFetchResult,
    "messages.method",
    "messages.payload",
    "messages.is_history",
    "internal_ext",
    "need_ack",
    "is_first",
)


class Message(NamedTuple):
    """One message of a result; names as in the library."""

    method: str
    payload: bytes
    is_history: bool


class Result(NamedTuple):
    """What a `msg` frame holds; names as in the library."""

    messages: tuple[Message, ...]
    internal_ext: str
    need_ack: bool
    is_first: bool


class Frame(NamedTuple):
    """A frame, as far as its acknowledgement goes; names as in the library."""

    log_id: int


def frame_of(data: bytes) -> tuple[Frame, Result] | None:
    """The result in a frame; None for frames of the transport itself. Raises ValueError for what cannot be read."""
    said = read(data, FRAME)
    if said.get("payload_type") != b"msg":
        return None
    head = {each.get("key"): each.get("value") for each in said.get("headers", ())}
    body = said.get("payload", b"")
    result = read(_unpacked(body) if head.get(b"compress_type") == b"gzip" else body, RESULT)
    messages = tuple(
        Message(
            each.get("method", b"").decode(errors="replace"), each.get("payload", b""), bool(each.get("is_history"))
        )
        for each in result.get("messages", ())
    )
    extra = result.get("internal_ext", b"").decode(errors="replace")
    return Frame(said.get("log_id", 0)), Result(
        messages, extra, bool(result.get("need_ack")), bool(result.get("is_first"))
    )


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(GZIP)
    try:
        plain = unpacking.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise ValueError("not gzip") from error
    if not unpacking.eof:
        raise ValueError("cut short, or too much")
    return plain


class Socket(WebcastConnect):  # type: ignore[misc]  # the library is untyped here
    """A webcast websocket. `hear` is called for every frame, heartbeats' answers included; `losses` counts unreadable ones."""

    def __init__(self, *, hear: Callable[[], None], losses: Losses, **options: Any) -> None:
        super().__init__(**options)
        self._hear, self._losses = hear, losses

    async def __aiter__(self) -> AsyncIterator[tuple[Frame | None, Any]]:
        """What the library iterates: (None, what the sign server answered) once connected, then frames with their results."""
        try:
            async with self as protocol:
                self._ws, self._ws_options = protocol, extract_websocket_options(protocol.response_headers)
                yield None, self._initial_response
                async for data in protocol:
                    self._hear()
                    if isinstance(data, str):
                        continue
                    try:
                        found = frame_of(data)
                    except ValueError:
                        self._losses.malformed += 1
                        continue
                    if found is not None:
                        yield found
        finally:
            self._ws = self._ws_options = None


class ProxiedSocket(Socket, WebcastProxyConnect):  # type: ignore[misc]
    """The same through a proxy."""
