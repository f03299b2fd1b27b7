"""Subtitles: read as they are meant, and hostile ones harmlessly."""

import json
import time
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.tiktok.videos.cues import LONGEST, LONGEST_LINE, MOST_LINES, chosen, language_of, read
from core.model.transcript import Word

VTT = """WEBVTT - made by somebody

NOTE not spoken

1
00:00:01.200 --> 00:00:02.400 align:start position:0%
Hello, {hello} &amp; <c.yellow>welcome</c>

00:02.500 --> 01:02:03.004
two
lines <00:00:03.000><b>bold</b>
"""
SRT = "1\r\n00:00:01,200 --> 00:00:02,400\r\nHello, {\\an8} there\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nmore\r\n"


def test_vtt_is_read_with_its_braces_and_without_its_tags():
    assert read(VTT, "vtt") == (
        Word(1.2, 2.4, "Hello, {hello} & welcome"),
        Word(2.5, 3723.004, "two lines bold"),
    )


def test_srt_is_read():
    assert read(SRT, "srt") == (Word(1.2, 2.4, "Hello, {\\an8} there"), Word(3.0, 4.0, "more"))


def test_a_creators_own_captions_are_read():
    said = {"utterances": [{"start_time": 1200, "end_time": 2400, "text": "Hello"}, {"text": 3}, None, {"text": "x"}]}
    assert read(json.dumps(said), "json") == (Word(1.2, 2.4, "Hello"),)


@pytest.mark.parametrize("form", ["vtt", "srt", "json"])
@pytest.mark.parametrize(
    "text", ["", "WEBVTT", "<html>captcha</html>", "null", "[]", '{"utterances": 7}', "[" * 99_999]
)
def test_what_is_no_subtitle_file_holds_no_lines(form: str, text: str):
    assert read(text, form) == ()


def test_lines_that_are_too_long_or_too_many_are_bounded():
    many = "".join(f"\n\n00:00:01.000 --> 00:00:02.000\n{'x' * 9999}" for _ in range(MOST_LINES // 100))
    lines = read("WEBVTT" + many, "vtt")
    assert len(lines) == MOST_LINES // 100
    assert max(len(line.text) for line in lines) <= LONGEST_LINE


def test_a_hostile_file_of_two_megabytes_takes_no_time():
    began = time.monotonic()
    for piece in ("<", "<c", "-->", "00:", "\n\n", "00:00:01.000 --> ", "&amp;", "<c.<c."):
        read("WEBVTT\n\n00:01.000 --> 00:02.000\n" + piece * (2_000_000 // len(piece)), "vtt")
    assert time.monotonic() - began < 10


@given(st.text(), st.sampled_from(["vtt", "srt", "json"]))
def test_any_text_gives_lines_in_order_within_bounds(text: str, form: str):
    lines = read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n\n00:00.500 --> 99:99:99.999\nend", form)
    assert all(0 <= line.start <= line.end <= LONGEST for line in lines)
    assert not any(category(sign) in ("Cc", "Cs") for line in lines for sign in line.text)
    assert list(lines) == sorted(lines, key=lambda line: line.start)


@pytest.mark.parametrize(
    ("keys", "language", "likely", "key"),
    [
        (["eng-US"], "", "fr", "eng-US"),
        (["eng-US", "fra-FR"], "", "fr", "fra-FR"),
        (["eng-US", "fra-FR"], "", "de", "eng-US"),
        (["eng-US", "fra-FR"], "fr", "en", "fra-FR"),
        (["eng-US"], "fr", "en", None),
        ([], "", "en", None),
        (["en", "fr"], "fr", "", "fr"),
        (["?", "-"], "", "", "?"),
    ],
)
def test_the_track_is_the_one_asked_for_else_the_likely_one(
    keys: list[str], language: str, likely: str, key: str | None
):
    assert chosen(keys, language, likely) == key


@pytest.mark.parametrize(
    ("key", "code"), [("eng-US", "en"), ("fr", "fr"), ("cmn-Hans-CN", "zh"), ("xx1", ""), ("", "")]
)
def test_tiktoks_names_of_languages_are_understood(key: str, code: str):
    assert language_of(key) == code
