"""What the account at Groq may ask, kept to without being refused; and whether the engine would work at all."""

import pytest

from core.adapters.speech.groq import GroqSpeech
from core.errors import Transient
from core.ports.speech import Hint
from tests.core.adapters.speech.conftest import KNOWN, SPOKEN, failure
from tests.platforms import speech
from tests.platforms.groq import UNLIMITED, LoopbackGroq, garbage, refusal


async def test_while_the_quota_is_used_up_nothing_is_asked_until_the_time_the_service_named() -> None:
    now = [1_000.0]
    async with LoopbackGroq(KNOWN, per_minute=1, clock=lambda: now[0]) as service:
        engine = GroqSpeech(service.key, service.origin, now=lambda: now[0])
        assert (await engine.hear(SPOKEN, Hint())).text
        now[0] += 20
        spent = await failure(engine)
        assert isinstance(spent, Transient)
        assert (spent.code, spent.retry_after) == ("QUOTA", 40)
        now[0] += 10
        assert engine.readiness().lacks == "Groq's limit of 1 requests a minute is used up; it opens again in 30 s"
        again = await failure(engine)
        assert isinstance(again, Transient)
        assert (again.code, again.retry_after) == ("QUOTA", 30)
        assert len(service.calls) == 2, "the third span was not sent"
        now[0] += 30.5
        assert engine.readiness().ready
        assert (await engine.hear(SPOKEN, Hint())).text
        await engine.close()


@pytest.mark.parametrize(
    "limits",
    [
        {"per_minute": 20.0},
        {"per_minute": UNLIMITED, "per_day": 7.0},
        {"audio_seconds_per_hour": 30.0, "audio_seconds_per_day": UNLIMITED},
        {"audio_seconds_per_hour": 7_200.0, "audio_seconds_per_day": 28_800.0},
        {"per_minute": 400.0, "per_day": 200_000.0, "audio_seconds_per_hour": 400_000.0},
    ],
    ids=["minute", "day", "hour of sound", "base plan", "paid plan"],
)
async def test_it_asks_as_much_as_the_account_may_and_is_never_refused(limits: dict[str, float]) -> None:
    now = [1_000.0]
    async with LoopbackGroq(speech.fixed("words"), clock=lambda: now[0], **limits) as service:  # type: ignore[arg-type]
        engine = GroqSpeech(service.key, service.origin, now=lambda: now[0])
        heard = 0
        for _ in range(45):
            try:
                heard += bool((await engine.hear(SPOKEN, Hint())).text)
            except Transient as error:
                now[0] += error.retry_after or 0
        assert {call.status for call in service.calls} == {200}
        assert heard == len(service.calls) >= 35
        await engine.close()


async def test_a_server_without_limits_is_asked_without_any() -> None:
    async with LoopbackGroq(
        speech.fixed("words"), per_minute=UNLIMITED, audio_seconds_per_hour=UNLIMITED, prefix="/v1"
    ) as service:
        engine = GroqSpeech(service.key, service.origin, path_prefix="/v1")
        for _ in range(30):
            assert (await engine.hear(SPOKEN, Hint())).text
        await engine.close()


async def test_a_page_that_is_no_answer_lifts_no_limit(service: LoopbackGroq) -> None:
    engine = GroqSpeech(service.key, service.origin, now=lambda: 0.0)
    service.fail_next(garbage())
    assert (await failure(engine)).code == "ENGINE_DOWN"
    for _ in range(19):
        assert (await engine.hear(SPOKEN, Hint())).text
    assert (await failure(engine)).code == "QUOTA"
    await engine.close()


async def test_what_was_used_before_a_restart_comes_back_with_the_first_answer() -> None:
    now = [1_000.0]
    async with LoopbackGroq(speech.fixed("words"), per_day=10, clock=lambda: now[0]) as service:
        before, engine = (GroqSpeech(service.key, service.origin, now=lambda: now[0]) for _ in range(2))
        for used, times in ((before, 6), (engine, 4)):
            for _ in range(times):
                assert (await used.hear(SPOKEN, Hint())).text
        await before.close()
        assert "10 requests a day" in engine.readiness().lacks
        assert (await failure(engine)).code == "QUOTA"
        assert len(service.calls) == 10
        await engine.close()


async def test_a_limit_of_a_day_that_no_answer_names_is_learnt_from_its_refusal() -> None:
    now = [1_000.0]
    async with LoopbackGroq(speech.fixed("words"), audio_seconds_per_day=20, clock=lambda: now[0]) as service:
        engine = GroqSpeech(service.key, service.origin, now=lambda: now[0])
        for _ in range(4):
            assert (await engine.hear(SPOKEN, Hint())).text
        refused = await failure(engine)
        assert isinstance(refused, Transient)
        assert refused.retry_after is not None
        assert refused.retry_after > 60, "the time the service named, however long"
        assert engine.readiness().lacks.startswith("Groq's limit of 20 seconds of sound a day is used up")
        assert engine.readiness().again_in == pytest.approx(refused.retry_after, abs=200)
        now[0] += 12 * 3600
        assert (await failure(engine)).code == "QUOTA"
        assert len(service.calls) == 5
        await engine.close()


async def test_an_engine_that_refuses_again_and_again_without_a_time_is_asked_ever_more_rarely(
    service: LoopbackGroq,
) -> None:
    now = [0.0]
    engine = GroqSpeech(service.key, service.origin, now=lambda: now[0])
    waits = []
    for _ in range(9):
        service.fail_next(refusal(429))
        await failure(engine)
        waits.append(engine.readiness().again_in or 0.0)
        now[0] += waits[-1]
    assert waits == [10, 20, 40, 80, 160, 320, 600, 600, 600]
    assert (await engine.hear(SPOKEN, Hint())).text
    await engine.close()


@pytest.mark.parametrize(
    ("header", "told", "shut"),
    [(None, None, 10), ("soon", None, 10), ("nan", None, 10), ("-3", 0, 0), ("1e9", 86_400, 86_400)],
)
async def test_an_odd_or_missing_retry_after_shuts_for_a_sane_time(
    service: LoopbackGroq, header: str | None, told: float | None, shut: float
) -> None:
    now = [0.0]
    engine = GroqSpeech(service.key, service.origin, now=lambda: now[0])
    service.fail_next(refusal(429, **({"retry_after": header} if header else {})))
    error = await failure(engine)
    assert isinstance(error, Transient)
    assert error.retry_after == told
    assert engine.readiness().ready == (shut == 0)
    now[0] = shut + 0.1
    assert engine.readiness().ready
    await engine.close()


# Whether it would work -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "ok", "part"),
    [
        ({}, True, "the key works, and the model is there"),
        ({"key": ""}, None, "GROQ_API_KEY is not set"),
        ({"key": "gsk_wrong"}, False, "the key is refused"),
        ({"model": "whisper-9"}, False, "the model is not there"),
        ({"path_prefix": "/elsewhere"}, None, "says nothing of its models"),
        ({"base_url": "http://127.0.0.1:9"}, False, "does not answer"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_check_says_what_is_wrong_and_what_to_do(
    service: LoopbackGroq, given: dict[str, str], ok: bool | None, part: str
) -> None:
    engine = GroqSpeech(**{"key": service.key, "base_url": service.origin, **given})
    check = await engine.check()
    assert (check.ok, part in check.finding) == (ok, True), check
    assert bool(check.cure) == (ok is not True)
    assert service.sent("speech") == []
    await engine.close()
