"""Keeping triggers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.asked import Asked
from bot.belongings import Scope
from bot.command import command
from bot.kinds import FIRST, Page, Text
from bot.paging import page_of
from bot.replies.common import Failed
from bot.replies.triggers import (
    TriggerAdded,
    TriggerBack,
    TriggerEdited,
    TriggerList,
    TriggerRemoved,
    TriggersAdded,
    TriggersGone,
    TriggerShown,
    TriggerTested,
)
from core.model.account import Follow
from core.model.person import Role
from core.model.trigger import DEFAULT_COOLDOWN, MatchMode, Then, Trigger, Where
from core.services.arming import several, words_in


@command("trigger add", Role.MANAGER, records=True)
async def add(
    asked: Asked,
    word: Text,
    account: Follow | None = None,
    where: Where = Where.BOTH,
    match: MatchMode = MatchMode.WHOLE_WORD,
    then: Then = Then.BOTH,
    cooldown: timedelta = DEFAULT_COOLDOWN,
) -> TriggerAdded | TriggersAdded:
    """Do something when a word appears"""
    account_id, handle = (account.account_id, account.handle) if account else (None, None)
    async with asked.house.storage.work() as work:
        await work.places.ensure(asked.place)  # this may be the first that a place ever says
    arming, words = asked.house.arming, words_in(word, match)
    wanted = Trigger(0, asked.place.id, words[0], account_id, handle, where, match, then, cooldown)
    if len(words) > 1:
        armed = await arming.add_all(asked.place.id, several(wanted, words))
        refused = tuple((one.word, Failed(one.error.code, dict(one.error.values))) for one in armed.refused)
        numbers = [trigger.id for trigger in armed.made] or [0]
        return TriggersAdded(armed.made, refused, min(numbers), max(numbers))
    made = await arming.add(wanted)
    return TriggerAdded(made, await arming.examples(asked.place.id, made.word, match, where, account_id))


@command("trigger takeback", Role.MANAGER, offered=False)
async def takeback(asked: Asked, first: int, last: int) -> TriggersGone:
    """Take back the triggers of a list"""
    return TriggersGone(len(await asked.house.arming.remove_all(asked.place.id, first, last)))


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
    return TriggerList(shown, len(rows), at, pages, account.handle if account else None)


@command("trigger edit", Role.MANAGER)
async def edit(
    asked: Asked,
    trigger: Trigger,
    account: Scope | None = None,
    where: Where | None = None,
    match: MatchMode | None = None,
    then: Then | None = None,
    cooldown: timedelta | None = None,
) -> TriggerEdited | TriggerShown:
    """Change a trigger"""
    given: dict[str, Any] = {"where": where, "match": match, "then": then, "cooldown": cooldown}
    wanted = {name: value for name, value in given.items() if value is not None}
    if account is not None:
        wanted |= {"account_id": account.account_id, "handle": account.handle}
    if replace(trigger, **wanted) == trigger:
        return TriggerShown(trigger)
    return TriggerEdited(trigger, await asked.house.arming.edit(trigger, **wanted))


@command("trigger test", Role.MANAGER, records=True)
async def try_(
    asked: Asked, word: Text, match: MatchMode = MatchMode.WHOLE_WORD, account: Follow | None = None
) -> TriggerTested:
    """Which past lines would have fired?"""
    account_id = account.account_id if account else None
    tried = await asked.house.arming.examples(asked.place.id, word, match, account_id=account_id)
    return TriggerTested(word, match, tried)
