"""What is set in a place, and how it is changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from bot.asked import Asked
from bot.channels import PingRole
from bot.clean import typed
from bot.command import command
from bot.commands import alerts, deciding, keeping, looks, moderation, partners
from bot.commands.digests import panel as digest_panel
from bot.commands.looks import Plots
from bot.commands.quiet import panel as quiet_panel
from bot.commands.quiet import quieted
from bot.commands.setup import NO_STEP, step_of
from bot.kinds import Page
from bot.manners import Hours, Keep, StartLine
from bot.replies.alerts import AlertsShown
from bot.replies.looks import LooksShown
from bot.replies.settings import (
    ChannelsShown,
    FeedShown,
    LanguageShown,
    PurposeShown,
    SettingsShown,
    WhoShown,
)
from bot.replies.setup import SetupShown
from bot.routes import Route, Someone, Zone
from core.errors import Missing
from core.model.account import Follow
from core.model.feed import OFF, Event
from core.model.keep import Matter
from core.model.person import Place, Purpose, Role, Two
from core.services.feeding import OF_ACCOUNTS


class Section(StrEnum):
    """What can be set, one panel each."""

    CHANNELS = "channels"
    ALERTS = "alerts"
    RISK = "risk"
    LANGUAGE = "language and time"
    QUIET = "quiet hours"
    DIGEST = "digest"
    KEEPING = "keeping data"
    LOOKS = "looks"
    WHO = "who may do what"
    PARTNERS = "linked places"
    PURPOSE = "purpose"


class Tongue(StrEnum):
    """Languages posts can be in."""

    EN = "en"
    FR = "fr"


@command("settings", Role.MANAGER)
async def settings(
    asked: Asked,
    section: Section | None = None,
    event: Event | None = None,
    to: Route | None = None,
    account: Follow | None = None,
    zone: Zone | None = None,
    sound: bool | None = None,
    role: PingRole | None = None,
    quiet: Hours | None = None,
    plots: Plots | None = None,
    line: StartLine | None = None,
    keep: Matter | None = None,
    for_: Keep | None = None,
    second: Two | None = None,
) -> Any:
    """Everything set here"""
    shown: Any = None
    if zone is not None:
        shown = await _zoned(asked, zone)
    if role is not None:
        shown = await alerts.called(asked, role)
    if quiet is not None:
        shown = await quieted(asked, quiet)
    if plots is not None:
        shown = await looks.plotted(asked, plots)
    if line is not None:
        shown = await looks.lined(asked, line)
    if keep is not None and for_ is not None:
        shown = await keeping.change(asked, keep, for_, sure=False)
    if second is not None:
        shown = await deciding.paired(asked, second)
    if event is not None and sound is not None:
        shown = await alerts.sounded(asked, event, on=sound)
    elif event is not None and section is not Section.ALERTS:
        shown = await _fed(asked, event, to, account)
    if shown is not None:
        return shown
    return await _channels(asked, account) if account is not None else await _section(asked, section)


@command("settings feed", Role.MANAGER, offered=False)
async def feed(asked: Asked, event: Event, account: int, to: Route) -> FeedShown:
    """Where an event goes"""
    return await _fed(asked, event, to, await _follow(asked, account))


@command("settings speak", Role.MANAGER, offered=False)
async def language(asked: Asked, language: Tongue, step: Page = NO_STEP) -> LanguageShown | SetupShown:
    """The language of the posts here"""
    place = await asked.house.settling.change(asked.place, language=language.value)
    return await step_of(replace(asked, place=place), step) if step else LanguageShown(place)


@command("settings zone", Role.MANAGER, offered=False)
async def zone(asked: Asked, zone: Zone) -> LanguageShown:
    """The time people read here"""
    return await _zoned(asked, zone)


@command("settings purpose", Role.MANAGER, offered=False)
async def purpose(asked: Asked, purpose: Purpose, step: Page = NO_STEP) -> PurposeShown | SetupShown:
    """What this place watches for"""
    place = await asked.house.settling.change(asked.place, purpose=purpose)
    return await step_of(replace(asked, place=place), step) if step else PurposeShown(place)


@command("settings allow", Role.MANAGER, offered=False)
async def allow(asked: Asked, person: Someone) -> WhoShown:
    """Let somebody decide alerts here"""
    pointed = asked.pointed
    name = pointed.name if pointed is not None and person.endswith(f":{pointed.number}") else ""
    return WhoShown(await asked.house.settling.appoint(asked.place, asked.person, person, may=True, name=typed(name)))


@command("settings disallow", Role.MANAGER, offered=False)
async def disallow(asked: Asked, person: Someone | None = None) -> WhoShown:
    """Somebody decides alerts here no longer"""
    if person is None:
        return WhoShown(asked.place, removing=bool(asked.place.reviewers))
    return WhoShown(await asked.house.settling.appoint(asked.place, asked.person, person, may=False))


async def _zoned(asked: Asked, zone: Zone) -> LanguageShown:
    return LanguageShown(await asked.house.settling.change(asked.place, time_zone=str(zone)))


SHOWN: Mapping[Section, Callable[[Place], Any]] = {
    Section.ALERTS: AlertsShown,
    Section.LANGUAGE: LanguageShown,
    Section.LOOKS: LooksShown,
    Section.WHO: WhoShown,
    Section.PURPOSE: PurposeShown,
}
"""Sections that are all in the place itself."""


async def _section(asked: Asked, section: Section | None) -> Any:
    place: Place = asked.place
    match section:
        case None:
            said = (await asked.house.settling.routes(place.id)).values()
            how, _ = await asked.house.digesting.rhythm(place)
            off, linked = sum(one == OFF for one in said), len(await asked.house.partnering.of(place))
            return SettingsShown(place, off, len(said) - off, how, linked)
        case Section.CHANNELS:
            return await _channels(asked, None)
        case Section.RISK:
            return await moderation.panel(asked)
        case Section.QUIET:
            return quiet_panel(asked, place)
        case Section.DIGEST:
            return await digest_panel(asked)
        case Section.KEEPING:
            return await keeping.panel(asked)
        case Section.PARTNERS:
            return await partners.panel(asked)
    return SHOWN[section](place)


async def _channels(asked: Asked, follow: Follow | None) -> ChannelsShown:
    said = await asked.house.settling.routes(asked.place.id, follow.account_id if follow else 0)
    events = OF_ACCOUNTS if follow else tuple(Event)
    return ChannelsShown(asked.place, tuple((event, said.get(event, "")) for event in events), follow)


async def _fed(asked: Asked, event: Event, to: Route | None, follow: Follow | None) -> FeedShown:
    settling = asked.house.settling
    if to is not None:
        await settling.route(asked.place, event, str(to), follow)
    said = await settling.routes(asked.place.id, follow.account_id if follow else 0)
    return FeedShown(asked.place, event, said.get(event, ""), asked.address, follow)


async def _follow(asked: Asked, account_id: int) -> Follow | None:
    """The follow of an account of this place by its number, None for 0: of all. Raises Missing NOT_FOUND."""
    if not account_id:
        return None
    async with asked.house.storage.reading() as work:
        follows = await work.follows.of_place(asked.place.id)
    found = next((follow for follow in follows if follow.account_id == account_id), None)
    if found is None:
        raise Missing("NOT_FOUND", x=f"#{account_id}")
    return found
