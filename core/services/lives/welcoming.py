"""Welcoming: who is told of a live as things stand, and the post that tells them that it has begun."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.model.account import NO_RISK, Follow
from core.model.diary import DiaryKind
from core.model.feed import Event
from core.model.live import Live, Look, Standing
from core.model.notice import Notice, facts_of
from core.model.person import Place
from core.model.tellable.lives import LiveStarted
from core.model.trigger import Trigger, Where
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.feeding import address_of, only_notices, way_of
from core.services.lives.scene import Scene


@dataclass(frozen=True)
class Audience:
    """Whom a live is told to: follows that are neither paused nor over, of places that have not stopped it. `mutes` and
    `notices` as in Scene; `changes`: when this changes by itself; `over`: follows of one live whose time has passed."""

    follows: tuple[Follow, ...] = ()
    mutes: dict[str, datetime] = field(default_factory=dict)
    changes: datetime | None = None
    over: tuple[Follow, ...] = ()
    notices: frozenset[str] = frozenset()


async def audience(work: Work, account_id: int, live: Live | None, now: datetime) -> Audience:
    """The audience of an account's live; None: of one that is not stored yet."""
    follows = await work.follows.of_account(account_id)
    standings = await work.lives.standings(live.id) if live is not None else []
    stopped = {standing.place for standing in standings if standing.stopped}
    times = [at for follow in follows for at in (follow.paused_until, follow.until) if at is not None and at > now]
    return Audience(
        tuple(follow for follow in follows if follow.active(now) and follow.place not in stopped),
        _mutes(standings, now),
        min(times, default=None),
        tuple(follow for follow in follows if follow.once and follow.until is not None and follow.until <= now),
        frozenset([follow.place for follow in follows if await only_notices(work, follow.place)]),
    )


def _mutes(standings: Sequence[Standing], now: datetime) -> dict[str, datetime]:
    return {one.place: one.muted_until for one in standings if one.muted_until is not None and one.muted_until > now}


async def take_over(work: Work, scene: Scene, now: datetime) -> Audience:
    """Let `scene` know its audience as it is now, and forget follows of one live whose time has passed."""
    whom = await audience(work, scene.account.id, scene.live, now)
    for follow in whom.over:
        await work.follows.remove(follow.place, follow.account_id)
    scene.follows, scene.mutes, scene.notices = whom.follows, whom.mutes, whom.notices
    scene.armed = armed(scene, await work.triggers.of_account(scene.account.id))
    scene.tongue.likely = await likely(work, scene)
    return whom


async def likely(work: Work, scene: Scene) -> str:
    """The first guess what is spoken in a live: the language of the first place that hears it."""
    places = [await work.places.get(follow.place) for follow in scene.heard[:1]]
    return next((place.language for place in places if place is not None), "")


def armed(scene: Scene, triggers: Iterable[Trigger]) -> int:
    """How many of `triggers` listen to the chat of a live."""
    wanting = {follow.place for follow in scene.heard if follow.chat}
    return sum(trigger.place in wanting and trigger.where.covers(Where.CHAT) for trigger in triggers)


async def forget_once(work: Work, account_id: int) -> dict[str, str]:
    """The live is over: follows that were made for it go. Where its end is told, by place."""
    once = [follow for follow in await work.follows.of_account(account_id) if follow.once]
    told = {follow.place: await address_of(work, Event.END, follow) for follow in once}
    for follow in once:
        await work.follows.remove(follow.place, follow.account_id)
    return {place: address for place, address in told.items() if address}


async def tell_start(work: Work, scene: Scene, look: Look, new: Sequence[str], clock: Clock) -> None:
    """Put "is live" into the outbox for the places in `new`, with the picture of the live where it is there already. What comes
    without a sound calls nobody."""
    live, now = scene.live, clock.now()
    for follow in (follow for follow in scene.follows if follow.place in new):
        way = await way_of(work, Event.LIVE, follow, now)
        if way is None:
            continue
        place, heard = await work.places.get(follow.place), follow in scene.heard
        triggers = await work.triggers.of_place(follow.place, scene.account.id) if heard else ()
        said = LiveStarted(
            live.id,
            live.handle,
            live.title,
            live.started,
            look.viewers,
            len(triggers),
            ping="" if way.silent else follow.ping or (place.ping if place else ""),
            language=follow.language,
            cover=scene.picture,
            recorded=heard,
            text=place.start_text if place else "",
            **promised(scene, follow, place),
        )
        kind, facts = facts_of(said)
        key, subject = f"start:{live.id}:{follow.place}", f"live:{live.id}"
        await work.outbox.put(Notice(kind, key, follow.place, way.address, subject, facts, silent=way.silent), now)


def promised(scene: Scene, follow: Follow, place: Place | None) -> dict[str, Any]:
    """What a place hears of a live, as LiveStarted says it: its words, and from which score on it is alerted."""
    heard = follow in scene.heard
    threshold = follow.risk if follow.risk is not None else place.risk_threshold if place else None
    return {
        "transcript": follow.transcript and heard,
        "threshold": threshold if heard and threshold != NO_RISK else None,
    }


async def is_over(work: Work, live_id: int) -> bool:
    """Whether a live that is not watched has ended on TikTok, and was not only let go here."""
    return await work.diary.last(live_id, DiaryKind.ENDED) is not None
