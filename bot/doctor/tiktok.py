"""TikTok: whether it answers, as the program that runs knows it or by one look; and who signs the chats of lives."""

import time
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime

from bot.health import Part, tiktok
from bot.sources import tiktok_of
from core.errors import Denied, EarshotError, Missing, Transient
from core.model.account import Handle
from core.services.diagnosing import Vitals
from core.settings import Settings

KNOWN = Handle("tiktok")
"""Somebody who is always there."""


async def look(settings: Settings, vitals: Vitals | None, *, quick: bool) -> AsyncIterator[tuple[str, Part]]:
    """What the program that runs was told; else one look and one question, unless `quick`."""
    for part in tiktok(vitals, datetime.now(UTC)):
        yield ("answers" if part.code in ("TIKTOK", "LIMITED") else "signing"), part
    if quick or vitals is not None:
        return
    async with tiktok_of(settings) as source:
        began = time.monotonic()
        try:
            await source.look(KNOWN)
            answered: EarshotError | None = None
        except (Missing, Transient) as error:
            answered = error
        seconds = time.monotonic() - began
        if isinstance(answered, Transient):
            limited = answered.code == "TIKTOK_LIMIT"
            yield "answers", Part("TIKTOK_LIMITS", None) if limited else Part("TIKTOK_SILENT", False)
        else:
            yield "answers", Part("TIKTOK_ANSWERS", True, {"seconds": seconds})
        yield "signing", await _signing(source.signs())


async def _signing(asked: Awaitable[int]) -> Part:
    try:
        left = await asked
    except Denied:
        return Part("SIGN_KEY", False)
    except Transient:
        return Part("SIGN_SILENT", None)
    return Part("SIGNS", True, {"n": left}) if left else Part("NO_SIGNS", None)
