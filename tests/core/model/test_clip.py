"""The names people see of clips."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.clip import LONGEST_NAME, clean, findable, renamed, shown_name, stamp

AT = datetime(2026, 11, 20, 19, 23, 4, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def test_the_name_is_the_seeds_in_the_places_time_zone() -> None:
    assert shown_name("karim_92", "giveaway", AT, PARIS) == "karim_92_giveaway_2026-11-20_08-23-04_PM.mp4"
    assert stamp(datetime(2026, 1, 1, 0, 5, tzinfo=UTC), ZoneInfo("UTC")) == "2026-01-01_12-05-00_AM"


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("a\x00b\x1b[31m\u202ec", "ab[31mc"),
        ('<>:"/\\?*|', "_________"),
        ("", "_"),
        (" . ", "_"),
        ("e\u0301té", "été"),
        ("👍", "👍"),
    ],
)
def test_a_strangers_word_becomes_a_safe_piece_of_a_name(part: str, kept: str) -> None:
    assert clean(part) == kept


@given(st.text(), st.text())
def test_no_text_makes_an_unsafe_or_overlong_name(who: str, word: str) -> None:
    name = shown_name(who, word, AT, PARIS)
    assert not set(name) & set('<>:"/\\?*|\0\n\r')
    assert not name.startswith((".", "-"))
    assert len(name.encode()) <= 120
    assert name.isprintable()


@given(st.text(min_size=1), st.integers(1, 60))
def test_a_cut_is_never_longer_than_asked_and_never_breaks_a_letter(part: str, limit: int) -> None:
    cut = clean(part, limit)
    assert len(cut.encode()) <= max(1, limit)
    cut.encode().decode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("best bit", "best bit.mp4"),
        ("Best.MP4", "Best.mp4"),
        ("../../etc/passwd", "_.._etc_passwd.mp4"),
        ("a.mkv", "a.mkv.mp4"),
        ("مرحبا", "مرحبا.mp4"),
        ("x\u202egpj", "xgpj.mp4"),
        ("é" * 4096, "é" * 60 + ".mp4"),
    ],
)
def test_another_name_is_safe_and_keeps_its_ending(name: str, shown: str) -> None:
    assert renamed("bob_giveaway.mp4", name) == shown


@pytest.mark.parametrize("name", ["", "   ", ".mp4", "..", "\u202e\x00"])
def test_a_name_of_nothing_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        renamed("bob.mp4", name)


@given(st.text())
def test_no_other_name_is_unsafe(name: str) -> None:
    try:
        shown = renamed("bob.mp4", name)
    except ValueError:
        return
    assert shown.endswith(".mp4")
    assert not set(shown) & set('<>:"/\\?*|\0\n\r')
    assert shown.isprintable()
    assert len(shown.encode()) <= LONGEST_NAME + 4


def test_names_are_found_whatever_their_case_and_accents() -> None:
    assert findable("ÉTÉ à la MER") == "ete a la mer"
