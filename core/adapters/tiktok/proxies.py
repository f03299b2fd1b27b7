"""Which proxy is on the way to an address."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_on_the_way(address: str, proxy: str) -> str:
    """The http proxy to use for an http, https, ws or wss address; empty for none. `proxy` wins over the environment's
    HTTPS_PROXY, HTTP_PROXY and ALL_PROXY; NO_PROXY wins over all of them."""
    parts = urlsplit(address)
    if not parts.hostname or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    known = getproxies()
    proxy = proxy or known.get("https" if parts.scheme in ("https", "wss") else "http", "") or known.get("all", "")
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"
