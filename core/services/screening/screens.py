"""Screens: what stands between a clip that was made and its post. What is held or rejected waits for a person as an alert."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.errors import Denied
from core.model.audit import Verb
from core.model.clip import Clip
from core.model.live import Live
from core.model.person import Person
from core.model.risk import Alert, Assessment, Category, Kind, Label, Verdict, Virality
from core.model.screening import (
    Check,
    LocalPolicy,
    Matter,
    Read,
    Screening,
    Seen,
    State,
    Where,
    decided,
)
from core.model.transcript import Segment
from core.model.video import VideoTranscript
from core.ports.assessor import LocalAssessor
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.reviewing.auditing import log
from core.services.screening.guarding import guarded
from core.services.screening.reading import judged, read_clip, spoken_in, written
from core.services.screening.remembering import rejected_like
from core.services.screening.viewing import Viewing

KEPT = {Verdict.CONFIRMED: State.REJECTED, Verdict.DISMISSED: State.OVERRIDDEN, Verdict.WAITING: State.HELD}
"""What becomes of a screening by what people decide of its alert. A muted one stays as it is."""
DEEDS = {
    (Matter.CLIP, State.OVERRIDDEN): Verb.SHOW_CLIP,
    (Matter.CLIP, State.REJECTED): Verb.HIDE_CLIP,
    (Matter.CLIP, State.HELD): Verb.HOLD_CLIP,
    (Matter.VIDEO, State.OVERRIDDEN): Verb.SHOW_VIDEO,
    (Matter.VIDEO, State.REJECTED): Verb.HIDE_VIDEO,
    (Matter.VIDEO, State.HELD): Verb.HOLD_VIDEO,
}
"""What a person does by that, as the audit log says it."""


@dataclass(frozen=True)
class Subject:
    """What is screened: the clip or video `item` of a place, told as `post`; of a live, from `second` of it on."""

    place: str
    matter: Matter
    item: int
    post: str
    live_id: int | None = None
    second: float = 0.0


@dataclass(frozen=True)
class Screens:
    """Screening of all places. `judge` reads, `viewing` looks, `local` says what becomes of what nobody can look at."""

    storage: Storage
    clock: Clock
    judge: LocalAssessor
    viewing: Viewing
    local: LocalPolicy = LocalPolicy.TEXT_ONLY

    async def look(self, live_id: int, place: str, path: Path, start: float, end: float) -> Seen:
        """What the clip at `path` shows; in no transaction, for it may take half a minute."""
        async with self.storage.reading() as work:
            words = (await spoken_in(work, live_id, start, end)).text
            known = await work.places.get(place)
        return await self.viewing.look(place, path, words, known.language if known else "en")

    async def clip(self, work: Work, clip: Clip, live: Live, seen: Seen, received: datetime) -> Screening:
        """Screen a clip that was just stored; what does not pass waits as an alert. In the transaction that stores it; the same
        clip twice is one screening."""
        subject = Subject(clip.place, Matter.CLIP, clip.id, clip.subject, live.id, clip.start)
        known = await work.screenings.of(clip.place, Matter.CLIP, clip.id)
        return known or await self._screened(
            work, subject, await read_clip(work, self.judge, clip, live), seen, received
        )

    async def video(
        self,
        work: Work,
        transcript: VideoTranscript,
        segments: Sequence[Segment],
        seen: Seen,
        received: datetime,
        post: str = "",
    ) -> Screening:
        """The same of a video with its transcript: what is said, its title and its description. One that is written down anew is
        the screening there is: what people decided of it stays."""
        known = await work.screenings.of(transcript.place, Matter.VIDEO, transcript.id)
        if known is not None:
            return known
        read = await judged(
            self.judge, transcript.place, [*segments, *written(transcript.title, transcript.video.description)]
        )
        subject = Subject(transcript.place, Matter.VIDEO, transcript.id, post)
        return await self._screened(work, subject, read, seen, received)

    async def _screened(self, work: Work, of: Subject, read: Read, seen: Seen, received: datetime) -> Screening:
        like = await rejected_like(work, of.place, seen.hashes)
        verdict = decided(read, seen, self.local, like[0].at if like else None)
        screening = Screening(
            0,
            of.place,
            of.matter,
            of.item,
            verdict.state,
            self.clock.now(),
            verdict.found,
            verdict.labels,
            seen.reason or read.reason,
            read.quote,
            " + ".join(name for name in dict.fromkeys((read.engine, seen.engine if seen.frames else "")) if name),
            seen.policy,
            self.local,
            seen.frames,
            read.unheard,
            seen.fault,
            seen.gone,
            seen.blind,
            read.doubtful or seen.doubtful,
            verdict.alike,
            seen.hashes,
            seen.dollars,
            of.post,
        )
        stored = await work.screenings.begin(screening, received)
        return stored if stored.state is State.PASSED else await self._wait(work, of, stored, read, seen)

    async def again(self, work: Work, clip: Clip, live: Live, *, judged: bool = False) -> Screening | None:
        """A clip that passed while seconds of it had no words, now that they have some, or (`judged`) before its words were taken
        for being about minors, whatever became of it then: what is found after all holds it, and nothing passes anew. None: it
        stays as it is."""
        known = await work.screenings.of(clip.place, Matter.CLIP, clip.id)
        if known is None or known.restricted or not (judged or (known.state is State.PASSED and known.unheard)):
            return None
        read = await read_clip(work, self.judge, clip, live)
        frames = tuple(one for one in known.found if one.where is Where.FRAMES)
        seen = Seen(known.frames, frames, engine=known.engine, policy=known.policy, gone=known.gone, blind=known.blind)
        verdict = decided(read, seen, known.local)
        after = replace(known, found=verdict.found, labels=verdict.labels, quote=read.quote, unheard=read.unheard)
        after = replace(after, reason=known.reason or read.reason, doubtful=read.doubtful)
        if known.state is not State.PASSED and not after.restricted:
            return None
        held, now = await work.screenings.amend(after), self.clock.now()
        if verdict.state is State.PASSED:
            return None
        to = [State.HELD] if known.state is State.PASSED else []
        to += [State.REJECTED] if verdict.state is State.REJECTED and known.state is not State.REJECTED else []
        for state in to:
            held = await work.screenings.move(known.place, known.id, state, now, "", read.reason)
        if held is None or known.state in (State.HELD, State.REJECTED):
            return held  # somebody is asked about it already, or said that it stays away
        subject = Subject(clip.place, Matter.CLIP, clip.id, clip.subject, live.id, clip.start)
        return await self._wait(work, subject, held, read, seen)

    async def _wait(self, work: Work, of: Subject, stored: Screening, read: Read, seen: Seen) -> Screening:
        """What is kept away waits for a person as an alert."""
        number = await work.alerts.assessed(of.live_id, _assessed(stored, of.second, read, seen), stored.at)
        alert = await work.alerts.raise_(of.place, of.live_id, number, stored.at)
        return await work.screenings.waited(of.place, alert.id, stored.id) or stored

    async def heed(self, work: Work, alert: Alert, by: Person, matter: Matter) -> Screening | None:
        """A person has decided `alert`, or undone that: what it is about is shown or kept away. In the transaction of the decision.
        None: nothing changes. Raises Denied REVIEWERS_ONLY for what only named reviewers decide."""
        screening = await screening_of(work, alert)
        if screening is None or screening.matter is not matter:
            return None
        if not await may_decide(work, alert, by):
            raise Denied("REVIEWERS_ONLY")
        to = KEPT.get(alert.verdict)
        if to is State.HELD and screening.restricted:
            to = State.REJECTED
        if to is None or (to is screening.state and to is not State.REJECTED):
            return None
        undone, now = alert.verdict is Verdict.WAITING, self.clock.now()
        if to is not screening.state:
            about = f"{matter}:{screening.item}"
            await log(work, alert.place, by, DEEDS[matter, to], about, now, before=screening.state, after=to)
        return await work.screenings.move(screening.place, screening.id, to, now, by.name, alert.note, undone=undone)


async def may_decide(work: Work, alert: Alert, by: Person) -> bool:
    """Whether somebody may decide what an alert is about: a clip that may show minors, as was found or as somebody said, or that
    looks like one, is for whom its place has named, whatever was decided of it before."""
    screening, undecided = await screening_of(work, alert), replace(alert, verdict=Verdict.WAITING)
    if screening is None or not (undecided.restricted or await guarded(work, screening)):
        return True
    place = await work.places.get(alert.place)
    return place is not None and place.named(by.id)


async def screening_of(work: Work, alert: Alert) -> Screening | None:
    """What an alert is about, when it is a clip or a video."""
    matter, _, number = alert.assessment.item.partition(":")
    if alert.assessment.kind is not Kind.VIDEO or matter not in set(Matter) or not number.isdecimal():
        return None
    return await work.screenings.of(alert.place, Matter(matter), int(number))


def _assessed(screening: Screening, second: float, read: Read, seen: Seen) -> Assessment:
    """The alert of it. It quotes nothing of what only named reviewers may see."""
    hate = next((one for one in screening.found if one.check is Check.HATE), None)
    surest = max((one.share for one in screening.found if one.blocks), default=0.0)
    frames = any(one.where is Where.FRAMES and one.blocks for one in screening.found)
    return Assessment(
        Category.HATEFUL if hate else Category.CONTROVERSIAL,
        Virality.LOW,
        hate is not None,
        labels={Label(label): share for label, share in screening.labels.items()},
        confidence=surest,
        quote="" if screening.restricted else read.quote,
        second=second,
        reason="" if screening.restricted else screening.reason,
        engine=seen.engine if frames else read.engine or seen.engine or "rules",
        injection=screening.doubtful,
        policy=screening.policy,
        doubtful=True,
        kind=Kind.VIDEO,
        item=screening.name,
    )
