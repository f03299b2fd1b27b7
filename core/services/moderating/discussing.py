"""Discussing: what people write about transcripts is judged before anybody else reads it; held comments wait for a person."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import Denied, Invalid, Missing
from core.model.audit import Verb
from core.model.discussion import LONGEST, NAME, UNDO, Comment
from core.model.notice import Notice, facts_of
from core.model.person import Person, private_chat
from core.model.policy import Severity
from core.model.risk import Kind, Verdict
from core.model.tellable.comments import CommentDecided
from core.model.video import VideoTranscript, cut
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import tell
from core.services.enduring import again_and_again
from core.services.moderating.ruling import Ruling
from core.services.moderating.titling import raised, risk_address, set_aside
from core.services.moderating.weighing import Weighed, Weighing, found
from core.services.reviewing.auditing import log

MOST = 500  # comments of one transcript
GLANCE = 5.0  # seconds between two looks for what was decided, in any process


@dataclass(frozen=True)
class Written:
    """A comment as it stands, and why it is looked at: a label, or `word`; empty when it is not."""

    comment: Comment
    cause: str = ""


@dataclass(frozen=True)
class Discussing:
    """The comments of all places. What becomes of one follows from its alert, wherever and however often that is decided."""

    storage: Storage
    clock: Clock
    weighing: Weighing
    ruling: Ruling

    async def write(self, transcript: VideoTranscript, by: Person, text: str, to: int | None = None) -> Written:
        """Raises Invalid COMMENT_LONG (m), COMMENTS_FULL (m), and Missing NOT_FOUND for what it answers and for a transcript that
        went meanwhile."""
        said = _said(text)
        weighed = await self._weighed(transcript.place, said)
        async with self.storage.work() as work:
            if await work.videos.get(transcript.place, transcript.id) is None:
                raise Missing("NOT_FOUND", x=transcript.number)
            there = await work.comments.of_transcript(transcript.place, transcript.id, by.id)
            if to is not None and all(one.id != to for one in there):
                raise Missing("NOT_FOUND", x=f"#{to}")
            if len(there) >= MOST:
                raise Invalid("COMMENTS_FULL", m=MOST)
            name, now = cut(" ".join(by.name.split()), NAME), self.clock.now()
            wish = Comment(0, transcript.place, transcript.id, by.id, name, said, now, to)
            return await self._judged(work, await work.comments.add(wish), weighed)

    async def reword(self, place: str, comment_id: int, by: Person, text: str) -> Written:
        """Another text for one's own comment, judged anew. One that a person has decided to keep away stays away. Raises Invalid
        COMMENT_LONG (m), Missing NOT_FOUND, Denied NOT_YOURS and COMMENT_STAYS."""
        said = _said(text)
        weighed = await self._weighed(place, said)
        async with self.storage.work() as work:
            known = await self._own(work, place, comment_id, by.id)
            if known.verdict is Verdict.CONFIRMED:
                raise Denied("COMMENT_STAYS")
            await self._set_aside(work, known, by)
            return await self._judged(work, replace(known, text=said, held=False, alert_id=None), weighed)

    async def withdraw(self, place: str, comment_id: int, by: Person, *, any_of_place: bool) -> Comment:
        """Take it away: one's own, or any for a moderator; then nobody has to decide about it any more. `restore` brings it back.
        Raises Missing NOT_FOUND, Denied NOT_YOURS."""
        async with self.storage.work() as work:
            known = await self._own(work, place, comment_id, by.id, any_of_place=any_of_place)
            await self._set_aside(work, known, by)
            now = self.clock.now()
            await work.memos.put(_taken(known), by.id, now + UNDO)
            await self._log(work, known, by, Verb.DELETE_COMMENT)
            return await _changed(work, replace(known, removed=now))

    async def restore(self, place: str, comment_id: int, by: Person, *, any_of_place: bool) -> Comment:
        """As it was: what waited for a person waits again. What its author took away only its author brings back, and what a
        moderator took away no author. Raises Missing NOT_FOUND, Denied NOT_YOURS and COMMENT_STAYS."""
        async with self.storage.work() as work:
            known = await self._own(work, place, comment_id, by.id, any_of_place=any_of_place, removed=True)
            taken = await work.memos.get(_taken(known)) or known.by
            if taken != by.id and taken == known.by:
                raise Denied("NOT_YOURS")
            if taken != by.id and not any_of_place:
                raise Denied("COMMENT_STAYS")
            await self._set_aside(work, known, by, back=True)
            await self._log(work, known, by, Verb.RESTORE_COMMENT)
            return await _changed(work, replace(known, removed=None))

    async def thread(self, transcript: VideoTranscript, person: str) -> list[Comment]:
        """What `person` may read of it, oldest first."""
        async with self.storage.reading() as work:
            return await work.comments.of_transcript(transcript.place, transcript.id, person)

    async def count(self, transcript: VideoTranscript) -> int:
        """How many everybody may read."""
        async with self.storage.reading() as work:
            return await work.comments.count(transcript.place, transcript.id)

    async def run(self) -> None:
        """Tell authors what was decided, until cancelled."""
        await again_and_again(self.clock, GLANCE, "telling who wrote a comment", self.round)

    async def round(self) -> None:
        """Once; and what was removed so long ago that nobody can have it back goes for good."""
        await self.tell_authors()
        before = self.clock.now() - UNDO
        async with self.storage.reading() as work:
            if not await work.comments.expired(before):
                return
        async with self.storage.work() as work:
            await work.comments.expire(before)

    async def tell_authors(self) -> None:
        """Once. Only of what was held, and alone: that a comment was looked at is nobody else's business."""
        async with self.storage.reading() as work:
            if not await work.comments.untold(1):
                return
        async with self.storage.work() as work:
            for comment in await work.comments.untold():
                if comment.news:
                    await _tell(work, comment, self.clock.now())
                await work.comments.told(comment)

    async def _weighed(self, place: str, text: str) -> Weighed:
        return await self.weighing.weigh(text, await self.ruling.policy(place), place)

    async def _judged(self, work: Work, comment: Comment, weighed: Weighed) -> Written:
        """Store what was found in it, and let the place's reviewers know, in one transaction."""
        policy, words = await self.ruling.law(work, comment.place)
        finding = found(policy, words, comment.text, weighed, Kind.COMMENT)
        if finding is None:
            return Written(await _changed(work, comment))
        alert = await raised(work, comment.place, None, finding, comment.item, self.clock)
        address = await risk_address(work, comment.place)
        if address:
            await tell(work, alert, "", address, self.clock, edits=False)
        held = finding.severity is Severity.HOLD
        changed = await _changed(work, replace(comment, held=held, alert_id=alert.id))
        return Written(changed, finding.cause.partition(":")[0])

    async def _set_aside(self, work: Work, comment: Comment, by: Person, *, back: bool = False) -> None:
        """Take the alert of a comment out of the queue, or put it back; its posts say so. Decided ones stay as they are."""
        if comment.alert_id is not None:
            other = by if by.id != comment.by else None
            await set_aside(work, comment.place, comment.alert_id, other, self.clock, back=back)

    async def _log(self, work: Work, comment: Comment, by: Person, verb: Verb) -> None:
        """What moderators do to somebody else's comment; its text stands in no log."""
        if comment.by != by.id:
            await log(work, comment.place, by, verb, comment.item, self.clock.now())

    async def _own(
        self, work: Work, place: str, comment_id: int, by: str, *, any_of_place: bool = False, removed: bool = False
    ) -> Comment:
        known = await work.comments.get(place, comment_id)
        if known is None or bool(known.removed) is not removed:
            raise Missing("NOT_FOUND", x=f"#{comment_id}")
        if known.by != by and not any_of_place:
            raise Denied("NOT_YOURS")
        return known


def _taken(comment: Comment) -> str:
    """The memo of who took a comment away, for as long as it may come back."""
    return f"comment taken {comment.id}"


async def _tell(work: Work, comment: Comment, now: datetime) -> None:
    address, place = private_chat(comment.by), await work.places.get(comment.place)
    if not address or place is None:
        return
    said = CommentDecided(comment.id, f"v{comment.transcript_id}", place.name, comment.text, comment.shown)
    kind, facts = facts_of(said)
    subject = f"comment:{comment.id}:{now.isoformat()}"
    await work.outbox.put(Notice(kind, subject, address, address, subject, facts), now)


async def _changed(work: Work, comment: Comment) -> Comment:
    changed = await work.comments.change(comment)
    if changed is None:
        raise Missing("NOT_FOUND", x=f"#{comment.id}")
    return changed


def _said(text: str) -> str:
    if len(text) > LONGEST:
        raise Invalid("COMMENT_LONG", m=LONGEST)
    return cut(text, LONGEST)
