"""Discord on loopback: gateway v10 and REST, for the real discord.py.

Every request is matched to an operation of `openapi.json` and validated against it; rules that document leaves out are in
`rules.py` and `command_rules.py`. What breaks one is answered as Discord answers it and kept in `violations`:

    async with FakeDiscord() as discord:                                             # or the fixtures of tests/platforms/chats.py
        guild = discord.add_guild("Test"); general = discord.add_channel(guild, "general")
        alice = discord.add_user("alice", guild=guild, permissions=Perm.ALL)
        ...                                  # a bot is led by discord.token, .api_base, .gateway_url, .cdn_base
        await discord.wait_ready(commands=True)
        answer = await discord.slash("follow", account="@x", user=alice, channel=general)             # the final answer
        answer = await discord.slash("config set", key="lang", value="fr", user=alice, channel=general)
        choices = await discord.autocomplete("follow", "account", account="al", user=alice, channel=general)
        after = await discord.click(answer.message, "Pause", user=alice)
        opened = await discord.click(answer.message, "Note", user=alice)
        result = await discord.submit(opened, {"Note": "hello"}, user=alice)
        await discord.select(answer.message, "Level", ["high"], user=alice)
        await discord.context_menu("Transcribe this", message_or_user, user=alice, channel=general)
        posted = await discord.wait_message(general, match=lambda message: "live" in message["content"])
        discord.fail_next("POST", "/channels/*/messages", 429, retry_after=2)
        discord.deny(general, Perm.SEND_MESSAGES); await discord.update_channel(general)   # the second tells the bot
        await discord.disconnect(4000); await discord.invalidate_session()
        await discord.kick_bot(guild); await discord.invite_bot(guild)
        forum = discord.add_channel(guild, "lives", type=15, tags=("Live",))
        thread = await discord.start_thread(message, "talk", user=alice)                   # by a person
        await discord.update_thread(thread, archived=True, locked=True)
        discord.age(message, 4000)           # its edits are refused with 30046
        alice["locale"], guild["locale"] = "fr", "de"
        discord.assert_clean()               # no violation by the bot, no deviation by the service

Kinds of violations: request (answered 4xx because the bot broke a rule), unknown-key, deadline, rate-limit, route, header,
gateway, attachment, ban, unimplemented. What a test plans, takes away, locks or deletes is none. `rate_limited` counts answers
429 to the bot's own pace. `requests` holds everything with `time.monotonic()`.

Looser than Discord: roles and overwrites are one grant a member without what `deny` took; the limit of every route is the same;
addresses in embeds are not fetched, emoji not checked, IDENTIFY concurrency not enforced; an operation that is not served is
answered 501. Of edits to old messages Discord takes a few in a while; here none.
"""

from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.records import Request, UploadedFile
from tests.platforms.discord.results import InteractionResult
from tests.platforms.discord.server import FakeDiscord
from tests.platforms.violations import Violation

__all__ = ["FakeDiscord", "InteractionResult", "Perm", "Request", "UploadedFile", "Violation"]
