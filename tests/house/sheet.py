"""Every post as the platforms get it, as a list that a renderer can draw: `python -m tests.house.sheet FOLDER [WORD…]`.

FOLDER gets `posts.json` (name, platform, method, payload, files by attachment name) and the pictures it names; words narrow
it down to posts whose name has them all: `usual`, `longest`, `hostile`, `empty`, `en`, `fr`, `discord`, `telegram`, a type.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.card import File
from bot.surfaces.discord.draw import draw_discord
from bot.surfaces.telegram.draw import draw_telegram
from bot.wording import Words
from core.adapters.media.opening import Patience
from core.adapters.media.pictures import thumbnail
from core.adapters.plots.child import ChildPlotter
from core.model.notice import KINDS
from core.model.risk_line import fading
from core.ports.plotter import Timeline
from tests.house.samples import every
from tests.platforms.live_media import DEMO

WORDS = (Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("Europe/Paris")))
NAMES = {"901": "Live watchers", "77": "Live watchers"}
CHAT = -1001
PLOT, STILL = "plot.png", "still.jpg"


def posts() -> Iterator[dict[str, Any]]:
    """Every sample of everything that is told, on both platforms, in both languages."""
    told = [(name, meaning) for name, meaning in every() if type(meaning) in KINDS.values()]
    for number, (name, meaning) in enumerate(told):
        for words in WORDS:
            title = f"{number:03} {name} · {words.language}"
            drawn = draw_discord(meaning, words)
            files = {attached: _picture(file) for attached, file in drawn.files}
            yield _post(f"{title} · discord", "discord", drawn.body(), files, names=NAMES)
            message = draw_telegram(meaning, words)
            for part in (message.first, *message.more):
                media = {kind: f"attachment://{file.name}" for kind, file in part.files.items()}
                files = {file.name: _picture(file) for file in part.files.values()}
                payload = {"chat_id": CHAT, **part.params, **media}
                yield _post(f"{title} · telegram", "telegram", payload, files, method=part.method)


def _post(
    name: str, platform: str, payload: dict[str, Any], files: dict[str, str | None], **more: Any
) -> dict[str, Any]:
    shown = {attached: file for attached, file in files.items() if file}
    return {"name": name, "platform": platform, "payload": payload, "files": shown, **more}


def _picture(file: File) -> str | None:
    """The picture that stands for a file; a document has none."""
    if file.is_video or file.name.endswith(".jpg"):
        return STILL
    return PLOT if file.name.endswith(".png") else None


async def draw_pictures(folder: Path) -> None:
    """The pictures, made as Earshot makes them."""
    (folder / STILL).write_bytes(await asyncio.to_thread(thumbnail, DEMO, Patience()))
    viewers = [(second * 60.0, 400 + 90 * (second % 9)) for second in range(48)]
    risk = fading([*((20.0 * n, 0.2) for n in range(144)), (700.0, 0.5), (1300.0, 0.9), (1800.0, 0.7)], 2880.0, 5.0)
    chats, alerts = [7.0 * n for n in range(400)], [(1300.0, 0.9), (1800.0, 0.7)]
    line = Timeline("@amina · Dinner", 2880.0, viewers, chats, [(540.0, "giveaway")], risk, alerts=alerts)
    await ChildPlotter().draw(line, folder / PLOT)


def main(folder: Path, wanted: list[str]) -> None:
    """Write the list and its pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw_pictures(folder))
    chosen = [post for post in posts() if all(word in post["name"] for word in wanted)]
    text = json.dumps(chosen, ensure_ascii=False, indent=1)
    (folder / "posts.json").write_text(text.encode("utf-8", "replace").decode(), encoding="utf-8")
    print(f"{len(chosen)} posts")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
