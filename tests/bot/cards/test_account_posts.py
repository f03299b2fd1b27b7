"""What places are told about accounts themselves."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards import draw
from bot.wording import Words, plain
from core.model.tellable.accounts import AccountGone, AccountRenamed

SINCE = datetime(2026, 11, 17, 20, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "renamed", "gone"),
    [
        ("en", "@maria is called @marie now.", "@maria is no longer on TikTok."),
        ("fr", "@maria s'appelle maintenant @marie.", "@maria n'est plus sur TikTok."),
    ],
)
def test_a_new_name_and_a_leaving_are_told_with_both_names_and_a_way_on(language: str, renamed: str, gone: str) -> None:
    words = Words(language, ZoneInfo("UTC"))
    new = draw(AccountRenamed("marie", "maria"), words)
    assert plain(new.title) == renamed
    assert [button.key for row in new.buttons for button in row] == ["https://www.tiktok.com/@marie"]
    left = draw(AccountGone("maria", SINCE), words)
    assert plain(left.title) == gone
    assert "17 " in plain(left.body[0])
    assert "unfollow:maria" in [button.key for row in left.buttons for button in row]
