"""A signature read into what is offered; the keys of buttons."""

from datetime import timedelta

import pytest

from bot.asked import Asked
from bot.command import command, key
from bot.commands import ALL
from bot.kinds import Page, Sure, Text
from core.model.account import Follow, Handle
from core.model.person import Role
from core.model.trigger import Where

SECOND, UNSURE = Page(2), Sure(0)
LONGEST_HANDLE = "a" * 24
LONGEST_ID = 10**18 - 1  # the largest number that is read from a key


@command("try this", Role.MODERATOR)
async def try_(
    asked: Asked,
    account: Handle,
    in_: Where = Where.BOTH,
    for_: timedelta | None = None,
    note: Text | None = None,
    page: Page = SECOND,
    sure: Sure = UNSURE,
) -> None:
    """What it does, in one line.

    What else there is to say.
    """


def test_the_first_line_of_the_docstring_is_the_description() -> None:
    assert try_.about == "What it does, in one line"


def test_a_parameter_without_default_is_required_and_keeps_its_place() -> None:
    assert [option.name for option in try_.required] == ["account"]
    assert [option.name for option in try_.options] == ["account", "in", "for", "note", "page", "sure"]


def test_a_trailing_underscore_is_not_shown_but_the_function_gets_it() -> None:
    option = try_.option("in")
    assert option is not None
    assert (option.name, option.parameter) == ("in", "in_")
    assert try_.option("in_") is None


def test_defaults_are_those_of_the_signature() -> None:
    assert {option.name: option.default for option in try_.options} == {
        "account": None,
        "in": Where.BOTH,
        "for": None,
        "note": None,
        "page": 2,
        "sure": 0,
    }


def test_an_optional_type_is_the_type() -> None:
    kinds = {option.name: option.kind.type for option in try_.options}
    assert kinds == {"account": Handle, "in": Where, "for": timedelta, "note": Text, "page": Page, "sure": Sure}


def test_an_enumeration_gives_choices() -> None:
    option = try_.option("in")
    assert option is not None
    assert [choice.value for choice in option.kind.choices] == ["chat", "speech", "both"]


def test_inner_kinds_are_not_shown() -> None:
    assert [option.name for option in try_.shown] == ["account", "in", "for", "note"]


def test_the_verb_joins_the_words() -> None:
    assert try_.verb == "try.this"
    assert try_.role is Role.MODERATOR


def test_a_type_nobody_knows_is_found_when_the_command_is_made() -> None:
    async def odd(asked: Asked, what: complex) -> None:
        """Odd"""

    with pytest.raises(KeyError):
        command("odd")(odd)


def test_a_key_is_at_most_64_bytes_and_has_no_separator_in_its_values() -> None:
    assert key("following") == "following"
    assert key("trigger.remove", 12) == "trigger.remove:12"
    assert key("following", "amina", page=2) == "following:amina;page=2"
    for value in ("x" * 60, "é" * 30, "a;b"):
        with pytest.raises(ValueError, match="not a button key"):
            key("following", value)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_the_longest_ids_handles_and_choices_fit_a_key(one) -> None:  # type: ignore[no-untyped-def]
    """Whatever a card puts into the key of a command: what is required, a choice, the confirmation, a page."""
    values = {}
    for option in one.options:
        kind = option.kind
        if kind.choices:
            values[option.name] = max((choice.value for choice in kind.choices), key=len)
        elif kind.type in (Handle, Follow):
            values[option.name] = LONGEST_HANDLE
        elif kind.type is not Text and option.required:
            values[option.name] = str(LONGEST_ID)
    required = {name: value for name, value in values.items() if one.option(name) in one.required}
    assert len(key(one.verb, *required.values()).encode()) <= 64
    if any(option.name == "page" for option in one.options):
        assert len(key(one.verb, *required.values(), page=10**6).encode()) <= 64
    if any(option.name == "sure" for option in one.options):
        assert len(key(one.verb, *required.values(), sure="yes").encode()) <= 64


def test_every_command_says_what_it_does_and_has_a_name_of_its_own() -> None:
    assert [one.name for one in ALL if not one.about] == []
    assert len({one.name for one in ALL}) == len(ALL)
    assert all(one.name == one.name.lower() and 1 <= len(one.name.split()) <= 2 for one in ALL)


def test_commands_of_one_first_word_need_one_right() -> None:
    """Discord knows default rights for the first word only; `transcript` and `lives` are everybody's, and so on."""
    roles: dict[str, set[Role]] = {}
    for one in ALL:
        if one.offered:
            roles.setdefault(one.name.split()[0], set()).add(one.role)
    assert {word: found for word, found in roles.items() if len(found) > 1} == {}


def test_a_first_word_is_a_command_or_a_group_never_both() -> None:
    alone = {one.name for one in ALL if one.offered and " " not in one.name}
    assert alone.isdisjoint(one.name.split()[0] for one in ALL if one.offered and " " in one.name)
