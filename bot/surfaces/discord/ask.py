"""People asking: commands, buttons, menus and forms, each answered once, by the same kernel as everywhere."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
import discord

from bot.asked import Asked
from bot.card import Choice
from bot.command import Command, Option
from bot.house import House
from bot.kernel import Kernel, ticketed
from bot.kinds import YES
from bot.replies.common import Failed
from bot.surfaces.discord.answering import Answer, From, Manner
from bot.surfaces.discord.asking import asked_of, words_of
from bot.surfaces.discord.faults import ANSWERED
from bot.surfaces.discord.files import Fitting
from bot.surfaces.discord.menus import found_in
from bot.surfaces.discord.pressing import question_of, written_in
from bot.surfaces.discord.replies import Here, Replies
from core.errors import EarshotError

log = logging.getLogger(__name__)
Act = Callable[[Asked], Awaitable[Any]]
TYPING = 2.0  # seconds a suggestion may take: Discord waits three
REMEMBERED = 1_000  # forms that were answered: each comes in on two ways


@dataclass
class Asking:
    """Interactions of one Discord application."""

    house: House
    kernel: Kernel
    replies: Replies
    fitting: Fitting
    _busy: set[tuple[int, int, str]] = field(default_factory=set)
    _forms: dict[int, None] = field(default_factory=dict)

    async def ran(
        self, interaction: Here, command: Command, raw: dict[str, str], file: discord.Attachment | None = None
    ) -> None:
        """A command was used."""
        quiet = command.quiet or raw.get("private", "").lower() in YES
        await self._answer(interaction, partial(self.kernel.run, command, raw), Manner(From.COMMAND, quiet), file)

    async def used_on(self, interaction: Here, command: Command, message: discord.Message) -> None:
        """A command was used on a message."""
        found = found_in(command, message)

        async def run(asked: Asked) -> Any:
            if not found.value:
                return Failed("NO_ACCOUNT") if command.name == "follow" else Failed("LINK")
            return await self.kernel.run(command, {command.options[0].name: found.value}, asked)

        await self._answer(interaction, run, Manner(From.COMMAND, command.quiet), found.file)

    async def pressed(self, interaction: Here, key: str) -> None:
        """A button or an entry of a menu was pressed. While it runs, the same person's second press of it is let go by."""
        message = interaction.message.id if interaction.message is not None else 0
        busy = (interaction.user.id, message, key)
        if busy in self._busy:
            with suppress(discord.HTTPException):
                await interaction.response.defer()
            return
        self._busy.add(busy)
        try:
            await self._answer(interaction, partial(self.kernel.press, key), self._pressed_as(interaction, key))
        finally:
            self._busy.discard(busy)

    async def answered(self, interaction: Here, key: str, option: str, answer: str) -> None:
        """A form was filled in, or something was picked."""
        if interaction.id in self._forms:
            return
        self._forms[interaction.id] = None
        while len(self._forms) > REMEMBERED:
            del self._forms[next(iter(self._forms))]
        manner = self._pressed_as(interaction, key)
        await self._answer(interaction, partial(self._answering, key, option, answer), manner)

    async def form(self, interaction: Here) -> None:
        """Any form that comes in: one that was opened before this process began is read from its id."""
        data: Any = interaction.data or {}
        question = question_of(str(data.get("custom_id", "")))
        if question is not None:
            await self.answered(interaction, *question, written_in(data))

    async def stale(self, interaction: Here) -> None:
        """A command was used that is not there any more, or not as Discord still shows it."""
        await self._answer(interaction, _stale, Manner(From.COMMAND))

    async def suggest(self, interaction: Here, command: Command, option: Option, typed: str) -> list[Choice]:
        """Up to 25 values for what is being typed; none when that takes too long or fails."""
        try:
            async with asyncio.timeout(TYPING):
                asked = await asked_of(self.house, interaction, _nothing, None)
                return await self.kernel.suggest(command, option, typed, asked)
        except TimeoutError:
            return []
        except EarshotError as error:
            log.info("no suggestions for /%s: %s", command.name, error)
            return []
        except Exception as error:  # supervision: whoever types goes on typing
            log.error("suggestions for /%s", command.name, exc_info=error)
            return []

    # ------------------------------------------------------------------

    async def _answering(self, key: str, option: str, answer: str, asked: Asked) -> Any:
        return await self.kernel.answer(key, option, answer, asked)

    def _pressed_as(self, interaction: Here, key: str) -> Manner:
        command = self.kernel.pressed_by(key)
        quiet = command is None or command.quiet
        if interaction.message is None:
            return Manner(From.COMMAND, quiet)
        if interaction.message.flags.ephemeral:
            return Manner(From.OWN)
        return Manner(
            From.POST, command is None or command.name != "transcribe", command is not None and command.in_place
        )

    async def _answer(
        self, interaction: Here, act: Act, manner: Manner, file: discord.Attachment | None = None
    ) -> None:
        reply = self.replies.open(interaction)
        answer = Answer(interaction, reply, manner, self.fitting, words_of(self.house, interaction))

        async def acting() -> tuple[Any, Asked | None]:
            try:
                asked = await asked_of(self.house, interaction, answer.meanwhile, file)
            except EarshotError as error:
                return Failed(error.code, dict(error.values)), None
            return await act(asked), asked

        try:
            await answer.run(acting)
        except Exception as error:  # noqa: BLE001  the supervision point of all interactions
            reply.gone = not reply.message
            await self._sorry(answer, error)
        finally:
            reply.gone = reply.gone or not reply.message
            reply.there.set()

    async def _sorry(self, answer: Answer, error: Exception) -> None:
        """Discord did not take the answer: say so where that is still possible."""
        if isinstance(error, discord.HTTPException) and error.code in ANSWERED:
            log.info("answered too late: %s", error)
            return
        if isinstance(error, TimeoutError | aiohttp.ClientError | discord.DiscordServerError | OSError):
            log.warning("Discord took no answer: %r", error)
            return
        try:
            await answer.show(ticketed(error, "Discord"))
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as again:
            log.warning("Discord took no apology: %r", again)


async def _stale(asked: Asked) -> Failed:
    return Failed("STALE", {})


async def _nothing(reply: Any) -> None:
    pass
