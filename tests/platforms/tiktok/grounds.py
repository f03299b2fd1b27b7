"""What all parts of the loopback TikTok share."""

from dataclasses import dataclass, field
from typing import Literal

from tests.platforms.tiktok.faults import Quota, Script
from tests.platforms.tiktok.recordings import Recordings
from tests.platforms.tiktok.world import World

HOSTS = ("tiktok.com", "tiktokcdn.com", "tiktokcdn-us.com", "tiktokv.com", "ttwstatic.com", "eulerstream.com")
"""TikTok's names and the sign server's; names below them too."""

PUSH = "/webcast/im/ws_proxy/ws_reuse_supplement/"

Names = Literal["loopback", "tiktok"]


@dataclass
class Grounds:
    """`names`: whether streams, videos and the websocket are given by loopback address or by TikTok's names (https, wss)."""

    recordings: Recordings
    names: Names = "loopback"
    port: int = 0
    world: World = field(default_factory=World)
    script: Script = field(default_factory=Script)
    quota: Quota = field(default_factory=Quota)

    @property
    def url(self) -> str:
        """Where everything answers in plain http."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def cdn(self) -> str:
        """The beginning of media addresses."""
        return f"{self.url}/cdn" if self.names == "loopback" else "https://v16-webapp-prime.tiktokcdn.com/cdn"

    @property
    def push(self) -> str:
        """The push server a sign answer names."""
        base = f"ws://127.0.0.1:{self.port}" if self.names == "loopback" else "wss://webcast-ws.tiktok.com"
        return base + PUSH
