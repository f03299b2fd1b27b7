"""Words to search for as people type them."""

from core.errors import Invalid


class Query(str):
    """Words, "quoted phrases" among them."""

    __slots__ = ()


async def parse_query(text: str, asked: object) -> Query:
    """What is searched for, with its quotes. Raises Invalid EMPTY."""
    if not text.strip():
        raise Invalid("EMPTY")
    return Query(text.strip())
