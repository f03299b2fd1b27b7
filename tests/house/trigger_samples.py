"""One of everything that is drawn about triggers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

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
from core.model.account import Handle
from core.model.live import Live
from core.model.trigger import MatchMode, Then, Trigger, Where
from core.services.rehearsing import Example, Rehearsal

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
HANDLE = Handle("amina.kitchen")
LIVE = Live(7, 7, HANDLE, ("7301",), "Dinner for six", NOW - timedelta(minutes=48))
TRIGGER = Trigger(7, "console:here", "giveaway", 7, HANDLE, hits=3)
EXAMPLE = Example(LIVE, NOW, "a giveaway tonight", 2, 10, "bob")
FULL = Failed("TRIGGER_LIMIT", {"m": 500})
TRIED = Rehearsal(2, 3, 412, True, (EXAMPLE,) * 5)
OTHER = replace(
    TRIGGER,
    account_id=None,
    handle=None,
    where=Where.SPEECH,
    match=MatchMode.DISGUISED,
    then=Then.MARK,
    cooldown=timedelta(minutes=5),
)

TRIGGERS: tuple[Any, ...] = (
    TriggerAdded(TRIGGER, TRIED),
    TriggerAdded(OTHER, Rehearsal()),
    TriggersAdded(
        (TRIGGER, OTHER),
        (("win", Failed("TRIGGER_THERE", {"x": "win", "n": 7})), ("...", Failed("WORD", {"reason": "it is empty"}))),
        7,
        8,
    ),
    TriggersAdded((TRIGGER,) * 40, (("free", FULL),) * 40, 7, 46),
    TriggersAdded((), (("free", FULL),) * 2),
    TriggersGone(12),
    TriggerBack(TRIGGER),
    TriggerShown(TRIGGER),
    TriggerShown(OTHER),
    TriggerEdited(TRIGGER, OTHER),
    TriggerList((TRIGGER, OTHER) * 2, 7, 1, 2),
    TriggerList((TRIGGER,) * 5, 17, 2, 4, HANDLE),
    TriggerRemoved(TRIGGER),
    TriggerTested("giveaway", MatchMode.WHOLE_WORD, replace(TRIED, count=1, places=1)),
    TriggerTested("giveaway", MatchMode.PATTERN, replace(TRIED, lines=20_000, whole=False)),
)
