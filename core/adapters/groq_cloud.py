"""The way to Groq's service: the client, built when first needed, and every failure of it as one of our errors."""

import asyncio
import importlib
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.errors import Denied, EarshotError, Invalid, Transient

if TYPE_CHECKING:
    import groq
    import httpx

ENGINE = "groq"
DEFAULT_BASE_URL = "https://api.groq.com"
DEFAULT_PATH_PREFIX = "/openai/v1"
"""What the groq library puts before every path; it cannot be told another one."""

CONNECT_SECONDS = 3.0
MOST_BYTES = 4_000_000
"""An hour of speech is about 300 kB of an answer with its segments. Whatever is longer is no answer, and is not read."""

LONGEST_PAUSE_SECONDS = 86_400.0
GONE = frozenset({"model_not_found", "model_decommissioned"})
"""How the service says that a model is not there, or not there any more."""


class GroqCloud:
    """One account at Groq or at a server that speaks like it.

    `base_url` is the root of the host; a path prefix at its end, as people paste it, is dropped. `path_prefix` replaces
    /openai/v1 for servers that answer elsewhere. Proxies come from the environment. The key is in no repr and no error.
    """

    def __init__(self, key: str, base_url: str, path_prefix: str, timeout_seconds: float) -> None:
        self._key = key.strip()
        self._path_prefix = "/" + path_prefix.strip("/")
        self._base_url = _root(base_url, self._path_prefix)
        self._timeout_seconds = timeout_seconds
        self._built: groq.AsyncGroq | None = None
        self._building = asyncio.Lock()

    @property
    def lacks(self) -> str:
        """What is missing before anything can be asked; empty when nothing is."""
        if not self._key:
            return "GROQ_API_KEY is not set"
        if not (self._key.isascii() and self._key.isprintable() and " " not in self._key):
            # Such a key would come back, whole, in the HTTP library's complaint about an illegal header.
            return "GROQ_API_KEY holds signs that no key has"
        return ""

    @asynccontextmanager
    async def asked(
        self,
        model: str,
        too_big: str,
        refused: Callable[[float | None, str], None] = lambda *_: None,
        setting: str = "GROQ_STT_MODEL",
    ) -> AsyncIterator["groq.AsyncGroq"]:
        """The client, for one request to `model` without repeats; what it raises comes out as one of our errors.

        Denied ENGINE_KEY, ENGINE_MODEL, ENGINE_ADDRESS · Transient QUOTA, ENGINE_DOWN (both with `retry_after` as the service says)
        · Invalid `too_big` (413), ENGINE_REFUSED (any other 4xx; `reason` is the service's own code). `refused` hears of a refusal
        for quota: the seconds it names, and its words. `setting` is where the model's name comes from.
        """
        if self.lacks:
            raise Denied("ENGINE_KEY", engine=ENGINE)
        client = await self._client()
        groq = importlib.import_module("groq")
        try:
            yield client
        except groq.GroqError as error:
            if getattr(error, "status_code", None) == HTTPStatus.TOO_MANY_REQUESTS:
                refused(_retry_after(error), _message(error))
            said_the_key = self._key in str(error)
            raise self._meaning(error, model, setting, too_big) from (None if said_the_key else error)

    async def load(self) -> None:
        """Import the library and build the client, once: on a slow machine that takes longer than an answer may. Raises Denied
        ENGINE_ADDRESS."""
        if not self.lacks:
            await self._client()

    async def close(self) -> None:
        """Give the connections back."""
        if self._built is not None:
            await self._built.close()
            self._built = None

    async def _client(self) -> "groq.AsyncGroq":
        async with self._building:
            if self._built is None:
                # The import takes 0.2 to 0.65 s: in a thread, and not before somebody speaks.
                await asyncio.to_thread(importlib.import_module, "groq")
                self._built = self._build()
            return self._built

    def _build(self) -> "groq.AsyncGroq":
        import groq
        import httpx

        from core.adapters.bounded import bound

        async def bounded(response: httpx.Response) -> None:
            await bound(response, MOST_BYTES)

        timeout = httpx.Timeout(self._timeout_seconds, connect=CONNECT_SECONDS)
        try:
            # Hooks, not a transport: with a transport of our own httpx would ignore the proxies of the environment.
            web = httpx.AsyncClient(
                timeout=timeout,
                headers={"Accept-Encoding": "identity"},
                event_hooks={"request": [self._prepare], "response": [bounded]},
            )
            return groq.AsyncGroq(
                api_key=self._key, base_url=self._base_url, timeout=timeout, max_retries=0, http_client=web
            )
        except (httpx.InvalidURL, ValueError, ImportError) as error:
            raise Denied("ENGINE_ADDRESS", engine=ENGINE, setting="GROQ_BASE_URL") from error

    async def _prepare(self, request: "httpx.Request") -> None:
        if self._path_prefix != DEFAULT_PATH_PREFIX:
            path = request.url.path.replace(DEFAULT_PATH_PREFIX, self._path_prefix.rstrip("/"), 1)
            request.url = request.url.copy_with(path=path)
        await request.aread()  # one piece instead of one for each field of a form: 25 system calls become two

    def _meaning(self, error: "groq.GroqError", model: str, setting: str, too_big: str) -> EarshotError:
        status, code = getattr(error, "status_code", None), _code(error)
        if status in (400, 404) and code in GONE:
            return Denied("ENGINE_MODEL", engine=ENGINE, model=model, setting=setting)
        if status in (401, 403):
            return Denied("ENGINE_KEY", engine=ENGINE)
        if status == 404:
            return Denied("ENGINE_ADDRESS", engine=ENGINE, setting="GROQ_BASE_URL")
        if status == 413:
            return Invalid(too_big, engine=ENGINE)
        if status == 429:
            return Transient("QUOTA", retry_after=_retry_after(error), engine=ENGINE)
        if status in (400, 422):
            said = _message(error).replace(self._key, "…")[:200]
            return Invalid("ENGINE_REFUSED", engine=ENGINE, said=said, reason=code)
        return Transient("ENGINE_DOWN", retry_after=_retry_after(error), engine=ENGINE)


def _root(base_url: str, path_prefix: str) -> str:
    root = (base_url.strip() or DEFAULT_BASE_URL).rstrip("/")
    return root.removesuffix(DEFAULT_PATH_PREFIX).removesuffix(path_prefix if path_prefix != "/" else "")


def _details(error: "groq.GroqError") -> dict[str, object]:
    body = getattr(error, "body", None)
    inner = body.get("error") if isinstance(body, dict) else None
    return inner if isinstance(inner, dict) else {}


def _code(error: "groq.GroqError") -> object:
    return _details(error).get("code")


def _message(error: "groq.GroqError") -> str:
    return str(_details(error).get("message", ""))


def _retry_after(error: "groq.GroqError") -> float | None:
    """The seconds of the `retry-after` header, between 0 and a day; None when it says none."""
    response: httpx.Response | None = getattr(error, "response", None)
    try:
        seconds = float(response.headers["retry-after"]) if response is not None else math.nan
    except (KeyError, ValueError):
        return None
    return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS) if math.isfinite(seconds) else None
