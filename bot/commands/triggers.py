"""Keeping triggers."""

from datetime import timedelta

from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, Page, Text
from bot.paging import page_of
from bot.replies.triggers import TriggerAdded, TriggerBack, TriggerList, TriggerRemoved, TriggerTested
from core.model.account import Follow
from core.model.person import Role
from core.model.trigger import DEFAULT_COOLDOWN, MatchMode, Then, Trigger, Where


@command("trigger add", Role.MANAGER, records=True)
async def add(
    asked: Asked,
    word: Text,
    account: Follow | None = None,
    where: Where = Where.BOTH,
    match: MatchMode = MatchMode.WHOLE_WORD,
    then: Then = Then.BOTH,
    cooldown: timedelta = DEFAULT_COOLDOWN,
) -> TriggerAdded:
    """Do something when a word appears"""
    account_id, handle = (account.account_id, account.handle) if account else (None, None)
    async with asked.house.storage.work() as work:
        await work.places.ensure(asked.place)  # this may be the first that a place ever says
    arming = asked.house.arming
    made = await arming.add(Trigger(0, asked.place.id, word, account_id, handle, where, match, then, cooldown))
    count, examples = await arming.examples(asked.place.id, word, match, where, account_id)
    return TriggerAdded(made, count, tuple(examples[:3]))


@command("trigger remove", Role.MANAGER)
async def remove(asked: Asked, trigger: Trigger) -> TriggerRemoved:
    """Remove a trigger"""
    return TriggerRemoved(await asked.house.arming.remove(trigger))


@command("trigger undo", Role.MANAGER, offered=False)
async def remove_undo(asked: Asked, number: int) -> TriggerBack:
    """Bring a removed trigger back"""
    return TriggerBack(await asked.house.arming.restore(asked.place.id, number))


@command("trigger list", Role.MANAGER)
async def list_(asked: Asked, account: Follow | None = None, page: Page = FIRST) -> TriggerList:
    """Triggers here, with hits"""
    rows = await asked.house.arming.listed(asked.place.id, account.account_id if account else None)
    shown, at, pages = page_of(rows, page)
    return TriggerList(shown, len(rows), at, pages)


@command("trigger test", Role.MANAGER, records=True)
async def try_(
    asked: Asked, word: Text, match: MatchMode = MatchMode.WHOLE_WORD, account: Follow | None = None
) -> TriggerTested:
    """Which past lines would have fired?"""
    account_id = account.account_id if account else None
    count, examples = await asked.house.arming.examples(asked.place.id, word, match, account_id=account_id)
    return TriggerTested(word, match, count, tuple(examples))
