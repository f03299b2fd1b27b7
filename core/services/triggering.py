"""Triggers fire on what is written and said in a live: the hit is stored, told and clipped in one transaction."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast
from weakref import WeakKeyDictionary

from core.errors import Invalid
from core.matching.rules import Match, Rule, TriggerIndex, compile_rule
from core.model.account import Follow
from core.model.clip import Source
from core.model.diary import DiaryKind, Entry
from core.model.feed import Event
from core.model.live import ChatMessage
from core.model.notice import Notice, facts_of
from core.model.tellable.finds import HitFound
from core.model.transcript import Segment
from core.model.trigger import Hit, MatchMode, Then, Trigger, Where
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.clipping import Clipping
from core.services.enduring import enduring
from core.services.feeding import way_of
from core.services.holding import hold
from core.services.lives.keeping import Stored, idle
from core.services.lives.scene import Scene
from core.services.lives.welcoming import armed

log = logging.getLogger(__name__)
GLANCE = 0.5  # seconds: how soon a trigger changed elsewhere is heard
UNSTORED = 10.0  # seconds before a crash of which chat lines may not have been stored, though their hits are


Fired = dict[int, tuple[Hit, int]]
"""By trigger: the first hit of a cool-down, and how many there were in it."""


@dataclass(frozen=True)
class Line:
    """One line of chat or speech. `by` is the chatter, empty for speech; `second_at` tells when a character was said. `late`: it
    was heard only some time after it was said."""

    source: Where
    text: str
    by: str
    second_at: Callable[[int], float]
    late: bool = False


@dataclass
class Ears:
    """What one live listens for, and the first hit of each trigger's running cool-down with its count, apart for what is heard only
    later. `unstored`: lines (trigger, chatter, text) that fired before a crash and went unstored themselves; TikTok may show them
    again."""

    index: TriggerIndex = field(default_factory=TriggerIndex)
    triggers: dict[int, Trigger] = field(default_factory=dict)
    fired: Fired = field(default_factory=dict)
    fired_late: Fired = field(default_factory=dict)
    unstored: set[tuple[int, str, str]] = field(default_factory=set)

    def compiled(self, triggers: Sequence[Trigger]) -> dict[int, Rule]:
        """The rules of `triggers` that are not listened for yet. Up to 10 ms each: not for the event loop."""
        return dict(_rules([one for one in triggers if _rule(self.triggers.get(one.id)) != _rule(one)]))

    def listen_for(self, triggers: Sequence[Trigger], rules: dict[int, Rule]) -> None:
        """Take over the triggers of now, with what `compiled` made of them."""
        wanted = {trigger.id: trigger for trigger in triggers}
        for trigger_id, trigger in self.triggers.items():
            if _rule(wanted.get(trigger_id)) != _rule(trigger):
                self.index.drop(trigger_id)
        if self.triggers:
            for trigger_id, rule in rules.items():
                self.index.put(trigger_id, rule)
        else:
            self.index = TriggerIndex(rules.items())
        self.triggers = wanted

    def counts(self, *, late: bool) -> Fired:
        """The cool-downs of what is heard in time, or of what is heard only later."""
        return self.fired_late if late else self.fired

    def heard(self, line: Line) -> list[tuple[Trigger, Match]]:
        """The triggers that fire on `line`, each with its first match."""
        first: dict[int, Match] = {}
        for match in self.index.find(line.text):
            first.setdefault(cast(int, match.key), match)
        pairs = ((self.triggers[trigger_id], match) for trigger_id, match in first.items())
        return [(trigger, match) for trigger, match in pairs if trigger.where.covers(line.source)]


@dataclass
class Triggering:
    """The ears of all lives watched here. `hit` is told of each segment in which a trigger fired."""

    storage: Storage
    clock: Clock
    clipping: Clipping
    hit: Callable[[Scene, Segment], None] = lambda scene, segment: None
    _ears: WeakKeyDictionary[Scene, Ears] = field(default_factory=WeakKeyDictionary)

    async def wake(self, scene: Scene) -> None:
        """Listen to a live from its beginning: rules are compiled then, up to 10 ms each, not while its first words are stored."""
        with enduring("listening to a live"):
            await self._ears_of(scene)

    async def chat(self, scene: Scene, event: ChatMessage) -> None:
        """Match a line of chat. To be said before the line is stored: one that is stored is not taken from TikTok once more, so
        what it fires must be there by then; of one that fired and is not stored, `Ears.unstored` knows."""
        second = scene.second_of(event.at)
        line = Line(Where.CHAT, event.text, event.chatter.handle, lambda _: second)
        ears = await self._ears_of(scene)
        if hits := _firing(scene, ears, line):
            async with self.storage.work() as work:
                stored = await self._fire(work, scene, ears, hits, line)
            await stored()

    async def speech(self, work: Work, scene: Scene, segment: Segment) -> Stored:
        """Match what was said, in the transaction that stores the words: whoever is killed has stored both or neither. What comes
        back is to be called once that has been committed."""
        return await self._said(work, scene, segment, late=False)

    async def late(self, work: Work, scene: Scene, segment: Segment) -> Stored:
        """The same for what was said some time ago: it is told, but the buffers that clips come from have moved on."""
        return await self._said(work, scene, segment, late=True)

    async def run(self) -> None:
        """Take over triggers changed anywhere, until cancelled."""
        known = (0, 0)
        while True:
            with enduring("listening for changed triggers"):
                async with self.storage.reading() as work:
                    now = await work.revisions.of("triggers"), await work.revisions.of("follows")
                    if now != known:
                        for scene, ears in list(self._ears.items()):
                            await _listen(ears, await _wanted(work, scene))
                            scene.armed = armed(scene, ears.triggers.values())
                known = now
            await self.clock.sleep(GLANCE)

    async def _said(self, work: Work, scene: Scene, segment: Segment, *, late: bool) -> Stored:
        if not segment.text:
            return idle
        line, ears = Line(Where.SPEECH, segment.text, "", segment.said_at, late=late), await self._ears_of(scene)
        hits = _firing(scene, ears, line)
        fired = await self._fire(work, scene, ears, hits, line) if hits else idle

        async def stored() -> None:
            await fired()
            if hits and not late:
                self.hit(scene, segment)

        return stored

    async def _fire(
        self, work: Work, scene: Scene, ears: Ears, hits: Sequence[tuple[Trigger, Match]], line: Line
    ) -> Stored:
        """Store the hits of a line and what follows from them. Their cool-downs are told to `ears` by what comes back: long before
        the next transaction has stored a hit, and not at all where this one fails."""
        fired = {trigger.id: await self._hit(work, scene, ears, trigger, line, match) for trigger, match in hits}

        async def stored() -> None:
            ears.counts(late=line.late).update(fired)

        return stored

    async def _ears_of(self, scene: Scene) -> Ears:
        return self._ears.get(scene) or await self._open(scene)

    async def _open(self, scene: Scene) -> Ears:
        """The ears of a live; a cool-down that was running before a restart runs on."""
        async with self.storage.reading() as work:
            ears = Ears()
            await _listen(ears, await _wanted(work, scene))
            hits = [hit for follow in scene.follows for hit in await work.hits.of_live(follow.place, scene.live.id)]
            ears.unstored = await _unstored(work, scene, [hit for hit in hits if hit.source is Where.CHAT])
        for hit in hits:
            ears.fired[hit.trigger_id] = _counted(ears, ears.fired, hit)
        return self._ears.setdefault(scene, ears)  # chat and speech may both have come first

    async def _hit(
        self, work: Work, scene: Scene, ears: Ears, trigger: Trigger, line: Line, match: Match
    ) -> tuple[Hit, int]:
        """Store a hit and do what its trigger asks for; the first of its cool-down, and how many there are in it by now."""
        second = line.second_at(match.start)
        at = scene.time_of(second)
        hit = await work.hits.add(
            Hit(
                0,
                trigger.id,
                scene.live.id,
                trigger.place,
                trigger.word,
                line.source,
                at,
                second,
                line.text,
                match.start,
                match.end,
                line.by,
            )
        )
        counted = _counted(ears, ears.counts(late=line.late), hit, trigger)
        follow = scene.heard_for(trigger.place)
        if follow is None:
            return counted
        fresh = counted[1] == 1
        if trigger.then.alerts and not scene.muted(trigger.place, self.clock.now()):
            counted = await self._tell(work, scene, counted, trigger, follow, hit)
        if fresh:  # one action of a kind in a cool-down
            await self._act(work, scene, trigger, follow, hit, late=line.late)
        return counted

    async def _act(self, work: Work, scene: Scene, trigger: Trigger, follow: Follow, hit: Hit, *, late: bool) -> None:
        if trigger.then.clips and follow.clips and not late:
            await self.clipping.wish(work, scene, hit)
        elif trigger.then is Then.REPLAY and not late:
            await self.clipping.wish(work, scene, hit, Source.OBS)
        elif trigger.then is Then.MARK:
            mark = Entry(scene.live.id, hit.at, hit.second, DiaryKind.MARK, hit.word, hit.by, trigger.place)
            await work.diary.add(mark)

    async def _tell(
        self, work: Work, scene: Scene, counted: tuple[Hit, int], trigger: Trigger, follow: Follow, hit: Hit
    ) -> tuple[Hit, int]:
        """As a post, or as the count of the one that its cool-down began with. Where that was not told, this one is the first;
        what the cool-down is counted from then comes back."""
        now, (first, count) = self.clock.now(), counted
        way = await way_of(work, Event.HIT, follow, now)
        if way is None:
            return counted
        counts = count > 1 and await work.outbox.get(f"hit:{first.id}") is not None
        if way.held and not counts:
            await hold(work, Event.HIT, follow, now)
            return counted
        if not counts:
            first, count = hit, 1
        said = HitFound(
            first.id,
            scene.live.id,
            trigger.id,
            scene.live.handle,
            trigger.word,
            first.source,
            first.quote,
            first.start,
            first.end,
            first.at,
            first.second,
            first.by,
            count,
            trigger.cooldown.total_seconds(),
        )
        kind, facts = facts_of(said)
        key, subject, silent = f"hit:{hit.id}", f"hit:{first.id}", counts or way.silent
        notice = Notice(kind, key, trigger.place, way.address, subject, facts, edits=counts, silent=silent)
        await work.outbox.put(notice, now)
        return first, count


def _counted(ears: Ears, fired: Fired, hit: Hit, trigger: Trigger | None = None) -> tuple[Hit, int]:
    """The first hit of the cool-down `hit` falls into, and the how-manieth `hit` is in it. Hits do not come in the order of their
    times: speech is heard seconds later than the chat beside it, and TikTok repeats old lines."""
    trigger = trigger or ears.triggers.get(hit.trigger_id)
    running = fired.get(hit.trigger_id)
    if running and trigger and abs(hit.at - running[0].at) < trigger.cooldown:
        return running[0], running[1] + 1
    return hit, 1


def _firing(scene: Scene, ears: Ears, line: Line) -> list[tuple[Trigger, Match]]:
    """The triggers that fire on a line for those who want to be told of it, each with its first match."""
    return [hit for hit in ears.heard(line) if _listens(scene, hit[0], line) and not _again(ears, hit[0], line)]


def _listens(scene: Scene, trigger: Trigger, line: Line) -> bool:
    """Whether the trigger's place is told of this live now, of its chat for a line of chat."""
    follow = scene.heard_for(trigger.place)
    return follow is not None and (follow.chat or line.source is not Where.CHAT)


def _again(ears: Ears, trigger: Trigger, line: Line) -> bool:
    """Whether this very line fired before a crash already; the next one like it is another."""
    fired = (trigger.id, line.by, line.text)
    if line.source is not Where.CHAT or fired not in ears.unstored:
        return False
    ears.unstored.discard(fired)
    return True


async def _unstored(work: Work, scene: Scene, hits: list[Hit]) -> set[tuple[int, str, str]]:
    since = max((hit.second for hit in hits), default=0.0) - UNSTORED
    lines = await work.chats.of_live(scene.live.id, start=since) if hits else []
    stored = {(event.chatter.handle, event.text) for _, event in lines if isinstance(event, ChatMessage)}
    late = [hit for hit in hits if hit.second >= since and (hit.by, hit.quote) not in stored]
    return {(hit.trigger_id, hit.by, hit.quote) for hit in late}


async def _wanted(work: Work, scene: Scene) -> list[Trigger]:
    return await work.triggers.of_account(scene.account.id)


async def _listen(ears: Ears, triggers: Sequence[Trigger]) -> None:
    ears.listen_for(triggers, await asyncio.to_thread(ears.compiled, triggers))


def _rule(trigger: Trigger | None) -> tuple[str, MatchMode] | None:
    return (trigger.word, trigger.match) if trigger else None


def _rules(triggers: Sequence[Trigger]) -> Iterator[tuple[int, Rule]]:
    """What they are compiled to. One that was taken once and would be refused now is deaf, and keeps no other from listening."""
    for trigger in triggers:
        try:
            yield trigger.id, compile_rule(trigger.word, trigger.match)
        except Invalid as error:
            log.warning("trigger %s of %s cannot be looked for any more: %s", trigger.id, trigger.place, error)
