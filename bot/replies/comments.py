"""Replies about what people write about transcripts."""

from dataclasses import dataclass

from core.model.discussion import Comment
from core.model.video import VideoTranscript


@dataclass(frozen=True)
class CommentWritten:
    """Somebody's comment as it stands; only they see this. `cause`: the label or `word` for which it is held."""

    comment: Comment
    cause: str = ""


@dataclass(frozen=True)
class CommentsShown:
    """A page of what is written about a transcript; `n` are all the asker may read, `asker` is them."""

    transcript: VideoTranscript
    rows: tuple[Comment, ...]
    n: int
    page: int
    pages: int
    asker: str


@dataclass(frozen=True)
class CommentShown:
    """One comment. `own`: the asker wrote it; `rules`: they may delete others'."""

    comment: Comment
    own: bool = False
    rules: bool = False


@dataclass(frozen=True)
class CommentGone:
    """It is withdrawn, or deleted by somebody else; it can be had back. No name: who deleted it may not read it."""

    comment: Comment
    own: bool


@dataclass(frozen=True)
class CommentBack:
    """It is there again."""

    comment: Comment
