"""What the doctor shows of settings, and that no look can keep it, hide another or end it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from bot.cards.admin import PARTS
from bot.cards.doctor import FOUND, told
from bot.doctor import looked
from bot.doctor.settings import written
from bot.health import Part
from bot.wording import Words
from core.errors import Transient

EN, FR = (Words(language, ZoneInfo("UTC")) for language in ("en", "fr"))


async def well() -> AsyncIterator[tuple[str, Part]]:
    yield "one", Part("STORED")


async def slow() -> AsyncIterator[tuple[str, Part]]:
    yield "first", Part("STORED")
    await asyncio.sleep(60)
    yield "never", Part("STORED")


async def broken() -> AsyncIterator[tuple[str, Part]]:
    yield "first", Part("STORED")
    raise Transient("STORE_BUSY")


async def mistaken() -> AsyncIterator[tuple[str, Part]]:
    yield "first", Part("STORED")
    raise RuntimeError("a secret perhaps")


async def test_what_is_slow_or_broken_is_said_and_hides_nothing_else() -> None:
    found = await looked([("a", slow), ("b", broken), ("c", mistaken), ("d", well)], seconds=1)
    assert [(one.section, one.part.code) for one in found] == [
        ("a", "STORED"), ("a", "TOO_SLOW"), ("b", "STORED"), ("b", "FAILED"), ("c", "STORED"), ("c", "FAILED"), ("d", "STORED"),
    ]  # fmt: skip
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (SecretStr("gsk_0123456789"), "••••6789"),
        (SecretStr("12345678"), "••••"),
        (SecretStr(""), "••••"),
        ("http://user:pass@host:3128", "http://••••@host:3128"),
        ("socks5://token@host", "socks5://••••@host"),
        ("sqlite:///data/x.db", "sqlite:///data/x.db"),
        ("someone@example.com", "someone@example.com"),
        (Path("data"), "data"),
        (None, ""),
        (0.7, "0.7"),
    ],
)
def test_a_value_is_shown_without_what_nobody_may_see(value: object, shown: str) -> None:
    assert written(value) == shown


@pytest.mark.parametrize("code", sorted(FOUND))
@pytest.mark.parametrize("words", [EN, FR], ids=["en", "fr"])
def test_every_finding_is_one_sentence_and_the_same_number_in_every_language(code: str, words: Words) -> None:
    finding, cure = told(Part(code), words)
    assert finding
    assert not finding.endswith(".")
    assert bool(cure) == bool(told(Part(code), EN)[1])
    assert "**" not in finding + cure


def test_a_value_cannot_fill_another_and_stays_on_one_line() -> None:
    values = {"reason": "a\n{setting}. b", "setting": "X {reason}"}
    assert told(Part("SETTING_WRONG", False, values), EN)[0] == "X {reason}: a {setting}. b"


def test_no_code_has_two_texts() -> None:
    assert not set(FOUND) & set(PARTS)
