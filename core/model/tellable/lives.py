"""What is told of lives as they run and end."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class LiveStarted:
    """An account is live. `threshold` is from which score on the place is alerted, None without risk alerts; `language` the one
    said to be spoken, empty when nobody said; `cover` the path of a picture, empty without one. Not `recorded`: the place wants
    notices only. `text` is the place's own line, not filled in yet (see greeting)."""

    live_id: int
    handle: str
    title: str
    started: datetime
    viewers: int | None = None
    triggers: int = 0
    transcript: bool = True
    threshold: float | None = None
    ping: str = ""
    language: str = ""
    cover: str = ""
    recorded: bool = True
    text: str = ""


@dataclass(frozen=True)
class LiveEnded:
    """A live is over: what it was, in figures. Of `segments` pieces of speech so many were `told`, `silent` (nothing was said
    in them), `failed`, `untold` (no engine), `late` (kept for later); `gaps` stretches nobody could hear. `plot` is the path of
    a PNG, empty without one; `lines` its first words, `summary` what a model (`summary_by`) says it was about, of the `whole`
    of it or of pieces, `risky` when something in these alarmed the place; `titles` what it was called before. Not `recorded`:
    only when it was and who watched is known here. `renewed`: its end was told before, with less.
    Of its alerts so many are `waiting` for a person."""

    live_id: int
    handle: str
    title: str
    started: datetime
    ended: datetime
    viewers_peak: int = 0
    viewers_mean: float = 0.0
    chats: int = 0
    hits: int = 0
    alerts: int = 0
    clips: int = 0
    segments: int = 0
    told: int = 0
    failed: int = 0
    untold: int = 0
    silent: int = 0
    late: int = 0
    gaps: int = 0
    lines: str = ""
    plot: str = ""
    titles: list[str] = field(default_factory=list)
    recorded: bool = True
    risky: bool = False
    summary: str = ""
    summary_by: str = ""
    whole: bool = True
    renewed: bool = False
    waiting: int = 0


@dataclass(frozen=True)
class LiveLeft:
    """A live is watched for the place no longer since `at`, and may still be on. `by` stopped it; empty: nobody wants it any
    more."""

    live_id: int
    handle: str
    title: str
    started: datetime
    at: datetime
    by: str = ""


@dataclass(frozen=True)
class LiveLost:
    """We cannot hear a live any more and keep trying; `found` when it is heard again."""

    live_id: int
    handle: str
    since: datetime
    found: bool = False


@dataclass(frozen=True)
class WordsLate:
    """The words of a live are late or missing since `since`, `why` being SLOW, QUOTA, FAILED or KEY; `engine` is to blame,
    `opens` when its quota does. `seconds` of speech had none when they were said, and `left` of them have none yet (0: all of
    them); `kept`: their sound is, and heard later. `until`: since then words come again; `filled`: nothing is missing any more;
    `ended`: the live was over before words came again."""

    live_id: int
    handle: str
    since: datetime
    why: str
    engine: str = ""
    opens: datetime | None = None
    seconds: float = 0.0
    kept: bool = True
    until: datetime | None = None
    filled: bool = False
    left: float = 0.0
    ended: bool = False


@dataclass(frozen=True)
class ChatWaits:
    """The chats of the lives of `handles` cannot be opened, and the lives go on without them; `found` when all are read again.
    `why` is SIGN_LIMIT (no signature left), SIGN_DOWN (nobody who signs) or SIGN_KEY (our key is refused)."""

    handles: list[str]
    since: datetime
    why: str
    found: bool = False


GAPS = ("silent", "untold", "late", "failed", "reconnect", "overflow", "engine")
"""Why a stretch of a live has no words: nobody spoke, no engine was ready, or it was behind, or it failed, or a cause of a Gap."""


@dataclass(frozen=True)
class Rolling:
    """The newest words of a live: (time, text) each, None where speech has no words, empty where they are
    withheld because they may be about minors. `engine` made them. `gaps` are stretches
    without words: (from, until, why), why being one of GAPS. `risky`: the times of the lines in which something over the place's
    threshold was said. `over`: this post grows no more."""

    live_id: int
    handle: str
    language: str
    engine: str
    lines: list[tuple[datetime, str | None]] = field(default_factory=list)
    gaps: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    over: bool = False
    risky: list[datetime] = field(default_factory=list)
