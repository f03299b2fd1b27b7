"""The environment that leads an unmodified program to the loopback TikTok: a proxy and whom to trust."""

import os
from pathlib import Path

SHIM = Path(__file__).parent / "shim"
LOOPBACK = "127.0.0.1,localhost"


def environment(proxy: str, bundle: Path, *, shim: bool = False) -> dict[str, str]:
    """Variables to set. `shim`: PYTHONPATH too, for libraries that trust only certifi, in a process that is yet to start."""
    trust = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
    variables = dict.fromkeys(trust, str(bundle))
    for name, value in {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "ALL_PROXY": "", "NO_PROXY": LOOPBACK}.items():
        variables |= {name: value, name.lower(): value}
    if shim:
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SHIM), os.environ.get("PYTHONPATH", ""))))
    return variables
