"""Unions in Discord's documents: a branch for objects of another `type` is not looked into, which changes no verdict.

Everything a message may hold is such a union, unions of unions inside, and a validator by itself tries every branch to its end.
"""

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import Draft202012Validator, validators

Schema = dict[str, Any]
Resolve = Callable[[Schema], Schema]


def may_be(schema: Schema, value: Any) -> bool:
    """Whether the `type` of an object is one that this schema, no reference, names."""
    if not isinstance(value, dict) or "type" not in value:
        return True
    kinds = schema.get("properties", {}).get("type", {}).get("enum")
    return kinds is None or value["type"] in kinds


def quick(resolve: Resolve) -> type[Draft202012Validator]:
    """A validator that leaves such branches out; where none is left it tries all, so that it says what is wrong. It is for one
    document: what a reference leads to is looked up once."""

    def one_of(validator: Any, branches: list[Schema], value: Any, schema: Any) -> Iterator[Any]:
        fitting = [branch for branch in branches if may_be(resolve(branch), value)]
        yield from Draft202012Validator.VALIDATORS["oneOf"](validator, fitting or branches, value, schema)

    known: dict[str, Any] = {}

    def reference(validator: Any, to: str, value: Any, _schema: Any) -> Iterator[Any]:
        if to not in known:
            known[to] = validator._resolver.lookup(to)
        yield from validator.descend(value, known[to].contents, resolver=known[to].resolver)

    return validators.extend(Draft202012Validator, {"oneOf": one_of, "$ref": reference})
