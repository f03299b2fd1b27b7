"""What belongs to a place, found by what was typed, and suggested while typing."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.card import Choice
from bot.transcripts import Told, is_video, video, videos
from core.errors import Denied, Invalid, Missing
from core.model.account import Follow, Handle
from core.model.clip import Clip
from core.model.live import Live
from core.model.person import Purpose
from core.model.risk import Alert
from core.model.trigger import Trigger

if TYPE_CHECKING:
    from bot.asked import Asked

ALL_ACCOUNTS = frozenset({"all", "all accounts", "tous", "tous les comptes"})
SUGGESTIONS = 25  # Discord's limit for one autocomplete answer
NAMED = 500  # clips whose names are looked through while somebody types


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
    """By its number, or by its word; where several have the word it has to be the number."""
    async with asked.house.storage.reading() as work:
        triggers = await work.triggers.of_place(asked.place.id)
    word, number = text.strip().casefold(), text.strip().lstrip("#")
    found = [trigger for trigger in triggers if number == str(trigger.id)]
    found = found or [trigger for trigger in triggers if word == trigger.word.casefold()]
    if not found:
        raise Missing("NOT_FOUND", x=text)
    if len(found) > 1:
        raise Invalid("TRIGGER_MANY", x=found[0].word, list=", ".join(f"#{one.id}" for one in found[:SUGGESTIONS]))
    return found[0]


async def triggers(asked: "Asked") -> list[Choice]:
    """Each by its word and account; those that are alike by their numbers too."""
    async with asked.house.storage.reading() as work:
        triggers = await work.triggers.of_place(asked.place.id)
    names = {one.id: f"{one.word} · @{one.handle}" if one.handle else one.word for one in triggers}
    counts = Counter(names.values())
    return [Choice(f"#{number} · {name}" if counts[name] > 1 else name, str(number)) for number, name in names.items()]


@dataclass(frozen=True)
class Scope:
    """What a trigger listens to: one account, or all that are followed here."""

    account_id: int | None = None
    handle: Handle | None = None


async def scope_of(text: str, asked: "Asked") -> Scope:
    if text.strip().lower() in ALL_ACCOUNTS:
        return Scope()
    follow = await follow_of(text, asked)
    return Scope(follow.account_id, follow.handle)


async def scopes(asked: "Asked") -> list[Choice]:
    return [Choice(asked.words.say("all accounts"), "all"), *await follows(asked)]


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
    """Its number in a list, or the name people see."""
    word = text.strip().lstrip("#")
    async with asked.house.storage.reading() as work:
        found = await work.clips.get(asked.place.id, number_in(word)) if word.isdecimal() else None
        found = found or await work.clips.named(asked.place.id, text.strip())
    if found is None and word.isdecimal():  # the number of a post, or of a list of some days ago
        raise Missing("CLIP_NONE", x=text, n=asked.place.clips_kept.days)
    if found is None:
        raise Missing("NOT_FOUND", x=text)
    return found


async def clips(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        return [Choice(clip.shown, str(clip.id)) for clip in await work.clips.of_place(asked.place.id, limit=NAMED)]


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
