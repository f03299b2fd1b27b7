"""Values and stored things for tests, each with what most tests do not care about filled in."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.model.account import Follow, Handle
from core.model.audit import Verb
from core.model.live import ChatMessage, Chatter, Look
from core.model.notice import Notice, NoticeKind
from core.model.person import Place
from core.model.review import ACTS, Decision
from core.model.risk import Alert, Assessment, Category, Target, Verdict, Virality
from core.model.transcript import SAMPLE_RATE, Segment, Span
from core.model.trigger import Trigger
from core.ports.store import Storage, Work
from core.services.lives.keeping import Following
from core.services.lives.scene import Scene
from tests.doubles import BEGAN

HERE, THERE = "console:here", "discord:there"
ROOM = "7300"


def at(second: float) -> datetime:
    """`second` after everything began."""
    return BEGAN + timedelta(seconds=second)


def span(start: float, end: float, **more: Any) -> Span:
    """Speech of nobody: silence of the right length."""
    return Span(start, end, bytes(2 * round((end - start) * SAMPLE_RATE)), **more)


def segment(text: str | None, start: float = 0.0, seconds: float = 5.0, **more: Any) -> Segment:
    """A piece of speech."""
    return Segment(start, start + seconds, text, **{"language": "en", "engine": "captions", **more})


def chat(text: str, second: float = 0.0, by: str = "juno", number: int | None = None) -> ChatMessage:
    """A line of chat; without `number` its id is made of what it says and when."""
    return ChatMessage(f"{by}-{second}-{text}" if number is None else str(number), at(second), Chatter(by, "9"), text)


def judged(
    category: Category = Category.HATEFUL,
    virality: Virality = Virality.MEDIUM,
    *,
    hateful: bool = True,
    target: Target = Target.ETHNICITY,
    **more: Any,
) -> Assessment:
    """An assessment; as it stands its score is 0.9."""
    return Assessment(category, virality, hateful, target, **{"quote": "vermin", "second": 3.0, **more})


async def deeds(storage: Storage, place: str = HERE) -> list[tuple[Verb, str, str, str, str]]:
    """What people did in a place, oldest first: verb, about what, before, after, reason."""
    async with storage.reading() as work:
        rows = await work.audit.of_place(place, limit=100)
        assert await work.audit.broken(place) is None
    return [(one.verb, one.about, one.before, one.after, one.reason) for one in reversed(rows)]


async def placed(storage: Storage, place: str = HERE, **more: Any) -> Place:
    """A place."""
    async with storage.work() as work:
        return await work.places.put(Place(place, place, **more))


async def followed(storage: Storage, handle: str = "maria", place: str = HERE, **wishes: Any) -> Follow:
    """A place that follows an account, at an address of its own."""
    address = wishes.pop("address", f"{place}:lives")
    async with storage.work() as work:
        if await work.places.get(place) is None:
            await work.places.put(Place(place, place))
        account = await work.accounts.ensure(Handle(handle))
        return await work.follows.add(Follow(0, place, account.id, account.handle, address, BEGAN, **wishes))


async def armed(storage: Storage, word: str, place: str = HERE, **more: Any) -> Trigger:
    """A trigger."""
    async with storage.work() as work:
        return await work.triggers.add(Trigger(0, place, word, **more))


async def scene_of(storage: Storage, handle: str = "maria", room: str = ROOM, began: datetime = BEGAN) -> Scene:
    """The scene of a live all followers of `handle` see."""
    async with storage.work() as work:
        account = await work.accounts.ensure(Handle(handle))
        follows = await work.follows.of_account(account.id)
        look = Look(began, True, room, "Sunday kitchen", started=began)
        live, _ = await work.lives.begin(account, look, [follow.place for follow in follows])
        return Scene(live, account, tuple(follows))


async def stored_with(storage: Storage, follows: Following, scene: Scene, part: Segment) -> None:
    """What follows from words, in a transaction as whoever stores them has one."""
    async with storage.work() as work:
        stored = await follows(work, scene, part)
    await stored()


@dataclass(frozen=True)
class Told:
    """A row of the outbox."""

    notice: Notice
    state: str
    external: str
    reason: str

    @property
    def says(self) -> Any:
        """What it tells."""
        return self.notice.tells()


def outbox(folder: Path) -> list[Told]:
    """Everything in the outbox of the data folder, oldest first, read beside whatever runs."""
    return [
        Told(
            Notice(
                NoticeKind(row["kind"]),
                row["key"],
                row["place"],
                row["address"],
                row["subject"],
                json.loads(row["facts"]),
                bool(row["edits"]),
                bool(row["silent"]),
                bool(row["urgent"]),
            ),
            row["state"],
            row["external"],
            row["reason"],
        )
        for row in rows(folder, "select * from delivery order by id")
    ]


def told(folder: Path, kind: NoticeKind) -> list[Told]:
    """The rows of the outbox of one kind."""
    return [one for one in outbox(folder) if one.notice.kind is kind]


def rows(folder: Path, query: str) -> list[sqlite3.Row]:
    """What a query finds in the data folder's database."""
    with closing(sqlite3.connect(folder / "earshot.db", timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(query).fetchall()


async def decided(work: Work, place: str, alert_id: int, verdict: Verdict, at: datetime) -> Alert | None:
    """An alert as a reviewer of the place decides it; None when it is not there any more."""
    known = await work.alerts.get(place, alert_id)
    if known is None:
        return None
    waits = verdict is Verdict.WAITING
    after = replace(known, verdict=verdict, decided_by="" if waits else "Ana", decided_at=None if waits else at)
    return await work.alerts.change(
        known, after, Decision(known.id, ACTS[verdict], known.verdict, verdict, "Ana", "console:2", at)
    )
