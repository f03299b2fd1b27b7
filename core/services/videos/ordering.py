"""Ordering: what somebody wants transcribed, as it stands in a job."""

from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from core.model.job import Job
from core.model.person import Address
from core.model.video import VideoLink
from core.ports.speech import CAPTIONS

KIND = "transcribe"
AT_ONCE = 2  # in one process: more videos at a time look like a flood from one address, and lives go on beside


@dataclass(frozen=True)
class Order:
    """`video` is TikTok's number, or `file:` and a digest for a `file` that was handed over (`name` is its own; `temporary`: it
    is ours to remove). `address` is where it is told, empty for nowhere. `engine` and `language` are empty when anything goes,
    `likely` is the language of the place. `format` is that of a file wanted besides, empty for none. Not `public`: for who asked.
    `speakers` are to be told apart.
    """

    video: str
    handle: str = ""
    address: Address = ""
    language: str = ""
    likely: str = ""
    engine: str = ""
    public: bool = True
    format: str = ""
    file: str = ""
    name: str = ""
    temporary: bool = False
    speakers: bool = False

    @classmethod
    def of(cls, job: Job) -> "Order":
        """The order of a job. What this version does not know is left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in job.payload.items() if name in known})

    @property
    def link(self) -> VideoLink:
        """The video, unless it is a file."""
        return VideoLink(self.video, self.handle)

    @property
    def sounds(self) -> bool:
        """Whether an engine has to hear its sound, whatever captions there may be."""
        return bool(self.file) or self.speakers or self.engine not in ("", CAPTIONS)

    @property
    def answers(self) -> bool:
        """Whether it is told in the very answer to whoever asked, which can change meanwhile."""
        return "#" in self.address

    @property
    def lost(self) -> bool:
        """Whether its file is not there any more."""
        return bool(self.file) and not Path(self.file).is_file()

    def key(self, place: str, by: str) -> str:
        """The same wish twice is one job; what is for who asked is theirs while it is made, too."""
        whose = "" if self.public else f":{by}"
        more = ":speakers" if self.speakers else ""
        return f"{KIND}:{place}:{self.video}:{self.engine}:{self.language}{more}{whose}"

    def payload(self) -> dict[str, Any]:
        """As a job keeps it."""
        return asdict(self)

    def forget(self) -> None:
        """Remove the file that was handed over, if it is ours."""
        if self.temporary and self.file:
            with suppress(OSError):
                Path(self.file).unlink(missing_ok=True)
