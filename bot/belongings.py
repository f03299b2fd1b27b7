"""What belongs to a place, found by what was typed, and suggested while typing."""

from typing import TYPE_CHECKING

from bot.card import Choice
from bot.transcripts import Told, is_video, video, videos
from core.errors import Denied, Missing
from core.model.account import Follow, Handle
from core.model.clip import Clip
from core.model.live import Live
from core.model.person import Purpose
from core.model.risk import Alert
from core.model.trigger import Trigger

if TYPE_CHECKING:
    from bot.asked import Asked

SUGGESTIONS = 25  # Discord's limit for one autocomplete answer


async def follow_of(text: str, asked: "Asked") -> Follow:
    handle = Handle.parse(text)
    async with asked.house.storage.reading() as work:
        follows = await work.follows.of_place(asked.place.id)
    for follow in follows:
        if follow.handle == handle:
            return follow
    raise Missing("NOT_FOUND", x=f"@{handle}")


async def follows(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        return [Choice(f"@{follow.handle}", follow.handle) for follow in await work.follows.of_place(asked.place.id)]


def number_in(text: str) -> int:
    word = text.strip().lstrip("#")
    if not word.isdecimal() or len(word) > 18:
        raise Missing("NOT_FOUND", x=text)
    return int(word)


async def trigger_of(text: str, asked: "Asked") -> Trigger:
    async with asked.house.storage.reading() as work:
        triggers = await work.triggers.of_place(asked.place.id)
    for trigger in triggers:
        if text.strip().lstrip("#") == str(trigger.id) or text.strip().casefold() == trigger.word.casefold():
            return trigger
    raise Missing("NOT_FOUND", x=text)


async def triggers(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        return [Choice(trigger.word, str(trigger.id)) for trigger in await work.triggers.of_place(asked.place.id)]


async def live_of(text: str, asked: "Asked") -> Live:
    """A number from a list, or a handle: then its latest live."""
    async with asked.house.storage.reading() as work:
        if not text.strip().lstrip("#").isdecimal():
            account = await work.accounts.by_handle(Handle.parse(text))
            lives = await work.lives.of_place(asked.place.id, account_id=account.id, limit=1) if account else []
            found = lives[0] if lives else None
        else:
            found = await work.lives.seen_by(asked.place.id, number_in(text))
    if found is None:
        raise Missing("NOT_FOUND", x=text)
    return found


async def lives(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        lives = await work.lives.of_place(asked.place.id, limit=SUGGESTIONS)
    words = asked.words
    return [
        Choice(f"@{live.handle} · {words.day(live.started)} {words.time(live.started)}", str(live.id)) for live in lives
    ]


async def told_of(text: str, asked: "Asked") -> Told:
    if not is_video(text) and asked.place.purpose is Purpose.NOTICES:
        raise Denied("NOTICES_ONLY", place=asked.place.name)
    return Told(await video(text, asked) if is_video(text) else await live_of(text, asked))


async def all_told(asked: "Asked") -> list[Choice]:
    return (await videos(asked) + await lives(asked))[:SUGGESTIONS]


async def clip_of(text: str, asked: "Asked") -> Clip:
    async with asked.house.storage.reading() as work:
        found = await work.clips.get(asked.place.id, number_in(text))
    if found is None:
        raise Missing("CLIP_NONE", x=text, n=asked.place.clips_kept.days)
    return found


async def clips(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        return [
            Choice(clip.shown, str(clip.id)) for clip in await work.clips.of_place(asked.place.id, limit=SUGGESTIONS)
        ]


async def alert_of(text: str, asked: "Asked") -> Alert:
    async with asked.house.storage.reading() as work:
        found = await work.alerts.get(asked.place.id, number_in(text))
    if found is None:
        raise Missing("NOT_FOUND", x=text)
    return found


async def alerts(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        alerts = await work.alerts.waiting(asked.place.id, SUGGESTIONS)
    return [Choice(f"#{alert.id} · {alert.assessment.score:.2f}", str(alert.id)) for alert in alerts]
