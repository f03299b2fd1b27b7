"""What Earshot remembers. One protocol per subject, all of one transaction gathered in a unit of work.

Every method that speaks of a place's things takes the place: a query that is not bound to its tenant does not exist.
Lists are newest first unless they say otherwise. Methods that change something return the value as stored.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from core.model.live import LiveEvent
from core.ports.jobs import JobQueue
from core.ports.links import Links, OptOuts
from core.ports.outbox import Outbox
from core.ports.stores.accounts import Accounts, Follows
from core.ports.stores.finds import Clips, Hits, Tallies, Triggers
from core.ports.stores.leftovers import Leftovers
from core.ports.stores.lives import Chats, Diary, Lives, Sounds, Transcripts
from core.ports.stores.places import Feeds, Memos, Partners, People, Places, Revisions, Topics
from core.ports.stores.policies import Comments, Policies
from core.ports.stores.remotes import Remotes
from core.ports.stores.reviews import Alerts, Audit, Evidences
from core.ports.stores.screenings import Screenings
from core.ports.stores.search import Search
from core.ports.stores.usages import Usages
from core.ports.stores.videos import Videos


class Work(Protocol):
    """One transaction: everything in it happens or nothing does. A write transaction is one from its first statement."""

    places: Places
    people: People
    partners: Partners
    memos: Memos
    feeds: Feeds
    topics: Topics
    accounts: Accounts
    follows: Follows
    lives: Lives
    transcripts: Transcripts
    sounds: Sounds
    chats: Chats
    diary: Diary
    triggers: Triggers
    hits: Hits
    clips: Clips
    alerts: Alerts
    audit: Audit
    evidences: Evidences
    policies: Policies
    comments: Comments
    screenings: Screenings
    tallies: Tallies
    videos: Videos
    remotes: Remotes
    usages: Usages
    links: Links
    optouts: OptOuts
    search: Search
    jobs: JobQueue
    outbox: Outbox
    revisions: Revisions
    leftovers: Leftovers


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
