"""Discord on loopback: gateway v10 and REST, for the real discord.py."""

from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.records import Request, UploadedFile, Violation
from tests.platforms.discord.results import InteractionResult
from tests.platforms.discord.server import FakeDiscord

__all__ = ["FakeDiscord", "InteractionResult", "Perm", "Request", "UploadedFile", "Violation"]
