"""A place's own line: what it may hold, and how it is filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.model.greeting import LONGEST, NAMES, checked, filled


def test_a_line_is_one_line_and_keeps_its_placeholders() -> None:
    assert checked("  {account} cooks\n{title}  now ") == "{account} cooks {title} now"
    assert checked("a brace } alone {") == "a brace } alone {"


@pytest.mark.parametrize("name", ["name", "", "account.place", "account!r", "0", "__class__", "Account", " account"])
def test_what_nobody_knows_is_refused_with_what_is_known(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(f"hello {{{name}}} and {{account}}")
    assert refused.value.code == "PLACEHOLDER"
    assert refused.value.values == {"x": f"{{{name}}}", "list": "{account}, {title}, {viewers}, {time}"}


def test_two_hundred_characters_are_the_most() -> None:
    assert checked("x" * LONGEST) == "x" * LONGEST
    with pytest.raises(Invalid) as refused:
        checked("x" * (LONGEST + 1))
    assert (refused.value.code, refused.value.values) == ("LINE_LONG", {"n": 201, "m": 200})


def test_what_a_value_says_is_never_filled_in_again() -> None:
    values = {"account": "@{title}", "title": "{account} {0.__class__} {{time}}", "viewers": "7", "time": "20:14"}
    assert filled("{account}: {title}", values) == "@{title}: {account} {0.__class__} {{time}}"


def test_what_no_value_is_given_for_stays_as_it_is() -> None:
    assert filled("{nobody} and {account}", {"account": "@amina"}) == "{nobody} and @amina"


@given(st.text(), st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_any_text_can_be_filled_and_one_without_braces_stays_as_it_is(text: str, values: dict[str, str]) -> None:
    filled(text, values)
    plain = text.replace("{", "").replace("}", "")
    assert filled(plain, values) == plain
