"""Naming: a title somebody here gives a transcript is judged before anybody else reads it; a held one waits for a person."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import Denied, Invalid, Missing
from core.model.notice import Notice, facts_of
from core.model.person import Person, private_chat
from core.model.policy import Severity
from core.model.risk import Alert, Kind, Level, Verdict
from core.model.screening import Matter
from core.model.tellable.comments import TitleDecided
from core.model.video import TITLE, VideoTranscript, cut
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import tell
from core.services.assessing.telling import grown
from core.services.moderating.ruling import Ruling
from core.services.moderating.titling import raised, risk_address, set_aside
from core.services.moderating.weighing import Finding, Weighing, found

HEEDED = timedelta(days=400)
"""How long a decision about a title still changes it."""
HELD, SHOWN = "held", "shown"
MOST, WITHIN = 10, timedelta(days=1)
"""How many titles of one person may have to be looked at in a place: each asks a moderator for their time."""


@dataclass(frozen=True)
class Named:
    """A transcript as it is called now, and why its new title is held: a label, or `word`; empty when it is not."""

    transcript: VideoTranscript
    cause: str = ""


@dataclass(frozen=True)
class Naming:
    """The titles people give transcripts. A memo says which alert decides the title of each."""

    storage: Storage
    clock: Clock
    weighing: Weighing
    ruling: Ruling

    async def name(self, transcript: VideoTranscript, by: Person, title: str) -> Named:
        """Another title for one's own; nobody judges what only its owner reads. Raises Denied NOT_YOURS and TITLE_STAYS, Invalid
        TITLES_HELD (m, when), Missing NOT_FOUND (x)."""
        if transcript.by != by.id:
            raise Denied("NOT_YOURS")
        return await self._named(transcript, by, cut(" ".join(title.split()), TITLE), public=transcript.public)

    async def publish(self, transcript: VideoTranscript, by: Person) -> Named:
        """Before all may read one's own: a title it was given is judged; where that is held it has that of its video until then.
        Raises as `name` does."""
        if transcript.by != by.id:
            raise Denied("NOT_YOURS")
        while True:
            async with self.storage.reading() as work:
                known = await work.videos.get(transcript.place, transcript.id)
            if known is None:
                raise Missing("NOT_FOUND", x=transcript.number)
            if known.title == _own(known):
                return Named(known)
            if (named := await self._try(known, by, known.title, public=True, still=True)) is not None:
                return named

    async def heed(self, work: Work, alert: Alert, by: Person) -> None:
        """Somebody decided about a title, or undid that: the transcript is called so, or as its video is. Who wished for it is told
        of the decision, alone, and not by whom it is."""
        number = _number(alert)
        known = await work.videos.get(alert.place, number) if number else None
        decides, _, state = (await work.memos.get(_memo(number))).partition(" ")
        if known is None or decides != str(alert.id) or alert.verdict is Verdict.MUTED:
            return
        wished = alert.assessment.quote
        shown = alert.verdict is Verdict.DISMISSED or (alert.verdict is Verdict.WAITING and state == SHOWN)
        if shown:
            await work.videos.change(known.place, known.id, title=wished)
        elif known.title == wished:
            await work.videos.change(known.place, known.id, title=_own(known))
        if alert.verdict is not Verdict.WAITING and (state == HELD or not shown):
            await self._tell(work, known, alert, shown=shown)

    async def _named(self, transcript: VideoTranscript, by: Person, title: str, *, public: bool) -> Named:
        named = await self._try(transcript, by, title, public=public)
        return named or await self._named(transcript, by, title, public=True)

    async def _try(
        self, transcript: VideoTranscript, by: Person, title: str, *, public: bool, still: bool = False
    ) -> Named | None:
        """None: it was not judged, since only its owner read it, and all can now; or it is to be called so `still` and is not."""
        place = transcript.place
        async with self.storage.reading() as work:
            screening = await work.screenings.of(place, Matter.VIDEO, transcript.id)
        policy = await self.ruling.policy(place)
        read = public or (screening is not None and not screening.open)  # by all as soon as a person decides so
        judged = read and policy.titles and bool(title)
        weighed = await self.weighing.weigh(title, policy, place) if judged else None
        async with self.storage.work() as work:
            known = await work.videos.get(place, transcript.id)
            if known is None:
                raise Missing("NOT_FOUND", x=transcript.number)
            if (known.public and not read) or (still and known.title != title):
                return None
            policy, words = await self.ruling.law(work, place)
            finding = found(policy, words, title, weighed, Kind.TITLE) if weighed is not None else None
            if finding is None:
                await self._forget(work, known)
                return Named(await _titled(work, known, title))
            alert = await self._alert(work, known, by, finding)
            held = finding.severity is Severity.HOLD and alert.verdict is not Verdict.DISMISSED
            await work.memos.put(_memo(known.id), f"{alert.id} {HELD if held else SHOWN}", self.clock.now() + HEEDED)
            if not held:
                return Named(await _titled(work, known, title))
            kept = _own(known) if known.title == title else known.title
            return Named(await _titled(work, known, kept), finding.cause.partition(":")[0])

    async def _alert(self, work: Work, known: VideoTranscript, by: Person, finding: Finding) -> Alert:
        """The alert of this title: that there is, also when it waits for another wish of which nobody has said anything; or a new
        one, which the place's reviewers are told of."""
        item = f"name:{known.id}"
        last = await work.alerts.of_item(known.place, item)
        if last is not None and last.assessment.quote == finding.assessment.quote and last.verdict is not Verdict.MUTED:
            if last.verdict is Verdict.CONFIRMED:
                raise Denied("TITLE_STAYS")
            return last
        await self._count(work, known.place, by)
        decides = (await work.memos.get(_memo(known.id))).partition(" ")[0]
        if last is not None and decides == str(last.id) and _untouched(last):
            return await self._instead(work, last, finding, item)
        await self._forget(work, known)
        alert = await raised(work, known.place, None, finding, item, self.clock)
        if address := await risk_address(work, known.place):
            await tell(work, alert, "", address, self.clock, edits=False)
        return alert

    async def _instead(self, work: Work, last: Alert, finding: Finding, item: str) -> Alert:
        """The wish takes the place of the one that waits: one alert, whose posts change."""
        number = await work.alerts.assessed(None, replace(finding.assessment, item=item), self.clock.now())
        alert = await work.alerts.quotes(last.id, number)
        for address in await work.outbox.told_at(alert.place, f"risk:{alert.id}"):
            await tell(work, alert, "", address, self.clock, edits=True)
            if alert.level is Level.CRITICAL and last.level is not Level.CRITICAL:
                await grown(work, alert, "", address, self.clock)
        return alert

    async def _count(self, work: Work, place: str, by: Person) -> None:
        """One more title of a person has to be looked at. Raises Invalid TITLES_HELD (m, when) where there were MOST lately."""
        name, now = f"titles of {by.id} in {place}", self.clock.now()
        before = [datetime.fromisoformat(one) for one in (await work.memos.get(name)).split()]
        lately = [one for one in before if now - one < WITHIN]
        if len(lately) >= MOST:
            raise Invalid("TITLES_HELD", m=MOST, when=lately[0] + WITHIN)
        await work.memos.put(name, " ".join(one.isoformat() for one in (*lately, now)), now + WITHIN)

    async def _tell(self, work: Work, known: VideoTranscript, alert: Alert, *, shown: bool) -> None:
        address, place = private_chat(known.by), await work.places.get(known.place)
        if not address or place is None:
            return
        wished = "" if alert.restricted else alert.assessment.quote
        kind, facts = facts_of(TitleDecided(alert.id, known.number, place.name, wished, shown))
        now = self.clock.now()
        subject = f"title:{alert.id}:{now.isoformat()}"
        await work.outbox.put(Notice(kind, subject, address, address, subject, facts), now)

    async def _forget(self, work: Work, known: VideoTranscript) -> None:
        """What its owner wished for before waits for nobody any more."""
        decides = (await work.memos.get(_memo(known.id))).partition(" ")[0]
        if decides:
            await set_aside(work, known.place, int(decides), None, self.clock)
            await work.memos.put(_memo(known.id), "")


def _own(transcript: VideoTranscript) -> str:
    """What its video is called."""
    return cut(transcript.video.title, TITLE)


def _memo(number: int) -> str:
    return f"name of {number}"


def _number(alert: Alert) -> int:
    """The transcript whose title an alert is about; 0: it is about something else."""
    what, _, number = alert.assessment.item.partition(":")
    return int(number) if what == "name" and alert.assessment.kind is Kind.TITLE and number.isdecimal() else 0


def _untouched(alert: Alert) -> bool:
    """Whether it waits, and nobody has said anything of it that would count for other words."""
    return alert.verdict is Verdict.WAITING and alert.proposed is None and alert.labels is None and not alert.note


async def _titled(work: Work, known: VideoTranscript, title: str) -> VideoTranscript:
    changed = await work.videos.change(known.place, known.id, title=title)
    if changed is None:
        raise Missing("NOT_FOUND", x=known.number)
    return changed
