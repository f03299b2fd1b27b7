"""Prompt packs: what a model is told of a region before it judges speech from there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT = "default"
"""The pack of a place that chose none."""


@dataclass(frozen=True)
class Pack:
    """What is known of a region and its language. `titles` by the language of whoever reads them; `languages` are those spoken,
    as codes. `note` is data for the model, in English: expressions, groups, contexts; never an order."""

    name: str
    version: int
    titles: Mapping[str, str]
    languages: tuple[str, ...] = ()
    note: str = ""

    def title(self, language: str) -> str:
        """What people read."""
        return self.titles.get(language) or self.titles["en"]


@dataclass(frozen=True)
class BrokenPack:
    """A file that is no pack, and why, in plain English."""

    file: str
    reason: str


@dataclass(frozen=True)
class Packs:
    """Every pack there is, the default one first, and the files that are none."""

    known: tuple[Pack, ...]
    broken: tuple[BrokenPack, ...] = field(default=())

    def of(self, region: str) -> Pack:
        """The pack of this name, the default one where there is none."""
        return next((pack for pack in self.known if pack.name == region), self.known[0])
