"""The doctor asks for the model that sees as it asks for the others, and only where one is set."""

import pytest

from bot.doctor.judging import look
from core.settings import Settings, load
from tests.platforms.groq_chat import MODELS, LoopbackChat
from tests.platforms.groq_vision import MODEL


def settings(service: LoopbackChat, **more: str) -> Settings:
    given = {"GROQ_API_KEY": service.key, "GROQ_BASE_URL": service.origin, "LANGUAGE": "en", "TIMEZONE": "UTC"}
    return load(dotenv=None, **given, **more)


async def found(there: tuple[str, ...], *, quick: bool = False, **more: str) -> dict[str, tuple[bool | None, str]]:
    async with LoopbackChat(lambda body: "", models=there) as service:
        parts = [one async for one in look(settings(service, **more), quick=quick)]
        assert bool(service.sent("models")) is not quick
        return {name: (part.well, str(part.values.get("cure", ""))) for name, part in parts}


async def test_nothing_is_said_of_a_model_nobody_set():
    assert "vision" not in await found(MODELS)


@pytest.mark.parametrize("quick", [True, False])
async def test_a_model_that_is_there_is_well(quick: bool):
    assert (await found((*MODELS, MODEL), quick=quick, GROQ_VISION_MODEL=MODEL))["vision"][0] is True


async def test_one_that_is_gone_is_told_with_the_setting_to_change():
    ok, cure = (await found(MODELS, GROQ_VISION_MODEL=MODEL))["vision"]
    assert ok is False
    assert "GROQ_VISION_MODEL" in cure
