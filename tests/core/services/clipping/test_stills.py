"""The picture a clip shows before it plays."""

from pathlib import Path

import pytest

from core.adapters.media.late import LatePictures
from core.services.clipping import Clipping, Stills
from tests.builders import HERE, followed, scene_of
from tests.doubles import CountedStorage, HandClock, StagedClipper
from tests.platforms.live_media import DEMO, tone


async def test_a_still_lies_beside_its_clip_and_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "7.mp4"
    path.write_bytes(DEMO.read_bytes())
    pictures = LatePictures()
    stills = Stills(pictures)
    await stills.beside(path)
    assert (tmp_path / "7.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    (tmp_path / "7.jpg").write_bytes(b"made")
    await stills.beside(path)
    assert (tmp_path / "7.jpg").read_bytes() == b"made"
    pictures.close()


@pytest.mark.parametrize("kind", ["gone", "broken", "sound", "no folder"])
async def test_a_clip_without_a_picture_goes_without(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "7.mp4" if kind != "no folder" else tmp_path / "x" / "7.mp4"
    if kind == "broken":
        path.write_bytes(b"no video at all" * 99)
    if kind == "sound":
        tone(tmp_path / "7.flac", 1)
        (tmp_path / "7.flac").rename(path)
    pictures = LatePictures()
    await Stills(pictures).beside(path)
    assert not path.with_suffix(".jpg").exists()
    pictures.close()


async def test_every_clip_that_is_cut_gets_one(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> None:
    asked: list[Path] = []

    async def still(path: Path) -> None:
        assert path.exists()
        asked.append(path)

    await followed(storage, "maria", HERE)
    scene = await scene_of(storage)
    clipping = Clipping(storage, clock, StagedClipper(), tmp_path / "clips", still=still)
    await clock.advance(30)
    job = await clipping.ask(scene.live, HERE, 20, "best", "Mara")
    await clipping.save(job)
    assert asked == [tmp_path / "clips" / f"{job.id}.mp4"]
