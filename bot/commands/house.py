"""Earshot itself: how it is, and what it can do."""

import asyncio
from collections.abc import Callable

from bot.access import usable
from bot.asked import Asked
from bot.command import Command, command
from bot.kinds import Text
from bot.replies.house import Help, SourceShown, Status
from bot.running import days_old, running
from core.model.job import JobState
from core.ports.replays import ReplayState
from core.services.clipping.serving import mode_of
from core.services.videos.ordering import KIND as TRANSCRIBE


@command("status")
async def status(asked: Asked) -> Status:
    """Is the bot well, what is it doing, what has it used here?"""
    house, now = asked.house, asked.house.clock.now()
    rows = await house.following.listed(asked.place.id)
    unread = sum(bool(account.why) for follow, account in rows if follow.active(now))
    async with house.storage.reading() as work:
        lives = len(await work.lives.of_place(asked.place.id, running=True))
        waiting = len(await work.alerts.waiting(asked.place.id))
        deliveries = {str(state): n for state, n in (await work.outbox.counts()).items()}
        used = await house.transcribing.metering.used(work, asked.place.id)
        videos = await work.jobs.counts(kind=TRANSCRIBE)
        own = await work.jobs.counts(place=asked.place.id, by=asked.person.id, kind=TRANSCRIBE)
        obs = await mode_of(work, asked.place.id)
        cost = await house.sharing.cost(work, asked.place.id)
    vitals = house.diagnosing.of_running()
    engine, judge = (vitals.engine, vitals.judge) if vitals else (house.engine, house.judge)
    return Status(
        vitals,
        len(rows),
        lives,
        waiting,
        deliveries,
        engine,
        judge,
        now,
        days_old("yt-dlp", now.date()),
        unread,
        used,
        videos[JobState.RUNNING],
        videos[JobState.WAITING],
        own[JobState.RUNNING] + own[JobState.WAITING],
        ReplayState(**vitals.obs) if obs and vitals and vitals.obs else None,
        cost,
    )


@command("source")
async def source(asked: Asked) -> SourceShown:
    """Which code runs here, and its licence"""
    return SourceShown(await asyncio.to_thread(running))


def helping(commands: Callable[[], tuple[Command, ...]]) -> Command:
    """The help command over all `commands`, which it is one of."""

    @command("help")
    async def help_(asked: Asked, topic: Text | None = None) -> Help:
        """What can I do here?"""
        return Help(tuple(usable(commands(), asked)), topic or "", asked.person.id, asked.place.begun)

    return help_
