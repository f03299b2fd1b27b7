"""Replies about what is stored."""

from dataclasses import dataclass

from bot.privacy import Outsider
from core.model.person import Place


@dataclass(frozen=True)
class PrivacyShown:
    """What is stored and who gets any of it, as this installation is set up. `place` is where it was asked, None on the web;
    `contact` of whoever runs it, empty when nobody has said; `sign_in`: people can link their own TikTok account."""

    place: Place | None
    contact: str
    sign_in: bool
    outsiders: tuple[Outsider, ...]
