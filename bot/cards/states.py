"""The state of an account in words: what is known, since when, and what keeps Earshot from knowing more."""

from datetime import datetime, timedelta

from bot.wording import Words
from core.model.account import FOREVER, Account, AccountStatus, Follow

LATELY = timedelta(hours=24)
"""How long a new video says that somebody is about."""


def state_of(follow: Follow, account: Account, now: datetime, words: Words) -> str:
    """The state of an account as words: what is known, since when, and what keeps Earshot from knowing more."""
    parts = []
    if not follow.active(now) and follow.paused_until is not None:
        parts.append(_paused(follow.paused_until, now, words))
    why = "" if account.status is AccountStatus.RESTRICTED else account.why  # that state is its own reason
    if not why or account.status not in (AccountStatus.UNKNOWN, AccountStatus.GONE):  # there the reason says it all
        parts.append(words.say(STATES[account.status]))
    parts.append(_looked(account.looked_at, why, now, words))
    if account.status is AccountStatus.OFFLINE and posted_lately(account, now):
        parts.append(words.say("posted a video within 24 h"))
    if account.nameless:
        parts.append(words.say("renamed; its new name is not known yet"))
    if account.was:
        parts.append(words.say("was @{x}", x=account.was))
    return " · ".join(parts)


def posted_lately(account: Account, now: datetime) -> bool:
    """Whether its newest video is less than a day old."""
    return account.posted_at is not None and now - account.posted_at < LATELY


def _paused(until: datetime, now: datetime, words: Words) -> str:
    if until >= FOREVER:
        return words.say("paused until resumed")
    return words.say("paused until {at}", at=_at(until, now, words))


def _looked(looked: datetime | None, code: str, now: datetime, words: Words) -> str:
    """When it was last looked at; or since when it was not, and why."""
    at = _at(looked, now, words) if looked else ""
    if not code:
        return words.say("last looked {at}", at=at) if at else words.say("not looked yet")
    why = reason_of(code, words)
    if not at:
        return words.say("not checked yet: {why}", why=why)
    return words.say("not checked since {at}: {why}", at=at, why=why)


def _at(at: datetime, now: datetime, words: Words) -> str:
    """`20:14`, with the day when it is another."""
    day = words.day(at)
    return words.time(at) if day == words.day(now) else f"{day} {words.time(at)}"


def reason_of(code: str, words: Words) -> str:
    """Why there is no reading, by the code of the error that kept it away."""
    return words.say(WHYS.get(code, ANYTHING))


STATES = {
    AccountStatus.UNKNOWN: "not known yet",
    AccountStatus.OFFLINE: "offline",
    AccountStatus.SUSPECTED: "perhaps live",
    AccountStatus.LIVE: "live",
    AccountStatus.ENDING: "ending",
    AccountStatus.RESTRICTED: "age-restricted",
    AccountStatus.GONE: "not on TikTok",
}
ANYTHING = "something went wrong on the way"
WHYS = {
    "TIKTOK_LIMIT": "TikTok limits me",
    "TIKTOK_DOWN": "TikTok did not answer",
    "NO_TIKTOK": "TikTok is not asked here",
    "HANDLE": "TikTok does not know this name",
    "NAME_UNKNOWN": "TikTok knows no lives of this name",
    "STREAM_DOWN": "its live has no stream yet",
    "GONE": "TikTok does not know this name",
    "AGE": "TikTok shows it only to signed-in adults",
    "": ANYTHING,
}
"""Why there is no reading, by the code of the error."""
