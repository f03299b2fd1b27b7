"""Transcripts as files: read back by strict little parsers of each format."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies

from core.model.account import Handle
from core.model.live import Live
from core.model.transcript import Gap, GapCause, Segment, SegmentState, Word
from core.services.exporting import Exporting, file_name
from core.services.lives.scene import Scene
from core.services.writing import Format, Line, lines_of, write
from tests.builders import HERE, followed, scene_of, segment
from tests.doubles import BEGAN, CountedStorage, StagedPrinter

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
LIVE = Live(1, 1, Handle("maria"), ("7300",), "Sunday kitchen", BEGAN)
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
    return (await Exporting(storage, StagedPrinter()).transcript(HERE, scene.live, wanted)).data.decode("utf-8")


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
        assert not re.search(r"&(?!amp;|lt;|gt;)", said)
        found.append((start, end, said.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")))
    return found


def flat(text: str) -> str:
    """A text as a cue holds it: in one line."""
    return " ".join(text.split())


def arrowless(text: str) -> str:
    """The same in SRT, which cannot say that an arrow means nothing."""
    return flat(text).replace("-->", "→")


SAID = [(5.0 * n, 5.0 * n + 4.5, flat(text)) for n, text in enumerate(HOSTILE)] + [(3725.25, 3726.0, "after an hour")]
MISSING = (
    "[1:40–1:45: not transcribed, no engine was ready]",
    "[2:00–2:10: not transcribed, the stream was interrupted]",
)


async def test_srt_is_read_back_as_it_was_said(storage: CountedStorage, scene: Scene):
    assert read_srt(await exported(storage, scene, Format.SRT)) == [(*at, arrowless(text)) for *at, text in SAID]


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
    assert document["gaps"] == [{"start": 120.0, "end": 130.0, "cause": "reconnect"}]


async def test_txt_has_a_line_for_everything_said_with_its_time_and_for_what_is_missing(
    storage: CountedStorage, scene: Scene
):
    lines = (await exported(storage, scene, Format.TXT)).removesuffix("\n").split("\n")
    assert tuple(lines[-3:-1]) == MISSING
    del lines[-3:-1]
    assert [re.fullmatch(r"\[(?:\d+:)?\d+:\d\d\] (.+)", line)[1] for line in lines] == [  # type: ignore[index]
        *(" ".join(text.split()) for text in HOSTILE),
        "after an hour",
    ]
    assert lines[-1] == "[1:02:05] after an hour"


async def test_md_shows_what_was_said_and_formats_nothing_of_it(storage: CountedStorage, scene: Scene):
    head, _, _, _, *lines = (await exported(storage, scene, Format.MD)).removesuffix("\n").split("\n")
    assert head == "# @maria · Sunday kitchen"
    assert [re.sub(r"\\(.)", r"\1", line.strip(" *")) for line in lines[-3:-1]] == [*MISSING]
    del lines[-3:-1]
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


@pytest.mark.parametrize("wanted", [one for one in Format if one is not Format.PDF])
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


async def test_pdf_is_printed_with_every_line_and_what_is_missing(storage: CountedStorage, scene: Scene):
    printer = StagedPrinter()
    file = await Exporting(storage, printer).transcript(HERE, scene.live, Format.PDF)
    assert (file.name, file.data) == ("sunday_kitchen_transcript.pdf", b"%PDF-")
    sheet = printer.printed[0]
    assert (sheet.title, sheet.head) == ("@maria · Sunday kitchen", ("2026-11-20 20:00 UTC",))
    assert [text for _, text in sheet.lines] == [*map(flat, HOSTILE), *MISSING, "after an hour"]
    assert sheet.lines[-1] == ("1:02:05", "after an hour")


TWO = (segment("Hello & welcome.", 1.0, 2.0, speaker="A"), segment("Thanks.", 4.0, 1.0, speaker="B <i>"))


def test_who_speaks_stands_before_what_they_say(scene: Scene):
    told = {wanted: write(scene.live, TWO, wanted) for wanted in Format if wanted is not Format.PDF}
    assert told[Format.TXT] == "[0:01] A: Hello & welcome.\n[0:04] B <i>: Thanks.\n"
    assert "**0:01** **A**: Hello & welcome.  \n**0:04** **B \\<i\\>**: Thanks." in told[Format.MD]
    assert [text for *_, text in read_srt(told[Format.SRT])] == ["A: Hello & welcome.", "B <i>: Thanks."]
    assert "<v A>Hello &amp; welcome.\n" in told[Format.VTT]
    assert "<v B &lt;i&gt;>Thanks.\n" in told[Format.VTT]
    assert [one["speaker"] for one in json.loads(told[Format.JSON])["segments"]] == ["A", "B <i>"]


def test_stretches_without_words_for_one_reason_are_one_line():
    parts = [
        segment(None, 0.0, state=SegmentState.FAILED),
        segment("", 5.0, 0.5, state=SegmentState.SILENT),
        segment(None, 5.5, state=SegmentState.FAILED),
        Gap(10.5, 20.0, GapCause.OVERFLOW),
        Gap(20.0, 30.0, GapCause.OVERFLOW),
        segment("back", 30.0),
        Gap(90.0, 91.0, GapCause.OVERFLOW),
    ]
    assert [(line.start, line.end, line.text, line.why) for line in lines_of(parts)] == [
        (0.0, 10.5, "", "the engine failed"),
        (10.5, 30.0, "", "too much was said at once"),
        (30.0, 35.0, "back", ""),
        (90.0, 91.0, "", "too much was said at once"),
    ]


TEXTS = strategies.text(strategies.characters(exclude_categories=["Cs"]), max_size=40)


@given(strategies.lists(strategies.tuples(TEXTS, strategies.sampled_from(["", "A", "B --> <v>"])), max_size=8))
def test_whatever_is_said_is_read_back_from_srt_and_vtt(said: list[tuple[str, str]]):
    parts = [segment(text, 2.0 * n, 1.5, speaker=who) for n, (text, who) in enumerate(said)]
    lines = list(lines_of(parts))
    assert [line.text for line in lines] == [flat(text) for text, _ in said if flat(text)]
    subtitles, track = write(LIVE, parts, Format.SRT), write(LIVE, parts, Format.VTT)
    assert not lines or read_srt(subtitles) == [(one.start, one.end, arrowless(one.told)) for one in lines]
    assert [voice(*cue) for cue in read_vtt_voices(track)] == lines


def read_vtt_voices(track: str) -> list[tuple[float, float, str]]:
    """The cues as written, with their voices."""
    blocks = track.removesuffix("\n\n").split("\n\n")[1:]
    return [cues(block, ".") for block in blocks]


def voice(start: float, end: float, written: str) -> Line:
    """A cue as a line: at most one tag, its voice, at the beginning."""
    found = re.fullmatch(r"(?:<v ([^<>]*)>)?([^<>]*)", written, re.DOTALL)
    assert found, written
    who, said = (part or "" for part in found.groups())
    return Line(start, end, html(said), html(who))


def html(text: str) -> str:
    return text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
