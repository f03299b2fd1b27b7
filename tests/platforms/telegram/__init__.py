"""Telegram's Bot API on loopback, for the real python-telegram-bot: long polling, webhooks, flood limits, files.

Parameters are decoded and checked by `api.json`, texts go through `entities.py`; answers and updates are checked too. What breaks
a rule is answered as the server answers it and kept in `violations`:

    async with FakeTelegram() as telegram:                                           # or the fixtures of tests/platforms/chats.py
        alice = telegram.add_user("Alice", language="fr")
        group = telegram.add_group("G", forum=True, rights={"can_manage_topics"})    # rights: the bot is an administrator
        telegram.admins[group["id"]] = {alice["id"]}
        ...                                  # a bot is led by telegram.token, .base_url, .base_file_url
        await telegram.wait_ready()
        replies = await telegram.text("/follow @x", user=alice, chat=group, thread=7)    # `expect=0`: wait for no reply
        pressed = await telegram.press(replies[0], "Pause", user=alice)                  # .answer, .messages, .calls
        picked = await telegram.pick("Pick a channel", user=alice, chat=channel)       # the keyboard under the private chat
        asked = telegram.asked(replies[0])                                               # its ForceReply
        await telegram.text("@chef", user=alice, chat=group, reply_to=replies[0])
        await telegram.text("hello", user=alice, chat=group, anonymous=True)             # in the group's name
        await telegram.open_link("https://t.me/earshot_bot?start=payload", user=alice)
        posted = await telegram.wait_message(group, match=lambda message: "live" in message["text"])
        telegram.menu(alice, group)                                                      # the commands she is offered
        telegram.fail_next("sendMessage", 429, retry_after=2)
        await telegram.block(alice); await telegram.unblock(alice); telegram.migrate(group, tell=True)
        telegram.kick_bot(group); telegram.add_bot(group, by=alice); telegram.promote_bot(group, by=alice, rights={...})
        thread = telegram.add_topic(group, "Talk"); telegram.close_topic(group, thread); telegram.delete_topic(group, thread)
        telegram.assert_clean()

Kinds of violations: refused (answered 4xx because the bot broke a rule), unknown-key, method, rate-limit, unimplemented. What a
test plans, blocks, moves or deletes is none. `rate_limited` counts answers 429 to the bot's own pace. `calls` holds everything
with `time.monotonic()`.

Looser than Telegram: flood control is a plain window; media are not decoded; the old Markdown is approximate; payments, business,
stories, stickers, games and edits of inline messages are absent: a method that is not served is answered 501.
"""

from tests.platforms.telegram.records import Call, Pressed, Upload
from tests.platforms.telegram.server import FakeTelegram
from tests.platforms.violations import Violation

__all__ = ["Call", "FakeTelegram", "Pressed", "Upload", "Violation"]
