"""The certificates that clients trust are read once for a run of the tests: each client reads them anew, 140 at a time, and most
tests make some that never speak TLS."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from ssl import SSLContext
from typing import Any

import pytest
from httpx import create_ssl_context
from httpx._transports import default


@contextmanager
def read_once() -> Iterator[None]:
    """Until the block ends clients that are made in the same way share what they trust."""

    @cache
    def made(verify: Any, cert: Any, trust_env: bool, *_from: str | None) -> SSLContext:
        return create_ssl_context(verify, cert, trust_env)

    def trusted(verify: Any = True, cert: Any = None, trust_env: bool = True) -> SSLContext:
        return made(verify, cert, trust_env, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default, "create_ssl_context", trusted)
        yield
