"""Files of OBS's machine found on this one: other folders, other systems, held, vanished."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.adapters.clips import obs_files
from core.adapters.clips.obs_files import ReplayFiles
from core.adapters.media.remux import remux
from core.errors import Invalid, Missing
from core.ports.replays import Replay
from tests.platforms.obs import LoopbackObs
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
FOLDERS = "D:\\Videos=/mnt/videos; \\\\nas\\rec=/mnt/nas ;/media/her/rec=/mnt/rec"


def files(folders: str = "") -> ReplayFiles:
    return ReplayFiles(folders, lambda: remux)


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("D:\\Videos\\Replay 1.mkv", "/mnt/videos/Replay 1.mkv"),
        ("D:/Videos/2026/a=b.mp4", "/mnt/videos/2026/a=b.mp4"),
        ("d:\\videos\\x.mp4", "/mnt/videos/x.mp4"),
        ("\\\\nas\\rec\\x.mp4", "/mnt/nas/x.mp4"),
        ("/media/her/rec/x.mp4", "/mnt/rec/x.mp4"),
        ("/media/her/else/x.mp4", "/media/her/else/x.mp4"),
        ("E:\\x.mp4", None),
        ("D:\\Videos\\..\\secret.mp4", None),
        ("x.mp4", None),
        ("", None),
    ],
)
def test_a_path_of_another_machine_is_found_here_or_not_at_all(there: str, here: str | None) -> None:
    assert files(FOLDERS).here(there) == (Path(here) if here else None)


@pytest.mark.parametrize(("path", "name"), [("D:\\a\\b.mp4", "b.mp4"), ("/a/b.mp4", "b.mp4"), ("b.mp4", "b.mp4")])
def test_the_name_of_a_replay_is_its_file_on_any_system(path: str, name: str) -> None:
    assert Replay(path, NOW).name == name


async def test_a_replay_written_under_a_windows_path_is_fetched_by_the_map(sample: Path, tmp_path: Path) -> None:
    async with LoopbackObs("", sample, tmp_path / "obs", called="D:\\Videos") as obs:
        obs.active = True
        await obs.press()
        assert obs.last.startswith("D:\\Videos\\")
        found = await files(f"D:\\Videos={obs.record}").fetch(Replay(obs.last, NOW), tmp_path / "clip.mp4", 60, 0)
        assert found.cut.seconds == pytest.approx(6, abs=0.3)
        assert len(list(obs.record.iterdir())) == 1, "the original stays"
        with pytest.raises(Missing) as caught:
            await files().fetch(Replay(obs.last, NOW), tmp_path / "clip.mp4", 60, 0)
        assert caught.value.code == "OBS_ELSEWHERE"


async def test_a_file_that_is_held_for_a_moment_is_waited_for(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = 3
    really = Path.open

    def opened(self: Path, *how: object, **more: object) -> object:
        nonlocal held
        if self == sample and held:
            held -= 1
            raise PermissionError(13, "it is being used by another process")
        return really(self, *how, **more)  # type: ignore[call-overload]

    assert (obs_files.TRIES, obs_files.BETWEEN) == (5, 0.5), "as the Live Chat Detector waits"
    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr(obs_files, "BETWEEN", 0.02)
    await files().fetch(Replay(str(sample), NOW), tmp_path / "clip.mp4", 60, 0)
    held = 99
    with pytest.raises(Missing) as caught:
        await files().fetch(Replay(str(sample), NOW), tmp_path / "clip.mp4", 60, 0)
    assert (caught.value.code, caught.value.values, held) == ("OBS_LOCKED", {"name": "sample.mp4"}, 94)


async def test_a_file_that_comes_late_is_waited_for_and_one_that_does_not_is_gone(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.adapters.clips.obs_files.BETWEEN", 0.1)
    late = tmp_path / "late.mp4"
    late.touch()
    fetching = asyncio.create_task(files().fetch(Replay(str(late), NOW), tmp_path / "clip.mp4", 60, 0))
    late.write_bytes(sample.read_bytes())
    assert (await fetching).cut.path.is_file()
    with pytest.raises(Missing) as caught:
        await files().fetch(Replay(str(tmp_path / "never.mp4"), NOW), tmp_path / "x.mp4", 60, 0)
    assert caught.value.code == "OBS_GONE"
    with pytest.raises(Missing) as caught:
        await files().fetch(Replay(str(tmp_path / "no folder" / "x.mp4"), NOW), tmp_path / "x.mp4", 60, 0)
    assert caught.value.code == "OBS_ELSEWHERE"


async def test_what_is_no_video_is_said_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no film")
    with pytest.raises(Invalid) as caught:
        await files().fetch(Replay(str(tmp_path / "notes.mp4"), NOW), tmp_path / "clip.mp4", 60, 0)
    assert (caught.value.code, caught.value.values) == ("OBS_UNREADABLE", {"name": "notes.mp4"})


async def test_a_folder_that_may_not_be_looked_into_is_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path) -> bool:
        raise PermissionError(13, "permission denied")

    monkeypatch.setattr(Path, "is_dir", refused)
    assert not await files().reaches(str(tmp_path))
    with pytest.raises(Missing, match="OBS_ELSEWHERE"):
        await files().fetch(Replay(str(tmp_path / "a.mp4"), NOW), tmp_path / "clip.mp4", 60, 0)


async def test_a_share_that_never_answers_holds_up_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    looked = []

    def hangs(self: Path) -> bool:
        looked.append(self)
        return answers.wait(20)

    monkeypatch.setattr(Path, "is_dir", hangs)
    monkeypatch.setattr(obs_files, "ANSWERS", 0.05)
    reached = files()
    try:
        assert not await reached.reaches(str(tmp_path))
        with pytest.raises(Missing, match="OBS_ELSEWHERE"):
            await reached.fetch(Replay(str(tmp_path / "a.mp4"), NOW), tmp_path / "clip.mp4", 60, 0)
        assert len(looked) == 1, "nobody else waits for it"
    finally:
        answers.set()


@pytest.mark.parametrize("ticks", range(5))
async def test_whoever_is_cancelled_just_as_a_folder_answers_stops_all_the_same(
    ticks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(files().reaches(str(tmp_path)))
    answer = loop.call_soon_threadsafe

    def cancel_in(ticks: int) -> None:
        if ticks:
            loop.call_soon(cancel_in, ticks - 1)
        else:
            task.cancel()

    def answered(call: Callable[..., object], *args: object) -> asyncio.Handle:
        return answer(lambda: (call(*args), cancel_in(ticks)))

    monkeypatch.setattr(loop, "call_soon_threadsafe", answered)
    over, _ = await asyncio.wait({task}, timeout=PATIENCE)
    assert over
    assert task.cancelled() or not task.cancelling(), "it was cancelled and went on"
