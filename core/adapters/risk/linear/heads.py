"""Which head judges: a place's own one, else the newest of the installation, else the one Earshot ships with."""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from core.adapters.risk.linear.features import counted_in
from core.adapters.risk.linear.head import Head
from core.adapters.risk.linear.shelf import SHIPPED, HeadShelf, opened, shelf_of
from core.adapters.risk.sentences import Sentence
from core.errors import Invalid, Missing
from core.matching.fold import Folded
from core.model.risk import Scores

log = logging.getLogger(__name__)
AT_HAND = 12
"""Heads of places that are kept in memory, 3 MB each; those used last stay."""


@dataclass
class _Newest:
    """A head as it was read when its shelf last `changed`."""

    changed: int = 0
    head: Head | None = None


class Heads:
    """`own` is a folder with an installation's own heads, and below it those of places. Each is read when the first text comes, and
    anew when there is a newer one. `fault` says why no head can be used, once that is known. May be asked by several threads."""

    def __init__(self, own: Path | None = None) -> None:
        self._own = own
        self._common = _Newest()
        self._places: OrderedDict[str, _Newest] = OrderedDict()
        self._reading = Lock()
        self.fault = ""

    @property
    def head(self) -> Head | None:
        """The head of places that have none of their own; None when there is none that can be used."""
        if self._own:
            with self._reading:
                _read(self._common, HeadShelf(self._own))
        return self._common.head or self._shipped

    def taught(self, place: str) -> bool:
        """Whether a place seems to have a head of its own. Cheap."""
        return bool(self._own and place and HeadShelf(shelf_of(self._own, place)).changed())

    def of(self, place: str) -> Head | None:
        """The head that judges for a place; with an empty one, for everybody."""
        return self._own_of(place) or self.head

    def score(self, folded: Folded, parts: list[Sentence], place: str = "") -> Scores | None:
        """The likelihoods of a text that is folded and cut; None without a head."""
        head = self.of(place)
        return head.score(counted_in(folded, parts)) if head else None

    def _own_of(self, place: str) -> Head | None:
        if not self._own or not place:
            return None
        shelf = HeadShelf(shelf_of(self._own, place))
        with self._reading:
            if not shelf.changed():
                self._places.pop(place, None)
                return None
            known = self._places.setdefault(place, _Newest())
            self._places.move_to_end(place)
            while len(self._places) > AT_HAND:
                self._places.popitem(last=False)
            _read(known, shelf)
            return known.head

    @cached_property
    def _shipped(self) -> Head | None:
        try:
            return opened(SHIPPED)
        except (Invalid, Missing) as error:
            self.fault = str(error)
            log.warning("The rules judge alone, the linear head cannot be used: %s", error)
        return None


def _read(newest: _Newest, shelf: HeadShelf) -> None:
    """Read it anew if it has changed."""
    if (changed := shelf.changed()) != newest.changed:
        newest.changed, newest.head = changed, shelf.newest()
