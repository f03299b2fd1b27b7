"""Channels and roles as people write them, and where they exist."""

from collections.abc import Callable

import pytest

from bot.asked import Asked
from bot.channels import channel_of, role_of
from bot.commands import ALL
from bot.kernel import Kernel
from bot.replies.accounts import Followed
from bot.replies.common import Failed
from core.errors import Invalid
from core.model.person import Place

DISCORD, CONSOLE, TELEGRAM = (
    Place("discord:55", "Server"),
    Place("console:here", "Here"),
    Place("telegram:-100", "Group"),
)
Ask = Callable[..., Asked]


@pytest.mark.parametrize(
    ("place", "written", "address"),
    [
        (DISCORD, "<#901>", "discord:901"),
        (DISCORD, " 901 ", "discord:901"),
        (DISCORD, "discord:901", "discord:901"),
        (DISCORD, "here", "discord:7"),
        (CONSOLE, "#lives", "console:lives"),
        (CONSOLE, "lives", "console:lives"),
        (CONSOLE, "console:été-1", "console:été-1"),
        (CONSOLE, "ici", "discord:7"),
        (TELEGRAM, "here", "discord:7"),
    ],
)
def test_a_channel_is_read_as_its_platform_writes_it(place: Place, written: str, address: str) -> None:
    assert channel_of(written, place, "discord:7") == address


@pytest.mark.parametrize(
    ("place", "written"),
    [
        (DISCORD, "#lives"),
        (DISCORD, "<@901>"),
        (DISCORD, "<#901"),
        (DISCORD, "console:lives"),
        (DISCORD, "²"),
        (DISCORD, "9" * 21),
        (CONSOLE, "discord:901"),
        (CONSOLE, "two words"),
        (CONSOLE, ""),
        (CONSOLE, "x" * 41),
        (TELEGRAM, "-100200"),
        (TELEGRAM, "telegram:-100200"),
    ],
)
def test_no_channel_of_another_platform_is_taken(place: Place, written: str) -> None:
    with pytest.raises(Invalid) as refused:
        channel_of(written, place, "discord:7")
    assert refused.value.code == "CHANNEL"


def test_a_role_is_a_number_of_discord_or_nobody() -> None:
    assert [role_of(one, DISCORD) for one in ("<@&77>", "77", "none", "Nobody")] == ["discord:77", "discord:77", "", ""]
    for place, written in ((DISCORD, "@everyone"), (DISCORD, "<#77>"), (CONSOLE, "77"), (TELEGRAM, "77")):
        with pytest.raises(Invalid):
            role_of(written, place)


@pytest.mark.parametrize("written", ["55", "<@&55>", "discord:55"])
def test_everybody_at_once_is_never_called(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        role_of(written, DISCORD)
    assert refused.value.code == "ROLE"


async def test_an_option_that_a_platform_does_not_have_is_refused_there_typed_or_pressed(ask: Ask) -> None:
    kernel = Kernel(ALL)
    follow = kernel.named("follow")
    assert follow is not None
    group = ask(place="telegram:-100")
    for reply in (
        await kernel.run(follow, {"account": "amina", "channel": "here"}, group),
        await kernel.press("follow:amina;role=77", group),
    ):
        assert isinstance(reply, Failed)
        assert reply.code == "OPTION"
        assert reply.values["list"] == "account, language, transcript, risk"
    server = ask(place="discord:55")
    made = await kernel.run(follow, {"account": "amina", "channel": "<#901>", "role": "<@&77>"}, server)
    assert isinstance(made, Followed)
    assert (made.follow.address, made.follow.ping) == ("discord:901", "discord:77")
