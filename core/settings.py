"""Every setting: type, unit, default and why. Names are fixed: people and scripts set them from outside.

Sources, the first that has a value wins: the environment, `NAME_FILE` (a file that holds the value), `.env` in the working
folder, the default. An empty value counts as not set.
"""

import os
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from core.errors import Invalid
from core.model.risk import AlertRule
from core.model.screening import LocalPolicy
from core.setting_values import (
    CALLBACK,
    LANGUAGES,
    Base,
    comes_back,
    ends_in,
    fernet_keys,
    folders,
    gateway,
    known_in,
    language_of,
    obs,
    owners_of,
    parted,
    time_zone,
    upper,
    words_of,
)

PREFIXES = (
    "DISCORD_",
    "TELEGRAM_",
    "TIKTOK_",
    "SIGN_",
    "GROQ_",
    "ASSEMBLYAI_",
    "WHISPER_",
    "OBS_",
    "WEB_",
    "RISK_",
    "YTDLP_",
)


class Speech(StrEnum):
    """Which engine turns sound into text; `auto` is the first that is ready."""

    AUTO = "auto"
    CAPTIONS = "captions"
    GROQ = "groq"
    ASSEMBLYAI = "assemblyai"
    WHISPER = "whisper"
    NONE = "none"


class TelegramMode(StrEnum):
    """How updates come: Earshot asks for them, or Telegram calls."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class Settings(BaseSettings):
    """All settings in use. Secrets are SecretStr: they do not show in a log, a repr or an error."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True)

    DISCORD_TOKEN: SecretStr | None = Field(
        None, description="discord.com/developers: your app, Bot, Reset Token; no intents need ticking"
    )
    DISCORD_API_BASE: Annotated[str, ends_in("/api/v10")] = Field(
        "https://discord.com/api/v10", description="another REST base, for a proxy that shares one bot's limits"
    )
    DISCORD_GATEWAY_URL: Annotated[str, AfterValidator(gateway)] = Field(
        "wss://gateway.discord.gg/", description="another gateway"
    )
    DISCORD_CDN_BASE: Base = Field("https://cdn.discordapp.com", description="another host of pictures")
    DISCORD_PROXY: str = Field("", description="http proxy for Discord; else HTTPS_PROXY")
    TELEGRAM_TOKEN: SecretStr | None = Field(None, description="talk to @BotFather: /newbot")
    TELEGRAM_API_BASE: Annotated[str, ends_in("/bot")] = Field(
        "https://api.telegram.org/bot", description="another Bot API server; the token is put behind it"
    )
    TELEGRAM_FILE_BASE: Annotated[str, ends_in("/file/bot")] = Field(
        "https://api.telegram.org/file/bot", description="where that server hands out files"
    )
    TELEGRAM_LOCAL_MODE: bool = Field(
        False, description="yes: that server runs on this machine with --local; files of up to 2 GB"
    )
    TELEGRAM_PROXY: str = Field("", description="http or socks5 proxy for Telegram; else HTTPS_PROXY")
    TELEGRAM_MODE: TelegramMode = Field(TelegramMode.POLLING, description="polling, or webhook: Telegram calls")
    TELEGRAM_WEBHOOK_URL: Base = Field("", description="what Telegram calls; empty: PUBLIC_URL with /hooks/telegram")
    TELEGRAM_WEBHOOK_LISTEN: str = Field("", description="an address of its own for it; empty: that of the web")
    TELEGRAM_WEBHOOK_PORT: int = Field(8443, ge=1, le=65535, description="its port")
    TELEGRAM_WEBHOOK_SECRET: SecretStr | None = Field(
        None, description="1 to 256 of A-Z a-z 0-9 _ -, sent along by Telegram; empty: made from the token"
    )
    OWNERS: Annotated[str, AfterValidator(owners_of)] = Field(
        "", description="your ids, e.g. discord:1234,telegram:5678; /help in a private chat shows yours"
    )
    OPERATOR_CONTACT: str = Field("", description="shown in /privacy; needed before strangers may add the bot")

    SPEECH: Speech = Field(
        Speech.AUTO,
        description="auto | captions | groq | assemblyai | whisper | none: which engine turns sound into text",
    )
    GROQ_API_KEY: SecretStr | None = Field(None, description="speech to text and judging by Groq (console.groq.com)")
    GROQ_BASE_URL: Base = Field(
        "https://api.groq.com", description="host root; any server that speaks the same protocol"
    )
    GROQ_PATH_PREFIX: str = Field(
        "/openai/v1", description="path before /audio/transcriptions; /v1 for most local servers"
    )
    GROQ_STT_MODEL: str = Field("whisper-large-v3-turbo", description="speech-to-text model")
    GROQ_SCREEN_MODEL: str = Field("openai/gpt-oss-20b", description="language model: rates what is said in lives")
    GROQ_JUDGE_MODEL: str = Field(
        "openai/gpt-oss-120b",
        description="language model: looks again at what may be risky, sums up lives that have ended",
    )
    GROQ_SAFEGUARD_MODEL: str = Field(
        "openai/gpt-oss-safeguard-20b",
        description="language model: puts labels on chat lines, titles and comments, where a place chose it",
    )
    GROQ_VISION_MODEL: str = Field(
        "",
        description="model that looks at 8 frames of each clip before it is posted, e.g. qwen/qwen3.8-27b; about $0.006 a clip; "
        "empty: nobody looks at pictures",
    )
    VIDEO_LOCAL_POLICY: LocalPolicy = Field(
        LocalPolicy.TEXT_ONLY,
        description="clips and videos whose picture no model looks at: text_only posts them when their words pass, and says that "
        "nobody looked; hold keeps each for a person",
    )
    ASSEMBLYAI_API_KEY: SecretStr | None = Field(
        None, description="speech to text that tells speakers apart (assemblyai.com)"
    )
    ASSEMBLYAI_BASE_URL: Base = Field("https://api.assemblyai.com", description="another host, for example in Europe")
    WHISPER_MODEL: str = Field(
        "base", description="the local model: a name of `earshot models list`, or a folder in DATA_DIR/models"
    )
    HF_ENDPOINT: Base = Field(
        "https://huggingface.co", description="where its weights come from, when you ask for them; a mirror will do"
    )
    TIKTOK_PROXY: str = Field("", description="http proxy for everything TikTok; else HTTPS_PROXY")
    YTDLP_COOKIES_FILE: Path | None = Field(
        None,
        description="cookies.txt of a signed-in browser, for videos TikTok shows to adults only; a risk to that account",
    )
    SIGN_API_KEY: SecretStr | None = Field(
        None, description="raises how many chats of lives may be opened (eulerstream.com); works without"
    )
    SIGN_API_URL: Base = Field("https://api.eulerstream.com", description="who signs the addresses of live chats")

    TIKTOK_CLIENT_KEY: SecretStr | None = Field(
        None, description="client key of your app (developers.tiktok.com): people can link their own account"
    )
    TIKTOK_CLIENT_SECRET: SecretStr | None = Field(None, description="its client secret")
    TIKTOK_REDIRECT_URI: Annotated[str, AfterValidator(comes_back)] = Field(
        "", description=f"where people come back, as registered there; empty: PUBLIC_URL with {CALLBACK}"
    )
    TIKTOK_OPEN_API_BASE: Base = Field(
        "https://open.tiktokapis.com",
        description="the official API; another host serves its sign-in page itself, TikTok's is at www.tiktok.com",
    )
    SECRET_KEYS: Annotated[SecretStr | None, AfterValidator(fernet_keys)] = Field(
        None,
        description="Fernet keys that seal people's tokens and the addresses of clips, newest first, parted by commas; "
        "keep the old ones",
    )

    OBS_URL: Annotated[str, AfterValidator(obs)] = Field(
        "", description="OBS on this network, e.g. ws://127.0.0.1:4455; empty: clips come from Earshot's own buffer"
    )
    OBS_PASSWORD: SecretStr | None = Field(
        None, description="OBS: Tools, WebSocket Server Settings, Show Connect Info; empty when it asks for none"
    )
    OBS_RECORDING_MAP: Annotated[str, AfterValidator(folders)] = Field(
        "", description="OBS runs elsewhere: its folder and where it is here, e.g. D:\\Videos=/mnt/videos; more with ;"
    )

    DATA_DIR: Path = Field(Path("data"), description="database, clips and backups; made with mode 700")
    DATABASE_URL: str = Field("", description="empty: one SQLite file in DATA_DIR")
    LANGUAGE: Annotated[str, BeforeValidator(language_of)] = Field(
        "en", description="en or fr; each place can choose its own"
    )
    TIMEZONE: Annotated[str, AfterValidator(time_zone)] = Field(
        "UTC", description="times people read, e.g. Europe/Paris"
    )
    LOG_LEVEL: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(upper)] = Field(
        "WARNING", description="DEBUG | INFO | WARNING | ERROR"
    )
    RISK_THRESHOLD: float = Field(0.7, ge=0, le=1, description="0 to 1; a risk alert is raised from here on")
    RISK_RULE: AlertRule = Field(
        AlertRule.EARSHOT, description="earshot, or seed: only a score above the threshold counts"
    )

    LOOK_EVERY: float = Field(60, ge=1, le=3600, description="seconds between two looks whether an account is live")
    SEGMENT_SECONDS: float = Field(15, ge=4, le=60, description="longest piece of speech that is transcribed at once")
    RING_SECONDS: float = Field(90, ge=10, le=600, description="how much of each live is kept in memory for clips")
    MAX_ACCOUNTS: int = Field(50, ge=1, description="accounts one place may follow")
    PLACE_MINUTES: float = Field(
        0,
        ge=0,
        description="minutes of speech a day that engines hear for one place; TikTok's captions are free; 0: no limit",
    )
    PLACE_JUDGE_DOLLARS: float = Field(
        0,
        ge=0,
        description="dollars a day that models that judge may cost one place; then the judge inside does alone; 0: no limit",
    )

    WEB_LISTEN: str = Field(
        "", description="address for /healthz, /readyz, /metrics and the sign-in page, e.g. 127.0.0.1; empty: no web"
    )
    WEB_PORT: int = Field(8080, ge=0, le=65535, description="its port")
    PUBLIC_URL: Base = Field("", description="how the web is reached from outside, e.g. https://earshot.example.com")

    @property
    def owners(self) -> tuple[str, ...]:
        """OWNERS, as ids of people."""
        return words_of(self.OWNERS)

    @property
    def webhook_url(self) -> str:
        """What Telegram calls; empty when nobody has said."""
        return self.TELEGRAM_WEBHOOK_URL or (f"{self.PUBLIC_URL}/hooks/telegram" if self.PUBLIC_URL else "")

    @property
    def redirect_uri(self) -> str:
        """Where people come back from signing in at TikTok; empty when nobody has said."""
        return self.TIKTOK_REDIRECT_URI or (f"{self.PUBLIC_URL}{CALLBACK}" if self.PUBLIC_URL else "")

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """SECRET_KEYS, newest first."""
        return parted(self.SECRET_KEYS)

    @property
    def sign_in_lacks(self) -> tuple[str, ...]:
        """The settings that are missing before people can sign in with TikTok; none: they can."""
        there = {
            "TIKTOK_CLIENT_KEY": self.TIKTOK_CLIENT_KEY,
            "TIKTOK_CLIENT_SECRET": self.TIKTOK_CLIENT_SECRET,
            "TIKTOK_REDIRECT_URI": self.redirect_uri,
            "SECRET_KEYS": self.secret_keys,
            "WEB_LISTEN": self.WEB_LISTEN,
        }
        return tuple(name for name, value in there.items() if not value)

    @property
    def zone(self) -> ZoneInfo:
        """TIMEZONE, ready to use."""
        return ZoneInfo(self.TIMEZONE)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _FileSource(settings_cls, dotenv_settings), dotenv_settings


class _FileSource(PydanticBaseSettingsSource):
    """`NAME_FILE`: the value is what the named file holds, as Docker and systemd hand over secrets. `.env` may name it too."""

    def __init__(self, settings_cls: type[BaseSettings], dotenv: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._dotenv = dotenv.env_vars if isinstance(dotenv, DotEnvSettingsSource) else {}

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        name = f"{field_name}_FILE"
        path = os.environ.get(name) or self._dotenv.get(name.lower())
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"  # no path: it may be the secret itself
            raise Invalid("SETTING", name=name, reason=f"the file it names cannot be read ({reason})") from error

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value}


def load(dotenv: Path | None = Path(".env"), **given: Any) -> Settings:
    """The settings of this process. Raises Invalid SETTING (values `name`, `reason`) for the first wrong one."""
    try:
        return Settings(_env_file=dotenv, **given)  # type: ignore[call-arg]
    except ValidationError as error:
        name, reason = _reasons(error)[0]
        raise Invalid("SETTING", name=name, reason=reason) from None
    except UnicodeDecodeError as error:
        raise Invalid("SETTING", name=".env", reason="it is not UTF-8 text") from error


def mistakes(dotenv: Path = Path(".env")) -> list[tuple[str, str]]:
    """(name, reason) of every wrong setting; none: `load` takes them."""
    try:
        Settings(_env_file=dotenv)  # type: ignore[call-arg]
    except ValidationError as error:
        return _reasons(error)
    except Invalid as error:
        return [(str(error.values["name"]), str(error.values["reason"]))]
    except UnicodeDecodeError:
        return [(dotenv.name, "it is not UTF-8 text")]
    return []


def _reasons(error: ValidationError) -> list[tuple[str, str]]:
    return [
        (str(one["loc"][0]) if one["loc"] else "settings", str(one["msg"]).removeprefix("Value error, "))
        for one in error.errors(include_url=False, include_input=False)
    ]


def sources(dotenv: Path = Path(".env")) -> dict[str, str]:
    """Where each setting that has a value of its own comes from: the environment, NAME_FILE, or `.env`."""
    written = DotEnvSettingsSource(Settings, env_file=dotenv, env_ignore_empty=True).env_vars
    set_here = {name.lower() for name, value in os.environ.items() if value}
    found = {}
    for name in Settings.model_fields:
        file = f"{name}_FILE"
        if name.lower() in set_here:
            found[name] = "the environment"
        elif os.environ.get(file) or written.get(file.lower()):
            found[name] = file
        elif written.get(name.lower()):
            found[name] = dotenv.name
    return found


def notes(dotenv: Path = Path(".env")) -> list[str]:
    """What a person should know about names that are set and do nothing: near misses."""
    names = set(Settings.model_fields)
    known = names | {f"{name}_FILE" for name in names}
    written = {key.upper() for key in DotEnvSettingsSource(Settings, env_file=dotenv, env_ignore_empty=True).env_vars}
    ours = {key for key in os.environ if key.startswith(PREFIXES)}
    said = []
    for name in sorted(written | ours):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            said.append(f"{name} is no setting of Earshot." + (f" Did you mean {near[0]}?" if near else ""))
    language = os.environ.get("LANGUAGE", "")
    if language and not known_in(language):
        said.append(f"LANGUAGE={language} is not spoken here; using en. Known: {', '.join(LANGUAGES)}.")
    return said
