"""Everything that can go wrong between a judge and its model: told by its meaning, in time, and over when it is over."""

import asyncio
import json
import logging
from typing import Any

import pytest

from core.adapters.groq_cloud import GroqCloud
from core.adapters.risk.groq import model as judging
from core.adapters.risk.groq.breaker import DENIED_SECONDS, FAILURES, PAUSE_SECONDS
from core.errors import Denied, EarshotError, Invalid, Transient
from core.ports.assessor import spent_of
from tests.core.adapters.risk.groq.conftest import HATE, SOUP, Desk, desk_of, window
from tests.platforms.groq_chat import UNLIMITED, page, refusal, spoiled
from tests.platforms.judges import NEUTRAL, honest, told
from tests.platforms.service import Fault
from tests.waiting import PATIENCE


async def failure(desk: Desk, *texts: str) -> EarshotError:
    """What judging raises."""
    with pytest.raises(EarshotError) as caught:
        await desk.judge.assess(window(*(texts or (SOUP,))))
    return caught.value


def result(**changes: Any) -> str:
    """An answer about nothing that was asked."""
    return json.dumps({"results": [{"i": 7, **NEUTRAL, **changes}], "summary": ""})


# Answers that are none -------------------------------------------------------------------------------------------

NONE = {
    "prose": "I looked at the segments and see nothing worth reporting.",
    "empty": "",
    "no content": None,
    "cut short": '{"results": [{"i": 101, "categorie": "Neu',
    "another form": '{"result": "ok"}',
    "a list": "[]",
    "foreign number": result(),
    "nothing judged": '{"results": [], "summary": ""}',
    "deep": "[" * 100_000,
    "huge": "x" * 100_000,
    "a changed nonce beside it": json.dumps({"results": [], "summary": "", "nonce": "00"}),
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
async def test_an_answer_that_is_none_is_asked_for_once_more(desk: Desk, text: str | None) -> None:
    desk.service.fail_next(spoiled(text))
    judgement = await desk.judge.assess(window(HATE))
    assert judgement.assessments[0].hateful
    assert judgement.spent.requests == 2
    first, second = desk.service.asked()
    assert first["nonce"] != second["nonce"]


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
async def test_two_answers_that_are_none_pass_as_a_fault_with_what_they_cost(desk: Desk, text: str | None) -> None:
    desk.service.fail_next(spoiled(text, times=2))
    error = await failure(desk)
    assert isinstance(error, Transient)
    assert error.code == "ENGINE_DOWN"
    assert spent_of(error).requests == 2
    assert len(desk.service.calls) == 2


def odd(**changes: Any) -> Any:
    """Right numbers with something wrong beside them, as a model in a loose form might say."""

    def answers(body: dict[str, Any]) -> str:
        return json.dumps(told(body, lambda _: NEUTRAL | changes))

    return answers


@pytest.mark.parametrize(
    "changes",
    [
        {"categorie": "neutral"},
        {"viralite": "FORTE"},
        {"cible": None},
        {"type": 3},
        {"discours_haineux": "false"},
        {"injection": 0},
        {"confiance": float("nan")},
        {"confiance": "high"},
        {"confiance": True},
        {"labels": {"H": 0.9}},
        {"labels": [{"label": "XX", "p": 0.5}]},
        {"labels": [{"label": "H", "p": None}]},
        {"labels": [{"label": "H", "p": 10**400}]},
        {"confiance": 10**400},
        {"labels": ["H"]},
        {"extrait": ["x"]},
        {"justification": None},
        {"i": "101"},
        {"i": True},
        {"more": 1},
    ],
    ids=str,
)
async def test_terms_and_kinds_that_are_not_known_are_no_answer(changes: dict[str, Any]) -> None:
    async with desk_of(odd(**changes)) as desk:
        desk.service.checks_answers = False
        assert (await failure(desk)).code == "ENGINE_DOWN"
        assert len(desk.service.calls) == 2


async def test_numbers_told_twice_missing_or_foreign_are_no_answer() -> None:
    def wrong(change: Any) -> Any:
        def answers(body: dict[str, Any]) -> Any:
            answer = told(body, lambda _: NEUTRAL)
            change(answer["results"])
            return answer

        return answers

    for change in (
        lambda results: results.append(results[0]),
        lambda results: results.pop(),
        lambda results: results[0].update(i=results[0]["i"] - 1),
        lambda results: results.append({**results[0], "i": 1}),
        list.clear,
    ):
        async with desk_of(wrong(change)) as desk:
            assert (await failure(desk, SOUP, HATE)).code == "ENGINE_DOWN"


async def test_an_answer_in_a_fence_is_read(desk: Desk) -> None:
    def fenced(body: dict[str, Any]) -> str:
        return f"Here you are:\n```json\n{json.dumps(honest(HATE)(body))}\n```"

    desk.service.checks_answers = False
    desk.service.answers(fenced)
    judgement = await desk.judge.assess(window(HATE))
    assert judgement.assessments[0].hateful
    assert judgement.spent.requests == 1


async def test_a_form_the_model_could_not_keep_to_is_asked_for_once_more(desk: Desk) -> None:
    desk.service.fail_next(refusal(400))
    assert (await desk.judge.assess(window(HATE))).assessments[0].hateful


# Refusals and silence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [refusal(498), refusal(500), refusal(503), page(), Fault("chat", abort=True)], ids=str
)
async def test_a_service_that_does_not_answer_as_it_should_passes_as_a_fault(desk: Desk, fault: Fault) -> None:
    desk.service.fail_next(fault)
    error = await failure(desk)
    assert isinstance(error, Transient)
    assert (error.code, len(desk.service.calls)) == ("ENGINE_DOWN", 1)
    assert (await desk.judge.assess(window(HATE))).assessments[0].hateful


async def test_a_slow_service_is_given_up_at_the_deadline() -> None:
    async with desk_of(deadline=1.5) as desk:
        desk.service.fail_next(Fault("chat", delay_s=600))
        async with asyncio.timeout(PATIENCE):
            assert (await failure(desk)).code == "ENGINE_DOWN"
        assert len(desk.service.sent("chat")) == 1


@pytest.mark.parametrize("question", ["judge", "check"])
async def test_loading_the_library_takes_none_of_the_time_an_answer_has(
    question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_of(deadline=0.05) as desk:
        model, build = desk.judge.model, GroqCloud._client
        monkeypatch.setattr(judging, "CHECK_SECONDS", 0.05)

        async def slowly(cloud: GroqCloud) -> Any:
            if model._deadline_seconds < PATIENCE:
                await asyncio.sleep(0.3)
                model._deadline_seconds = PATIENCE  # of the answer, which is waited for from now on
                monkeypatch.setattr(judging, "CHECK_SECONDS", PATIENCE)
            return await build(cloud)

        monkeypatch.setattr(GroqCloud, "_client", slowly)
        monkeypatch.setattr(model._cloud, "_timeout_seconds", PATIENCE)
        if question == "check":
            assert (await model.check()).ok
        else:
            assert (await desk.judge.assess(window(HATE))).assessments[0].hateful


async def test_an_answer_without_end_is_given_up() -> None:
    async with desk_of() as desk:
        desk.service.fail_next(Fault("chat", status=200, body="{" + " " * 5_000_000, content_type="application/json"))
        assert (await failure(desk)).code == "ENGINE_DOWN"


@pytest.mark.parametrize(("wait", "seconds"), [("90", 90.0), (None, 10.0)], ids=["named", "not named"])
async def test_after_a_refusal_for_quota_nothing_is_asked_until_it_opens(
    desk: Desk, wait: str | None, seconds: float
) -> None:
    desk.service.fail_next(refusal(429, **({"retry_after": wait} if wait else {})))
    assert (await failure(desk)).code == "QUOTA"
    again = await failure(desk)
    assert isinstance(again, Transient)
    assert (again.code, again.retry_after, len(desk.service.calls)) == ("QUOTA", seconds, 1)
    state = desk.judge.readiness()
    assert (state.ready, state.again_in) == (False, seconds)
    desk.now[0] += seconds + 0.1
    assert desk.judge.readiness().ready
    assert (await desk.judge.assess(window(HATE))).assessments[0].hateful


async def test_a_question_that_is_too_big_is_parted_and_in_the_end_goes_without_what_was_before(desk: Desk) -> None:
    before = window(*[SOUP] * 5).segments
    desk.service.fail_next(refusal(413, times=2))
    judgement = await desk.judge.assess(window(HATE, SOUP, context=before))
    assert [each.hateful for each in judgement.assessments] == [True, False]
    sizes = [(len(data["segments"]), len(data["context"])) for data in desk.service.asked()]
    assert sizes == [(2, 5), (1, 5), (1, 0), (1, 5)]


async def test_one_piece_that_is_too_big_by_itself_is_said_so(desk: Desk) -> None:
    desk.service.fail_next(refusal(413, times=2))
    error = await failure(desk)
    assert isinstance(error, Invalid)
    assert error.code == "TOO_BIG_JUDGE"


async def test_it_asks_as_much_as_the_account_may_and_is_never_refused() -> None:
    for limits in ({}, {"tokens_per_minute": 250_000, "per_minute": 1_000, "per_day": 500_000}, {"per_day": 12}):
        async with desk_of(**limits) as desk:
            asked = 0
            for _ in range(40):
                try:
                    await desk.judge.assess(window(SOUP, SOUP))
                    asked += 1
                except Transient as error:
                    desk.now[0] += error.retry_after or 0
            assert {call.status for call in desk.service.calls} == {200}
            assert asked == len(desk.service.calls) >= 12


async def test_a_server_without_limits_is_asked_without_any() -> None:
    async with desk_of(tokens_per_minute=UNLIMITED, per_minute=UNLIMITED, per_day=UNLIMITED, prefix="/v1") as desk:
        for _ in range(40):
            await desk.judge.assess(window(SOUP))


async def test_both_models_of_an_account_have_limits_of_their_own() -> None:
    async with desk_of(per_minute=2) as desk:
        for _ in range(2):
            await desk.judge.assess(window(SOUP))
        assert (await failure(desk)).code == "QUOTA"
        desk.service.calls.clear()
    async with desk_of(per_minute=2, model="openai/gpt-oss-120b") as desk:
        assert await desk.judge.assess(window(SOUP))


# Left alone, and asked again -------------------------------------------------------------------------------------


async def test_a_service_that_fails_again_and_again_is_left_alone_for_a_growing_while(desk: Desk) -> None:
    desk.service.fail_next(refusal(500, times=100))
    for _ in range(FAILURES + 5):
        error = await failure(desk)
    assert len(desk.service.calls) == FAILURES
    assert isinstance(error, Transient)
    assert error.retry_after == pytest.approx(PAUSE_SECONDS)
    assert desk.judge.readiness().lacks == "it does not answer as it should"
    for pause in (PAUSE_SECONDS, 2 * PAUSE_SECONDS, 4 * PAUSE_SECONDS):
        assert desk.judge.readiness().again_in == pytest.approx(pause)
        desk.service.calls.clear()
        desk.now[0] += pause + 0.1
        await failure(desk)
        await failure(desk)
        assert len(desk.service.calls) == 1, "one goes through"
    desk.service.heal()
    desk.now[0] += 601
    assert (await desk.judge.assess(window(HATE))).assessments[0].hateful
    assert desk.judge.readiness().ready


async def test_while_one_question_tries_whether_it_is_back_the_others_wait_for_what_comes_of_it(desk: Desk) -> None:
    desk.service.fail_next(refusal(500, times=FAILURES))
    for _ in range(FAILURES):
        await failure(desk)
    desk.now[0] += PAUSE_SECONDS + 0.1
    desk.service.calls.clear()
    told = await asyncio.gather(*(desk.judge.assess(window(SOUP)) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, Transient) for one in told) == 4
    assert len(desk.service.calls) == 1


async def test_answers_that_are_none_count_as_failures(desk: Desk) -> None:
    desk.service.fail_next(spoiled("no", times=100))
    for _ in range(FAILURES + 3):
        await failure(desk)
    assert len(desk.service.calls) == 2 * FAILURES


async def test_a_model_that_is_gone_in_the_middle_of_a_live_is_named_with_its_setting_and_left_alone(
    desk: Desk,
) -> None:
    await desk.judge.assess(window(SOUP))
    desk.service.models.clear()
    for _ in range(3):
        error = await failure(desk)
        assert isinstance(error, Denied)
        assert error.code == "ENGINE_MODEL"
        assert (error.values["model"], error.values["setting"]) == ("openai/gpt-oss-20b", "GROQ_SCREEN_MODEL")
    assert len(desk.service.calls) == 2
    lacks = "the model is not there, see GROQ_SCREEN_MODEL: openai/gpt-oss-20b"
    assert (desk.judge.readiness().ready, desk.judge.readiness().lacks) == (False, lacks)
    desk.service.models.append("openai/gpt-oss-20b")
    desk.now[0] += DENIED_SECONDS + 1
    assert (await desk.judge.assess(window(HATE))).assessments[0].hateful


async def test_a_model_taken_out_of_service_is_gone_too(desk: Desk) -> None:
    gone = {"error": {"message": "The model has been decommissioned.", "code": "model_decommissioned"}}
    desk.service.fail_next(Fault("chat", status=400, body=gone))
    assert (await failure(desk)).code == "ENGINE_MODEL"


async def test_a_refused_key_is_never_said_and_not_tried_again_at_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "core")
    async with desk_of(key="gsk_wrong_secret") as desk:
        for _ in range(3):
            error = await failure(desk)
        assert isinstance(error, Denied)
        assert (error.code, len(desk.service.calls)) == ("ENGINE_KEY", 1)
        assert desk.judge.readiness().lacks == "the key is refused"
    assert "gsk_wrong_secret" not in f"{error}{error.__cause__}{caplog.text}"


# Looked at -------------------------------------------------------------------------------------------------------


async def test_a_check_finds_key_and_model_and_costs_nothing(desk: Desk) -> None:
    check = await desk.judge.check()
    assert (check.ok, check.finding) == (True, "the key works, and the model is there")
    assert [call.route for call in desk.service.calls] == ["models"]


async def test_a_model_that_is_not_there_at_the_start_is_named_and_not_asked_until_it_is() -> None:
    async with desk_of(models=[], model="openai/gpt-oss-120b", setting="GROQ_JUDGE_MODEL") as desk:
        desk.service.models.append("llama-3")
        check = await desk.judge.check()
        assert (check.ok, check.cure) == (False, "Correct GROQ_JUDGE_MODEL; openai/gpt-oss-120b is one")
        assert (await failure(desk)).code == "ENGINE_MODEL"
        assert desk.service.sent("chat") == []
        desk.service.models.append("openai/gpt-oss-120b")
        assert (await desk.judge.check()).ok
        assert (await desk.judge.assess(window(HATE))).assessments[0].hateful


@pytest.mark.parametrize(
    ("fault", "ok", "finding"),
    [
        (Fault("models", status=500), False, "it does not answer as it should"),
        (
            Fault("models", status=200, body="<html>", content_type="text/html"),
            None,
            "it answers, but says nothing of its models",
        ),
        (Fault("models", status=404), None, "it answers, but says nothing of its models"),
        (Fault("models", status=429), None, "the key works; the quota is used up for now"),
    ],
    ids=["fault", "page", "no list", "limit"],
)
async def test_what_a_check_finds_is_told_with_what_to_do(
    desk: Desk, fault: Fault, ok: bool | None, finding: str
) -> None:
    desk.service.fail_next(fault)
    check = await desk.judge.check()
    assert (check.ok, check.finding) == (ok, finding)
    assert check.cure
    if ok is None:
        desk.now[0] += DENIED_SECONDS + 1
        assert (await desk.judge.assess(window(SOUP))).assessments


async def test_without_a_key_it_is_not_ready_and_nothing_is_asked() -> None:
    async with desk_of(key=" ") as desk:
        assert desk.judge.readiness().lacks == "GROQ_API_KEY is not set"
        assert (await desk.judge.check()).ok is None
        assert (await failure(desk)).code == "ENGINE_KEY"
        assert desk.service.calls == []
