"""How a place wants short texts judged: labels, chats, titles and comments, and words of its own."""

import asyncio
from dataclasses import replace
from typing import Any

from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, Page, Share, Text
from bot.paging import page_of
from bot.replies.moderation import (
    LabelShown,
    LabelsShown,
    PolicyChanged,
    RegionsShown,
    RuleRemoved,
    RuleShown,
    RulesShown,
    TextsShown,
    ThresholdChanged,
)
from bot.replies.settings import RiskShown
from core.errors import Invalid, Missing
from core.model.account import NO_RISK
from core.model.pack import DEFAULT
from core.model.person import Role
from core.model.policy import SAMPLES, Provider, Severity, WordRule
from core.model.risk import Label
from core.model.trigger import MatchMode


@command("settings risk", Role.MANAGER, offered=False)
async def risk(asked: Asked, from_: Share | None = None) -> RiskShown | ThresholdChanged:
    """From which score on this place is alerted"""
    if from_ is None:
        return await panel(asked)
    after = await asked.house.settling.change(asked.place, asked.person, risk_threshold=float(from_))
    return ThresholdChanged(asked.place, after)


@command("settings labels", Role.MANAGER, offered=False)
async def labels(asked: Asked) -> LabelsShown:
    """Which labels count here"""
    return LabelsShown(await asked.house.texts.ruling.policy(asked.place.id))


@command("settings label", Role.MANAGER, offered=False)
async def label(asked: Asked, label: Label, from_: Share | None = None) -> LabelShown | PolicyChanged:
    """From where on a label counts here"""
    if from_ is None:
        return LabelShown(await asked.house.texts.ruling.policy(asked.place.id), label)
    limit = None if from_ >= NO_RISK else float(from_)
    changed = await asked.house.texts.ruling.limit(asked.place, asked.person, label, limit)
    return PolicyChanged(changed.before, changed.after, asked.house.texts.weighing.judges)


@command("settings texts", Role.MANAGER, offered=False)
async def texts(
    asked: Asked,
    chat: bool | None = None,
    titles: bool | None = None,
    judge: Provider | None = None,
    sample: int | None = None,
) -> TextsShown | PolicyChanged:
    """Which short texts are judged here, and by whom"""
    given: dict[str, Any] = {"chat": chat, "titles": titles, "provider": judge}
    if sample is not None:
        given["sample"] = min(SAMPLES, key=lambda one: abs(one - sample))
    wanted = {name: value for name, value in given.items() if value is not None}
    if not wanted:
        return TextsShown(await asked.house.texts.ruling.policy(asked.place.id), asked.house.texts.weighing.judges)
    changed = await asked.house.texts.ruling.change(asked.place, asked.person, **wanted)
    return PolicyChanged(changed.before, changed.after, asked.house.texts.weighing.judges)


@command("settings region", Role.MANAGER, offered=False)
async def region(asked: Asked, region: Text | None = None) -> RegionsShown | PolicyChanged:
    """Which region's expressions the models are told of"""
    packs = (await asyncio.to_thread(asked.house.packs)).known
    if region is None:
        return RegionsShown(await asked.house.texts.ruling.policy(asked.place.id), packs)
    name = region.strip().lower()
    if name not in {pack.name for pack in packs}:
        raise Invalid("REGION", x=region, list=", ".join(pack.name for pack in packs))
    changed = await asked.house.texts.ruling.change(asked.place, asked.person, region="" if name == DEFAULT else name)
    return PolicyChanged(changed.before, changed.after, asked.house.texts.weighing.judges)


@command("settings words", Role.MANAGER, offered=False)
async def words(asked: Asked, page: Page = FIRST) -> RulesShown:
    """The words this place looks for in chats, titles and comments"""
    rows = await asked.house.texts.ruling.rules(asked.place.id)
    shown, at, pages = page_of(rows, page)
    return RulesShown(shown, len(rows), at, pages)


@command("settings word", Role.MANAGER, offered=False)
async def word(
    asked: Asked, word: Text, severity: Severity = Severity.HOLD, match: MatchMode = MatchMode.WHOLE_WORD
) -> RuleShown:
    """Look for a word in chats, titles and comments"""
    rule = await asked.house.texts.ruling.add(
        asked.place, asked.person, WordRule(0, asked.place.id, word, match, severity)
    )
    return RuleShown(rule, new=True)


@command("settings rule", Role.MANAGER, offered=False)
async def rule(
    asked: Asked, number: int, severity: Severity | None = None, match: MatchMode | None = None
) -> RuleShown:
    """Show or change a word rule"""
    known = next((one for one in await asked.house.texts.ruling.rules(asked.place.id) if one.id == number), None)
    if known is None:
        raise Missing("NOT_FOUND", x=f"#{number}")
    given: dict[str, Any] = {"severity": severity, "match": match}
    wanted = {name: value for name, value in given.items() if value is not None}
    if replace(known, **wanted) == known:
        return RuleShown(known)
    return RuleShown(await asked.house.texts.ruling.edit(asked.person, known, **wanted), known)


@command("settings unword", Role.MANAGER, offered=False)
async def unword(asked: Asked, number: int) -> RuleRemoved:
    """Look for a word no longer"""
    return RuleRemoved(await asked.house.texts.ruling.remove(asked.place.id, asked.person, number))


@command("settings reword", Role.MANAGER, offered=False)
async def reword(asked: Asked, number: int) -> RuleShown:
    """Look for a removed word again"""
    return RuleShown(await asked.house.texts.ruling.restore(asked.place.id, asked.person, number))


async def panel(asked: Asked) -> RiskShown:
    """The section of the settings."""
    texts, place = asked.house.texts, asked.place
    rules = await texts.ruling.rules(place.id)
    return RiskShown(place, await texts.ruling.policy(place.id), len(rules), texts.weighing.judges)
