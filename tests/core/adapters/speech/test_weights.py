"""Weights of local models: which there are, fetched whole or gone on with, and never taken for whole when they are not."""

import asyncio
import errno
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from filelock import FileLock

from core.adapters.speech.weights import SOURCES, WhisperShelf
from core.errors import Denied, Invalid, Missing, Transient
from core.model.weights import Presence
from tests.doubles import HandClock
from tests.platforms import tiny_whisper
from tests.platforms.hub import LoopbackHub
from tests.platforms.service import Fault
from tests.waiting import until

REPOSITORY = SOURCES["tiny"].repository


class Hasty:
    """A clock on which no wait lasts; they are counted."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tiny_whisper.make(tmp_path / "source", "These are the words")


@pytest.fixture
async def hub(source: Path) -> AsyncIterator[LoopbackHub]:
    async with LoopbackHub({REPOSITORY: source}) as made:
        yield made


def shelf_of(folder: Path, hub: LoopbackHub, free: Callable[[Path], int] = lambda folder: 10**12) -> WhisperShelf:
    return WhisperShelf(folder / "models", hub.origin, Hasty(), free)  # type: ignore[arg-type]


@pytest.fixture
def shelf(tmp_path: Path, hub: LoopbackHub) -> WhisperShelf:
    return shelf_of(tmp_path, hub)


def silent(count: int, total: int) -> None:
    pass


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.name != "manifest.json")


# ---------------------------------------------------------------- fetched


async def test_weights_are_fetched_whole_with_every_byte_told(shelf: WhisperShelf, source: Path) -> None:
    told: list[tuple[int, int]] = []
    assert shelf.of("tiny").presence is Presence.AWAY
    got = await shelf.get("tiny", lambda count, total: told.append((count, total)))
    assert (got.presence, got.size, got.got) == (Presence.HERE, size_of(source), size_of(source))
    assert told[0] == (0, size_of(source))
    assert told[-1] == (size_of(source), size_of(source))
    assert [count for count, _ in told] == sorted(count for count, _ in told)
    for path in source.iterdir():
        assert (shelf.path("tiny") / path.name).read_bytes() == path.read_bytes()
    said = json.loads((shelf.path("tiny") / "manifest.json").read_text())
    assert {name: one["size"] for name, one in said["files"].items()} == {
        path.name: path.stat().st_size for path in source.iterdir()
    }
    assert sorted(path.name for path in shelf.folder.iterdir()) == ["tiny"]
    shelf.check("tiny")


async def test_what_is_here_is_not_fetched_again(shelf: WhisperShelf, hub: LoopbackHub) -> None:
    await shelf.get("tiny", silent)
    asked = len(hub.calls)
    await shelf.get("tiny", silent)
    assert len(hub.calls) == asked


async def test_nothing_is_told_of_who_asks(
    shelf: WhisperShelf, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    await shelf.get("tiny", silent)
    for call in hub.calls:
        assert "Authorization" not in call.headers
        assert call.headers["User-Agent"] == "earshot"


@pytest.mark.parametrize("breaks", [[1], [200_000, 0, 16_384, 100_000], [1] * 12], ids=["once", "often", "many"])
async def test_a_connection_that_breaks_goes_on_where_it_broke(
    shelf: WhisperShelf, hub: LoopbackHub, source: Path, breaks: list[int]
) -> None:
    hub.breaks = breaks
    await shelf.get("tiny", silent)
    shelf.check("tiny")
    assert hub.served == size_of(source)


async def test_one_that_gives_no_ranges_is_fetched_from_the_start_again(
    shelf: WhisperShelf, hub: LoopbackHub, source: Path
) -> None:
    hub.ranges = False
    hub.breaks = [0, 0, 0, 300_000]
    await shelf.get("tiny", silent)
    assert (shelf.path("tiny") / "model.bin").read_bytes() == (source / "model.bin").read_bytes()


async def test_a_hub_that_answers_no_more_is_given_up_and_gone_on_with_later(
    tmp_path: Path, shelf: WhisperShelf, hub: LoopbackHub, source: Path
) -> None:
    hub.breaks = [10**9, 10**9, 300_000, *([0] * 20)]
    with pytest.raises(Transient, match="WEIGHTS_DOWN"):
        await shelf.get("tiny", silent)
    half = shelf.of("tiny")
    assert (half.presence, half.size) == (Presence.PART, size_of(source))
    assert 300_000 < half.got < half.size
    hub.breaks = []
    told: list[int] = []
    await shelf_of(tmp_path, hub).get("tiny", lambda count, total: told.append(count))
    assert told[0] == half.got
    assert hub.served == size_of(source)


async def test_who_is_cancelled_keeps_what_came(shelf: WhisperShelf, hub: LoopbackHub, source: Path) -> None:
    hub.slow = 0.02
    task = asyncio.create_task(shelf.get("tiny", silent))
    await until(lambda: hub.served > 450_000)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    half = shelf.of("tiny")
    assert half.presence is Presence.PART
    assert half.got > 250_000
    hub.slow = 0.0
    await shelf.get("tiny", silent)
    shelf.check("tiny")


async def test_another_version_of_a_file_is_not_mixed_with_what_came_of_the_first(
    tmp_path: Path, shelf: WhisperShelf, hub: LoopbackHub
) -> None:
    hub.breaks = [10**9, 10**9, 300_000, *([0] * 20)]
    with pytest.raises(Transient):
        await shelf.get("tiny", silent)
    hub.breaks = []
    hub.repositories[REPOSITORY] = other = tiny_whisper.make(tmp_path / "other", "Quite different words", seed=1)
    await shelf.get("tiny", silent)
    assert (shelf.path("tiny") / "model.bin").read_bytes() == (other / "model.bin").read_bytes()


async def test_content_that_is_not_what_the_hub_named_is_thrown_away(
    tmp_path: Path, shelf: WhisperShelf, hub: LoopbackHub, source: Path
) -> None:
    body = (source / "model.bin").read_bytes()
    hub.fail_next(Fault("content", status=200, body="x" * (source / "tokenizer.json").stat().st_size))
    with pytest.raises(Transient, match="WEIGHTS_DOWN"):
        await shelf.get("tiny", silent)
    await shelf.get("tiny", silent)
    assert (shelf.path("tiny") / "model.bin").read_bytes() == body


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_repository_that_is_not_there_is_named_by_its_host(
    shelf: WhisperShelf, hub: LoopbackHub, status: int
) -> None:
    hub.fail_next(Fault("resolve", status=status, times=9))
    with pytest.raises(Missing, match="WEIGHTS_GONE") as raised:
        await shelf.get("tiny", silent)
    assert raised.value.values == {"host": "127.0.0.1"}


async def test_a_web_page_is_no_hub(shelf: WhisperShelf, hub: LoopbackHub) -> None:
    hub.fail_next(Fault("resolve", status=200, body="<html>Sign in</html>", content_type="text/html", times=9))
    with pytest.raises(Missing, match="WEIGHTS_GONE"):
        await shelf.get("tiny", silent)


async def test_a_busy_hub_says_until_when(shelf: WhisperShelf, hub: LoopbackHub) -> None:
    hub.fail_next(Fault("content", status=429, headers={"Retry-After": "90"}))
    with pytest.raises(Transient, match="WEIGHTS_BUSY") as raised:
        await shelf.get("tiny", silent)
    assert raised.value.retry_after == 90


@pytest.mark.parametrize("fault", [Fault("resolve", status=503, times=3), Fault("content", abort=True, times=3)])
async def test_a_hiccup_passes(shelf: WhisperShelf, hub: LoopbackHub, fault: Fault) -> None:
    hub.fail_next(fault)
    await shelf.get("tiny", silent)


async def test_nobody_answers_at_a_wrong_address(tmp_path: Path, hub: LoopbackHub) -> None:
    shelf = WhisperShelf(tmp_path / "models", "http://127.0.0.1:9", Hasty())  # type: ignore[arg-type]
    with pytest.raises(Transient, match="WEIGHTS_DOWN"):
        await shelf.get("tiny", silent)


async def test_proxies_of_the_environment_are_heeded(
    shelf: WhisperShelf, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(Transient, match="WEIGHTS_DOWN"):
        await shelf.get("tiny", silent)
    assert hub.calls == []
    async with LoopbackHub({REPOSITORY: hub.repositories[REPOSITORY]}) as proxy:  # which answers for every host
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        await shelf.get("tiny", silent)
        assert proxy.served > 0
    assert hub.calls == []


async def test_two_never_fetch_the_same(shelf: WhisperShelf) -> None:
    shelf.folder.mkdir()
    with FileLock(shelf.folder / "tiny.lock"), pytest.raises(Denied, match="WEIGHTS_TWICE"):
        await shelf.get("tiny", silent)
    await shelf.get("tiny", silent)


# ---------------------------------------------------------------- room


async def test_room_is_looked_at_before_the_first_byte(tmp_path: Path, hub: LoopbackHub) -> None:
    with pytest.raises(Denied, match="WEIGHTS_ROOM") as raised:
        await shelf_of(tmp_path, hub, lambda folder: 500_000).get("tiny", silent)
    assert raised.value.values == {"x": "tiny", "need": 65, "free": 1}
    assert hub.sent("content") == []


async def test_what_is_here_already_needs_no_room(tmp_path: Path, shelf: WhisperShelf, hub: LoopbackHub) -> None:
    hub.breaks = [10**9, 10**9, 600_000, *([0] * 20)]
    with pytest.raises(Transient):
        await shelf.get("tiny", silent)
    hub.breaks = []
    await shelf_of(tmp_path, hub, lambda folder: 64_200_000).get("tiny", silent)


async def test_a_disk_that_fills_up_meanwhile_keeps_what_found_room(
    tmp_path: Path, shelf: WhisperShelf, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: object, piece: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("core.adapters.speech.hub._put", full)
        with pytest.raises(Transient, match="DISK"):
            await shelf.get("tiny", silent)
    await shelf.get("tiny", silent)
    shelf.check("tiny")


# ---------------------------------------------------------------- what is there


async def test_the_list_goes_from_small_to_large_and_ends_with_folders_dropped_in(shelf: WhisperShelf) -> None:
    tiny_whisper.make(shelf.path("our-own"))
    (shelf.folder / ".hidden").mkdir()
    (shelf.folder / "base.part").mkdir()
    listed = shelf.all()
    assert [one.name for one in listed] == [*SOURCES, "our-own"]
    sizes = [one.size for one in listed[:-1]]
    assert sizes == sorted(sizes)
    assert (listed[-1].presence, listed[-1].known) == (Presence.HERE, False)
    assert {one.presence for one in listed[:-1]} == {Presence.AWAY}
    assert shelf.of("our-own").size == size_of(shelf.path("our-own"))


@pytest.mark.parametrize("name", ["", "..", "../secret", "huge", ".hidden", "a/b", "base.part"])
async def test_what_is_no_model_is_answered_with_those_there_are(shelf: WhisperShelf, name: str) -> None:
    shelf.folder.mkdir()
    with pytest.raises(Missing, match="MODEL") as raised:
        shelf.of(name)
    assert "base" in str(raised.value.values["list"])


async def test_a_folder_that_was_dropped_in_has_no_source_once_it_is_broken(shelf: WhisperShelf) -> None:
    tiny_whisper.make(shelf.path("our-own"))
    (shelf.path("our-own") / "tokenizer.json").unlink()
    assert shelf.of("our-own").fault == "tokenizer.json: it is missing"
    with pytest.raises(Missing, match="WEIGHTS_GONE"):
        await shelf.get("our-own", silent)


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    ("file", "harm", "reason"),
    [
        ("model.bin", cut_in_half, "it was cut short"),
        ("model.bin", Path.unlink, "it is missing"),
        ("model.bin", lambda path: path.write_bytes(b""), "it was cut short or changed"),
        (
            "model.bin",
            lambda path: path.write_bytes(b"<html>" * 999),
            "it is no model of CTranslate2, or one of a newer version",
        ),
        ("config.json", lambda path: path.write_text("{"), "it is no JSON"),
        ("tokenizer.json", lambda path: path.write_text("not found"), "it is no JSON"),
        ("vocabulary.json", Path.unlink, "it is missing"),
    ],
)
async def test_broken_weights_are_told_by_their_file(
    shelf: WhisperShelf, file: str, harm: Callable[[Path], object], reason: str
) -> None:
    folder = tiny_whisper.make(shelf.path("our-own"))
    harm(folder / file)
    with pytest.raises(Invalid, match="WEIGHTS_BROKEN") as raised:
        shelf.check("our-own")
    assert raised.value.values == {"x": "our-own", "file": file, "reason": reason}


async def test_fetched_weights_that_were_cut_are_seen_at_a_glance_and_mended_by_getting_them(
    shelf: WhisperShelf, source: Path
) -> None:
    await shelf.get("tiny", silent)
    cut_in_half(shelf.path("tiny") / "model.bin")
    assert shelf.of("tiny").fault == "model.bin: it was cut short or changed"
    assert shelf.of("tiny").presence is Presence.BROKEN
    await shelf.get("tiny", silent)
    assert (shelf.path("tiny") / "model.bin").read_bytes() == (source / "model.bin").read_bytes()
    assert sorted(path.name for path in shelf.folder.iterdir()) == ["tiny"]


async def test_lengths_that_lie_are_never_believed(shelf: WhisperShelf, clock: HandClock) -> None:
    """The library would ask for as much memory as a file says."""
    path = tiny_whisper.make(shelf.path("our-own")) / "model.bin"
    body = bytearray(path.read_bytes())
    at = body.index(b"decoder/alibi\0") + len(b"decoder/alibi\0") + 2
    body[at : at + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(body)
    with pytest.raises(Invalid, match="WEIGHTS_BROKEN"):
        shelf.check("our-own")
