"""What is older than its places keep it goes; what one place keeps longer, what somebody kept, and what belongs to a hit stays."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Invalid
from core.model.clip import Clip, Cut
from core.model.found import Sought, Source
from core.model.keep import Kept, Matter
from core.model.live import LiveStatus
from core.model.person import Person, Place
from core.model.risk import Label, Verdict
from core.model.trigger import Hit, Trigger, Where
from core.services.ageing import Aged, Ageing
from core.services.lives.scene import Scene
from core.services.reviewing.deciding import Reviewing
from core.services.reviewing.learning import lessons_of
from core.services.sweeping import Swept
from core.services.withholding import withheld
from storage.writer import BatchedWriter
from tests.builders import HERE, THERE, at, chat, followed, judged, placed, rows, scene_of, segment
from tests.doubles import CountedStorage, HandClock

DAY = timedelta(days=1)
CONSOLE, SERVER = Place(HERE, HERE), Place(THERE, THERE)


@dataclass
class Desk:
    """Ageing on real files and a real database."""

    storage: CountedStorage
    clock: HandClock
    folder: Path

    def __post_init__(self) -> None:
        self.clips = self.folder / "clips"
        self.clips.mkdir()
        self.service = Ageing(self.storage, self.clock, self.clips)

    async def clip(self, number: int, place: str = HERE, age: timedelta = timedelta(0), **more: object) -> Clip:
        """A clip with its file, a picture and a copy."""
        for name in (f"{number}.mp4", f"{number}.jpg", f"{number}.fit-800-1of2.mp4"):
            (self.clips / name).write_bytes(b"x" * 10)
        scene = await scene_of(self.storage)
        cut = Cut(Path("/somewhere/else") / f"{number}.mp4", 0, 1, 10, 1, 1)
        async with self.storage.work() as work:
            made = self.clock.now() - age
            return await work.clips.add(scene.live.id, place, f"{number}.mp4", cut, made, "", f"job:{place}:{number}")

    def files(self) -> list[str]:
        return sorted(path.name for path in self.clips.iterdir())

    async def shown(self, place: str = HERE) -> list[str]:
        async with self.storage.reading() as work:
            return sorted(clip.shown for clip in await work.clips.of_place(place))

    async def ended(self, scene: Scene, ago: timedelta) -> None:
        async with self.storage.work() as work:
            await work.lives.set_status(scene.live.id, LiveStatus.ENDED, self.clock.now() - ago)

    async def talked(self, ago: timedelta, *seconds: float) -> Scene:
        """A live that ended so long ago, with a line of chat and of speech at each second."""
        scene = await scene_of(self.storage)
        writer = BatchedWriter(self.storage.database)
        for second in seconds:
            writer.put(scene.live.id, second, chat(f"hello {second:.0f}", second))
        await writer.flush()
        async with self.storage.work() as work:
            await work.transcripts.add(scene.live.id, [segment(f"well {second:.0f}", second) for second in seconds])
        await self.ended(scene, ago)
        return scene

    def lines(self) -> tuple[int, int]:
        """Of speech, and of chat."""
        said, written = (rows(self.folder, f"select count(*) from {name}")[0][0] for name in ("segment", "chat_line"))
        return said, written


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    await followed(storage)
    return Desk(storage, clock, tmp_path)


# ---------------------------------------------------------------- clips


async def test_clips_go_with_their_files_when_they_are_older_than_their_place_keeps_them(desk: Desk):
    await placed(desk.storage, THERE, clips_kept=90 * DAY)
    await desk.clip(1, age=31 * DAY)
    await desk.clip(2, age=29 * DAY)
    await desk.clip(3, THERE, age=31 * DAY)
    (desk.clips / "11.mp4").write_bytes(b"another's")
    assert await desk.service.clips() == Aged(1, 0, Swept(3, 30))
    assert (await desk.shown(), await desk.shown(THERE)) == (["2.mp4"], ["3.mp4"])
    assert desk.files() == [
        "11.mp4",
        *sorted(f"{n}{end}" for n in (2, 3) for end in (".mp4", ".jpg", ".fit-800-1of2.mp4")),
    ]
    assert await desk.service.clips() == Aged()


async def test_a_clip_somebody_kept_stays(desk: Desk):
    kept, _ = await desk.clip(1, age=400 * DAY), await desk.clip(2, age=400 * DAY)
    with closing(sqlite3.connect(desk.folder / "earshot.db")) as connection:
        connection.execute("update clip set kept = 1 where id = ?", (kept.id,))
        connection.commit()
    assert (await desk.service.clips()).clips == 1
    assert await desk.shown() == ["1.mp4"]
    assert "1.mp4" in desk.files()


async def test_a_file_two_places_share_goes_with_the_last(desk: Desk):
    await placed(desk.storage, THERE, clips_kept=90 * DAY)
    await desk.clip(1, age=31 * DAY)
    await desk.clip(1, THERE, age=31 * DAY)
    assert (await desk.service.clips()).clips == 1
    assert "1.mp4" in desk.files()
    desk.clock.at += 60 * DAY
    assert (await desk.service.clips()).clips == 1
    assert desk.files() == []


async def test_a_file_that_is_gone_already_costs_nothing(desk: Desk):
    await desk.clip(1, age=31 * DAY)
    for path in desk.clips.iterdir():
        path.unlink()
    desk.clips.rmdir()
    assert await desk.service.clips() == Aged(1)
    assert await desk.shown() == []


async def test_a_folder_nobody_may_write_to_stops_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    await desk.clip(1, age=31 * DAY)

    def refused(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", refused)
    assert await desk.service.clips() == Aged(1)


async def test_many_go_in_small_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.services.ageing.AT_ONCE", 3)
    for number in range(1, 9):
        await desk.clip(number, age=31 * DAY)
    assert (await desk.service.clips()).clips == 8
    assert desk.files() == []


# ---------------------------------------------------------------- what was said and written


async def test_nothing_that_was_said_or_written_goes_while_nobody_says_so(desk: Desk):
    await desk.talked(timedelta(days=3000), 1, 2)
    assert [await desk.service.lines(one) for one in (Matter.TRANSCRIPTS, Matter.CHAT)] == [Aged()] * 2
    assert desk.lines() == (2, 2)


async def test_each_goes_by_its_own_age_and_out_of_the_search(desk: Desk):
    scene = await desk.talked(31 * DAY, 1, 2)
    await desk.service.change(CONSOLE, Matter.CHAT, 30 * DAY)
    await desk.service.change(CONSOLE, Matter.TRANSCRIPTS, 32 * DAY)
    assert [(await desk.service.lines(one)).lines for one in (Matter.TRANSCRIPTS, Matter.CHAT)] == [0, 2]
    assert desk.lines() == (2, 0)
    desk.clock.at += 2 * DAY
    assert (await desk.service.lines(Matter.TRANSCRIPTS)).lines == 2
    async with desk.storage.reading() as work:
        for source in (Source.LIVES, Source.CHAT):
            assert await work.search.find(HERE, "console:me", Sought(("hello",), (source,))) == []
        assert await work.lives.get(scene.live.id) is not None, "that there was a live stays"


async def test_what_was_written_close_to_a_hit_stays(desk: Desk):
    scene = await desk.talked(31 * DAY, 10, 100, 159, 300)
    async with desk.storage.work() as work:
        trigger = await work.triggers.add(Trigger(0, HERE, "go"))
        await work.hits.add(
            Hit(0, trigger.id, scene.live.id, HERE, "go", Where.CHAT, at(100), 100.0, "go", 0, 2, "juno")
        )
    await desk.service.change(CONSOLE, Matter.CHAT, 30 * DAY)
    assert (await desk.service.lines(Matter.CHAT)).lines == 2
    assert [row["second"] for row in rows(desk.folder, "select second from chat_line order by second")] == [
        100.0,
        159.0,
    ]
    assert (await desk.service.lines(Matter.CHAT)).lines == 0


async def test_a_live_of_several_places_is_kept_as_long_as_one_of_them_wants(desk: Desk):
    await followed(desk.storage, place=THERE)
    await desk.talked(31 * DAY, 1)
    await desk.service.change(CONSOLE, Matter.CHAT, 7 * DAY)
    assert (await desk.service.lines(Matter.CHAT)).lines == 0, "the other one has not said anything"
    assert await desk.service.doomed(CONSOLE, Matter.CHAT, 7 * DAY) == 0
    await desk.service.change(SERVER, Matter.CHAT, 30 * DAY)
    assert await desk.service.doomed(CONSOLE, Matter.CHAT, 7 * DAY) == 1
    assert (await desk.service.lines(Matter.CHAT)).lines == 1


async def test_a_live_that_runs_or_was_a_moment_ago_keeps_everything(desk: Desk):
    await desk.talked(timedelta(hours=23), 1)
    await desk.service.change(CONSOLE, Matter.CHAT, DAY)
    assert (await desk.service.lines(Matter.CHAT)).lines == 0


async def test_thousands_of_lines_go_in_small_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.services.ageing.LINES", 3)
    await desk.talked(31 * DAY, *range(10))
    await desk.service.change(CONSOLE, Matter.TRANSCRIPTS, 30 * DAY)
    assert (await desk.service.lines(Matter.TRANSCRIPTS)).lines == 10


async def test_words_that_are_gone_are_withheld_wherever_something_still_quotes_them(desk: Desk):
    await desk.talked(8 * DAY, 0, 10, 20)
    async with desk.storage.work() as work:
        said = judged(quote="well", second=10.0, labels={Label.H: 0.9})
        number = await work.alerts.assessed(1, said, desk.clock.now(), 10.0)
        hate = await work.alerts.raise_(HERE, 1, number, desk.clock.now())
        await work.alerts.assessed(1, replace(said, second=11.0, labels={Label.S3: 0.9}), desk.clock.now())
    await Reviewing(desk.storage, desk.clock).decide(CONSOLE, hate, Verdict.CONFIRMED, Person("console:1", "Mara"))
    for gone in (False, True):
        if gone:
            await desk.service.change(CONSOLE, Matter.TRANSCRIPTS, 7 * DAY)
            assert await desk.service.lines(Matter.TRANSCRIPTS) == Aged(lines=3)
        async with desk.storage.reading() as work:
            alert = await work.alerts.get(HERE, hate.id)
            assert alert is not None
            assert alert.restricted
            assert (await withheld(work, HERE, 1, start=0, end=45)).stretches == ((10.0, 15.0),)
            assert not await lessons_of(work, HERE)
    assert await desk.service.lines(Matter.TRANSCRIPTS) == Aged()
    assert await desk.service.doomed(CONSOLE, Matter.TRANSCRIPTS, DAY) == 0


# ---------------------------------------------------------------- changing it


async def test_what_a_place_says_holds_for_it_alone(desk: Desk):
    await placed(desk.storage, THERE)
    await desk.service.change(CONSOLE, Matter.CLIPS, 7 * DAY)
    await desk.service.change(CONSOLE, Matter.CHAT, 30 * DAY)
    assert await desk.service.kept(CONSOLE) == Kept(7 * DAY, None, 30 * DAY)
    assert await desk.service.kept(SERVER) == Kept(30 * DAY)
    await desk.service.change(CONSOLE, Matter.CHAT, None)
    assert (await desk.service.kept(CONSOLE)).chat is None


@pytest.mark.parametrize(
    ("matter", "length"), [(Matter.CLIPS, None), (Matter.CLIPS, 366 * DAY), (Matter.CHAT, timedelta(hours=1))]
)
async def test_less_than_a_day_more_than_a_year_and_clips_without_an_end_are_refused(
    desk: Desk, matter: Matter, length: timedelta | None
):
    with pytest.raises(Invalid, match="KEPT_LONG"):
        await desk.service.change(CONSOLE, matter, length)


async def test_how_much_would_go_is_known_before(desk: Desk):
    await desk.clip(1, age=8 * DAY)
    await desk.clip(2, age=6 * DAY)
    await desk.talked(8 * DAY, 1, 2)
    assert [await desk.service.doomed(CONSOLE, one, 7 * DAY) for one in Matter] == [1, 1, 1]
    assert [await desk.service.doomed(CONSOLE, one, 9 * DAY) for one in Matter] == [0, 0, 0]
    assert await desk.service.doomed(CONSOLE, Matter.CHAT, None) == 0
    assert await desk.service.doomed(SERVER, Matter.CLIPS, DAY) == 0


async def test_lives_without_number_are_counted_in_small_steps_and_those_of_others_are_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.services.ageing.AT_ONCE", 2)
    await followed(desk.storage, "juno", THERE)
    for n in range(7):
        scene = await scene_of(desk.storage, "maria" if n % 7 else "juno", f"room {n}", at(n))
        async with desk.storage.work() as work:
            await work.transcripts.add(scene.live.id, [segment("well")])
        await desk.ended(scene, 8 * DAY)
    assert await desk.service.doomed(CONSOLE, Matter.TRANSCRIPTS, 7 * DAY) == 6
    assert await desk.service.doomed(SERVER, Matter.TRANSCRIPTS, 7 * DAY) == 1
    await desk.service.change(CONSOLE, Matter.TRANSCRIPTS, 7 * DAY)
    assert (await desk.service.lines(Matter.TRANSCRIPTS)).lines == 6


async def test_clips_without_number_go_in_small_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.services.ageing.AT_ONCE", 2)
    await placed(desk.storage, THERE, clips_kept=90 * DAY)
    for n in range(1, 6):
        await desk.clip(n, age=31 * DAY)
    await desk.clip(3, THERE, age=31 * DAY)
    assert (await desk.service.clips()).clips == 5
    assert desk.files() == ["3.fit-800-1of2.mp4", "3.jpg", "3.mp4"]
