"""The whole of Groq on loopback: speech, language models and one that sees, at one address.

async with LoopbackWhole(hears, answers) as groq:
    environment = {"GROQ_API_KEY": groq.key, "GROQ_BASE_URL": groq.origin}
"""

from typing import Any

from aiohttp import web

from tests.platforms import groq_vision, speech
from tests.platforms.groq import UNLIMITED, LoopbackGroq
from tests.platforms.groq_chat import MODELS, Answers, LoopbackChat
from tests.platforms.service import CALL


def summing(judge: Answers) -> Answers:
    """The answers of `judge`, and a summary to whoever asks for one."""

    def answers(body: dict[str, Any]) -> Any:
        asked = body["response_format"]["json_schema"]["name"]
        return {"summary": "A cook makes soup."} if asked == "summary" else judge(body)

    return answers


class LoopbackWhole(LoopbackChat):
    """As LoopbackChat, and hears what `hears` knows. Without limits. `verdict` is what its model that sees says of anything."""

    def __init__(self, hears: speech.Source, answers: Answers, verdict: str = "") -> None:
        models = (*MODELS, groq_vision.MODEL) if verdict else MODELS
        super().__init__(
            summing(answers), models=models, per_minute=UNLIMITED, per_day=UNLIMITED, tokens_per_minute=UNLIMITED
        )
        self.verdict = verdict
        self._eyes = groq_vision.LoopbackVision(lambda body: self.verdict, key=self.key)
        self._ears = ears = LoopbackGroq(hears, key=self.key, per_minute=UNLIMITED, audio_seconds_per_hour=UNLIMITED)
        route = "/openai/v1/audio/transcriptions"
        self._runner.app.router.add_route("POST", route, ears._guarded(ears._transcribe), name="speech")

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        model = request[CALL].data.get("model")
        seen = model == groq_vision.MODEL and model in self.models
        return await (self._eyes._complete(request) if seen else super()._complete(request))

    @property
    def violations(self) -> list[str]:
        """What was wrong with sound that came."""
        return self._ears.violations
