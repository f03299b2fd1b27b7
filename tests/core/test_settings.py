"""Settings: where they come from, what is refused, what is said about names that do nothing, and that secrets stay secret."""

import os
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from core.errors import Invalid
from core.model.risk import AlertRule
from core.setting_values import time_zone
from core.settings import Settings, Speech, load, notes

SECRETS = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
SECRET = "gsk_s3cr3t-v4lue"
VALUES = {
    "SPEECH": "none",
    "DATA_DIR": "elsewhere",
    "LANGUAGE": "fr",
    "TIMEZONE": "Europe/Paris",
    "LOG_LEVEL": "INFO",
    "RISK_RULE": "seed",
    "VIDEO_LOCAL_POLICY": "hold",
    "GROQ_BASE_URL": "http://127.0.0.1:9",
    "ASSEMBLYAI_BASE_URL": "http://127.0.0.1:9",
    "HF_ENDPOINT": "http://127.0.0.1:9",
    "SIGN_API_URL": "http://127.0.0.1:9",
    "TIKTOK_OPEN_API_BASE": "http://127.0.0.1:9",
    "TIKTOK_REDIRECT_URI": "http://127.0.0.1:9/oauth/tiktok/callback",
    "PUBLIC_URL": "http://127.0.0.1:9",
    "DISCORD_API_BASE": "http://127.0.0.1:9/api/v10",
    "DISCORD_GATEWAY_URL": "ws://127.0.0.1:9/gateway/",
    "DISCORD_CDN_BASE": "http://127.0.0.1:9/cdn",
    "TELEGRAM_API_BASE": "http://127.0.0.1:9/bot",
    "TELEGRAM_FILE_BASE": "http://127.0.0.1:9/file/bot",
    "TELEGRAM_MODE": "webhook",
    "TELEGRAM_LOCAL_MODE": "True",
    "TELEGRAM_WEBHOOK_URL": "http://127.0.0.1:9/hooks/telegram",
    "OBS_URL": "ws://127.0.0.1:9",
    "OBS_RECORDING_MAP": "D:\\Videos=/mnt/videos; /media/ob s/rec=/mnt/rec",
    "OWNERS": "discord:1,telegram:2",
    "SECRET_KEYS": "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3I=",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and an empty working folder."""
    for name in list(os.environ):
        if name.removesuffix("_FILE") in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def dotenv(text: str) -> None:
    Path(".env").write_text(text, encoding="utf-8")


def wrong(name: str) -> str:
    """The reason why the settings are refused; the error names `name`."""
    with pytest.raises(Invalid) as caught:
        load()
    assert caught.value.code == "SETTING"
    assert caught.value.values["name"] == name
    return str(caught.value.values["reason"])


# ---------------------------------------------------------------- sources


def test_a_log_level_may_be_written_small() -> None:
    assert Settings(LOG_LEVEL="debug", _env_file=None).LOG_LEVEL == "DEBUG"


def test_nothing_has_to_be_set() -> None:
    settings = load()
    assert (Speech.AUTO, 0.7, Path("data")) == (settings.SPEECH, settings.RISK_THRESHOLD, settings.DATA_DIR)
    assert notes() == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_can_stand_in_a_file_named_by_the_environment(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    value = VALUES.get(name, "0.5" if name == "RISK_THRESHOLD" else "20")
    (tmp_path / "value").write_text(f"{value}\n")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "value"))
    held = getattr(load(), name)
    shown = held.get_secret_value() if name in SECRETS else held
    assert str(shown) in (value, f"{value}.0")


def test_a_file_can_be_named_in_dotenv_too(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET)
    dotenv(f"GROQ_API_KEY_FILE={tmp_path / 'key'}\n")
    key = load().GROQ_API_KEY
    assert key is not None
    assert key.get_secret_value() == SECRET
    assert notes() == []


def test_the_environment_wins_over_a_file_and_a_file_over_dotenv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "value").write_text("2")
    dotenv("MAX_ACCOUNTS=1\n")
    assert load().MAX_ACCOUNTS == 1
    monkeypatch.setenv("MAX_ACCOUNTS_FILE", str(tmp_path / "value"))
    assert load().MAX_ACCOUNTS == 2
    monkeypatch.setenv("MAX_ACCOUNTS", "3")
    assert load().MAX_ACCOUNTS == 3


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("MAX_ACCOUNTS", "")
    monkeypatch.setenv("WEB_PORT_FILE", str(tmp_path / "empty"))
    dotenv("RING_SECONDS=\n")
    settings = load()
    assert (settings.MAX_ACCOUNTS, settings.WEB_PORT, settings.RING_SECONDS) == (50, 8080, 90)


def test_a_file_that_cannot_be_read_names_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(tmp_path / "nothing"))
    assert "No such file" in wrong("GROQ_API_KEY_FILE")
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(tmp_path))
    wrong("GROQ_API_KEY_FILE")
    monkeypatch.setenv("GROQ_API_KEY_FILE", SECRET)
    assert SECRET not in wrong("GROQ_API_KEY_FILE"), "the key itself, in the wrong name"
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(tmp_path / "binary"))
    wrong("GROQ_API_KEY_FILE")


def test_a_dotenv_that_is_not_text_is_named() -> None:
    Path(".env").write_bytes(b"LANGUAGE=\xff\xfe\n")
    assert "UTF-8" in wrong(".env")


def test_the_example_file_is_valid_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    example = Path(__file__).parents[2] / ".env.example"
    assert load(dotenv=example) == load(dotenv=None)
    assert notes(example) == []


# ---------------------------------------------------------------- wrong values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPEECH", "telepathy"),
        ("RISK_THRESHOLD", "1.1"),
        ("RISK_THRESHOLD", "nan"),
        ("RISK_THRESHOLD", "high"),
        ("RISK_RULE", "none"),
        ("VIDEO_LOCAL_POLICY", "none"),
        ("TIMEZONE", "Europe/Pari"),
        ("LOG_LEVEL", "LOUD"),
        ("LOOK_EVERY", "0"),
        ("LOOK_EVERY", "soon"),
        ("LOOK_EVERY", "inf"),
        ("SEGMENT_SECONDS", "3"),
        ("RING_SECONDS", "601"),
        ("MAX_ACCOUNTS", "0"),
        ("MAX_ACCOUNTS", "1.5"),
        ("WEB_PORT", "65536"),
        ("WEB_PORT", "-1"),
        ("GROQ_BASE_URL", "api.groq.com"),
        ("GROQ_BASE_URL", "file:///etc/passwd"),
        ("TIKTOK_REDIRECT_URI", "https://earshot.example.com/elsewhere"),
        ("TIKTOK_REDIRECT_URI", "earshot.example.com/oauth/tiktok/callback"),
        ("PUBLIC_URL", "earshot.example.com"),
        ("DISCORD_API_BASE", "https://discord.com/api"),
        ("DISCORD_API_BASE", "discord.com/api/v10"),
        ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg"),
        ("TELEGRAM_API_BASE", "https://api.telegram.org"),
        ("TELEGRAM_FILE_BASE", "https://api.telegram.org/bot"),
        ("TELEGRAM_MODE", "pull"),
        ("OWNERS", "alice"),
        ("OWNERS", "discord:1 telegram:2"),
        ("SECRET_KEYS", "c2hvcnQ="),
        ("SECRET_KEYS", VALUES["SECRET_KEYS"] + ",*" + VALUES["SECRET_KEYS"][1:]),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    assert wrong(name)


def test_a_time_zone_that_is_nearly_one_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEZONE", "Europe/Pari")
    assert "Europe/Paris" in wrong("TIMEZONE")


def test_owners_are_people_of_a_platform_and_telegram_calls_where_the_web_is_reached() -> None:
    dotenv("OWNERS= discord:12 ,telegram:5678,\nPUBLIC_URL=https://e.example\n")
    settings = load()
    assert settings.owners == ("discord:12", "telegram:5678")
    assert settings.webhook_url == "https://e.example/hooks/telegram"
    dotenv("TELEGRAM_WEBHOOK_URL=https://other.example/x\n")
    assert load().webhook_url == "https://other.example/x"


# ---------------------------------------------------------------- sign-in with TikTok


def test_sign_in_says_what_it_lacks_and_comes_back_where_the_web_is_reached() -> None:
    assert load().sign_in_lacks == (
        "TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET", "TIKTOK_REDIRECT_URI", "SECRET_KEYS", "WEB_LISTEN",
    )  # fmt: skip
    dotenv(
        "TIKTOK_CLIENT_KEY=k\nTIKTOK_CLIENT_SECRET=s\nWEB_LISTEN=127.0.0.1\nPUBLIC_URL=https://e.example/\n"
        f"SECRET_KEYS={VALUES['SECRET_KEYS']}, {VALUES['SECRET_KEYS']}\n"
    )
    settings = load()
    assert settings.sign_in_lacks == ()
    assert settings.redirect_uri == "https://e.example/oauth/tiktok/callback"
    assert len(settings.secret_keys) == 2


# ---------------------------------------------------------------- language


@pytest.mark.parametrize(
    ("value", "language"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("fr_FR.UTF-8", "fr"),
        ("fr_CA", "fr"),
        ("en_US:en", "en"),
        ("de:fr:en", "fr"),
        ("de_DE.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("frisian", "en"),
        (":", "en"),
    ],
)
def test_the_language_takes_what_systems_set_and_is_never_an_error(
    value: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", value)
    assert language == load().LANGUAGE


def test_a_language_nobody_speaks_here_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "frisian")
    assert [note for note in notes() if "LANGUAGE=frisian" in note]
    monkeypatch.setenv("LANGUAGE", "de_DE:fr")
    assert notes() == []


# ---------------------------------------------------------------- names that do nothing


def test_a_near_miss_in_dotenv_is_named_with_the_name_meant() -> None:
    dotenv("MAX_ACOUNTS=3\nLANGUAGE=fr\n")
    assert notes() == ["MAX_ACOUNTS is no setting of Earshot. Did you mean MAX_ACCOUNTS?"]


def test_in_the_environment_only_our_prefixes_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_APIKEY", "x")
    monkeypatch.setenv("MAX_ACOUNTS", "3")
    assert notes() == ["GROQ_APIKEY is no setting of Earshot. Did you mean GROQ_API_KEY?"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ws://192.168.1.5", "ws://192.168.1.5:4455"),
        ("ws://[::1]:4456/", "ws://[::1]:4456"),
        ("ws://Studio", "ws://studio:4455"),
    ],
)
def test_the_port_of_obs_need_not_be_said(given: str, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBS_URL", given)
    assert kept == load().OBS_URL


@pytest.mark.parametrize(
    "given",
    [
        "127.0.0.1:4455",
        "wss://127.0.0.1:4455",
        "http://127.0.0.1",
        "ws://:4455",
        "ws://a:0x5",
        "ws://a:99999",
        "ws://[::1",
        "ws://a/x",
        "ws://a?b",
    ],
)
def test_an_address_of_obs_that_leads_nowhere_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBS_URL", given)
    assert "for example ws://127.0.0.1:4455" in wrong("OBS_URL")


def test_a_password_in_the_address_of_obs_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBS_URL", f"ws://:{SECRET}@127.0.0.1:4455")
    reason = wrong("OBS_URL")
    assert "OBS_PASSWORD" in reason
    assert SECRET not in reason


@pytest.mark.parametrize("given", ["/mnt/videos", "=/mnt/videos", "D:\\Videos=videos", "a=/b;c"])
def test_a_map_of_recordings_needs_both_folders(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBS_RECORDING_MAP", given)
    assert "D:\\Videos=/mnt/videos" in wrong("OBS_RECORDING_MAP")


# ---------------------------------------------------------------- secrets


def test_every_key_token_and_password_is_a_secret() -> None:
    assert SECRETS
    assert [
        n for n in Settings.model_fields if n.endswith(("KEY", "TOKEN", "PASSWORD", "SECRET")) and n not in SECRETS
    ] == []


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_never_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = VALUES.get(name, SECRET)
    monkeypatch.setenv(name, secret)
    settings = load()
    shown = (repr(settings), str(settings), f"{settings}", repr(settings.model_dump()), settings.model_dump_json())
    assert not any(secret in text for text in shown)
    monkeypatch.setenv("LOOK_EVERY", "soon")
    with pytest.raises(Invalid) as caught:
        load()
    assert secret not in repr(caught.value)
    assert caught.value.__cause__ is None, "the library's error holds all values"
    assert caught.value.__suppress_context__


def test_a_secret_in_a_wrong_place_does_not_show_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody pastes the key into the wrong line: the reason must not repeat it."""
    for name in (
        "GROQ_BASE_URL",
        "SECRET_KEYS",
        "SPEECH",
        "RISK_THRESHOLD",
        "LOG_LEVEL",
        "MAX_ACCOUNTS",
        "RISK_RULE",
        "TIMEZONE",
    ):
        monkeypatch.setenv(name, SECRET)
        assert SECRET not in wrong(name), name
        monkeypatch.delenv(name)


def test_notes_name_the_name_and_never_the_value() -> None:
    dotenv(f"GROQ_APIKEY={SECRET}\nOBS_PASWORD={SECRET}\n")
    assert len(notes()) == 2
    assert SECRET not in " ".join(notes())


def test_settings_do_not_change_while_running() -> None:
    settings = load()
    with pytest.raises(Exception, match="frozen"):
        settings.RISK_RULE = AlertRule.SEED  # type: ignore[misc]


@pytest.mark.parametrize(
    "value", ["", "Europe", "europe/paris", "Europe/Paris/", "posix/UTC", "right/UTC", "../UTC", "/UTC", "zone.tab"]
)
def test_what_the_time_zone_database_does_not_list_is_none(value: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        time_zone(value)


def test_every_time_zone_of_the_database_is_one_and_none_is_looked_for_among_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zones = available_timezones()
    monkeypatch.setattr("core.setting_values.available_timezones", None)
    assert [zone for zone in zones if time_zone(zone) != zone] == []
    assert len(zones) > 400
