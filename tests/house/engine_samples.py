"""One of everything that is drawn about speech engines and their weights."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.replies.engines import EngineShown, FetchAsked
from core.model.tellable.weights import NoWeights, WeightsComing, WeightsHere
from core.model.usage import Cost, Used
from core.model.weights import Presence, Weights
from core.services.choosing import Choice, State

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
START = Choice("auto", "base")
BASE = Weights("base", 148_000_000)
SMALL, OWN = Weights("small", 486_000_000), Weights("our-own", 61_000_000, Presence.HERE, 61_000_000, known=False)
HALF = replace(BASE, presence=Presence.PART, got=61_000_000)
BROKEN = replace(BASE, presence=Presence.BROKEN, fault="model.bin: it was cut short")
STATES = (
    State("captions", True, True),
    State("groq", False, True, "GROQ_API_KEY is not set"),
    State("assemblyai", False, False, "", 720.0),
    State("whisper", True, True),
)
USED = (
    Used((("groq", 720.0, 20_400.0), ("captions", 0.0, 61.0)), 3600.0, 2880.0),
    Used((("whisper", 3700.0, 3700.0),), 3600.0, -100.0),
)
COSTS = (
    Cost((("gpt-oss-20b", 0.012), ("gpt-oss-120b", 0.002)), 0.014, 0.0161),
    Cost((("gpt-oss-20b", 1.25),), 1.25, 0.02, 1.25),
    Cost((), 0.0, None, 0.5),
)
COMING = WeightsComing(7, "base", 61_000_000, 148_000_000, 2_400_000.0, only="discord:1")

ENGINES: tuple[Any, ...] = (
    EngineShown(START, START, STATES, BASE),
    EngineShown(Choice("whisper", "small"), START, STATES, replace(SMALL, presence=Presence.HERE)),
    EngineShown(Choice("groq", "base"), START, (replace(STATES[1], refused=True),), HALF),
    EngineShown(Choice("none", "base"), START, STATES, BROKEN),
    EngineShown(
        Choice("whisper", "lost"),
        START,
        (replace(STATES[3], ready=False, lacks="no weights: earshot models get x"),),
        None,
    ),
    FetchAsked(BASE, (SMALL, OWN), 20_000_000_000),
    FetchAsked(HALF, (), 0),
    FetchAsked(BROKEN, (SMALL,), 1),
    FetchAsked(replace(OWN, presence=Presence.BROKEN, fault="config.json: it is no JSON"), (BASE, SMALL), 1),
    COMING,
    WeightsComing(7, "base"),
    *(
        replace(COMING, waits=code, until=NOW)
        for code in ("WEIGHTS_DOWN", "WEIGHTS_BUSY", "WEIGHTS_SLOW", "DISK", "STORE_BUSY")
    ),
    WeightsHere("base", 148_000_000),
    NoWeights(7, "base", "CANCELLED", only="discord:1"),
    NoWeights(7, "base", "WEIGHTS_ROOM", {"x": "base", "need": 212, "free": 90}),
    NoWeights(7, "base", "WEIGHTS_DOWN", {"host": "huggingface.co"}),
)
