"""What came of files of settings, what is kept and for how long, and clips that wait for room on the disk."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from bot.replies.accounts import ListBrought
from bot.replies.admin import CleanedUp
from bot.replies.keeping import ConfirmKeep, KeepingShown
from core.model.account import NO_RISK, Handle
from core.model.feed import OFF, Event
from core.model.keep import Kept, Matter
from core.model.person import Purpose, Two
from core.model.policy import Policy, Provider
from core.model.risk import Label
from core.model.tellable.finds import ClipSaved
from core.model.tellable.house import ClipsStopped
from core.services.adopting import Adopted, Left, Why
from core.services.carrying import Brought, Outcome
from core.services.declared import WantedRoute
from core.services.enacting import Enacted
from core.services.tidying import Tidied
from tests.house.settings_samples import CONSOLE, MANNERED, SERVER

LINED = replace(MANNERED, start_text="Soup tonight")
OTHER = replace(
    SERVER,
    language="en",
    time_zone="Asia/Tokyo",
    risk_threshold=NO_RISK,
    two=Two.SEVERE,
    clips_kept=timedelta(days=7),
    purpose=Purpose.NEWSROOM,
    address="",
    quiet_from=time(23),
    quiet_until=time(6),
)
ROUTES = tuple(WantedRoute(event, OFF if event is Event.HIT else "discord:902") for event in Event)
LEFTS = tuple(Left("channel", why, "discord:905", 12) for why in Why)
LAW = Policy("discord:1", region="france", provider=Provider.ENSEMBLE, sample=60)
LAX = Policy("discord:1", {Label.S3: 0.3}, chat=False, titles=False)
ROW = (("@amina", Outcome.FOLLOWED),)

KEPTS = (Kept(timedelta(days=30)), Kept(timedelta(days=1), timedelta(days=365), timedelta(days=30)))

KEEPING: tuple[Any, ...] = (
    ListBrought(Brought(ROW, 0, 0, 0, 9_500, 9_500), 7, 50),
    ListBrought(Brought(ROW, adopted=Adopted(LINED, OTHER, ROUTES, LEFTS)), 7, 50),
    ListBrought(Brought((), adopted=Adopted(OTHER, LINED)), 7, 50),
    ListBrought(
        Brought(
            (),
            adopted=Adopted(
                CONSOLE,
                CONSOLE,
                (WantedRoute(Event.RISK, "console:mods", Handle("amina.kitchen")),) * 40,
                (Left(Event.RISK, Why.ACCOUNT, "amina.kitchen"), Left("routes", Why.GIVEN)) * 20,
            ),
        ),
        7,
        50,
    ),
    ListBrought(Brought(ROW, enacted=Enacted(LAW, LAX, 3, 1, LEFTS)), 7, 50),
    ListBrought(Brought((), enacted=Enacted(LAX, LAW, 1, 0, LEFTS * 3)), 7, 50),
    *(KeepingShown(kept, 41, 760_000_000) for kept in KEPTS),
    KeepingShown(KEPTS[0], 0, 0),
    *(ConfirmKeep(matter, timedelta(days=days), n) for matter in Matter for days, n in ((1, 1), (30, 12))),
    CleanedUp(Tidied(3, 1_000, 2, 0, 8, 8, 12, 41_000)),
    ClipsStopped(1_400_000_000, 2_000_000_000),
    ClipSaved(0, 7, Handle("amina.kitchen"), "", "", 0.0, 0, 0, 0, "giveaway", "DISK"),
    ListBrought(Brought(ROW, 0, 2, password=True, needless=("source_name", "notifications_enabled")), 7, 50),
)
