"""Every error Earshot raises on purpose.

EarshotError             code + values; the words people read are made from them in bot/wording
├── Transient            try again later: TikTok is down, a limit, a timeout (`retry_after` in seconds when known)
│   └── Ambiguous        it may have happened or not: an answer was lost on the way
├── Denied               not allowed: a right is missing, private, age-restricted, a refused key
├── Missing              not there: an unknown handle, a deleted video, a vanished channel
├── Invalid              wrong input: a link, a pattern, a file that cannot be read
└── Bug                  our own mistake; carries a ticket

Adapters turn every exception of a library into one of these (`raise … from`). Codes are those of the error table in
ARCHITECTURE.md; `values` fill the placeholders of their texts.
"""


class EarshotError(Exception):
    """A failure with a meaning. `code` names the text people read, `values` fill its placeholders."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return f"{self.code} {self.values}" if self.values else self.code


class Transient(EarshotError):
    """Later it may work. `retry_after` is in seconds, None when the other side did not say."""

    def __init__(self, code: str, retry_after: float | None = None, **values: object) -> None:
        super().__init__(code, **values)
        self.retry_after = retry_after


class Ambiguous(Transient):
    """Nobody knows whether it happened: repeat it only where a repeat is recognised."""


class Denied(EarshotError):
    """Somebody or something does not let us."""


class Missing(EarshotError):
    """The thing asked for is not there."""


class Invalid(EarshotError):
    """What was given cannot be used."""


class Bug(EarshotError):
    """Our own mistake."""
