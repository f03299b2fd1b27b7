"""What is known about whether one live goes on."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.model.live import ChatMessage, GiftSent, Look
from core.services.lives.scene import Scene

OFFLINE_MEANS_ENDED = timedelta(minutes=5)  # YAGPDB's rule, twitch/feed.go
REMEMBERED = 5_000  # message ids a watch keeps; after a reconnect TikTok shows the last few dozen again


@dataclass
class Watch:
    """One live being watched. `seen_live` is the last reading that said so; `let_go`: nobody is left to tell; `changes`: when
    who is told changes by itself, as when a pause ends; `line` is the connection to its chat. `unheard`: the second from which
    on nobody listened, until it is taken up again."""

    scene: Scene
    seen_live: datetime
    over: asyncio.Event = field(default_factory=asyncio.Event)
    end_said: bool = False
    let_go: bool = False
    offline_since: datetime | None = None
    changes: datetime | None = None
    unheard: float | None = None
    line: asyncio.Timeout | None = None
    _messages: dict[str, None] = field(default_factory=dict)

    def read(self, look: Look) -> None:
        """TikTok's end message and one offline reading end a live at once; without a message five minutes offline do, and so
        does another room when nothing has been seen for as long: it is another live."""
        if look.live:
            elsewhere = look.room not in self.scene.live.rooms
            if elsewhere and look.at - self.seen_live >= OFFLINE_MEANS_ENDED:
                self.offline_since = self.offline_since or self.seen_live
                self.over.set()
            elif not self.over.is_set():
                self.offline_since, self.seen_live = None, look.at
                self.end_said = self.end_said and not elsewhere
            return
        self.offline_since = self.offline_since or look.at
        if self.end_said or look.at - self.offline_since >= OFFLINE_MEANS_ENDED:
            self.over.set()

    def repeated(self, event: Any) -> bool:
        """Whether this very message has come before, as some do after a reconnect."""
        if not isinstance(event, ChatMessage | GiftSent) or not event.id:
            return False
        if event.id in self._messages:
            return True
        self._messages[event.id] = None
        if len(self._messages) > REMEMBERED:
            del self._messages[next(iter(self._messages))]
        return False

    def hang_up(self) -> None:
        """Leave the chat: it has moved to another room, or nobody wants it any more."""
        if self.line is not None:
            self.line.reschedule(asyncio.get_running_loop().time())
            self.line = None
