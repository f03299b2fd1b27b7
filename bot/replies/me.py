"""Replies about the asker."""

from dataclasses import dataclass

from core.model.link import Link
from core.model.person import Platform


@dataclass(frozen=True)
class MySettings:
    """What holds for the asker. `link` is their own TikTok account, None without one; `sign_in`: whether there could be one.
    `chosen`: they have chosen their language, else it is their app's."""

    link: Link | None
    sign_in: bool
    language: str
    time_zone: str
    platform: Platform
    chosen: bool = False
