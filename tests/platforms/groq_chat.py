"""Groq's chat completions on loopback, as far as one request with a strict schema needs them."""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.platforms.service import CALL, Service

MODELS = ("openai/gpt-oss-20b", "openai/gpt-oss-120b")


class LoopbackChat(Service):
    """`answers` makes the text of an answer from the body of a request."""

    def __init__(self, answers: Callable[[dict[str, Any]], str], *, key: str = "gsk_loopback_0123456789") -> None:
        super().__init__([("POST", "/openai/v1/chat/completions", "chat", self._complete)])
        self.key, self._answers = key, answers

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return _refused(401, "Invalid API Key", "invalid_api_key")
        body = await request.json()
        request[CALL].data = body
        if body.get("model") not in MODELS:
            return _refused(404, "The model does not exist or you do not have access to it.", "model_not_found")
        asked = body["response_format"]
        schema = asked["json_schema"]["schema"]
        strict = asked["type"] == "json_schema" and asked["json_schema"]["strict"]
        if not strict or schema["additionalProperties"] or set(schema["required"]) != set(schema["properties"]):
            return _refused(400, "invalid JSON schema for response_format", None)
        message = {"role": "assistant", "content": self._answers(body)}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return web.json_response(
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice]}
        )


def lines_of(body: dict[str, Any]) -> list[str]:
    """The transcript in a request."""
    return [line["text"] for line in json.loads(body["messages"][-1]["content"])["lines"]]


def _refused(status: int, message: str, code: str | None) -> web.Response:
    error = {"message": message, "type": "invalid_request_error"} | ({"code": code} if code else {})
    return web.json_response({"error": error}, status=status)
