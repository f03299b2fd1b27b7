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
from core.services.assessing import Assessing
from core.services.backfilling import Backfilling
from core.services.lives.keeping import Keeping
from core.services.lives.lagging import Lagging
from core.services.lives.refreshing import Refreshing
from core.services.lives.relaying import Relaying
from core.services.lives.reporting import Reporting
from core.services.lives.scene import Scene
from core.services.lives.sighting import Sighting
from core.services.lives.watching import Watching
from core.services.metering import Metering
from core.services.triggering import Triggering


def react(
    watching: Watching, keeping: Keeping, triggering: Triggering, assessing: Assessing, refreshing: Refreshing
) -> None:
    """Give `watching` what it calls for each thing that happens."""
    storage, clock, listening = watching.storage, watching.clock, watching.listening
    relaying, lagging = Relaying(storage, clock, assessing.rule), Lagging(storage, clock)
    watching.beside = (Sighting(storage, clock).run, refreshing.run)
    watching.at_end = (triggering.clipping.over, keeping.finish, lagging.finish, relaying.finish)
    watching.reactions = {
        ChatMessage: (keeping.event, triggering.chat),
        GiftSent: (keeping.event,),
        Liked: (keeping.event,),
        Joined: (keeping.event,),
        ViewerCount: (keeping.event, refreshing.viewers),
        CaptionShown: (listening.caption,),
        HostEnded: (watching.host_ended,),
        HostPaused: (watching.host_paused,),
        Segment: (keeping.speech, triggering.speech, assessing.speech, relaying.speech, lagging.speech),
        Gap: (keeping.speech, relaying.speech, lagging.speech),
    }


def backfilling_of(
    files: SoundFiles,
    folder: Path,
    watching: Watching,
    triggering: Triggering,
    assessing: Assessing,
    reporting: Reporting,
    metering: Metering,
) -> Backfilling:
    """What got no words is kept and heard later: then it goes past triggers and judge, and posts that said it was missing
    change."""
    storage, clock, listening = watching.storage, watching.clock, watching.listening
    lagging = Lagging(storage, clock)

    async def late(scene: Scene, segment: Segment) -> None:
        await triggering.late(scene, segment)
        await assessing.speech(scene, segment)

    async def complete(live: Live) -> None:
        await lagging.complete(live)
        await reporting.renew(live)

    backfilling = Backfilling(storage, clock, listening, files, folder, metering)
    backfilling.scenes, backfilling.late, backfilling.complete = watching.scenes, late, complete
    listening.keep = backfilling.keep
    return backfilling
