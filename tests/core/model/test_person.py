"""Roles, places and addresses."""

from zoneinfo import ZoneInfo

import pytest

from core.model.person import Place, Platform, Role, platform_of


def test_each_role_includes_the_ones_below_it() -> None:
    assert sorted(Role) == [Role.VIEWER, Role.MODERATOR, Role.MANAGER, Role.OWNER]


@pytest.mark.parametrize(
    ("address", "platform"),
    [("discord:1/2", Platform.DISCORD), ("telegram:-100:7", Platform.TELEGRAM), ("console:here", Platform.CONSOLE)],
)
def test_an_address_tells_its_platform_and_nothing_else(address: str, platform: Platform) -> None:
    assert platform_of(address) is platform
    assert Place(address, "x").platform is platform


def test_an_address_of_no_platform_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="fax"):
        platform_of("fax:1")


def test_a_place_reads_times_in_its_zone() -> None:
    assert Place("console:here", "x", time_zone="Europe/Paris").zone == ZoneInfo("Europe/Paris")
