"""One transaction, with everything that is stored reachable from it."""

from sqlmodel.ext.asyncio.session import AsyncSession

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
from storage.accounts import StoredAccounts
from storage.alerts import StoredAlerts
from storage.audits import StoredAudit
from storage.chats import StoredChats
from storage.chatters import Chatters
from storage.clips import StoredClips
from storage.comments import StoredComments
from storage.diary import StoredDiary
from storage.evidences import StoredEvidences
from storage.feeds import StoredFeeds, StoredTopics
from storage.follows import StoredFollows
from storage.hits import StoredHits
from storage.jobs.sqlite import SqliteJobs
from storage.leftovers import StoredLeftovers
from storage.links import StoredLinks
from storage.lives import StoredLives
from storage.news import News
from storage.optouts import StoredOptOuts
from storage.outbox import StoredOutbox
from storage.partners import StoredPartners
from storage.people import StoredMemos, StoredPeople
from storage.places import StoredPlaces
from storage.policies import StoredPolicies
from storage.remotes import StoredRemotes
from storage.revisions import StoredRevisions
from storage.screenings import StoredScreenings
from storage.search import StoredSearch
from storage.sounds import StoredSounds
from storage.tallies import StoredTallies
from storage.transcripts import StoredTranscripts
from storage.triggers import StoredTriggers
from storage.usages import StoredUsages
from storage.videos import StoredVideos


class StoredWork:
    """One transaction: everything in it happens or nothing does. `news` names the queues something was put into."""

    def __init__(self, session: AsyncSession, chatters: Chatters) -> None:
        self.news: set[News] = set()
        revisions = StoredRevisions(session)
        self.places: Places = StoredPlaces(session, revisions)
        self.people: People = StoredPeople(session)
        self.partners: Partners = StoredPartners(session)
        self.memos: Memos = StoredMemos(session)
        self.feeds: Feeds = StoredFeeds(session)
        self.topics: Topics = StoredTopics(session)
        self.accounts: Accounts = StoredAccounts(session, revisions)
        self.follows: Follows = StoredFollows(session, revisions)
        self.lives: Lives = StoredLives(session, revisions)
        self.transcripts: Transcripts = StoredTranscripts(session)
        self.sounds: Sounds = StoredSounds(session)
        self.chats: Chats = StoredChats(session, chatters)
        self.diary: Diary = StoredDiary(session)
        self.triggers: Triggers = StoredTriggers(session, revisions)
        self.hits: Hits = StoredHits(session)
        self.clips: Clips = StoredClips(session)
        self.alerts: Alerts = StoredAlerts(session)
        self.audit: Audit = StoredAudit(session)
        self.evidences: Evidences = StoredEvidences(session)
        self.policies: Policies = StoredPolicies(session, revisions)
        self.comments: Comments = StoredComments(session)
        self.screenings: Screenings = StoredScreenings(session)
        self.tallies: Tallies = StoredTallies(session)
        self.videos: Videos = StoredVideos(session)
        self.remotes: Remotes = StoredRemotes(session)
        self.usages: Usages = StoredUsages(session)
        self.links: Links = StoredLinks(session)
        self.optouts: OptOuts = StoredOptOuts(session, chatters)
        self.search: Search = StoredSearch(session)
        self.jobs: JobQueue = SqliteJobs(session, self.news)
        self.outbox: Outbox = StoredOutbox(session, self.news)
        self.revisions: Revisions = revisions
        self.leftovers: Leftovers = StoredLeftovers(session)
