"""Disarming: strangers' texts in tables, which a spreadsheet would take for formulas."""

import re

FORMULA = re.compile(r"[\s\x00-\x1f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
"""What makes a cell a formula in a spreadsheet (OWASP, CSV injection); some pass over what cannot be seen before it, and take
the wide signs for the narrow ones."""


def disarmed(value: object) -> object:
    """A stranger's text must not become a formula."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
