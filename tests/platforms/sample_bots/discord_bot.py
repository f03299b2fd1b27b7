"""A small real discord.py bot: commands, deferral, buttons, a form, a menu, files, threads.

As a program it is led by DISCORD_TOKEN, DISCORD_API_BASE, DISCORD_GATEWAY_URL and DISCORD_CDN_BASE.
"""

import asyncio
import io
import os
from typing import Any

import discord
from discord import app_commands

READY = 0.05  # seconds without another guild after which all have come
SUBTITLES = b"1\n00:00:00,000 --> 00:00:01,000\nhi\n"


def point_at(api_base: str | None, gateway: str | None, cdn: str | None) -> None:
    """All that an application needs to do so that discord.py talks to another host."""
    if api_base:
        discord.http.Route.BASE = api_base
    if gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = discord.gateway.yarl.URL(gateway)
    if cdn:
        discord.asset.Asset.BASE = cdn


class Note(discord.ui.Modal, title="Add a note"):
    note: Any = discord.ui.TextInput(label="Note", min_length=2, max_length=200)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"noted: {self.note.value}", ephemeral=True)


class Controls(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Pause", style=discord.ButtonStyle.secondary, custom_id="pause")
    async def pause(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        button.label = "Resume"
        await interaction.response.edit_message(content="paused", view=self)

    @discord.ui.button(label="Note", custom_id="note")
    async def note(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Note())

    @discord.ui.select(
        placeholder="Level",
        custom_id="level",
        options=[discord.SelectOption(label="low"), discord.SelectOption(label="high")],
    )
    async def level(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.defer()
        await interaction.followup.send(f"level {select.values[0]}", ephemeral=True)


@app_commands.command(description="Follow an account")
async def follow(interaction: discord.Interaction, account: app_commands.Range[str, 2, 32]) -> None:
    await interaction.response.send_message(f"Following {account}", view=Controls())


@follow.autocomplete("account")
async def accounts(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name, value=name) for name in ("@alpha", "@beta") if current in name]


@app_commands.command(description="Transcribe a video")
async def transcribe(interaction: discord.Interaction, url: str, tenths: int = 0) -> None:
    await interaction.response.defer(thinking=True)
    await asyncio.sleep(tenths / 10)
    file = discord.File(io.BytesIO(SUBTITLES), "transcript.srt")
    await interaction.followup.send(embed=discord.Embed(title="Transcript", description=url), file=file)
    await interaction.followup.send("done")


@app_commands.command(description="Never answers in time")
async def slow(interaction: discord.Interaction) -> None:
    await asyncio.sleep(0.6)
    try:
        await interaction.response.send_message("too late")
    except discord.NotFound as error:
        interaction.client.seen.append(f"late:{error.code}")


@app_commands.command(description="Uses a layout")
async def panel(interaction: discord.Interaction) -> None:
    opened: Any = discord.ui.Button(label="Open", custom_id="open")
    section: Any = discord.ui.Section("A line", accessory=opened)
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("# Panel"), discord.ui.Separator(), section))
    await interaction.response.send_message(view=view)


@app_commands.command(description="Says which languages were told")
async def languages(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(f"{interaction.locale} in {interaction.guild_locale}", ephemeral=True)


@app_commands.command(description="Post to the channel without an interaction")
@app_commands.default_permissions(manage_guild=True)
async def post(interaction: discord.Interaction, count: int, size: int = 0) -> None:
    await interaction.response.defer(ephemeral=True)
    done = 0
    try:
        for n in range(count):
            kept = {"file": discord.File(io.BytesIO(b"x" * size), "clip.mp4")} if size else {}
            message = await interaction.channel.send(f"post {n} @everyone", **kept)
            done += 1
        thread = await message.create_thread(name="transcript")
        await thread.send("in the thread")
    except discord.HTTPException as error:
        await interaction.followup.send(f"failed after {done}: {error.status} {error.code}")
    else:
        await interaction.followup.send(f"posted {done}")


@app_commands.context_menu(name="Transcribe this")
async def transcribe_this(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"seen {message.content}", ephemeral=True)


COMMANDS = (follow, transcribe, slow, panel, languages, post, transcribe_this)


class Seeing:
    """What a bot has seen, as short lines; it does not wait before it identifies again, as a real one must."""

    seen: list[str]

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(f"message:{message.content}")

    async def on_resumed(self) -> None:
        self.seen.append("resumed")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.seen.append(f"left {guild.name}")

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.seen.append(f"joined {guild.name}")

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        self.seen.append(f"{after.name}: archived {after.archived}, locked {after.locked}")


class Bot(Seeing, discord.Client):
    def __init__(self, **intents: bool) -> None:
        wanted = discord.Intents(guilds=True, guild_messages=True, **intents)
        super().__init__(intents=wanted, allowed_mentions=discord.AllowedMentions.none(), guild_ready_timeout=READY)
        self.tree = app_commands.CommandTree(self)
        for command in COMMANDS:
            self.tree.add_command(command)
        self.seen = []

    async def setup_hook(self) -> None:
        self.add_view(Controls())
        await self.tree.sync()


class Sharded(Seeing, discord.AutoShardedClient):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.seen = []


if __name__ == "__main__":
    told = os.environ
    point_at(told.get("DISCORD_API_BASE"), told.get("DISCORD_GATEWAY_URL"), told.get("DISCORD_CDN_BASE"))
    Bot().run(told["DISCORD_TOKEN"])
