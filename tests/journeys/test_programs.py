"""The programs on bad input and on real sound: one plain line that names the thing, the right exit code, never a traceback."""

import asyncio
import json
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.schema import prepare
from tests.journeys.conftest import ROOT, Ended, Process, Start, earshot
from tests.platforms import speech
from tests.platforms.groq import LoopbackGroq
from tests.platforms.groq_whole import LoopbackWhole
from tests.platforms.judges import honest
from tests.platforms.live_media import make_media
from tests.platforms.live_server import LiveServer
from tests.platforms.service import Fault

LIVE = ROOT / "bot" / "demo" / "live.mp4"
SPEECH = ROOT / "tests" / "recordings" / "breathless.flac"


async def run(folder: Path, *words: str, **more: str) -> Ended:
    """A program to its end, while servers of the test go on."""
    return await asyncio.to_thread(earshot, folder, *words, **more)


def lines_of(done: Ended) -> list[dict[str, Any]]:
    """Standard output as objects: nothing else may be there."""
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOOK_EVERY", "soon"),
        ("RISK_THRESHOLD", "7"),
        ("SPEECH", "magic"),
        ("TIMEZONE", "Europe/Pariss"),
        ("GROQ_BASE_URL", "example.org"),
        ("DATABASE_URL", "mysql://x"),
    ],
)
def test_a_wrong_setting_is_named_and_exits_78(data: Path, name: str, value: str):
    done = earshot(data, "console", "following", **{name: value})
    assert done.code == 78
    assert name in done.line
    assert done.out == ""


def test_a_wrong_setting_in_a_file_is_named_by_its_file_s_variable(data: Path, tmp_path: Path):
    done = earshot(data, "run", LOOK_EVERY_FILE=str(tmp_path / "nothing"))
    assert done.code == 78
    assert "LOOK_EVERY_FILE" in done.line


def a_file(folder: Path) -> Path:
    path = folder / "file"
    path.touch()
    return path


def under_a_file(folder: Path) -> Path:
    return a_file(folder) / "data"


def read_only(folder: Path) -> Path:
    """A folder nobody may write to; root may, except in /proc."""
    if os.geteuid() == 0:
        return Path("/proc/earshot")
    folder = folder / "shut"
    folder.mkdir(mode=0o500)
    return folder


@pytest.mark.parametrize("made", [a_file, under_a_file, read_only])
@pytest.mark.parametrize("words", [("run",), ("console", "following")], ids=" ".join)
def test_a_data_folder_that_cannot_be_used_is_named(tmp_path: Path, made: Any, words: tuple[str, ...]):
    folder = made(tmp_path)
    done = earshot(folder, *words)
    assert done.code == 1
    assert str(folder) in done.line
    assert "DATA_DIR" in done.line


@pytest.mark.parametrize("words", [("run",), ("db", "upgrade")], ids=" ".join)
def test_a_database_of_a_newer_version_is_left_alone(data: Path, words: tuple[str, ...]):
    data.mkdir(mode=0o700)
    prepare(data / "earshot.db", data / "backups")
    with closing(sqlite3.connect(data / "earshot.db")) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
        connection.commit()
    done = earshot(data, *words)
    assert done.code == 1
    assert str(data / "earshot.db") in done.line
    assert "newer" in done.line


def test_a_database_that_is_none_is_named(data: Path):
    data.mkdir(mode=0o700)
    (data / "earshot.db").write_bytes(b"This is no database at all. " * 100)
    done = earshot(data, "console", "following")
    assert done.code == 1
    assert str(data / "earshot.db") in done.line


def test_bad_usage_exits_2(data: Path):
    for words in (("listen",), ("listen", str(LIVE), "--speed", "7"), ("dance",), ("console", "dance")):
        done = earshot(data, *words)
        assert done.code == 2, words
        assert "Traceback" not in done.err
        assert done.out == ""


@pytest.mark.parametrize("what", ["missing.mp4", "empty.mp4", "garbage.mp4", "words.txt", "folder"])
def test_listening_to_what_is_no_sound_says_so_and_writes_nothing(data: Path, tmp_path: Path, what: str):
    source = tmp_path / what
    if what == "folder":
        source.mkdir()
    elif what != "missing.mp4":
        text = {"empty.mp4": b"", "garbage.mp4": os.urandom(50_000), "words.txt": b"These are only words. " * 400}
        source.write_bytes(text[what])
    done = earshot(data, "listen", str(source), "--json", "--trigger", "hello")
    assert done.code == 1
    assert what in done.line
    assert done.out == ""
    assert not list(data.rglob("*.mp4*"))


async def test_listening_to_an_address_that_gives_no_stream_says_what_it_gave(data: Path, tmp_path: Path):
    async with LiveServer(make_media(tmp_path)) as server:
        origin = server.origin
        for path, part in (("/status/404", "404"), ("/html", "/html"), ("/status/500", "500")):
            done = await run(data, "listen", f"{origin}{path}", "--json")
            assert (done.code, done.out) == (1, ""), path
            assert part in done.line
    done = await run(data, "listen", f"{origin}/live/x.flv", "--json")  # nobody is there any more
    assert (done.code, done.out) == (1, "")
    assert origin in done.line


def test_listening_without_an_engine_gives_spans_clips_and_json_lines_only(data: Path):
    done = earshot(data, "listen", str(LIVE), "--json", "--trigger", "giveaway", SPEECH="none")
    assert (done.code, done.err) == (0, "")
    *facts, last = lines_of(done)
    assert last["kind"] == "summary"
    assert {fact["kind"] for fact in facts} == {"segment"}
    assert len(facts) >= 10
    assert all((fact["text"], fact["engine"]) == (None, "none") for fact in facts)
    assert all(0 <= fact["start"] < fact["end"] <= 66 for fact in facts)
    assert (last["segments"], last["told"], last["untold"], last["success"]) == (len(facts), 0, len(facts), 1.0)


async def test_listening_with_groq_gives_words_hits_clips_and_alerts(data: Path):
    async with LoopbackWhole(speech.Known(), honest("Norvanians are vermin")) as groq:
        more = listening_at(groq)
        done = await run(data, "listen", str(LIVE), "--json", "--trigger", "giveaway", "--language", "en", **more)
        assert (done.code, done.err) == (0, "")
        assert groq.violations == []
    *facts, last = lines_of(done)
    kinds = {kind: [fact for fact in facts if fact["kind"] == kind] for kind in ("segment", "hit", "clip", "alert")}
    said = " ".join(fact["text"] or "" for fact in kinds["segment"])
    assert "welcome to the Sunday kitchen" in said
    assert "be kind, and see you next Sunday" in said
    assert {fact["engine"] for fact in kinds["segment"]} == {"groq"}
    (hit,) = kinds["hit"]
    assert (hit["trigger"], hit["where"]) == ("giveaway", "speech")
    assert hit["at"] == pytest.approx(29.4, abs=2.0)
    (clip,) = kinds["clip"]
    assert Path(clip["path"]).stat().st_size > 100_000
    (alert,) = kinds["alert"]
    assert alert["score"] >= 0.7
    assert "Norvanians" in alert["quote"]
    assert {"kind", "segments", "hits", "clips", "alerts", "success", "engine"} <= last.keys()
    assert (last["kind"], last["hits"], last["clips"], last["alerts"], last["success"]) == ("summary", 1, 1, 1, 1.0)


async def test_a_key_that_is_refused_ends_with_one_line_and_exit_1(data: Path):
    async with LoopbackGroq() as groq:
        more = {"SPEECH": "groq", "GROQ_BASE_URL": groq.origin, "GROQ_API_KEY": "gsk_wrong_secret"}
        done = await run(data, "listen", str(SPEECH), "--json", **more)
        assert len(groq.calls) == 1
    assert done.code == 1
    assert "GROQ_API_KEY" in done.line
    assert "gsk_wrong_secret" not in done.out + done.err
    assert lines_of(done)[-1]["kind"] == "summary"


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_the_judge_refuses_ends_with_one_line_and_exit_1_after_everything_was_heard(
    data: Path, status: int
):
    async with LoopbackWhole(speech.Known(), honest("Norvanians are vermin")) as groq:
        groq.fail_next(Fault("chat", status, {"error": {"code": "invalid_api_key"}}, "application/json", times=99))
        done = await run(data, "listen", str(LIVE), "--json", **listening_at(groq))
    assert done.code == 1
    assert "GROQ_API_KEY" in done.line
    assert groq.key not in done.out + done.err
    *facts, last = lines_of(done)
    assert [fact["engine"] for fact in facts if fact["kind"] == "alert"] == ["rules"]
    assert last["kind"] == "summary"


async def test_a_judge_that_is_gone_is_said_on_standard_error_and_rules_go_on(data: Path):
    async with LoopbackWhole(speech.Known(), honest("Norvanians are vermin")) as groq:
        groq.models.clear()
        done = await run(data, "listen", str(LIVE), "--json", **listening_at(groq))
    assert done.code == 0
    assert "GROQ_SCREEN_MODEL" in done.line
    assert "Simple rules" in done.line
    assert [fact["engine"] for fact in lines_of(done) if fact["kind"] == "alert"] == ["rules"]


async def test_models_that_judge_are_named_in_the_alert_and_nothing_is_said_beside(data: Path):
    async with LoopbackWhole(speech.Known(), honest("Norvanians are vermin")) as groq:
        done = await run(data, "listen", str(LIVE), "--json", **listening_at(groq))
    assert (done.code, done.err) == (0, "")
    assert [fact["engine"] for fact in lines_of(done) if fact["kind"] == "alert"] == ["gpt-oss-120b"]


def listening_at(groq: LoopbackWhole) -> dict[str, str]:
    """Settings to hear and judge there."""
    return {"SPEECH": "groq", "GROQ_BASE_URL": groq.origin, "GROQ_API_KEY": groq.key}


async def test_a_stop_finishes_what_was_heard_and_exits_cleanly(start: Start, data: Path):
    listening: Process = await start(data, "-m", "bot", "listen", str(LIVE), "--json", "--speed", "1", SPEECH="none")
    await listening.says('"segment"')
    code = await listening.kill(signal.SIGTERM)
    assert code == 0
    assert json.loads(listening.said[-1])["kind"] == "summary"
    errors = "".join(listening.errors)
    assert "Traceback" not in errors
    assert errors.startswith("Stopped at")


def test_the_demo_runs_by_itself_and_tells_the_whole_story(data: Path):
    done = earshot(data, "demo", "--speed", "16", GROQ_API_KEY="gsk_not_used", DISCORD_TOKEN="not-used")
    assert (done.code, done.err) == (0, "")
    for part in ("amina.kitchen", "giveaway", "Norvanians", "has ended", "What was real"):
        assert part in done.out
    assert not data.exists()
