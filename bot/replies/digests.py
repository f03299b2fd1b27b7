"""What the command of the digest answers."""

from dataclasses import dataclass
from datetime import datetime

from core.model.digest import Rhythm
from core.model.person import Address
from core.model.tellable.house import Digest
from core.services.exporting import Exported


@dataclass(frozen=True)
class DigestShown:
    """The digest of the last day or week, as it would be posted now, and how it is set here."""

    digest: Digest
    rhythm: Rhythm
    address: Address


@dataclass(frozen=True)
class DigestTable:
    """What a digest counted, as a table."""

    file: Exported


@dataclass(frozen=True)
class DigestPanel:
    """How digests come here; the next one `coming`, None when none comes."""

    rhythm: Rhythm
    address: Address
    coming: datetime | None = None


@dataclass(frozen=True)
class DigestSet:
    """How digests come from now on; `address` is empty when nobody has said where posts go."""

    rhythm: Rhythm
    address: Address
