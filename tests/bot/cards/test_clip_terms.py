"""Why a clip is short, does not come from OBS, or is none: each reason has its own words, and the next step where there is one."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.card import Card
from bot.cards import draw
from bot.wording import Words, plain
from core.model.account import Handle
from core.model.clip import Short, Source
from core.model.tellable.finds import ClipSaved

ENGLISH = Words("en", ZoneInfo("UTC"))
SAVED = ClipSaved(7, 7, Handle("amina"), "bob_go.mp4", "7.mp4", 12.0, 3_000_000, 720, 1280, "go", start=751.0)
NONE = replace(SAVED, clip_id=0, shown="", path="", seconds=0.0, size=0, width=0, height=0)


def text(said: ClipSaved) -> str:
    card: Card = draw(said, ENGLISH)
    return " ".join(plain(line) for line in (card.title, *card.body))


@pytest.mark.parametrize(
    ("short", "words"),
    [
        (Short.ENDED, "shorter: the live ended"),
        (Short.BUFFER, "shorter: the buffer does not reach further back"),
        (Short.BEGUN, "shorter: the buffer began only then"),
        (Short.FORMAT, "shorter: picture or sound changed their format there"),
        (Short.STALLED, "shorter: the stream stood still"),
        (Short.STOPPED, "shorter: I was stopped"),
    ],
)
def test_a_short_clip_says_where_it_begins_and_why_it_is_short(short: Short, words: str) -> None:
    assert f"from 12:31 of the live · {words}" in text(replace(SAVED, short=short))


def test_no_reason_is_without_words() -> None:
    assert len({text(replace(SAVED, short=short)) for short in (None, *Short)}) == len(Short) + 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("CLIP_EARLY", "had come in by then"),
        ("CLIP_SLOW", "H.265 or AV1"),
        ("CLIP_GONE", "was not kept any more"),
        ("DISK", "The disk was full. Delete some with /clip list"),
        ("DISK_CLOSED", "the owner can mend that"),
        ("FOLDER_MISSING", "the owner can mend that"),
        ("BUG", "the owner finds what in the log"),
        ("SOURCE_UNREADABLE", "could not be read"),
    ],
)
def test_a_clip_that_is_none_says_why(code: str, words: str) -> None:
    said = text(replace(NONE, failed=code)).replace("`", "")
    assert said.startswith("The clip of go could not be saved.")
    assert words in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("OBS_OFF", "OBS did not answer"),
        ("OBS_PASSWORD", "OBS refused the password"),
        ("OBS_BUFFER", "the replay buffer of OBS was off"),
        ("OBS_SILENT", "OBS did not say that it saved anything"),
        ("OBS_SHORT", "does not reach back that far"),
        ("OBS_UNSET", "no OBS is set up here"),
        ("OBS_UNSERVED", "/obs connect changes that"),
    ],
)
def test_a_clip_of_the_own_buffer_in_place_of_obs_says_why(code: str, words: str) -> None:
    said = text(replace(SAVED, instead=code)).replace("`", "")
    assert "From Earshot's own buffer" in said
    assert words in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("OBS_ELSEWHERE", "OBS_RECORDING_MAP"),
        ("OBS_GONE", "not in its folder any more"),
        ("OBS_LOCKED", "Another program holds the file"),
        ("OBS_UNREADABLE", "I cannot read it as a video"),
        ("DISK", "There is no room for it here. It is still in OBS's folder."),
    ],
)
def test_a_replay_that_cannot_be_fetched_says_where_it_is_and_why(code: str, words: str) -> None:
    said = text(replace(NONE, shown="Replay 1.mkv", failed=code, source=Source.OBS)).replace("`", "")
    assert "Saved in OBS: Replay 1.mkv" in said
    assert words in said
