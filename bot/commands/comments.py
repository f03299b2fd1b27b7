"""What people write about transcripts of videos."""

from dataclasses import replace

from bot.asked import Asked
from bot.command import command
from bot.commands.reviews import privately
from bot.kinds import FIRST, Page, Text
from bot.limiting import Wish
from bot.paging import page_of
from bot.replies.comments import CommentBack, CommentGone, CommentShown, CommentsShown, CommentWritten
from core.model.discussion import Comment
from core.model.person import Role
from core.model.risk import Alert
from core.model.video import VideoTranscript


@command("transcript comment", wish=Wish.ENQUEUE)
async def comment(asked: Asked, transcript: VideoTranscript, text: Text, to: Comment | None = None) -> CommentWritten:
    """Write a comment or answer one"""
    answered = to.id if to is not None else None
    written = await asked.house.texts.discussing.write(transcript, asked.person, text, answered)
    return CommentWritten(written.comment, written.cause)


@command("transcript comments", offered=False)
async def comments(asked: Asked, transcript: VideoTranscript, page: Page = FIRST) -> CommentsShown:
    """What is written about a transcript"""
    rows = await asked.house.texts.discussing.thread(transcript, asked.person.id)
    shown, at, pages = page_of(rows, page)
    return CommentsShown(transcript, shown, len(rows), at, pages, asked.person.id)


@command("transcript remark", offered=False)
async def remark(asked: Asked, comment: Comment) -> CommentShown:
    """One comment"""
    alert = await _alert_of_another(asked, comment)
    if alert is not None:
        privately(asked, alert)
    return CommentShown(comment, comment.by == asked.person.id, asked.role >= Role.MODERATOR)


@command("transcript rephrase", wish=Wish.ENQUEUE, offered=False)
async def rephrase(asked: Asked, comment: Comment, text: Text) -> CommentWritten:
    """Another text for a comment of your own"""
    written = await asked.house.texts.discussing.reword(asked.place.id, comment.id, asked.person, text)
    return CommentWritten(written.comment, written.cause)


@command("transcript withdraw", offered=False)
async def withdraw(asked: Asked, comment: Comment) -> CommentGone:
    """Take a comment away (yours, or any for moderators)"""
    rules = asked.role >= Role.MODERATOR
    alert = await _alert_of_another(asked, comment)  # before it is set aside
    gone = await asked.house.texts.discussing.withdraw(asked.place.id, comment.id, asked.person, any_of_place=rules)
    unread = alert is not None and alert.restricted and not asked.whole
    return CommentGone(replace(gone, name="") if unread else gone, gone.by == asked.person.id)


@command("transcript return", offered=False)
async def bring_back(asked: Asked, number: int) -> CommentBack:
    """Have a comment back"""
    rules = asked.role >= Role.MODERATOR
    return CommentBack(
        await asked.house.texts.discussing.restore(asked.place.id, number, asked.person, any_of_place=rules)
    )


async def _alert_of_another(asked: Asked, comment: Comment) -> Alert | None:
    """The alert of a comment somebody else wrote: moderators are given such a comment whatever was found in it."""
    if comment.by == asked.person.id or comment.alert_id is None:
        return None
    async with asked.house.storage.reading() as work:
        return await work.alerts.get(asked.place.id, comment.alert_id)
