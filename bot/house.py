"""What commands can reach: the services of this process, put together by app.py."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.model.pack import Packs
from core.model.person import Platform
from core.ports.clock import Clock
from core.ports.media import Fitter
from core.ports.messenger import Chat
from core.ports.store import Storage
from core.services.announcing import Announcing
from core.services.arming import Arming
from core.services.assessing.sharing import Sharing
from core.services.carrying import Carrying
from core.services.choosing import Choosing
from core.services.clipping import Clipping, Curating, Showing
from core.services.clipping.replaying import Replaying
from core.services.clipping.sampling import Sampling
from core.services.diagnosing import Diagnosing
from core.services.digesting import Digesting
from core.services.exporting import Exporting
from core.services.fetching import Fetching
from core.services.following import Following
from core.services.leaving import Doors
from core.services.listening import Listening
from core.services.lives.filing import Filing
from core.services.lives.minding import Minding
from core.services.lives.recounting import Recounting
from core.services.lives.reporting import Reporting
from core.services.moderating.texts import Texts
from core.services.offering import Offering
from core.services.own.linking import Linking
from core.services.own.objecting import Objecting
from core.services.own.syncing import Syncing
from core.services.portraying import Portraying
from core.services.reviewing.agreeing import Agreeing
from core.services.reviewing.auditing import Auditing
from core.services.reviewing.deciding import Reviewing
from core.services.reviewing.learning import Learning
from core.services.reviewing.partnering import Partnering
from core.services.reviewing.preserving import Preserving
from core.services.reviewing.trying import Trying
from core.services.searching import Searching
from core.services.settling import Settling
from core.services.tidying import Tidying
from core.services.videos.transcribing import Transcribing
from core.services.working import Working
from core.settings import Settings


@dataclass(frozen=True, repr=False)  # written out it would be the whole process
class House:
    """One process's services. `judge` names what this process would judge with, `sharing` knows what that costs. `worker`:
    where nothing works by itself, the hands a command may use while somebody waits for it."""

    settings: Settings
    clock: Clock
    storage: Storage
    following: Following
    settling: Settling
    announcing: Announcing
    arming: Arming
    carrying: Carrying
    clipping: Clipping
    curating: Curating
    replaying: Replaying
    reviewing: Reviewing
    learning: Learning
    trying: Trying
    texts: Texts
    partnering: Partnering
    reporting: Reporting
    exporting: Exporting
    filing: Filing
    recounting: Recounting
    searching: Searching
    minding: Minding
    linking: Linking
    syncing: Syncing
    objecting: Objecting
    diagnosing: Diagnosing
    digesting: Digesting
    transcribing: Transcribing
    tidying: Tidying
    offering: Offering
    listening: Listening
    choosing: Choosing
    fetching: Fetching
    sharing: Sharing
    judge: str
    packs: Callable[[], Packs]
    worker: Working | None = None
    fitter: Fitter | None = None
    showing: Showing | None = None
    doors: Doors = field(default_factory=Doors)
    portraying: Portraying = field(default_factory=Portraying)

    @property
    def auditing(self) -> Auditing:
        """Who did what in each place."""
        return Auditing(self.storage, self.clock)

    @property
    def agreeing(self) -> Agreeing:
        """How the judge and people agree."""
        return Agreeing(self.storage, self.clock, self.reporting.plotter, self.settings.DATA_DIR / "plots")

    @property
    def preserving(self) -> Preserving:
        """Evidence that is held."""
        return Preserving(self.storage, self.clock, self.settings.DATA_DIR / "evidence")

    @property
    def sampling(self) -> Sampling:
        """What can be heard around an alert."""
        return Sampling(self.storage, self.clipping.clipper, self.settings.DATA_DIR / "samples")

    @property
    def engine(self) -> str:
        """The engines this process would hear with now."""
        return ", ".join(engine.name for engine in self.listening.able())

    @property
    def chats(self) -> dict[Platform, Chat]:
        """The platforms this process speaks on."""
        return self.offering.chats

    def speaks_on(self, platform: Platform) -> bool:
        """Whether posts can get to `platform` now: what waits for one that is not connected waits without trying."""
        chat = self.chats.get(platform)
        return chat is None or chat.ready or chat.trouble not in ("", "DISCONNECTED")
