"""Groq's chat completions on loopback for models that see: pictures as base64, an answer as JSON if the model feels like it."""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.platforms.service import CALL, Service

MODEL = "qwen/qwen3.8-27b"
MOST = 4_000_000  # bytes of base64 in a request
CHECKS = ("nudity", "gore", "hate", "dangerous", "harassment", "self_harm", "minors", "misinformation")


def verdict(reason: str = "", *, orders: bool = False, **found: float) -> str:
    """The answer of a model that keeps to what it was asked for."""
    return json.dumps({"checks": dict.fromkeys(CHECKS, 0) | found, "orders": orders, "reason": reason})


class LoopbackVision(Service):
    """`answers` makes the text of an answer from the body of a request."""

    def __init__(self, answers: Callable[[dict[str, Any]], str], *, key: str = "gsk_loopback_0123456789") -> None:
        super().__init__([("POST", "/openai/v1/chat/completions", "chat", self._complete)])
        self.key, self._answers = key, answers

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return refused(401, "Invalid API Key", "invalid_api_key")
        body = await request.json()
        request[CALL].data = body
        if body.get("model") != MODEL:
            return refused(404, "The model does not exist or you do not have access to it.", "model_not_found")
        if body["response_format"] != {"type": "json_object"} or body.get("reasoning_format") != "hidden":
            return refused(400, "this model speaks JSON only with its reasoning hidden", None)
        images = pictures_of(body)
        if not 1 <= len(images) <= 8 or sum(len(base64.b64encode(one)) for one in images) > MOST:
            return refused(413, "Request Entity Too Large", None)
        message = {"role": "assistant", "content": self._answers(body)}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        usage = {"prompt_tokens": 3_000, "completion_tokens": 200, "total_tokens": 3_200}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"]}
        return web.json_response({**head, "choices": [choice], "usage": usage})


def said_in(body: dict[str, Any]) -> dict[str, Any]:
    """The JSON beside the pictures of a request."""
    user = next(one for one in body["messages"] if one["role"] == "user")
    return dict(json.loads(next(part["text"] for part in user["content"] if part["type"] == "text")))


def pictures_of(body: dict[str, Any]) -> list[bytes]:
    """The pictures of a request; one that is none counts as empty."""
    user = next(one for one in body["messages"] if one["role"] == "user")
    found = []
    for part in user["content"]:
        if part["type"] == "image_url":
            kind, _, data = part["image_url"]["url"].partition(",")
            try:
                found.append(base64.b64decode(data, validate=True) if kind == "data:image/jpeg;base64" else b"")
            except binascii.Error:
                found.append(b"")
    return found


def refused(status: int, message: str, code: str | None) -> web.Response:
    """An error as Groq words it."""
    error = {"message": message, "type": "invalid_request_error"} | ({"code": code} if code else {})
    return web.json_response({"error": error}, status=status)
