"""People in a chat: one place recognises them over its lives, two places cannot compare them, TikTok's number is nowhere."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EarshotError
from core.model.account import Handle
from core.model.live import ChatMessage, Chatter, GiftSent, Joined, Live, Look
from storage.chatters import KEY_BYTES, Chatters
from storage.database import Database
from storage.writer import BatchedWriter

NUMBER = "6812345678901234567"
BOB = Chatter("bob", NUMBER)


async def write(database: Database, live_id: int, *events: ChatMessage | GiftSent | Joined) -> None:
    writer = BatchedWriter(database)
    for second, event in enumerate(events):
        writer.put(live_id, float(second), event)
    await writer.flush()


async def seen(database: Database, live_id: int, place: str) -> list[tuple[str, str]]:
    """(handle, id) of everybody in a live, as a place sees them."""
    async with database.reading() as work:
        return [(event.chatter.handle, event.chatter.id) for _, event in await work.chats.of_live(live_id, place=place)]


async def another_live(database: Database, stage, room: str = "room2") -> Live:
    async with database.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        live, _ = await work.lives.begin(account, Look(stage.now, True, room), [stage.here, stage.there])
    return live


def events(stage, number: str = NUMBER) -> tuple[ChatMessage | GiftSent | Joined, ...]:
    who = Chatter("bob", number)
    return (
        ChatMessage(f"m{number[-2:]}", stage.now, who, "hello"),
        GiftSent(f"g{number[-2:]}", stage.now, who, "Rose", 1),
        Joined(stage.now, who, "follow"),
    )


async def test_one_place_recognises_a_person_over_its_lives_whatever_they_do(database: Database, stage):
    other = await another_live(database, stage)
    await write(database, stage.live.id, *events(stage))
    await write(database, other.id, *events(stage))
    known = {*await seen(database, stage.live.id, stage.here), *await seen(database, other.id, stage.here)}
    assert len(known) == 1
    assert known.pop()[1]


async def test_two_places_cannot_compare_people(database: Database, stage):
    other = await another_live(database, stage)
    await write(database, other.id, *events(stage), *events(stage, "2"))
    here, there = await seen(database, other.id, stage.here), await seen(database, other.id, stage.there)
    assert len({who for _, who in here}) == len({who for _, who in there}) == 2
    assert not {who for _, who in here} & {who for _, who in there}


async def test_without_a_place_nobody_has_a_name_but_the_one_shown(database: Database, stage):
    await write(database, stage.live.id, *events(stage))
    assert await seen(database, stage.live.id, "") == [("bob", "")] * 3


async def test_who_has_no_number_has_no_pseudonym(database: Database, stage):
    await write(database, stage.live.id, *events(stage, ""))
    assert await seen(database, stage.live.id, stage.here) == [("bob", "")] * 3


async def test_the_newest_lines_show_people_as_all_lines_do(database: Database, stage):
    await write(database, stage.live.id, *(ChatMessage(f"m{n}", stage.now, BOB, f"line {n}") for n in range(3)))
    async with database.reading() as work:
        every = await work.chats.of_live(stage.live.id, place=stage.here)
        assert await work.chats.last(stage.live.id, 2, place=stage.here) == every[:0:-1]


async def test_tiktoks_number_is_nowhere_on_the_disk(database: Database, stage, tmp_path: Path):
    await write(database, stage.live.id, *events(stage))
    await seen(database, stage.live.id, stage.here)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert database.path in files
    assert [path.name for path in files if NUMBER.encode() in path.read_bytes()] == []


async def test_the_key_is_a_file_of_its_own_that_only_the_owner_reads(database: Database, stage, tmp_path: Path):
    path = tmp_path / "chatters.key"
    assert not path.exists()  # made at first use
    await write(database, stage.live.id, *events(stage))
    key = path.read_bytes()
    assert (len(key), stat.S_IMODE(path.stat().st_mode)) == (KEY_BYTES, 0o600)
    assert all(
        key not in other.read_bytes() for other in tmp_path.rglob("*") if other.is_file() and other.name != path.name
    )


def test_another_installation_gives_other_hashes_and_the_same_one_the_same(tmp_path: Path):
    first, again, other = (Chatters(tmp_path / name) for name in ("a.key", "a.key", "b.key"))
    assert first.key_of(NUMBER) == again.key_of(NUMBER) != other.key_of(NUMBER)
    assert first.shown("bob", first.key_of(NUMBER), "x") == again.shown("bob", first.key_of(NUMBER), "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.key", "b.key"]


def test_a_file_that_is_no_key_is_replaced_by_one(tmp_path: Path):
    path = tmp_path / "chatters.key"
    path.write_bytes(b"")
    assert Chatters(path).key_of(NUMBER) == Chatters(path).key_of(NUMBER)
    assert len(path.read_bytes()) == KEY_BYTES


def test_a_folder_that_cannot_be_written_to_is_said_so(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EarshotError):
        Chatters(tmp_path / "file" / "chatters.key").key_of(NUMBER)


@pytest.fixture(scope="module")
def chatters(tmp_path_factory: pytest.TempPathFactory) -> Chatters:
    return Chatters(tmp_path_factory.mktemp("chatters") / "chatters.key")


@given(number=st.text(), places=st.lists(st.text(min_size=1), min_size=2, max_size=2, unique=True))
def test_any_number_is_hidden_and_any_two_places_differ(chatters: Chatters, number: str, places: list[str]):
    key = chatters.key_of(number)
    one, two = (chatters.shown("bob", key, place.encode("utf-8", "replace").decode()).id for place in places)
    if not number:
        assert key == one == two == ""
    elif places[0].encode("utf-8", "replace") != places[1].encode("utf-8", "replace"):
        assert len({key, one, two}) == 3
        assert len(key) == len(one) == 24
