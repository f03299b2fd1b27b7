"""Searching: what says it best and newest first, cut around what was found, and what stands around it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.matching.terms import spans_of, terms_of
from core.model.account import Handle
from core.model.found import Found, Source
from core.model.live import Live
from core.model.transcript import Segment
from core.model.video import Video, VideoTranscript
from core.services.searching import NEAREST, SHOWN, Searching, excerpt, ranked
from storage.database import Database
from storage.writer import BatchedWriter
from tests.builders import HERE, THERE, chat, followed, placed, scene_of, segment
from tests.doubles import CountedStorage, HandClock

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
HANDLE = Handle("maria")


def found(text: str, age: timedelta = timedelta(0), second: float = 0.0) -> Found:
    return Found(Source.LIVES, 1, HANDLE, "", NOW - age, second, text)


@pytest.fixture
async def live(storage: CountedStorage, database: Database) -> Live:
    """Of maria, seen here and not there: a line every ten seconds, and some chat."""
    await placed(storage, THERE)
    await followed(storage)
    scene = await scene_of(storage)
    writer = BatchedWriter(database)
    for second in (31.0, 100.0, 250.0):
        writer.put(scene.live.id, second, chat(f"butter at {second:.0f}", second))
    await writer.flush()
    async with storage.work() as work:
        await work.transcripts.add(scene.live.id, [segment(f"said {n}", 10.0 * n) for n in range(30)])
        await work.transcripts.add(scene.live.id, [segment(None, 400.0)])
    return scene.live


@pytest.fixture
def searching(storage: CountedStorage, clock: HandClock) -> Searching:
    return Searching(storage, clock)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("Free  GIVEAWAY", ("free", "giveaway")),
        ("“Crème brûlée” ici", ("creme brulee", "ici")),
        ("« à bientôt »", ("a bientot",)),
        ("don't mother-in-law", ("don t", "mother in law")),
        ("大家好 abc", ("大 家 好", "abc")),
        ("a A á", ("a",)),
        ("🔥🔥 👍🏽", ("🔥 🔥", "👍")),
        ('NEAR(a "b', ("near a", "b")),
        ("! ? …", ()),
        ("", ()),
    ],
)
def test_what_is_typed_becomes_words_and_phrases(words: str, terms: tuple[str, ...]):
    assert terms_of(words) == terms


@pytest.mark.parametrize(
    ("text", "words", "bold"),
    [
        ("Une Crème  Brûlée, la crème!", "creme", ["Crème", "crème"]),
        ("Une Crème  Brûlée, la crème!", '"creme brulee"', ["Crème  Brûlée"]),
        ("oui, “don’t” stop", "don't", ["don’t"]),
        ("مَرْحَبًا بكم", "مرحبا", ["مَرْحَبًا"]),
        ("说大家好吗", "大家", ["大家"]),
        ("oh🔥👍🏽!", "👍", ["👍"]),
        ("Straße ﬁne", "strasse fine", ["Straße", "ﬁne"]),
        ("give giveaway", "give", ["give"]),
        ("a b c", "a c", ["a", "c"]),
    ],
)
def test_what_was_found_is_shown_as_it_was_written(text: str, words: str, bold: list[str]):
    assert [text[start:end] for start, end in spans_of(text, terms_of(words))] == bold


@given(st.text(max_size=600), st.text(max_size=20))
def test_an_excerpt_is_short_and_its_bold_parts_are_in_order(text: str, words: str):
    cut = excerpt(found(text), terms_of(words))
    assert len(cut.text) <= SHOWN + 2
    assert cut.text.strip("…") in text
    edges = [edge for span in cut.bold for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(cut.text) for edge in edges)
    assert bool(cut.bold) == bool(spans_of(text, terms_of(words)))


def test_a_long_line_is_cut_around_what_was_found():
    cut = excerpt(found("before " * 100 + "butter" + " after" * 100), ("butter",))
    ((start, end),) = cut.bold
    assert cut.text[start:end] == "butter"
    assert cut.text.startswith("…")
    assert cut.text.endswith("…")
    assert abs(start - len(cut.text) / 2) < 10


# ---------------------------------------------------------------- order


def test_what_says_it_more_in_fewer_words_comes_first():
    rows = [found("butter " + "and other things " * 10), found("butter"), found("butter butter and bread")]
    assert [row.text for row in ranked(rows, ("butter",), NOW)] == [rows[2].text, rows[1].text, rows[0].text]


def test_of_two_that_say_the_same_the_newer_comes_first_and_age_outweighs_a_repetition():
    old, new = found("butter butter", timedelta(days=300)), found("some butter", timedelta(days=1))
    assert ranked([old, new], ("butter",), NOW) == (new, old)
    assert ranked([found("x", timedelta(1), 1.0), found("x", second=2.0)], ("x",), NOW)[0].second == 2.0


# ---------------------------------------------------------------- asked


async def test_everything_a_place_may_see_is_searched_and_nothing_else(searching: Searching, live: Live):
    results = await searching.find(HERE, "you", "butter")
    assert [row.source for row in results.rows] == [Source.CHAT] * 3
    assert not results.more
    assert (await searching.find(HERE, "you", "said", (Source.CHAT,))).rows == ()
    assert (await searching.find(THERE, "you", "butter")).rows == ()


async def test_that_there_is_more_is_said(searching: Searching, storage: CountedStorage, live: Live):
    async with storage.work() as work:
        await work.transcripts.add(live.id, [segment(f"cheese {n}", 1000.0 + n) for n in range(250)])
    results = await searching.find(HERE, "you", "cheese")
    assert (len(results.rows), results.more) == (200, True)


@pytest.mark.parametrize("words", ["!", "", " . ", '""', "\u200b"])
async def test_signs_are_no_words(searching: Searching, words: str):
    with pytest.raises(Invalid, match="WORDS_NONE"):
        await searching.find(HERE, "you", words)


@pytest.mark.parametrize("words", [" ".join(f"word{n}" for n in range(21)), "a" * 301, "word " * 200])
async def test_too_many_words_are_not_searched_for(searching: Searching, words: str):
    with pytest.raises(Invalid, match="WORDS_MANY"):
        await searching.find(HERE, "you", words)


async def test_one_sign_may_be_a_word(searching: Searching, live: Live):
    assert len((await searching.find(HERE, "you", "7")).rows) == 1


# ---------------------------------------------------------------- around


async def test_the_minute_before_and_after_a_line_is_its_context(searching: Searching, live: Live):
    around = await searching.around(HERE, live, 100.0, Source.CHAT)
    assert around.at is not None
    assert around.lines[around.at].text == "butter at 100"
    assert {line.text for line in around.lines if line.by} == {"butter at 100"}
    seconds = [line.second for line in around.lines]
    assert (seconds[0], seconds[-1]) == (40.0, 160.0)
    assert seconds == sorted(seconds)
    said = await searching.around(HERE, live, 100.0, Source.LIVES)
    assert said.at is not None
    assert said.lines[said.at].text == "said 10"


async def test_a_context_is_bounded_and_the_speech_stays_in_it(searching: Searching, database: Database, live: Live):
    writer = BatchedWriter(database)
    for number in range(300):
        writer.put(live.id, 100.0 + number / 10, chat(f"spam {number}", 100.0, number=number))
    await writer.flush()
    around = await searching.around(HERE, live, 100.0, Source.LIVES)
    assert len(around.lines) <= NEAREST
    assert sum(not line.by for line in around.lines) == 13


async def test_what_is_not_kept_any_more_has_no_context(searching: Searching, live: Live):
    around = await searching.around(HERE, live, 9000.0, Source.LIVES)
    assert (around.lines, around.at) == ((), None)


async def test_a_video_has_one_too(searching: Searching, storage: CountedStorage, live: Live):
    async with storage.work() as work:
        video = await work.videos.ensure(Video(0, "7400000000000000001", Handle("chef"), "Chef", "Eggs", "", 61.0))
        told = VideoTranscript(0, HERE, video, "groq", "", "en", False, NOW, "you", "Eggs")
        told = await work.videos.add(told, [Segment(float(n), n + 1.0, f"line {n}") for n in range(300)])
    around = await searching.around(HERE, told, 150.0, Source.VIDEOS)
    assert len(around.lines) == NEAREST
    assert around.at is not None
    assert around.lines[around.at].text == "line 150"
