"""Links to TikTok in what people write: one by one, each once, in their order, and what became of each."""

import re
from dataclasses import dataclass

from bot.replies.common import Failed

LINK = re.compile(r"(?:https?://)?(?:[\w-]+\.)*tiktok\.com/[^\s<>\"')\],;]+", re.IGNORECASE)
MOST = 10
"""Links that are transcribed at once."""


def links_in(*texts: str) -> list[str]:
    """Every link in `texts`."""
    return list(dict.fromkeys(found.rstrip(".") for text in texts for found in LINK.findall(text)))


@dataclass(frozen=True)
class Begun:
    """What became of one link of several: a job with the number `job_id` that waits for `ahead` others, a transcript that was
    there already (`number`), or the error it was refused with."""

    link: str
    handle: str = ""
    job_id: int = 0
    ahead: int = 0
    number: str = ""
    error: Failed | None = None
