"""Serves /healthz, /readyz and /metrics, which change nothing and tell nothing about people, and the pages people come to."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.surfaces.serving import serve
from bot.surfaces.web.clips import ClipPages
from bot.surfaces.web.heard import HeardHook
from bot.surfaces.web.oauth import SignInPage
from bot.surfaces.web.privacy import PrivacyPage
from core.errors import Denied
from core.services.diagnosing import Diagnosing, Vitals
from core.setting_values import CALLBACK, CALLS

HELP = {
    "loop_lag_seconds": "how late the event loop woke up last",
    "loop_lag_p99_seconds": "99th percentile of the loop's lag over the last minute",
    "writer_wait_seconds": "age of the oldest chat row that is not stored yet",
    "dropped": "chat rows dropped because the queue was full",
    "lives": "lives being watched",
    "jobs": "jobs running",
}


@dataclass(frozen=True)
class WebClient:
    """`ready` tells whether storage is open and every configured chat is connected; `sign_in` is there where people can
    sign in with TikTok, `privacy` where what is stored is told, `hooks` where Telegram calls,
    `heard` where a service calls that hears recordings, `clips` where clips have pages."""

    diagnosing: Diagnosing
    ready: Callable[[], bool]
    host: str
    port: int
    sign_in: SignInPage | None = None
    privacy: PrivacyPage | None = None
    hooks: Callable[[web.Request], Awaitable[web.Response]] | None = None
    heard: HeardHook | None = None
    clips: ClipPages | None = None

    async def run(self) -> None:
        """Serve until cancelled. Raises Denied WEB_PORT when the address is taken."""
        app = web.Application(client_max_size=64 * 1024)
        app.add_routes(
            [web.get("/healthz", self._health), web.get("/readyz", self._ready), web.get("/metrics", self._metrics)]
        )
        if self.sign_in is not None:
            app.router.add_get(CALLBACK, self.sign_in.arrived, allow_head=False)
        if self.privacy is not None:
            app.router.add_get("/privacy", self.privacy.shown)
        if self.hooks is not None:
            app.router.add_post("/hooks/telegram", self.hooks)
        if self.heard is not None:
            app.router.add_post(CALLS, self.heard.arrived)
        if self.clips is not None:
            app.add_routes(self.clips.routes())
        try:
            await serve(app, self.host, self.port)
        except OSError as error:
            raise Denied("WEB_PORT", x=f"{self.host}:{self.port}", reason=error.strerror or str(error)) from error

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _ready(self, request: web.Request) -> web.Response:
        ready = self.ready()
        return web.json_response({"ready": ready}, status=200 if ready else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(body=metrics(self.diagnosing.now()), headers={"Content-Type": CONTENT_TYPE_LATEST})


def metrics(vitals: Vitals) -> bytes:
    """The vitals in Prometheus' text format, each number as `earshot_<name>`."""
    registry = CollectorRegistry()
    values = asdict(vitals)
    for name, about in HELP.items():
        Gauge(f"earshot_{name}", about, registry=registry).set(values[name])
    behind = Gauge("earshot_words_behind_seconds", "how late words of a live come", ["account"], registry=registry)
    for account, seconds in vitals.behind.items():
        behind.labels(account).set(seconds)
    return generate_latest(registry)
