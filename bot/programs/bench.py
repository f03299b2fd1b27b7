"""`earshot bench [NAME]`: measurements as JSON. Their code is in tests/bench and needs a checkout."""

import importlib
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.programs.exits import DONE, ended
from core.errors import Invalid
from core.settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = ("startup", "capture", "segment", "ingest", "match", "tiktok", "latency", "delivery", "load", "search", "judge")


def bench(name: str) -> int:
    """The program."""
    return ended(lambda settings: _bench(settings, name))


def _bench(settings: Settings, name: str) -> int:
    if not (ROOT / "tests" / "bench").is_dir():
        raise Invalid("BENCH_CHECKOUT")
    if name and name not in NAMES:
        raise Invalid("BENCH_NAME", x=name, list=", ".join(NAMES))
    sys.path.insert(0, str(ROOT))
    for one in (name,) if name else NAMES:
        measured = importlib.import_module(f"tests.bench.{one}").run()
        sys.stdout.write(json.dumps(document(one, measured), indent=1) + "\n")
    return DONE


def document(name: str, measured: dict[str, Any]) -> dict[str, Any]:
    """A benchmark's figures with the machine and the time."""
    return {
        "bench": name,
        "figures": measured["figures"],
        "beside": measured.get("beside", {}),
        "ratio": measured.get("ratio"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
    }
