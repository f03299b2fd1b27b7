"""What TikTok's answers say about accounts and rooms. They are a stranger's data: any field may be missing or of any kind."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.adapters.tiktok.web import no_data
from core.errors import Denied, Invalid, Missing, Transient
from core.model.account import Handle
from core.model.live import Look
from core.ports.tiktok import Profile

LIVE, ENDED = 2, 4
"""A room's status."""

AGE_CODE, ENDED_CODE, NO_ROOM_CODE = 4003110, 4001, 10011
"""Room info's status codes; the first also means "refused": a low opinion of the address that asks (TikTok-Live-Connector #312)."""

PRIVATE_CODE, NOBODY_CODES = 10222, frozenset({10202, 10221})
"""A profile page's status codes."""

SCRIPT = 'id="__UNIVERSAL_DATA_FOR_REHYDRATION__"'
LONGEST_TEXT, LONGEST_ABOUT, LONGEST_ID, LONGEST_ADDRESS = 300, 2000, 25, 2000
AVATARS = ("avatarLarger", "avatarMedium", "avatarThumb")
MOST = 2**53
FIRST_LIVES = datetime(2016, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RoomInfo:
    """What room info says: its status, and where the stream is as TikTok wrote it (empty when it does not say)."""

    status: int
    stream_url: Mapping[str, Any] = field(default_factory=dict)


def look_of(said: Mapping[str, Any], handle: Handle, at: datetime) -> Look:
    """The reading in an answer of api-live.

    Raises Missing NAME_UNKNOWN (TikTok says so of whoever never was live, too, and now and then of lives that run), Transient
    TIKTOK_DOWN when it says nothing.
    """
    if said.get("message") == "user_not_found":
        raise Missing("NAME_UNKNOWN", x=handle)
    user, room = part(said, "data", "user"), part(said, "data", "liveRoom")
    status, room_id = number(room.get("status")), digits(user.get("roomId"))
    live, avatars = status == LIVE, [user.get(name) for name in AVATARS]
    if status is None or (live and not room_id):
        raise Transient("TIKTOK_DOWN")
    return Look(
        at,
        live,
        room_id if live else "",
        text(room.get("title")) if live else "",
        text(user.get("nickname")),
        digits(user.get("id")),
        number(part(said, "data", "stats").get("followerCount")),
        number(part(room, "liveRoomStats").get("userCount")) if live else None,
        moment(room.get("startTime"), at) if live else None,
        picture(room.get("coverUrl"), *avatars) if live else "",
        picture(*reversed(avatars)),
    )


def room_of(said: Mapping[str, Any]) -> RoomInfo:
    """The reading in an answer of room info. Raises Denied AGE (18+ or refused), Transient TIKTOK_DOWN."""
    code, data = number(said.get("status_code")), part(said, "data")
    if code in (ENDED_CODE, NO_ROOM_CODE):
        return RoomInfo(ENDED)
    status = number(data.get("status"))
    if code == AGE_CODE or (status is None and "prompts" in data):
        raise Denied("AGE")
    if code != 0 or status is None:
        raise Transient("TIKTOK_DOWN")
    return RoomInfo(status, part(data, "stream_url"))


def guest_room_of(said: Mapping[str, Any]) -> tuple[int, str]:
    """(status, address of a stream) in an answer of live/detail: all that TikTok has of guests in somebody else's live."""
    info = part(said, "LiveRoomInfo")
    address = info.get("liveUrl")
    return number(info.get("status")) or 0, address if isinstance(address, str) else ""


def alive_of(said: Mapping[str, Any], rooms: Sequence[str]) -> frozenset[str]:
    """Those of `rooms` an answer of check_alive calls alive, by the ids in it: their order is not that of the question."""
    rows = said.get("data")
    if not isinstance(rows, list):
        raise Transient("TIKTOK_DOWN")
    found = (row for row in rows if isinstance(row, dict) and row.get("alive") is True)
    return frozenset(digits(row.get("room_id_str")) or digits(row.get("room_id")) for row in found) & frozenset(rooms)


def profile_of(page: str) -> Profile | None:
    """The account of a profile page, None when it says that there is nobody. Raises Transient when it says nothing."""
    detail = part(_data_of(page), "__DEFAULT_SCOPE__", "webapp.user-detail")
    code, user = number(detail.get("statusCode")), part(detail, "userInfo", "user")
    if code in NOBODY_CODES:
        return None
    tiktok_id = digits(user.get("id"))
    try:
        handle = Handle.parse(text(user.get("uniqueId")))
    except Invalid as error:
        raise Transient("TIKTOK_DOWN") from error
    if not tiktok_id:
        raise Transient("TIKTOK_DOWN")
    return Profile(
        handle,
        tiktok_id,
        text(user.get("nickname")),
        number(part(detail, "userInfo", "stats").get("followerCount")),
        text(user.get("signature"), LONGEST_ABOUT),
        code == PRIVATE_CODE or user.get("privateAccount") is True,
    )


def _data_of(page: str) -> dict[str, Any]:
    """The data in a page's script. Searched without patterns: a hostile page must not cost more than its length."""
    tag = page.find(SCRIPT)
    begin = page.find(">", tag) + 1 if tag >= 0 else 0
    end = page.find("</script>", begin) if begin else -1
    if end < 0:
        raise no_data(page)
    try:
        data = json.loads(page[begin:end])
    except (ValueError, RecursionError) as error:
        raise Transient("TIKTOK_DOWN") from error
    return data if isinstance(data, dict) else {}


def part(value: Any, *names: str) -> dict[str, Any]:
    """The object under these names; an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Any, most: int = LONGEST_TEXT) -> str:
    """A text that can be stored, at most so long; empty for anything else."""
    return value[:most].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def number(value: Any) -> int | None:
    """A number that is not negative, also one written as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST_ID:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MOST:
        return None
    return value


def digits(value: Any) -> str:
    """An id of TikTok's: digits, also one written as a number; empty for none."""
    word = str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**80 else value
    right = isinstance(word, str) and word.isascii() and word.isdigit() and len(word) <= LONGEST_ID
    return word if right and word.strip("0") else ""


def picture(*values: Any) -> str:
    """The first of `values` that can be the address of a picture; who fetches it looks closer."""
    found = (value for value in values if isinstance(value, str) and value.startswith("https://"))
    return next((value for value in found if len(value) <= LONGEST_ADDRESS and value.isascii()), "")


def moment(value: Any, now: datetime) -> datetime | None:
    """Unix seconds as a time, None for what cannot be the beginning of a live."""
    seconds = number(value)
    if not seconds or seconds > now.timestamp() + 60:
        return None
    at = datetime.fromtimestamp(seconds, UTC)
    return min(at, now) if at >= FIRST_LIVES and now - at < timedelta(days=30) else None
