"""Deciding: people decide alerts; every copy of the alert is edited to say so, here and in linked places, and the audit log has
who it was."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import Denied, Invalid, Missing
from core.model.audit import Verb
from core.model.feed import Event
from core.model.live import Live
from core.model.person import Address, Person, Place
from core.model.review import ACTS, UNDO, Act, Decision
from core.model.risk import PERSON, Alert, Category, Kind, Label, Verdict
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.tellable.lives import Rolling
from core.model.voices import OTHER, agreeing, silent, spoken, voices
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import tell
from core.services.assessing.renewing import renew, renew_lines, rescreen
from core.services.assessing.telling import LABEL_SHOWN, seen_of, stands_of
from core.services.feeding import address_of
from core.services.reviewing.auditing import log
from core.services.reviewing.freeing import frees_there, may_free, named
from core.services.reviewing.muting import mute, unmute
from core.services.reviewing.sending import doubt_of, said_by
from core.services.reviewing.twins import twins_of
from core.services.screening.screens import may_decide

OPEN = (Verdict.WAITING, Verdict.MUTED)
"""What may still be confirmed or dismissed: that a live is muted decides nothing about what was said in it. Of what was set aside
(`Alert.aside`) nothing is left to decide."""

Step = tuple[Alert, Act, Verdict]
"""An alert as it is after something was done to it, what that was, and the verdict it is about."""

Heed = Callable[[Work, Alert, Person], Awaitable[None]]
"""What follows from a decision, by whom, or from its undoing. What it raises undoes the decision."""


@dataclass(frozen=True)
class Reviewing:
    """Decisions of all places. `second_of` a live is its second at a time. `heeds` hear of every decision in its
    transaction: what is kept away until then, for example."""

    storage: Storage
    clock: Clock
    second_of: Callable[[Live, datetime], float] = Live.second_of
    heeds: tuple[Heed, ...] = ()

    async def next(self, place: Place, by: Person | None = None) -> tuple[Alert, str] | None:
        """The alert that has waited longest, and whose live it is of. What waits for somebody else than `by`, who has said already
        how they would decide it, comes last."""
        async with self.storage.reading() as work:
            waiting = await work.alerts.waiting(place.id, 1, but=by.id) if by is not None else []
            waiting = waiting or await work.alerts.waiting(place.id, 1)
            return (waiting[0], await handle_of(work, waiting[0])) if waiting else None

    async def find(
        self,
        place: Place,
        verdict: Verdict | None = None,
        account_id: int | None = None,
        kind: Kind | None = None,
        since: datetime | None = None,
    ) -> list[int]:
        """The numbers of alerts, newest first; of those that wait the oldest is first."""
        async with self.storage.reading() as work:
            found = await work.alerts.find(place.id, verdict=verdict, account_id=account_id, kind=kind, since=since)
        return found[::-1] if verdict is Verdict.WAITING else found

    async def several(self, place: Place, numbers: list[int]) -> list[tuple[Alert, str]]:
        """Alerts, each with whose live it is of."""
        async with self.storage.reading() as work:
            return [(one, await handle_of(work, one)) for one in await work.alerts.several(place.id, numbers)]

    async def history(self, alert: Alert) -> list[Decision]:
        """What was decided about it, oldest first."""
        async with self.storage.reading() as work:
            return await work.alerts.decisions(alert.place, alert.id)

    async def send(self, place: Place, post: str, by: Person) -> tuple[Alert, str]:
        """A person sends a post about a live to review: what it quotes waits for a decision, whatever any judge said of it. `post`
        is the platform's number of it. A post that was sent before gives the alert there is. Raises Invalid NOT_OF_LIVE."""
        now = self.clock.now()
        async with self.storage.work() as work:
            notice = await work.outbox.post_with(place.id, post)
            said = await said_by(work, notice) if notice is not None else None
            if isinstance(said, RiskRaised):
                known = await work.alerts.get(place.id, said.alert_id)
                if known is not None:
                    return known, await handle_of(work, known)
            live = await work.lives.seen_by(place.id, said.live_id) if isinstance(said, HitFound | Rolling) else None
            if live is None or not isinstance(said, HitFound | Rolling):
                raise Invalid("NOT_OF_LIVE")
            assessment = doubt_of(by, said, live)
            for alert in await work.alerts.recent(place.id, live.id, live.started):
                if alert.assessment.engine == PERSON and alert.assessment.quote == assessment.quote:
                    return alert, live.handle
            number = await work.alerts.assessed(live.id, assessment, now)
            alert = await work.alerts.raise_(place.id, live.id, number, now)
            for address in await _copies(work, alert, live.account_id):
                await tell(work, alert, live.handle, address, self.clock, edits=False)
            return alert, live.handle

    async def decide(
        self,
        place: Place,
        alert: Alert,
        verdict: Verdict,
        by: Person,
        note: str = "",
        *,
        late: bool = False,
        seen: str = "",
    ) -> tuple[Alert, str]:
        """Confirm, dismiss or mute an alert that waits, or reopen one that stands as `alert`; `late`: also after UNDO. `seen`: what
        `by` was shown of it (`seen_of`; of what they take back `stands_of`), empty where that is what there is now.

        Where two people have to agree a verdict is only proposed until a second one says the same; who says otherwise opposes it.
        Reopening takes back what `by` has proposed, or what others have within UNDO; once there is nothing, whoever may do so late
        has one person decide again where somebody asked for two. Muting has the live raise no alerts for MUTED_FOR at least,
        reopening takes that back (`muting`). Raises Invalid DECIDED (alert, name, verdict, when) for who comes too late, SET_ASIDE
        (n) where nothing is left to decide, UNDO_LATE (n, name, verdict), PROPOSAL_LATE (n, name), ALERT_CHANGED (n) where it is
        not as it was `seen`, TWO_PEOPLE for the same person twice, LIVE_OVER (x), NOT_OF_LIVE; Missing NOT_FOUND; Denied
        REVIEWERS_ONLY for a proposal about what only named reviewers decide, NAMED_ONLY (n) as in `relabel`.
        """
        now = self.clock.now()
        async with self.storage.work() as work:
            before = await self._there(work, place, alert)
            if before.aside:
                raise too_late(before)
            if verdict is Verdict.WAITING:
                after = await self._reopened(work, before, alert, by, seen, late=late)
                gone = tuple(voices(before).keys() - voices(after).keys())
                step = after, Act.REOPEN, Verdict.WAITING
                return await self._changed(work, before, step, by, lambda one: _back(one, before, gone))
            if before.verdict not in OPEN or verdict is before.verdict:
                raise too_late(before)
            as_seen(before, seen)
            step = _decided(before, verdict, by, note, now)
            may_free(place, before, step[0], by)
            alone = step[1] is not Act.PROPOSE
            if not alone and not await may_decide(work, before, by):  # what it stands for is asked of the heeds
                raise Denied("REVIEWERS_ONLY")

            def like(twin: Alert) -> Step | None:
                try:
                    return (
                        _decided(twin, verdict, by, note, now, alone=alone) if twin.verdict is before.verdict else None
                    )
                except Invalid:  # they have said so there already
                    return None

            return await self._changed(work, before, step, by, like, note)

    async def second(self, place: Place, alert: Alert, by: Person) -> tuple[Alert, str]:
        """Have two people agree about an alert that waits. Raises Invalid DECIDED, SET_ASIDE (n), SECOND_ASKED (name),
        TWO_ANYWAY, Missing NOT_FOUND."""
        async with self.storage.work() as work:
            before = await self._there(work, place, alert)
            if before.verdict is not Verdict.WAITING:
                raise too_late(before)
            if before.second_by:
                raise Invalid("SECOND_ASKED", name=before.second_by)
            if before.two:
                raise Invalid("TWO_ANYWAY")
            step = replace(before, second_by=by.name), Act.SECOND, before.verdict

            def like(twin: Alert) -> Step | None:
                open_ = twin.verdict is before.verdict and not twin.two
                return (replace(twin, second_by=by.name), Act.SECOND, twin.verdict) if open_ else None

            return await self._changed(work, before, step, by, like)

    async def relabel(
        self,
        place: Place,
        alert: Alert,
        category: Category,
        labels: tuple[Label, ...],
        by: Person,
        *,
        seen: str = "",
    ) -> tuple[Alert, str]:
        """Say what it is, whatever its judge said and wherever it stands; `seen` as in `decide`. Raises Missing NOT_FOUND; Invalid
        ALERT_CHANGED (n); Denied NAMED_ONLY (n) when it would be about minors no more, for whoever the place has not named."""
        async with self.storage.work() as work:
            before = await self._there(work, place, alert)
            as_seen(before, seen)

            def labelled(one: Alert) -> Alert:
                return replace(one, category=category, labels=labels, relabelled_by=by.name)

            may_free(place, before, labelled(before), by)
            return await self._alike(work, before, by, Act.RELABEL, labelled)

    async def note(self, place: Place, alert: Alert, text: str, by: Person) -> tuple[Alert, str]:
        """Put a note on an alert; the one it had stays in its history. Raises Missing NOT_FOUND."""
        async with self.storage.work() as work:
            before = await self._there(work, place, alert)
            return await self._alike(work, before, by, Act.NOTE, lambda one: replace(one, note=text), text)

    # ------------------------------------------------------------------ inside one transaction

    async def _there(self, work: Work, place: Place, alert: Alert) -> Alert:
        found = await work.alerts.get(place.id, alert.id)
        if found is None:
            raise Missing("NOT_FOUND", x=f"#{alert.id}")
        return found

    async def _reopened(self, work: Work, before: Alert, pressed: Alert, by: Person, seen: str, *, late: bool) -> Alert:
        if before.verdict is Verdict.WAITING and before.proposed is None and not before.second_by:
            raise too_late(before)
        as_seen(before, seen, stands_of)
        if before.verdict is Verdict.WAITING and before.proposed is not None:
            said = voices(before)
            if by.id in said:
                return silent(before, by.id)
            done = await work.alerts.decisions(before.place, before.id)
            at = max((one.at for one in done if one.act is Act.PROPOSE), default=before.raised)
            if self.clock.now() - at > UNDO and not late:
                raise Invalid("PROPOSAL_LATE", n=before.id, name=before.proposed_by)
            return silent(before, *said)
        if before.verdict is Verdict.WAITING and before.second_by:
            if not late:
                raise Invalid("SECOND_ASKED", name=before.second_by)
            return replace(before, second_by="")
        if before.verdict is not pressed.verdict:
            raise too_late(before)
        over = before.decided_at is not None and self.clock.now() - before.decided_at > UNDO
        if over and not late:
            raise Invalid("UNDO_LATE", n=before.id, name=before.decided_by, verdict=before.verdict.value)
        return _undecided(before)

    async def _alike(
        self, work: Work, before: Alert, by: Person, act: Act, to: Callable[[Alert], Alert], note: str = ""
    ) -> tuple[Alert, str]:
        """Do the same to an alert and to what stands like it in linked places."""

        def like(twin: Alert) -> Step | None:
            return (to(twin), act, twin.verdict) if twin.verdict is before.verdict else None

        return await self._changed(work, before, (to(before), act, before.verdict), by, like, note)

    async def _changed(
        self, work: Work, before: Alert, step: Step, by: Person, like: Callable[[Alert], Step | None], note: str = ""
    ) -> tuple[Alert, str]:
        """Store what is decided, write it down, and have every copy say so; in linked places what `like` says of their own alert
        of the same words, None: nothing."""
        changed = await self._put(work, before, step, by, note)
        if changed is None:
            raise too_late(await work.alerts.get(before.place, before.id) or before)
        for twins in await twins_of(work, before):
            steps = ((twin, like(twin)) for twin in twins)
            found = next(((twin, there) for twin, there in steps if there is not None), None)
            if found is None:
                continue  # nothing stands like it there
            twin, there = found
            if not frees_there(before, twin, there[0]) or await named(work, twin.place, by):
                await self._put(work, twin, there, by, note)
        return changed, await handle_of(work, changed)

    async def _put(self, work: Work, before: Alert, step: Step, by: Person, note: str) -> Alert | None:
        """One alert, its decision, its deed and its posts; None when it does not stand as `before` any more."""
        after, act, verdict = step
        if act is Act.REOPEN and before.verdict is not Verdict.WAITING:
            after = replace(after, note=await _noted(work, before))
        now, relabelled = self.clock.now(), act is Act.RELABEL
        if act is Act.MUTE:
            await mute(work, before, by, now, self.second_of)
        elif act is Act.REOPEN and before.verdict is Verdict.MUTED:
            await unmute(work, before)
        decision = Decision(
            before.id,
            act,
            before.verdict,
            verdict,
            by.name,
            by.id,
            now,
            note,
            after.category if relabelled else None,
            after.labels if relabelled else None,
        )
        changed = await work.alerts.change(before, after, decision)
        if changed is None:
            return None
        for heed in self.heeds if changed.verdict is not before.verdict else ():
            await heed(work, changed, by)
        was, said = (_labelled(before), _labelled(after)) if relabelled else (before.verdict.value, verdict.value)
        about = f"alert:{before.id}"
        await log(work, before.place, by, Verb(act.value), about, now, before=was, after=said, reason=note)
        if changed.about_minors is not before.about_minors and changed.live_id is not None:
            judged, here = changed.assessment, (changed.place,)
            if judged.kind is Kind.CHAT:
                await renew_lines(work, self.clock, changed.live_id, (judged.quote,), here)
            else:
                until = await work.alerts.until(changed)
                await renew(work, self.clock, changed.live_id, judged.second, here, until=until)
                if changed.about_minors:
                    await rescreen(work, self.clock, changed.live_id, judged.second, until)
        live = await work.lives.get(changed.live_id) if changed.live_id is not None else None
        for address in await _copies(work, changed, live.account_id if live is not None else None):
            await tell(work, changed, live.handle if live else "", address, self.clock, edits=True)
        return changed


def _decided(before: Alert, verdict: Verdict, by: Person, note: str, now: datetime, *, alone: bool = True) -> Step:
    """An alert with a verdict; where two people have to agree, or where it was not decided `alone`, that of the first is proposed.
    Raises Invalid TWO_PEOPLE for the same person twice."""
    note = note or before.note
    if verdict in OTHER and (before.two or not alone) and not agreeing(before, verdict, by.id):
        if voices(before).get(by.id) is verdict:
            raise Invalid("TWO_PEOPLE")
        return replace(_undecided(spoken(before, by, verdict)), note=note), Act.PROPOSE, verdict
    after = replace(before, verdict=verdict, decided_by=by.name, decided_at=now, decider=by.id, note=note)
    return after, ACTS[verdict], verdict


async def _noted(work: Work, alert: Alert) -> str:
    """The note it has without that of its decision."""
    done = await work.alerts.decisions(alert.place, alert.id)
    return next((one.note for one in reversed(done) if one.note and one.act in (Act.NOTE, Act.PROPOSE)), "")


def _undecided(alert: Alert) -> Alert:
    """It waits; what people have proposed stands."""
    return replace(alert, verdict=Verdict.WAITING, decided_by="", decided_at=None, note="", decider="")


def _back(twin: Alert, before: Alert, gone: tuple[str, ...]) -> Step | None:
    """A twin of an alert that waits again after it stood as `before`, or where these people have taken back what they proposed:
    it waits again too where it was decided so, and is without what whoever decided it proposed there."""
    if before.verdict is not Verdict.WAITING:
        decided = (before.verdict, before.decider, before.decided_at)
        if (twin.verdict, twin.decider, twin.decided_at) == decided:  # else somebody decided it there
            return _undecided(twin), Act.REOPEN, Verdict.WAITING
        gone = (before.decider,) if voices(twin).get(before.decider) is before.verdict else ()
    elif not gone:
        asked = twin.verdict is Verdict.WAITING and twin.second_by == before.second_by
        return (replace(twin, second_by=""), Act.REOPEN, Verdict.WAITING) if asked else None
    after = silent(twin, *gone)
    return (after, Act.REOPEN, Verdict.WAITING) if twin.verdict is Verdict.WAITING and after != twin else None


def _labelled(alert: Alert) -> str:
    """What it is said to be, as the audit log has it: `Polémique; H, V`."""
    category = alert.category or alert.assessment.category
    judged = (label for label, share in alert.assessment.labels.items() if share >= LABEL_SHOWN)
    return f"{category}; {', '.join(judged if alert.labels is None else alert.labels)}"


async def _copies(work: Work, alert: Alert, account_id: int | None) -> list[Address]:
    """Where the alert stands, whoever follows its account by now; else where it would have been told."""
    copies = await work.outbox.told_at(alert.place, f"risk:{alert.id}")
    if copies or account_id is None or alert.assessment.kind is Kind.VIDEO:  # the post of a clip tells of it
        return copies
    follow = next((one for one in await work.follows.of_account(account_id) if one.place == alert.place), None)
    address = await address_of(work, Event.RISK, follow) if follow is not None else None
    return [address] if address is not None else []


async def handle_of(work: Work, alert: Alert) -> str:
    """Whose live an alert is of; empty when it is of none."""
    live = await work.lives.get(alert.live_id) if alert.live_id is not None else None
    return live.handle if live is not None else ""


def as_seen(alert: Alert, seen: str, of: Callable[[Alert], str] = seen_of) -> None:
    """Raises Invalid ALERT_CHANGED (n) when what `of` says of an alert is not what somebody was shown, as far as that is known."""
    if seen and seen != of(alert):
        raise Invalid("ALERT_CHANGED", n=alert.id)


def too_late(alert: Alert) -> Invalid:
    """Somebody was faster, and this is who and how; nobody's name when it waits again, or when it was set aside."""
    if alert.aside:
        return Invalid("SET_ASIDE", n=alert.id)
    who = {"name": alert.decided_by, "verdict": alert.verdict.value, "when": alert.decided_at}
    return Invalid("DECIDED", alert=alert.id, stands=stands_of(alert), **who)
