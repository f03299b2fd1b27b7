"""Words: templates with marks, values that can never carry one, numbers and times as each language writes them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording import Run, Style, Words, catalog, plain

ENGLISH, FRENCH = Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("Europe/Paris"))
HOSTILE = "**bold** `code` {x} {n} {0} {x.__class__} }{ ** ` @everyone <b>"


def test_marks_of_a_template_become_styles() -> None:
    line = ENGLISH.line("**You follow {n} of {m}.** Unfollow one with `/unfollow`.", n=3, m=5)
    assert line == (
        Run("You follow 3 of 5.", Style.BOLD),
        Run(" Unfollow one with "),
        Run("/unfollow", Style.CODE),
        Run("."),
    )


@pytest.mark.parametrize("template", ["{x}", "**{x}**", "`{x}`", "a **b** {x} `c`"])
def test_a_value_can_never_carry_a_mark(template: str) -> None:
    quiet, loud = ENGLISH.line(template, x="y"), ENGLISH.line(template, x=HOSTILE, n=1)
    assert [run.style for run in loud] == [run.style for run in quiet]
    assert plain(loud) == plain(quiet).replace("y", HOSTILE)


@given(st.text(max_size=60))
def test_no_value_changes_how_many_runs_there_are(value: str) -> None:
    line = ENGLISH.line("**@{x} is live** since `{at}`", x=value or "-", at="now")
    assert [run.style for run in line] == [Style.BOLD, Style.PLAIN, Style.CODE]
    assert line[0].text == f"@{value or '-'} is live"


@given(st.text(alphabet="ab *`{}x", max_size=30))
def test_no_template_breaks_the_reading(template: str) -> None:
    said = plain(tuple(ENGLISH.line(template, x="1")))
    assert set(said) <= set("ab *`{}x1")


def test_only_plain_names_are_filled_in() -> None:
    said = ENGLISH.say("{x.real} {x!r} {x:>9} {} {unknown} {", x=1)
    assert said == "{x.real} {x!r} {x:>9} {} {unknown} {"


def test_a_mark_that_is_never_closed_is_text() -> None:
    assert ENGLISH.line("2 ** 3 `x") == (Run("2 ** 3 `x"),)


def test_plurals_follow_the_language() -> None:
    assert [plain(ENGLISH.count("{n} clip", "{n} clips", n)) for n in (0, 1, 1204)] == [
        "0 clips",
        "1 clip",
        "1,204 clips",
    ]
    assert [plain(FRENCH.count("{n} clip", "{n} clips", n)) for n in (0, 1, 1204)] == [
        "0 extrait",
        "1 extrait",
        "1\u202f204 extraits",
    ]


def test_numbers_sizes_and_times_are_written_as_readers_do() -> None:
    at = datetime(2026, 8, 1, 22, 4, 5, tzinfo=UTC)
    assert (ENGLISH.decimal(0.9, 2), FRENCH.decimal(0.9, 2)) == ("0.90", "0,90")
    assert (ENGLISH.size(18_400_000), FRENCH.size(18_400_000)) == ("18.4 MB", "18,4 Mo")
    assert (ENGLISH.size(0), FRENCH.size(99_999)) == ("1 kB", "99 ko")
    assert (ENGLISH.time(at), FRENCH.time(at, seconds=True)) == ("22:04", "00:04:05")
    assert (ENGLISH.day(at), FRENCH.day(at)) == ("1 Aug", "2 août")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-1, "0 s"), (45, "45 s"), (89, "89 s"), (90, "2 min"), (2880, "48 min"), (7500, "2 h 05 min")],
)
def test_lengths_are_said_in_the_unit_people_think_in(seconds: int, said: str) -> None:
    assert ENGLISH.length(timedelta(seconds=seconds)) == said


def test_a_language_without_translations_speaks_english() -> None:
    assert Words("xx", ZoneInfo("UTC")).say("Undo") == "Undo"
    assert Words("../../etc", ZoneInfo("UTC")).say("Undo") == "Undo"
    assert Words("xx", ZoneInfo("UTC")).day(datetime(2026, 3, 2, tzinfo=UTC)) == "2 Mar"


def test_a_catalog_is_read_once() -> None:
    assert catalog("fr") is catalog("fr")
