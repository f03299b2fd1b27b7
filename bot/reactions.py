"""REACTIONS: what is done with each thing that happens in a live, beside it, at its end, and with what is heard only later."""

from pathlib import Path

from core.model.live import (
    CaptionShown,
    ChatMessage,
    GiftSent,
    HostEnded,
    HostPaused,
    Joined,
    Liked,
    Live,
    ViewerCount,
)
from core.model.transcript import Gap, Segment
from core.ports.media import SoundFiles
from core.ports.store import Work
from core.services.assessing import Assessing
from core.services.backfilling import Backfilling
from core.services.clipping.curating import Curating
from core.services.lives.keeping import Keeping, Stored
from core.services.lives.lagging import Lagging
from core.services.lives.refreshing import Refreshing
from core.services.lives.relaying import Relaying
from core.services.lives.reporting import Reporting
from core.services.lives.scene import Scene
from core.services.lives.sighting import Sighting
from core.services.lives.watching import Watching
from core.services.metering import Metering
from core.services.moderating.texts import Texts
from core.services.triggering import Triggering


def react(
    watching: Watching,
    keeping: Keeping,
    triggering: Triggering,
    assessing: Assessing,
    texts: Texts,
    refreshing: Refreshing,
) -> None:
    """Give `watching` what it calls for each thing that happens. Words fire triggers while they are stored, lines of chat before
    that (see Triggering)."""
    storage, clock, listening = watching.storage, watching.clock, watching.listening
    relaying, lagging = Relaying(storage, clock, assessing.rule), Lagging(storage, clock)
    triggering.hit, keeping.follows = assessing.hit, triggering.speech
    watching.beside = (triggering.wake, Sighting(storage, clock).run, refreshing.run, assessing.run, texts.titling.live)
    finishing = (keeping.finish, assessing.finish, texts.combing.finish, lagging.finish, relaying.finish)
    watching.at_end = (triggering.clipping.over, *finishing)
    watching.reactions = {
        ChatMessage: (triggering.chat, keeping.event, texts.combing.chat),
        GiftSent: (keeping.event,),
        Liked: (keeping.event,),
        Joined: (keeping.event,),
        ViewerCount: (keeping.event, refreshing.viewers),
        CaptionShown: (listening.caption,),
        HostEnded: (watching.host_ended,),
        HostPaused: (watching.host_paused,),
        Segment: (keeping.speech, assessing.speech, relaying.speech, lagging.speech),
        Gap: (keeping.speech, relaying.speech, lagging.speech),
    }


def backfilling_of(
    files: SoundFiles,
    folder: Path,
    watching: Watching,
    triggering: Triggering,
    assessing: Assessing,
    reporting: Reporting,
    curating: Curating,
    metering: Metering,
) -> Backfilling:
    """What got no words is kept and heard later: then it goes past triggers and judge, clips are screened with it, and posts that
    said it was missing change."""
    storage, clock, listening = watching.storage, watching.clock, watching.listening
    lagging = Lagging(storage, clock)

    async def late(work: Work, scene: Scene, segment: Segment) -> Stored:
        fired, judged = await triggering.late(work, scene, segment), await assessing.late(work, scene, segment)

        async def stored() -> None:
            await fired()
            await judged()

        return stored

    async def complete(live: Live, heard: bool) -> None:
        await curating.late(live)
        if heard:
            await lagging.complete(live)
            await reporting.renew(live)

    backfilling = Backfilling(storage, clock, listening, files, folder, metering)
    backfilling.scenes, backfilling.complete = watching.scenes, complete
    backfilling.late, backfilling.later = late, assessing.later
    listening.keep = backfilling.keep
    return backfilling
