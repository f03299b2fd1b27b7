"""What Earshot remembers. One protocol per subject, all of one transaction gathered in a unit of work.

Every method that speaks of a place's things takes the place: a query that is not bound to its tenant does not exist.
Lists are newest first unless they say otherwise. Methods that change something return the value as stored.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.model.account import Account, AccountStatus, Follow, Handle
from core.model.clip import Clip, Cut
from core.model.diary import DiaryKind, Entry
from core.model.digest import Tally
from core.model.feed import Event, Feed
from core.model.live import ChatMessage, Live, LiveEvent, LiveStatus, Look, Standing
from core.model.person import Address, Place
from core.model.risk import Alert, Assessment, Verdict
from core.model.transcript import Gap, Segment
from core.model.trigger import Hit, Trigger, Where
from core.model.video import Video, VideoTranscript
from core.ports.jobs import JobQueue
from core.ports.links import Links, OptOuts
from core.ports.outbox import Outbox
from core.ports.tiktok import Profile


class Places(Protocol):
    """Communities and their settings."""

    async def get(self, place_id: str) -> Place | None: ...

    async def put(self, place: Place) -> Place: ...

    async def ensure(self, place: Place) -> Place:
        """The place as stored, under the name given here; made when it is new. What else `place` says counts only then: it may
        have been read a while ago."""
        ...

    async def all(self) -> list[Place]:
        """Every place, by id."""
        ...

    async def left_before(self, at: datetime) -> list[Place]:
        """Places that have been left since before `at`, the first left first."""
        ...

    async def move(self, old: str, new: str) -> bool:
        """The place `old`, and every address in it, is `new` from now on, everywhere. What `new` has already gives way, its
        closed addresses are open. False: nothing spoke of `old`. Bumps the revisions `follows` and `triggers`."""
        ...

    async def files(self, place: str) -> list[Path]:
        """The files that are only its own: clips."""
        ...

    async def forget(self, place: str, at_most: int = 500) -> bool:
        """Delete up to `at_most` rows of what is a place's own; once none is left, the place itself, and True.

        Call it again until then, each time in a transaction of its own. Lives nobody else may see and files are the caller's.
        """
        ...


class People(Protocol):
    """What people chose for themselves, by their id (`platform:rest`)."""

    async def language(self, person: str) -> str:
        """Empty: they have not chosen one."""
        ...

    async def speaks(self, person: str, language: str) -> None: ...


class Memos(Protocol):
    """What Earshot remembers about itself, by name; empty when there is nothing."""

    async def get(self, name: str) -> str: ...

    async def put(self, name: str, value: str) -> None: ...


class Feeds(Protocol):
    """Which events of a place go where."""

    async def of_place(self, place: str) -> list[Feed]: ...

    async def address(self, place: str, event: Event, account_id: int) -> Address:
        """Where `event` of an account goes: its own feed, else that of all accounts; OFF for nowhere, empty when nobody said."""
        ...

    async def put(self, feed: Feed) -> None: ...

    async def remove(self, place: str, event: Event, account_id: int = 0) -> None: ...


class Topics(Protocol):
    """Threads and topics Earshot made at an address, by what they are about (`account:12`)."""

    async def of(self, address: Address, about: str) -> str:
        """The platform's number of it, empty when there is none."""
        ...

    async def put(self, address: Address, about: str, external: str) -> None: ...

    async def remove(self, address: Address, about: str) -> None: ...


class Accounts(Protocol):
    """TikTok accounts, shared by all places."""

    async def ensure(self, handle: Handle) -> Account:
        """The account of `handle`, made when it is new."""
        ...

    async def get(self, account_id: int) -> Account | None: ...

    async def by_handle(self, handle: Handle) -> Account | None: ...

    async def saw(self, account_id: int, look: Look, status: AccountStatus) -> Account:
        """Store what a look told (name, id, followers when given) and the status it led to; it is known again."""
        ...

    async def failed(self, account_id: int, at: datetime, why: str, *, missing: bool = False) -> Account:
        """A look that told nothing, with the code of its error. What was live, ending, age-restricted or gone stays so; all
        else becomes unknown. `missing`: TikTok does not know the name."""
        ...

    async def met(self, account_id: int, profile: Profile) -> Account:
        """Store what a profile page told."""
        ...

    async def gone(self, account_id: int) -> Account: ...

    async def posted(self, account_id: int, video_id: str, at: datetime | None) -> Account:
        """Remember its newest video."""
        ...

    async def rename(self, account_id: int, handle: Handle) -> Account:
        """The account goes by `handle` now. A stored account of that name that is the same one, or was never seen, takes over
        everything and is given back (a place that follows both keeps that follow); anybody else loses the name and is
        `nameless` until a look finds theirs. Bumps the revisions `follows` and `triggers`."""
        ...


class Follows(Protocol):
    """Who follows whom where. Adding or removing bumps the revision `follows`. Follows of places that have been left are in force
    again when it is back; until then only `of_place` knows them."""

    async def add(self, follow: Follow) -> Follow:
        """`follow.id` is ignored. The same account twice in a place gives the follow that is there; one that lasts takes the
        place of one that is for once."""
        ...

    async def remove(self, place: str, account_id: int) -> Follow | None:
        """It stays as removed: `restore` brings it back."""
        ...

    async def restore(self, place: str, follow_id: int) -> Follow | None: ...

    async def change(self, follow: Follow) -> Follow | None:
        """Store what `follow` wants now, its address and its pause. None when it is gone or another place's."""
        ...

    async def of_place(self, place: str) -> list[Follow]:
        """By handle."""
        ...

    async def of_account(self, account_id: int) -> list[Follow]: ...

    async def all(self) -> list[Follow]:
        """Those of every place, paused and passed ones too, by handle and place."""
        ...

    async def followed(self) -> list[Account]:
        """Every account at least one place follows."""
        ...


class Lives(Protocol):
    """Lives, and which places may see them."""

    async def begin(self, account: Account, look: Look, places: Sequence[str]) -> tuple[Live, tuple[str, ...]]:
        """The live of `look.room`, and those of `places` that see it for the first time. Keyed on the room: a live that
        is stored already stays one live, over restarts too; new places may be added to it at any time."""
        ...

    async def add_room(self, live_id: int, room: str) -> Live:
        """The host came back in another room within the same live."""
        ...

    async def in_room(self, room: str) -> Live | None:
        """The live that has or had this room."""
        ...

    async def set_title(self, live_id: int, title: str) -> Live: ...

    async def set_status(self, live_id: int, status: LiveStatus, ended: datetime | None = None) -> Live: ...

    async def get(self, live_id: int) -> Live | None:
        """For the inside of Earshot; people's questions go through `seen_by`."""
        ...

    async def seen_by(self, place: str, live_id: int) -> Live | None: ...

    async def running(self) -> list[Live]:
        """Live or lost, in all places."""
        ...

    async def of_place(
        self,
        place: str,
        *,
        account_id: int | None = None,
        since: datetime | None = None,
        running: bool = False,
        limit: int = 50,
    ) -> list[Live]: ...

    async def places_of(self, live_id: int) -> list[str]: ...

    async def standings(self, live_id: int) -> list[Standing]:
        """Of every place that may see the live."""
        ...

    async def stand(self, live_id: int, standing: Standing) -> bool:
        """Set how a place stands to a live; bumps the revision `follows`. False when the place may not see the live."""
        ...

    async def begun(self, account_ids: Sequence[int], since: datetime) -> list[tuple[int, datetime, str]]:
        """(account, when it began, room) for every room of their lives that began since then, in the order they were stored."""
        ...

    async def viewers(self, live_id: int) -> list[tuple[float, int]]:
        """(second, viewers), oldest first."""
        ...

    async def remove(self, live_id: int, at_most: int = 2000) -> bool:
        """Delete up to `at_most` of a live's lines; once none is left, the live and all that speaks of it, and True.

        Call it again until then, each time in a transaction of its own. Files of its clips are the caller's.
        """
        ...


class Transcripts(Protocol):
    """Segments and gaps of lives."""

    async def add(self, live_id: int, parts: Sequence[Segment | Gap]) -> None:
        """Stored and searchable in this transaction. A segment that starts where one is stored replaces it."""
        ...

    async def of_live(self, live_id: int) -> list[Segment | Gap]:
        """Oldest first."""
        ...


class Chats(Protocol):
    """What happened in a live's chat, as stored by the hot writer."""

    async def of_live(
        self, live_id: int, *, start: float = 0.0, end: float | None = None, place: str = ""
    ) -> list[tuple[float, LiveEvent]]:
        """(second, event), oldest first. A chatter's id is what `place` knows the person by, over all its lives and in no
        other place; empty without a place."""
        ...

    async def last(self, live_id: int, limit: int, *, place: str = "") -> list[tuple[float, ChatMessage]]:
        """The newest lines, newest first; chatters as in `of_live`."""
        ...

    async def counts(self, live_id: int) -> dict[str, int]:
        """How many events of each kind (`chat`, `gift`, `like`, `join`, `follow`, `share`)."""
        ...


class Diary(Protocol):
    """What happened to the watches of lives, and the marks people put in them."""

    async def add(self, entry: Entry) -> Entry:
        """`entry.id` is ignored."""
        ...

    async def of_live(self, place: str, live_id: int, limit: int = 500) -> list[Entry]:
        """What is for every place, and the place's own; newest first. That it may see the live is the caller's to know."""
        ...

    async def last(self, live_id: int, *kinds: DiaryKind) -> Entry | None:
        """The newest entry of these kinds, whoever it is for."""
        ...


class Triggers(Protocol):
    """Triggers. Every change bumps the revision `triggers`."""

    async def add(self, trigger: Trigger) -> Trigger:
        """`trigger.id` is ignored."""
        ...

    async def remove(self, place: str, trigger_id: int) -> Trigger | None:
        """It stays as removed: `restore` brings it back."""
        ...

    async def restore(self, place: str, trigger_id: int) -> Trigger | None: ...

    async def of_place(self, place: str, account_id: int | None = None) -> list[Trigger]:
        """With their hits counted; oldest first. An account narrows to what listens to it."""
        ...

    async def of_account(self, account_id: int) -> list[Trigger]:
        """Every trigger of every place that follows the account and listens to it."""
        ...


class Hits(Protocol):
    """Triggers that fired."""

    async def add(self, hit: Hit) -> Hit: ...

    async def of_live(self, place: str, live_id: int) -> list[Hit]:
        """Oldest first."""
        ...

    async def count(self, place: str, live_id: int, trigger_id: int, since: datetime) -> int: ...


class Clips(Protocol):
    """Saved clips."""

    async def add(self, live_id: int, place: str, shown: str, cut: Cut, made: datetime, why: str, wish: str) -> Clip:
        """`wish` is unique per clip: the same wish twice is one clip. A shown name that is taken gets `_2`, `_3`…"""
        ...

    async def get(self, place: str, clip_id: int) -> Clip | None: ...

    async def of_place(
        self, place: str, *, live_id: int | None = None, since: datetime | None = None, limit: int = 50
    ) -> list[Clip]: ...


class Alerts(Protocol):
    """Assessments, and the alerts people decide."""

    async def assessed(self, live_id: int, assessment: Assessment, at: datetime) -> int:
        """Store an assessment; gives its id."""
        ...

    async def of_live(self, live_id: int) -> list[Assessment]:
        """By second."""
        ...

    async def raise_(self, place: str, live_id: int, assessment_id: int, at: datetime) -> Alert: ...

    async def repeated(self, alert_id: int) -> Alert:
        """One more like it was heard."""
        ...

    async def recent(self, place: str, live_id: int, since: datetime) -> list[Alert]: ...

    async def get(self, place: str, alert_id: int) -> Alert | None: ...

    async def waiting(self, place: str, limit: int = 50) -> list[Alert]:
        """Oldest first."""
        ...

    async def decide(
        self, place: str, alert_id: int, verdict: Verdict, by: str, at: datetime, note: str, was: Verdict
    ) -> Alert | None:
        """Set the verdict if it still is `was`; None when somebody was faster. Each decision is kept as a row of its own."""
        ...


class Tallies(Protocol):
    """What there was in a place over a while."""

    async def of_place(self, place: str, since: datetime, until: datetime) -> list[Tally]:
        """Of every account that is followed here or had something, by handle. Lives count that ran in the time."""
        ...

    async def waiting(self, place: str) -> int:
        """Alerts that wait for a person, whenever they were raised."""
        ...

    async def videos(self, place: str, since: datetime, until: datetime) -> int:
        """Videos transcribed for everybody."""
        ...


@dataclass(frozen=True)
class Found:
    """A line a search found. `by` is the chatter's handle, empty for speech."""

    live_id: int
    source: Where
    second: float
    text: str
    by: str = ""


class Videos(Protocol):
    """Videos, known to all places, and the transcripts each place has of them."""

    async def ensure(self, video: Video) -> Video:
        """Store what is known now of `video.tiktok_id`; `video.id` is ignored."""
        ...

    async def add(self, transcript: VideoTranscript, segments: Sequence[Segment]) -> VideoTranscript:
        """`transcript.id` is ignored: the one with the same place, video, engine and asked language is replaced, a removed one
        too."""
        ...

    async def get(self, place: str, transcript_id: int) -> VideoTranscript | None: ...

    async def find(
        self, place: str, person: str, tiktok_id: str, engine: str, asked_language: str
    ) -> VideoTranscript | None:
        """The newest of a video that `person` may see; an empty `engine` is any."""
        ...

    async def of_place(self, place: str, person: str, limit: int = 50) -> list[VideoTranscript]:
        """What `person` may see."""
        ...

    async def segments(self, place: str, transcript_id: int) -> list[Segment]:
        """Oldest first."""
        ...

    async def change(self, transcript: VideoTranscript) -> VideoTranscript | None:
        """Store its title and who may see it."""
        ...

    async def remove(self, place: str, transcript_id: int, *, removed: bool = True) -> VideoTranscript | None:
        """Take it away, or give it back. None: nothing to change."""
        ...


class Search(Protocol):
    """Words in what was said and written."""

    async def find(self, place: str, words: str, limit: int = 20) -> list[Found]:
        """Lines of the lives `place` may see in which every word (or "quoted phrase") occurs, best first. However it is
        spelled: case, accents and query signs do not count. Ranked are the newest 200 of speech and of chat."""
        ...


class Revisions(Protocol):
    """Counters that say "something changed": other processes look at them instead of at everything."""

    async def of(self, topic: str) -> int: ...

    async def bump(self, topic: str) -> None: ...


class Work(Protocol):
    """One transaction: everything in it happens or nothing does. A write transaction is one from its first statement."""

    places: Places
    people: People
    memos: Memos
    feeds: Feeds
    topics: Topics
    accounts: Accounts
    follows: Follows
    lives: Lives
    transcripts: Transcripts
    chats: Chats
    diary: Diary
    triggers: Triggers
    hits: Hits
    clips: Clips
    alerts: Alerts
    tallies: Tallies
    videos: Videos
    links: Links
    optouts: OptOuts
    search: Search
    jobs: JobQueue
    outbox: Outbox
    revisions: Revisions


class Storage(Protocol):
    """Where everything is kept. Raises Transient STORE_BUSY, DISK; Invalid STORE_NEWER for a database from a newer version."""

    def work(self) -> AbstractAsyncContextManager[Work]:
        """A write transaction: committed when the block ends, rolled back when it raises."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Work]:
        """A consistent view to read from; writing in it fails."""
        ...


class HotWriter(Protocol):
    """Chat and viewers: many small rows, gathered and written in batches (500 rows or 100 ms)."""

    def put(self, live_id: int, second: float, event: LiveEvent) -> None:
        """Never waits. When 10,000 rows are waiting the oldest likes and joins are dropped first and counted."""
        ...

    async def flush(self) -> None:
        """Everything put so far is stored when this returns."""
        ...
