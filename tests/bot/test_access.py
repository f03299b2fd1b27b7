"""Rights: who may, who is offered what."""

from collections.abc import Callable

import pytest

from bot.access import permit, usable
from bot.asked import Asked
from bot.commands import ALL
from core.errors import Denied
from core.model.person import Role

Ask = Callable[..., Asked]


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_includes_the_ones_below_it(role: Role, ask: Ask) -> None:
    for one in ALL:
        if one.role <= role:
            permit(one, ask(role))
        else:
            with pytest.raises(Denied) as caught:
                permit(one, ask(role))
            assert caught.value.values == {"role": one.role.name.lower(), "place": "The kitchen"}


async def test_only_what_may_be_used_is_offered_and_never_what_only_buttons_press(ask: Ask) -> None:
    viewer = usable(ALL, ask(Role.VIEWER))
    assert viewer
    assert all(one.role is Role.VIEWER and one.offered for one in viewer)
    assert [one.name for one in usable(ALL, ask(Role.OWNER))] == [one.name for one in ALL if one.offered]


async def test_what_a_platform_does_not_have_is_not_offered_there(ask: Ask) -> None:
    for place, missing in (
        ("discord:1", set()),
        ("console:here", {"role"}),
        ("telegram:-100", {"role", "channel"}),
    ):
        offered = next(one for one in usable(ALL, ask(place=place)) if one.name == "follow")
        names = {option.name for option in offered.options}
        assert {"account", "channel", "role", "language", "transcript", "risk"} - names == missing


async def test_looking_is_for_everybody_changing_is_not(ask: Ask) -> None:
    """The map of who may what, as the page of commands draws it."""
    roles = {one.name: one.role for one in ALL if one.offered}
    assert {name for name, role in roles.items() if role is Role.VIEWER} == {
        "following", "status", "source", "help", "transcript open", "transcript download", "lives now", "lives list", "lives show",
        "lives timeline", "feed",
        "lives export", "transcribe", "transcript rename", "transcript visibility", "transcript retry", "transcript delete",
        "transcript comment",
        "tiktok connect", "tiktok videos", "tiktok disconnect", "tiktok optout", "me settings", "privacy", "search",
    }  # fmt: skip
    assert {name for name, role in roles.items() if role is Role.MODERATOR} == {
        "clip save", "clip list", "clip rename", "clip delete", "review next", "review decide", "review list",
            "review evidence", "review stats", "review test", "review audit",
        "watch start", "watch stop", "watch mute", "watch mark", "watch log",
    }  # fmt: skip
