"""One of everything that only a chat platform says."""

from typing import Any

from bot.commands import ALL
from bot.replies.chats import (
    Arrived,
    ChannelChosen,
    ChatWanted,
    InPrivate,
    KeyboardClosed,
    Panel,
    Returned,
    TopicClosed,
    Welcome,
)
from core.model.person import Platform

CHATS: tuple[Any, ...] = (
    Welcome(),
    *(Arrived(platform) for platform in Platform),
    *(Returned(n) for n in (0, 1, 50)),
    Panel("account", tuple(one for one in ALL if one.offered and one.name.startswith("account "))),
    Panel("earshot", tuple(one for one in ALL if one.offered)),
    InPrivate("https://t.me/earshot_bot?start=me_settings"),
    InPrivate("https://t.me/earshot_bot", sent=True),
    InPrivate("https://t.me/earshot_bot?start=help", again=True),
    ChannelChosen("Kitchen news", setup=True),
    ChannelChosen("Kitchen", group=True),
    ChatWanted(),
    KeyboardClosed("Kitchen news"),
    KeyboardClosed("</b>@everyone \u202e<i>" + "🍅" * 200),
    KeyboardClosed(),
    TopicClosed("amina.kitchen"),
)
