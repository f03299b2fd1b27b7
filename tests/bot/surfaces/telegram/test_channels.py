"""What Earshot may do in chats of Telegram."""

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.errors import Missing
from tests.platforms.chats import Telegram


async def test_missing_rights_are_named_as_telegram_shows_them(client: TelegramClient, telegram: Telegram):
    forum, channel = telegram.add_group("Forum", forum=True), telegram.add_channel("News")

    async def missing(chat: dict, thread: str = "") -> tuple[str, ...]:  # type: ignore[type-arg]
        place = f"telegram:{chat['id']}"
        return await client.channels.missing(place, place + thread)

    assert await missing(telegram.kitchen) == ()
    assert await missing(telegram.private(telegram.alice)) == ()
    assert await missing(forum) == ()  # without topics of their own, accounts share the group
    assert await missing(forum, "/7") == ()
    telegram.rights[channel["id"]] = {"can_post_messages"}
    assert await missing(channel) == ()
    telegram.rights[channel["id"]] = {"can_edit_messages"}
    assert await missing(channel) == ("Post Messages",)
    telegram.blocked.add(telegram.kitchen["id"])
    assert await missing(telegram.kitchen) == ("Send Messages",)
    for place, address in (
        ("telegram:-100999", "telegram:-100999"),
        (f"telegram:{forum['id']}", f"telegram:{channel['id']}"),
    ):
        with pytest.raises(Missing) as raised:
            await client.channels.missing(place, address)
        assert raised.value.code == "NOT_FOUND"
    telegram.assert_clean()
