"""One transaction, with everything that is stored reachable from it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from core.ports.jobs import JobQueue
from core.ports.outbox import Outbox
from core.ports.store import (
    Accounts,
    Alerts,
    Chats,
    Clips,
    Follows,
    Hits,
    Lives,
    Places,
    Revisions,
    Search,
    Transcripts,
    Triggers,
)
from storage.accounts import StoredAccounts
from storage.alerts import StoredAlerts
from storage.chats import StoredChats
from storage.clips import StoredClips
from storage.follows import StoredFollows
from storage.hits import StoredHits
from storage.jobs.sqlite import SqliteJobs
from storage.lives import StoredLives
from storage.news import News
from storage.outbox import StoredOutbox
from storage.places import StoredPlaces
from storage.revisions import StoredRevisions
from storage.search import StoredSearch
from storage.transcripts import StoredTranscripts
from storage.triggers import StoredTriggers


class StoredWork:
    """One transaction: everything in it happens or nothing does. `news` names the queues something was put into."""

    def __init__(self, session: AsyncSession) -> None:
        self.news: set[News] = set()
        revisions = StoredRevisions(session)
        self.places: Places = StoredPlaces(session)
        self.accounts: Accounts = StoredAccounts(session)
        self.follows: Follows = StoredFollows(session, revisions)
        self.lives: Lives = StoredLives(session)
        self.transcripts: Transcripts = StoredTranscripts(session)
        self.chats: Chats = StoredChats(session)
        self.triggers: Triggers = StoredTriggers(session, revisions)
        self.hits: Hits = StoredHits(session)
        self.clips: Clips = StoredClips(session)
        self.alerts: Alerts = StoredAlerts(session)
        self.search: Search = StoredSearch(session)
        self.jobs: JobQueue = SqliteJobs(session, self.news)
        self.outbox: Outbox = StoredOutbox(session, self.news)
        self.revisions: Revisions = revisions
