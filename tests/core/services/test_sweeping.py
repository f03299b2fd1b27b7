"""Files are removed where they were made, only as they were found, and never through a link."""

import os
import re
import time
from datetime import timedelta
from pathlib import Path

from core.services.sweeping import Swept, called, inside, remove, remove_found

CLIPS = re.compile(r"\d+\.mp4")
HOUR = timedelta(hours=1)


def made(path: Path, size: int = 4, hours: float = 0.0) -> Path:
    """A file nobody has changed for so long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (time.time() - hours * 3600,) * 2)
    return path


def test_files_called_so_are_found_and_removed_and_counted(tmp_path: Path):
    for name in ("1.mp4", "22.mp4", "1.mp4.bak", "a.mp4", "deep/3.mp4"):
        made(tmp_path / name)
    (tmp_path / "4.mp4").mkdir()
    found = called(tmp_path, CLIPS)
    assert sorted(one.path.name for one in found) == ["1.mp4", "22.mp4"]
    assert remove_found(found) == Swept(2, 8)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.mp4.bak", "4.mp4", "a.mp4", "deep"]
    assert remove_found(found) == Swept()


def test_a_file_that_was_made_anew_since_it_was_found_stays(tmp_path: Path):
    path = made(tmp_path / "1.mp4", hours=48)
    found = called(tmp_path, CLIPS)
    made(path)
    assert remove_found(found) == Swept()
    assert path.exists()


def test_links_are_neither_found_nor_followed(tmp_path: Path):
    outside = made(tmp_path / "outside" / "1.mp4", hours=48)
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "2.mp4").symlink_to(outside)
    (tmp_path / "linked").symlink_to(outside.parent)
    assert called(folder, CLIPS) == []
    assert called(tmp_path / "linked", CLIPS) == []
    assert inside(tmp_path / "linked") == []
    assert outside.exists()


def test_a_folder_that_is_old_goes_with_all_it_holds_and_a_link_in_it_alone(tmp_path: Path):
    outside = made(tmp_path / "outside" / "precious.mp4", hours=48)
    old = made(tmp_path / "old" / "deep" / "a.mp4", 100).parents[1]
    (old / "b").symlink_to(outside.parent)
    (tmp_path / "link").symlink_to(outside.parent)
    for path in (old, tmp_path / "link"):
        os.utime(path, (time.time() - 7200,) * 2, follow_symlinks=False)
    assert remove(old, HOUR).files == 1
    assert not old.exists()
    remove(tmp_path / "link", HOUR)
    assert outside.exists()
    assert not (tmp_path / "link").is_symlink()


def test_what_is_young_or_not_there_stays_as_it_is(tmp_path: Path):
    young = made(tmp_path / "young")
    assert remove(young, HOUR) == Swept()
    assert remove(tmp_path / "nothing", HOUR) == Swept()
    assert young.exists()
    assert inside(tmp_path / "nothing") == []


def test_a_folder_that_cannot_be_emptied_is_said_and_is_no_end(tmp_path: Path, caplog):
    first, second = made(tmp_path / "1.mp4"), made(tmp_path / "2.mp4")
    found = sorted(called(tmp_path, CLIPS), key=lambda one: one.path.name)
    first.unlink()
    first.mkdir()
    os.utime(first, ns=(found[0].changed,) * 2)
    assert remove_found(found) == Swept(1, 4)
    assert not second.exists()
    assert "1.mp4 stays" in caplog.text
