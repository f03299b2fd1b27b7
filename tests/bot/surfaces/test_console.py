"""The console: what it prints and writes, how numbers press, and how a process of it ends."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.card import Button, Card, File, Press, Quote
from bot.house import House
from bot.replies.accounts import Unfollowed
from bot.replies.common import Failed
from bot.surfaces.console.client import ConsoleClient, write_files
from bot.surfaces.console.draw import Numbers, draw_console, tame
from bot.surfaces.console.post import ConsoleMessenger
from bot.wording import Run, Words
from core.model.account import Follow, Handle
from core.model.notice import Notice, Tellable, facts_of
from core.model.risk import Target, Virality
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.tellable.lives import LiveEnded, Rolling
from core.model.trigger import Where
from tests.bot.conftest import Belongings
from tests.house.samples import ENDED, FOLLOW, HANDLE, HOSTILE, NOW, RISK

WORDS = Words("en", ZoneInfo("UTC"))
pytestmark = pytest.mark.usefixtures("empty_folder")
STEERING = "\x1b[31m\x1b]8;;http://x\x07\x9b\u202eevil\u2066\x00\r\x08\ud800"


def told(drawn: list[Any]) -> str:
    return "\n".join(line.plain for line in drawn)


# ---------------------------------------------------------------- drawn


@given(st.text())
def test_no_text_steers_the_terminal(text: str) -> None:
    card = Card(
        (Run(text),),
        ((Run(text),),),
        (Quote(text, 1, 3, hidden=True),),
        foot=(Run(text),),
        buttons=((Button(text, "following"), Button(text, f"https://x/{text}", Press.LINK)),),
        files=(File(text, Path(f"/{text}") if "\0" not in text else None),),
    )
    said = told(draw_console(card, WORDS, Numbers()))
    assert not any((ord(sign) < 32 and sign != "\n") or 0x7F <= ord(sign) <= 0x9F for sign in said)
    assert not any(sign in said for sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")
    said.encode()


def test_letters_of_every_script_and_emoji_stay() -> None:
    assert tame("Zoé مرحبا שלום 日本 👍🏽 e\u0301") == "Zoé مرحبا שלום 日本 👍🏽 e\u0301"


def test_markup_of_the_library_is_text(client: ConsoleClient, printed: io.StringIO) -> None:
    client.show(Unfollowed(_follow("[bold red]x[/]")), numbered=True)
    assert "@[bold red]x[/] is not followed" in printed.getvalue()


def test_without_numbers_there_are_no_buttons() -> None:
    card = Card((Run("x"),), buttons=((Button("Undo", "unfollow.undo:1"),),))
    assert "Undo" not in told(draw_console(card, WORDS, None))
    assert "[1] Undo" in told(draw_console(card, WORDS, Numbers()))


# ---------------------------------------------------------------- numbers


def test_numbers_rise_and_the_last_99_keep_their_meaning() -> None:
    numbers = Numbers()
    given_ = [numbers.give(f"key:{n}") for n in range(150)]
    assert given_[:3] == [1, 2, 3]
    assert given_[99] == 1, "after 99 they begin anew"
    assert numbers.key(given_[149]) == "key:149"
    assert numbers.key(given_[51]) == "key:51", "the oldest that is still known"
    assert numbers.key(0) is None


async def test_a_number_presses_the_button_drawn_with_it(client: ConsoleClient, mine: Belongings) -> None:
    client.show(await client.say(["unfollow", "@amina"]), numbered=True)
    gone = await client.say(["2"])
    assert isinstance(gone, Unfollowed)
    client.show(gone, numbered=True)
    await client.say(["3"])
    async with client.house.storage.reading() as work:
        assert [f.handle for f in await work.follows.of_place("console:here")] == ["amina"]


@pytest.mark.parametrize("number", ["0", "7", "99", "1000"])
async def test_a_number_nobody_was_shown_is_stale(number: str, client: ConsoleClient) -> None:
    assert (await client.say([number])) == Failed("STALE", {})


@pytest.mark.parametrize("odd", ["9" * 5000, "²", "٣", "-1"])
async def test_what_only_looks_like_a_number_is_an_unknown_command(odd: str, client: ConsoleClient) -> None:
    reply = await client.say([odd])
    assert isinstance(reply, Failed)
    assert reply.code == "COMMAND"


# ---------------------------------------------------------------- one and done


async def test_a_script_is_told_what_is_missing_and_what_it_may_be(
    client: ConsoleClient, capsys: pytest.CaptureFixture[str]
):
    code, out, err = await once(client, capsys, "admin", "engine")
    assert (code, out) == (2, "")
    assert err.lower().startswith("engine? · auto · captions · groq")


async def once(client: ConsoleClient, capsys: pytest.CaptureFixture[str], *words: str, as_json: bool = False) -> Any:
    code = await client.once(words, as_json)
    out, err = capsys.readouterr()
    return code, out, err


async def test_what_was_done_is_printed_and_ends_with_0(
    client: ConsoleClient, printed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await once(client, capsys, "follow", "@amina") == (0, "", "")
    assert "@amina is followed now." in printed.getvalue()


async def test_what_did_not_work_is_one_line_on_standard_error_and_ends_with_1(
    client: ConsoleClient, printed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = await once(client, capsys, "lives", "show", "999")
    assert (code, out, printed.getvalue()) == (1, "", "")
    assert err == "I do not know 999. Pick one from the list while typing, or leave it out: then I ask.\n"


@pytest.mark.parametrize(
    "line", [["fly"], ["follow"], ["follow", "@x", "--colour", "red"], ["trigger", "fly"], ["status", "x"]]
)
async def test_wrong_usage_ends_with_2_and_says_so_on_standard_error(
    line: list[str], client: ConsoleClient, printed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = await once(client, capsys, *line)
    assert (code, out, printed.getvalue()) == (2, "", "")
    assert err.count("\n") == 1


async def test_a_hostile_word_in_an_error_cannot_steer_the_terminal(
    client: ConsoleClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in ([STEERING], ["lives", "show", f"{STEERING}\nand more"]):
        _, _, err = await once(client, capsys, *line)
        assert err.count("\n") == 1
        assert not set(err.rstrip("\n")) & set(
            STEERING.replace("evil", "").replace("[31m", "").replace("]8;;http://x", "")
        )


@pytest.mark.parametrize(
    ("line", "reply", "code"),
    [
        (["following"], "FollowingList", 0),
        (["help"], "Help", 0),
        (["status"], "Status", 0),
        (["trigger", "list"], "TriggerList", 0),
        (["clip", "list"], "ClipList", 0),
        (["lives", "list"], "LiveList", 0),
        (["review", "next"], "AlertShown", 0),
        (["lives", "show", "999"], "Failed", 1),
        (["follow"], "Missing", 2),
        (["\ud800"], "Failed", 2),
    ],
)
async def test_json_is_one_document_whatever_happens(
    line: list[str], reply: str, code: int, client: ConsoleClient, mine: Belongings, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, out, err = await once(client, capsys, *line, as_json=True)
    document = json.loads(out)
    assert (ended, err, document["reply"]) == (code, "", reply)
    assert document["text"]
    assert out.count("\n") == 1
    out.encode()


async def test_json_holds_the_things_themselves(
    client: ConsoleClient, mine: Belongings, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = await once(client, capsys, "trigger", "list", as_json=True)
    (row,) = json.loads(out)["rows"]
    assert (row["word"], row["where"], row["cooldown"], row["hits"]) == ("giveaway amina", "both", 30.0, 1)


# ---------------------------------------------------------------- files


async def test_where_nothing_can_be_pressed_a_question_and_an_undo_say_what_to_type(
    client: ConsoleClient, mine: Belongings, printed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (await once(client, capsys, "unfollow", "amina"))[0] == 0
    assert "Unfollow @amina: earshot console unfollow amina --sure yes" in printed.getvalue()
    assert (await once(client, capsys, "unfollow", "amina", "--sure", "yes"))[0] == 0
    undo = printed.getvalue().rpartition("Undo: earshot console ")[2].split()
    assert (await once(client, capsys, *undo))[0] == 0
    assert "@amina is followed again" in printed.getvalue()


async def test_a_file_is_written_into_the_working_folder_and_named(
    client: ConsoleClient, mine: Belongings, printed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("dinner_transcript.txt", "dinner_transcript_2.txt", "dinner_transcript_3.txt"):
        assert await client.once(["transcript", "download", str(mine.live.id), "txt"], False) == 0
        assert Path(name).read_text() == "[0:29] Out with them, giveaway later.\n"
        assert f"→ {name}" in printed.getvalue()


def test_a_file_is_never_overwritten_nor_written_elsewhere() -> None:
    Path("a.txt").write_text("mine")
    Path("a_2.txt").symlink_to("/nowhere/at/all")
    written = write_files(
        Card((), files=(File("a.txt", data=b"1"), File("../../b.txt", data=b"2"), File("c.txt", Path("x"))))
    )
    assert [str(path) for path in written] == ["a_3.txt", "b.txt"]
    assert Path("a.txt").read_text() == "mine"
    assert not Path("../../b.txt").exists()


async def test_a_folder_nobody_may_write_to_is_told_in_one_line(
    client: ConsoleClient, mine: Belongings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    code, _, err = await once(client, capsys, "transcript", "download", str(mine.live.id), "txt")
    assert code == 1
    assert "Permission denied" in err
    assert err.count("\n") == 1


# ---------------------------------------------------------------- posts


def notice(said: Tellable, subject: str = "s") -> Notice:
    kind, facts = facts_of(said)
    return Notice(kind, "k", "console:here", "console:here", subject, facts)


@pytest.fixture
def messenger(house: House, printed: io.StringIO) -> ConsoleMessenger:
    return ConsoleMessenger(Console(file=printed, soft_wrap=True, width=200), house.storage, WORDS, Numbers())


async def test_a_post_is_printed_once_and_has_a_number(messenger: ConsoleMessenger, printed: io.StringIO) -> None:
    assert await messenger.post(notice(RISK), "n", "") == "1"
    assert await messenger.post(notice(ENDED), "n", "") == "2"
    said = printed.getvalue()
    assert "High risk 0.90 · hate speech · @amina.kitchen" in said
    assert "base 0.2 + spread medium 0.3 + hate 0.4 = 0.90 · judged by simple rules" in said
    assert "[1] Confirm  [2] Dismiss" in said


async def test_the_rolling_transcript_prints_only_what_is_new(
    messenger: ConsoleMessenger, printed: io.StringIO
) -> None:
    first = Rolling(1, HANDLE, "fr", "captions", [(NOW, "Un.")])
    await messenger.post(notice(first, "roll:1"), "n", "")
    more = Rolling(1, HANDLE, "fr", "captions", [(NOW, "Un."), (NOW.replace(second=9), None)])
    await messenger.post(notice(more, "roll:1"), "n", "1")
    assert printed.getvalue().splitlines() == [
        "20:14:05  @amina.kitchen Un.",
        "20:14:09  @amina.kitchen (speech without words)",
    ]


async def test_more_hits_and_repeats_are_one_short_line(messenger: ConsoleMessenger, printed: io.StringIO) -> None:
    hit = HitFound(1, 1, 1, HANDLE, "give\x1baway", Where.CHAT, "x", 0, 1, NOW, 3.0, count=3)
    await messenger.post(notice(hit), "n", "7")
    risk = RiskRaised(1, 1, HANDLE, 0.9, "x", Virality.LOW, Target.NONE, [], "", "", [], "rules", NOW, 1.0, repeats=1)
    assert await messenger.post(notice(risk), "n", "8") == "8"
    assert printed.getvalue().splitlines() == ["▌ giveaway heard 3 times", "▌ the same risk heard 1 more time"]


async def test_a_hostile_live_is_told_without_harm(messenger: ConsoleMessenger, printed: io.StringIO) -> None:
    await messenger.post(notice(LiveEnded(1, "amina", HOSTILE + STEERING, NOW, NOW, lines=HOSTILE)), "n", "")
    assert "\x1b" not in printed.getvalue()
    assert "\u202e" not in printed.getvalue()


def _follow(handle: str) -> Follow:
    return replace(FOLLOW, handle=Handle(handle))
