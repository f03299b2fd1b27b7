"""Assessing: every segment of a live is judged inside at once, and by models when there are some. Nothing in a live waits for them.

What the judge inside says is stored with the segment. A segment that alarms is told with the model's word, or without it when none
comes within DEADLINE; a later word changes the post. What waits for a model when the process ends is told as the judge inside sees
it when the live is taken up again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from math import inf
from typing import Any
from weakref import WeakKeyDictionary

from core.errors import Transient
from core.model.reconciling import stood_in
from core.model.risk import AlertRule, Assessment, Unasked
from core.model.transcript import Segment
from core.ports.assessor import LocalAssessor, Spent, Window
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing.alerting import Alerting
from core.services.assessing.recalling import Recalling
from core.services.assessing.renewing import renew, rescreen
from core.services.assessing.sharing import Payers, Sharing
from core.services.assessing.steps import Steps
from core.services.assessing.windows import Desk, Heard, Piece
from core.services.lives.keeping import Stored, idle
from core.services.lives.scene import Scene

log = logging.getLogger(__name__)
DEADLINE = 3.0
"""Seconds an alarming segment waits for a model's word: then it is told without it."""

LAST_SECONDS = 15.0  # real ones, for the last windows of a live that has ended
AGAIN = 1.0  # seconds until storage is tried once more
PAYING_SECONDS = 1.0  # real ones: no longer does an end wait for what was answered before it to be paid


class Assessing:
    """The judges of one process: `local` inside, `steps` the models. `rule` is the installation's alert rule."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        local: LocalAssessor,
        rule: AlertRule = AlertRule.EARSHOT,
        steps: Steps | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        self.storage, self.clock, self.local, self.rule = storage, clock, local, rule
        self.steps, self.sharing = steps or Steps(clock), sharing or Sharing(clock)
        self._alerting, self._recalling = Alerting(clock, rule), Recalling()
        self._desks: WeakKeyDictionary[Scene, Desk] = WeakKeyDictionary()
        self._hits: WeakKeyDictionary[Scene, set[float]] = WeakKeyDictionary()
        self._opening = asyncio.Lock()
        self._paying = set[asyncio.Task[None]]()

    # ------------------------------------------------------------------ what is said

    def hit(self, scene: Scene, segment: Segment) -> None:
        """A trigger fired on it: it goes to the model at once. To be said before `speech`."""
        self._hits.setdefault(scene, set()).add(segment.start)

    async def speech(self, scene: Scene, segment: Segment) -> None:
        """Judge a segment inside; tell it at once where no model is to be asked. Never waits for one."""
        if not segment.text:
            return
        desk = await self._desk(scene, segment.start)
        if segment.start in desk.recovered:
            return
        async with self.storage.work() as work:
            heard, waits, alarming = await self._judged(work, scene, segment)
        await self._take(scene, desk, heard, waits=waits, alarming=alarming)

    async def late(self, work: Work, scene: Scene, segment: Segment) -> Stored:
        """The same for words that came late, in the transaction that stores them: of a live that still runs, so models see them,
        too, once what comes back is called."""
        if not segment.text:
            return idle
        heard, waits, alarming = await self._judged(work, scene, segment)

        async def stored() -> None:
            desk = await self._desk(scene, segment.start)
            if segment.start not in desk.recovered:
                await self._take(scene, desk, heard, waits=waits, alarming=alarming)

        return stored

    async def later(self, work: Work, scene: Scene, segment: Segment) -> None:
        """Words that came when their live did not run here any more: only what may be about minors matters then, so that it is
        withheld, and an alert says so."""
        local = self.local.judged(segment, scene.only) if segment.text else None
        if local is not None and local.about_minors:
            heard = Heard(segment, local, self.clock.now())
            heard.number = await self._store(work, scene, heard, local)
            await self._settle_inside(work, scene, heard)

    async def run(self, scene: Scene) -> None:
        """Ask the models about a live, for as long as it is watched."""
        desk = await self._desk(scene)
        if not self.steps.models:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ask_on(scene, desk), name=f"judge {scene.live.handle}")
            group.create_task(self._mind(scene, desk), name=f"alarm {scene.live.handle}")

    async def finish(self, scene: Scene) -> None:
        """The live is over: what still waits is judged, within LAST_SECONDS and its ration by a model, and told."""
        desk, why = await self._desk(scene), Unasked.OFTEN
        async with desk.storing:
            desk.back()
        try:
            async with asyncio.timeout(LAST_SECONDS):
                while desk.waiting and self.steps.able and not desk.screenings.opens(self.clock.now()):
                    await self._judge(scene, desk)
        except TimeoutError:
            why = Unasked.LATE
            log.info("the last words of %s are judged inside", scene.live.handle)
        async with desk.storing:
            desk.back()
        desk.over = True
        await self._leave(scene, desk, desk.empty(), why if self.steps.able else self.steps.trouble)

    async def _judged(self, work: Work, scene: Scene, segment: Segment) -> tuple[Heard, bool, bool]:
        """What the judge inside says of it, stored; whether it waits for a model, and whether it alarms meanwhile."""
        local = self.local.judged(segment, scene.only)
        heard = Heard(segment, local, self.clock.now(), hit=segment.start in self._hits_of(scene))
        payers = await self.sharing.payers(work, scene)
        waits = self.steps.able and bool(payers.places)
        heard.number = await self._store(work, scene, heard, heard.local, waits=waits)
        if not waits:
            await self._settle_inside(work, scene, heard, self._why(payers))
        return heard, waits, waits and await self._alerting.alarms(work, scene, heard.local)

    async def _take(self, scene: Scene, desk: Desk, heard: Heard, *, waits: bool, alarming: bool) -> None:
        """What has been judged inside is what was said lately, and waits for a model where it is to."""
        self._hits_of(scene).discard(heard.segment.start)
        desk.hear(heard.segment)
        if waits:
            left = desk.add(heard, alarming=alarming)
            told = (desk.empty(), self._late()) if desk.over else (left, Unasked.CROWD)
            await self._leave(scene, desk, *told)

    def _late(self) -> str:
        """Why no model is asked any more once a live is over."""
        return Unasked.LATE if self.steps.able else self.steps.trouble

    # ------------------------------------------------------------------ the two tasks of a live

    async def _ask_on(self, scene: Scene, desk: Desk) -> None:
        while True:
            await self._until_due(desk)
            try:
                await self._judge(scene, desk)
            except Exception:  # supervision: what goes wrong with one window must not cost the next
                log.exception("a window of %s", scene.live.handle)
                await self._leave(scene, desk, [one for piece in desk.flying for one in piece.heard])

    async def _until_due(self, desk: Desk) -> None:
        while (due := desk.due(self.clock.now())) is None or due > 0:
            desk.came.clear()
            if due is None:
                await desk.came.wait()
            else:
                await _first(self.clock.sleep(due), desk.came.wait())

    async def _mind(self, scene: Scene, desk: Desk) -> None:
        """What alarms is told after DEADLINE, whatever the models do."""
        while True:
            await desk.alarmed.wait()
            desk.alarmed.clear()
            while desk.alarming:
                heard = desk.alarming.popleft()
                passed = (self.clock.now() - heard.at).total_seconds()
                if not heard.settled and passed < DEADLINE:
                    await self.clock.sleep(DEADLINE - passed)
                try:
                    await self._surely(self._tell_early, scene, desk, heard)
                except Exception:  # supervision: the next one is to be told all the same
                    log.exception("an alert of %s", scene.live.handle)

    async def _tell_early(self, scene: Scene, desk: Desk, heard: Heard) -> None:
        """The best word there is by now; a better one may follow."""
        async with desk.storing:
            if heard.settled:
                return
            word, number = heard.word, heard.number
            if word.degraded:
                often = heard in desk.waiting and desk.screenings.opens(self.clock.now()) > 0
                word = replace(word, unasked=Unasked.OFTEN if often else Unasked.LATE)
            async with self.storage.work() as work:
                if word.degraded:
                    await work.alerts.settled(number, degraded=True, doubtful=word.doubtful, unasked=word.unasked)
                else:
                    number = await self._store(work, scene, heard, word)
                alerts = await self._alerting.take(work, scene, heard, word, number)
            heard.number, heard.told = number, word
            heard.alerts |= alerts

    # ------------------------------------------------------------------ one window

    async def _judge(self, scene: Scene, desk: Desk) -> None:
        """The next window: asked, stored, told."""
        desk.screenings.take(self.clock.now())
        pieces = desk.take()
        async with self.storage.reading() as work:
            payers, (display, region) = await self.sharing.payers(work, scene), await _manner(work, scene)
            examples = await self._recalling.of(work, scene.only) if payers.places == (scene.only,) else ()
        costs: list[tuple[str, Spent]] = []
        if payers.places:
            window = replace(_window(scene, desk, pieces, display), region=region, examples=examples)
            try:
                summary = await self.steps.go(window, pieces, payers.threshold, desk, self.clock.now, costs)
            except BaseException:  # the end of the live, or a mistake of ours: what was answered has cost all the same
                await self._pay_soon(payers, costs)
                raise
            desk.summary = summary or desk.summary
        await self._surely(self._settle, scene, desk, pieces, payers, costs, self._why(payers))

    async def _pay_soon(self, payers: Payers, costs: Sequence[tuple[str, Spent]]) -> None:
        """Pay for answers of which nothing came; whatever storage does meanwhile, nobody waits long for it."""

        async def pay() -> None:
            async with self.storage.work() as work:
                await self.sharing.pay(work, payers.places, costs, 0.0)

        if costs:
            task = asyncio.ensure_future(self._stubbornly(pay))
            self._paying.add(task)
            task.add_done_callback(self._paying.discard)
            await asyncio.wait((task,), timeout=PAYING_SECONDS)

    def _why(self, payers: Payers) -> str:
        """Why no model is asked about a live just now, or has not answered; empty where nothing is known to be in its way."""
        return Unasked.BUDGET if payers.spent else self.steps.trouble

    async def _settle(
        self,
        scene: Scene,
        desk: Desk,
        pieces: Sequence[Piece],
        payers: Payers,
        costs: Sequence[tuple[str, Spent]],
        why: str,
    ) -> None:
        """Store and tell what was said of `pieces`, in one transaction; `why` no model said anything, where none did."""
        async with desk.storing:
            left = [piece for piece in pieces if not all(one.settled for one in piece.heard)]
            async with self.storage.work() as work:
                for piece in left:
                    await self._settle_piece(work, scene, piece, why)
                if costs:
                    await self.sharing.pay(work, payers.places, costs, desk.covered(pieces))
            for one in (one for piece in left for one in piece.heard):
                one.settled = True
            desk.flying = [piece for piece in desk.flying if not all(one.settled for one in piece.heard)]

    async def _settle_piece(self, work: Work, scene: Scene, piece: Piece, why: str) -> None:
        word = piece.word
        if word is None:
            for one in piece.heard:
                await self._settle_inside(work, scene, one, why)
            return
        # Which of them was told of early is the one whose alert changes, wherever in the piece the model quotes.
        said = next((one for one in piece.heard if one.told is not None), piece.of(word.second))
        for one in piece.heard:
            if one is not said:
                await work.alerts.replaced(one.number, word)
        if word.about_minors and len(piece.heard) > 1:
            await renew(work, self.clock, scene.live.id, word.second)
        if said.told == word:
            return
        if piece.judged is not None and piece.screened is not None and (said.told is None or said.told.degraded):
            await self._store(work, scene, said, piece.screened)
        number = await self._store(work, scene, said, word)
        await self._alerting.take(work, scene, said, word, number)

    async def _settle_inside(self, work: Work, scene: Scene, heard: Heard, why: str = "") -> None:
        """The judge inside has the last word; `why` no model has it, if there are any."""
        if heard.told is not None:
            return
        word = replace(stood_in(heard.local), unasked=why) if self.steps.models else heard.local
        await work.alerts.settled(heard.number, degraded=word.degraded, doubtful=word.doubtful, unasked=word.unasked)
        await self._alerting.take(work, scene, heard, word, heard.number)

    async def _leave(self, scene: Scene, desk: Desk, left: Sequence[Heard], why: str = "") -> None:
        """No model is asked about these."""
        if left:
            await self._surely(self._settle, scene, desk, [Piece((one,)) for one in left], Payers(), (), why)

    # ------------------------------------------------------------------ beside

    async def _store(self, work: Work, scene: Scene, heard: Heard, word: Assessment, *, waits: bool = False) -> int:
        at = scene.time_of(word.second)
        number = await work.alerts.assessed(scene.live.id, word, at, heard.segment.start, waits=waits)
        if word.about_minors or heard.local.about_minors:
            await renew(work, self.clock, scene.live.id, word.second)
        if word.about_minors:
            await rescreen(work, self.clock, scene.live.id, word.second)
        return number

    def _hits_of(self, scene: Scene) -> set[float]:
        return self._hits.setdefault(scene, set())

    async def _desk(self, scene: Scene, before: float = inf) -> Desk:
        """The desk of a live. After a restart, what was left on it is told as the judge inside sees it, but for what begins at
        second `before` or later."""
        if (desk := self._desks.get(scene)) is not None:
            return desk
        async with self._opening:
            if scene not in self._desks:
                self._desks[scene] = await self._recovered(scene, before)
        return self._desks[scene]

    async def _recovered(self, scene: Scene, before: float) -> Desk:
        desk, live = Desk(), scene.live.id
        async with self.storage.reading() as work:
            left, starts = await work.alerts.unsettled(live), await work.alerts.unjudged(live)
            parts = await work.transcripts.of_live(live) if left or starts else []
        said = {part.start: part for part in parts if isinstance(part, Segment) and part.start < before}
        now = self.clock.now()
        found = [Heard(said[start], local, now, number) for number, start, local in left if start in said]
        unjudged = list[Heard]()
        for start in filter(said.__contains__, starts):  # many after a long stop: others have their turn meanwhile
            unjudged.append(Heard(said[start], self.local.judged(said[start], scene.only), now))
            await asyncio.sleep(0)
        if found or unjudged:
            async with self.storage.work() as work:
                for heard in unjudged:
                    heard.number = await self._store(work, scene, heard, heard.local)
                for heard in (*found, *unjudged):
                    await self._settle_inside(work, scene, heard, Unasked.RESTART)
        for part in said.values():
            desk.hear(part)
        desk.recovered.update(heard.segment.start for heard in (*found, *unjudged))
        return desk

    async def _surely(self, once: Callable[..., Awaitable[None]], *about: object) -> None:
        """Do it, as often as storage has no time for it; the end of the live in between neither loses nor doubles it."""
        await asyncio.shield(asyncio.ensure_future(self._stubbornly(once, *about)))

    async def _stubbornly(self, once: Callable[..., Awaitable[None]], *about: object) -> None:
        while True:
            try:
                return await once(*about)
            except Transient as error:
                log.warning("a judgement waits to be stored: %s", error)
                await self.clock.sleep(AGAIN)


def _window(scene: Scene, desk: Desk, pieces: Sequence[Piece], display: str) -> Window:
    return Window(
        tuple(piece.segment for piece in pieces),
        desk.context(pieces),
        desk.summary,
        scene.tongue.language or pieces[-1].segment.language,
        display,
    )


async def _manner(work: Work, scene: Scene) -> tuple[str, str]:
    """The language reasons are written in, and the region whose prompt pack is used: one answer serves all places of a live, so
    those of the place that followed first."""
    for follow in sorted(scene.heard, key=lambda follow: (follow.since, follow.id)):
        place = await work.places.get(follow.place)
        if place is not None:
            return place.language, (await work.policies.get(place.id)).region
    return "en", ""


async def _first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Until one of them is over; the others are not waited for any longer."""
    tasks = [asyncio.ensure_future(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
