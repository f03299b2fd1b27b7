"""yt-dlp in a process of its own: `python -m core.adapters.tiktok.videos.ytdlp` reads wishes and answers, both as JSON lines.

A thread could not be ended: a page that comes byte by byte keeps yt-dlp reading for as long as it pleases. A process can, and it
gives its memory back. It ends itself when its input ends, so that it never outlives who started it.

In: {"do": "video", url, folder, wish, options} or {"do": "newest", url, count, options}. Out: {"found": …}, {"loaded": [bytes,
total]} any number of times, at last one of {"done": …} or {"failed": {"name", "expected", "status", "text", "while"}}.
"""

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from core.adapters.tiktok.videos.cues import chosen

EXTRACTORS = ["TikTok", "tiktok:user"]
FORMAT = "b[vcodec^=h264][filesize<50M]/b[vcodec!=none][filesize<50M]/b[vcodec!=none]"
"""The smallest h264 with sound; never `bestaudio`, which on TikTok is the song attached to a video and not its sound."""

MOST_CAPTIONS = 2_000_000  # bytes
SOCKET_SECONDS = 15.0
TOLD_EVERY = 0.2  # seconds between two words about a download


class Quiet:
    """Where yt-dlp's own words go: nowhere; what matters is raised."""

    def debug(self, message: str) -> None: ...

    def info(self, message: str) -> None: ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None: ...


def options_of(given: dict[str, Any], folder: str = "") -> dict[str, Any]:
    """The options of a YoutubeDL."""
    return {
        "quiet": True,
        "no_warnings": True,
        "noprogress": True,
        "no_color": True,
        "logger": Quiet(),
        "socket_timeout": SOCKET_SECONDS,
        "retries": 3,
        "extractor_retries": 2,
        "cachedir": False,
        "noplaylist": True,
        "check_formats": False,
        "writesubtitles": True,  # without it `subtitles` stays empty; nothing is written by reading a page alone
        "allowed_extractors": EXTRACTORS,
        "outtmpl": f"{folder}/%(id)s.%(ext)s",
        "format": FORMAT,
        "format_sort": ["+size", "+br"],
        "compat_opts": ["no-certifi"] if os.environ.get("SSL_CERT_FILE") else [],
        **given,
    }


class Child:
    """One run: wishes are answered one after another."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._told = 0.0
        self._doing = ""

    def say(self, **said: Any) -> None:
        """One line."""
        self._out.write(json.dumps(said) + "\n")
        self._out.flush()

    def answer(self, wish: dict[str, Any]) -> None:
        """Do what is wished; whatever goes wrong is told."""
        self._doing = "page"
        try:
            done = self._video(wish) if wish["do"] == "video" else self._newest(wish)
        except Exception as error:  # noqa: BLE001  the supervision point of this process
            self.say(failed=fault_of(error) | {"while": self._doing})
        else:
            self.say(done=done)

    def _video(self, wish: dict[str, Any]) -> dict[str, Any]:
        from yt_dlp import YoutubeDL

        options = options_of(wish["options"], wish["folder"]) | {"progress_hooks": [self._hook(wish["largest"])]}
        with YoutubeDL(options) as downloader:
            info = downloader.extract_info(wish["url"], download=False, process=False)
            found = facts_of(info)
            self.say(found=found)
            if not found["pictures"] or (found["seconds"] or 0) > wish["longest"]:
                return {}
            captions = self._captions(downloader, info, wish) if wish["captions"] else None
            if captions is not None or not wish["sound"]:
                return {"captions": captions}
            self._doing = "file"
            downloader.params["writesubtitles"] = False
            return {"file": self._file(downloader, info, wish)}

    def _captions(self, downloader: Any, info: dict[str, Any], wish: dict[str, Any]) -> dict[str, Any] | None:
        """The chosen track as text. One that cannot be had now is as good as none."""
        tracks = {key: forms for key, forms in (info.get("subtitles") or {}).items() if forms}
        key = chosen(list(tracks), wish["language"], wish["likely"])
        if key is None:
            return None
        track = tracks[key][-1]  # yt-dlp puts the best form last
        try:
            text = track.get("data") or downloader.urlopen(track["url"]).read(MOST_CAPTIONS).decode("utf-8", "replace")
        except Exception:  # noqa: BLE001  any refusal: then its sound is listened to
            return None
        return {"key": key, "form": track.get("ext") or "vtt", "text": text[:MOST_CAPTIONS]}

    def _file(self, downloader: Any, info: dict[str, Any], wish: dict[str, Any]) -> str:
        """The path of the file, empty when yt-dlp silently left it out."""
        from yt_dlp.networking.exceptions import HTTPError
        from yt_dlp.utils import DownloadError

        try:
            done = downloader.process_ie_result(info, download=True)
        except DownloadError as error:  # the address of a file expires: it is read anew, once
            cause = (error.exc_info or (None, None))[1]
            if not isinstance(cause, HTTPError) or cause.status not in (403, 410):
                raise
            self._doing = "page"
            info = downloader.extract_info(wish["url"], download=False, process=False)
            self._doing = "file"
            done = downloader.process_ie_result(info, download=True)
        path = next((one.get("filepath") or "" for one in done.get("requested_downloads") or ()), "")
        return path if path and Path(path).is_file() else ""

    def _hook(self, largest: int) -> Any:
        def hook(status: dict[str, Any]) -> None:
            loaded = int(status.get("downloaded_bytes") or 0)
            total = int(status.get("total_bytes") or status.get("total_bytes_estimate") or 0)
            if max(loaded, total) > largest:
                raise TooBig(max(loaded, total))
            if time.monotonic() - self._told >= TOLD_EVERY or status.get("status") == "finished":
                self._told = time.monotonic()
                self.say(loaded=[loaded, total])

        return hook

    def _newest(self, wish: dict[str, Any]) -> dict[str, Any]:
        from yt_dlp import YoutubeDL

        listing = {"extract_flat": True, "playlistend": wish["count"], "lazy_playlist": True}
        with YoutubeDL(options_of(wish["options"]) | listing) as downloader:
            found = downloader.extract_info(wish["url"], download=False)
            return {"posts": [facts_of(one) for one in found.get("entries") or ()]}


class TooBig(Exception):
    """A file is larger than allowed."""

    def __init__(self, size: int) -> None:
        super().__init__(str(size))


def facts_of(info: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a page."""
    formats = info.get("formats") or ()
    return {
        "id": str(info.get("id") or ""),
        "title": info.get("title") or "",
        "description": info.get("description") or "",
        "handle": info.get("uploader") or "",
        "name": info.get("channel") or "",
        "seconds": info.get("duration") or 0,
        "posted": info.get("timestamp"),
        "thumbnail": next((one.get("url") or "" for one in reversed(info.get("thumbnails") or ())), ""),
        "pictures": any(one.get("vcodec") != "none" for one in formats),
    }


def fault_of(error: BaseException) -> dict[str, Any]:
    """A failure as plain facts: the class of what lies under yt-dlp's own error, whether it was expected, an http status."""
    cause: Any = (getattr(error, "exc_info", None) or (None, None))[1] or error
    under = getattr(cause, "cause", None)
    status = getattr(cause, "status", None) or getattr(under, "status", None)
    return {
        "name": type(cause).__name__,
        "expected": bool(getattr(cause, "expected", False)),
        "network": any(kind.__name__ == "TransportError" for kind in (*type(cause).__mro__, *type(under).__mro__)),
        "status": status if isinstance(status, int) else 0,
        "text": str(error)[:1000],
    }


def main() -> None:
    """Answer until the input ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not stand between our lines
    wishes: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            wishes.put(line)
        os._exit(0)  # nobody waits any more

    threading.Thread(target=listen, daemon=True).start()
    child = Child(out)
    while True:
        child.answer(json.loads(wishes.get()))


if __name__ == "__main__":
    main()
