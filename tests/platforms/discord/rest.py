"""The REST interface: a request is read, checked against the document, held to limits, answered and kept."""

import asyncio
import fnmatch
import json
import time
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import BodyPartReader, web

from tests.platforms.discord.errors import ApiError, rate_limited
from tests.platforms.discord.openapi import Operation
from tests.platforms.discord.records import API, Request, UploadedFile, json_response
from tests.platforms.discord.wire import Wire


class Rest(Wire):
    """Operations are the methods named `_do_` and the operation's id."""

    async def _rest(self, http: web.Request) -> web.StreamResponse:
        path = http.path.removeprefix(API)
        op = self.spec.match(http.method, path)
        template = op and op.template
        record = Request(time.monotonic(), http.method, path, template, dict(http.query), None, {}, dict(http.headers))
        self.requests.append(record)
        where = f"{http.method} {template or path}"
        headers: dict[str, str] = {}
        try:
            return self._finish(record, await self._answered(http, op, record, where, headers))
        except ApiError as error:
            for line in error.lines() if error.violation else ():
                self.violate("request", where, line)
            answer = json_response(error.body(), status=error.status, headers=headers | error.headers)
            return self._finish(record, answer)
        except (ConnectionError, web.RequestPayloadError):
            raise  # whoever asked has gone
        except Exception as error:
            self.self_check.append(f"{where}: {error!r}")  # so that a test does not end well
            raise

    async def _answered(
        self, http: web.Request, op: Operation | None, record: Request, where: str, headers: dict[str, str]
    ) -> web.Response:
        """The answer when nothing is refused; `headers` is filled as soon as there are limits to tell of."""
        body = await self._read(http, record)
        if len([t for t in self.invalid_requests if t > record.at - 600]) >= self.invalid_request_limit:
            self.violate("ban", where, "too many invalid requests: the edge would answer from here on")
            return web.Response(status=429, text="error code: 1015", content_type="text/html")
        if op is None:
            self.violate("route", where, "no such operation in the OpenAPI document")
            raise ApiError(404, 0, "404: Not Found")
        handler: Callable[..., Awaitable[Any]] | None = getattr(self, "_do_" + op.operation_id, None)
        if handler is not None:
            self._check_headers(http, op, where)
            self._check_query(http, op, where)
        if (planned := await self._planned(http.method, op)) is not None:
            return planned
        if handler is None:
            self.violate("unimplemented", where, "the fake does not serve this operation yet")
            raise ApiError(501, 0, f"fake: {op.operation_id} is not implemented")
        headers |= self._limit(op, record.path)
        self._check_body(op, http, body, where)
        answer = await handler(body, record, **op.path_params)
        status, payload = answer if isinstance(answer, tuple) else (200 if answer is not None else 204, answer)
        if payload is None:
            return web.Response(status=status, headers=headers)
        if pointer := self.spec.response_pointer(op, status):
            for error in self.spec.errors(pointer, payload):
                self.self_check.append(f"{where} {status}: {list(error.absolute_path)} {error.message:.160}")
        return json_response(payload, status=status, headers=headers)

    async def _planned(self, method: str, op: Operation) -> web.Response | None:
        """The failure a test planned for this request, if any."""
        for fault in self.faults:
            asked = fault.method in ("*", method) and fnmatch.fnmatchcase(op.template, fault.path_glob)
            if fault.times and asked:
                fault.times -= 1
                await asyncio.sleep(fault.delay)
                return json_response(fault.body, status=fault.status, headers=fault.headers)
        return None

    def _finish(self, record: Request, response: web.Response) -> web.Response:
        record.status, record.done_at = response.status, time.monotonic()
        if response.status in (401, 403) or (
            response.status == 429 and response.headers.get("X-RateLimit-Scope") != "shared"
        ):
            self.invalid_requests.append(record.at)
        self._notify()
        return response

    async def _read(self, http: web.Request, record: Request) -> Any:
        """Body as JSON, with uploaded files put aside in `record.files`."""
        kind = http.content_type if http.can_read_body else ""
        if kind == "application/json":
            raw = await http.read()
            try:
                record.body = json.loads(raw) if raw else None
            except ValueError:
                raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
        elif kind == "multipart/form-data":
            async for part in await http.multipart():
                assert isinstance(part, BodyPartReader)
                self._read_part(part, bytes(await part.read(decode=False)), record)
            record.body = record.body if record.body is not None else {}
        elif kind:
            await http.read()
        return record.body

    def _read_part(self, part: BodyPartReader, data: bytes, record: Request) -> None:
        name, kind = part.name or "", part.headers.get("Content-Type", "application/octet-stream")
        if name == "payload_json":
            record.body = json.loads(data)
        elif name == "file" or name.startswith("files["):
            number = 0 if name == "file" else int(name[6:-1])
            record.files[number] = UploadedFile(part.filename or "unknown", data, kind)
        else:
            self.violate("request", record.path, f"multipart field {name!r}")

    def _check_headers(self, http: web.Request, op: Operation, where: str) -> None:
        client = http.headers.get("User-Agent", "")
        # Webhook-token requests of discord.py carry aiohttp's own name; Discord lets them through.
        if not client.startswith("DiscordBot (") and op.needs_token:
            self.violate("header", where, f"User-Agent {client!r}")
        authorization = http.headers.get("Authorization")
        if op.needs_token and authorization != f"Bot {self.token}":
            raise ApiError(401, 0, "401: Unauthorized", violation=False)
        if authorization not in (None, f"Bot {self.token}"):
            raise ApiError(401, 0, "401: Unauthorized", violation=False)

    def _check_query(self, http: web.Request, op: Operation, where: str) -> None:
        known = {parameter["name"] for parameter in op.doc.get("parameters", [])}
        for key in http.query:
            if key not in known and key not in self.spec.KNOWN_QUERY:
                self.violate("unknown-key", where, f"query parameter {key!r}")

    def _check_body(self, op: Operation, http: web.Request, body: Any, where: str) -> None:
        if "requestBody" not in op.doc:
            if body not in (None, {}):
                self.violate("request", where, "a body was sent where none is defined")
            return
        if body is None:
            if op.doc["requestBody"].get("required") and http.method != "PUT":
                raise ApiError(400, 50035, "Invalid Form Body", {"": "BODY_REQUIRED"})
            return
        pointer = self.spec.body_pointer(op, http.content_type)
        if pointer is None:
            raise ApiError(400, 50035, f"Content-Type {http.content_type} is not accepted here")
        if errors := self.spec.errors(pointer, body):
            raise ApiError(
                400, 50035, "Invalid Form Body", {".".join(map(str, e.absolute_path)): e.message[:200] for e in errors}
            )
        if self.strict_unknown_keys:
            for key in self.spec.unknown_keys(pointer, body):
                self.violate("unknown-key", where, key)

    def _limit(self, op: Operation, path: str) -> dict[str, str]:
        """Headers of the route's limit. Callbacks are exempt; webhooks, those of interactions too, from the global limit."""
        moment = time.monotonic()
        if self.global_limit and not path.startswith(("/interactions/", "/webhooks/")):
            self._global = [t for t in self._global if t > moment - 1]
            if len(self._global) >= self.global_limit:
                self._too_fast(path, "global limit exceeded")
                raise rate_limited(round(self._global[0] + 1 - moment, 3), "global")
            self._global.append(moment)
        if not self.route_limit or path.startswith("/interactions/"):
            return {}
        limit, per = self.route_limit
        major = 4 if path.startswith("/webhooks/") else 3  # a webhook is told apart by its token, too
        # A fixed window, as Discord's: it opens with the first request and empties all at once.
        hits = self._buckets.setdefault(f"{op.operation_id}:{'/'.join(path.split('/')[1:major])}", [])
        if hits and moment >= hits[0] + per:
            hits.clear()
        reset = (hits[0] if hits else moment) + per - moment
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Reset": f"{time.time() + reset:.3f}",
            "X-RateLimit-Reset-After": f"{reset:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(op.operation_id.encode()):08x}" * 4,
        }
        if len(hits) >= limit:
            self._too_fast(path, f"route limit {limit}/{per:g}s exceeded")
            error = rate_limited(round(reset, 3), "user")
            error.headers |= headers | {"X-RateLimit-Remaining": "0"}
            raise error
        hits.append(moment)
        return headers | {"X-RateLimit-Remaining": str(limit - len(hits))}

    def _too_fast(self, path: str, what: str) -> None:
        self.rate_limited += 1
        self.violate("rate-limit", path, what)
