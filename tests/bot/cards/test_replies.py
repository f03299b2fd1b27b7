"""Cards of replies: what follows from them, and what an empty one suggests."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.card import Card, Tone
from bot.cards import draw
from bot.commands import ALL
from bot.replies.accounts import Followed, FollowingList
from bot.replies.clips import ClipList
from bot.replies.common import Missing, Working
from bot.replies.house import Help, Status
from bot.replies.lives import LiveList, TranscriptShown
from bot.replies.triggers import TriggerAdded, TriggerList
from bot.wording import Words, plain
from core.model.account import Account, AccountStatus
from core.model.clip import Source
from core.model.transcript import Segment, SegmentState
from core.model.usage import Used
from core.services.diagnosing import Vitals
from core.services.rehearsing import Rehearsal
from tests.house import clip_samples
from tests.house.samples import FOLLOW, HANDLE, LIVE, NOW
from tests.house.trigger_samples import TRIGGER

ENGLISH = Words("en", ZoneInfo("UTC"))
FRENCH = Words("fr", ZoneInfo("Europe/Paris"))


def read(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items), card.foot))


def test_following_names_the_account_and_what_happens_next() -> None:
    said = read(draw(Followed(FOLLOW, 1, 50, 0, 60.0, FOLLOW.address), ENGLISH))
    assert "@amina.kitchen is followed now." in said
    assert "I look every 60 s; the first post comes here when @amina.kitchen goes live." in said
    assert "`" not in said


@pytest.mark.parametrize(
    "nothing",
    [
        FollowingList((), 0, 50, 1, 1, NOW),
        LiveList((), 1, 1, False, NOW),
        LiveList((), 1, 1, True, NOW),
        ClipList((), 1, 1),
        TriggerList((), 0, 1, 1),
        TranscriptShown(LIVE, (), 1, 1),
        Help((), "nonsense", "x"),
    ],
    ids=lambda meaning: type(meaning).__name__,
)
def test_an_empty_list_names_the_command_that_would_change_that(nothing: object) -> None:
    card = draw(nothing, ENGLISH)
    assert any(run.style == "code" and run.text.startswith("/") for run in card.title)
    assert card.private


@pytest.mark.parametrize("status", list(AccountStatus))
def test_every_state_of_an_account_has_a_word(status: AccountStatus) -> None:
    row = (FOLLOW, Account(7, HANDLE, status=status, looked_at=NOW))
    said = read(draw(FollowingList((row,), 1, 50, 1, 1, NOW), ENGLISH))
    assert said.count("·") == 2
    assert "last looked 20:14" in said


def test_a_trigger_tells_what_it_would_have_done() -> None:
    assert "Nothing in the last lives would have fired." in read(draw(TriggerAdded(TRIGGER, Rehearsal()), ENGLISH))
    assert "1 line of the last lives would have fired." in read(
        draw(TriggerAdded(TRIGGER, Rehearsal(1, 1, 9)), ENGLISH)
    )


def test_a_trigger_without_a_cool_down_tells_at_every_hit() -> None:
    added = TriggerAdded(replace(TRIGGER, cooldown=timedelta(0)), Rehearsal())
    assert "then a post and a clip at every hit; @" in read(draw(added, ENGLISH))
    assert " à chaque fois\N{NARROW NO-BREAK SPACE}; @" in read(draw(added, FRENCH))


def test_a_trigger_of_all_accounts_says_so() -> None:
    everywhere = replace(TRIGGER, account_id=None, handle=None)
    assert "all accounts" in read(draw(TriggerAdded(everywhere, Rehearsal()), ENGLISH))


@pytest.mark.parametrize("state", list(SegmentState))
def test_speech_without_words_is_named(state: SegmentState) -> None:
    card = draw(TranscriptShown(LIVE, (Segment(1.0, 2.0, None, state=state),), 1, 1), ENGLISH)
    assert len(card.quotes[0].text.removeprefix("0:01").strip()) >= 1


def test_status_without_a_running_process_says_how_to_start_one() -> None:
    card = draw(Status(None, 1, 0, 0, {"unknown": 2}, "", "rules", NOW), ENGLISH)
    assert card.tone is Tone.WARN
    assert "earshot run" in read(card)
    assert "of unknown fate 2" in read(card)
    assert "Speech to text: none ready · risk: simple rules" in read(card)


def test_status_shows_the_lag_and_the_wait() -> None:
    vitals = Vitals(1, NOW.timestamp(), 0.0012, 0.0345, 0.25, jobs=1)
    assert "Loop lag 0.001 s (p99 0.035 s) · writer wait 0.25 s · 1 job running" in read(
        draw(Status(vitals, 1, 0, 0, {}, "groq", "rules", NOW), ENGLISH)
    )


def test_help_lists_what_is_given_and_finds_by_topic() -> None:
    offered = tuple(one for one in ALL if one.offered)
    tasks = draw(Help(offered, "", "x"), ENGLISH).items
    lines = [plain(item.line) for item in tasks]
    assert lines[1] == "Find what was said or written · /search"
    assert lines[2] == "Follow accounts · /following /follow /unfollow /account"
    behind = [draw(Help(offered, item.key.partition(":")[2], "x"), ENGLISH) for item in tasks]
    listed = [plain(item.line) for card in behind for item in card.items]
    assert sum(line.startswith("/") for line in listed) == len(offered), "each is behind one line"
    assert max(len(read(card)) for card in behind) < 1_500, "no wall"
    few = [plain(item.line) for item in draw(Help(offered[:3], "", "x"), ENGLISH).items]
    assert few[0] == "Turn videos into text"
    assert few[1].startswith("/transcribe LINK"), "a few are listed at once"
    found = read(draw(Help(offered, "/CLIP", "x"), ENGLISH))
    assert "/clip save ACCOUNT [seconds] [name]" in found
    assert "/review next" not in found
    assert "page" not in found, "what only buttons give is not offered"


def test_a_moving_post_shows_its_steps_and_what_is_left() -> None:
    moving = Working(
        "Transcribing", (("found", "done"), ("speech", "now"), ("told", "next")), 0.5, 20, 1, "job.cancel:1"
    )
    said = read(draw(moving, ENGLISH))
    assert "✓ found  ▶ speech  · told" in said
    assert "about 20 s left" in said
    assert "1 job is ahead" in said
    assert draw(replace(moving, cancel="", ahead=0, left_seconds=None), ENGLISH).buttons == ()


def test_status_shows_what_was_heard_here_what_is_left_and_the_queue() -> None:
    used = Used((("groq", 720.0, 20_400.0),), 3600.0, 2880.0)
    status = Status(None, 1, 0, 0, {}, "", "rules", NOW, used=used, videos_running=2, videos_waiting=5, own_videos=1)
    said = read(draw(status, ENGLISH))
    assert "Videos into text: 2 under way · 5 waiting · 1 of them yours" in said
    assert "Heard here: Groq 12 min today, 5 h 40 min this month" in said
    assert "Of 60 min a day" in said.replace("1 h 00 min", "60 min")
    assert "48 min are left." in said
    over = read(draw(replace(status, used=Used((), 3600.0, -5.0)), ENGLISH))
    assert "are used up; more open at midnight UTC" in over


def test_a_missing_clip_and_a_missing_name_are_asked_for_in_a_sentence() -> None:
    asked = [draw(Missing("clip rename", name, "words", "clip.rename"), ENGLISH).title for name in ("clip", "name")]
    assert [plain(title) for title in asked] == ["Which clip?", "What shall it be called?"]


def test_a_clip_of_obs_says_so_and_one_of_ours_does_not() -> None:
    ours = clip_samples.SAVED
    assert "a replay of OBS" not in read(draw(ours, ENGLISH))
    assert "of the live · a replay of OBS" in read(draw(replace(ours, source=Source.OBS), ENGLISH))
