"""How soon commands are acknowledged on Discord while twenty transcriptions are under way and everything outside hangs.

Used by a test and by `earshot bench delivery`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.command import Command
from bot.commands import ALL
from core.model.person import Platform, Role
from tests.builders import rows
from tests.journeys.chats import Town, town
from tests.journeys.conftest import begin
from tests.platforms.discord import Perm
from tests.platforms.tiktok import running

ORDERED, PEOPLE = 20, 8
HANGS_SECONDS = 120.0
HANDLE = "amina"
VALUES: dict[str, Any] = {
    "account": f"@{HANDLE}",
    "link": "https://www.tiktok.com/@chef/video/7400000000000000999",
    "transcript": "v1",
    "live": "1",
    "trigger": "1",
    "alert": "1",
    "clip": "1",
    "word": "giveaway",
    "list": "bob, carol",
    "title": "Eggs",
    "name": "eggs",
    "text": "hello there",
    "reason": "it is mine",
}


@dataclass
class Acknowledged:
    """Seconds from sending a command to its acknowledgement, by its name: the sooner of two. `under_way`:
    transcriptions meanwhile."""

    seconds: dict[str, float] = field(default_factory=dict)
    under_way: int = 0
    violations: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        ordered = sorted(self.seconds.values())
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


async def acknowledged(folder: Path) -> Acknowledged:
    """Every command that is offered, one after the other."""
    with running() as tiktok:
        tiktok.tell("account", unique_id=HANDLE, nickname="Amina", followers=10)
        links = [tiktok.tell("video", unique_id="chef", desc=f"Part {n}")["url"] for n in range(ORDERED)]
        async with town() as here:
            people = [add_manager(here, f"manager{number}") for number in range(PEOPLE)]
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "LOOK_EVERY": "2", "SPEECH": "groq"}
            around |= {"GROQ_API_KEY": "gsk_loopback_0123456789", "GROQ_BASE_URL": "http://127.0.0.1:9"}
            process = await here.begin(begin, folder, **around)
            try:
                await here.slash("setup")
                await here.slash("follow", account=f"@{HANDLE}")
                await here.slash("trigger add", word="giveaway")
                tiktok.tell("fault", route="*", delay_s=HANGS_SECONDS, times=-1)
                for number, link in enumerate(links):
                    await used(here, people[number % PEOPLE], "transcribe", {"link": link})
                under_way = len(rows(folder, "select 1 from job where state in ('waiting', 'running')"))
                return await measured(here, people, under_way)
            finally:
                await process.kill()


def add_manager(here: Town, name: str) -> Any:
    """Somebody who may do everything in the server: one person may ask for so much a minute only."""
    return here.discord.add_user(name, guild=here.discord.guild, permissions=Perm.DEFAULT | Perm.ADMINISTRATOR)


async def used(here: Town, person: Any, what: str, given: Mapping[str, Any]) -> Any:
    """What became of a command as far as its acknowledgement."""
    return await here.discord.slash(what, user=person, channel=here.discord.channel, wait="ack", **given)


async def measured(here: Town, people: list[Any], under_way: int) -> Acknowledged:
    """Use everything there is, as people who may."""
    found = Acknowledged(under_way=under_way)
    for number, command in enumerate(one for one in ALL if one.offered):
        person = here.discord.alice if command.role is Role.OWNER else people[number % PEOPLE]
        late = []
        for _ in range(2):  # the sooner one counts: this machine may have stood still at the other
            answer = await used(here, person, command.name, options(command))
            late.append(answer.ack_latency if answer.ack_latency is not None else 99.0)
            await asyncio.sleep(0.05)  # nobody types faster
        found.seconds[command.name] = min(late)
    found.violations = [str(one) for one in here.discord.violations]
    return found


def options(command: Command) -> dict[str, Any]:
    """What its required options need."""
    made: dict[str, Any] = {}
    for option in command.on(Platform.DISCORD).required:
        choices = option.kind.choices
        made[option.name] = choices[0].value if choices else VALUES.get(option.name, "1")
    return made
