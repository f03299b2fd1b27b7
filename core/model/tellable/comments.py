"""What is told of comments, and of titles people give: to who wrote one, alone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CommentDecided:
    """A person has decided about a comment: it is `shown` now, or stays away. `number` is the transcript's (`v12`), `place` the
    name of where it was written."""

    comment_id: int
    number: str
    place: str
    text: str
    shown: bool


@dataclass(frozen=True)
class TitleDecided:
    """A person has decided about a title somebody wished for: the transcript with this `number` is called so now, or it stays away.
    `place` is the name of where that is; `title` is empty where its words are not said again."""

    alert_id: int
    number: str
    place: str
    title: str
    shown: bool
