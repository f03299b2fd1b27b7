"""Searching, and what stands around what was found."""

from datetime import datetime
from enum import StrEnum

from bot.asked import Asked
from bot.command import command
from bot.filters import again, moment, recalled
from bot.kinds import FIRST, Page, Text
from bot.paging import page_of
from bot.queries import Query
from bot.replies.search import FoundContext, SearchFound
from bot.transcripts import Told
from core.errors import Denied
from core.model.account import Handle
from core.model.found import Source
from core.model.person import Purpose, Role
from core.services.searching import excerpt


class In(StrEnum):
    """Where to look."""

    ALL = "all"
    VIDEOS = "videos"
    LIVES = "lives"
    CHAT = "chat"

    @property
    def sources(self) -> tuple[Source, ...]:
        """As the search has it."""
        return tuple(Source) if self is In.ALL else (Source(self.value),)


@command("search")
async def search(
    asked: Asked,
    words: Query,
    account: Handle | None = None,
    in_: In = In.ALL,
    since: datetime | None = None,
    page: Page = FIRST,
) -> SearchFound:
    """Find words in transcripts, chats and lives"""
    sources = in_.sources
    if asked.place.purpose is Purpose.NOTICES:  # nothing of lives is recorded for it
        sources = tuple(source for source in sources if source is Source.VIDEOS)
        if not sources:
            raise Denied("NOTICES_ONLY", place=asked.place.name)
    find, reader = asked.house.searching.find, asked.person.id if asked.alone else ""  # nobody's own where all read it
    found = await find(asked.place.id, reader, words, sources, account, since, whole=asked.whole)
    rows, at, pages = page_of(found.rows, page)
    excerpts = tuple(excerpt(row, found.terms) for row in rows)
    tell = asked.role >= Role.MANAGER and len(found.terms) == 1 and asked.place.purpose is not Purpose.NOTICES
    anew = await _again(asked, words, account, in_, since) if pages > 1 else "search"
    several = len(found.terms) > 1
    return SearchFound(
        words, excerpts, len(found.rows), found.more, at, pages, sources, account, since, several, tell, anew
    )


async def _again(asked: Asked, words: str, account: Handle | None, in_: In, since: datetime | None) -> str:
    """The key that asks for the same; what finds no room in one is remembered for a day."""
    raw = {"words": words}
    raw |= {"account": str(account)} if account else {}
    raw |= {"in": in_.value} if in_ is not In.ALL else {}
    raw |= {"since": moment(since)} if since else {}
    return await again(asked, "search", "found.page", raw)


@command("found page", offered=False)
async def page_(asked: Asked, number: Text, page: Page = FIRST) -> SearchFound:
    """Another page of a search with many words"""
    raw = await recalled(asked, "search", number)
    account = Handle(raw["account"]) if "account" in raw else None
    since = datetime.fromisoformat(raw["since"]) if "since" in raw else None
    return await search.call(asked, Query(raw["words"]), account, In(raw.get("in", In.ALL)), since, page)  # type: ignore[no-any-return]


@command("found context", offered=False)
async def context(asked: Asked, transcript: Told, at: int, source: Source) -> FoundContext:
    """What was said and written around a line, `at` milliseconds"""
    of, whole = transcript.of, asked.whole
    around = await asked.house.searching.around(asked.place.id, of, at / 1000, source, whole=whole)
    return FoundContext(of, at / 1000, around)
