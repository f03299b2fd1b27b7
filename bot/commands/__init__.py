"""Every command, in menu order. One file per subject; its replies and cards have the same file name."""

from bot.command import Command
from bot.commands import accounts, clips, house, lives, reviews, triggers

ALL: tuple[Command, ...] = (
    accounts.following,
    house.status,
    house.helping(lambda: ALL),
    lives.transcript_open,
    lives.transcript_download,
    lives.now,
    lives.list_,
    lives.show,
    accounts.follow,
    accounts.unfollow,
    accounts.unfollow_undo,
    triggers.add,
    triggers.remove,
    triggers.remove_undo,
    triggers.list_,
    triggers.try_,
    clips.save,
    clips.list_,
    reviews.next_,
    reviews.show,
    reviews.decide,
)
