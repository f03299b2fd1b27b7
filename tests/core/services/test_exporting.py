"""Transcripts as files: read back by strict little parsers of each format."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from core.model.transcript import Gap, GapCause, Segment, SegmentState, Word
from core.services.exporting import Exporting, Format, file_name, write
from core.services.lives.scene import Scene
from tests.builders import followed, scene_of, segment
from tests.doubles import CountedStorage

HOSTILE = (
    "plain words",
    r"{\an8} braces {b} stay",
    "<i>tags</i> & <script>entities &amp;</script>",
    "an arrow --> and 00:00:01,000 --> 00:00:02,000",
    "two lines\nand\n\nan empty one\r\nand more",
    "12",
    "WEBVTT\n\nNOTE hello",
    "*stars* _and_ [links](https://x) # `code` | ~~gone~~",
    "שלום \u202eעולם، مرحبا — 台所 🍅",
    "[0:05] a stamp of its own",
)
CLOCK = r"(\d\d):(\d\d):(\d\d)MARK(\d\d\d)"


@pytest.fixture
async def scene(storage: CountedStorage) -> Scene:
    """A live in which every hostile thing is said, with a gap and spans without words between."""
    await followed(storage)
    scene = await scene_of(storage)
    parts: list[Segment | Gap] = [segment(text, 5.0 * n, 4.5) for n, text in enumerate(HOSTILE)]
    parts[0] = segment("plain words", 0.0, 4.5, words=(Word(0.0, 1.0, "plain"), Word(1.0, 2.0, "words")))
    parts += [segment(None, 100.0, state=SegmentState.UNTOLD), segment("", 110.0, state=SegmentState.SILENT)]
    parts += [Gap(120, 130, GapCause.RECONNECT), segment("after an hour", 3725.25, 0.75)]
    async with storage.work() as work:
        await work.transcripts.add(scene.live.id, parts)
    return scene


async def exported(storage: CountedStorage, scene: Scene, wanted: Format) -> str:
    return (await Exporting(storage).transcript(scene.live, wanted)).data.decode("utf-8")


def seconds(clock: str, mark: str) -> float:
    found = re.fullmatch(CLOCK.replace("MARK", re.escape(mark)), clock)
    assert found, clock
    hours, minutes, whole, milliseconds = map(int, found.groups())
    assert minutes < 60
    assert whole < 60
    return hours * 3600 + minutes * 60 + whole + milliseconds / 1000


def cues(block: str, mark: str) -> tuple[float, float, str]:
    """A cue's times and its text, which is all its other lines."""
    times, *text = block.split("\n")
    start, arrow, end = times.split(" ")
    assert arrow == "-->"
    return seconds(start, mark), seconds(end, mark), "\n".join(text)


def read_srt(text: str) -> list[tuple[float, float, str]]:
    """A strict reader: blocks of number, times and text, an empty line after each, numbers without a hole."""
    assert text.endswith("\n\n")
    found = []
    for number, block in enumerate(text.removesuffix("\n\n").split("\n\n"), 1):
        head, _, rest = block.partition("\n")
        assert head == str(number)
        found.append(cues(rest, ","))
    return found


def read_vtt(text: str) -> list[tuple[float, float, str]]:
    """A strict reader after the standard: the signature, then cues; entities resolved, no tag and no arrow in a text."""
    head, *blocks = text.removesuffix("\n\n").split("\n\n")
    assert head == "WEBVTT"
    found = []
    for block in blocks:
        start, end, said = cues(block, ".")
        assert "-->" not in said
        assert "<" not in said
        assert not re.search(r"&(?!amp;|lt;)", said)
        found.append((start, end, said.replace("&lt;", "<").replace("&amp;", "&")))
    return found


def flat(text: str) -> str:
    """A text as a cue holds it: in one line, its arrows drawn."""
    return " ".join(text.split()).replace("-->", "→")


SAID = [(5.0 * n, 5.0 * n + 4.5, flat(text)) for n, text in enumerate(HOSTILE)] + [(3725.25, 3726.0, "after an hour")]


async def test_srt_is_read_back_as_it_was_said(storage: CountedStorage, scene: Scene):
    assert read_srt(await exported(storage, scene, Format.SRT)) == SAID


async def test_vtt_is_read_back_as_it_was_said(storage: CountedStorage, scene: Scene):
    assert read_vtt(await exported(storage, scene, Format.VTT)) == SAID


async def test_json_keeps_everything_spans_without_words_too(storage: CountedStorage, scene: Scene):
    document = json.loads(await exported(storage, scene, Format.JSON))
    assert (document["handle"], document["rooms"], document["started"]) == (
        "maria",
        ["7300"],
        scene.live.started.isoformat(),
    )
    assert [one["text"] for one in document["segments"]] == [*HOSTILE, None, "", "after an hour"]
    assert [one["state"] for one in document["segments"][-3:]] == ["untold", "silent", "told"]
    assert document["segments"][0]["words"][1] == {"start": 1.0, "end": 2.0, "text": "words"}


async def test_txt_has_a_line_with_its_time_for_everything_said(storage: CountedStorage, scene: Scene):
    lines = (await exported(storage, scene, Format.TXT)).removesuffix("\n").split("\n")
    assert [re.fullmatch(r"\[(?:\d+:)?\d+:\d\d\] (.+)", line)[1] for line in lines] == [  # type: ignore[index]
        *(" ".join(text.split()) for text in HOSTILE),
        "after an hour",
    ]
    assert lines[-1] == "[1:02:05] after an hour"


async def test_md_shows_what_was_said_and_formats_nothing_of_it(storage: CountedStorage, scene: Scene):
    head, _, _, _, *lines = (await exported(storage, scene, Format.MD)).removesuffix("\n").split("\n")
    assert head == "# @maria · Sunday kitchen"
    found = []
    for line in lines:
        stamp, text = re.fullmatch(r"\*\*([\d:]+)\*\* (.*)  ", line).groups()  # type: ignore[union-attr]
        assert stamp
        assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|~]", text)
        found.append(re.sub(r"\\([\\`*_{}\[\]<>#|~])", r"\1", text))
    assert found == [*(" ".join(text.split()) for text in HOSTILE), "after an hour"]


@pytest.mark.parametrize("title", HOSTILE)
async def test_a_title_formats_nothing_in_md_either(scene: Scene, title: str):
    head = write(replace(scene.live, title=title), [], Format.MD).split("\n")[0].removeprefix("# ")
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|~]", head)
    assert re.sub(r"\\([\\`*_{}\[\]<>#|~])", r"\1", head) == f"@maria · {' '.join(title.split())}".rstrip()


@pytest.mark.parametrize("wanted", Format)
async def test_a_live_in_which_nothing_was_said_is_an_empty_file_of_its_kind(storage: CountedStorage, wanted: Format):
    await followed(storage)
    text = await exported(storage, await scene_of(storage), wanted)
    if wanted is Format.JSON:
        assert json.loads(text)["segments"] == []
    else:
        assert text in ("", "WEBVTT\n\n") or text.startswith("# @maria")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Sunday Kitchen!", "sunday_kitchen__transcript.srt"),
        ("../../etc/passwd", "______etc_passwd_transcript.srt"),
        ("台所", "___transcript.srt"),
        ("x" * 300, "x" * 80 + "_transcript.srt"),
    ],
)
def test_file_names_are_safe_and_short(title: str, name: str):
    assert file_name(title, Format.SRT) == name
    assert Path(name).name == name
