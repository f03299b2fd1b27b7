"""Updates on their way to the bot: queued, polled for, or posted to its webhook."""

import asyncio
import contextlib
import copy
import json
from typing import Any

from tests.platforms.telegram.records import ASKING, BotError, bad_request
from tests.platforms.telegram.world import World


class Updates(World):
    """In order; one reader."""

    def push(self, update: dict[str, Any]) -> None:
        """Queue an update for the bot (checked against the description first)."""
        update = {"update_id": next(self._update_ids), **copy.deepcopy(update)}
        self._check_own("Update", update)
        kind = next(k for k in update if k != "update_id")
        default_off = ("chat_member", "message_reaction", "message_reaction_count")
        if (self._allowed and kind not in self._allowed) or (not self._allowed and kind in default_off):
            return
        self.updates.append(update)
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
        self._notify()

    def _check_own(self, types: str | list[str], value: Any) -> None:
        """Our own answers must fit the description too."""
        kinds = [types] if isinstance(types, str) else types
        problems = [p for p in self.spec.check(value, kinds, "result") if p.kind in ("type", "required")]
        self.self_check += [f"{kinds}: {p}" for p in problems if "reply_to_message" not in p.where]

    async def _deliver_webhooks(self) -> None:
        """POST queued updates to the webhook, in order, retrying like the true server."""
        wait = 0.2
        while True:
            await self.wait_for(lambda: self.webhook["url"] and self.updates, timeout=1e9)
            update = self.updates[0]
            headers = {"X-Telegram-Bot-Api-Secret-Token": s} if (s := self.webhook.get("secret_token")) else {}
            try:
                async with self._session.post(self.webhook["url"], json=update, headers=headers) as answer:
                    body = await answer.read()
                    if answer.status // 100 != 2:
                        raise OSError(f"Wrong response from the webhook: {answer.status}")
            except (TimeoutError, OSError) as error:
                self.webhook_errors.append(str(error))
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5)
                continue
            wait = 0.2
            if update in self.updates:
                self.updates.remove(update)
            if body.strip().startswith(b"{") and (reply := json.loads(body)).get("method"):
                await self._run(
                    reply.pop("method"), {k: v if isinstance(v, str) else json.dumps(v) for k, v in reply.items()}, {}
                )

    def _poller_there(self) -> bool:
        """Whether whoever holds the question open is still connected."""
        transport = self._poller.transport if self._poller is not None else None
        return transport is not None and not transport.is_closing()

    async def _do_get_updates(self, p: dict, f: dict) -> Any:
        if self.webhook["url"]:
            raise BotError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        if self._poll and not self._poll.done() and not self._poller_there():
            self._poll.set_result(None)  # its program was killed: nobody is fought with
        if self._poll and not self._poll.done():
            self._poll.set_exception(
                BotError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            )
            self._poll.exception()  # its caller may be gone already: not an unnoticed error
        if "allowed_updates" in p:
            self._allowed = p["allowed_updates"]
        offset = p.get("offset")
        if offset is not None:
            self.updates = (
                [u for u in self.updates if u["update_id"] >= offset] if offset >= 0 else self.updates[offset:]
            )
        if not self.updates and p.get("timeout"):
            self._poll = mine = asyncio.get_running_loop().create_future()
            self._poller = ASKING.get()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(mine), p["timeout"])
        return self.updates[: p.get("limit", 100)]

    async def _do_set_webhook(self, p: dict, f: dict) -> Any:
        url = p["url"]
        if url and not url.startswith("https://") and not self.local:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if p.get("secret_token") and not all(c.isalnum() or c in "_-" for c in p["secret_token"]):
            raise bad_request("secret token contains unallowed characters")
        if p.get("drop_pending_updates"):
            self.updates.clear()
        self.webhook = {"url": url, "secret_token": p.get("secret_token")}
        self._allowed = p.get("allowed_updates", self._allowed)
        if self._poll and not self._poll.done():
            self._poll.set_exception(BotError(409, "Conflict: terminated by setWebhook request", violation=False))
        return True

    async def _do_delete_webhook(self, p: dict, f: dict) -> Any:
        self.webhook = {"url": ""}
        if p.get("drop_pending_updates"):
            self.updates.clear()
        return True

    async def _do_get_webhook_info(self, p: dict, f: dict) -> Any:
        return {"url": self.webhook["url"], "has_custom_certificate": False, "pending_update_count": len(self.updates)}
