"""Column types: how values of the model are written in a database and come back as they were."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, DateTime, Float, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.model.account import Handle


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in any zone, given back in UTC. A naive one is refused: nobody knows which hour it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value  # SQLite stores text without a zone

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Seconds(TypeDecorator[timedelta]):
    """Durations, as seconds."""

    impl = Float
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


class Choice(TypeDecorator[StrEnum]):
    """Members of a StrEnum, as their text. A text that is no member any more raises ValueError."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class HandleText(TypeDecorator[Handle]):
    """TikTok handles."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Handle | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Handle | None:
        return None if value is None else Handle(value)


class PathText(TypeDecorator[Path]):
    """Paths of files."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Path | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Path | None:
        return None if value is None else Path(value)


class Pairs(TypeDecorator[tuple[tuple[str, str], ...]]):
    """A few pairs of texts in their order."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[tuple[str, str], ...] | None, dialect: Dialect) -> list[list[str]] | None:
        return None if value is None else [list(pair) for pair in value]

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[tuple[str, str], ...] | None:
        return None if value is None else tuple((one, other) for one, other in value)


class Names(TypeDecorator[tuple[str, ...]]):
    """A few names in their order."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> list[str] | None:
        return None if value is None else list(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value)
