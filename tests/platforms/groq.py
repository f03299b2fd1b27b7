"""Groq on loopback: transcriptions with the service's own checks, limits, headers and error bodies, for the real client.

    async with LoopbackGroq(hears=fixed("hello")) as groq:
        GroqSpeech(groq.key, groq.origin)

By hand:  python -m tests.platforms.groq [--port 8730]   knows the words of the recordings in this repository.
"""

import argparse
import asyncio
import contextlib
import json
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.platforms import speech
from tests.platforms.service import CALL, Fault, Handler, Service, Window

MODELS = ("whisper-large-v3-turbo", "whisper-large-v3")
FORMATS = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "opus", "wav", "webm")
FIELDS = frozenset(
    {"file", "model", "response_format", "timestamp_granularities[]", "language", "prompt", "temperature"}
)
UNLIMITED = float("inf")
"""Of this there is no limit: answers do not speak of it."""


class Refused(Exception):
    """A request the service turns down, in its own words."""

    def __init__(self, status: int, message: str, code: str | None = None, **headers: str) -> None:
        super().__init__(message)
        error = {"message": message, "type": "invalid_request_error"} | ({"code": code} if code else {})
        self.status, self.body = status, {"error": error}
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refusal(status: int, **headers: str) -> Fault:
    """The service's answer with this status, as a fault for `fail_next`."""
    message, code = {
        400: ("could not process file - is it a valid media file?", None),
        401: ("Invalid API Key", "invalid_api_key"),
        403: ("Forbidden", "permission_denied"),
        404: ("The model `x` does not exist or you do not have access to it.", "model_not_found"),
        413: ("Request Entity Too Large", "request_too_large"),
        429: ("Rate limit reached for model `x` on requests per minute (RPM)", "rate_limit_exceeded"),
        498: ("Flex tier capacity exceeded, please try again later.", "capacity_exceeded"),
        500: ("Internal Server Error", None),
        503: ("Service Unavailable", None),
    }[status]
    refused = Refused(status, message, code, **headers)
    return Fault("speech", status=status, body=refused.body, headers=refused.headers)


def garbage() -> Fault:
    """200 with a web page: the client hands the page over as text."""
    page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
    return Fault("speech", status=200, body=page, content_type="text/html")


class LoopbackGroq(Service):
    """`hears` gives the words of a sound (speech.py). Limits are the free plan's, those of a day in its proportion to the shorter
    ones; `clock` gives seconds for them."""

    def __init__(
        self,
        hears: speech.Source | None = None,
        *,
        key: str = "gsk_loopback_0123456789",
        prefix: str = "/openai/v1",
        language: str = "English",
        file_limit: int = 25 << 20,
        per_minute: float = 20,
        per_day: float | None = None,
        audio_seconds_per_hour: float = 7_200,
        audio_seconds_per_day: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            [
                ("POST", prefix + "/audio/transcriptions", "speech", self._guarded(self._transcribe)),
                ("GET", prefix + "/models/{name}", "models", self._guarded(self._model)),
            ]
        )
        self.key = key
        self.violations: list[str] = []
        self._hears: speech.Source = hears or speech.fixed("Hello from the loopback.")
        self._language = language
        self._file_limit = file_limit
        self._clock = clock
        day, sound_a_day = per_day or per_minute * 100, audio_seconds_per_day or audio_seconds_per_hour * 4
        self._requests = (Limit("RPM", per_minute, 60), Limit("RPD", day, 86_400, "requests"))
        self._sound = (
            Limit("ASPH", audio_seconds_per_hour, 3_600, "audio-seconds"),
            Limit("ASPD", sound_a_day, 86_400),
        )

    def hears(self, source: speech.Source) -> None:
        """From now on these words."""
        self._hears = source

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                if request.headers.get("Authorization") != f"Bearer {self.key}":
                    raise Refused(401, "Invalid API Key", "invalid_api_key")
                return await handler(request)
            except Refused as error:
                await request.read()
                return web.json_response(error.body, status=error.status, headers=error.headers)

        return guarded

    async def _model(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self._known(name)
        return web.json_response({"id": name, "object": "model", "created": 1, "owned_by": "loopback"})

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        part = form.get("file")
        if not isinstance(part, web.FileField):
            raise Refused(400, "`file` or `url` must be provided")
        data = part.file.read()
        self._check(form, part.filename, len(data))
        try:
            sound, container = await asyncio.to_thread(speech.decoded, data)
        except speech.Undecodable:
            raise Refused(400, "could not process file - is it a valid media file?") from None
        seconds = len(sound) / speech.RATE
        self._admit(seconds)
        segments = await asyncio.to_thread(self._hears, sound)
        text = "".join(f" {segment['text'].strip()}" for segment in segments)
        asked = {name: value for name, value in form.items() if isinstance(value, str)}
        request[CALL].data = {**asked, "seconds": seconds, "bytes": len(data), "container": container, "text": text}
        body: dict[str, Any] = {"text": text, "x_groq": {"id": "req_" + secrets.token_hex(8)}}
        if asked.get("response_format") == "verbose_json":
            language = asked.get("language", self._language)
            body |= {"task": "transcribe", "language": language, "duration": round(seconds, 2)}
            body["segments"] = [_segment(number, segment) for number, segment in enumerate(segments)]
        return web.json_response(body, headers=self._headers())

    @staticmethod
    def _known(model: str) -> None:
        if model not in MODELS:
            raise Refused(
                404, f"The model `{model}` does not exist or you do not have access to it.", "model_not_found"
            )

    def _check(self, form: Any, name: str, size: int) -> None:
        self._known(form.get("model", ""))
        if size > self._file_limit:
            raise Refused(413, "Request Entity Too Large", "request_too_large")
        if name.rpartition(".")[2].lower() not in FORMATS:
            raise Refused(400, f"file must be one of the following types: [{' '.join(FORMATS)}]")
        if not re.fullmatch(r"[a-z]{2,3}|", str(form.get("language", ""))):
            raise Refused(400, "language must be an ISO-639-1 code")
        if unknown := set(form) - FIELDS:
            self.violations.append(f"unknown fields {sorted(unknown)}")

    def _admit(self, seconds: float) -> None:
        now = self._clock()
        wanted = [(limit, 1.0) for limit in self._requests] + [(limit, seconds) for limit in self._sound]
        wait, limit, amount = max(
            ((limit.wait(amount, now), limit, amount) for limit, amount in wanted), key=lambda one: one[0]
        )
        if wait > 0:
            said = f"on ({limit.name}): Limit {limit.limit:g}, Used {limit.used(now):g}, Requested {amount:g}."
            text = f"Rate limit reached for model `x` in organization `org_loopback` {said} Please try again in {wait:.3f}s."
            raise Refused(429, text, "rate_limit_exceeded", retry_after=str(max(1, int(wait + 0.999))))
        for limit, amount in wanted:
            limit.take(amount, now)

    def _headers(self) -> dict[str, str]:
        """What there is and what is left, of the limits an answer names."""
        now, said = self._clock(), {}
        for limit in (*self._requests, *self._sound):
            if limit.header and limit.limit < UNLIMITED:
                said[f"x-ratelimit-limit-{limit.header}"] = f"{limit.limit:g}"
                said[f"x-ratelimit-remaining-{limit.header}"] = f"{max(0, int(limit.limit - limit.used(now)))}"
        return said


class Limit(Window):
    """One of the service's four, by its short name; `header`: what answers call it, if they speak of it."""

    def __init__(self, name: str, limit: float, seconds: float, header: str = "") -> None:
        super().__init__(limit, seconds)
        self.name, self.header = name, header


def _segment(number: int, line: dict[str, Any]) -> dict[str, Any]:
    figures = {"avg_logprob": -0.2, "compression_ratio": 1.3, "no_speech_prob": 0.01}
    kept = {name: line.get(name, usual) for name, usual in figures.items()}
    place = {"id": number, "seek": 0, "start": line["start"], "end": line["end"], "tokens": [], "temperature": 0}
    return {**place, "text": f" {line['text'].strip()}", **kept}


async def _serve(port: int) -> None:
    known = await asyncio.to_thread(speech.Known)
    service = LoopbackGroq(known, per_minute=UNLIMITED, audio_seconds_per_hour=UNLIMITED)
    await service.start(port)
    print(json.dumps({"GROQ_BASE_URL": service.origin, "GROQ_API_KEY": service.key}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args().port))
