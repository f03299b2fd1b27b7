"""People, chats and what was recorded: the state everything else stands on."""

import asyncio
import fnmatch
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.platforms.telegram.api import document
from tests.platforms.telegram.records import MB, Call, Pressed, Upload
from tests.platforms.violations import Violation, assert_none
from tests.waiting import PATIENCE, Changing

TOKEN = "123456789:AAFakeTelegramTokenForTestsOnly000000"


@dataclass(kw_only=True, eq=False, repr=False)
class Knobs:
    """How strict the service is: arguments of `FakeTelegram`, and attributes that a test may change."""

    token: str = TOKEN
    username: str = "earshot_bot"
    upload_limit: int = 50 * MB
    download_limit: int = 20 * MB
    local: bool = False  # as a self-hosted server in local mode
    global_per_second: int | None = 30
    chat_per_second: int | None = None
    group_per_minute: int | None = 20
    privacy_mode: bool = True
    strict_unknown_keys: bool = True


@dataclass(kw_only=True, eq=False, repr=False)
class World(Knobs):
    """State and records are plain attributes."""

    def __post_init__(self) -> None:
        if self.local:
            self.upload_limit, self.download_limit = max(self.upload_limit, 2000 * MB), 1 << 60
        self.spec = document()
        self._ids = itertools.count(1000)
        self._update_ids = itertools.count(700_000)
        self.me = self._bot()
        self.users: dict[int, dict[str, Any]] = {}
        self.chats: dict[int, dict[str, Any]] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.topics: dict[tuple[int, int], dict[str, Any]] = {}
        self.files: dict[str, Upload] = {}
        self.blocked: set[int] = set()  # chats that answer 403
        self.not_started: set[int] = set()  # users who never pressed Start
        self.migrated: dict[int, int] = {}  # old group id -> supergroup id
        self.readonly: set[int] = set()  # chats where the bot may not write
        self.rights: dict[int, set[str]] = {}  # chat id -> administrator rights of the bot
        self.withheld: dict[int, set[str]] = {}  # group id -> permissions its members do not have
        self.admins: dict[int, set[int]] = {}  # chat id -> user ids of administrators
        self.gone_topics: set[tuple[int, int]] = set()  # deleted by somebody
        self.keyboards: dict[int, dict[str, Any]] = {}  # chat id -> the keyboard under it
        self.markups: dict[tuple[int, int], dict[str, Any]] = {}  # what a message was sent with, ForceReply too
        self.commands: dict[str, list[dict[str, Any]]] = {}
        self.about: dict[tuple[str, str], str] = {}  # name, description, short_description by language
        self.menu_buttons: dict[int | None, dict[str, Any]] = {}
        self.reactions: dict[tuple[int, int], list[dict[str, Any]]] = {}
        self._peoples: set[tuple[int, int]] = set()  # messages of others
        self._hits: dict[Any, list[float]] = {}
        self._queries: dict[str, Pressed] = {}
        self._changing = Changing()
        self._record()

    def _record(self) -> None:
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.self_check: list[str] = []  # where our own answers break the description
        self.faults: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] = {"url": ""}
        self.webhook_errors: list[str] = []
        self.rate_limited = 0  # calls refused for the bot's own pace
        self._allowed: list[str] = []
        self._poll: asyncio.Future[None] | None = None
        self._poller: web.Request | None = None

    def _bot(self) -> dict[str, Any]:
        about = {
            "id": int(self.token.split(":")[0]),
            "is_bot": True,
            "first_name": "Earshot",
            "username": self.username,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy_mode,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
        }
        return {key: value for key, value in about.items() if key in self.spec.types["User"]["fields"]}

    def add_user(self, first_name: str, *, started: bool = True, language: str = "en") -> dict[str, Any]:
        user = {
            "id": next(self._ids) + 10_000_000,
            "is_bot": False,
            "first_name": first_name,
            "username": first_name.lower() + "_test",
            "language_code": language,
        }
        self.users[user["id"]] = user
        self.chats[user["id"]] = {
            "id": user["id"],
            "type": "private",
            "first_name": first_name,
            "username": user["username"],
        }
        if not started:
            self.not_started.add(user["id"])
        return user

    def private(self, user: dict[str, Any]) -> dict[str, Any]:
        return self.chats[user["id"]]

    def add_group(
        self, title: str, *, kind: str = "supergroup", forum: bool = False, rights: set[str] = frozenset()
    ) -> dict[str, Any]:
        number = next(self._ids)
        chat = {"id": -number if kind == "group" else -1_000_000_000_000 - number, "type": kind, "title": title}
        if forum:
            chat["is_forum"] = True
        self.chats[chat["id"]] = chat
        self.rights[chat["id"]] = set(rights)
        return chat

    def add_channel(self, title: str) -> dict[str, Any]:
        return self.add_group(title, kind="channel", rights={"can_post_messages"})

    def violate(self, kind: str, where: str, what: str) -> None:
        self.violations.append(Violation(what, where, kind))

    def assert_clean(self, *, ignore: tuple[str, ...] = ()) -> None:
        """Fail when the bot broke a rule, or we answered outside the description."""
        assert_none("Telegram", self.violations, self.self_check, ignore)

    def sent(self, method: str = "*", chat: dict | None = None) -> list[Call]:
        return [
            c
            for c in self.calls
            if fnmatch.fnmatchcase(c.method, method) and (chat is None or c.params.get("chat_id") == chat["id"])
        ]

    def messages_in(self, chat: dict, *, from_bot: bool = True) -> list[dict[str, Any]]:
        """Messages of a chat, oldest first: the bot's own, or (`from_bot=False`) everybody's."""
        return [
            message
            for (chat_id, _), message in self.messages.items()
            if chat_id == chat["id"] and (not from_bot or self._is_own(message))
        ]

    def _is_own(self, message: dict[str, Any]) -> bool:
        key = message["chat"]["id"], message["message_id"]
        return key not in self._peoples and message.get("from", self.me)["id"] == self.me["id"]

    def asked(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The ForceReply a message of the bot was sent with, if it was."""
        markup = self.markups.get((message["chat"]["id"], message["message_id"]), {})
        return markup if "force_reply" in markup else None

    async def wait_message(
        self,
        chat: dict,
        *,
        after: int = 0,
        timeout: float = PATIENCE,
        match: Callable[[dict[str, Any]], bool] = lambda message: True,
    ) -> dict[str, Any]:
        """The next message the bot sends to `chat` (skipping the `after` first matching ones)."""
        return (await self.wait_for(lambda: [m for m in self.messages_in(chat) if match(m)][after:], timeout))[0]

    def pace(self, chat: dict | None = None, window: float = 1.0) -> int:
        """Most sending calls within any ``window`` seconds (to one chat)."""
        times = [c.at for c in self.sent("send*", chat)]
        return max((sum(1 for t in times if start <= t < start + window) for start in times), default=0)

    def file_data(self, message: dict[str, Any]) -> bytes:
        """Bytes of the file in a message the bot sent."""
        for kind in ("document", "video", "audio", "voice", "animation"):
            if kind in message:
                return self.files[message[kind]["file_id"]].data
        return self.files[message["photo"][-1]["file_id"]].data

    async def wait_for(self, condition: Callable[[], Any], timeout: float = PATIENCE) -> Any:
        """Wait until `condition()` is true (looked at after each event here); returns its value."""
        return await self._changing.until(condition, timeout)

    @property
    def polled(self) -> bool:
        """Whether the bot waits for updates now."""
        return self._poll is not None and not self._poll.done()

    async def wait_ready(self, timeout: float = PATIENCE) -> None:
        """Wait until the bot polls or has set a webhook."""
        await self.wait_for(lambda: self.sent("getUpdates") or self.webhook["url"], timeout)

    def _notify(self) -> None:
        self._changing.tell()

    def fail_next(
        self,
        method_glob: str,
        code: int,
        description: str = "",
        *,
        times: int = 1,
        retry_after: int | None = None,
        delay: float = 0.0,
        raw: str | None = None,
        after: bool = False,
    ) -> None:
        """Plan failures: 429 with ``retry_after``, 5xx, or ``raw`` (a body that is no JSON). ``after``: what was asked is done
        before, at once, and only its answer gets lost."""
        if code == 429:
            description = f"Too Many Requests: retry after {retry_after}"
        self.faults.append(
            {
                "glob": method_glob,
                "code": code,
                "times": times,
                "delay": delay,
                "raw": raw,
                "after": after,
                "description": description or f"planned {code}",
                "parameters": {"retry_after": retry_after} if retry_after else None,
            }
        )
