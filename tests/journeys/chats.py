"""Both chats on loopback, an Earshot led there by its environment alone, and the people who speak to it.

async with town() as town:
    process = await town.start(folder, start)
    await town.discord_says("follow", account="@amina")
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.journeys.conftest import Process, Start
from tests.platforms.chats import Discord, Telegram, furnish_discord, furnish_telegram
from tests.platforms.discord.rules import flatten, visible_text

READY_SECONDS = 40.0


@dataclass
class Town:
    """The two platforms, furnished: the guild "Sandbox" with #general and the group "Kitchen"; alice owns Earshot."""

    discord: Discord
    telegram: Telegram

    def environment(self) -> dict[str, str]:
        """What leads a program here."""
        return {
            **self.discord.environment(),
            **self.telegram.environment(),
            "OWNERS": f"discord:{self.discord.alice['id']},telegram:{self.telegram.alice['id']}",
        }

    async def begin(self, start: Start, folder: Path, **more: str) -> Process:
        """`earshot run`, connected to both."""
        started = (self.discord.identifies, len(self.telegram.sent("getUpdates")))
        process: Process = await start(folder, "-m", "bot", "run", **{**self.environment(), **more})
        await process.until(lambda: self.discord.identifies > started[0], READY_SECONDS)
        await self.discord.wait_ready(commands=True, timeout=READY_SECONDS)
        await process.until(lambda: len(self.telegram.sent("getUpdates")) > started[1], READY_SECONDS)
        return process

    async def slash(self, name: str, /, **options: Any) -> Any:
        """A command of alice's in #general; its final answer."""
        return await self.discord.slash(name, user=self.discord.alice, channel=self.discord.channel, **options)

    async def type(self, text: str, **more: Any) -> list[dict[str, Any]]:
        """A line of alice's in the kitchen; the answers."""
        answers: list[dict[str, Any]] = await self.telegram.text(
            text, user=self.telegram.alice, chat=self.telegram.kitchen, **more
        )
        return answers

    def on_discord(self, channel: dict[str, Any] | None = None) -> Iterator[tuple[dict[str, Any], str]]:
        """(message, its text) of everything Earshot has posted in #general and its threads, or in one channel."""
        wanted = {channel["id"]} if channel else {self.discord.channel["id"], *self.threads()}
        for message in self.discord.messages.values():
            if message["channel_id"] in wanted and message["author"]["id"] == self.discord.bot["id"]:
                yield message, visible_text(message)

    def threads(self) -> list[str]:
        """The threads in #general."""
        here = self.discord.channel["id"]
        return [number for number, one in self.discord.channels.items() if one.get("parent_id") == here]

    def on_telegram(self, chat: dict[str, Any] | None = None) -> Iterator[tuple[dict[str, Any], str]]:
        """(message, its text) of everything Earshot has posted in the kitchen, or in another chat."""
        for message in self.telegram.messages_in(chat or self.telegram.kitchen):
            yield message, message.get("text") or message.get("caption") or ""

    def files_on_discord(self) -> list[dict[str, Any]]:
        """Every attachment in #general and its threads."""
        return [file for message, _ in self.on_discord() for file in message["attachments"]]

    def assert_clean(self) -> None:
        """Neither platform was asked for anything it forbids."""
        self.discord.assert_clean()
        self.telegram.assert_clean()


def buttons_of(message: dict[str, Any]) -> list[str]:
    """The labels of a message's buttons, of either platform."""
    if "components" in message:
        return [part["label"] for part in flatten(message["components"]) if part["type"] == 2 and part.get("label")]
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


@asynccontextmanager
async def town(**given: Any) -> AsyncIterator[Town]:
    """Both platforms; `given` changes how strict Discord is (see FakeDiscord)."""
    async with Discord(**given) as discord, Telegram() as telegram:
        yield Town(furnish_discord(discord), furnish_telegram(telegram))
