"""Writes `.env.example` from the settings: `python -m tests.house.env_example`. A test holds the file equal to it.

Comments stand on lines of their own: not every reader of such files knows comments behind a value.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.settings import Settings

FILE = Path(__file__).parents[2] / ".env.example"
GROUPS: dict[str, tuple[str, ...]] = {
    "At least one chat (none: the terminal only)": ("DISCORD_TOKEN", "TELEGRAM_TOKEN", "OWNERS", "OPERATOR_CONTACT"),
    "Speech to text (SPEECH=auto: captions first, then the first engine that is ready)": (
        "SPEECH",
        "GROQ_API_KEY",
        "GROQ_BASE_URL",
        "GROQ_PATH_PREFIX",
        "GROQ_STT_MODEL",
        "GROQ_SCREEN_MODEL",
        "GROQ_JUDGE_MODEL",
        "GROQ_SAFEGUARD_MODEL",
        "GROQ_VISION_MODEL",
        "ASSEMBLYAI_API_KEY",
        "ASSEMBLYAI_BASE_URL",
        "WHISPER_MODEL",
        "HF_ENDPOINT",
    ),
    "Place and taste": (
        "DATA_DIR",
        "DATABASE_URL",
        "LANGUAGE",
        "TIMEZONE",
        "RISK_THRESHOLD",
        "RISK_RULE",
        "VIDEO_LOCAL_POLICY",
        "LOG_LEVEL",
    ),
    "How much, how often": (
        "LOOK_EVERY",
        "SEGMENT_SECONDS",
        "RING_SECONDS",
        "MAX_ACCOUNTS",
        "PLACE_MINUTES",
        "PLACE_JUDGE_DOLLARS",
    ),
    "OBS on this network (empty: clips come from Earshot's own buffer)": (
        "OBS_URL",
        "OBS_PASSWORD",
        "OBS_RECORDING_MAP",
    ),
    "TikTok": ("SIGN_API_KEY", "SIGN_API_URL"),
    "People's own TikTok accounts (all of these and WEB_LISTEN, or sign-in is off)": (
        "TIKTOK_CLIENT_KEY",
        "TIKTOK_CLIENT_SECRET",
        "TIKTOK_REDIRECT_URI",
        "SECRET_KEYS",
        "TIKTOK_OPEN_API_BASE",
    ),
    "Chats by another way (proxies, a Bot API server of your own, webhooks)": (
        "DISCORD_API_BASE",
        "DISCORD_GATEWAY_URL",
        "DISCORD_CDN_BASE",
        "DISCORD_PROXY",
        "TELEGRAM_API_BASE",
        "TELEGRAM_FILE_BASE",
        "TELEGRAM_LOCAL_MODE",
        "TELEGRAM_PROXY",
        "TELEGRAM_MODE",
        "TELEGRAM_WEBHOOK_URL",
        "TELEGRAM_WEBHOOK_LISTEN",
        "TELEGRAM_WEBHOOK_PORT",
        "TELEGRAM_WEBHOOK_SECRET",
    ),
    "Network": ("TIKTOK_PROXY", "YTDLP_COOKIES_FILE", "WEB_LISTEN", "WEB_PORT", "PUBLIC_URL"),
}
HEAD = """\
# Copy this file to .env and change what you want; everything has a default. The environment wins over .env.
# Each name also exists as NAME_FILE: the value is then what that file holds (for secrets).
"""


def text() -> str:
    """The whole file."""
    return HEAD + "".join(_group(n, title, names) for n, (title, names) in enumerate(GROUPS.items(), 1))


def _group(number: int, title: str, names: tuple[str, ...]) -> str:
    return f"\n# {number}. {title}\n" + "".join(line for name in names for line in _setting(name))


def _setting(name: str) -> Iterator[str]:
    field = Settings.model_fields[name]
    yield f"# {field.description}\n"
    yield f"{name}={_written(field.default)}\n"


def _written(default: Any) -> str:
    if default is None:
        return ""
    return default.value if isinstance(default, StrEnum) else str(default)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
