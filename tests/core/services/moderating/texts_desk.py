"""What tests of short texts stand on: a real database, a judge inside that knows a few words, and one elsewhere that can fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import EarshotError
from core.model.notice import NoticeKind
from core.model.person import Person, Place
from core.model.policy import WordRule
from core.model.risk import Alert, Label, Scores, Verdict
from core.ports.assessor import Spent
from core.ports.moderator import Moderated
from core.services.assessing.paying import Purse
from core.services.assessing.sharing import Sharing
from core.services.lives.scene import Scene
from core.services.moderating.texts import Texts
from core.services.moderating.weighing import Weighing
from tests.builders import HERE, Told, decided, followed, placed, scene_of, told
from tests.doubles import CountedStorage, HandClock

KNOWN = {
    "worm": (Label.HR, 0.9),
    "vermin": (Label.H, 0.8),
    "maybe": (Label.HR, 0.4),
    "lolly": (Label.S3, 0.65),
    "nudes": (Label.S, 0.9),
    "teen": (Label.S3, 0.55),
    "hang": (Label.H2, 0.7),
    "shoot": (Label.V2, 0.7),
}

SETTER = Person("discord:9", "Nadia")


def labels(**given: float) -> Scores:
    """Scores of some labels; that any applies is as likely as the likeliest."""
    full = dict.fromkeys(Label, 0.0) | {Label(name): share for name, share in given.items()}
    return Scores(full, max(full.values()))


@dataclass
class WordScorer:
    """The judge inside: by its words; how many texts it was given."""

    read: int = 0

    def score(self, text: str, language: str = "", place: str = "") -> Scores:
        self.read += 1
        found = [pair for word, pair in KNOWN.items() if word in text.lower()]
        return labels(**{label.value: share for label, share in found})

    def taught(self, place: str) -> bool:
        return False


@dataclass
class Elsewhere:
    """A model elsewhere, by a rule of the test."""

    judge: Callable[[str], Scores] = lambda text: labels()
    name: str = "safeguard"
    fault: EarshotError | None = None
    asked: list[list[str]] = field(default_factory=list)

    async def moderate(self, texts: Sequence[str], language: str = "") -> Moderated:
        self.asked.append(list(texts))
        if self.fault is not None:
            raise self.fault
        return Moderated(tuple(map(self.judge, texts)), Spent(1, 100, 0, 10, 0.001))


@dataclass
class Desk:
    storage: CountedStorage
    clock: HandClock
    folder: Path
    scorer: WordScorer
    elsewhere: Elsewhere
    texts: Texts

    async def live(self, handle: str = "maria", place: str = HERE, **wishes: object) -> Scene:
        """A live somebody follows."""
        await followed(self.storage, handle, place, **wishes)
        return await scene_of(self.storage, handle)

    async def place(self, place: str = HERE, **more: object) -> Place:
        """A place with somewhere to post."""
        return await placed(self.storage, place, address=f"{place}:lives", **more)

    async def wants(self, place: str = HERE, **policy: object) -> None:
        """Change its policy."""
        await self.texts.ruling.change(Place(place, place), SETTER, **policy)

    async def rule(self, rule: WordRule) -> WordRule:
        """Give it a word rule."""
        return await self.texts.ruling.add(Place(rule.place, rule.place), SETTER, rule)

    async def waiting(self, place: str = HERE) -> list[Alert]:
        """What waits for a person."""
        async with self.storage.reading() as work:
            return await work.alerts.waiting(place)

    async def decide(self, alert: Alert, verdict: Verdict) -> None:
        """As a reviewer does, in any process."""
        async with self.storage.work() as work:
            assert await decided(work, alert.place, alert.id, verdict, self.clock.now())

    def told(self) -> list[Told]:
        """The alerts told."""
        return told(self.folder, NoticeKind.RISK)


def desk_of(storage: CountedStorage, clock: HandClock, folder: Path, dollars: float = 0.0) -> Desk:
    """All of it; `dollars` is what models may cost a place a day."""
    scorer, elsewhere = WordScorer(), Elsewhere()
    purse = Purse(storage, Sharing(clock, dollars))
    texts = Texts.of(storage, clock, Weighing(scorer, clock, elsewhere, purse))
    return Desk(storage, clock, folder, scorer, elsewhere, texts)
