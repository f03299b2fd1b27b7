"""The hands of a process: who does which kind of job, how many of them at once, and who says that one has failed."""

from collections.abc import Mapping

from bot.house import House
from core.services.clipping import MOST as CLIPS
from core.services.fetching import KIND as WEIGHTS
from core.services.moderating.titling import KIND as TITLE
from core.services.reviewing.learning import KIND as LEARN
from core.services.videos.ordering import AT_ONCE as TRANSCRIPTIONS_AT_ONCE
from core.services.videos.ordering import KIND as TRANSCRIBE
from core.services.working import Handler, Working


def working_of(house: House, besides: Mapping[str, Handler]) -> Working:
    """The hands for transcriptions, for weights, for what is judged and learned, and for what there is `besides`."""
    transcribing, fetching = house.transcribing, house.fetching
    return Working(
        house.storage,
        house.clock,
        {
            **besides,
            TRANSCRIBE: transcribing.transcribe,
            WEIGHTS: fetching.fetch,
            TITLE: house.texts.titling.video,
            LEARN: house.learning.learn,
        },
        failing={TRANSCRIBE: transcribing.failed, WEIGHTS: fetching.failed}
        | dict.fromkeys(CLIPS, house.clipping.failed),
        over={TRANSCRIBE: transcribing.over},
        most={TRANSCRIBE: TRANSCRIPTIONS_AT_ONCE, WEIGHTS: 1, LEARN: 1, **CLIPS},
    )
