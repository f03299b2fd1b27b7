"""The kernel: rights on every press, values found only in the asker's place, questions for what is missing, one error path."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from bot.asked import Asked
from bot.belongings import SUGGESTIONS
from bot.card import Choice
from bot.cards import draw
from bot.command import Command, command, key
from bot.commands import ALL
from bot.kernel import TICKET_LETTERS, Kernel, read_key, with_answer
from bot.kinds import Text
from bot.replies.accounts import ConfirmUnfollow, Followed, FollowingList, Unfollowed
from bot.replies.common import Failed, Missing
from bot.replies.reviews import AlertShown
from bot.replies.triggers import TriggerAdded
from bot.wording import Words, plain
from core.errors import Bug, Invalid, Transient
from core.model.account import Follow, Handle
from core.model.person import Role
from core.model.risk import Verdict
from core.model.trigger import Trigger
from tests.bot.conftest import HERE, Belongings

Ask = Callable[..., Asked]


def failed(reply: Any) -> str:
    assert isinstance(reply, Failed), reply
    return reply.code


# ---------------------------------------------------------------- rights


@pytest.mark.parametrize("wanted", [one for one in ALL if one.role > Role.VIEWER], ids=lambda one: one.name)
async def test_nobody_below_the_role_may_use_a_command_typed_or_pressed(
    wanted: Command, kernel: Kernel, ask: Ask
) -> None:
    asked = ask(Role(wanted.role - 1))
    for reply in (
        await kernel.run(wanted, {}, asked),
        await kernel.press(wanted.verb + ":1" * bool(wanted.options), asked),
    ):
        assert failed(reply) == "NO_RIGHT"
        said = plain(draw(reply, asked.words).title)
        assert f"This is for {wanted.role.name.lower()}s of " in said


async def test_a_right_that_was_lost_since_the_button_was_drawn_counts(
    kernel: Kernel, ask: Ask, mine: Belongings
) -> None:
    shown = draw(await kernel.press("review.next", ask(Role.MODERATOR)), ask().words)
    confirm = shown.buttons[0][0].key
    assert failed(await kernel.press(confirm, ask(Role.VIEWER))) == "NO_RIGHT"
    decided = await kernel.press(confirm, ask(Role.MODERATOR))
    assert isinstance(decided, AlertShown)
    assert decided.alert.verdict is Verdict.CONFIRMED


async def test_a_question_is_not_asked_of_somebody_who_may_not(kernel: Kernel, ask: Ask) -> None:
    assert failed(await kernel.answer("follow", "account", "amina", ask(Role.VIEWER))) == "NO_RIGHT"


# ---------------------------------------------------------------- presses


@pytest.mark.parametrize(
    "pressed",
    ["", ":", "fly", "fly:1", "follow.amina", "status:1", "following:1;2;3;4", "trigger..add:x", "\x00", "a" * 64],
)
async def test_an_unknown_key_says_that_the_button_is_old(pressed: str, kernel: Kernel, ask: Ask) -> None:
    assert failed(await kernel.press(pressed, ask())) == "STALE"


async def test_an_answer_to_an_option_that_is_gone_says_that_the_question_is_old(kernel: Kernel, ask: Ask) -> None:
    assert failed(await kernel.answer("follow", "name", "amina", ask())) == "STALE"
    assert failed(await kernel.answer("fly", "account", "amina", ask())) == "STALE"


def test_a_button_is_a_line_to_type_where_help_does_not_lead(kernel: Kernel) -> None:
    assert kernel.typed("unfollow:amina;sure=yes") == "unfollow amina --sure yes"
    assert kernel.typed("unfollow.undo:2") == "unfollow undo 2"
    assert kernel.typed("following:page=2") == "following --page 2"
    assert kernel.typed("settings.hours") == "settings hours HOURS"
    assert kernel.typed("settings.sound:new video;no") == 'settings sound "new video" no'
    assert [kernel.typed(one) for one in ("following", "watch.mute:amina;for=1 h", "gone:1", "follow:a;b;c;d;e;f;g;h")] == [
        "", "", "", "",
    ]  # fmt: skip


async def test_pressing_is_the_command_again(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    first = await kernel.press(key("unfollow", "amina"), ask())
    assert isinstance(first, ConfirmUnfollow)
    confirm = draw(first, ask().words).buttons[0][1].key
    gone = await kernel.press(confirm, ask())
    assert isinstance(gone, Unfollowed)
    undo = draw(gone, ask().words).buttons[0][0].key
    await kernel.press(undo, ask())
    again = await kernel.press("following", ask())
    assert isinstance(again, FollowingList)
    assert [follow.handle for follow, _ in again.rows] == ["amina"]


def test_a_key_names_required_values_by_position_and_others_by_name(kernel: Kernel) -> None:
    unfollow = kernel.named("unfollow")
    assert unfollow is not None
    assert read_key(unfollow, "amina;sure=yes") == {"account": "amina", "sure": "yes"}
    assert read_key(unfollow, "") == {}
    assert read_key(unfollow, "a;b;c") is None


def test_a_choice_that_cannot_stand_in_a_key_gives_no_key() -> None:
    assert with_answer("follow", "account", "a;b") == ""
    assert with_answer("trigger.add", "word", "x") == "trigger.add:word=x"
    assert with_answer("trigger.add:where=chat", "word", "x") == "trigger.add:where=chat;word=x"


# ---------------------------------------------------------------- other places


@pytest.mark.parametrize(
    "pressed",
    [
        "following:{follow.handle}",
        "unfollow:{follow.handle};sure=yes",
        "unfollow.undo:{follow.id}",
        "lives.show:{live.id}",
        "lives.show:{live.handle}",
        "lives.list:{live.handle}",
        "transcript.open:{live.id}",
        "transcript.download:{live.id};txt",
        "trigger.remove:{trigger.id}",
        "trigger.remove:{trigger.word}",
        "trigger.undo:{trigger.id}",
        "clip.save:{follow.handle}",
        "review.show:{alert.id}",
        "review.decide:{alert.id};confirm",
    ],
)
async def test_the_things_of_another_place_do_not_exist(
    pressed: str, kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings
) -> None:
    assert failed(await kernel.press(pressed.format(**vars(theirs)), ask(Role.OWNER, HERE))) == "NOT_FOUND"


async def test_nothing_of_another_place_was_changed(
    kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings
) -> None:
    for pressed in (f"trigger.remove:{theirs.trigger.id}", f"review.decide:{theirs.alert.id};dismiss"):
        await kernel.press(pressed, ask(Role.OWNER, HERE))
    async with ask().house.storage.reading() as work:
        assert [t.id for t in await work.triggers.of_place(theirs.place.id)] == [theirs.trigger.id]
        alert = await work.alerts.get(theirs.place.id, theirs.alert.id)
    assert alert == theirs.alert


# ---------------------------------------------------------------- questions


async def test_a_missing_value_is_asked_for_with_what_was_given_so_far(kernel: Kernel, ask: Ask) -> None:
    add = kernel.named("trigger add")
    assert add is not None
    reply = await kernel.run(add, {"where": "chat"}, ask())
    assert isinstance(reply, Missing)
    assert (reply.option, reply.key) == ("word", "trigger.add:where=chat")
    made = await kernel.answer(reply.key, reply.option, "free; gift=yes", ask())
    assert isinstance(made, TriggerAdded)
    assert (made.trigger.word, made.trigger.where.value) == ("free; gift=yes", "chat")


async def test_one_question_follows_another(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    decide = kernel.named("review decide")
    assert decide is not None
    first = await kernel.run(decide, {}, ask())
    assert isinstance(first, Missing)
    assert [choice.value for choice in first.choices] == [str(mine.alert.id)]
    second = await kernel.answer(first.key, first.option, first.choices[0].value, ask())
    assert isinstance(second, Missing)
    assert [choice.value for choice in second.choices] == ["confirm", "dismiss", "reopen"]
    done = await kernel.press(with_answer(second.key, second.option, "dismiss"), ask())
    assert isinstance(done, AlertShown)
    assert done.alert.verdict is Verdict.DISMISSED


async def test_what_is_too_long_for_a_key_is_kept_as_far_as_it_fits(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    decide = kernel.named("review decide")
    assert decide is not None
    reply = await kernel.run(decide, {"alert": str(mine.alert.id), "note": "because " * 20}, ask())
    assert isinstance(reply, Missing)
    assert reply.key == f"review.decide:alert={mine.alert.id}"


async def test_required_values_that_do_not_fit_must_be_said_at_once(kernel: Kernel, ask: Ask) -> None:
    download = kernel.named("transcript download")
    assert download is not None
    assert failed(await kernel.run(download, {"transcript": "x" * 80}, ask())) == "TOGETHER"


async def test_an_empty_value_is_a_missing_one(kernel: Kernel, ask: Ask) -> None:
    follow = kernel.named("follow")
    assert follow is not None
    for value in ("", "  ", "\u200b\u2060"):
        assert isinstance(await kernel.run(follow, {"account": value}, ask()), Missing)


async def test_an_option_nobody_knows_is_named_and_the_inner_ones_are_not_offered(kernel: Kernel, ask: Ask) -> None:
    unfollow, status = kernel.named("unfollow"), kernel.named("status")
    assert unfollow is not None
    assert status is not None
    reply = await kernel.run(unfollow, {"account": "x", "colour": "red"}, ask())
    assert (failed(reply), reply.values["list"]) == ("OPTION", "account")
    assert failed(await kernel.run(status, {"colour": "red"}, ask())) == "NO_OPTIONS"


# ---------------------------------------------------------------- errors


@command("test break", Role.MANAGER)
async def break_(asked: Asked, how: Text) -> None:
    """Fails after it has begun to write"""
    errors = {"bug": Bug("CAPTURE", x="secret"), "expected": Transient("STORE_BUSY"), "odd": Invalid("SOMETHING_NEW")}
    async with asked.house.storage.work() as work:
        await work.triggers.add(Trigger(0, asked.place.id, "half done"))
        raise errors.get(how) or RuntimeError("postgresql://user:password@host/ broke")


async def test_a_surprise_becomes_a_ticket_and_nothing_is_changed(
    ask: Ask, mine: Belongings, caplog: pytest.LogCaptureFixture
) -> None:
    kernel = Kernel((break_,))
    for how in ("surprise", "bug"):
        with caplog.at_level(logging.ERROR):
            reply = await kernel.press(f"test.break:{how}", ask())
        ticket = reply.values["ticket"]
        assert failed(reply) == "BUG"
        assert len(ticket) == 6
        assert set(ticket) <= set(TICKET_LETTERS)
        assert f"ticket {ticket} in /test break" in caplog.text
        assert caplog.records[-1].exc_info, "the log has the whole story"
        said = plain(draw(reply, ask().words).title)
        assert ticket in said
        assert "password" not in said
        assert "secret" not in said
    async with ask().house.storage.reading() as work:
        assert [t.word for t in await work.triggers.of_place(HERE)] == [mine.trigger.word]


async def test_an_expected_failure_is_told_as_it_is_and_not_logged(
    ask: Ask, caplog: pytest.LogCaptureFixture, mine: Belongings
) -> None:
    assert failed(await Kernel((break_,)).press("test.break:expected", ask())) == "STORE_BUSY"
    assert failed(await Kernel((break_,)).press("test.break:odd", ask())) == "SOMETHING_NEW"
    assert caplog.text == ""


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_code_without_a_text_is_still_an_answer(language: str, ask: Ask) -> None:
    card = draw(Failed("SOMETHING_NEW", {"x": "**bold**"}), ask(language=language).words)
    assert "SOMETHING_NEW" in plain(card.title)


async def test_two_deciding_at_once_the_second_is_told_who_was_faster(
    kernel: Kernel, ask: Ask, mine: Belongings
) -> None:
    await kernel.press(f"review.decide:{mine.alert.id};confirm", ask())
    reply = await kernel.press(f"review.decide:{mine.alert.id};dismiss", ask())
    assert failed(reply) == "DECIDED"
    for language, said in (("en", "Karim already confirmed this ("), ("fr", "Karim l'a déjà confirmée (")):
        card = draw(reply, Words(language, ask().words.zone))
        assert plain(card.title).startswith(said)
        undo = f"review.decide:{mine.alert.id};reopen;as={reply.values['stands']}"
        assert card.buttons[0][0].key == undo


def test_deciding_what_was_reopened_meanwhile_is_told_too(ask: Ask) -> None:
    card = draw(Failed("DECIDED", {"alert": 1, "name": "", "verdict": "waiting", "when": None}), ask().words)
    assert "reopened" in plain(card.title)
    assert card.buttons == ()


# ---------------------------------------------------------------- suggestions


async def test_suggestions_are_only_what_the_asker_may_see(
    kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings
) -> None:
    for one in ALL:
        for option in one.shown:
            if option.kind.choices or not option.kind.suggest or option.kind.type not in (Handle, Follow):
                continue
            found = await kernel.suggest(one, option, "", ask(Role.OWNER, HERE))
            assert "bruno" not in {choice.value for choice in found}, one.name


async def test_somebody_without_the_right_is_suggested_nothing(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    remove, decide = kernel.named("trigger remove"), kernel.named("review decide")
    assert remove is not None
    assert decide is not None
    assert await kernel.suggest(remove, remove.options[0], "", ask(Role.MODERATOR)) == []
    assert await kernel.suggest(decide, decide.options[0], "", ask(Role.VIEWER)) == []
    assert await kernel.suggest(remove, remove.options[0], "", ask(Role.MANAGER)) == [
        Choice("giveaway amina", str(mine.trigger.id))
    ]


async def test_there_are_at_most_25_suggestions_and_the_nearest_come_first(kernel: Kernel, ask: Ask) -> None:
    async with ask().house.storage.work() as work:
        await work.places.put(ask().place)
        for n in range(40):
            await work.triggers.add(Trigger(0, HERE, f"word{n}"))
    remove = kernel.named("trigger remove")
    assert remove is not None
    assert len(await kernel.suggest(remove, remove.options[0], "", ask())) == SUGGESTIONS
    found = await kernel.suggest(remove, remove.options[0], "WORD37", ask())
    assert found[0].label == "word37"
    assert len(found) <= SUGGESTIONS


async def test_choices_are_suggested_too_and_strange_typing_breaks_nothing(kernel: Kernel, ask: Ask) -> None:
    add = kernel.named("trigger add")
    assert add is not None
    where = add.option("where")
    assert where is not None
    assert [c.value for c in await kernel.suggest(add, where, "", ask())] == ["chat", "speech", "both"]
    assert (await kernel.suggest(add, where, "spe", ask()))[0].value == "speech"
    for typed in ("@", "\x00", "😀" * 500, "\ud800"):
        await kernel.suggest(add, where, typed, ask())


# ---------------------------------------------------------------- typed


async def test_invisible_marks_that_came_along_with_a_copied_name_do_not_count(kernel: Kernel, ask: Ask) -> None:
    follow = kernel.named("follow")
    assert follow is not None
    made = await kernel.run(follow, {"account": "\u2066@Amina\u2069\u200b"}, ask())
    assert isinstance(made, Followed)
    assert made.follow.handle == "amina"
