"""Reviewing alerts: seen, listed, decided, relabelled, noted."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.asked import Asked
from bot.command import command
from bot.filters import again, moment, recalled
from bot.kinds import FIRST, UNSURE, Mark, Page, Sure, Text
from bot.paging import page_of
from bot.replies.common import Failed
from bot.replies.reviews import AlertHeard, AlertHistory, AlertList, AlertNoted, AlertRead, AlertShown, Relabelling
from bot.replies.search import FoundContext
from bot.reviews import Labels
from core.errors import Denied, Invalid, Missing
from core.model.account import Follow, Handle
from core.model.agreement import said_category, said_labels
from core.model.found import Source
from core.model.live import Live
from core.model.person import Role
from core.model.risk import Alert, Category, Kind, Verdict
from core.services.assessing import raised
from core.services.reviewing.deciding import handle_of
from core.services.reviewing.preserving import may_see


class Decision(StrEnum):
    """What a person may say to an alert."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REOPEN = "reopen"


VERDICTS = {
    Decision.CONFIRM: Verdict.CONFIRMED,
    Decision.DISMISS: Verdict.DISMISSED,
    Decision.REOPEN: Verdict.WAITING,
}


class What(StrEnum):
    """What a person may say an alert is."""

    NEUTRAL = "neutral"
    CONTROVERSIAL = "debate"
    VIRAL = "viral"
    HATEFUL = "hate"


CATEGORIES = {
    What.NEUTRAL: Category.NEUTRAL,
    What.CONTROVERSIAL: Category.CONTROVERSIAL,
    What.VIRAL: Category.VIRAL,
    What.HATEFUL: Category.HATEFUL,
}


@command("review next", Role.MODERATOR)
async def next_(asked: Asked) -> AlertShown:
    """The next alert waiting for a person"""
    found = await asked.house.reviewing.next(asked.place, asked.person)
    if found is None:
        raise Missing("NOTHING_WAITING")
    return AlertShown(raised(*found))


@command("review list", Role.MODERATOR)
async def list_(
    asked: Asked,
    state: Verdict | None = None,
    account: Follow | None = None,
    kind: Kind | None = None,
    since: datetime | None = None,
    page: Page = FIRST,
) -> AlertList:
    """Alerts: waiting, confirmed, dismissed"""
    handle = account.handle if account else None
    return await _listed(asked, state, handle, account.account_id if account else None, kind, since, page)


@command("review page", Role.MODERATOR, offered=False)
async def page_(asked: Asked, number: Text, page: Page = FIRST) -> AlertList:
    """Another page of a list that is narrowed by much"""
    raw = await recalled(asked, "review.list", number)
    state = Verdict(raw["state"]) if "state" in raw else None
    kind = Kind(raw["kind"]) if "kind" in raw else None
    since = datetime.fromisoformat(raw["since"]) if "since" in raw else None
    handle = Handle(raw["account"]) if "account" in raw else None
    async with asked.house.storage.reading() as work:
        account = await work.accounts.by_handle(handle) if handle else None
    if handle and account is None:  # renamed since
        raise Missing("NOT_FOUND", x=f"@{handle}")
    return await _listed(asked, state, handle, account.id if account else None, kind, since, page)


async def _listed(
    asked: Asked,
    state: Verdict | None,
    handle: Handle | None,
    account_id: int | None,
    kind: Kind | None,
    since: datetime | None,
    page: int,
) -> AlertList:
    found = await asked.house.reviewing.find(asked.place, state, account_id, kind, since)
    numbers, at, pages = page_of(found, page)
    rows = tuple(raised(*one) for one in await asked.house.reviewing.several(asked.place, list(numbers)))
    said = {"state": state, "account": handle, "kind": kind, "since": moment(since) if since else None}
    raw = {name: str(value) for name, value in said.items() if value}
    key = await again(asked, "review.list", "review.page", raw) if pages > 1 else "review.list"
    return AlertList(rows, at, pages, len(found), key, state, handle, kind, since)


@command("review show", Role.MODERATOR, offered=False)
async def show(asked: Asked, alert: Alert) -> AlertShown:
    """One alert as it stands"""
    async with asked.house.storage.reading() as work:
        return AlertShown(raised(alert, await handle_of(work, alert)))


@command("review read", Role.MODERATOR, offered=False)
async def read(asked: Asked, alert: Alert) -> AlertRead:
    """The words of an alert that its post keeps back"""
    privately(asked, alert)
    async with asked.house.storage.reading() as work:
        return AlertRead(raised(alert, await handle_of(work, alert), whole=True))


@command("review send", Role.MODERATOR, offered=False)
async def send(asked: Asked, post: Text) -> AlertShown:
    """Send a post about a live to review"""
    return AlertShown(raised(*await asked.house.reviewing.send(asked.place, post, asked.person)))


@command("review decide", Role.MODERATOR, in_place=True)
async def decide(
    asked: Asked, alert: Alert, verdict: Decision, note: Text | None = None, as_: Mark | None = None
) -> AlertShown | Failed:
    """Decide an alert with a note"""
    reviewing, late, said = asked.house.reviewing, asked.role >= Role.MANAGER, VERDICTS[verdict]
    deciding = reviewing.decide(asked.place, alert, said, asked.person, note or "", late=late, seen=as_ or "")
    return await _as_shown(asked, alert, deciding)


@command("review mute", Role.MODERATOR, offered=False, in_place=True)
async def mute(asked: Asked, alert: Alert, as_: Mark | None = None) -> AlertShown | Failed:
    """No alerts from the live of an alert for a while"""
    muting = asked.house.reviewing.decide(asked.place, alert, Verdict.MUTED, asked.person, seen=as_ or "")
    return await _as_shown(asked, alert, muting)


async def _as_shown(asked: Asked, alert: Alert, deciding: Awaitable[tuple[Alert, str]]) -> AlertShown | Failed:
    """The alert as it was decided; where it is not as its card showed it, the card as it has to be read before."""
    try:
        decided, handle = await deciding
        async with asked.house.storage.reading() as work:
            posts = await work.outbox.told_at(decided.place, f"risk:{decided.id}")
        return AlertShown(raised(decided, handle), posted=bool(posts))
    except Invalid as error:
        if error.code != "ALERT_CHANGED":
            raise
        async with asked.house.storage.reading() as work:
            now = await work.alerts.get(asked.place.id, alert.id) or alert
            return Failed(error.code, dict(error.values), anew=AlertShown(raised(now, await handle_of(work, now))))


@command("review second", Role.MODERATOR, offered=False, in_place=True)
async def second(asked: Asked, alert: Alert) -> AlertShown | Failed:
    """Have two people agree about an alert"""
    return await _as_shown(asked, alert, asked.house.reviewing.second(asked.place, alert, asked.person))


@command("review note", Role.MODERATOR, offered=False)
async def note(asked: Asked, alert: Alert, note: Text) -> AlertNoted:
    """Put a note on an alert"""
    await asked.house.reviewing.note(asked.place, alert, note, asked.person)
    return AlertNoted(alert.id, note)


@command("review relabel", Role.MODERATOR, offered=False)
async def relabel(
    asked: Asked,
    alert: Alert,
    what: What | None = None,
    labels: Labels | None = None,
    save: Sure = UNSURE,
    as_: Mark | None = None,
) -> Relabelling | AlertShown | Failed:
    """Say what an alert is"""
    category = CATEGORIES[what] if what else said_category(alert)
    chosen = tuple(labels) if labels is not None else tuple(sorted(said_labels(alert)))
    if save:
        relabel = asked.house.reviewing.relabel
        return await _as_shown(
            asked, alert, relabel(asked.place, alert, category, chosen, asked.person, seen=as_ or "")
        )
    async with asked.house.storage.reading() as work:
        shown = raised(alert, await handle_of(work, alert))
    return Relabelling(replace(shown, seen=as_ or shown.seen), category, chosen)


@command("review history", Role.MODERATOR, offered=False)
async def history(asked: Asked, alert: Alert) -> AlertHistory:
    """What was decided about an alert"""
    async with asked.house.storage.reading() as work:
        handle = await handle_of(work, alert)
    return AlertHistory(raised(alert, handle), tuple(await asked.house.reviewing.history(alert)))


@command("review hear", Role.MODERATOR, offered=False)
async def hear(asked: Asked, alert: Alert) -> AlertHeard:
    """The sound around an alert"""
    privately(asked, alert)
    async with asked.house.storage.reading() as work:
        handle = await handle_of(work, alert)
    return AlertHeard(raised(alert, handle), await asked.house.sampling.around(alert, whole=asked.whole))


@command("review context", Role.MODERATOR, offered=False)
async def context(asked: Asked, alert: Alert) -> FoundContext:
    """What was said and written around an alert"""
    privately(asked, alert)
    async with asked.house.storage.reading() as work:
        live: Live | None = await work.lives.seen_by(asked.place.id, alert.live_id) if alert.live_id else None
    if live is None:
        raise Missing("NO_CONTEXT", n=alert.id)
    second = alert.assessment.second
    source = Source.CHAT if alert.assessment.kind is Kind.CHAT else Source.LIVES
    around = await asked.house.searching.around(asked.place.id, live, second, source, whole=asked.whole)
    return FoundContext(live, second, around)


def privately(asked: Asked, alert: Alert) -> None:
    """What is about minors is shown to whom the place has named, and to nobody besides. Raises Denied NAMED_ONLY (n), ALONE."""
    may_see(asked.place, alert, asked.person)
    if alert.restricted:
        alone(asked)


def alone(asked: Asked) -> None:
    """Raises Denied ALONE where whoever is there reads every answer."""
    if not asked.alone:
        raise Denied("ALONE")
