"""Protocol buffers: only the fields we name of a message, at a twentieth of what building the library's objects costs.

The field numbers come from the library's own message classes, so that none is written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
SIGN, WRAP = 1 << 63, 1 << 64
LONGEST_VARINT = 10


@dataclass(frozen=True)
class Field:
    """A field wanted: what it is called, the form it has on the wire, and, for a message in a message, what is wanted of that."""

    name: str
    form: int
    repeated: bool = False
    inner: "Plan | None" = None


Plan = Mapping[int, Field]
"""The fields wanted of one kind of message, by their number."""

FORMS = {
    "string": BYTES,
    "bytes": BYTES,
    "message": BYTES,
    "int32": VARINT,
    "int64": VARINT,
    "bool": VARINT,
    "enum": VARINT,
}


def plan_of(message: Any, *names: str) -> Plan:
    """A plan for a message class of betterproto2; `user.id` is a field of the message in the field `user`.

    Raises KeyError when the class has no such field, or one of a form that is not read here.
    """
    meta, nested = message._betterproto, dict[str, list[str]]()
    for name in names:
        first, _, rest = name.partition(".")
        nested.setdefault(first, []).extend([rest] if rest else [])
    plan = {}
    for name, inner in nested.items():
        known = meta.meta_by_field_name[name]
        within = plan_of(meta.cls_by_field[name], *inner) if inner else None
        plan[known.number] = Field(name, FORMS[known.proto_type], known.repeated, within)
    return plan


def read(data: bytes, plan: Plan) -> dict[str, Any]:
    """What `plan` wants of a message: numbers as int, text as bytes, messages as dicts, repeated ones as lists.

    What is absent is absent. As in protocol buffers the last of several wins; a field in another form than expected is left
    out. Raises ValueError for what is not a message.
    """
    found: dict[str, Any] = {}
    at, end = 0, len(data)
    while at < end:
        tag = data[at]
        at += 1
        if tag > 0x7F:
            tag, at = _varint(data, at - 1)
        form = tag & 7
        field = plan.get(tag >> 3)
        value: int | bytes = b""
        if form == BYTES:
            if at < end and data[at] < 0x80:
                length, at = data[at], at + 1
            else:
                length, at = _varint(data, at)
            start, at = at, at + length
            if field is not None:
                value = data[start:at]
        elif form == VARINT:
            value, at = _varint(data, at)
        elif form in (FIXED64, FIXED32):
            at += 8 if form == FIXED64 else 4
        else:
            raise ValueError(f"wire type {form}")
        if field is not None and field.form == form and at <= end:
            _keep(found, field, value)
    if at > end:
        raise ValueError("cut short")
    return found


def _keep(found: dict[str, Any], field: Field, value: Any) -> None:
    if field.form == VARINT:
        value = value - WRAP if value & SIGN else value
    elif field.inner is not None:
        value = read(value, field.inner)
    if field.repeated:
        found.setdefault(field.name, []).append(value)
    else:
        found[field.name] = value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    for byte in data[at : at + LONGEST_VARINT]:
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value & (WRAP - 1), at
        shift += 7
    raise ValueError("cut short")
