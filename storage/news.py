"""What a transaction may have put into a queue, so that whoever empties it in this process need not wait for his next look."""

from enum import Enum


class News(Enum):
    """Told: a notice in the outbox. Asked: a job."""

    TOLD = "told"
    ASKED = "asked"
