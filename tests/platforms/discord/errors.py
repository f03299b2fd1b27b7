"""Refusals as Discord answers them."""

from typing import Any


class ApiError(Exception):
    """An error answer: HTTP status, Discord's numeric code, message, per-field messages."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        fields: dict[str, str] | None = None,
        *,
        violation: bool = True,
        extra: dict[str, Any] | None = None,
    ):
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, fields or {}
        self.violation, self.extra = violation, extra
        self.headers: dict[str, str] = {}

    def lines(self) -> list[str]:
        return [f"{self.code} {self.message} {k}: {v}" for k, v in self.fields.items()] or [
            f"{self.code} {self.message}"
        ]

    def body(self) -> dict[str, Any]:
        if self.extra is not None:
            return self.extra
        out: dict[str, Any] = {"message": self.message, "code": self.code}
        errors: dict[str, Any] = {}
        for path, text in self.fields.items():
            node = errors
            for part in filter(None, path.split(".")):
                node = node.setdefault(part, {})
            node.setdefault("_errors", []).append({"code": "BASE_TYPE_BAD", "message": text})
        return out | ({"errors": errors} if errors else {})


def rate_limited(wait: float, scope: str) -> ApiError:
    """429 as Discord's edge sends it (discord.py only believes a 429 that carries Via)."""
    body = {"message": "You are being rate limited.", "retry_after": wait, "global": scope == "global"}
    error = ApiError(429, 0, "rate limited", violation=False, extra=body)
    error.headers = {"Via": "1.1 google", "Retry-After": str(max(1, round(wait))), "X-RateLimit-Scope": scope}
    if scope == "global":
        error.headers["X-RateLimit-Global"] = "true"
    return error


def bad(path: str, text: str) -> ApiError:
    return ApiError(400, 50035, "Invalid Form Body", {path: text})
