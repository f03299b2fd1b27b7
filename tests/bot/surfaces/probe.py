"""Three commands to try a surface with, on the real kernel: one that suggests, one that asks and undoes, one that takes a while.

The storage is a small double that keeps follows in a list; cards are the product's own except the finished transcript.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

from bot.asked import Asked
from bot.card import Button, Card, Quote, Tone
from bot.cards import draw
from bot.command import command, key
from bot.house import House
from bot.kernel import Kernel
from bot.kinds import UNSURE, Sure, Text
from bot.replies.accounts import ConfirmUnfollow, FollowBack, Unfollowed
from bot.replies.common import Working
from bot.wording import Words
from core.model.account import Follow, Handle
from core.model.person import Person, Place, Role

NOW = datetime(2026, 11, 20, 20, 14, tzinfo=UTC)
PLACE = Place("console:1", "The kitchen")


@dataclass
class Shelf:
    """Follows of one place, as storage gives them; what is removed can come back."""

    rows: list[Follow] = field(default_factory=list)
    gone: list[Follow] = field(default_factory=list)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        """A unit of work with nothing but follows."""
        yield self

    @property
    def follows(self) -> "Shelf":
        """Itself."""
        return self

    async def of_place(self, place: str) -> list[Follow]:
        """All of them."""
        return list(self.rows)


@dataclass(frozen=True)
class ProbeHouse:
    """As much of a house as the three commands reach."""

    storage: Shelf


@dataclass(frozen=True)
class Added:
    """A follow was made."""

    follow: Follow


@dataclass(frozen=True)
class Transcribed:
    """A video as text."""

    title: str
    text: str
    number: int


@draw.register
def added(meaning: Added, words: Words) -> Card:
    """What happens next."""
    title = words.line("**@{x} is followed now.**", x=meaning.follow.handle)
    return Card(title, buttons=((Button("Unfollow", key("unfollow", meaning.follow.handle)),),), tone=Tone.GOOD)


@draw.register
def transcribed(meaning: Transcribed, words: Words) -> Card:
    """The words themselves."""
    buttons = ((Button("Full text", key("transcript.open", meaning.number)),),)
    return Card(words.line("**{x}**", x=meaning.title), quotes=(Quote(meaning.text, folded=True),), buttons=buttons)


@command("follow", Role.MANAGER)
async def follow(asked: Asked, account: Handle, transcript: bool = True) -> Added:
    """Follow a TikTok account and post its lives here"""
    made = follow_of(len(_shelf(asked).rows) + 1, account, asked.address)
    _shelf(asked).rows.append(replace(made, transcript=transcript))
    return Added(made)


@command("unfollow", Role.MANAGER)
async def unfollow(asked: Asked, account: Follow, sure: Sure = UNSURE) -> ConfirmUnfollow | Unfollowed:
    """Stop following an account"""
    if not sure:
        return ConfirmUnfollow(account)
    _shelf(asked).rows.remove(account)
    _shelf(asked).gone.append(account)
    return Unfollowed(account)


@command("unfollow undo", Role.MANAGER, offered=False)
async def unfollow_undo(asked: Asked, number: int) -> FollowBack:
    """Follow an account again"""
    back = next(one for one in _shelf(asked).gone if one.id == number)
    _shelf(asked).gone.remove(back)
    _shelf(asked).rows.append(back)
    return FollowBack(back)


@command("transcribe")
async def transcribe(asked: Asked, link: Text) -> Working:
    """Turn a TikTok video into text"""
    return working(0.1)


KERNEL = Kernel((follow, unfollow, unfollow_undo, transcribe))


def working(share: float) -> Working:
    """The moving post of a transcription."""
    steps = (("found", "done"), ("downloaded", "done"), ("speech to text", "now"))
    return Working("Transcribing @amina · 2:31 video", steps, share, 20 * (1 - share), 2, "job.cancel:7")


def follow_of(number: int, handle: str, address: str = "console:1/2") -> Follow:
    """A follow as it is stored."""
    return Follow(number, PLACE.id, number, Handle(handle), address, NOW)


def asked_by(shelf: Shelf, role: Role = Role.MANAGER, language: str = "en") -> Asked:
    """Somebody of the place with a right."""
    person = Person("console:9", "Karim", language)
    return Asked(cast(House, ProbeHouse(shelf)), person, PLACE, role, "console:1/2")


def _shelf(asked: Asked) -> Shelf:
    return cast(Shelf, asked.house.storage)
