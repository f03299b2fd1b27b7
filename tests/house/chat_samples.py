"""One of everything that only a chat platform says."""

from typing import Any

from bot.commands import ALL
from bot.replies.chats import ChannelChosen, ChatWanted, InPrivate, KeyboardClosed, Panel, TopicClosed, Welcome

CHATS: tuple[Any, ...] = (
    Welcome(),
    Panel("account", tuple(one for one in ALL if one.offered and one.name.startswith("account "))),
    Panel("earshot", tuple(one for one in ALL if one.offered)),
    InPrivate("https://t.me/earshot_bot?start=me_settings"),
    InPrivate("https://t.me/earshot_bot", sent=True),
    ChannelChosen("Kitchen news", setup=True),
    ChannelChosen("Kitchen", group=True),
    ChatWanted(),
    KeyboardClosed("Kitchen news"),
    KeyboardClosed("</b>@everyone \u202e<i>" + "🍅" * 200),
    KeyboardClosed(),
    TopicClosed("amina.kitchen"),
)
