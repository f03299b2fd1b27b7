"""A stage for tests of screening: a live with speech, a clipper that writes nothing, and a model that sees what it is told to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.adapters.risk.rules import RulesAssessor
from core.errors import EarshotError, Missing
from core.model.clip import Clip, Cut
from core.model.notice import NoticeKind
from core.model.person import Person
from core.model.risk import Alert, Verdict
from core.model.screening import Check, Found, LocalPolicy, Matter, Screening, Where
from core.model.tellable.finds import ClipSaved
from core.ports.assessor import Spent
from core.ports.media import Frame
from core.ports.vision import Sight
from core.services.assessing.paying import Purse
from core.services.assessing.sharing import Sharing
from core.services.clipping import Clipping, Curating
from core.services.lives.scene import Scene
from core.services.reviewing.deciding import Reviewing
from core.services.screening import Screens, Viewing
from core.services.screening.viewing import LONGEST
from tests.builders import HERE, THERE, followed, placed, scene_of, segment, told
from tests.doubles import CountedStorage, HandClock, StagedClipper

MARA, TOM, NINA = Person("discord:1", "Mara"), Person("discord:2", "Tom"), Person("discord:3", "Nina")
HATE = "Those Norvanians are vermin, wipe them all out"
PICTURES = (0x0F0F_3333_5555_AAAA, 0x1234_5678_9ABC_DEF0, 0xFEDC_BA98_7654_3210)
OTHERS = tuple(one ^ 0xFFFF_0000_FFFF_0000 for one in PICTURES)


@dataclass
class StagedPictures:
    """Frames with these hashes, or a fault."""

    hashes: tuple[int, ...] = PICTURES
    fault: EarshotError | None = None

    async def thumbnail(self, path: Path) -> bytes:
        raise Missing("NO_PICTURE", x=path.name)

    async def frames(self, path: Path, most: int) -> tuple[Frame, ...]:
        if self.fault:
            raise self.fault
        return tuple(Frame(float(n), b"jpeg", one) for n, one in enumerate(self.hashes))

    async def squeeze(self, path: Path, limit: int, to: Path) -> Cut:
        raise NotImplementedError


@dataclass
class StagedViewer:
    """Sees `sight`, raises `fault`, or never answers. `words` are those it was shown last."""

    sight: Sight = field(default_factory=Sight)
    fault: EarshotError | None = None
    silent: bool = False
    looks: int = 0
    words: str = ""
    name: str = "seer-1"

    async def view(self, frames: Sequence[Frame], words: str, display: str) -> Sight:
        self.looks, self.words = self.looks + 1, words
        if self.silent:
            await asyncio.Event().wait()
        if self.fault:
            raise self.fault
        return Sight(
            self.sight.found, self.sight.reason, "frames-1", len(frames), self.sight.doubtful, Spent(1, dollars=0.006)
        )

    def sees(self, *checks: Check, reason: str = "A person without clothes.") -> None:
        self.sight = Sight(tuple(Found(check, Where.FRAMES, 0.9) for check in checks), reason)


@dataclass
class Desk:
    storage: CountedStorage
    clock: HandClock
    scene: Scene
    folder: Path
    pictures: StagedPictures
    viewer: StagedViewer
    clipping: Clipping
    curating: Curating
    reviewing: Reviewing

    @property
    def screens(self) -> Screens:
        assert self.clipping.screens is not None
        return self.clipping.screens

    async def says(self, text: str, start: float = 0.0) -> None:
        async with self.storage.work() as work:
            await work.transcripts.add(self.scene.live.id, [segment(text, start)])

    async def clip(self, place: str = HERE, who: str = "Mara") -> Screening:
        """One is asked for and made; how its screening stands."""
        await self.clock.advance(30)
        await self.clipping.ask(self.scene.live, place, 30, f"clip {self.clock.now():%H%M%S}", who)
        async with self.storage.work() as work:
            jobs = await work.jobs.claim("w", ["clip"], self.clock.now(), self.clock.now() - self.clock.now(), 10)
        for job in jobs:
            effect = await self.clipping.save(job)
            async with self.storage.work() as work:
                await work.jobs.finish(job, self.clock.now())
                await effect(work)
        return await self.newest(place)

    async def newest(self, place: str = HERE) -> Screening:
        async with self.storage.reading() as work:
            (clip, *_) = await work.clips.of_place(place)
            found = await work.screenings.of(place, Matter.CLIP, clip.id)
        assert found is not None
        return found

    async def stored(self, screening: Screening) -> Clip:
        async with self.storage.reading() as work:
            clip = await work.clips.get(screening.place, screening.item)
        assert clip is not None
        return clip

    async def waiting(self, place: str = HERE) -> list[Alert]:
        async with self.storage.reading() as work:
            return await work.alerts.waiting(place)

    async def decide(self, screening: Screening, verdict: Verdict, by: Person = MARA) -> Screening:
        async with self.storage.reading() as work:
            place = await work.places.get(screening.place)
            assert place is not None
            assert screening.alert_id is not None
            alert = await work.alerts.get(screening.place, screening.alert_id)
        assert alert is not None
        await self.clock.advance(1)
        await self.reviewing.decide(place, alert, verdict, by, "")
        async with self.storage.reading() as work:
            found = await work.screenings.of(screening.place, screening.matter, screening.item)
        assert found is not None
        return found

    def posts(self, place: str = HERE) -> list[ClipSaved]:
        """What was told of clips, oldest first; an edit after what it edits."""
        return [one.says for one in told(self.folder, NoticeKind.CLIP) if one.notice.place == place]


async def desk_of(
    storage: CountedStorage,
    clock: HandClock,
    folder: Path,
    *,
    seeing: bool = True,
    local: LocalPolicy = LocalPolicy.TEXT_ONLY,
    longest: float = LONGEST,
    dollars: float = 0.0,
) -> Desk:
    for place in (HERE, THERE):
        await placed(storage, place, reviewers=(NINA.id,))
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    pictures, viewer = StagedPictures(), StagedViewer()
    viewing = Viewing(pictures, viewer if seeing else None, longest, Purse(storage, Sharing(clock, dollars)))
    screens = Screens(storage, clock, RulesAssessor(), viewing, local)
    clipping = Clipping(storage, clock, StagedClipper(), folder / "clips", screens=screens)
    curating = Curating(storage, clock, screens)
    reviewing = Reviewing(storage, clock, heeds=(curating.heed,))
    return Desk(storage, clock, await scene_of(storage), folder, pictures, viewer, clipping, curating, reviewing)


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    return await desk_of(storage, clock, tmp_path)


__all__ = ["desk", "desk_of"]
