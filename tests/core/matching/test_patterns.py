"""Patterns: RE2's language with words of every script, refused with a place and a reason, never slow."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.matching.rules import TriggerIndex, compile_rule
from core.model.trigger import MatchMode


def quotes(pattern: str, text: str) -> list[str]:
    return [match.quote for match in TriggerIndex([("key", compile_rule(pattern, MatchMode.PATTERN))]).find(text)]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"colou?r|gr[ae]y", "COLOR grey colour", ["COLOR", "grey", "colour"]),
        (r"\bwar\b", "war war, warm prewar WAR", ["war", "war", "WAR"]),
        (r"\bвойна\b.*\bмир\b", "ВОЙНА и мир", ["ВОЙНА и мир"]),
        (r"\bвойна\b.*\bмир\b", "войнаи мир", []),
        (r"\bfree\b.*\bmoney\b", "free money", ["free money"]),
        (r"\b(foo|foobar)\b", "foobar", ["foobar"]),
        (r"\bété\b", "l'été d'étés", ["été"]),
        (r"a\b\b b", "a b", ["a b"]),
        (r"\b買\b", "今買う", ["買"]),
        (r"\b.\b", "a bc d", ["a", " ", " ", "d"]),
        (r"\w+", "un été où", ["un", "été", "où"]),
        (r"[\w-]+ \W", "très-bien !", ["très-bien !"]),
        (r"\b[^a]\b", "a b", [" ", "b"]),
        (r"\b\PL+\b", "a 12 b", [" 12 "]),
        (r"\d{3}", "call 123 ٤٥٦", ["123", "٤٥٦"]),
        (r"a.c", "a😂c", ["a😂c"]),
        (r"\Qa.b\E", "axb a.b", ["a.b"]),
        (r"\b\Q1+1\E\b", "1+1", ["1+1"]),
        (r"[]a]b", "]b", ["]b"]),
        (r"[[:alpha:]]{2,}9", "ab9", ["ab9"]),
        (r"(?i:x)(?P<n>y)\x41\x{42}\p{Greek}", "xyabα", ["xyabα"]),
        (r"x{,2}", "x{,2}", ["x{,2}"]),
        (r"^free$", "FREE", ["FREE"]),
        (r"\bfree$", "so free", ["free"]),
        (r"a|b+|(?:c)", "abbc", ["a", "bb", "c"]),
        (r"(ab)?c", "abc c", ["abc", "c"]),
        (r"(ab|cd)+e", "abcde", ["abcde"]),
        (r"ﬁre|É", "FIRE ﬁre é", ["ﬁre", "é"]),
    ],
)
def test_a_pattern_finds_what_it_says(pattern: str, text: str, found: list[str]) -> None:
    assert quotes(pattern, text) == found


@pytest.mark.parametrize(
    ("pattern", "n"),
    [
        ("foo(bar", 4),
        ("a[b", 2),
        ("a)b", 2),
        ("ab(?=x)", 3),
        (r"(a)\1", 4),
        ("a**", 2),
        ("*a", 1),
        ("a{1001}", 2),
        ("x{500}{3}", 2),
        ("x\\", 2),
        ("[z-a]", 2),
        (r"a\B", 2),
        (r"\C", 1),
        ("", 1),
        ("a*", 1),
        ("^", 1),
        (r"\b", 1),
        ("[ab]{1,600}", 5),
        ("a" * 201, 201),
        ("a\ud800", 2),
        (r"\pL{1000}", 4),
    ],
)
def test_a_mistake_is_told_with_its_place(pattern: str, n: int) -> None:
    with pytest.raises(Invalid) as error:
        compile_rule(pattern, MatchMode.PATTERN)
    assert error.value.code == "PATTERN"
    assert error.value.values["n"] == n
    assert error.value.values["reason"]


@pytest.mark.parametrize(
    ("pattern", "anchors"),
    [
        (r"\bwar\b", {"war"}),
        (r"colou?r|gr[ae]y", {"colo", "gr"}),
        (r"(give|free)away", {"away"}),
        (r"(giveaway|freebie)s?", {"giveaway", "freebie"}),
        (r"Caf[eé]+ NOIR", {"noir"}),
        (r"ab+c", {"ab"}),
        (r"(abc)?d", {"d"}),
        (r"a|[bc]", set()),
        (r"\d{4}", set()),
        (r"\.com", {".com"}),
    ],
)
def test_a_pattern_runs_only_where_its_longest_literal_stands(pattern: str, anchors: set[str]) -> None:
    assert compile_rule(pattern, MatchMode.PATTERN).anchors == anchors


PIECES = st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", "(?:a|b)", "(ab|c)", r"\b", " ", "c", r"\w"])
QUANTIFIERS = st.sampled_from(["", "", "+", "?", "*", "{2}", "{1,2}"])
EXPRESSIONS = st.lists(
    st.tuples(PIECES, QUANTIFIERS).map(lambda pair: pair[0] if pair[0] == r"\b" else pair[0] + pair[1]),
    min_size=1,
    max_size=5,
)


@given(st.lists(EXPRESSIONS.map("".join), min_size=1, max_size=3).map("|".join), st.text("abc -", max_size=14))
def test_on_plain_english_a_pattern_finds_what_pythons_own_engine_finds(expression: str, text: str) -> None:
    try:
        found = quotes(expression, text)
    except Invalid:
        return
    matches = list(re.finditer(expression, text, re.DOTALL))
    if all(match.group() for match in matches):  # after an empty match the two engines go on differently
        assert found == [match.group() for match in matches]


@given(st.text(max_size=30), st.text(max_size=40))
def test_no_pattern_and_no_message_breaks_it(pattern: str, text: str) -> None:
    try:
        found = quotes(pattern, text)
    except Invalid as error:
        refused = error
    else:
        assert all(quote in text for quote in found)
        return
    assert refused.code == "PATTERN"
    assert 1 <= int(str(refused.values["n"])) <= max(1, len(pattern))


def test_an_exploding_pattern_costs_microseconds() -> None:
    index = TriggerIndex([("key", compile_rule("(a+)+$", MatchMode.PATTERN))])
    took = []
    for _ in range(9):
        started = time.perf_counter()
        assert index.find("a" * 29 + "!") == []
        took.append(time.perf_counter() - started)
    assert min(took) < 0.005
