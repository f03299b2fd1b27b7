"""The names people see of clips."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.clip import LONGEST_NAME, findable, renamed, shown_name, stamp
from core.model.filename import clean

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
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("❤️‍🔥👩🏽‍🍳", "❤️‍🔥👩🏽‍🍳"),
        ("a\u200db\u200d", "ab"),
        ("CON", "_CON"),
        ("nul .txt", "_nul .txt"),
        ("COM¹", "_COM¹"),
        ("conrad", "conrad"),
        ("x" * 4096, "x" * 40),
        ("\u2067عربي\u2069", "عربي"),
        ("\ud800a", "a"),
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
    assert name.replace("\u200d", "").isprintable()


@given(st.text(st.sampled_from("👨👩👧\u200d🏽🇫🇷é\u0301a .-\ufe0f❤"), max_size=30), st.integers(1, 40))
def test_what_is_one_sign_to_the_eye_is_never_broken(part: str, limit: int) -> None:
    cut = clean(part, limit)
    assert not cut.endswith("\u200d")
    assert "a\u200d" not in cut


def test_a_family_that_does_not_fit_goes_as_a_whole_and_so_does_a_flag() -> None:
    assert clean("ab👨‍👩‍👧‍👦", 26) == "ab"
    assert clean("ab🇫🇷", 9) == "ab"
    assert clean("ab🇫🇷", 10) == "ab🇫🇷"


@given(st.sampled_from(["con", "PRN", "aux", "NUL", "com1", "LPT9", "conin$"]), st.text(max_size=4), st.integers(5, 12))
def test_no_name_is_a_device_of_windows(device: str, behind: str, limit: int) -> None:
    name = clean(device + behind, limit)
    assert name.partition(".")[0].rstrip().casefold() != device.casefold()


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
