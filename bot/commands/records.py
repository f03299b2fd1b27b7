"""What stays of reviewing: agreement, evidence, who did what; and what would be said of a text."""

from datetime import datetime
from enum import StrEnum

from bot.asked import Asked
from bot.cards.terms import CATEGORIES, LABELS, term
from bot.command import command
from bot.commands.reviews import alone
from bot.filters import again, moment, recalled
from bot.kinds import FIRST, Page, Text
from bot.paging import PAGE
from bot.replies.records import AuditFile, AuditList, EvidenceFile, EvidenceShown, StatsShown, TextTried
from bot.reviews import Doer
from core.errors import Denied
from core.model.account import Follow
from core.model.person import Role
from core.model.risk import Alert
from core.services.reviewing.preserving import may_see


class Do(StrEnum):
    """What to do with evidence."""

    KEEP = "keep"
    VERIFY = "verify"
    EXPORT = "export"
    RELEASE = "release"


@command("review stats", Role.MODERATOR)
async def stats(asked: Asked, since: datetime | None = None, account: Follow | None = None) -> StatsShown:
    """How the model and people agree"""
    words = asked.words
    found, start = await asked.house.agreeing.of(asked.place, since, account.account_id if account else None)

    def named(name: str) -> str:
        return term({**CATEGORIES, **LABELS}, name, words)

    legend = (words.say("both"), words.say("the judge alone"), words.say("people alone"))
    title = words.say("The judge and people")
    plot = await asked.house.agreeing.plot(asked.place, found, title, legend, named)
    return StatsShown(found, start, account.handle if account else None, plot)


@command("review evidence", Role.MODERATOR)
async def evidence(asked: Asked, alert: Alert, do: Do) -> EvidenceShown | EvidenceFile:
    """Freeze, verify or hand out the evidence of an alert"""
    preserving = asked.house.preserving
    if do is Do.KEEP:
        return EvidenceShown(await preserving.keep(asked.place, alert, asked.person))
    if do is Do.VERIFY:
        return EvidenceShown(*await preserving.verify(asked.place, alert))
    if asked.role < Role.MANAGER:
        raise Denied("NO_RIGHT", role="manager", place=asked.place.name)
    if do is Do.RELEASE:
        return EvidenceShown(await preserving.release(asked.place, alert, asked.person))
    alone(asked)
    held, guarded = await preserving.of(asked.place, alert), await preserving.guarded(alert)
    may_see(asked.place, alert, asked.person, held, guarded=guarded)
    return EvidenceFile(*await preserving.export(asked.place, alert, asked.person))


@command("review audit", Role.MODERATOR)
async def audit(
    asked: Asked, person: Doer | None = None, since: datetime | None = None, page: Page = FIRST
) -> AuditList:
    """Who did what here, newest first"""
    return await _audit(asked, person, since, page)


@command("audit page", Role.MODERATOR, offered=False)
async def audit_page(asked: Asked, number: Text, page: Page = FIRST) -> AuditList:
    """Another page of what somebody did"""
    raw = await recalled(asked, "review.audit", number)
    since = datetime.fromisoformat(raw["since"]) if "since" in raw else None
    return await _audit(asked, Doer(raw.get("person", "")) or None, since, page)


async def _audit(asked: Asked, person: Doer | None, since: datetime | None, page: int) -> AuditList:
    auditing = asked.house.auditing
    rows, more = await auditing.page(asked.place, person or "", since, page, PAGE)
    raw = ({"person": str(person)} if person else {}) | ({"since": moment(since)} if since else {})
    key = await again(asked, "review.audit", "audit.page", raw)
    async with asked.house.storage.reading() as work:
        name = dict(await work.audit.people(asked.place.id)).get(person, person) if person else ""
    broken = await auditing.broken(asked.place)
    return AuditList(rows, page, more, key, name, since, broken, asked.role >= Role.MANAGER and bool(rows))


@command("audit table", Role.MANAGER, offered=False)
async def audit_table(asked: Asked) -> AuditFile:
    """Who did what here, as a table"""
    alone(asked)
    return AuditFile(await asked.house.auditing.table(asked.place, "", None))


@command("review test", Role.MODERATOR)
async def test(asked: Asked, text: Text) -> TextTried:
    """What would the model say to this text?"""
    return TextTried(await asked.house.trying.of(text, asked.person.language, asked.place.id))
