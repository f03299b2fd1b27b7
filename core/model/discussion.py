"""What people write about transcripts, and whether it is shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.risk import Verdict

LONGEST = 1_000  # characters of a comment
NAME = 64  # characters of a name that are kept
UNDO = timedelta(minutes=10)
"""How long a removed comment can be had back; then nothing of it is kept."""


@dataclass(frozen=True)
class Comment:
    """What somebody wrote about a transcript, or as an answer to another comment (`to`, its number).

    `by` is the person, `name` what they were called then. `held`: it stays away until a person has decided its alert
    (`alert_id`); one that is flagged has an alert too, and is shown until that is confirmed, or somebody says that it is
    `about_minors`. `verdict` is where that alert stands, None without one; `told` is which its author knows of. `removed`: when it
    was withdrawn by who wrote it, or deleted by a moderator; it can be brought back for UNDO.
    """

    id: int
    place: str
    transcript_id: int
    by: str
    name: str
    text: str
    made: datetime
    to: int | None = None
    held: bool = False
    alert_id: int | None = None
    verdict: Verdict | None = None
    about_minors: bool = False
    told: Verdict = Verdict.WAITING
    removed: datetime | None = None

    @property
    def shown(self) -> bool:
        """Whether everybody may read it: nobody has to let it through, or somebody did."""
        if self.removed or self.verdict is Verdict.CONFIRMED:
            return False
        return not (self.held or self.about_minors) or self.verdict is Verdict.DISMISSED

    @property
    def waits(self) -> bool:
        """Whether a person has to let it through first."""
        return self.held and self.verdict in (Verdict.WAITING, Verdict.MUTED)

    @property
    def decided(self) -> bool:
        """Whether a person has said whether it may be read."""
        return self.verdict in (Verdict.CONFIRMED, Verdict.DISMISSED)

    @property
    def news(self) -> bool:
        """Whether its author has to hear of the decision: of what was held of each, of what was shown only when it goes away, or
        comes back. That somebody looked at what everybody reads is nobody's business."""
        back = self.told is Verdict.CONFIRMED and self.shown
        return back or (self.decided and (self.held or not self.shown))

    @property
    def item(self) -> str:
        """What its alert calls it."""
        return f"comment:{self.id}"
