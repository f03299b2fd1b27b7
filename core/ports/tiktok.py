"""TikTok as Earshot needs it: is somebody live, what happens there, where is the stream."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from core.model.account import Handle
from core.model.live import LiveEvent, Look


@dataclass(frozen=True)
class StreamAddress:
    """Where a live can be read now. It expires: ask for a fresh one before every open.

    `proxy` is an http proxy address or empty. `live` False: a file that ends by itself, read at `pace` times its speed
    (0: as fast as it goes, the reader waits for whoever takes the spans) from second `start` on, as near as its key
    pictures allow; its clock counts from the file's beginning.
    """

    url: str
    proxy: str = field(default="", repr=False)  # it may hold a password
    live: bool = True
    pace: float = 1.0
    start: float = 0.0


class Purpose(StrEnum):
    """What a stream is opened for: `sound` takes the least traffic, `clips` a picture that chat players show."""

    SOUND = "sound"
    CLIPS = "clips"


class LiveSource(Protocol):
    """Where lives come from. Every method raises Transient (unknown, try later), Missing (not there) or Denied (age, wall)."""

    async def look(self, handle: Handle) -> Look:
        """Whether `handle` is live, by its name. An error is never "offline"."""
        ...

    async def confirm(self, room: str) -> bool:
        """Whether `room` is live, by another reading than `look`'s."""
        ...

    def events(self, room: str) -> AsyncIterator[LiveEvent]:
        """What happens in `room`, in order, until the connection ends; a repeat after a reconnect keeps its ids."""
        ...

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """A fresh address of the room's stream. Raises Missing when the room is over."""
        ...


@dataclass(frozen=True)
class Profile:
    """An account as its page shows it. `tiktok_id` is TikTok's stable number."""

    handle: Handle
    tiktok_id: str
    name: str = ""
    followers: int | None = None
    about: str = ""
    private: bool = False


class Stills(Protocol):
    """TikTok's still pictures."""

    async def fetch(self, address: str, folder: Path, name: str = ...) -> Path | None:
        """The picture at `address` as a file in `folder` called `name` with the ending of its kind; None when there is none to
        be had, for whatever reason."""
        ...


class Profiles(Protocol):
    """What TikTok tells about accounts and rooms beside lives. Raises as LiveSource does."""

    async def profile(self, handle: Handle) -> Profile:
        """Its page. Raises Missing HANDLE (x) when TikTok says plainly that there is nobody of this name."""
        ...

    async def handle_of(self, tiktok_id: str) -> Handle:
        """The handle an account has now. Raises Missing GONE (name) when there is no such account any more."""
        ...

    async def alive(self, rooms: Sequence[str]) -> frozenset[str]:
        """Which of up to 50 rooms TikTok calls alive: only a hint to look, it has answered "alive" for every room."""
        ...
