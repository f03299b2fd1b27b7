"""The audit log: who did what in a place, each row holding the hash of the one before, so that a change shows."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

KEPT = timedelta(days=730)
"""How long rows are kept; older ones leave the front of the chain, whose anchor then says where it goes on."""


class Verb(StrEnum):
    """What was done."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    MUTE = "mute"
    REOPEN = "reopen"
    PROPOSE = "propose"
    SECOND = "second"
    RELABEL = "relabel"
    NOTE = "note"
    MUTE_LIVE = "mute live"
    STOP_LIVE = "stop live"
    GO_ON = "go on"
    RISK = "risk"
    DELETE_CLIP = "delete clip"
    KEEP = "keep evidence"
    EXPORT = "export evidence"
    RELEASE = "release evidence"
    LET_GO = "let evidence go"
    TWO = "two people"
    LABEL = "label"
    POLICY = "policy"
    ADD_WORD = "add word"
    CHANGE_WORD = "change word"
    REMOVE_WORD = "remove word"
    RESTORE_WORD = "restore word"
    APPOINT = "appoint"
    DEPOSE = "depose"
    ACCOUNT_RISK = "account risk"
    DELETE_COMMENT = "delete comment"
    RESTORE_COMMENT = "restore comment"
    SHOW_CLIP = "show clip"
    HIDE_CLIP = "hide clip"
    HOLD_CLIP = "hold clip"
    SHOW_VIDEO = "show video"
    HIDE_VIDEO = "hide video"
    HOLD_VIDEO = "hold video"
    LINK = "link"
    UNLINK = "unlink"


@dataclass(frozen=True)
class Deed:
    """One row: `person` (its id; `name` as they were called then) did `verb` to `about` (`alert:12`), which was `before` and is
    `after`. `number` counts from 1 in its place without a gap; `previous` is the hash of the row before."""

    at: datetime
    person: str
    name: str
    verb: Verb
    about: str
    before: str = ""
    after: str = ""
    reason: str = ""
    number: int = 0
    previous: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Chain:
    """Where the rows of a place begin (after row `anchor`, whose hash was `anchor_hash`) and end."""

    anchor: int = 0
    anchor_hash: str = ""
    number: int = 0
    hash: str = ""


def hash_of(deed: Deed) -> str:
    """SHA-256 over all of a row but its own hash, in hex. The place is not in it: a group may get another number."""
    said = [
        deed.number, deed.at.astimezone(UTC).isoformat(), deed.person, deed.name, deed.verb.value, deed.about, deed.before,
        deed.after, deed.reason, deed.previous,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


@dataclass
class Follower:
    """Goes along a chain, a stretch at a time: `number` and `hash` are those of the row it has come to."""

    number: int = 0
    hash: str = ""

    def wrong(self, deeds: Iterable[Deed]) -> int | None:
        """The number of the first of the next rows that is missing, or not as it was written; None when none is."""
        for deed in deeds:
            if deed.number != self.number + 1 or deed.previous != self.hash or hash_of(deed) != deed.hash:
                return self.number + 1
            self.number, self.hash = deed.number, deed.hash
        return None

    def short(self, chain: Chain) -> int | None:
        """The same at the end, of the rows there should have been."""
        ends = (self.number, self.hash) == (chain.number, chain.hash)
        return None if ends else self.number + (self.number < chain.number)
