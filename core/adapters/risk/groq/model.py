"""One language model at Groq, asked for JSON: within its limits, within a deadline, and not at all while it does not answer."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from core.adapters.allowance import UsedUp, length, of_tokens
from core.adapters.groq_cloud import ENGINE, GroqCloud
from core.adapters.risk.groq.breaker import Breaker
from core.adapters.risk.groq.prices import PRICES, spent
from core.errors import Denied, EarshotError, Transient
from core.ports.assessor import Spent
from core.ports.speech import Check, Readiness

DEADLINE_SECONDS = 8.0
MOST_TOKENS = 900
"""Of an answer, thinking included. The free plan counts what is asked for, 8,000 a minute with the question."""

LONGEST_ANSWER = 60_000  # characters
CHECK_SECONDS = 8.0
SURE = 0.9
"""How much of the tokens of a minute one question may want: they are estimated."""

LATIN_ENDS, SIGNS_BEGIN = "\u0250", "\u2e80"

Effort = Literal["low", "medium", "high"]


@dataclass(frozen=True)
class Question:
    """What is asked: fixed words, one JSON object of data, and the form of the answer."""

    system: str
    user: str
    name: str
    schema: Mapping[str, Any]
    strict: bool = True

    @property
    def tokens(self) -> int:
        """Of the question and of the longest answer, rather too many."""
        return tokens(self.system) + tokens(self.user) + MOST_TOKENS


@dataclass(frozen=True)
class Answer:
    """The text of an answer, perhaps none, and what it cost."""

    text: str
    spent: Spent


class GroqModel:
    """`model` of `cloud`; `setting` is where its name comes from. `now` gives seconds of a clock that never goes back."""

    def __init__(
        self,
        cloud: GroqCloud,
        model: str,
        setting: str,
        now: Callable[[], float] = time.monotonic,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._cloud, self._model, self._setting = cloud, model, setting
        self._deadline_seconds = deadline_seconds
        self._allowance = of_tokens(now)
        self._breaker = Breaker(now, deadline_seconds)

    @property
    def name(self) -> str:
        """Without who made it: `gpt-oss-20b`."""
        return self._model.rpartition("/")[2]

    @property
    def priced(self) -> bool:
        """Whether it is known what it costs."""
        return self._model in PRICES

    @property
    def room(self) -> int:
        """Tokens one question and its answer may have, so that it is not refused for its size."""
        return int(min(self._allowance.most("TPM"), 32_000) * SURE)

    def readiness(self) -> Readiness:
        """Not ready without a key, while a limit is used up, and while it does not answer."""
        if lacks := self._cloud.lacks:
            return Readiness(False, lacks)
        if (seconds := self._breaker.shut_for) and (trouble := self._breaker.trouble):
            return Readiness(False, self._what(trouble), seconds)
        if used := self._allowance.used_up(MOST_TOKENS):
            which = f"Groq's limit of {used.words}" if used.words else "the quota at Groq"
            return Readiness(False, f"{which} is used up; it opens again in {length(used.seconds)}", used.seconds)
        return Readiness(True)

    async def ask(self, question: Question, effort: Effort | None) -> Answer:
        """One request, no repeats. `effort`: how much a model that thinks may think. Whoever reads it says if it made sense.

        Raises what GroqCloud.asked raises (TOO_BIG_JUDGE), Transient QUOTA at once while a limit is used up, and at once what it
        failed with last while it is left alone; Transient ENGINE_DOWN when it does not answer in time.
        """
        self._breaker.admit()
        self._refuse(self._allowance.used_up(question.tokens))
        self._allowance.take(question.tokens)
        try:
            await self._cloud.load()
            async with asyncio.timeout(self._deadline_seconds):
                completion, headers = await self._asked(question, effort)
        except TimeoutError as error:
            late = Transient("ENGINE_DOWN", engine=ENGINE)
            self._breaker.failed(late)
            raise late from error
        except EarshotError as error:
            self._breaker.failed(error)
            if error.values.get("reason") == "json_validate_failed":
                return Answer("", Spent(1))  # it could not keep to the form: as good as an empty answer
            raise
        text, cost = _text(completion), spent(self._model, getattr(completion, "usage", None))
        if text is None:
            raise self.babbled()
        self._allowance.answered(headers)
        return Answer(text, cost)

    def understood(self) -> None:
        """What it answered made sense."""
        self._breaker.worked()

    def babbled(self) -> EarshotError:
        """What it answered made none, though it was asked twice: what to raise."""
        nonsense = Transient("ENGINE_DOWN", engine=ENGINE)
        self._breaker.failed(nonsense)
        return nonsense

    @property
    def trouble(self) -> EarshotError | None:
        """Why it is left alone."""
        return self._breaker.trouble

    async def check(self) -> Check:
        """Whether the key is taken and the model is there; when it is gone nothing is asked of it until it is back. Raises nothing,
        costs nothing."""
        if lacks := self._cloud.lacks:
            return Check(None, lacks, "https://console.groq.com/keys makes one: put it into GROQ_API_KEY")
        try:
            names = await self._names()
        except TimeoutError:
            return _found("ENGINE_DOWN", self._setting)
        except EarshotError as error:
            if isinstance(error, Denied):
                self._breaker.failed(error)
            return _found(error.code, self._setting)
        if names and self._model not in names:
            gone = Denied("ENGINE_MODEL", engine=ENGINE, model=self._model, setting=self._setting)
            self._breaker.failed(gone)
            return _found(gone.code, self._setting)
        if isinstance(self._breaker.trouble, Denied):
            self._breaker.worked()
        if not names:
            return _found("ENGINE_ADDRESS", self._setting)
        known = "the key works, and the model is there"
        return Check(True, known if self.priced else f"{known}; what it costs is not known, so it is not counted")

    async def _names(self) -> frozenset[str]:
        """The models of the service; none when it does not say."""
        await self._cloud.load()
        async with (
            asyncio.timeout(CHECK_SECONDS),
            self._cloud.asked(self._model, "TOO_BIG_JUDGE", setting=self._setting) as client,
        ):
            listed = await client.models.list()
        told = getattr(listed, "data", None)
        return frozenset(str(one.id) for one in told if hasattr(one, "id")) if isinstance(told, list) else frozenset()

    async def _asked(self, question: Question, effort: Effort | None) -> tuple[Any, Mapping[str, str]]:
        refused = partial(self._allowance.refused, question.tokens)
        async with self._cloud.asked(self._model, "TOO_BIG_JUDGE", refused, self._setting) as client:
            from groq import omit  # imported by now, without holding up the loop

            form: Any = {"name": question.name, "strict": question.strict, "schema": question.schema}
            answer = await client.chat.completions.with_raw_response.create(
                model=self._model,
                messages=[{"role": "system", "content": question.system}, {"role": "user", "content": question.user}],
                response_format={"type": "json_schema", "json_schema": form},
                max_completion_tokens=MOST_TOKENS,
                temperature=0,
                reasoning_effort=effort or omit,
            )
            try:
                return await answer.parse(), answer.headers
            except (ValueError, TypeError, AttributeError, RecursionError):
                return None, answer.headers  # a page, or JSON of another kind

    def _what(self, trouble: EarshotError) -> str:
        if trouble.code == "ENGINE_MODEL":
            return f"the model is not there, see {self._setting}: {self._model}"
        return _found(trouble.code, self._setting).finding

    @staticmethod
    def _refuse(used: UsedUp | None) -> None:
        if used is not None:
            raise Transient("QUOTA", retry_after=used.seconds, engine=ENGINE)


def tokens(text: str) -> int:
    """About as many tokens as a text has, rather too many: a sign of no alphabet may be one by itself."""
    plain = sum(sign < LATIN_ENDS for sign in text)
    unspaced = sum(sign >= SIGNS_BEGIN for sign in text)
    return int(plain / 3 + (len(text) - plain - unspaced) * 0.75 + unspaced) + 8


def _text(completion: Any) -> str | None:
    """The text of an answer, empty when it has none or too much of it; None when it is no answer."""
    try:
        content = completion.choices[0].message.content
    except (AttributeError, IndexError, TypeError, KeyError):
        return None
    return content if isinstance(content, str) and len(content) <= LONGEST_ANSWER else ""


FOUND = {
    "ENGINE_KEY": ("the key is refused", "Copy it anew from https://console.groq.com/keys into GROQ_API_KEY"),
    "ENGINE_ADDRESS": (
        "it answers, but says nothing of its models",
        "If it judges nothing either, correct GROQ_BASE_URL and GROQ_PATH_PREFIX (/v1 for most local servers)",
    ),
    "ENGINE_DOWN": (
        "it does not answer as it should",
        "See whether GROQ_BASE_URL and the network are right; else wait",
    ),
    "QUOTA": ("the key works; the quota is used up for now", "It opens again by itself; a paid plan has more"),
}
"""What a look at the service may find, and what to do."""

GONE = {
    "GROQ_SCREEN_MODEL": "Correct GROQ_SCREEN_MODEL; openai/gpt-oss-20b is one",
    "GROQ_VISION_MODEL": "Correct GROQ_VISION_MODEL; qwen/qwen3.8-27b is one",
    "GROQ_JUDGE_MODEL": "Correct GROQ_JUDGE_MODEL; openai/gpt-oss-120b is one",
}
"""What to do about a model that is not there, by its setting."""


def _found(code: str, setting: str) -> Check:
    if code == "ENGINE_MODEL":
        return Check(False, "the model is not there", GONE.get(setting, f"Correct {setting}"))
    return Check(None if code in ("ENGINE_ADDRESS", "QUOTA") else False, *FOUND.get(code, FOUND["ENGINE_DOWN"]))
