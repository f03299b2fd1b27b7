"""Protocol buffers written by hand, and the frames a webcast socket carries.

Field numbers are those of TikTokLiveProto 0.2.2 (v3); `tests/platforms/test_tiktok.py` compares the bytes with that library's own.
Zero and empty values are left out, as proto3 does.
"""

import gzip
import time
from collections.abc import Mapping
from dataclasses import dataclass

CURSOR = "t-1_r-1_d-1_u-1_h-1"


def varint(value: int) -> bytes:
    """`value` (not negative) in groups of seven bits."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """A number or a truth value."""
    return varint(field << 3) + varint(value) if value else b""


def data(field: int, value: bytes) -> bytes:
    """Bytes or a message within a message; nothing when empty."""
    return varint(field << 3 | 2) + varint(len(value)) + value if value else b""


def text(field: int, value: str) -> bytes:
    """A string."""
    return data(field, value.encode())


def packed(field: int, values: tuple[int, ...]) -> bytes:
    """A list of numbers."""
    return data(field, b"".join(varint(value) for value in values))


def envelope(method: str, payload: bytes, msg_id: int, history: bool = False) -> bytes:
    """One message of a fetch result, tagged as its field 1."""
    return data(1, text(1, method) + data(2, payload) + number(3, msg_id) + number(6, history))


def fetch_result(envelopes: bytes, need_ack: bool, internal_ext: str = "") -> bytes:
    """What a `msg` frame holds."""
    return envelopes + text(2, CURSOR) + number(3, 1000) + text(5, internal_ext) + number(9, need_ack)


def first_result(push_server: str, history: bytes, route_params: Mapping[str, str]) -> bytes:
    """What the sign server answers: recent messages, where the websocket is, and with which parameters."""
    entries = b"".join(data(7, text(1, key) + text(2, value)) for key, value in route_params.items())
    return (
        history
        + text(2, CURSOR)
        + number(3, 1000)
        + number(4, int(time.time() * 1000))
        + text(5, "internal_src:dim|wss_push_room_id:0")
        + number(6, 1)
        + entries
        + number(8, 10_000)
        + number(9, 1)
        + text(10, push_server)
        + number(11, 1)
    )


def push_frame(result: bytes, log_id: int, zipped: bool) -> bytes:
    """A `msg` frame; the client looks at the header compress_type."""
    header = data(5, text(1, "compress_type") + text(2, "gzip" if zipped else "none"))
    body = gzip.compress(result, 1) if zipped else result
    return number(2, log_id) + header + text(6, "pb") + text(7, "msg") + data(8, body)


def plain_frame(kind: str, payload: bytes = b"") -> bytes:
    """A frame of the transport itself, such as `hb`."""
    header = data(5, text(1, "compress_type") + text(2, "none"))
    return header + text(6, "pb") + text(7, kind) + data(8, payload)


def unzippable_frame() -> bytes:
    """A `msg` frame that says it is gzip and is not."""
    header = data(5, text(1, "compress_type") + text(2, "gzip"))
    return header + text(7, "msg") + data(8, b"this is not gzip")


@dataclass(frozen=True)
class ClientFrame:
    """A frame from a client: `im_enter_room`, `hb` or `ack`, and for an `ack` what it acknowledges."""

    kind: str
    log_id: int


def read_client_frame(frame: bytes) -> ClientFrame:
    """Read what we need of a WebcastPushFrame. Raises ValueError when it is none."""
    kind, log_id, at = "", 0, 0
    while at < len(frame):
        tag, at = _varint_at(frame, at)
        field, form = tag >> 3, tag & 7
        if form not in (0, 2):
            raise ValueError(f"wire type {form}")
        value, at = _varint_at(frame, at)
        if form == 2:
            if field == 7:
                kind = frame[at : at + value].decode()
            at += value
        elif field == 2:
            log_id = value
    return ClientFrame(kind, log_id)


def _varint_at(frame: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while at < len(frame):
        byte = frame[at]
        value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
        if byte < 0x80:
            return value, at
    raise ValueError("cut short")
