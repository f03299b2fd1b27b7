"""The trigger rules against an oracle that knows nothing of automata, and the promises made to people."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.matching.fold import fold
from core.matching.rules import Match, TriggerIndex, compile_rule
from core.model.trigger import MatchMode
from tests.bench.match import HARD, PATTERNS

WHOLE, CONTAINS, PATTERN, DISGUISED = MatchMode
MOST = 0.005
"""Seconds of the processor for any message."""


def quotes(word: str, mode: MatchMode, text: str) -> list[str]:
    return [match.quote for match in TriggerIndex([("key", compile_rule(word, mode))]).find(text)]


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("giveaway", "A GIVEAWAY!", ["GIVEAWAY"]),
        ("giveaway", "giveaways and agiveaway", []),
        ("giveaway", "#giveaway @giveaway l’giveaway", ["giveaway"] * 3),
        ("giveaway", "gi\u200bve\u200baway", ["gi\u200bve\u200baway"]),
        ("giveaway", "Gíveàwăy", ["Gíveàwăy"]),
        ("giveaway", "my_giveaway giveaway2", []),
        ("Café", "un CAFE\u0301 noir, cafétéria", ["CAFE\u0301"]),
        ("free money", "FREE   \n money now", ["FREE   \n money"]),
        ("free money", "freemoney, carefree money", []),
        ("don't", "I don’t", ["don’t"]),
        ("война", "ВОЙНА! войнаx", ["ВОЙНА"]),
        ("هدية", "هَدِيَّة مجانية", ["هَدِيَّة"]),
        ("هدية", "الهدية", []),
        ("送料", "今日送料無料です", ["送料"]),
        ("iphone", "買iphone送", ["iphone"]),
        ("ฟรี", "ของฟรีวันนี้", ["ฟรี"]),
        ("무료", "무료입니다 완전무료", ["무료"]),
        ("がき", "か\u3099き かき", ["か\u3099き"]),
        ("🔥", "so🔥🔥hot", ["🔥", "🔥"]),
        ("❤️", "a❤b", ["❤"]),
        ("1", "½ 1", ["1"]),
        ("...", "wait...", ["..."]),
        ("giv*way", "a GIVEaway, givway, giv away", ["GIVEaway", "givway"]),
        ("free*", "freedom is free, carefree", ["freedom", "free"]),
        ("*coin", "dogecoin coins coin", ["dogecoin", "coin"]),
        ("sh*t", "sh*t", ["sh*t"]),
        ("free * money", "free my money, free money", ["free my money"]),
        ("* *a", "be pizza", ["be pizza"]),
        ("giveaway but not fake giveaway", "a fake giveaway", []),
        ("giveaway but not fake giveaway", "FAKE  giveaway, real giveaway", ["giveaway"]),
        ("giveaway BUT NOT fake giveaway but not giveaway over", "fake giveaway giveaway over", []),
        ("giv* but not given", "given giving", ["giving"]),
    ],
)
def test_a_whole_word_is_found_in_every_script(word: str, text: str, found: list[str]) -> None:
    assert quotes(word, WHOLE, text) == found


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("art", "ART party", ["ART", "art"]),
        ("a*b", "a*b acb", ["a*b"]),
        ("aa", "aaa", ["aa", "aa"]),
        ("art but not party", "art party", ["art"]),
        ("fi", "of ﬁre", ["ﬁ"]),
    ],
)
def test_contains_finds_any_part(word: str, text: str, found: list[str]) -> None:
    assert quotes(word, CONTAINS, text) == found


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("giveaway", "g1ve@way", ["g1ve@way"]),
        ("giveaway", "a G I V E A W A Y today", ["G I V E A W A Y"]),
        ("giveaway", "g.i.v.e-a_w_a.y", ["g.i.v.e-a_w_a.y"]),
        ("giveaway", "giiiveawayyyy", ["giiiveawayyyy"]),
        ("giveaway", "gіvеаwау", ["gіvеаwау"]),
        ("giveaway", "giveaway!!!", ["giveaway"]),
        ("giveaway", "g1veaways", []),
        ("g1ve@way", "giveaway", ["giveaway"]),
        ("penis", "a pen is here", []),
        ("penis", "p3n1s", ["p3n1s"]),
        ("ass", "as soon as gas", []),
        ("ass", "a$$ asssss", ["a$$", "asssss"]),
        ("god", "good goood", ["goood"]),
        ("hi", "this hi!!!! h!", ["hi", "h!"]),
        ("fail", "fall fa1l", ["fa1l"]),
        ("free money", "fr33 m0ney freemoney f r e e m o n e y", ["fr33 m0ney", "freemoney", "f r e e m o n e y"]),
        ("free but not free speech", "fr33 speech fr33", ["fr33"]),
    ],
)
def test_a_disguise_is_seen_through(word: str, text: str, found: list[str]) -> None:
    assert quotes(word, DISGUISED, text) == found


@pytest.mark.parametrize("mode", [WHOLE, CONTAINS, DISGUISED])
@pytest.mark.parametrize("word", ["", " ", "\u200b", "x" * 201])
def test_a_word_without_anything_to_look_for_is_refused(word: str, mode: MatchMode) -> None:
    with pytest.raises(Invalid) as error:
        compile_rule(word, mode)
    assert error.value.code == "WORD"
    assert error.value.values["reason"]


@pytest.mark.parametrize(
    ("word", "mode"), [("*", WHOLE), ("* *", WHOLE), ("...", DISGUISED), ("giveaway but not scam", WHOLE)]
)
def test_a_rule_that_could_never_work_is_refused(word: str, mode: MatchMode) -> None:
    with pytest.raises(Invalid) as error:
        compile_rule(word, mode)
    assert error.value.code == "WORD"


# An oracle of its own: it walks over the folded text and asks of each place whether the word stands there.
SPACED = "abé яЖ م1_"
TEXTS = st.text(SPACED + " ,\t\u200b買う😂", max_size=25)
WORDS = st.text(SPACED + "買う", min_size=1, max_size=4).filter(lambda word: fold(word).text and word.strip())


def oracle(word: str, mode: MatchMode, text: str) -> list[tuple[int, int]]:
    wanted, folded = fold(word).text, fold(text)
    joins = set(fold(SPACED.replace(" ", "")).text)
    found = []
    for start in range(len(folded.text) - len(wanted) + 1):
        end = start + len(wanted)
        if folded.text[start:end] != wanted:
            continue
        before, after = folded.text[start - 1 : start] if start else "", folded.text[end : end + 1]
        runs_on = (before in joins and wanted[0] in joins and before) or (
            after in joins and wanted[-1] in joins and after
        )
        if mode is CONTAINS or not runs_on:
            found.append(folded.original(start, end))
    return found


@given(WORDS, st.sampled_from([WHOLE, CONTAINS]), TEXTS)
@settings(max_examples=300)
def test_words_and_phrases_are_found_where_the_oracle_finds_them(word: str, mode: MatchMode, text: str) -> None:
    found = TriggerIndex([("key", compile_rule(word, mode))]).find(text)
    assert [(match.start, match.end) for match in found] == oracle(word, mode, text)
    for match in found:
        assert match.quote == text[match.start : match.end]
        assert fold(word).text in fold(match.quote).text


CHANGES = st.lists(
    st.tuples(st.integers(0, 6), st.one_of(st.none(), st.tuples(WORDS, st.sampled_from([WHOLE, CONTAINS]))))
)


@given(CHANGES, TEXTS)
def test_after_any_puts_and_drops_the_index_is_as_if_built_anew(
    changes: list[tuple[int, tuple[str, MatchMode] | None]], text: str
) -> None:
    index, live = TriggerIndex(), dict[int, tuple[str, MatchMode]]()
    for key, entry in changes:
        if entry is None:
            index.drop(key)
            live.pop(key, None)
        else:
            index.put(key, compile_rule(*entry))
            live[key] = entry
    expected = sorted((*span, key) for key, (word, mode) in live.items() for span in oracle(word, mode, text))
    assert sorted((match.start, match.end, match.key) for match in index.find(text)) == expected
    assert len(index) == len(live)
    fresh = TriggerIndex((key, compile_rule(*entry)) for key, entry in live.items())
    assert sorted(fresh.find(text)) == sorted(index.find(text))


def test_many_keys_share_one_word_and_leave_one_by_one() -> None:
    index = TriggerIndex()
    for place in range(3):
        index.put(place, compile_rule("win", WHOLE))
    index.put("pattern", compile_rule("w.n", PATTERN))
    index.put("everywhere", compile_rule("[a-z]{3}", PATTERN))
    index.put("masked", compile_rule("win", DISGUISED))
    assert {match.key for match in index.find("you WIN")} == {0, 1, 2, "pattern", "everywhere", "masked"}
    for key in (1, "pattern", "everywhere", "masked"):
        index.drop(key)
    assert index.find("WIN") == [Match(0, 0, 3, "WIN"), Match(2, 0, 3, "WIN")]
    index.drop(0)
    index.drop(2)
    index.drop("never there")
    assert index.find("WIN w1n") == []


def test_hits_come_in_the_order_of_the_text_and_the_first_of_each_key_can_be_had() -> None:
    index = TriggerIndex([("b", compile_rule("beta", WHOLE)), ("a", compile_rule("alpha", WHOLE))])
    text = "alpha beta alpha"
    assert [(match.key, match.start) for match in index.find(text)] == [("a", 0), ("b", 6), ("a", 11)]
    assert [(match.key, match.start) for match in index.first(text)] == [("a", 0), ("b", 6)]


def test_a_flood_of_other_hits_hides_no_trigger() -> None:
    index = TriggerIndex((n, compile_rule("a" * n, CONTAINS)) for n in range(1, 60))
    index.put("late", compile_rule("win", WHOLE))
    index.put("short", compile_rule("b", WHOLE))
    found = index.find("a" * 60 + "bbbb" * 20 + " win b")
    assert [match.quote for match in found if match.key in ("late", "short")] == ["win", "b"]


@pytest.mark.parametrize(
    ("words", "mode", "text"),
    [
        (["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*a){20}c", ".*.*.*.*x", r"(\w+\s?)+$"], PATTERN, "a" * 400 + "!"),
        (["[ab]{1,490}c", "(?:a?){200}a{200}"], PATTERN, "ab" * 100),
        (["a*a", "*a*", "a*a*a*a*a*b"], WHOLE, "a" * 400 + " " + "ab" * 50 + "!"),
        (["a", "aa", "a" * 60], CONTAINS, "a" * 400),
        (["a", "ab", "abab", "il", "aaaa"], DISGUISED, "a b " * 40 + "1" * 200 + "ababab" * 20),
    ],
)
def test_no_message_takes_more_than_five_milliseconds(words: list[str], mode: MatchMode, text: str) -> None:
    assert least_seconds(TriggerIndex((word, compile_rule(word, mode)) for word in words), text) < MOST


@pytest.mark.parametrize("text", HARD)
def test_twenty_five_patterns_without_anything_to_anchor_them_take_no_more_than_one(text: str) -> None:
    assert len(PATTERNS) == 25
    index = TriggerIndex((pattern, compile_rule(pattern, PATTERN)) for pattern in PATTERNS)
    assert least_seconds(index, text) < MOST
    index.put("plain", compile_rule(r"\bwin\b", PATTERN))
    index.put("open", compile_rule(r"[0-9]{3}", PATTERN))
    found = [match.quote for match in index.find(f"{text} win 123") if match.key in ("plain", "open")]
    assert found == ["win", "123"], "those that cost little are looked for to the end"


@pytest.mark.parametrize("mode", [CONTAINS, WHOLE, DISGUISED])
@pytest.mark.parametrize("text", ["a" * 120, "a" * 1_000, "ab" * 250, "a b " * 100])
def test_hundreds_of_words_each_inside_the_next_take_no_more_than_one(mode: MatchMode, text: str) -> None:
    words = {(text * 3)[start : start + length].strip() for start in (0, 1) for length in range(1, 200)} - {""}
    index = TriggerIndex((word, compile_rule(word, mode)) for word in words)
    assert least_seconds(index, text[:500]) < MOST


def test_hundreds_of_exceptions_of_one_word_take_no_more_than_one() -> None:
    phrases = [f"a {letter}{number}" for letter in "bcde" for number in range(90)]
    rules = [" but not ".join(["a", *phrases[n : n + 12]]) for n in range(340)]
    index = TriggerIndex((rule, compile_rule(rule, WHOLE)) for rule in rules)
    assert least_seconds(index, " ".join(phrases)[:400]) < MOST


@pytest.mark.parametrize("mode", [CONTAINS, WHOLE])
def test_every_one_of_a_hundred_words_each_inside_the_next_is_found(mode: MatchMode) -> None:
    index = TriggerIndex((n, compile_rule("a" * n, mode)) for n in range(1, 121))
    assert {match.key for match in index.find(" ".join("a" * n for n in range(1, 40)))} == set(range(1, 40))


def least_seconds(index: TriggerIndex, text: str) -> float:
    """Of the processor, in the fastest of a hundred: the others tell of who else uses its caches."""
    took = []
    for _ in range(100):
        started = time.thread_time()
        index.find(text)
        took.append(time.thread_time() - started)
    return min(took)


@given(st.text(max_size=30), st.sampled_from([WHOLE, CONTAINS, DISGUISED]), st.text(max_size=60))
def test_no_word_and_no_message_breaks_it(word: str, mode: MatchMode, text: str) -> None:
    try:
        index = TriggerIndex([("key", compile_rule(word, mode))])
    except Invalid:
        return
    for match in index.find(text):
        assert match.quote == text[match.start : match.end]
        assert match.quote
