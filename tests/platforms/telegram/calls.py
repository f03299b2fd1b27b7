"""The door for calls: read, checked against the description, answered and kept."""

import asyncio
import fnmatch
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import BodyPartReader, web

from tests.platforms.telegram.api import Problem
from tests.platforms.telegram.records import ASKING, BotError, Call, Upload, bad_request
from tests.platforms.telegram.updates import Updates


def snake(name: str) -> str:
    """sendMessage as send_message."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Calls(Updates):
    """Methods of the Bot API are the methods named `_do_` and the name in snake case."""

    async def _call(self, http: web.Request) -> web.Response:
        if http.match_info["token"] != self.token:
            return self._answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        params: dict[str, Any] = dict(http.query)
        files: dict[str, Upload] = {}
        kind = http.content_type if http.can_read_body else ""
        if kind == "application/json":
            body = await http.json()
            params |= {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}
        elif kind == "application/x-www-form-urlencoded":
            params |= dict(await http.post())
        elif kind == "multipart/form-data":
            async for part in await http.multipart():
                assert isinstance(part, BodyPartReader)
                data = bytes(await part.read(decode=False))
                if part.filename is not None:
                    files[part.name or ""] = Upload(part.filename, data, part.headers.get("Content-Type", ""))
                else:
                    params[part.name or ""] = data.decode()
        ASKING.set(http)
        status, body = await self._run(http.match_info["method"], params, files)
        if isinstance(body, str):
            return web.Response(status=status, text=body)
        return self._answer(status, body)

    @staticmethod
    def _answer(status: int, body: dict[str, Any]) -> web.Response:
        headers = (
            {"Retry-After": str(body["parameters"]["retry_after"])}
            if body.get("parameters", {}).get("retry_after")
            else {}
        )
        return web.json_response(body, status=status, headers=headers)

    async def _run(self, wire_name: str, params: dict[str, Any], files: dict[str, Upload]) -> tuple[int, Any]:
        method = self.spec.method(wire_name)
        call = Call(time.monotonic(), method or wire_name, params, files)
        self.calls.append(call)
        try:
            if method is None:
                self.violate("method", wire_name, "no such method")
                raise BotError(404, "Not Found", violation=False)
            handler: Callable[..., Awaitable[Any]] | None = getattr(self, f"_do_{snake(method)}", None)
            problems: list[Problem] = []
            if handler is not None:
                call.params, problems = self.spec.check_call(method, params, files)
            if (planned := await self._planned(method, after=False)) is not None:
                call.status = planned[0]
                return planned
            if handler is None:
                self.violate("unimplemented", method, "the fake does not serve this method yet")
                raise BotError(501, "Not Implemented by the fake", violation=False)
            self._refuse(method, problems)
            if sum(len(file.data) for file in files.values()) > self.upload_limit:
                raise BotError(413, "Request Entity Too Large")
            call.result = await handler(call.params, files)
            self._check_own(self.spec.methods[method]["returns"], call.result)
            if (planned := await self._planned(method, after=True)) is not None:
                call.status = planned[0]
                return planned
            call.status = 200
            return 200, {"ok": True, "result": call.result}
        except BotError as error:
            call.status, call.error = error.code, error.description
            if error.violation:
                self.violate("refused", method or wire_name, error.description)
            body = {"ok": False, "error_code": error.code, "description": error.description}
            return error.code, body | ({"parameters": error.parameters} if error.parameters else {})
        except Exception as error:
            self.self_check.append(f"{method}: {error!r}")  # so that a test does not end well
            raise
        finally:
            self._notify()

    async def _planned(self, method: str, *, after: bool) -> tuple[int, str] | None:
        """The failure a test planned for this call, if any: raised, or a body that is no JSON. `after`: it has been done."""
        for fault in self.faults:
            if fault["times"] and fault["after"] is after and fnmatch.fnmatchcase(method, fault["glob"]):
                fault["times"] -= 1
                await asyncio.sleep(fault["delay"])
                if fault["raw"] is not None:
                    return fault["code"], fault["raw"]
                raise BotError(fault["code"], fault["description"], fault["parameters"], violation=False)
        return None

    def _refuse(self, method: str, problems: list[Problem]) -> None:
        """Unknown parameters are only noted (the true server ignores them); the rest is refused."""
        for problem in problems:
            if problem.kind == "unknown":
                if self.strict_unknown_keys:
                    self.violate("unknown-key", method, str(problem))
                continue
            if problem.where.endswith("callback_data"):
                raise bad_request("BUTTON_DATA_INVALID")
            if problem.kind == "required" and problem.where == "text":
                raise bad_request("message text is empty")
            if problem.kind == "required" and problem.where == "chat_id":
                raise bad_request("chat_id is empty")
            if method == "setMyCommands":
                raise bad_request(
                    "BOT_COMMAND_DESCRIPTION_INVALID" if "description" in problem.where else "BOT_COMMAND_INVALID"
                )
            raise bad_request(f"invalid parameter {problem}")
