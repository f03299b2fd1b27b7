"""Keeping triggers: what a place may have, what it has already, lists, changes, and what would have fired."""

import time
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Invalid, Missing
from core.model.transcript import Segment
from core.model.trigger import MatchMode, Then, Trigger, Where
from core.services import rehearsing
from core.services.arming import MOST, MOST_PATTERNS, Arming, several, words_in
from storage.writer import BatchedWriter
from tests.builders import HERE, THERE, armed, chat, followed, placed, rows, scene_of
from tests.doubles import CountedStorage

PATTERN = MatchMode.PATTERN


@pytest.fixture
async def arming(storage: CountedStorage) -> Arming:
    await placed(storage, HERE)
    await placed(storage, THERE)
    return Arming(storage)


def trigger(word: str, **more: object) -> Trigger:
    return replace(Trigger(0, HERE, word), **more)  # type: ignore[arg-type]


async def refused(arming: Arming, wanted: Trigger) -> tuple[str, dict[str, object]]:
    with pytest.raises(Invalid) as error:
        await arming.add(wanted)
    return error.value.code, error.value.values


@pytest.mark.parametrize("word", ["giveaway", "GIVEAWAY", "  gíveaway ", "give\u200baway"])
async def test_what_listens_already_is_not_armed_twice(arming: Arming, word: str) -> None:
    first = await arming.add(trigger("Giveaway"))
    assert await refused(arming, trigger(word, then=Then.CLIP)) == ("TRIGGER_THERE", {"x": "Giveaway", "n": first.id})
    await arming.add(trigger(word, where=Where.CHAT))
    await arming.add(trigger(word, match=MatchMode.CONTAINS))
    await arming.add(replace(trigger(word), place=THERE))


@pytest.mark.parametrize("word", [",", " ， 、"])
async def test_commas_alone_are_no_word(arming: Arming, word: str) -> None:
    assert await refused(arming, trigger(word)) == ("WORD", {"reason": "it is nothing but commas"})


async def test_a_pattern_is_another_one_as_soon_as_a_letter_differs(arming: Arming) -> None:
    await arming.add(trigger("win", match=PATTERN))
    await arming.add(trigger("Win", match=PATTERN))
    assert (await refused(arming, trigger("win", match=PATTERN)))[0] == "TRIGGER_THERE"


async def test_one_word_may_listen_to_one_account_and_to_all(arming: Arming, storage: CountedStorage) -> None:
    maria = await followed(storage, "maria")
    everywhere = await arming.add(trigger("go"))
    hers = await arming.add(trigger("go", account_id=maria.account_id))
    assert (everywhere.handle, hers.handle) == (None, "maria")
    assert len(await arming.listed(HERE)) == 2


async def test_a_place_has_at_most_so_many_triggers_and_patterns(arming: Arming) -> None:
    patterns = await arming.add_all(HERE, [trigger(f"w.n{n}", match=PATTERN) for n in range(MOST_PATTERNS)])
    assert await refused(arming, trigger("o.e", match=PATTERN)) == ("PATTERN_LIMIT", {"m": MOST_PATTERNS})
    await arming.remove(patterns.made[0])
    await arming.add(trigger("o.e", match=PATTERN))
    with pytest.raises(Invalid, match="PATTERN_LIMIT"):
        await arming.restore(HERE, patterns.made[0].id)
    word = await arming.add(trigger("w.n0"))
    with pytest.raises(Invalid, match="PATTERN_LIMIT"):
        await arming.edit(word, match=PATTERN)
    await arming.add_all(HERE, [trigger(f"word{n}") for n in range(MOST)])
    assert len(await arming.listed(HERE)) == MOST
    assert await refused(arming, trigger("more")) == ("TRIGGER_LIMIT", {"m": MOST})
    await arming.remove(word)
    await arming.add(trigger("more"))
    with pytest.raises(Invalid, match="TRIGGER_LIMIT"):
        await arming.restore(HERE, word.id)
    assert len(await arming.listed(HERE)) == MOST, "a refused undo leaves it removed"
    assert (await arming.add(replace(trigger("more"), place=THERE))).place == THERE


async def test_what_was_armed_anew_meanwhile_is_not_brought_back_beside_it(arming: Arming) -> None:
    first = await arming.add(trigger("go"))
    await arming.remove(first)
    await arming.add(trigger("GO"))
    with pytest.raises(Invalid, match="TRIGGER_THERE"):
        await arming.restore(HERE, first.id)
    assert len(await arming.listed(HERE)) == 1


async def test_ten_thousand_at_once_are_each_taken_or_refused(arming: Arming, tmp_path: Path) -> None:
    hostile = ["", "\x00", "(a+)+$", "*", "x" * 201, "🍅", "\u202eevil", "@everyone", "win but not lose"]
    wanted = [trigger(word) for word in hostile] + [trigger(f"word {n}") for n in range(10_000 - len(hostile))]
    began = time.thread_time()
    came = await arming.add_all(HERE, wanted)
    assert time.thread_time() - began < 5
    assert len(came.made) == MOST
    assert len(came.made) + len(came.refused) == 10_000
    assert {one.error.code for one in came.refused} == {"WORD", "TRIGGER_LIMIT"}
    assert [one.word for one in came.refused if one.error.code == "WORD"] == ["", "\x00", "*", "x" * 201, hostile[-1]]
    assert [row["word"] for row in rows(tmp_path, "select word from trigger")] == [one.word for one in came.made]
    numbers = [one.id for one in came.made]
    assert numbers == list(range(numbers[0], numbers[0] + MOST))


@pytest.mark.parametrize(
    ("text", "match", "words"),
    [
        ("giveaway", MatchMode.WHOLE_WORD, ["giveaway"]),
        ("free, gift ,  win big,,", MatchMode.CONTAINS, ["free", "gift", "win big"]),
        ("プレゼント、無料，当選", MatchMode.WHOLE_WORD, ["プレゼント", "無料", "当選"]),
        ("هدية، مجاني", MatchMode.WHOLE_WORD, ["هدية", "مجاني"]),
        ("win, WIN", MatchMode.WHOLE_WORD, ["WIN"]),
        ("a{1,2}", PATTERN, ["a{1,2}"]),
        (",", MatchMode.WHOLE_WORD, [","]),
    ],
)
def test_a_list_is_words_with_commas_between(text: str, match: MatchMode, words: list[str]) -> None:
    assert words_in(text, match) == words


async def test_a_list_is_taken_back_as_one(arming: Arming) -> None:
    kept = await arming.add(trigger("kept"))
    came = await arming.add_all(HERE, several(trigger(""), ["a", "kept", "b"]))
    assert [one.word for one in came.made] == ["a", "b"]
    assert [(one.word, one.error.code) for one in came.refused] == [("kept", "TRIGGER_THERE")]
    first, last = came.made[0].id, came.made[-1].id
    with pytest.raises(Missing):
        await arming.remove_all(THERE, first, last)
    assert [one.word for one in await arming.remove_all(HERE, first, last)] == ["a", "b"]
    assert await arming.listed(HERE) == [kept]
    with pytest.raises(Missing):
        await arming.remove_all(HERE, first, last)


async def test_a_trigger_is_changed_in_all_but_its_word(arming: Arming, storage: CountedStorage) -> None:
    maria = await followed(storage, "maria")
    first, other = await arming.add(trigger("go")), await arming.add(trigger("go", where=Where.CHAT))
    same = {"account_id": maria.account_id, "where": Where.SPEECH, "match": MatchMode.DISGUISED}
    more = {"then": Then.MARK, "cooldown": timedelta(0)}
    assert await arming.edit(first, **same, **more) == replace(first, handle=maria.handle, **same, **more)
    with pytest.raises(Invalid, match="TRIGGER_THERE"):
        await arming.edit(other, **same)
    with pytest.raises(Missing):
        await arming.edit(replace(first, place=THERE), then=Then.ALERT)
    await arming.remove(first)
    with pytest.raises(Missing):
        await arming.edit(first, then=Then.ALERT)


async def test_what_two_people_change_of_a_trigger_at_a_time_both_stays(arming: Arming) -> None:
    read = await arming.add(trigger("go"))
    await arming.edit(read, then=Then.MARK)
    await arming.edit(read, cooldown=timedelta(0))
    await arming.edit(read, where=Where.SPEECH)
    assert await arming.listed(HERE) == [replace(read, then=Then.MARK, cooldown=timedelta(0), where=Where.SPEECH)]


async def test_the_past_is_searched_newest_first_and_each_line_counts_once(
    arming: Arming, storage: CountedStorage
) -> None:
    await followed(storage, "maria")
    scene = await scene_of(storage)
    writer = BatchedWriter(storage.database)
    for second in range(8):
        writer.put(scene.live.id, second, chat(f"win {second} WIN", second))
    await writer.flush()
    async with storage.work() as work:
        await work.transcripts.add(scene.live.id, [Segment(5.5, 6.0, "you win", "en", "captions")])
    tried = await arming.examples(HERE, "win", MatchMode.WHOLE_WORD)
    assert (tried.count, tried.places, tried.lines, tried.whole) == (9, 17, 9, True)
    assert [one.text for one in tried.examples] == ["win 7 WIN", "win 6 WIN", "you win", "win 5 WIN", "win 4 WIN"]
    assert [(one.start, one.end, one.by) for one in tried.examples[1:3]] == [(0, 3, "juno"), (4, 7, "")]
    assert (await arming.examples(HERE, "win", MatchMode.WHOLE_WORD, Where.SPEECH)).count == 1
    assert (await arming.examples(THERE, "win", MatchMode.WHOLE_WORD)).lines == 0, "another place saw no live"


async def test_more_than_so_many_lines_are_not_looked_at(
    arming: Arming, storage: CountedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "LINES", 1_200)
    writer = BatchedWriter(storage.database)
    for handle, room in (("maria", "7300"), ("amina", "7301")):
        await followed(storage, handle)
        scene = await scene_of(storage, handle, room)
        for number in range(700):
            writer.put(scene.live.id, number, chat(f"line {number}", number))
        await writer.flush()
    tried = await arming.examples(HERE, "line", MatchMode.WHOLE_WORD)
    assert (tried.count, tried.lines, tried.whole) == (1_200, 1_200, False)
    assert tried.examples[0].text == "line 699"
    monkeypatch.setattr(rehearsing, "LINES", 1_400)
    assert (await arming.examples(HERE, "line", MatchMode.WHOLE_WORD)).whole
    monkeypatch.setattr(rehearsing, "SECONDS", -1.0)
    tried = await arming.examples(HERE, "line", MatchMode.WHOLE_WORD)
    assert (tried.lines, tried.whole) == (0, False), "nor longer than a person waits"


async def test_of_a_live_of_thousands_of_lines_a_page_is_in_memory_at_a_time(
    arming: Arming, storage: CountedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "SECONDS", 60.0)
    monkeypatch.setattr(rehearsing, "PAGE", 100)
    await followed(storage, "maria")
    scene = await scene_of(storage)
    writer = BatchedWriter(storage.database)
    for number in range(1_500):
        writer.put(scene.live.id, number, chat(f"win {number} " + "x" * 4_000, number))
    await writer.flush()
    spoken = [Segment(n + 0.5, n + 1.0, "win " + "y" * 4_000, "en", "captions") for n in range(1_500)]
    async with storage.work() as work:
        await work.transcripts.add(scene.live.id, spoken)
    del spoken
    tracemalloc.start()
    try:
        tried = await arming.examples(HERE, "win", MatchMode.WHOLE_WORD)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tried.lines, tried.count, tried.whole) == (3_000, 3_000, True)
    assert [one.by for one in tried.examples] == ["", "juno", "", "juno", ""]
    assert most < 4_000_000, "of 12 MB of text"


async def test_a_trigger_armed_long_ago_with_a_rule_that_is_refused_today_still_stands_in_the_list(
    arming: Arming, storage: CountedStorage
) -> None:
    await armed(storage, "(", match=PATTERN)
    assert [one.word for one in await arming.listed(HERE)] == ["("]
