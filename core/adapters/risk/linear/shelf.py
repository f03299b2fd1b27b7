"""Heads on disk: `weights.npz` (numbers only, no pickle) and `card.json`, which names its checksum. Written whole or not at all."""

import hashlib
import io
import json
import logging
import os
import shutil
import time
import zipfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.adapters.risk.linear.concepts import known
from core.adapters.risk.linear.features import BUCKETS, Features
from core.adapters.risk.linear.head import ANY, Card, Head
from core.errors import Invalid, Missing

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("weights")
PLACES = "places"
KEPT = 3
"""Versions of an own head that stay."""

LEFT = 3600.0
"""Seconds after which a version that is still being written never will be: its process was killed."""

_WEIGHTS, _CARD = "weights.npz", "card.json"
_FORMAT = 1
_MOST_BYTES = 50_000_000


def opened(folder: Path) -> Head:
    """The head in a folder. Raises Missing HEAD_MISSING when there is none, Invalid HEAD_BROKEN when it is not as its card says."""
    try:
        card = json.loads((folder / _CARD).read_text("utf-8"))
        with (folder / _WEIGHTS).open("rb") as file:
            packed = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise Missing("HEAD_MISSING", x=folder) from error
    except (OSError, ValueError) as error:
        raise Invalid("HEAD_BROKEN", x=folder, reason="its files cannot be read") from error
    if not isinstance(card, dict) or card.get("checksum") != hashlib.sha256(packed).hexdigest():
        raise Invalid("HEAD_BROKEN", x=folder, reason="the weights are not those of the card")
    try:
        return _head(card, packed)
    except (ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise Invalid("HEAD_BROKEN", x=folder, reason="it is of another version of Earshot") from error


def written(head: Head, folder: Path) -> None:
    """Write a head into a folder that is there. One without a version is called by the beginning of its checksum."""
    packed = _packed(head)
    checksum = hashlib.sha256(packed).hexdigest()
    card = {"format": _FORMAT, "checksum": checksum, **asdict(head.card)}
    card["version"] = head.card.version or checksum[:8]
    for name, content in ((_WEIGHTS, packed), (_CARD, (json.dumps(card, indent=1) + "\n").encode())):
        with (folder / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def shelf_of(own: Path, place: str) -> Path:
    """Where, below the folder of an installation's own heads, those of a place are. Ids of places can hold anything, so its name is
    a hash of one."""
    return own / PLACES / hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:20]


class HeadShelf:
    """The versions of an own head: folders 1, 2, 3 … of `folder`, which need not be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest(self) -> Head | None:
        """The newest whole head; a broken one is told in the log and passed over. None when there is none."""
        for number in reversed(self._numbers()):
            try:
                return opened(self.folder / str(number))
            except (Invalid, Missing) as error:
                log.warning("An own head is passed over: %s", error)
        return None

    def broken(self) -> str:
        """What is wrong with the newest version; empty when nothing is, or there is none."""
        numbers = self._numbers()
        try:
            if numbers:
                opened(self.folder / str(numbers[-1]))
        except (Invalid, Missing) as error:
            return str(error.values.get("reason", "its files are not all there"))
        return ""

    def changed(self) -> int:
        """When a version came or went, as the file system counts; 0 while there is none."""
        try:
            return os.stat(self.folder).st_mtime_ns
        except OSError:
            return 0

    def put(self, head: Head) -> Path:
        """Make this the newest version; the last three stay. Who reads meanwhile finds the one before, or this one whole."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self.folder / f"new-{os.getpid()}"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        try:
            written(head, new)
            place = self._moved(new)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        for number in self._numbers()[:-KEPT]:
            shutil.rmtree(self.folder / str(number), ignore_errors=True)
        self._sweep()
        return place

    def clear(self) -> None:
        """Let all versions go."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _sweep(self) -> None:
        """What killed processes were writing."""
        for left in self.folder.glob("new-*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > LEFT:
                    shutil.rmtree(left, ignore_errors=True)

    def _moved(self, new: Path) -> Path:
        """Give it the next number; another process may take one at the same moment."""
        number = max(self._numbers(), default=0)
        while True:
            number += 1
            try:
                return new.rename(self.folder / str(number))
            except OSError:
                if not (self.folder / str(number)).exists():
                    raise

    def _numbers(self) -> list[int]:
        try:
            return sorted(int(each.name) for each in self.folder.iterdir() if each.name.isdecimal())
        except OSError:
            return []


def _packed(head: Head) -> bytes:
    held = io.BytesIO()
    np.savez_compressed(
        held,
        rarity=head.features.rarity.astype(np.float16),
        spread=head.features.spread,
        weights=head.weights,
        bias=head.bias,
        slopes=head.slopes,
        offsets=head.offsets,
        learned=head.learned,
    )
    return held.getvalue()


def _head(card: dict[str, Any], packed: bytes) -> Head:
    """Raises ValueError, KeyError, TypeError or BadZipFile when it does not fit this version's features."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    shapes = {
        "rarity": (2 * BUCKETS,),
        "spread": (len(known().names),),
        "weights": (Features.width(), ANY + 1),
        **dict.fromkeys(("bias", "slopes", "offsets"), (ANY + 1,)),
    }
    if card["format"] != _FORMAT or any(arrays[name].shape != shape for name, shape in shapes.items()):
        raise ValueError("another format")
    if not all(np.isfinite(arrays[name]).all() for name in shapes):
        raise ValueError("weights that are no numbers")
    said = {name: card[name] for name in Card.__dataclass_fields__}
    return Head(
        features=Features(arrays["rarity"].astype(np.float32), arrays["spread"]),
        weights=arrays["weights"],
        bias=arrays["bias"],
        slopes=arrays["slopes"],
        offsets=arrays["offsets"],
        learned=arrays["learned"],
        card=Card(**{**said, "languages": tuple(said["languages"])}),
    )
