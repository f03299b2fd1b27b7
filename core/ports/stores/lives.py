"""What is remembered of lives: what was said and written in them, and what happened to their watches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.model.account import Account
from core.model.diary import DiaryKind, Entry
from core.model.live import ChatMessage, Live, LiveEvent, LiveStatus, Look, Standing
from core.model.transcript import Gap, Segment, Sound


class Lives(Protocol):
    """Lives, and which places may see them."""

    async def begin(self, account: Account, look: Look, places: Sequence[str]) -> tuple[Live, tuple[str, ...]]:
        """The live of `look.room`, and those of `places` that see it for the first time. Keyed on the room: a live that
        is stored already stays one live, over restarts too; new places may be added to it at any time."""
        ...

    async def add_room(self, live_id: int, room: str) -> Live:
        """The host came back in another room within the same live."""
        ...

    async def in_room(self, room: str) -> Live | None:
        """The live that has or had this room."""
        ...

    async def set_title(self, live_id: int, title: str) -> Live: ...

    async def set_status(self, live_id: int, status: LiveStatus, ended: datetime | None = None) -> Live: ...

    async def get(self, live_id: int) -> Live | None:
        """For the inside of Earshot; people's questions go through `seen_by`."""
        ...

    async def seen_by(self, place: str, live_id: int) -> Live | None: ...

    async def running(self) -> list[Live]:
        """Live or lost, in all places."""
        ...

    async def of_place(
        self,
        place: str,
        *,
        account_id: int | None = None,
        since: datetime | None = None,
        running: bool = False,
        limit: int = 50,
    ) -> list[Live]: ...

    async def places_of(self, live_id: int) -> list[str]: ...

    async def standings(self, live_id: int) -> list[Standing]:
        """Of every place that may see the live."""
        ...

    async def stand(self, live_id: int, standing: Standing) -> bool:
        """Set how a place stands to a live; bumps the revision `follows`. False when the place may not see the live."""
        ...

    async def begun(self, account_ids: Sequence[int], since: datetime) -> list[tuple[int, datetime, str]]:
        """(account, when it began, room) for every room of their lives that began since then, in the order they were stored."""
        ...

    async def viewers(self, live_id: int, *, start: float = 0.0, end: float | None = None) -> list[tuple[float, int]]:
        """(second, viewers), oldest first."""
        ...

    async def remove(self, live_id: int, at_most: int = 2000) -> bool:
        """Delete up to `at_most` of a live's lines; once none is left, the live and all that speaks of it, and True.

        Call it again until then, each time in a transaction of its own. Files of its clips are the caller's.
        """
        ...


class Transcripts(Protocol):
    """Segments and gaps of lives."""

    async def add(self, live_id: int, parts: Sequence[Segment | Gap]) -> None:
        """Stored and searchable in this transaction. A segment that starts where one is stored replaces it."""
        ...

    async def of_live(self, live_id: int, *, start: float = 0.0, end: float | None = None) -> list[Segment | Gap]:
        """What begins in that time, oldest first. For the inside of Earshot, and for who is named; what others read comes from
        `shown_to`."""
        ...

    async def shown_to(
        self, place: str, live_id: int, *, start: float = 0.0, end: float | None = None
    ) -> list[Segment | Gap]:
        """The same as `place` may read it: pieces that may be about minors are WITHHELD, without their words."""
        ...

    async def withheld(
        self, place: str, live_id: int, *, start: float = 0.0, end: float | None = None
    ) -> list[tuple[float, float]]:
        """(start, end) of those pieces, as far as they reach into that time, oldest first."""
        ...

    async def last(self, live_id: int, limit: int, *, skip: int = 0) -> list[Segment]:
        """The newest segments but for so many, newest first."""
        ...


class Sounds(Protocol):
    """The sound of spans that have no words yet."""

    async def keep(self, sound: Sound) -> Sound:
        """`sound.id` is ignored; one that starts at the same second of the live is replaced."""
        ...

    async def oldest(self, limit: int, after: int = 0) -> list[Sound]:
        """With a number above `after`, oldest first."""
        ...

    async def of_live(self, live_id: int) -> tuple[int, float]:
        """How many, and how many seconds in all."""
        ...

    async def seconds(self) -> float:
        """Of all that is kept."""
        ...

    async def remove(self, sound_id: int) -> None: ...


class Chats(Protocol):
    """What happened in a live's chat, as stored by the hot writer."""

    async def of_live(
        self, live_id: int, *, start: float = 0.0, end: float | None = None, place: str = "", lines: bool = True
    ) -> list[tuple[float, LiveEvent]]:
        """(second, event), oldest first; without `lines` nothing that was written. A chatter's id is what `place` knows the person
        by, over all its lives and in no other place; empty without a place."""
        ...

    async def last(
        self, live_id: int, limit: int, *, place: str = "", skip: int = 0
    ) -> list[tuple[float, ChatMessage]]:
        """The newest lines but for so many, newest first; chatters as in `of_live`."""
        ...

    async def withheld(self, place: str, live_id: int) -> list[str]:
        """Quotes of what was written there and may be about minors, each once: `place` is shown no line that says the same (see
        `Quotes`)."""
        ...

    async def counts(self, live_id: int) -> dict[str, int]:
        """How many events of each kind (`chat`, `gift`, `like`, `join`, `follow`, `share`)."""
        ...


class Diary(Protocol):
    """What happened to the watches of lives, and the marks people put in them."""

    async def add(self, entry: Entry) -> Entry:
        """`entry.id` is ignored."""
        ...

    async def of_live(self, place: str, live_id: int, limit: int = 500) -> list[Entry]:
        """What is for every place, and the place's own; newest first. That it may see the live is the caller's to know."""
        ...

    async def of_kinds(self, place: str, live_id: int, *kinds: DiaryKind) -> list[Entry]:
        """All of these kinds that are for every place, and the place's own, however much else there is; newest first."""
        ...

    async def last(self, live_id: int, *kinds: DiaryKind) -> Entry | None:
        """The newest entry of these kinds, whoever it is for."""
        ...
