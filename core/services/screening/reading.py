"""Reading: the words of what is to be posted, judged: what was said in it, and what is written with it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.model.clip import Clip
from core.model.live import Live
from core.model.risk import HATE_CONFIDENCE, Assessment, Kind, Label
from core.model.screening import LIMITS, Read
from core.model.transcript import Gap, Segment
from core.ports.assessor import LocalAssessor
from core.ports.store import Work

BACK = 60.0  # seconds: no piece of speech is longer, so what reaches into a clip begins after that


@dataclass(frozen=True)
class Spoken:
    """What is said in a stretch of a live, oldest first; `unheard` seconds of it have no words."""

    segments: tuple[Segment, ...]
    unheard: float

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(part.text for part in self.segments if part.text)


async def spoken_in(work: Work, live_id: int, start: float, end: float) -> Spoken:
    """What is stored of it by now: a piece of speech is written down some seconds after it was said."""
    parts = await work.transcripts.of_live(live_id, start=max(0.0, start - BACK), end=end)
    inside = [part for part in parts if part.end > start and part.start < end]
    told = tuple(_within(part, start, end) for part in inside if isinstance(part, Segment) and part.text)
    untold = sum(_overlap(part, start, end) for part in inside if isinstance(part, Gap) or part.text is None)
    last = max((part.end for part in inside), default=start)
    return Spoken(told, round(untold + max(0.0, end - max(last, start)), 1))


async def read_clip(work: Work, judge: LocalAssessor, clip: Clip, live: Live) -> Read:
    """The words of a clip: what is said in it, the title of its live, and what it is for. What models said of the speech when it
    was heard counts too, and words that are withheld from its place are not heard in it either."""
    end = clip.start + clip.seconds
    spoken = await spoken_in(work, live.id, clip.start, end)
    known = [
        one for one in await work.alerts.of_live(live.id, clip.start) if one.kind is Kind.SPEECH and one.second < end
    ]
    said = [*spoken.segments, *written(live.title, clip.why)]
    read = replace(await judged(judge, clip.place, said, known), unheard=spoken.unheard)
    if await withholds(work, clip):
        surely = max(LIMITS[Label.S3], read.labels.get(Label.S3, 0.0))
        read = replace(read, labels={**read.labels, Label.S3: surely})
    return read


async def withholds(work: Work, clip: Clip) -> bool:
    """Whether words that are withheld from its place are said in a clip."""
    end = clip.start + clip.seconds
    kept = await work.transcripts.withheld(clip.place, clip.live_id, start=clip.start, end=end)
    return any(start < end for start, _ in kept)


async def judged(
    judge: LocalAssessor, place: str, segments: Iterable[Segment], known: Sequence[Assessment] = ()
) -> Read:
    """All of it together, as the place has taught the judge: each label as in the worst of its pieces. Beside the event loop: of
    two hours it takes a second."""
    return await asyncio.to_thread(_judged, judge, place, segments, known)


def _judged(judge: LocalAssessor, place: str, segments: Iterable[Segment], known: Sequence[Assessment]) -> Read:
    found = [*(judge.judged(segment, place) for segment in segments), *known]
    labels: dict[Label, float] = {}
    for one in found:
        for label, share in one.labels.items():
            labels[label] = max(share, labels.get(label, 0.0))
        if one.hateful and one.confidence >= HATE_CONFIDENCE:
            labels[Label.H] = max(one.confidence, labels.get(Label.H, 0.0))
    worst = max(found, key=_weight, default=None)
    return Read(
        labels,
        worst.engine if worst is not None else "",
        doubtful=any(one.injection or one.doubtful for one in found),
        quote=worst.quote if worst is not None and _weight(worst) >= 1 else "",
        reason=worst.reason if worst is not None and _weight(worst) >= 1 else "",
    )


def written(*texts: str) -> tuple[Segment, ...]:
    """What is written, as pieces a judge of speech takes."""
    return tuple(Segment(0.0, 0.0, text) for text in texts if text.strip())


def _weight(one: Assessment) -> float:
    """How far its surest label is over its limit: from 1 on it holds."""
    return max((one.labels.get(label, 0.0) / limit for label, limit in LIMITS.items()), default=0.0)


def _within(segment: Segment, start: float, end: float) -> Segment:
    """The words of it that are said in that time; all of them where nobody knows when each was."""
    inside = tuple(word for word in segment.words if word.end > start and word.start < end)
    if not segment.words or len(inside) == len(segment.words):
        return segment
    return replace(segment, text=" ".join(word.text.strip() for word in inside), words=inside)


def _overlap(part: Segment | Gap, start: float, end: float) -> float:
    return max(0.0, min(part.end, end) - max(part.start, start))
