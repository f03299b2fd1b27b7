"""The rules of TikTok's official API: scopes and their fields, errors as it words them."""

import base64
import hashlib
import secrets
import time
from typing import Any

from aiohttp import web

SCOPES = {
    "user.info.basic": "open_id union_id avatar_url avatar_url_100 avatar_large_url display_name".split(),
    "user.info.profile": "bio_description profile_deep_link profile_web_link is_verified username".split(),
    "user.info.stats": "follower_count following_count likes_count video_count".split(),
    "video.list": [],
}
VIDEO_FIELDS = """id create_time cover_image_url share_url video_description duration height width title embed_html embed_link
    like_count comment_count share_count view_count""".split()
USER_FIELDS = [name for names in SCOPES.values() for name in names]

API_ERRORS = {
    "access_token_invalid": (401, "The access token is invalid or not found in the request."),
    "scope_not_authorized": (401, "The user did not authorize the scope required for completing this request."),
    "scope_permission_missed": (400, "Access token is invalid, some fields need additional scopes."),
    "rate_limit_exceeded": (429, "The API rate limit was exceeded. Please try again later."),
    "internal_error": (500, "Something is wrong. Please try again later."),
    "invalid_params": (400, "One or more fields in request is invalid."),
}
OAUTH_ERRORS = {
    "invalid_grant": (400, "Refresh token is invalid or expired."),
    "invalid_client": (401, "Client key or secret is incorrect."),
    "invalid_request": (400, "The request parameters are malformed."),
    "unsupported_grant_type": (400, "Grant type is not supported."),
    "server_error": (500, "Server error."),
}


class RefusedError(Exception):
    """An answer other than the one asked for."""

    def __init__(self, answer: web.Response) -> None:
        self.answer = answer


def _log_id() -> str:
    return time.strftime("%Y%m%d%H%M%S") + secrets.token_hex(10).upper()


def ok(data: dict[str, Any]) -> dict[str, Any]:
    """An answer of the Display API."""
    return {"data": data, "error": {"code": "ok", "message": "", "log_id": _log_id()}}


def api_error(code: str, message: str = "") -> web.Response:
    """An error of the Display API; its words when `message` is empty."""
    status, words = API_ERRORS.get(code, (400, "The video is private or not available."))
    error = {"code": code, "message": message or words, "log_id": _log_id()}
    return web.json_response({"data": {}, "error": error}, status=status)


def oauth_error(code: str, words: str) -> web.Response:
    """An error of OAuth; its description when `words` is empty."""
    status, description = OAUTH_ERRORS.get(code, (400, "Something is wrong."))
    body = {"error": code, "error_description": words or description, "log_id": _log_id()}
    return web.json_response(body, status=status)


def fields(request: web.Request, known: list[str]) -> list[str]:
    """Which fields are asked for. Raises RefusedError for none and for unknown ones."""
    names = [name for name in request.query.get("fields", "").replace(" ", "").split(",") if name]
    if not names or set(names) - set(known):
        raise RefusedError(api_error("invalid_params", f"Fields must be among {', '.join(known)}"))
    return names


def challenges(verifier: str) -> tuple[str, str]:
    """Both forms of a PKCE challenge: RFC 7636's, and the hexadecimal one of TikTok's desktop flow."""
    digest = hashlib.sha256(verifier.encode())
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode(), digest.hexdigest()
