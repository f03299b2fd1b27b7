"""Rows to values of the model. Equal names are copied; whatever differs is given by name."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

V = TypeVar("V", bound="DataclassInstance")


def value_of(kind: type[V], row: object, **more: Any) -> V:
    """The value of `kind` that `row` holds; `more` wins over the row's columns."""
    return kind(**{f.name: getattr(row, f.name) for f in fields(kind) if f.name not in more}, **more)


def columns_of(value: "DataclassInstance", *without: str) -> dict[str, Any]:
    """The fields of a value as columns, for `Row(**…)`."""
    return {f.name: getattr(value, f.name) for f in fields(value) if f.name not in without}
