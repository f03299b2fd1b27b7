"""What a setting may hold: how its text becomes a value, and what is said when it cannot."""

import base64
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, SecretStr

LANGUAGES = ("en", "fr")
OBS_PORT = 4455
OWNER = re.compile(r"(?:discord|telegram):[0-9]{1,20}")


def owners_of(value: str) -> str:
    """People as `platform:number`, with commas between."""
    wrong = next((one for one in words_of(value) if not OWNER.fullmatch(one)), None)
    if wrong is not None:
        raise ValueError(f"“{wrong}” is no person: write discord:1234 or telegram:5678, with commas between")
    return value


def words_of(value: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(word.strip() for word in value.split(",") if word.strip())


def ends_in(*ends: str) -> AfterValidator:
    """An address that must end in one of these; a slash behind it goes."""

    def checked(value: str) -> str:
        if not base_of(value).endswith(ends):
            raise ValueError(f"it ends in {ends[0]}")
        return value.rstrip("/")

    return AfterValidator(checked)


def gateway(value: str) -> str:
    """The address of a gateway."""
    if value and not value.startswith(("ws://", "wss://")):
        raise ValueError("the address of a gateway starts with ws:// or wss://")
    return value


def obs(value: str) -> str:
    """The address of OBS's WebSocket server; it speaks no TLS. Without a port it is OBS's own, 4455."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port or OBS_PORT
    except ValueError:
        host, port = None, 0
    if not host or parts.scheme != "ws" or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("the address of OBS is ws://, a host and a port, for example ws://127.0.0.1:4455")
    if "@" in parts.netloc:
        raise ValueError("the password of OBS belongs into OBS_PASSWORD, not into its address")
    return f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"


def folders(value: str) -> str:
    """Pairs `there=here` with semicolons between: a folder as OBS names it, and where that is on this machine."""
    for pair in filter(None, (one.strip() for one in value.split(";"))):
        there, _, here = (part.strip() for part in pair.partition("="))
        if not there or not Path(here).is_absolute():
            raise ValueError("it is a folder of OBS's machine, = and where that is here: D:\\Videos=/mnt/videos")
    return value


def language_of(value: str) -> str:
    """The first known language of a POSIX value (`fr_FR.UTF-8`, `en_US:en`), else `en`: systems set this name themselves."""
    return next(iter(known_in(value)), "en")


def known_in(value: str) -> list[str]:
    codes = (part.split(".")[0].split("_")[0].strip().lower() for part in str(value).split(":"))
    return [code for code in codes if code in LANGUAGES]


def upper(value: str) -> str:
    """However it is written."""
    return value.upper()


def _is_zone(value: str) -> bool:
    """Whether the time zone database has it. (Listing all of it takes 15 ms, and every program would as it starts.)"""
    if value.startswith(("posix", "right/")):  # the same once more, and with leap seconds
        return False
    try:
        return ZoneInfo(value).key == value
    except (ZoneInfoNotFoundError, ValueError, OSError):  # none, a path, a folder
        return False


def time_zone(value: str) -> str:
    """A name of the time zone database."""
    if not _is_zone(value):
        near = get_close_matches(value, available_timezones(), n=1)
        raise ValueError("it is no time zone; " + (f"did you mean {near[0]}?" if near else "for example Europe/Paris"))
    return value


def base_of(value: str) -> str:
    """The address of a server, without a slash at its end."""
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("an address starts with http:// or https://")
    return value.rstrip("/")


Base = Annotated[str, AfterValidator(base_of)]
CALLBACK = "/oauth/tiktok/callback"
"""Where the web listens for people who come back from signing in at TikTok."""

CALLS = "/hooks/assemblyai"
"""Where the web listens for a service that has heard a recording."""


def comes_back(value: str) -> str:
    """Where people come back to after signing in."""
    if value and not base_of(value).endswith(CALLBACK):
        raise ValueError(f"people come back at {CALLBACK}, for example https://earshot.example.com{CALLBACK}")
    return value.rstrip("/")


def fernet_keys(value: SecretStr | None) -> SecretStr | None:
    """Fernet keys: 32 bytes each in url-safe base64 (44 signs). The reason never repeats them."""
    for number, key in enumerate(parted(value), 1):
        try:
            good = len(key) == 44 and len(base64.b64decode(key, altchars="-_", validate=True)) == 32
        except ValueError:
            good = False
        if not good:
            raise ValueError(
                f"key {number} is no Fernet key; this makes one: "
                "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
            )
    return value


def parted(value: SecretStr | None) -> tuple[str, ...]:
    """The parts of a secret that has several."""
    return tuple(key.strip() for key in value.get_secret_value().split(",") if key.strip()) if value else ()
