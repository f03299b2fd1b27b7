"""Buttons, menus and forms that are rebuilt from nothing but their own id: they work after a restart, without any memory.

A button's id is the card's key; the same key twice in a message carries `;;2`, which no key contains. A menu's entries carry
the keys. Whoever runs the client answers `pressed` and `answered`.
"""

import re
from collections.abc import Callable
from typing import Any, Protocol, cast

import discord
from discord import ui

from bot.card import Picker

Here = discord.Interaction[Any]
OPEN = 900.0  # seconds a form is remembered; one that is sent later is read from its id
SAME = ";;"  # between a key and its number within the message


class Presses(Protocol):
    """The client, as buttons and forms see it."""

    async def pressed(self, interaction: Here, key: str) -> None:
        """A button or menu entry with `key` was pressed."""
        ...

    async def answered(self, interaction: Here, key: str, option: str, answer: str) -> None:
        """A form was filled in: `answer` is the value of `option` after what `key` says so far."""
        ...


class Pressed(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"(?P<key>[a-z][a-z0-9_.-]*(?::.*?)?)(?:;;\d+)?"):
    """A button that presses a key."""

    def __init__(self, key: str, label: str | None, style: discord.ButtonStyle, number: int = 1) -> None:
        custom_id = key if number == 1 else f"{key}{SAME}{number}"
        super().__init__(ui.Button(label=label, style=style, custom_id=custom_id))
        self.key = key

    @classmethod
    async def from_custom_id(cls, interaction: Here, item: ui.Item[Any], match: re.Match[str], /) -> "Pressed":
        """The button as it was, from its id."""
        button = cast("ui.Button[ui.LayoutView]", item)
        made = cls(match["key"], button.label, button.style)
        made.item = button
        return made

    async def callback(self, interaction: Here) -> None:
        """Hand the key to the client."""
        await cast(Presses, interaction.client).pressed(interaction, self.key)


class Picked(ui.DynamicItem[ui.Select[ui.LayoutView]], template=r"\?pick:(?P<number>\d)"):
    """A menu whose entries are keys; choosing one presses it."""

    def __init__(self, number: int, hint: str, options: list[discord.SelectOption]) -> None:
        super().__init__(ui.Select(custom_id=f"?pick:{number}", placeholder=hint, options=options))

    @classmethod
    async def from_custom_id(cls, interaction: Here, item: ui.Item[Any], match: re.Match[str], /) -> "Picked":
        """The menu as it was, from the message it stands in."""
        menu = cast("ui.Select[ui.LayoutView]", item)
        made = cls(int(match["number"]), menu.placeholder or "", menu.options)
        made.item = menu
        return made

    async def callback(self, interaction: Here) -> None:
        """Hand the chosen key to the client."""
        await cast(Presses, interaction.client).pressed(interaction, self.item.values[0])


class Chosen(ui.DynamicItem[ui.Item[Any]], template=r"\?(?P<what>channel|role|person)>(?P<option>[a-z_]+):(?P<key>.+)"):
    """Discord's own picker for the value of an option; what is picked answers the question."""

    def __init__(self, picker: Picker, key: str, option: str, hint: str, made: ui.Item[Any] | None = None) -> None:
        custom_id = f"?{picker.value}>{option}:{key}"
        super().__init__(made or PICKERS[picker](custom_id=custom_id, placeholder=hint))
        self.picker, self.key, self.option = picker, key, option

    @classmethod
    async def from_custom_id(cls, interaction: Here, item: ui.Item[Any], match: re.Match[str], /) -> "Chosen":
        """The picker as it was, from its id."""
        return cls(Picker(match["what"]), match["key"], match["option"], "", item)

    async def callback(self, interaction: Here) -> None:
        """Hand what was picked to the client, as people write it."""
        picked = str(cast("dict[str, list[str]]", interaction.data)["values"][0])
        answer = WRITTEN[self.picker].format(picked)
        await cast(Presses, interaction.client).answered(interaction, self.key, self.option, answer)


def _channels(**given: Any) -> ui.Item[Any]:
    return ui.ChannelSelect(channel_types=POSTED_IN, **given)


POSTED_IN = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]
"""Channels somebody can post in."""

PICKERS: dict[Picker, Callable[..., ui.Item[Any]]] = {
    Picker.CHANNEL: _channels,
    Picker.ROLE: ui.RoleSelect,
    Picker.PERSON: ui.UserSelect,
}
WRITTEN = {Picker.CHANNEL: "<#{}>", Picker.ROLE: "<@&{}>", Picker.PERSON: "discord:{}"}


class Ask(ui.Modal):
    """A form with one field. Its id is `?option:key`: an answer that comes after a restart can be read by `question_of`."""

    def __init__(self, key: str, option: str, title: str, text: str) -> None:
        super().__init__(title=title, timeout=OPEN, custom_id=f"?{option}:{key}")
        self.key, self.option = key, option
        self.field = _field()
        self.add_item(ui.Label(text=text, component=self.field))

    async def on_submit(self, interaction: Here) -> None:
        """Hand the answer to the client."""
        await cast(Presses, interaction.client).answered(interaction, self.key, self.option, self.field.value)


def _field() -> ui.TextInput[Any]:
    return ui.TextInput(custom_id="answer", max_length=1000)


def written_in(data: Any) -> str:
    """What was written into a form of ours, from the data of its interaction; empty without any."""
    for part in data.get("components", []):
        field: Any = part.get("component") or next(iter(part.get("components", [])), {})
        if field.get("custom_id") == "answer":
            return str(field.get("value", ""))
    return ""


def question_of(custom_id: str) -> tuple[str, str] | None:
    """(key, option) of the question a form asks, from its id; None when it is not one of ours."""
    option, colon, key = custom_id.removeprefix("?").partition(":")
    return (key, option) if colon and custom_id.startswith("?") and option != "pick" else None


ITEMS = (Pressed, Picked, Chosen)  # to be registered with `Client.add_dynamic_items` at start
