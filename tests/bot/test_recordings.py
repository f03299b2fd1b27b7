"""Where clips have pages, and what seals their addresses."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.recordings import showing_of
from core.adapters.sealing import key_in
from core.settings import Settings, load
from tests.doubles import CountedStorage, HandClock

WEB = {"WEB_LISTEN": "127.0.0.1", "PUBLIC_URL": "https://earshot.example.com"}


def settings(folder: Path, **more: Any) -> Settings:
    return load(dotenv=None, DATA_DIR=folder, LANGUAGE="en", TIMEZONE="UTC", DATABASE_URL="", **more)


@pytest.mark.parametrize("lacking", list(WEB))
def test_without_a_web_that_people_reach_there_are_no_pages(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, lacking: str
) -> None:
    given = {name: value for name, value in WEB.items() if name != lacking}
    assert showing_of(settings(tmp_path, **given), clock, storage) is None
    assert not (tmp_path / "pages.key").exists()


def test_addresses_last_over_restarts_with_the_owners_key_and_with_our_own(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
) -> None:
    for keys in ({}, {"SECRET_KEYS": Fernet.generate_key().decode()}):
        first, second = (showing_of(settings(tmp_path, **WEB, **keys), clock, storage) for _ in range(2))
        assert first is not None
        assert second is not None
        token = first.link("console:here", 7).rpartition("/")[2]
        assert second.sealer.open(token.encode()).endswith("console:here")
    assert (tmp_path / "pages.key").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if "pages" in one.name] == ["pages.key"]


def test_a_key_that_is_none_leaves_clips_without_pages(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "pages.key").write_text("no key")
    assert showing_of(settings(tmp_path, **WEB), clock, storage) is None
    assert "clips have no pages" in caplog.text
    with pytest.raises(ValueError):
        key_in(tmp_path / "pages.key")
