"""The local engine from the command line: its weights listed, fetched and gone on with, and words heard by it."""

import asyncio
import json
import os
import pty
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.adapters.speech.weights import SOURCES
from tests.journeys.conftest import ROOT, Ended, Start, earshot, environment
from tests.platforms import tiny_whisper
from tests.platforms.hub import LoopbackHub
from tests.waiting import until

SPEECH = ROOT / "tests" / "recordings" / "breathless.flac"
SAID = "Those onions are lovely too"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tiny_whisper.make(tmp_path / "source", SAID)


@pytest.fixture
async def hub(source: Path) -> AsyncIterator[LoopbackHub]:
    async with LoopbackHub({SOURCES["base"].repository: source}) as made:
        yield made


async def run(folder: Path, *words: str, **more: str) -> Ended:
    return await asyncio.to_thread(earshot, folder, *words, **more)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


async def test_weights_are_listed_fetched_and_heard_with(data: Path, hub: LoopbackHub, source: Path) -> None:
    listed = await run(data, "models", "list")
    assert (listed.code, listed.err) == (0, "")
    assert any(line.split() == ["base", "148", "MB", "chosen"] for line in listed.out.splitlines())
    assert not data.exists(), "a look leaves nothing behind"

    got = await run(data, "models", "get", "base", HF_ENDPOINT=hub.origin)
    assert (got.code, got.err) == (0, "")
    assert got.out.splitlines()[-2].startswith("base is here, 1 MB in ")

    said = json.loads((await run(data, "models", "list", "--json")).out)
    [base] = [one for one in said["models"] if one["name"] == "base"]
    assert (base["presence"], base["size"], base["chosen"]) == ("here", size_of(source), True)

    heard = await run(data, "listen", str(SPEECH), "--json", SPEECH="whisper", HF_ENDPOINT="http://127.0.0.1:9")
    assert (heard.code, heard.err) == (0, "")
    facts = [json.loads(line) for line in heard.out.splitlines()]
    segments = [one for one in facts if one["kind"] == "segment"]
    assert segments
    assert {(one["engine"], one["text"]) for one in segments} == {("whisper", SAID)}
    assert (facts[-1]["kind"], facts[-1]["engine"]) == ("summary", "whisper")


async def test_who_is_killed_in_the_middle_goes_on_from_there(
    data: Path, hub: LoopbackHub, source: Path, start: Start
) -> None:
    hub.slow = 0.05
    process = await start(data, "-m", "bot", "models", "get", "base", HF_ENDPOINT=hub.origin)
    await until(lambda: hub.served > 500_000)
    await process.kill()
    part = data / "models" / "base.part"
    here = sum(path.stat().st_size for path in part.iterdir() if path.name != "manifest.json")
    assert here > 300_000
    listed = await run(data, "models", "list")
    assert "begun, " in next(line for line in listed.out.splitlines() if line.startswith("base"))
    hub.slow, before = 0.0, hub.served
    got = await run(data, "models", "get", "base", "--endpoint", hub.origin + "/")
    assert (got.code, got.err) == (0, "")
    assert hub.served - before == size_of(source) - here
    assert (data / "models" / "base" / "model.bin").read_bytes() == (source / "model.bin").read_bytes()


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
async def test_who_stops_it_is_told_that_what_came_stays(
    data: Path, hub: LoopbackHub, start: Start, how: signal.Signals, code: int
) -> None:
    hub.slow = 0.05
    process = await start(data, "-m", "bot", "models", "get", "base", HF_ENDPOINT=hub.origin)
    await until(lambda: hub.served > 300_000)
    assert await process.kill(how) == code
    assert process.errors == ["Stopped. What has come stays; the same command goes on from there.\n"]
    assert process.said[0] == "base: 0.0 of 1.0 MB\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("get", "huge"), 2, "There is no model “huge”."),
        (("get", "base", "--endpoint", "mirror"), 2, "--endpoint is an address"),
        (("get", "base"), 1, "127.0.0.1 does not have these weights."),
    ],
    ids=["name", "endpoint", "repository"],
)
async def test_what_cannot_be_had_is_one_plain_line(
    data: Path, hub: LoopbackHub, words: tuple[str, ...], code: int, said: str
) -> None:
    hub.repositories.clear()
    done = await run(data, "models", *words, HF_ENDPOINT=hub.origin)
    assert (done.code, done.out) == (code, "")
    assert done.line.startswith(said)


async def test_a_wrong_endpoint_among_the_settings_is_named(data: Path) -> None:
    done = await run(data, "models", "list", HF_ENDPOINT="mirror.example")
    assert done.code == 78
    assert "HF_ENDPOINT" in done.line


async def test_without_weights_the_main_job_goes_on_and_says_how_to_get_words(data: Path) -> None:
    heard = await run(data, "listen", str(SPEECH), SPEECH="whisper")
    assert heard.code == 0
    assert "earshot models get base" in heard.out
    assert heard.line == "whisper: no weights: earshot models get base"


@pytest.mark.parametrize("answer", ["y", "no"])
async def test_who_sits_at_a_terminal_is_asked_before_anything_is_fetched(
    data: Path, hub: LoopbackHub, answer: str
) -> None:
    typing, terminal = pty.openpty()
    os.write(typing, f"{answer}\n".encode())
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "listen", str(SPEECH), cwd=ROOT, stdin=terminal, stdout=PIPE, stderr=PIPE,
        env=environment(data, SPEECH="whisper", HF_ENDPOINT=hub.origin),
    )  # fmt: skip
    out, _ = await asyncio.wait_for(child.communicate(), 60)
    os.close(typing)
    os.close(terminal)
    assert child.returncode == 0
    assert b"Whisper has no weights yet. Fetch base, 148 MB? [y/N]" in out
    assert (SAID in out.decode(), bool(hub.calls)) == ((True, True) if answer == "y" else (False, False))


async def test_broken_weights_are_told_and_cost_nothing_but_words(data: Path) -> None:
    folder = tiny_whisper.make(data / "models" / "base", SAID)
    (folder / "vocabulary.json").write_text("{")
    heard = await run(data, "listen", str(SPEECH), "--json", SPEECH="whisper")
    assert heard.code == 0
    assert heard.line.startswith("whisper: broken weights: base, ")
    facts = [json.loads(line) for line in heard.out.splitlines()]
    assert {one["text"] for one in facts if one["kind"] == "segment"} == {None}
