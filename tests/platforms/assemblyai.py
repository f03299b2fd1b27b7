"""AssemblyAI on loopback: uploads, works in their states, speakers, calls when they are done, for the real client.

    async with LoopbackAssemblyAI(hears=fixed("hello")) as service:
        AssemblyAISpeech(service.key, service.origin)

By hand:  python -m tests.platforms.assemblyai [--port 8740]   knows the words of the recordings in this repository.
"""

import argparse
import asyncio
import contextlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.platforms import speech
from tests.platforms.service import CALL, Fault, Handler, Service
from tests.waiting import PATIENCE

MODELS = frozenset({"universal-3-5-pro", "universal-3-pro", "universal-2"})
FIELDS = frozenset(
    """audio_url language_code language_detection speaker_labels speech_models punctuate format_text webhook_url
    webhook_auth_header_name webhook_auth_header_value""".split()
)
REFUSALS = {
    400: "Invalid endpoint schema, please refer to documentation for examples.",
    401: "Authentication error, API token missing/invalid",
    404: "Transcript lookup error, transcript id not found",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Server error",
    503: "Service unavailable",
}
OVER = ("completed", "error")


def refusal(route: str, status: int, message: str = "", **headers: str) -> Fault:
    """The service's answer with this status to a call of `route` (upload, create, get, delete, list)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(route, status=status, body={"error": message or REFUSALS[status]}, headers=named)


@dataclass
class Work:
    """One recording: what was asked, and what came of it (empty while it is worked on). `calls`: how its hook answered."""

    id: str
    asked: dict[str, Any]
    result: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    calls: list[int] = field(default_factory=list)


class LoopbackAssemblyAI(Service):
    """`hears` gives the words of a sound (speech.py). It works while `working` is set, and calls hooks while
    `calling` is. `fails`: what the next works say instead of words."""

    MAX_BODY = 256 << 20

    def __init__(
        self, hears: speech.Source | None = None, *, key: str = "aai_loopback_0123456789", language: str = "en"
    ):
        super().__init__(
            [
                ("POST", "/v2/upload", "upload", self._guarded(self._upload)),
                ("POST", "/v2/transcript", "create", self._guarded(self._create)),
                ("GET", "/v2/transcript", "list", self._guarded(self._list)),
                ("GET", "/v2/transcript/{id}", "get", self._guarded(self._get)),
                ("DELETE", "/v2/transcript/{id}", "delete", self._guarded(self._delete)),
            ]
        )
        self.key = key
        self.violations: list[str] = []
        self.uploads: dict[str, bytes] = {}
        self.works: dict[str, Work] = {}
        self.fails: list[str] = []
        self.working, self.calling = asyncio.Event(), True
        self.working.set()
        self._hears: speech.Source = hears or speech.fixed("Hello from the loopback.")
        self._language = language
        self._tasks: set[asyncio.Task[None]] = set()

    def hears(self, source: speech.Source) -> None:
        """From now on these words."""
        self._hears = source

    @property
    def kept(self) -> list[Work]:
        """Works that still lie here."""
        return [work for work in self.works.values() if not work.deleted]

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().__aexit__(*exc)

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != self.key:
                await request.read()
                return _refused(401)
            return await handler(request)

        return guarded

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        data = await request.read()
        if not data:
            return _refused(400, "Upload failed, please try again.")
        if request.content_type.startswith("multipart/"):
            self.violations.append("the body of an upload is the raw bytes, no form")
        if "Content-Length" not in request.headers:
            self.violations.append("an upload says how long it is")
        address = f"{self.origin}/upload/{uuid.uuid4()}"
        self.uploads[address] = data
        request[CALL].data = {"bytes": len(data)}
        return web.json_response({"upload_url": address})

    async def _create(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        if problem := _problem(asked):
            return _refused(400, problem)
        work = Work(str(uuid.uuid4()), asked)
        self.works[work.id] = work
        request[CALL].data = {"id": work.id, **asked}
        task = asyncio.create_task(self._work(work))
        self._tasks.add(task)
        return web.json_response(self._shown(work))

    async def _work(self, work: Work) -> None:
        await self.working.wait()
        work.result = await asyncio.to_thread(self._heard, work.asked)
        if self.calling and work.asked.get("webhook_url"):
            await self.call(work.id, {work.asked["webhook_auth_header_name"]: work.asked["webhook_auth_header_value"]})

    async def call(self, number: str, headers: dict[str, str]) -> int:
        """Call the hook of a work, as the service does or as a stranger would; what it answered, 0 for nothing."""
        work, status = self.works[number], 0
        body = {"transcript_id": number, "status": work.result.get("status", "completed")}
        try:
            async with (
                ClientSession(timeout=ClientTimeout(PATIENCE)) as session,
                session.post(work.asked["webhook_url"], json=body, headers=headers) as answer,
            ):
                status = answer.status
        except (ClientError, TimeoutError):
            pass
        work.calls.append(status)
        return status

    def _heard(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.fails:
            return {"status": "error", "error": self.fails.pop(0)}
        try:
            sound, _ = speech.decoded(self.uploads[asked["audio_url"]])
        except (KeyError, speech.Undecodable):
            return {"status": "error", "error": "Transcoding failed. File does not appear to contain audio."}
        lines = self._hears(sound)
        if asked.get("language_detection") and not lines:
            return {
                "status": "error",
                "error": "language_detection cannot be performed on files with no spoken audio.",
            }
        words = [
            word for number, line in enumerate(lines) for word in _words(line, number, asked.get("speaker_labels"))
        ]
        return {
            "status": "completed",
            "audio_duration": round(len(sound) / speech.RATE),
            "text": " ".join(line["text"] for line in lines),
            "words": words,
            "utterances": None,
            "language_code": asked.get("language_code") or self._language,
            "speech_model_used": asked["speech_models"][0],
        }

    def _shown(self, work: Work) -> dict[str, Any]:
        public = {name: value for name, value in work.asked.items() if name != "webhook_auth_header_value"}
        shown = {"id": work.id, "status": "processing", "text": None, "words": None, "error": None, **public}
        if work.deleted:
            gone = {"text": "Deleted by user.", "audio_url": "http://deleted_by_user"}
            return {**shown, "status": "completed", **gone}
        return {**shown, **work.result}

    async def _get(self, request: web.Request) -> web.StreamResponse:
        work = self.works.get(request.match_info["id"])
        return web.json_response(self._shown(work)) if work else _refused(404)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        work = self.works.get(request.match_info["id"])
        if work is None:
            return _refused(404)
        if self._shown(work)["status"] not in OVER:
            return _refused(400, "Cannot delete a transcript that is still being processed.")
        work.deleted = True
        self.uploads.pop(work.asked["audio_url"], None)
        return web.json_response(self._shown(work))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        shown = [self._shown(work) for work in reversed(self.works.values())][: int(request.query.get("limit", 10))]
        rows = [
            {
                "id": one["id"],
                "resource_url": f"{self.origin}/v2/transcript/{one['id']}",
                "status": one["status"],
                "created": "2026-11-20T00:00:00",
                "completed": None,
                "audio_url": one["audio_url"],
                "error": one["error"],
            }
            for one in shown
        ]
        details = {
            "limit": 10,
            "result_count": len(rows),
            "current_url": str(request.url),
            "prev_url": None,
            "next_url": None,
        }
        return web.json_response({"page_details": details, "transcripts": rows})


def _refused(status: int, message: str = "") -> web.Response:
    return web.json_response({"error": message or REFUSALS[status]}, status=status)


def _problem(asked: dict[str, Any]) -> str:
    """Why the service refuses this; empty when it does not."""
    if not str(asked.get("audio_url", "")).startswith(("http://", "https://")):
        return "audio_url must start with http or https"
    if unknown := set(asked) - FIELDS:
        return f"{REFUSALS[400]} Unknown: {', '.join(sorted(unknown))}"
    if asked.get("language_detection") and asked.get("language_code"):
        return "language_detection is not available when language_code is specified."
    models = asked.get("speech_models")
    if not isinstance(models, list) or not models or not set(models) <= MODELS:
        return '"speech_models" must be a non-empty list containing one or more of: universal-3-pro, universal-2'
    if bool(asked.get("webhook_auth_header_name")) != bool(asked.get("webhook_auth_header_value")):
        return "webhook_auth_header_name and webhook_auth_header_value must be set together"
    return ""


def _words(line: dict[str, Any], number: int, labels: bool | None) -> list[dict[str, Any]]:
    """The words of a line; it is the speaker's it names, else of two who take turns."""
    speaker = str(line.get("speaker", "AB"[number % 2])) if labels else None
    said = line.get("words") or [{"word": line["text"], "start": line["start"], "end": line["end"]}]
    return [
        {
            "text": word["word"],
            "start": round(word["start"] * 1000),
            "end": round(word["end"] * 1000),
            "confidence": 0.97,
            "speaker": speaker,
        }
        for word in said
    ]


async def _serve(port: int) -> None:
    service = LoopbackAssemblyAI(await asyncio.to_thread(speech.Spliced))
    await service.start(port)
    print(json.dumps({"ASSEMBLYAI_BASE_URL": service.origin, "ASSEMBLYAI_API_KEY": service.key}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args().port))
