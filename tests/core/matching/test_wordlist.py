"""The word rules of a place: what breaks them, and what is an exception."""

import time

import pytest

from core.matching.wordlist import WordList
from core.model.policy import Severity, WordRule
from core.model.trigger import MatchMode

HERE = "console:here"
HOSTILE = ("\u202emoron\u202c", "m\u200boron", "MORON!!!", "m0r0n", "mo\u0301ron", "😀moron😀")


def rule(
    word: str, severity: Severity = Severity.HOLD, match: MatchMode = MatchMode.WHOLE_WORD, number: int = 1
) -> WordRule:
    return WordRule(number, HERE, word, match, severity)


def broken(text: str, *rules: WordRule) -> list[str]:
    return [one.word for one in WordList(rules).broken(text)]


def test_a_text_breaks_each_rule_once_and_those_that_hold_come_first() -> None:
    rules = (rule("soup", Severity.FLAG), rule("idiot", number=2))
    assert broken("soup, soup and an Idiot", *rules) == ["idiot", "soup"]
    assert broken("souped up", *rules) == []


def test_what_stands_inside_an_exception_breaks_nothing_and_what_stands_beside_it_does() -> None:
    rules = (rule("kill"), rule("kill time", Severity.EXCEPT, number=2))
    assert broken("we kill time", *rules) == []
    assert broken("we kill time, then I kill you", *rules) == ["kill"]
    assert broken("kill but not kill time", rule("kill but not kill time")) == ["kill but not kill time"]


def test_an_exception_may_be_a_pattern_and_take_a_pattern_out() -> None:
    rules = (
        rule(r"\d{4}", match=MatchMode.PATTERN),
        rule(r"in \d{4}", Severity.EXCEPT, MatchMode.PATTERN, 2),
    )
    assert broken("born in 1984", *rules) == []
    assert broken("my pin is 1984", *rules) == [r"\d{4}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_disguises_are_seen_through(text: str) -> None:
    assert broken(text, rule("moron", match=MatchMode.DISGUISED)) == ["moron"]


def test_a_pattern_made_to_be_slow_costs_milliseconds_and_what_cannot_be_compiled_is_deaf() -> None:
    words = WordList(
        (rule("(a+)+$", match=MatchMode.PATTERN), rule("(", match=MatchMode.PATTERN, number=2), rule("x", number=3))
    )
    began = time.process_time()
    for _ in range(20):
        words.broken("a" * 4_096 + "!")
    assert (time.process_time() - began) / 20 < 0.1
    assert [one.word for one in words.broken("x")] == ["x"]
