"""Search finds what was meant, wherever it stands, and nothing of what was removed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.matching.fold import search_text
from core.matching.terms import spans_of, terms_of
from core.model.account import Handle
from core.model.found import Found, Sought, Source
from core.model.live import ChatMessage, Chatter, Liked
from core.model.transcript import Gap, GapCause, Segment
from core.model.video import Video, VideoTranscript
from storage import search
from storage.database import Database
from storage.search import NAMED, query_of
from storage.writer import BatchedWriter

YOU = "console:you"
LINES = [
    "Crème brûlée à Montréal",
    "STRASSE und Straße",
    "大家好 谢谢你们",
    "مرحبا بالعالم",
    "don't NEAR me",
    "free giveaway tonight, giveaway!",
    "nothing else",
    "c'est hot🔥🔥 ❤️ 5€",
    "أَهْلًا وسـهلا",
    "ฉันกินข้าว",
    "किताब पढ़ो",
]
FTS = ("segment", "chat_line", "video_segment")


def sought(words: str, *sources: Source, **more: object) -> Sought:
    """As typed."""
    return Sought(terms_of(words), sources or tuple(Source), **more)  # type: ignore[arg-type]


@pytest.fixture
async def filled(database: Database, stage) -> Database:
    writer = BatchedWriter(database)
    for number, line in enumerate(LINES):
        writer.put(stage.live.id, float(number), ChatMessage(f"m{number}", stage.now, Chatter("bob"), line))
    await writer.flush()
    async with database.work() as work:
        segments = [Segment(10.0 * number, 10.0 * number + 5, line) for number, line in enumerate(LINES)]
        await work.transcripts.add(stage.live.id, [*segments, Segment(900.0, 905.0, None)])
    return database


async def _indexes_are_whole(database: Database) -> None:
    async with database.writing() as connection:
        for table in FTS:
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
        ("🔥", 7),
        ("❤", 7),
        ("hot", 7),
        ("اهلا", 8),
        ("أهلاً وسهلا", 8),
        ("กิน", 9),
        ("กัน", None),
        ("किताब", 10),
        ("किताबें", None),
        ("brulee montreal", 0),
        ('"brulee montreal"', None),
        ("“près de toi”", None),
        ("« Crème Brulée »", 0),
    ],
)
async def test_a_line_is_found_however_it_is_spelled(filled: Database, stage, words: str, line: int | None):
    async with filled.reading() as work:
        found = await work.search.find(stage.here, YOU, sought(words))
    assert [(hit.source, hit.second, hit.text, hit.by) for hit in found] == (
        []
        if line is None
        else [(Source.LIVES, 10.0 * line, LINES[line], ""), (Source.CHAT, float(line), LINES[line], "bob")]
    )


def test_signs_of_the_query_language_are_words_or_nothing():
    terms = terms_of('a "b c" NEAR(d* " - ^x:y')
    assert query_of(terms, "live_id") == '{search_text} : ("a" "b c" "near d" "x y")'
    assert query_of(("a",), "live_id", (7, 8)) == '{search_text} : ("a") AND {live_id} : ("7" OR "8")'


async def test_a_line_found_says_where_and_when_it_was(filled: Database, stage):
    async with filled.reading() as work:
        (said,) = await work.search.find(stage.here, YOU, sought("brulee", Source.LIVES))
    assert said == Found(Source.LIVES, stage.live.id, Handle("maria"), "Hello", stage.live.started, 0.0, LINES[0])
    assert said.number == str(stage.live.id)


async def test_a_segment_that_is_replaced_is_found_by_its_new_words_only(filled: Database, stage):
    async with filled.work() as work:
        await work.transcripts.add(stage.live.id, [Segment(0.0, 5.0, "entirely new"), Gap(5.0, 9.0, GapCause.ENGINE)])
        assert [hit.source for hit in await work.search.find(stage.here, YOU, sought("brulee"))] == [Source.CHAT]
        assert [hit.source for hit in await work.search.find(stage.here, YOU, sought("entirely"))] == [Source.LIVES]
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
    assert rounds == 5  # 28 lines, 6 at a time
    async with filled.reading() as work:
        assert await work.search.find(stage.here, YOU, sought("giveaway")) == []
        assert await work.lives.get(stage.live.id) is None
    async with filled.writing() as connection:
        for table in ("chat_line", "live_event", "segment", "gap", "live_room", "live_place"):
            assert (await connection.execute(text(f"select count(*) from {table}"))).scalar_one() == 0
    await _indexes_are_whole(filled)


# ---------------------------------------------------------------- videos


async def _told(database: Database, stage, *lines: str, place: str = "", **more: object) -> VideoTranscript:
    async with database.work() as work:
        video = await work.videos.ensure(Video(0, "7400000000000000001", Handle("chef"), "Chef", "Eggs", "", 61.0))
        told = VideoTranscript(0, place or stage.here, video, "groq", "", "en", False, stage.now, YOU, "Eggs")
        parts = [Segment(float(n), n + 1.0, line) for n, line in enumerate(lines)]
        return await work.videos.add(replace(told, **more), parts)  # type: ignore[arg-type]


async def _found(database: Database, place: str, words: str, person: str = YOU, **more: object) -> list[str]:
    async with database.reading() as work:
        return [hit.text for hit in await work.search.find(place, person, sought(words, **more))]


async def test_words_of_a_video_are_found_with_its_link(filled: Database, stage):
    told = await _told(filled, stage, "First the butter", "then the eggs")
    async with filled.reading() as work:
        (hit,) = await work.search.find(stage.here, YOU, sought("EGGS"))
    link = "https://www.tiktok.com/@chef/video/7400000000000000001"
    assert hit == Found(Source.VIDEOS, told.id, Handle("chef"), "Eggs", stage.now, 1.0, "then the eggs", link=link)
    assert hit.number == told.number


async def test_a_video_is_found_where_it_was_asked_for_and_a_private_one_by_who_asked(filled: Database, stage):
    await _told(filled, stage, "everybody reads butter")
    await _told(filled, stage, "only you read butter", engine="captions", public=False)
    await _told(filled, stage, "butter elsewhere", place=stage.there)
    assert await _found(filled, stage.here, "butter") == ["only you read butter", "everybody reads butter"]
    assert await _found(filled, stage.here, "butter", "console:lina") == ["everybody reads butter"]
    assert await _found(filled, stage.here, "butter", "") == ["everybody reads butter"]
    assert await _found(filled, stage.there, "butter") == ["butter elsewhere"]


async def test_a_video_that_was_removed_is_found_again_when_it_is_had_back(filled: Database, stage):
    told = await _told(filled, stage, "some butter")
    for removed, found in ((True, []), (False, ["some butter"])):
        async with filled.work() as work:
            await work.videos.remove(stage.here, told.id, removed=removed)
        assert await _found(filled, stage.here, "butter") == found


async def test_the_words_of_a_video_that_is_done_again_are_the_new_ones(filled: Database, stage):
    await _told(filled, stage, "some butter", "and more butter")
    await _told(filled, stage, "some better")
    assert await _found(filled, stage.here, "butter") == []
    assert await _found(filled, stage.here, "better") == ["some better"]
    await _indexes_are_whole(filled)


async def test_a_place_that_is_forgotten_leaves_none_of_its_videos_in_the_index(filled: Database, stage):
    await _told(filled, stage, *(f"butter {n}" for n in range(7)))
    await _told(filled, stage, "other butter", place=stage.there)
    done = False
    while not done:
        async with filled.work() as work:
            done = await work.places.forget(stage.here, 3)
    assert await _found(filled, stage.there, "butter") == ["other butter"]
    await _indexes_are_whole(filled)


async def test_a_place_that_goes_by_another_id_finds_its_videos_and_what_gave_way_is_gone(filled: Database, stage):
    await _told(filled, stage, "old butter")
    await _told(filled, stage, "new butter", place=stage.there)
    async with filled.work() as work:
        await work.places.move(stage.here, stage.there)
    assert await _found(filled, stage.there, "butter") == ["old butter"]
    await _indexes_are_whole(filled)


# ---------------------------------------------------------------- narrowed


@pytest.fixture(params=[NAMED, 0], ids=["few lives", "many lives"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that names what may be looked in, and one that does not because there is too much of it."""
    monkeypatch.setattr(search, "NAMED", request.param)


@pytest.mark.usefixtures("either_way")
async def test_what_is_looked_in_can_be_narrowed_by_source_account_and_time(filled: Database, stage):
    await _told(filled, stage, "a giveaway of eggs")
    line = LINES[5]
    assert await _found(filled, stage.here, "giveaway") == ["a giveaway of eggs", line, line]
    async with filled.reading() as work:
        only = [await work.search.find(stage.here, YOU, sought("giveaway", source)) for source in Source]
    assert [[hit.source for hit in hits] for hits in only] == [[source] for source in Source]
    assert await _found(filled, stage.here, "giveaway", handle=Handle("chef")) == ["a giveaway of eggs"]
    assert await _found(filled, stage.here, "giveaway", handle=Handle("maria")) == [line, line]
    assert await _found(filled, stage.here, "giveaway", handle=Handle("nobody")) == []
    began = stage.live.started
    assert len(await _found(filled, stage.here, "giveaway", since=began)) == 3
    assert len(await _found(filled, stage.here, "giveaway", since=began + timedelta(seconds=6))) == 1  # said at 50 s
    assert await _found(filled, stage.here, "giveaway", since=began + timedelta(seconds=51)) == []


@pytest.mark.usefixtures("either_way")
async def test_a_live_is_searched_only_where_it_is_seen(filled: Database, stage):
    assert await _found(filled, stage.there, "giveaway") == []
    assert await _found(filled, "console:nowhere", "giveaway") == []


async def test_the_number_of_a_live_is_no_word_of_it(filled: Database, stage):
    assert await _found(filled, stage.here, str(stage.live.id)) == []


async def test_the_newest_of_many_lines_are_found(database: Database, stage):
    async with database.work() as work:
        await work.transcripts.add(stage.live.id, [Segment(float(n), n + 1.0, f"word {n}") for n in range(450)])
    assert await _found(database, stage.here, "word") == [f"word {n}" for n in range(449, 249, -1)]


# ---------------------------------------------------------------- every word

WORDS = st.text(
    st.one_of(
        st.sampled_from("abÉß مرحبًا أ大好かな한국กินไม่ पढ़ो 🔥👍🏽❤️ \"'*-:^().,\n"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(WORDS, min_size=1, max_size=4))
async def test_every_line_is_found_by_each_of_its_words_and_nowhere_else(database: Database, stage, texts: list[str]):
    async with database.work() as work:
        await work.transcripts.add(stage.live.id, [Segment(float(n), n + 1.0, line) for n, line in enumerate(texts)])
    async with database.reading() as work:
        for n, line in enumerate(texts):
            words = search_text(line).split()
            for word in {*words, *line.split()}:
                if not terms_of(word):
                    continue
                found = await work.search.find(stage.here, YOU, sought(word))
                assert float(n) in {hit.second for hit in found}, (word, line)
                assert all(spans_of(hit.text, terms_of(word)) for hit in found)
                assert await work.search.find(stage.there, YOU, sought(word)) == []
