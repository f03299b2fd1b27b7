"""Reading messages: what we read is what the library reads, and nothing hostile gets through."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from TikTokLive.client.ws.ws_utils import extract_webcast_response_message
from TikTokLive.events.proto_events import EVENT_MAPPINGS
from TikTokLive.proto import ProtoMessageFetchResult, WebcastPushFrame

from core.adapters.tiktok.chat.decoding import KINDS, LONGEST_NAME, LONGEST_TEXT, Decoder
from core.adapters.tiktok.chat.frames import RESULT, frame_of
from core.adapters.tiktok.chat.limits import Losses
from core.adapters.tiktok.chat.reading import Plan, plan_of, read
from core.model.live import CaptionShown, ChatMessage, GiftSent, HostEnded, Joined, Liked, LiveEvent, ViewerCount
from tests.platforms.tiktok import Caption, Comment, Event, Gift, Host, Join, Like, Viewers
from tests.platforms.tiktok.events import payload
from tests.platforms.tiktok.wire import data, number, push_frame, text
from tests.platforms.tiktok.world import Account, Room

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
ROOM = Room(7, Account("alice", 1, "", "Alice"))
SCALARS = {
    "string": some.text(max_size=20),
    "bytes": some.binary(max_size=20),
    "int32": some.integers(-(2**31), 2**31 - 1),
    "int64": some.integers(-(2**63), 2**63 - 1),
    "uint64": some.integers(0, 2**64 - 1),
    "bool": some.booleans(),
}


def seen(message: Any, plan: Plan) -> dict[str, Any]:
    """What `plan` wants, out of the library's own object; defaults are not on the wire."""
    found: dict[str, Any] = {}
    for field in plan.values():
        value = getattr(message, field.name)
        if field.inner is None:
            told = value.encode() if isinstance(value, str) else int(value)
            found |= {field.name: told} if told else {}
        elif field.repeated:
            found |= {field.name: [seen(each, field.inner) for each in value]} if value else {}
        elif value is not None:
            found[field.name] = seen(value, field.inner)
    return found


def messages(kind: Any, plan: Plan) -> some.SearchStrategy[Any]:
    """Messages of a class of the library, with fields a plan wants and others."""
    meta, choices = kind._betterproto, {}
    for name, field in meta.meta_by_field_name.items():
        within = plan.get(field.number)
        if within is not None and within.inner is not None:
            inner = messages(meta.cls_by_field[name], within.inner)
            choices[name] = some.lists(inner, max_size=3) if field.repeated else inner
        elif field.proto_type in SCALARS and not field.repeated:
            choices[name] = SCALARS[field.proto_type]
        elif field.proto_type == "enum" and not field.repeated:
            choices[name] = some.sampled_from(list(meta.cls_by_field[name]))
    names = some.sets(some.sampled_from(sorted(choices)), max_size=12)

    def built(values: dict[str, Any]) -> Any:
        message = kind()
        for name, value in values.items():
            setattr(message, name, value)
        return message

    return names.flatmap(lambda chosen: some.fixed_dictionaries({name: choices[name] for name in chosen})).map(built)


@pytest.mark.parametrize("method", sorted(KINDS))
@settings(max_examples=60, deadline=None)
@given(chosen=some.data())
def test_what_is_read_is_what_the_library_reads(method: str, chosen: some.DataObject) -> None:
    message = chosen.draw(messages(EVENT_MAPPINGS[method], KINDS[method].plan))
    payload, plan = bytes(message), KINDS[method].plan
    assert read(payload, plan) == seen(EVENT_MAPPINGS[method]().parse(payload), plan)


@settings(max_examples=60, deadline=None)
@given(messages(ProtoMessageFetchResult, RESULT), some.integers(0, 2**63 - 1), some.booleans())
def test_a_frame_tells_us_what_it_tells_the_library(result: Any, log_id: int, zipped: bool) -> None:
    sent = push_frame(bytes(result), log_id, zipped)
    theirs = WebcastPushFrame().parse(sent)
    inside = extract_webcast_response_message(theirs)
    found = frame_of(sent)
    assert found is not None
    frame, ours = found
    assert frame.log_id == theirs.log_id
    assert (ours.internal_ext, ours.need_ack, ours.is_first) == (inside.internal_ext, inside.need_ack, inside.is_first)
    assert [tuple(each) for each in ours.messages] == [
        (each.method, each.payload, each.is_history) for each in inside.messages
    ]


@given(some.binary(max_size=60))
def test_bytes_that_are_no_frame_are_refused_in_one_way(noise: bytes) -> None:
    frames = (noise, push_frame(noise, 1, True), push_frame(noise, 1, False), push_frame(b"", 1, True)[:-3] + noise)
    for frame in frames:
        with suppress(ValueError):
            frame_of(frame)


@given(some.binary(max_size=60), some.sampled_from(sorted(KINDS)))
def test_no_bytes_at_all_do_harm(noise: bytes, method: str) -> None:
    list(Decoder(Losses()).events(method, noise, False, NOW))


@given(some.integers(0, 400), some.binary(min_size=1, max_size=3))
def test_a_message_cut_short_or_overwritten_does_no_harm(at: int, noise: bytes) -> None:
    whole = payload(Comment("bob", "hello", rich=False), ROOM, 5)
    for broken in (whole[:at], whole[:at] + noise + whole[at + len(noise) :]):
        list(Decoder(Losses()).events("WebcastChatMessage", broken, False, NOW))


def test_a_field_the_library_does_not_know_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        plan_of(EVENT_MAPPINGS["WebcastChatMessage"], "contents")


def decoded(*events: Event, now_ms: int = 0, history: bool = False) -> list[LiveEvent]:
    decoder = Decoder(Losses())
    found: list[LiveEvent] = []
    for msg_id, event in enumerate(events, 1):
        found += decoder.events(event.method, payload(event, ROOM, msg_id, now_ms), history, NOW)
    return [*found, *decoder.rest()]


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def test_a_time_that_cannot_be_is_the_arrival() -> None:
    for at, expected in (
        (milliseconds(NOW - timedelta(minutes=3)), NOW - timedelta(minutes=3)),
        (milliseconds(NOW + timedelta(seconds=2)), NOW + timedelta(seconds=2)),
        (milliseconds(NOW + timedelta(hours=1)), NOW),
        (round(NOW.timestamp()), NOW),
        (2**62, NOW),
        (1, NOW),
    ):
        (event,) = decoded(Comment("bob", "hello"), now_ms=at)
        assert event.at == expected


def test_texts_are_cut_and_nothing_storage_cannot_keep_gets_through() -> None:
    long, odd = decoded(Comment("b" * 5_000, "é" * 50_000), Comment("bob", "a\0b"))
    assert isinstance(long, ChatMessage)
    assert isinstance(odd, ChatMessage)
    assert (len(long.text), len(long.chatter.handle)) == (LONGEST_TEXT, LONGEST_NAME)
    assert odd.text == "ab"


def test_text_that_is_no_utf_8_is_still_text() -> None:
    losses = Losses()
    raw = data(2, text(38, "bob")) + data(3, b"caf\xe9 now")
    (event,) = Decoder(losses).events("WebcastChatMessage", raw, False, NOW)
    assert isinstance(event, ChatMessage)
    assert (event.text, event.id, event.chatter.id) == ("caf\ufffd now", "", "")


@pytest.mark.parametrize(
    "raw", [text(3, "of nobody"), data(2, number(1, 5)) + text(3, "of no name"), data(2, text(38, "bob")), b"\x0b"]
)
def test_a_comment_without_a_person_or_words_is_counted_and_dropped(raw: bytes) -> None:
    losses = Losses()
    assert list(Decoder(losses).events("WebcastChatMessage", raw, False, NOW)) == []
    assert losses.malformed == 1


def test_what_a_room_shows_again_is_told_only_when_it_can_be_known_again() -> None:
    everything = (Comment("bob", "a"), Gift("eve"), Like("bob"), Join("x"), Viewers(5), Host("ended"))
    assert [type(event) for event in decoded(*everything, history=True)] == [ChatMessage, GiftSent]


def test_a_gift_without_a_name_is_called_by_its_number() -> None:
    raw = number(2, 5655) + data(7, text(38, "eve")) + number(5, 3)
    (event,) = Decoder(Losses()).events("WebcastGiftMessage", raw, False, NOW)
    assert isinstance(event, GiftSent)
    assert (event.gift, event.count) == ("#5655", 3)


def test_counts_are_never_negative_nor_too_big_to_store() -> None:
    minus = (1 << 64) - 5
    assert decoded(Like("bob", minus), Viewers(minus)) == [ViewerCount(NOW, 0)]
    huge, many = decoded(Like("bob", 2**40), Viewers(2**40))
    assert isinstance(huge, Liked)
    assert isinstance(many, ViewerCount)
    assert (huge.count, many.count) == (2**31 - 1, 2**31 - 1)


def test_a_caption_that_grows_is_told_once_and_whole() -> None:
    told = decoded(
        Caption("I", sentence=1, definite=False),
        Caption("I made", sentence=1, definite=False),
        Caption("I made soup", sentence=1),
        Caption("with", sentence=2, definite=False),
        Caption("with onions", sentence=2, definite=False),
        Caption("today", sentence=3, definite=False),
    )
    assert [event.text for event in told if isinstance(event, CaptionShown)] == ["I made soup", "with onions", "today"]


def test_an_end_and_a_ban_are_both_the_end() -> None:
    assert [type(event) for event in decoded(Host("ended"), Host("suspended"))] == [HostEnded, HostEnded]


def test_a_social_message_that_is_neither_follow_nor_share_tells_nothing() -> None:
    assert list(Decoder(Losses()).events("WebcastSocialMessage", data(2, text(38, "bob")), False, NOW)) == []
    (join,) = decoded(Join("x"))
    assert isinstance(join, Joined)
