"""Which texts a quote is of."""

import pytest

from core.matching.quoting import QUOTE, Quotes, quoted

LONG = "word " * 100


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Say  it", "say it!"),
        ("ÉTÉ", "e\u0301te\u0301"),
        (":)", ":)"),
        ("😀", "😀 \ud800\0"),
        (quoted(LONG), LONG),
        (quoted("a" * 298 + " " + LONG), "a" * 298 + " " + LONG),
    ],
)
def test_a_quote_is_of_every_text_that_says_the_same(quote: str, text: str):
    assert text in Quotes.of([quote])


@pytest.mark.parametrize(
    ("quote", "text"),
    [("say it", "say it again"), ("say…", "say it"), (":)", ":("), (quoted(LONG), "word"), (quoted(LONG), "x" + LONG)],
)
def test_a_quote_is_of_no_other_text(quote: str, text: str):
    assert text not in Quotes.of([quote])


def test_without_quotes_nothing_is_quoted_not_even_silence():
    assert not Quotes.of([])
    assert "" not in Quotes.of([])


def test_a_quote_is_one_line_of_bounded_length():
    assert quoted(" a\n b ") == "a b"
    assert len(quoted(LONG)) <= QUOTE
