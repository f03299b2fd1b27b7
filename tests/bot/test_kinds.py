"""How each kind of value is read, and what is refused."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.asked import Asked
from bot.kinds import KINDS, Language, Page, Seconds, Share, Sure, Text, kind_of
from bot.manners import Keep
from core.errors import EarshotError
from core.model.account import NO_RISK, Follow, Handle
from core.model.clip import Clip
from core.model.live import Live
from core.model.risk import Alert
from core.model.trigger import MatchMode, Trigger
from core.services.writing import Format
from tests.bot.conftest import Belongings

Ask = Callable[..., Asked]


async def parsed(wanted: Any, text: str, ask: Ask) -> Any:
    return await kind_of(wanted).parse(text, ask())


async def refused(wanted: Any, text: str, ask: Ask) -> str:
    with pytest.raises(EarshotError) as caught:
        await kind_of(wanted).parse(text, ask())
    return caught.value.code


@pytest.mark.parametrize(
    ("wanted", "text", "value"),
    [
        (Text, "  free gift  ", "free gift"),
        (Language, "FR", "fr"),
        (Language, "auto", ""),
        (Handle, "@Amina.Kitchen", "amina.kitchen"),
        (Handle, "https://www.tiktok.com/@amina/live?lang=fr", "amina"),
        (Handle, "tiktok.com/@amina", "amina"),
        (bool, "Yes", True),
        (bool, "oui", True),
        (bool, "off", False),
        (bool, "0", False),
        (Sure, "yes", 1),
        (Seconds, "30 s", 30),
        (Seconds, "600", 600),
        (Share, "0,75", 0.75),
        (Share, "1", 1.0),
        (Share, "no", NO_RISK),
        (Share, "Yes", 0.7),
        (Page, "3", 3),
        (int, "#12", 12),
        (timedelta, "0", timedelta(0)),
        (timedelta, "90", timedelta(seconds=90)),
        (timedelta, "5min", timedelta(minutes=5)),
        (timedelta, "2 H", timedelta(hours=2)),
        (timedelta, "365 days", timedelta(days=365)),
        (MatchMode, "whole_word", MatchMode.WHOLE_WORD),
        (MatchMode, " Pattern ", MatchMode.PATTERN),
        (Format, "SRT", Format.SRT),
    ],
)
async def test_what_is_meant_is_read(wanted: Any, text: str, value: Any, ask: Ask) -> None:
    assert await parsed(wanted, text, ask) == value


@pytest.mark.parametrize(
    ("wanted", "text", "code"),
    [
        (Text, "   ", "EMPTY"),
        (Language, "french", "LANGUAGE_CODE"),
        (Language, "éa", "LANGUAGE_CODE"),
        (Handle, "amina kitchen", "HANDLE_FORM"),
        (Handle, "a" * 25, "HANDLE_FORM"),
        (Handle, "https://evil.example/@amina", "HANDLE_FORM"),
        (Handle, "https://www.tiktok.com.evil.example/@amina", "HANDLE_FORM"),
        (Handle, "https://[::1/@amina", "HANDLE_FORM"),
        (Handle, "//", "HANDLE_FORM"),
        (bool, "maybe", "CHOICE"),
        (Sure, "", "CHOICE"),
        (Seconds, "0", "NUMBER"),
        (Seconds, "601", "NUMBER"),
        (Seconds, "-5", "NUMBER"),
        (Seconds, "²", "NUMBER"),
        (Seconds, "9" * 5000, "NUMBER"),
        (Share, "1.01", "SHARE"),
        (Share, "nan", "SHARE"),
        (Share, "inf", "SHARE"),
        (Page, "second", "NOT_FOUND"),
        (Page, "9" * 5000, "NOT_FOUND"),
        (int, "-1", "NOT_FOUND"),
        (int, "²", "NOT_FOUND"),
        (timedelta, "soon", "DURATION"),
        (timedelta, "366 days", "DURATION_LONG"),
        (timedelta, "5 parsecs", "DURATION"),
        (timedelta, "9" * 10, "DURATION_LONG"),
        (timedelta, "²", "DURATION"),
        (datetime, "the day after never", "DATE"),
        (Keep, "soon", "KEPT"),
        (Keep, "²", "KEPT"),
        (Keep, "0 days", "KEPT_LONG"),
        (Keep, "53 weeks", "KEPT_LONG"),
        (Keep, "9" * 5000, "KEPT"),
        (datetime, "1 " * 3000, "DATE"),
        (MatchMode, "fuzzy", "CHOICE"),
        (Follow, "@nobody", "NOT_FOUND"),
        (Live, "999", "NOT_FOUND"),
        (Live, "@nobody", "NOT_FOUND"),
        (Live, "9" * 30, "NOT_FOUND"),
        (Trigger, "nothing", "NOT_FOUND"),
        (Clip, "999", "CLIP_NONE"),
        (Clip, "x", "NOT_FOUND"),
        (Alert, "#999", "NOT_FOUND"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_a_reason(wanted: Any, text: str, code: str, ask: Ask) -> None:
    assert await refused(wanted, text, ask) == code


async def test_things_of_the_place_are_found_by_number_handle_or_word(ask: Ask, mine: Belongings) -> None:
    assert await parsed(Follow, "@AMINA", ask) == mine.follow
    assert await parsed(Live, f"#{mine.live.id}", ask) == mine.live
    assert await parsed(Live, "amina", ask) == mine.live
    assert (await parsed(Trigger, "GIVEAWAY Amina", ask)).id == mine.trigger.id
    assert (await parsed(Trigger, f"#{mine.trigger.id}", ask)).id == mine.trigger.id
    assert await parsed(Clip, str(mine.clip.id), ask) == mine.clip
    assert await parsed(Alert, f"#{mine.alert.id}", ask) == mine.alert


async def test_suggestions_name_what_people_know_and_give_what_is_read_back(ask: Ask, mine: Belongings) -> None:
    for wanted, found in ((Follow, mine.follow), (Live, mine.live), (Clip, mine.clip), (Alert, mine.alert)):
        suggest = KINDS[wanted].suggest
        assert suggest is not None
        (choice,) = await suggest(ask())
        assert (await parsed(wanted, choice.value, ask)).id == found.id
        assert choice.label


async def test_since_is_a_length_of_time_ago_or_a_date_in_english_or_french(ask: Ask) -> None:
    now = ask().house.clock.now()
    ago = await parsed(datetime, "2 h", ask) + timedelta(hours=2)
    assert now <= ago <= ask().house.clock.now()
    assert await parsed(datetime, "2026-01-05", ask) == datetime(2026, 1, 5, tzinfo=UTC)
    for word in ("yesterday", "hier"):
        assert timedelta(hours=20) < now - await parsed(datetime, word, ask) < timedelta(hours=28)


def test_every_enumeration_of_commands_has_its_values_as_choices_and_hint() -> None:
    class Colour(StrEnum):
        RED = "dark red"

    kind = kind_of(Colour)
    assert (kind.hint, kind.choices[0].value) == ("dark red", "dark red")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40) | st.from_regex(r"[#@]?[0-9²٣smhd /:.,-]{0,30}", fullmatch=True))
async def test_no_text_breaks_a_kind(text: str, ask: Ask) -> None:
    """Only errors with a meaning come out, whatever is typed. Dates in words are left to their library: it is slow."""
    for wanted, kind in KINDS.items():
        if wanted is datetime:
            continue
        with suppress(EarshotError):
            await kind.parse(text, ask())
