"""Before it is posted: a clip or a video is received, screened, then passed, held for a person or rejected; a person overrides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.model.risk import HATE_CONFIDENCE, SEVERE_LIMITS, Label


class Matter(StrEnum):
    """What is screened: a clip of a live, or a video with its transcript."""

    CLIP = "clip"
    VIDEO = "video"


class State(StrEnum):
    """received → screening → passed | held | rejected → overridden: a person let it be shown, whatever was found."""

    RECEIVED = "received"
    SCREENING = "screening"
    PASSED = "passed"
    HELD = "held"
    REJECTED = "rejected"
    OVERRIDDEN = "overridden"


MOVES: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.SCREENING}),
    State.SCREENING: frozenset({State.PASSED, State.HELD, State.REJECTED}),
    State.PASSED: frozenset({State.HELD}),
    State.HELD: frozenset({State.REJECTED, State.OVERRIDDEN}),
    State.REJECTED: frozenset({State.OVERRIDDEN, State.HELD, State.REJECTED}),
    State.OVERRIDDEN: frozenset({State.HELD, State.REJECTED}),
}
"""Where each state may lead. Back to `held`: a person's decision was undone, or something was found after all. `rejected` again: a
person agreed."""


def moved(state: State, to: State) -> State:
    """`to`, when `state` may lead there. Raises ValueError when it may not: nothing passes that was not screened."""
    if to not in MOVES[state]:
        raise ValueError(f"{state} cannot become {to}")
    return to


class Check(StrEnum):
    """The eight things that are looked for. `dangerous` and `misinformation` are only noted."""

    NUDITY = "nudity"
    GORE = "gore"
    HATE = "hate"
    DANGEROUS = "dangerous"
    HARASSMENT = "harassment"
    SELF_HARM = "self_harm"
    MINORS = "minors"
    MISINFORMATION = "misinformation"


NOTES = frozenset({Check.DANGEROUS, Check.MISINFORMATION})
"""Told, and never a reason to hold anything: what is dangerous or untrue is for people to say."""

LABELS: Mapping[Check, Label] = {
    Check.NUDITY: Label.S,
    Check.GORE: Label.V2,
    Check.HATE: Label.H,
    Check.DANGEROUS: Label.V,
    Check.HARASSMENT: Label.HR,
    Check.SELF_HARM: Label.SH,
    Check.MINORS: Label.S3,
}
"""The label of what a check found in a picture; misinformation has none."""

CHECKS: Mapping[Label, Check] = {label: check for check, label in LABELS.items()} | {Label.H2: Check.HATE}
"""The check a label of words belongs to."""

HARASSING = 0.8
LIMITS: Mapping[Label, float] = {**SEVERE_LIMITS, Label.H: HATE_CONFIDENCE, Label.HR: HARASSING}
"""From which probability on each label of what is said or written holds a clip: the severe ones and hate as they raise an alert,
harassment later, since clips are often of quarrels. Sexual words alone hold nothing: they are shown under a spoiler."""

VEILS = frozenset({Label.S, Label.V2})
"""What is shown under a spoiler, when it is shown."""
VEILED = 0.6  # from which probability on
RESTRICTED = frozenset({Label.S3})
"""What is never posted again, and looked at by named reviewers only."""


class Where(StrEnum):
    """In what something was found."""

    WORDS = "words"
    FRAMES = "frames"


@dataclass(frozen=True)
class Found:
    """What a check found, in what, and how surely, 0 to 1."""

    check: Check
    where: Where
    share: float = 1.0

    @property
    def blocks(self) -> bool:
        """Whether it holds what it was found in."""
        return self.check not in NOTES


class LocalPolicy(StrEnum):
    """What becomes of pictures nobody can look at: `text_only` lets them pass on speech and text, `hold` waits for a person."""

    TEXT_ONLY = "text_only"
    HOLD = "hold"


@dataclass(frozen=True)
class Read:
    """What was read of it: `labels` of its words, by which `engine`; `unheard` seconds of it have no words (yet). `doubtful`: the
    words give orders to their judge, or a judge contradicted itself. `quote` is the worst of them, `reason` what its judge says."""

    labels: Mapping[Label, float] = field(default_factory=dict)
    engine: str = ""
    unheard: float = 0.0
    doubtful: bool = False
    quote: str = ""
    reason: str = ""

    @property
    def found(self) -> tuple[Found, ...]:
        """What is over its limit, the surest of each check."""
        over: dict[Check, float] = {}
        for label, limit in LIMITS.items():
            if (share := self.labels.get(label, 0.0)) >= limit:
                over[CHECKS[label]] = max(share, over.get(CHECKS[label], 0.0))
        return tuple(Found(check, Where.WORDS, share) for check, share in over.items())


@dataclass(frozen=True)
class Seen:
    """What was seen of it: `frames` were looked at by `engine`, 0: by nobody. `hashes` are those of its frames, whoever looked.

    `fault` is the code of why the look came to nothing; `gone`: there is no model that could look (none is set up, or it
    refuses for good), which is what LocalPolicy is about. `blind`: it has no picture at all. `doubtful`: what is shown gives
    orders to who looks. `dollars`: what looking cost.
    """

    frames: int = 0
    found: tuple[Found, ...] = ()
    reason: str = ""
    engine: str = ""
    policy: str = ""
    hashes: tuple[int, ...] = ()
    fault: str = ""
    gone: bool = True
    blind: bool = False
    doubtful: bool = False
    dollars: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What the checks came to. `alike`: when something was rejected that it looks like."""

    state: State
    found: tuple[Found, ...] = ()
    labels: Mapping[Label, float] = field(default_factory=dict)
    alike: datetime | None = None


def decided(read: Read, seen: Seen, local: LocalPolicy, alike: datetime | None = None) -> Verdict:
    """Passed, held or rejected. What may show minors is rejected at once. A look that came to nothing holds; that there is nobody
    to look holds where `local` says so."""
    found = read.found + seen.found
    labels = dict(read.labels)
    for one in seen.found:
        if (label := LABELS.get(one.check)) is not None:
            labels[label] = max(one.share, labels.get(label, 0.0))
    unseen = not seen.blind and not seen.frames and (not seen.gone or local is LocalPolicy.HOLD)
    if any(one.check is Check.MINORS for one in found):
        state = State.REJECTED
    elif unseen or alike is not None or read.doubtful or seen.doubtful or any(one.blocks for one in found):
        state = State.HELD
    else:
        state = State.PASSED
    return Verdict(state, found, labels, alike)


@dataclass(frozen=True)
class Screening:
    """The screening of one clip or video (`item`) in a place, as it stands. `at` is its last change, `by` the person who made it;
    `alert_id` the alert that waits, or waited, for a person. `local`: the policy it was screened under. `post` is what its
    post is about, as the outbox has it."""

    id: int
    place: str
    matter: Matter
    item: int
    state: State
    at: datetime
    found: tuple[Found, ...] = ()
    labels: Mapping[Label, float] = field(default_factory=dict)
    reason: str = ""
    quote: str = ""
    engine: str = ""
    policy: str = ""
    local: LocalPolicy = LocalPolicy.TEXT_ONLY
    frames: int = 0
    unheard: float = 0.0
    fault: str = ""
    gone: bool = True
    blind: bool = False
    doubtful: bool = False
    alike: datetime | None = None
    hashes: tuple[int, ...] = ()
    dollars: float = 0.0
    post: str = ""
    alert_id: int | None = None
    by: str = ""

    @property
    def name(self) -> str:
        """What it is of, as alerts have it: `clip:12`."""
        return f"{self.matter}:{self.item}"

    @property
    def restricted(self) -> bool:
        """Whether it may show minors: never posted again, and looked at by named reviewers only."""
        found = any(one.check is Check.MINORS for one in self.found)
        return found or any(self.labels.get(label, 0.0) >= LIMITS[label] for label in RESTRICTED)

    @property
    def open(self) -> bool:
        """Whether it may be shown to people without the right to review."""
        return self.state in (State.PASSED, State.OVERRIDDEN) and not self.restricted

    @property
    def veiled(self) -> bool:
        """Whether it is shown under a spoiler."""
        return any(self.labels.get(label, 0.0) >= VEILED for label in VEILS)

    @property
    def pictured(self) -> bool:
        """Whether its picture is why it is kept away: then what looks like it is held. One that is kept away for its words alone
        says nothing of its picture: all of a live looks alike."""
        return any(one.where is Where.FRAMES for one in self.found) or not any(one.blocks for one in self.found)


@dataclass(frozen=True)
class Step:
    """One move of a screening; never changed. `by`: the person, empty for Earshot itself."""

    was: State | None
    state: State
    at: datetime
    by: str = ""
    reason: str = ""


ALIKE = 6
"""Bits of 64 by which two frames may differ and still look alike. Measured (tests/core/adapters/media/test_frames.py): the same
frame in another size, encoding or brightness differs by at most 4, any two of 300 different pictures by at least 10."""
ENOUGH = 2  # frames that have to look alike, of as many as there are


def looks_like(hashes: tuple[int, ...], others: tuple[int, ...]) -> bool:
    """Whether enough of the frames look like some of the others."""
    if not hashes or not others:
        return False
    near = sum(any((one ^ other).bit_count() <= ALIKE for other in others) for one in hashes)
    return near >= min(ENOUGH, len(hashes), len(others))
