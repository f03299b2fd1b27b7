"""`earshot doctor`: what is well, what is not, and what to do; beside a running Earshot or without one."""

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cards.admin import SIGNS, summed
from bot.cards.doctor import SECTIONS, told
from bot.doctor import Found, Look, data, judging, looked, media, obs, settings, speech, tiktok
from bot.doctor.chats import Chats
from bot.programs.exits import DONE, FAILED, lined, prepare_logs
from bot.surfaces.console.draw import tame
from bot.wording import Words, plain
from core.services.diagnosing import Diagnosing
from core.settings import Settings, load, mistakes

LOOKS = {True: "green", None: "yellow", False: "red"}
UNKNOWN = "POSTS_UNKNOWN"


@dataclass(frozen=True)
class Wish:
    """How it is asked."""

    as_json: bool
    quick: bool
    fix: bool
    settings: bool


def doctor(wish: Wish) -> int:
    """The program."""
    return lined(lambda: _doctor(wish))


def _doctor(wish: Wish) -> int:
    wrong = mistakes()
    if wrong:
        found = [Found("settings", f"settings {name}", part) for name, part in settings.wrong(wrong)]
        return _say(found, [], wish, Words("en", Settings.model_construct().zone))
    chosen = load()
    prepare_logs(chosen)
    logging.getLogger("discord").setLevel(logging.ERROR)  # what it would say is found and said here
    words = Words(chosen.LANGUAGE, chosen.zone)
    shown = list(settings.shown(chosen)) if wish.settings else []
    if shown and not wish.as_json:
        return _list(shown)
    return _say(asyncio.run(_look(chosen, wish)), shown, wish, words)


async def _look(chosen: Settings, wish: Wish) -> list[Found]:
    diagnosing = Diagnosing(chosen.DATA_DIR / "run.json")
    vitals = diagnosing.of_running()
    mended = list(data.mend(chosen.DATA_DIR, running=vitals is not None)) if wish.fix else []
    chats = Chats(chosen, vitals, wish.quick)
    looks: list[tuple[str, Look]] = [
        ("settings", lambda: settings.look(chosen)),
        ("data", lambda: data.look(chosen, diagnosing)),
        *chats.sections(),
        ("speech", lambda: speech.look(chosen, quick=wish.quick)),
        ("judging", lambda: judging.look(chosen, quick=wish.quick)),
        ("media", media.look),
        ("tiktok", lambda: tiktok.look(chosen, vitals, quick=wish.quick)),
        ("obs", lambda: obs.look(chosen, vitals, quick=wish.quick)),
    ]
    return [*(Found("data", f"data {name}", part) for name, part in mended), *await looked(looks)]


def _say(found: Sequence[Found], shown: Sequence[settings.Shown], wish: Wish, words: Words) -> int:
    well = all(one.part.well is not False for one in found)
    if wish.as_json:
        said: dict[str, Any] = {"ok": well, "checks": [_check(one, words) for one in found]}
        said["deliveries"] = {"unknown": next((one.part.values["n"] for one in found if one.part.code == UNKNOWN), 0)}
        if shown:
            said["settings"] = [vars(one) for one in shown]
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    else:
        _draw(found, words)
    return DONE if well else FAILED


def _check(one: Found, words: Words) -> dict[str, Any]:
    """`ok` is whether nothing has to be mended; a `hint` would make something more work."""
    finding, cure = told(one.part, words)
    hint = one.part.well is None
    well = one.part.well is not False
    return {"section": one.section, "name": one.name, "finding": finding, "cure": cure, "ok": well, "hint": hint}


def _draw(found: Sequence[Found], words: Words) -> None:
    screen = Console(soft_wrap=True, highlight=False)
    for section, parts in groupby(found, key=lambda one: one.section):
        screen.print(Text(words.term(SECTIONS[section]), "bold"))
        for one in parts:
            finding, cure = told(one.part, words)
            screen.print(Text.assemble("  ", (SIGNS[one.part.well], LOOKS[one.part.well]), " ", tame(finding)))
            if cure and one.part.well is not True:
                screen.print(Text(f"    → {tame(cure)}"))
    wrong, hints = (sum(one.part.well is well for one in found) for well in (False, None))
    screen.print(Text(plain(summed(wrong, hints, words)), "bold"))


def _list(shown: Sequence[settings.Shown]) -> int:
    screen = Console(soft_wrap=True, highlight=False)
    width = max(len(one.name) for one in shown)
    for one in shown:
        screen.print(
            Text.assemble((one.name.ljust(width), "bold"), f"  {tame(one.value) or '-'}", (f"  ({one.source})", "dim"))
        )
    return DONE
