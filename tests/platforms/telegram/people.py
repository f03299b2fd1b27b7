"""What people do: words, files, presses, inline queries, links."""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.platforms.telegram import entities
from tests.platforms.telegram.api import utf16_len
from tests.platforms.telegram.changes import Changes
from tests.platforms.telegram.media import Media
from tests.platforms.telegram.records import Call, Pressed, Upload
from tests.waiting import PATIENCE

#: A time of quiet is so many short ones: when this process stands still, it is only one of them that was shorter than it seemed.
STEPS = 10

#: Who writes in a group's name.
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


class People(Media, Changes):
    """Every action waits for what the bot makes of it."""

    async def _acting(
        self, update: dict[str, Any], ready: Callable[[list[Call]], bool], timeout: float, settle: float
    ) -> list[Call]:
        """Deliver ``update``; collect the bot's calls until ``ready`` and then quiet for ``settle``."""
        start = len(self.calls)
        self.push(update)

        def since() -> list[Call]:
            return [c for c in self.calls[start:] if c.method not in ("getUpdates", "getMe", "setWebhook") and c.status]

        await self.wait_for(lambda: ready(since()), timeout)
        count, quiet = len(since()), 0
        while quiet < STEPS:
            await asyncio.sleep(settle / STEPS)
            before, count = count, len(since())
            quiet = quiet + 1 if count == before else 0
        return since()

    def _user_message(
        self, user: dict, chat: dict, body: dict[str, Any], thread: int | None = None, anonymous: bool = False
    ) -> dict[str, Any]:
        message = {"message_id": next(self._ids), "date": int(time.time()), "chat": chat, **body}
        if chat["type"] != "channel":
            message["from"] = ANONYMOUS if anonymous else user
        if chat["type"] == "channel" or anonymous:
            message["sender_chat"] = chat
        if thread:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        for key in ("text", "caption"):
            if found := entities.automatic(message.get(key, "")):
                message["entities" if key == "text" else "caption_entities"] = found
        self.messages[chat["id"], message["message_id"]] = message
        self._peoples.add((chat["id"], message["message_id"]))
        return message

    async def text(
        self,
        text: str,
        *,
        user: dict,
        chat: dict | None = None,
        thread: int | None = None,
        expect: int = 1,
        timeout: float = PATIENCE,
        settle: float = 0.05,
        reply_to: dict | None = None,
        anonymous: bool = False,
        naming: dict | None = None,
    ) -> list[dict[str, Any]]:
        """Write to the bot; returns the messages it sent back into that chat (at least `expect`).

        `anonymous`: as an administrator who writes in the group's name. In a channel it is a post, of nobody. `naming`: somebody
        picked while typing `@` who has no user name; their first name stands in the text.
        """
        chat = chat or self.private(user)
        self.not_started.discard(user["id"])
        body: dict[str, Any] = {"text": text}
        if reply_to:
            body["reply_to_message"] = {k: v for k, v in reply_to.items() if k != "reply_to_message"}
        elif topic := self.topics.get((chat["id"], thread or 0)):
            body["reply_to_message"] = self._opened(chat, topic)
        message = self._user_message(user, chat, body, thread, anonymous)
        if naming:
            at = utf16_len(text[: text.index(naming["first_name"])])
            mention = {"type": "text_mention", "offset": at, "length": utf16_len(naming["first_name"]), "user": naming}
            message["entities"] = [*message.get("entities", ()), mention]
        if not self._seen(message):
            return []
        update = {"channel_post" if chat["type"] == "channel" else "message": message}
        calls = await self._acting(update, lambda cs: len(self._messages(cs, chat)) >= expect, timeout, settle)
        return self._messages(calls, chat)

    def _opened(self, chat: dict, topic: dict[str, Any]) -> dict[str, Any]:
        """The service message that opened a topic, which everything in it answers that answers nothing else."""
        thread = topic["message_thread_id"]
        about = {"name": topic["name"], "icon_color": topic["icon_color"]}
        by = self.me if topic.get("_own") else self._somebody(chat)
        told = {"message_id": thread, "message_thread_id": thread, "is_topic_message": True, "date": int(time.time())}
        return told | {"chat": chat, "from": by, "forum_topic_created": about}

    def _seen(self, message: dict[str, Any]) -> bool:
        """A bot in privacy mode does not get ordinary group talk, unless it is an administrator."""
        chat, text = message["chat"], message["text"]
        replied = message.get("reply_to_message", {})
        called = text.startswith("/") or f"@{self.me['username']}" in text
        everything = chat["type"] in ("private", "channel") or not self.privacy_mode or self.rights.get(chat["id"])
        return bool(everything or called or replied.get("from", {}).get("id") == self.me["id"])

    async def open_link(self, url: str, *, user: dict, chat: dict | None = None, **kw: Any) -> list[dict[str, Any]]:
        """Follow a deep link of the bot: `?start=` in private, `?startgroup=` into `chat`, where the bot is added first."""
        address = urlsplit(url)
        query = dict(parse_qsl(address.query))
        name = query.get("domain") if address.scheme == "tg" else address.path.strip("/")
        if name != self.me["username"]:
            raise LookupError(f"{url} leads to {name!r}, not to the bot")
        payload = query.get("start", query.get("startgroup", ""))
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
            raise ValueError(f"the client refuses the payload {payload!r}")
        if "startgroup" not in query:
            return await self.text(f"/start {payload}".strip(), user=user, **kw)
        if chat is None:
            raise ValueError("a startgroup link needs a group")
        self.add_bot(chat, by=user)
        return await self.text(f"/start@{name} {payload}".strip(), user=user, chat=chat, **kw)

    @staticmethod
    def _messages(calls: list[Call], chat: dict) -> list[dict[str, Any]]:
        found = []
        for call in calls:
            for item in call.result if isinstance(call.result, list) else [call.result]:
                if (
                    isinstance(item, dict)
                    and "message_id" in item
                    and item.get("chat", {}).get("id") == chat["id"]
                    and call.method.startswith(("send", "copy", "forward"))
                ):
                    found.append(item)
        return found

    async def send_file(
        self,
        kind: str,
        upload: Upload,
        *,
        user: dict,
        chat: dict | None = None,
        caption: str | None = None,
        expect: int = 1,
        timeout: float = PATIENCE,
        settle: float = 0.05,
    ) -> list[dict[str, Any]]:
        """Send the bot a document, video, audio, voice or photo."""
        chat = chat or self.private(user)
        about = self._store(kind, upload, {})
        body: dict[str, Any] = {kind: about} | ({"caption": caption} if caption else {})
        message = self._user_message(user, chat, body)
        calls = await self._acting(
            {"message": message}, lambda cs: len(self._messages(cs, chat)) >= expect, timeout, settle
        )
        return self._messages(calls, chat)

    async def press(
        self, message: dict[str, Any], button: str, *, user: dict, timeout: float = PATIENCE, settle: float = 0.05
    ) -> Pressed:
        """Press an inline button by its label or callback_data, whoever may; waits for answerCallbackQuery."""
        current = self.messages.get((message["chat"]["id"], message["message_id"]))
        if current is None:
            raise LookupError("the message is deleted")
        buttons = [b for row in current.get("reply_markup", {}).get("inline_keyboard", []) for b in row]
        found = next((b for b in buttons if button in (b["text"], b.get("callback_data"))), None)
        if found is None or "callback_data" not in found:
            raise LookupError(f"no callback button {button!r}; there are {[b['text'] for b in buttons]}")
        query = {
            "id": str(next(self._ids)) + "42",
            "from": user,
            "message": current,
            "chat_instance": "1",
            "data": found["callback_data"],
        }
        pressed = self._queries[query["id"]] = Pressed(query)
        pressed.calls = await self._acting(
            {"callback_query": query}, lambda cs: pressed.answer is not None, timeout, settle
        )
        return pressed

    async def pick(
        self, button: str, *, user: dict, chat: dict | None = None, person: dict | None = None, expect: int = 1
    ) -> list[dict[str, Any]]:
        """Press a button of the keyboard under the private chat; `chat` or `person` is picked in the list it opens. The messages
        that came of it, at least `expect`. Telegram gives the bot what the button asks for in the chat."""
        home = self.private(user)
        buttons = [one for row in self.keyboards.get(home["id"], {}).get("keyboard", []) for one in row]
        found = next((one for one in buttons if one["text"] == button), None)
        if found is None:
            raise LookupError(f"no button {button!r} under the chat; there are {[one['text'] for one in buttons]}")
        if "request_chat" in found and chat is not None:
            body = {"chat_shared": self._shared_chat(found["request_chat"], user, chat)}
        elif "request_users" in found and person is not None:
            body = {"users_shared": self._shared_user(found["request_users"], person)}
        else:
            return await self.text(button, user=user, expect=expect)
        update = {"message": self._user_message(user, home, body)}
        calls = await self._acting(update, lambda cs: len(self._messages(cs, home)) >= expect, PATIENCE, 0.05)
        return self._messages(calls, home)

    def _shared_chat(self, wanted: dict[str, Any], user: dict, chat: dict) -> dict[str, Any]:
        """A chat the client offers: of the kind, managed by the user where that is asked for. Only creators are known here."""
        manages = user["id"] in self.admins.get(chat["id"], ())
        if wanted["chat_is_channel"] != (chat["type"] == "channel"):
            raise LookupError(f"{chat['title']} is not of the kind that is offered")
        if "user_administrator_rights" in wanted and not manages:
            raise LookupError(f"{chat['title']} is not offered to who does not manage it")
        asked = {one for one, given in wanted.get("bot_administrator_rights", {}).items() if given}
        rights = self.rights[chat["id"]] | asked
        if manages and chat["id"] in self.blocked and (asked or wanted.get("bot_is_member")):
            self.add_bot(chat, by=user, rights=rights)
        elif manages and asked - self.rights[chat["id"]] - {"can_manage_chat"}:  # which all administrators have
            self.promote_bot(chat, by=user, rights=rights)
        title = {"title": chat["title"]} if wanted.get("request_title") else {}
        return {"request_id": wanted["request_id"], "chat_id": chat["id"], **title}

    @staticmethod
    def _shared_user(wanted: dict[str, Any], person: dict) -> dict[str, Any]:
        if wanted.get("user_is_bot", person["is_bot"]) != person["is_bot"]:
            raise LookupError("not of the kind that is offered")
        name = {key: person[key] for key in ("first_name", "last_name") if key in person and wanted.get("request_name")}
        return {"request_id": wanted["request_id"], "users": [{"user_id": person["id"], **name}]}

    async def inline(self, text: str, *, user: dict, timeout: float = PATIENCE) -> list[dict[str, Any]]:
        """Type ``@bot text``; returns the results offered."""
        query = {"id": str(next(self._ids)) + "77", "from": user, "query": text, "offset": "", "chat_type": "private"}
        pressed = self._queries[query["id"]] = Pressed(query)
        await self._acting({"inline_query": query}, lambda cs: pressed.answer is not None, timeout, 0.02)
        return pressed.answer["results"]
