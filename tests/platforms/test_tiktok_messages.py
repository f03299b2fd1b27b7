"""What we write by hand is byte for byte what TikTokLive's own message classes write."""

from dataclasses import dataclass
from typing import Any

import pytest
from TikTokLive.proto import ProtoMessageFetchResult, WebcastPushFrame
from TikTokLiveProto.v3.webcast import model
from TikTokLiveProto.v3.webcast.im import ControlAction, PushHeader
from TikTokLiveProto.v3.webcast.model import message
from TikTokLiveProto.v3.webcast.model.base import ImageModel
from TikTokLiveProto.v3.webcast.model.base.user import FollowInfo, User
from TikTokLiveProto.v3.webcast.model.message.common import Text
from TikTokLiveProto.v3.webcast.shared.message import BaseProtoMessage, CommonMessageData

from tests.platforms.tiktok import (
    Caption,
    Comment,
    Delete,
    Event,
    Follow,
    Gift,
    Host,
    Join,
    Like,
    Share,
    Viewers,
    wire,
)
from tests.platforms.tiktok.events import payload, stable_id

ROOM_ID, MESSAGE, NOW = 7_500_000_000_000_000_001, 7_600_000_000_000_000_009, 1_790_000_000_123


@dataclass
class Room:
    room_id: int = ROOM_ID
    viewers: int = 12
    likes: int = 40


def built(kind: type[Any], *, key: str = "", **fields: Any) -> bytes:
    """A message of the library, filled by attribute: its constructor fails for those with a `common` field."""
    said = kind()
    shown = Text(key=key) if key else None
    said.common = CommonMessageData(
        method=kind.__name__, msg_id=MESSAGE, room_id=ROOM_ID, create_time=NOW, is_show_msg=True, display_text=shown
    )
    for name, value in fields.items():
        setattr(said, name, value)
    return bytes(said)


def user(handle: str) -> User:
    """A viewer with everything, as the library writes it."""
    number = stable_id(handle)

    def picture(kind: str, size: int) -> ImageModel:
        tail = f"{kind}/{number}~tplv-tiktok-shrink:{size}:{size}.webp"
        urls = [f"https://p{host}-webcast.tiktokcdn.com/img/{tail}" for host in (16, 19)]
        return ImageModel(url_list=urls, uri=f"{kind}/{number}")

    return User(
        id=number,
        nickname=handle.title(),
        bio_description=f"just {handle}",
        avatar_thumb=picture("thumb", 72),
        avatar_medium=picture("medium", 200),
        avatar_large=picture("large", 1080),
        follow_info=FollowInfo(following_count=321, follower_count=1234, follow_status=1),
        display_id=handle,
        sec_uid=f"MS4wLjABAAAA{handle:-<32}"[:64],
    )


BOB = user("bob")
ROSE = model.Gift(id=5655, name="Rose", type=1, diamond_count=1, combo=True)
TWINS: list[tuple[Event, bytes]] = [
    (
        Comment("bob", "grüß dich 👋"),
        built(message.WebcastChatMessage, user=BOB, content="grüß dich 👋", content_language="en"),
    ),
    (Like("bob", count=15), built(message.WebcastLikeMessage, count=15, total=40, user=BOB)),
    (
        Gift("bob", "Rose", 5, end=False, streak=77),
        built(
            message.WebcastGiftMessage,
            gift_id=5655,
            group_count=1,
            repeat_count=5,
            combo_count=5,
            user=BOB,
            group_id=77,
            gift=ROSE,
        ),
    ),
    (
        Follow("bob"),
        built(message.WebcastSocialMessage, key="pm_main_follow_message_viewer_2", user=BOB, action=1),
    ),
    (Share("bob"), built(message.WebcastSocialMessage, key="pm_mt_guidance_share", user=BOB, action=3)),
    (Join("bob"), built(message.WebcastMemberMessage, user=BOB, member_count=12)),
    (Viewers(99), built(message.WebcastRoomUserSeqMessage, total=99, popularity=99, total_user=297)),
    (Host("suspended"), built(message.WebcastControlMessage, action=ControlAction.STREAM_SUSPENDED)),
    (
        Caption("bonjour", "fr", 900, sentence=3, sequence=4, at_ms=NOW),
        built(
            message.WebcastCaptionMessage,
            timestamp_ms=NOW,
            duration_ms=900,
            content=[message.CaptionContent(lang="fr", content="bonjour")],
            sentence_id=3,
            sequence_id=4,
            definite=True,
        ),
    ),
    (
        Delete((MESSAGE, 300), (5,)),
        built(message.WebcastImDeleteMessage, delete_msg_ids=[MESSAGE, 300], delete_user_ids=[5]),
    ),
]


@pytest.mark.parametrize(("event", "twin"), TWINS, ids=[type(event).__name__ for event, _ in TWINS])
def test_an_event_is_written_as_the_library_writes_it(event: Event, twin: bytes) -> None:
    assert payload(event, Room(), MESSAGE, NOW) == twin


@pytest.mark.parametrize("zipped", [False, True])
def test_a_frame_of_two_messages_is_written_as_the_library_writes_it(zipped: bool) -> None:
    said = [
        BaseProtoMessage(method="WebcastChatMessage", payload=b"one", msg_id=1, is_history=True),
        BaseProtoMessage(method="WebcastLikeMessage", payload=b"two", msg_id=2),
    ]
    envelopes = wire.envelope("WebcastChatMessage", b"one", 1, True) + wire.envelope("WebcastLikeMessage", b"two", 2)
    result = wire.fetch_result(envelopes, True, "ext")
    assert result == bytes(
        ProtoMessageFetchResult(
            messages=said, cursor=wire.CURSOR, fetch_interval=1000, internal_ext="ext", need_ack=True
        )
    )
    frame = WebcastPushFrame().parse(wire.push_frame(result, 7, zipped))
    assert (frame.log_id, frame.payload_type, frame.payload_encoding) == (7, "msg", "pb")
    assert frame.headers == [PushHeader(key="compress_type", value="gzip" if zipped else "none")]


def test_the_first_result_is_read_as_it_was_written() -> None:
    history = wire.envelope("WebcastChatMessage", b"one", 1, True)
    first = ProtoMessageFetchResult().parse(wire.first_result("ws://x/", history, {"a": "1", "b": "2"}))
    assert (first.push_server, first.route_params, first.cursor) == ("ws://x/", {"a": "1", "b": "2"}, wire.CURSOR)
    assert (first.need_ack, first.is_first, first.heartbeat_duration) == (True, True, 10_000)
    assert [(each.method, each.is_history) for each in first.messages] == [("WebcastChatMessage", True)]


def test_a_frame_of_a_client_is_read_as_the_library_wrote_it() -> None:
    frame = WebcastPushFrame(payload_type="ack", payload_encoding="pb", log_id=300, payload=b"ext-1")
    assert wire.read_client_frame(bytes(frame)) == wire.ClientFrame("ack", 300)
