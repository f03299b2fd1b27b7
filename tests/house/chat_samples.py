"""One of everything that only a chat platform says."""

from typing import Any

from bot.commands import ALL
from bot.replies.chats import ChannelChosen, InPrivate, Panel, TopicClosed, Welcome

CHATS: tuple[Any, ...] = (
    Welcome(),
    Panel("account", tuple(one for one in ALL if one.offered and one.name.startswith("account "))),
    Panel("earshot", tuple(one for one in ALL if one.offered)),
    InPrivate("https://t.me/earshot_bot?start=me_settings"),
    InPrivate("https://t.me/earshot_bot", sent=True),
    ChannelChosen("Kitchen news"),
    TopicClosed("amina.kitchen"),
)
