"""What FFmpeg says, as errors of Earshot.

Codes: SOURCE_MISSING (x), SOURCE_UNREADABLE (x, reason), SOURCE_NO_MEDIA (x), SOURCE_ANSWER (x, status). `x` names the source
without its query, which may carry a signature.
"""

import errno
from urllib.parse import urlsplit

import av.error

from core.errors import Denied, EarshotError, Invalid, Missing, Transient

NO_MEDIA = (
    av.error.InvalidDataError,
    av.error.EOFError,
    av.error.ArgumentError,  # a format that is not on the list
    av.error.DemuxerNotFoundError,
    av.error.DecoderNotFoundError,
)
NETWORK_ERRNO = frozenset(
    {errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH}
)


def shown(url: str) -> str:
    """`url` as people may see it: a path as it is, an address without user, query and fragment."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


def source_fault(error: Exception, url: str) -> EarshotError:
    """The error of Earshot for `error`, raised while `url` was opened or read."""
    x = shown(url)
    if (answer := _answer(error, x)) is not None:
        return answer
    if isinstance(error, FileNotFoundError):
        return Missing("SOURCE_MISSING", x=x)
    if isinstance(error, av.error.ExitError | TimeoutError):
        return Transient("SOURCE_UNREADABLE", x=x, reason="it does not answer")
    if isinstance(error, OSError) and (error.errno in NETWORK_ERRNO or "://" in url):
        return Transient("SOURCE_UNREADABLE", x=x, reason=(error.strerror or "the connection failed").lower())
    if isinstance(error, NO_MEDIA):
        return Invalid("SOURCE_NO_MEDIA", x=x)
    reason = getattr(error, "strerror", None) or str(error)
    return Invalid("SOURCE_UNREADABLE", x=x, reason=reason.lower())


def _answer(error: Exception, x: str) -> EarshotError | None:
    """The fault behind an HTTP status that is not 2xx."""
    match error:
        case av.error.HTTPNotFoundError():
            return Missing("SOURCE_ANSWER", x=x, status="404")
        case av.error.HTTPUnauthorizedError():
            return Denied("SOURCE_ANSWER", x=x, status="401")
        case av.error.HTTPForbiddenError():
            return Denied("SOURCE_ANSWER", x=x, status="403")
        case av.error.HTTPTooManyRequestsError():
            return Transient("SOURCE_ANSWER", x=x, status="429")
        case av.error.HTTPServerError():
            return Transient("SOURCE_ANSWER", x=x, status="5xx")
        case av.error.HTTPClientError():
            return Invalid("SOURCE_ANSWER", x=x, status="4xx")
    return None
