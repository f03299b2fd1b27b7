"""Groq's chat completions and list of models on loopback: the service's checks, limits, headers, prices' usage and error bodies.

    async with LoopbackChat(answers) as groq:
        GroqModel(GroqCloud(groq.key, groq.origin, …), "openai/gpt-oss-20b", "GROQ_SCREEN_MODEL")

`answers` makes an answer from the body of a request: text, or what becomes JSON. One that breaks the form that was asked for is the
service's own mistake (500), as it never lets one out; `spoiled` sends such things all the same, and so does everything once
`checks_answers` is off, as at servers that take no strict forms. judges.py has models to ask.
"""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import jsonschema
from aiohttp import web

from tests.platforms.service import CALL, Fault, Handler, Service, Window

MODELS = ("openai/gpt-oss-20b", "openai/gpt-oss-120b")
EFFORTS = ("low", "medium", "high")
Answers = Callable[[dict[str, Any]], Any]
UNLIMITED = float("inf")


class LoopbackChat(Service):
    """Limits are the free plan's, for each model by itself; `clock` gives seconds for them. `models` may change while it runs."""

    def __init__(
        self,
        answers: Answers,
        *,
        key: str = "gsk_loopback_0123456789",
        prefix: str = "/openai/v1",
        models: Sequence[str] = MODELS,
        per_minute: float = 30,
        per_day: float = 1_000,
        tokens_per_minute: float = 8_000,
        cached: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            [
                ("POST", prefix + "/chat/completions", "chat", self._guarded(self._complete)),
                ("GET", prefix + "/models", "models", self._guarded(self._list)),
            ]
        )
        self.key, self.models = key, list(models)
        self.checks_answers = True
        self._answers, self._clock, self._cached = answers, clock, cached
        self._most = {"requests per minute (RPM)": per_minute, "requests per day (RPD)": per_day}
        self._most |= {"tokens per minute (TPM)": tokens_per_minute}
        self._windows: dict[str, dict[str, Window]] = {}

    def answers(self, answers: Answers) -> None:
        """From now on these."""
        self._answers = answers

    def asked(self) -> list[dict[str, Any]]:
        """What the questions so far had as data, oldest first."""
        return [json.loads(call.data["messages"][-1]["content"]) for call in self.sent("chat") if call.data]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bearer {self.key}":
                await request.read()
                return _refused(401, "Invalid API Key", "invalid_api_key")
            return await handler(request)

        return guarded

    async def _faulty(self, route: str, request: web.Request) -> web.StreamResponse | None:
        if route == "chat":
            request[CALL].data = json.loads(await request.read())
        return await super()._faulty(route, request)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        told = [{"id": name, "object": "model", "created": 1, "owned_by": "loopback"} for name in self.models]
        return web.json_response({"object": "list", "data": told})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = request[CALL].data
        model = body.get("model")
        if model not in self.models:
            said = f"The model `{model}` does not exist or you do not have access to it."
            return _refused(404, said, "model_not_found")
        if wrong := _wrong(body):
            return _refused(400, wrong, None)
        question = tokens(body)
        if refused := self._admit(model, question + (body.get("max_completion_tokens") or 0)):
            return refused
        answer = self._answers(body)
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        if self.checks_answers and (wrong := _breach(body, text)):
            return _refused(500, f"the scripted answer breaks its form: {wrong}", None)
        return web.json_response(completion(body, text, question, self._cached), headers=self._headers(model))

    def _admit(self, model: str, amount: float) -> web.Response | None:
        most = self._most["tokens per minute (TPM)"]
        if amount > most:
            said = (
                f"Request too large on tokens per minute (TPM): Limit {most:g}, Requested {amount:g}, please reduce it."
            )
            return _refused(413, said, "rate_limit_exceeded")
        now = self._clock()
        windows = self._windows.setdefault(
            model, {name: Window(limit, 86_400 if "day" in name else 60) for name, limit in self._most.items()}
        )
        wanted = {name: amount if "TPM" in name else 1.0 for name in windows}
        wait, name = max((window.wait(wanted[name], now), name) for name, window in windows.items())
        if wait > 0:
            figures = f"Limit {windows[name].limit:g}, Used {windows[name].used(now):g}, Requested {wanted[name]:g}"
            said = f"Rate limit reached for model `{model}` on {name}: {figures}. Please try again in {wait:.3f}s."
            return _refused(429, said, "rate_limit_exceeded", {"retry-after": str(max(1, int(wait + 0.999)))})
        for name, window in windows.items():
            window.take(wanted[name], now)
        return None

    def _headers(self, model: str) -> dict[str, str]:
        said, now = {}, self._clock()
        for name, header in (("requests per day (RPD)", "requests"), ("tokens per minute (TPM)", "tokens")):
            window = self._windows[model][name]
            if window.limit < UNLIMITED:
                said[f"x-ratelimit-limit-{header}"] = f"{window.limit:g}"
                said[f"x-ratelimit-remaining-{header}"] = f"{max(0, int(window.limit - window.used(now)))}"
        return said


def completion(body: dict[str, Any], text: str | None, question: int = 100, cached: int = 0) -> dict[str, Any]:
    """The service's answer with this text."""
    answered = len(text or "") // 4
    usage: dict[str, Any] = {
        "prompt_tokens": question,
        "completion_tokens": answered,
        "total_tokens": question + answered,
    }
    if cached:
        usage["prompt_tokens_details"] = {"cached_tokens": min(cached, question)}
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop" if text else "length", "logprobs": None}
    about = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body.get("model", "x")}
    return {**about, "choices": [choice], "usage": usage}


def spoiled(text: str | None, times: int = 1) -> Fault:
    """An answer with this text, whatever was asked."""
    return Fault("chat", status=200, body=completion({}, text), times=times)


def refusal(status: int, times: int = 1, message: str = "", **headers: str) -> Fault:
    """The service's answer with this status."""
    said, code = {
        400: ("Failed to generate JSON. Please adjust your prompt.", "json_validate_failed"),
        401: ("Invalid API Key", "invalid_api_key"),
        404: ("The model `x` does not exist or you do not have access to it.", "model_not_found"),
        413: ("Request too large on tokens per minute (TPM): Limit 8000, Requested 9000", "rate_limit_exceeded"),
        429: ("Rate limit reached for model `x` on requests per minute (RPM)", "rate_limit_exceeded"),
        498: ("Flex tier capacity exceeded, please try again later.", "capacity_exceeded"),
        500: ("Internal Server Error", None),
        503: ("Service Unavailable", None),
    }[status]
    error = {"message": message or said, "type": "invalid_request_error"} | ({"code": code} if code else {})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault("chat", status=status, body={"error": error}, headers=named, times=times)


def page(times: int = 1) -> Fault:
    """200 with a web page."""
    return Fault(
        "chat", status=200, body="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html", times=times
    )


def tokens(body: dict[str, Any]) -> int:
    """About as many as the messages have."""
    return sum(len(message["content"]) for message in body["messages"]) // 4


def lines_of(body: dict[str, Any]) -> list[str]:
    """The transcript in a request for a summary."""
    return [line["text"] for line in json.loads(body["messages"][-1]["content"])["lines"]]


def _wrong(body: dict[str, Any]) -> str:
    """What the service would not take of a request; empty when it takes it."""
    if body.get("reasoning_effort") not in (None, *EFFORTS):
        return "`reasoning_effort` must be one of low, medium, high"
    if not isinstance(body.get("max_completion_tokens"), int) or body.get("stream"):
        return "this loopback wants max_completion_tokens and does not stream"
    form = body.get("response_format") or {}
    if form.get("type") != "json_schema":
        return "this loopback takes json_schema only"
    if form["json_schema"].get("strict") and (loose := _loose(form["json_schema"]["schema"])):
        return f"invalid JSON schema for response_format: {loose}"
    return ""


def _loose(schema: dict[str, Any], where: str = "schema") -> str:
    """What strict mode refuses: open objects and properties that may be left out."""
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            return f"{where}: 'additionalProperties: false' must be set"
        if set(schema.get("required", ())) != set(schema.get("properties", ())):
            return f"{where}: 'required' must name every property"
        found = (_loose(part, f"{where}.{name}") for name, part in schema["properties"].items())
        return next((one for one in found if one), "")
    return _loose(schema["items"], f"{where}.items") if schema.get("type") == "array" else ""


def _breach(body: dict[str, Any], text: str) -> str:
    form = body["response_format"]["json_schema"]
    if not form.get("strict"):
        return ""
    try:
        problems = list(jsonschema.Draft202012Validator(form["schema"]).iter_errors(json.loads(text)))
    except ValueError:
        return "no JSON"
    return problems[0].message[:200] if problems else ""


def _refused(status: int, message: str, code: str | None, headers: dict[str, str] | None = None) -> web.Response:
    error = {"message": message, "type": "invalid_request_error"} | ({"code": code} if code else {})
    return web.json_response({"error": error}, status=status, headers=headers)
