"""The way to AssemblyAI: its client, built when first needed, and every failure of it as one of our errors."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import Denied, EarshotError, Invalid, Missing, Transient

if TYPE_CHECKING:
    import assemblyai
    import httpx

T = TypeVar("T")
ENGINE = "assemblyai"
DEFAULT_BASE_URL = "https://api.assemblyai.com"
CALL_SECONDS, UPLOAD_SECONDS, CONNECT_SECONDS = 30.0, 120.0, 5.0
MOST_BYTES = 32 << 20
"""Of an answer: ten hours of words with their times are half of it."""

LONGEST_PAUSE_SECONDS = 86_400.0


class AssemblyAICloud:
    """One account at AssemblyAI. Proxies come from the environment. The key is in no repr and no error."""

    def __init__(self, key: str, base_url: str) -> None:
        self._key = key.strip()
        self._base_url = base_url.strip().rstrip("/") or DEFAULT_BASE_URL
        self._built: assemblyai.AsyncClient | None = None
        self._building = asyncio.Lock()

    @property
    def lacks(self) -> str:
        """What is missing before anything can be asked; empty when nothing is."""
        if not self._key:
            return "ASSEMBLYAI_API_KEY is not set"
        if not (self._key.isascii() and self._key.isprintable() and " " not in self._key):
            # Such a key would come back, whole, in the HTTP library's complaint about an illegal header.
            return "ASSEMBLYAI_API_KEY holds signs that no key has"
        return ""

    async def ask(
        self,
        question: Callable[["assemblyai.AsyncTranscriber"], Awaitable[T]],
        seconds: float = CALL_SECONDS,
        *,
        known: bool = False,
    ) -> T:
        """What the client answers, asked once. `known`: it is about something that was there.

        Raises Denied ENGINE_KEY, ENGINE_ADDRESS · Transient QUOTA (with `retry_after` as the service says), ENGINE_DOWN, also for
        an answer that makes no sense, is too large, or does not come in `seconds` · Missing REMOTE_GONE (404, `known`) · Invalid
        TOO_BIG_SPEECH (413), ENGINE_REFUSED (any other 4xx, with what was `said`).
        """
        if self.lacks:
            raise Denied("ENGINE_KEY", engine=ENGINE)
        client = await self._client()
        import assemblyai  # imported by now, without holding up the loop
        import httpx

        try:
            async with asyncio.timeout(seconds):
                return await question(assemblyai.AsyncTranscriber(client=client))
        except assemblyai.AssemblyAIError as error:
            raise self._meaning(error, known=known) from (None if self._key in str(error) else error)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ExceptionGroup) as error:
            raise Transient("ENGINE_DOWN", engine=ENGINE) from error
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # What the library's reader makes of an answer of another shape; it says what was said, which is nobody's business.
            raise Transient("ENGINE_DOWN", engine=ENGINE) from None

    async def close(self) -> None:
        """Give the connections back."""
        if self._built is not None:
            await self._built.aclose()
            self._built = None

    async def _client(self) -> "assemblyai.AsyncClient":
        async with self._building:
            if self._built is None:
                # The import takes 0.3 s: in a thread, and not before somebody speaks.
                self._built = await asyncio.to_thread(self._build)
            return self._built

    def _build(self) -> "assemblyai.AsyncClient":
        import httpx

        try:
            import assemblyai

            settings = assemblyai.Settings(api_key=self._key, base_url=self._base_url)
            client = assemblyai.AsyncClient(settings=settings)
        except (httpx.InvalidURL, ValueError, ImportError) as error:
            raise Denied("ENGINE_ADDRESS", engine=ENGINE, setting="ASSEMBLYAI_BASE_URL") from error
        web = client.http_client
        web.timeout = httpx.Timeout(UPLOAD_SECONDS, connect=CONNECT_SECONDS)  # of each step; `ask` bounds the whole
        web.headers["accept-encoding"] = "identity"  # packed, a small answer may be a large one
        web.event_hooks = {"request": [], "response": [_hold]}
        return client

    def _meaning(self, error: "assemblyai.AssemblyAIError", *, known: bool) -> EarshotError:
        status: int = getattr(error, "status_code", None) or 0
        if status in (401, 403):
            return Denied("ENGINE_KEY", engine=ENGINE)
        if status == 404:
            if known:
                return Missing("REMOTE_GONE", engine=ENGINE)
            return Denied("ENGINE_ADDRESS", engine=ENGINE, setting="ASSEMBLYAI_BASE_URL")
        if status == 413:
            return Invalid("TOO_BIG_SPEECH", engine=ENGINE)
        if 400 <= status < 500:
            return Invalid("ENGINE_REFUSED", engine=ENGINE, said=self.told(str(error).partition(": ")[2]))
        return Transient("ENGINE_DOWN", engine=ENGINE)

    def told(self, text: str) -> str:
        """What the service says, as it may be told on: short, on one line, without the key."""
        return " ".join(text.replace(self._key, "…").split())[:200]


async def _hold(response: "httpx.Response") -> None:
    """Before an answer is read: it may not be too large, and what says when to come back is an error with that time."""
    if response.status_code == 429:
        raise Transient("QUOTA", retry_after=_retry_after(response.headers.get("retry-after", "")), engine=ENGINE)
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise Transient("ENGINE_DOWN", engine=ENGINE)
    response.stream = _bounded(response.stream)


def _bounded(stream: Any) -> Any:
    """The same bytes, at most MOST_BYTES of them. A class of httpx, which is not imported before somebody speaks."""
    import httpx

    class Bounded(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            count = 0
            async for part in stream:
                count += len(part)
                if count > MOST_BYTES:
                    raise Transient("ENGINE_DOWN", engine=ENGINE)
                yield part

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()


def _retry_after(text: str) -> float | None:
    """The seconds of a `retry-after` header, between 0 and a day; None when it says none."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS) if math.isfinite(seconds) else None
