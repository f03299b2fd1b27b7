"""For child processes: whoever asks certifi whom to trust is told of SSL_CERT_FILE. Put this folder on PYTHONPATH."""

import contextlib
import os

BUNDLE = os.environ.get("SSL_CERT_FILE", "")


def bundle() -> str:
    """The file of authorities."""
    return BUNDLE


if BUNDLE:
    with contextlib.suppress(ImportError):
        import certifi
        import certifi.core

        certifi.where = certifi.core.where = bundle
