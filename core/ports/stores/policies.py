"""What is remembered of how places want short texts judged, and of what people write about transcripts."""

from datetime import datetime
from typing import Protocol

from core.model.discussion import Comment
from core.model.policy import Policy, WordRule


class Policies(Protocol):
    """Policies and word rules. Every change bumps the revision `policies`."""

    async def get(self, place: str) -> Policy:
        """What holds in a place; where nobody has said anything, what usually does."""
        ...

    async def put(self, policy: Policy) -> Policy: ...

    async def add(self, rule: WordRule) -> WordRule:
        """`rule.id` is ignored."""
        ...

    async def change(self, rule: WordRule) -> WordRule | None:
        """Store how the rule of this number and place is matched, and what it means; None when there is none."""
        ...

    async def remove(self, place: str, rule_id: int, *, removed: bool = True) -> WordRule | None:
        """Take it away, or give it back. None: nothing to change."""
        ...

    async def rules(self, place: str) -> list[WordRule]:
        """Oldest first."""
        ...


class Comments(Protocol):
    """What people write about the transcripts of a place. It goes with them."""

    async def add(self, comment: Comment) -> Comment:
        """`comment.id` and its verdict are ignored."""
        ...

    async def change(self, comment: Comment) -> Comment | None:
        """Store its text, whether it is held, its alert and whether it is removed; None when there is none of this number and
        place."""
        ...

    async def get(self, place: str, comment_id: int) -> Comment | None:
        """Removed ones too."""
        ...

    async def of_transcript(self, place: str, transcript_id: int, person: str) -> list[Comment]:
        """What `person` may see, oldest first: what is shown, and their own that waits or stays away; not what was removed."""
        ...

    async def newest(self, place: str, person: str, limit: int = 25) -> list[Comment]:
        """What `person` may see under any transcript they may see, newest first."""
        ...

    async def count(self, place: str, transcript_id: int) -> int:
        """How many are shown to everybody."""
        ...

    async def untold(self, limit: int = 50) -> list[Comment]:
        """Comments of all places that were decided since their author was told, oldest first; for whoever tells them."""
        ...

    async def expired(self, before: datetime) -> bool:
        """Whether any comment was removed before then: a question that takes no write lock."""
        ...

    async def expire(self, before: datetime) -> None:
        """Those that were removed before then go for good."""
        ...

    async def told(self, comment: Comment) -> None:
        """Its author knows of the verdict it has."""
        ...
