"""A typed line read into a command and its values."""

import ast
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import ALL
from bot.typed import read, split
from core.errors import EarshotError

HOUSE = Path(__file__).parents[2]
NAMES = [one.name for one in ALL if one.offered]
OPTIONS = sorted({option.name for one in ALL for option in one.options})


def typed(line: str) -> tuple[str, dict[str, str]]:
    found = read(split(line), ALL)
    return found.command.name, found.raw


def refused(line: str) -> tuple[str, dict[str, object]]:
    with pytest.raises(EarshotError) as caught:
        typed(line)
    return caught.value.code, caught.value.values


@pytest.mark.parametrize("name", NAMES)
def test_every_offered_command_is_found_by_its_name(name: str) -> None:
    assert typed(name)[0] == name
    assert typed(f"/{name.upper()}")[0] == name


@pytest.mark.parametrize(
    ("line", "name", "raw"),
    [
        ("follow @amina", "follow", {"account": "@amina"}),
        (
            "review decide 7 confirm as agreed",
            "review decide",
            {"alert": "7", "verdict": "confirm", "note": "as agreed"},
        ),
        ("review decide 7 perhaps not", "review decide", {"alert": "7", "verdict": "perhaps not"}),
        ("watch mark @amina note=look over here", "watch mark", {"account": "@amina", "note": "look over here"}),
        ("trigger add giveaway cooldown=5 min", "trigger add", {"word": "giveaway", "cooldown": "5 min"}),
        ("trigger add --cooldown 5 min giveaway", "trigger add", {"word": "giveaway", "cooldown": "5 min"}),
        ("clip list since=2 h account=@amina", "clip list", {"since": "2 h", "account": "@amina"}),
        ("watch mute @amina for=1 Hour", "watch mute", {"account": "@amina", "for": "1 Hour"}),
        ("trigger add 5 min", "trigger add", {"word": "5 min"}),
        ("watch mark note=look @amina", "watch mark", {"account": "@amina", "note": "look"}),
        (
            "clip save @amina --name my odd = name seconds=15",
            "clip save",
            {"account": "@amina", "name": "my odd = name", "seconds": "15"},
        ),
        ("clip rename 7 name=a new name", "clip rename", {"clip": "7", "name": "a new name"}),
        ("/follow @amina transcript=no", "follow", {"account": "@amina", "transcript": "no"}),
        ("follow --transcript no @amina", "follow", {"account": "@amina", "transcript": "no"}),
        ("follow --transcript=no @amina", "follow", {"account": "@amina", "transcript": "no"}),
        ("follow --account amina --RISK 0.5", "follow", {"account": "amina", "risk": "0.5"}),
        ("trigger add free gift where=chat", "trigger add", {"word": "free gift", "where": "chat"}),
        ("trigger add free where=chat gift", "trigger add", {"word": "free gift", "where": "chat"}),
        ('trigger add "free where=chat"', "trigger add", {"word": "free where=chat"}),
        (
            'trigger add word="free gift" match="whole word"',
            "trigger add",
            {"word": "free gift", "match": "whole word"},
        ),
        ("trigger add free gift match=whole word", "trigger add", {"word": "free gift", "match": "whole word"}),
        ("trigger add match=Whole Word free gift", "trigger add", {"word": "free gift", "match": "Whole Word"}),
        ("trigger add match=whole gift", "trigger add", {"word": "gift", "match": "whole"}),
        ("settings section=quiet hours", "settings", {"section": "quiet hours"}),
        ("settings labels", "settings labels", {}),
        ("/settings Words", "settings words", {}),
        ("settings label", "settings label", {}),
        ("settings code", "settings code", {}),
        ("settings risk", "settings", {"section": "risk"}),
        ("settings digest", "settings", {"section": "digest"}),
        ("settings quiet hours", "settings", {"section": "quiet hours"}),
        ("unfollow undo", "unfollow", {"account": "undo"}),
        (
            "settings --section language and time --event new video",
            "settings",
            {
                "section": "language and time",
                "event": "new video",
            },
        ),
        ("/settings section:who may do what", "settings", {"section": "who may do what"}),
        ('/settings SECTION:"who may do what"', "settings", {"section": "who may do what"}),
        ("follow account:@amina --transcript:no", "follow", {"account": "@amina", "transcript": "no"}),
        (
            "trigger add free gift where:chat cooldown:5 min",
            "trigger add",
            {"word": "free gift", "where": "chat", "cooldown": "5 min"},
        ),
        (
            "watch mark @amina note:at 9:00, look: a=b",
            "watch mark",
            {"account": "@amina", "note": "at 9:00, look: a=b"},
        ),
        ("watch mark @amina note=ratio:2", "watch mark", {"account": "@amina", "note": "ratio:2"}),
        ("transcribe https://x.com/a?link=b:c", "transcribe", {"link": "https://x.com/a?link=b:c"}),
        ("transcribe link:https://x.com/a", "transcribe", {"link": "https://x.com/a"}),
        ("trigger add a:where=chat", "trigger add", {"word": "a:where=chat"}),
        ("trigger add section:risk", "trigger add", {"word": "section:risk"}),
        ("trigger add where: the kitchen", "trigger add", {"word": "where: the kitchen"}),
        (
            "clip save @amina name=my live: wow",
            "clip save",
            {"account": "@amina", "name": "my live: wow"},
        ),
        ("watch mark @amina sure:1 as:b", "watch mark", {"account": "@amina sure:1 as:b"}),
        ("trigger add a=b", "trigger add", {"word": "a=b"}),
        ("trigger add it's", "trigger add", {"word": "it's"}),
        ("trigger add \\d+ match=pattern", "trigger add", {"word": "\\d+", "match": "pattern"}),
        ("trigger add # not a comment", "trigger add", {"word": "# not a comment"}),
        ("trigger add --", "trigger add", {"word": "--"}),
        (
            "/trigger add WORD where=chat then=both cooldown=0 match=pattern",
            "trigger add",
            {"word": "WORD", "where": "chat", "then": "both", "cooldown": "0", "match": "pattern"},
        ),
        (
            "review decide 7 confirm seen by all of us",
            "review decide",
            {"alert": "7", "verdict": "confirm", "note": "seen by all of us"},
        ),
        (
            "review decide 7 confirm note=agreed",
            "review decide",
            {"alert": "7", "verdict": "confirm", "note": "agreed"},
        ),
        ("transcript download 7 srt", "transcript download", {"transcript": "7", "format": "srt"}),
        ("clip list @amina", "clip list", {"account": "@amina"}),
        ("  status  ", "status", {}),
    ],
)
def test_values_are_read_as_people_type_them(line: str, name: str, raw: dict[str, str]) -> None:
    assert typed(line) == (name, raw)


def test_words_of_a_shell_are_taken_as_they_come() -> None:
    found = read(["trigger", "add", "free gift", "where=chat"], ALL)
    assert found.raw == {"word": "free gift", "where": "chat"}


def test_an_unknown_command_is_named() -> None:
    assert refused("fly me") == ("COMMAND", {"x": "fly"})
    assert refused("") == ("COMMAND", {"x": ""})
    assert refused('""')[0] == "COMMAND"


def test_half_a_command_gives_the_other_halves() -> None:
    code, values = refused("trigger fly")
    assert code == "CHOICE"
    assert "trigger add" in str(values["list"])
    assert refused("lives")[0] == "FAMILY"


def test_what_buttons_press_is_typed_with_its_value_and_else_not_a_command() -> None:
    assert typed("trigger undo 3") == ("trigger undo", {"number": "3"})
    assert refused("trigger undo")[0] == "CHOICE"
    assert typed("unfollow undo") == ("unfollow", {"account": "undo"})


def test_an_unknown_option_is_named_with_those_there_are() -> None:
    code, values = refused("follow @amina --colour red")
    assert (code, values["x"], values["command"]) == ("OPTION", "--colour", "follow")
    assert values["list"] == "account, channel, role, language, transcript, risk"


def test_inner_options_are_read_but_not_offered() -> None:
    assert typed("following page=2") == ("following", {"page": "2"})
    assert "page" not in str(refused("following --colour red")[1]["list"])


def test_a_command_that_takes_nothing_says_so() -> None:
    assert refused("status of everything") == ("NO_OPTIONS", {"x": "of", "command": "status"})


def test_an_option_without_its_value_says_what_it_takes() -> None:
    code, values = refused("follow @amina --risk")
    assert (code, values["hint"]) == ("OPTION_VALUE", "yes, no, or the score from which you are told: 0 to 1")


def test_a_quotation_mark_that_is_not_closed_is_told() -> None:
    assert refused('trigger add "free gift')[0] == "QUOTES"


words = st.sampled_from(
    [
        *NAMES,
        *OPTIONS,
        "--",
        "=",
        ":",
        "where:chat",
        "--:",
        '"',
        "'",
        "\\",
        "/",
        "where=chat",
        "--where",
        "--=",
        "x" * 300,
    ]
)
lines = st.lists(words | st.text(max_size=12), max_size=8).map(" ".join)


@given(lines)
def test_no_line_breaks_the_reading(line: str) -> None:
    try:
        found = read(split(line), ALL)
    except EarshotError:
        return
    assert found.command.offered
    assert all(found.command.option(name) for name in found.raw)


@given(st.sampled_from(NAMES), st.lists(st.text(max_size=8), max_size=5))
def test_no_words_of_a_shell_break_the_reading(name: str, rest: list[str]) -> None:
    with suppress(EarshotError):
        read([*name.split(), *rest], ALL)


def outcome(words: list[str]) -> object:
    try:
        return read(words, ALL)
    except EarshotError as error:
        return error.code


@given(
    st.sampled_from([(one.name, option.name) for one in ALL for option in one.shown]),
    st.text(min_size=1),
    st.lists(st.text(max_size=8)),
)
def test_a_colon_gives_an_option_its_value_as_the_equals_sign_does(
    named: tuple[str, str], value: str, rest: list[str]
) -> None:
    command, option = named
    assert outcome([*command.split(), f"{option}:{value}", *rest]) == outcome(
        [*command.split(), f"{option}={value}", *rest]
    )


@given(
    st.text().filter(lambda head: head.lower() not in OPTIONS and "=" not in head and not head.startswith("--")),
    st.text(),
)
def test_a_text_that_merely_holds_a_colon_stays_a_text(head: str, tail: str) -> None:
    assert read(["trigger", "add", f"{head}:{tail}"], ALL).raw == {"word": f"{head}:{tail}"}


def shown_with_options() -> list[str]:
    """Every command with a named option, as our texts show it: in backticks, as on Discord."""
    sources = [ast.parse(path.read_text("utf-8")) for path in HOUSE.glob("bot/**/*.py")]
    texts = [node.value for tree in sources for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    texts += [path.read_text("utf-8") for path in (*HOUSE.glob("bot/locales/**/*.po"), HOUSE / "README.md")]
    return sorted(
        {line for text in texts if isinstance(text, str) for line in re.findall(r"`(/[^`\n]*\s\w+:[^`\n]*)`", text)}
    )


@pytest.mark.parametrize("line", shown_with_options())
def test_a_command_that_our_texts_show_is_read_as_it_stands(line: str) -> None:
    found = read(split(line), ALL)
    for name in re.findall(r"\s(\w+):", line):
        option = found.command.option(name)
        assert option is not None
        assert not option.kind.choices or found.raw[name] in {choice.value for choice in option.kind.choices}


def test_quotes_that_mean_something_stay() -> None:
    for line in ('search "free pizza" tonight --in chat', 'search --in chat "free pizza" tonight'):
        assert read(split(line), ALL).raw == {"words": '"free pizza" tonight', "in": "chat"}
    assert read(split('search "pizza"'), ALL).raw == {"words": "pizza"}
