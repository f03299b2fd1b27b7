"""Search finds what was meant, wherever it stands, and nothing of what was removed."""

import pytest
from sqlalchemy import text

from core.model.live import ChatMessage, Chatter, Liked
from core.model.transcript import Gap, GapCause, Segment
from core.model.trigger import Where
from core.ports.stores.search import Found
from storage.database import Database
from storage.search import query_of
from storage.writer import BatchedWriter

LINES = [
    "Crème brûlée à Montréal",
    "STRASSE und Straße",
    "大家好 谢谢你们",
    "مرحبا بالعالم",
    "don't NEAR me",
    "free giveaway tonight, giveaway!",
    "nothing else",
]


@pytest.fixture
async def filled(database: Database, stage) -> Database:
    writer = BatchedWriter(database)
    for number, line in enumerate(LINES):
        writer.put(stage.live.id, float(number), ChatMessage(f"m{number}", stage.now, Chatter("bob"), line))
    await writer.flush()
    async with database.work() as work:
        segments = [Segment(10.0 * number, 10.0 * number + 5, line) for number, line in enumerate(LINES)]
        await work.transcripts.add(stage.live.id, [*segments, Segment(90.0, 95.0, None)])
    return database


async def _indexes_are_whole(database: Database) -> None:
    async with database.writing() as connection:
        for table in ("segment", "chat_line"):
            check = f"insert into {table}_fts ({table}_fts, rank) values ('integrity-check', 1)"
            await connection.execute(text(check))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("creme brulee", 0),
        ("MONTRÉAL", 0),
        ("straße", 1),
        ("strasse und", 1),
        ("大家", 2),
        ("你们", 2),
        ("مرحبا", 3),
        ("don't", 4),
        ('"near me"', 4),
        ("tonight giveaway", 5),
        ("near*", 4),
        ("search_text:near", None),
        ("giveaway -free", 5),
        ("give", None),
        ("NEAR(free giveaway)", None),
        ('"', None),
        ('"unclosed', None),
        ("* ^ ( ) : - +", None),
        ("", None),
        ("or nothing", None),
        ("\0", None),
        ("\ud800", None),
    ],
)
async def test_a_line_is_found_however_it_is_spelled(filled: Database, stage, words: str, line: int | None):
    async with filled.reading() as work:
        found = await work.search.find(stage.here, words)
    expected = (
        []
        if line is None
        else [
            Found(stage.live.id, Where.CHAT, float(line), LINES[line], "bob"),
            Found(stage.live.id, Where.SPEECH, 10.0 * line, LINES[line], ""),
        ]
    )
    assert sorted(found, key=lambda hit: hit.source) == expected


def test_signs_of_the_query_language_are_quoted():
    assert query_of('a "b c" NEAR(d* "') == '"a" "b c" "near(d*"'


async def test_what_says_it_more_comes_first_and_no_more_than_asked_for(filled: Database, stage):
    async with filled.work() as work:
        await work.transcripts.add(stage.live.id, [Segment(200.0, 201.0, "tonight " + "other words " * 20)])
        found = await work.search.find(stage.here, "tonight", 2)
        assert {hit.text for hit in found} == {LINES[5]}


async def test_a_segment_that_is_replaced_is_found_by_its_new_words_only(filled: Database, stage):
    async with filled.work() as work:
        await work.transcripts.add(stage.live.id, [Segment(0.0, 5.0, "entirely new"), Gap(5.0, 9.0, GapCause.ENGINE)])
        assert [hit.source for hit in await work.search.find(stage.here, "brulee")] == [Where.CHAT]
        assert [hit.source for hit in await work.search.find(stage.here, "entirely")] == [Where.SPEECH]
    await _indexes_are_whole(filled)


async def test_a_removed_live_leaves_nothing_behind(filled: Database, stage):
    writer = BatchedWriter(filled)
    for number in range(5):
        writer.put(stage.live.id, float(number), Liked(stage.now, 1))
    await writer.flush()
    rounds = 0
    removed = False
    while not removed:
        async with filled.work() as work:
            removed = await work.lives.remove(stage.live.id, at_most=6)
        rounds += 1
    assert rounds == 4  # 20 lines, 6 at a time
    async with filled.reading() as work:
        assert await work.search.find(stage.here, "giveaway") == []
        assert await work.lives.get(stage.live.id) is None
    async with filled.writing() as connection:
        for table in ("chat_line", "live_event", "segment", "gap", "live_room", "live_place"):
            assert (await connection.execute(text(f"select count(*) from {table}"))).scalar_one() == 0
    await _indexes_are_whole(filled)
