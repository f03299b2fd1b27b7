"""What a judge at Groq is asked, and what is made of its answers, with the real client on the loopback."""

import json
from typing import Any

import pytest

from core.adapters.risk.groq.asking import CONTEXT
from core.adapters.risk.groq.cleaning import LONGEST
from core.adapters.risk.groq.model import MOST_TOKENS, tokens
from core.adapters.risk.groq.policy import system_of
from core.model.risk import Category, Label, Target, Virality
from core.model.transcript import Segment, Word
from core.ports.assessor import Window
from tests.core.adapters.risk.groq.conftest import HATE, SOUP, Desk, desk_of, window
from tests.platforms.groq_chat import UNLIMITED, Answers
from tests.platforms.judges import HATEFUL, NEUTRAL, honest, told


def saying(**changes: Any) -> Answers:
    """A model that says this of everything."""
    return lambda body: told(body, lambda _: NEUTRAL | changes)


async def judged(text: str, answers: Answers, **more: Any) -> Any:
    """The one assessment of one segment."""
    async with desk_of(answers) as desk:
        return (await desk.judge.assess(window(text, **more))).assessments[0]


# What is asked ---------------------------------------------------------------------------------------------------


async def test_what_was_said_is_one_json_object_of_the_user_and_nothing_of_it_is_elsewhere(desk: Desk) -> None:
    before = (Segment(0, 10, "Welcome back."),)
    asked = Window((Segment(61.7, 70, SOUP), Segment(70, 80, HATE)), before, "A cooking show.", "en", "fr")
    await desk.judge.assess(asked)
    (body,) = desk.asked()
    system, user = body["messages"]
    data = json.loads(user["content"])
    assert (system["role"], user["role"]) == ("system", "user")
    assert set(data) == {"nonce", "lang_hint", "summary", "context", "segments"}
    assert [(one["t"], one["text"]) for one in data["segments"]] == [(62, SOUP), (70, HATE)]
    assert [one["text"] for one in data["context"]] == ["Welcome back."]
    assert (data["lang_hint"], data["summary"]) == ("en", "A cooking show.")
    assert system["content"] == system_of("fr")
    assert (body["temperature"], body["max_completion_tokens"], body["reasoning_effort"]) == (0, MOST_TOKENS, "low")
    assert body["response_format"]["json_schema"]["strict"] is True


async def test_every_question_has_other_numbers_and_another_nonce_and_the_same_first_words(desk: Desk) -> None:
    for _ in range(4):
        await desk.judge.assess(window(SOUP))
        desk.now[0] += 60
    assert len({data["nonce"] for data in desk.service.asked()}) == 4
    assert len({data["segments"][0]["i"] for data in desk.service.asked()}) > 1
    assert len({body["messages"][0]["content"] for body in desk.asked()}) == 1


def test_the_fixed_words_are_short_and_differ_only_in_the_language_of_the_reasons() -> None:
    assert tokens(system_of("en")) <= 700
    assert system_of("fr").removesuffix("French.") == system_of("en").removesuffix("English.")
    assert system_of("xx") == system_of("en")


async def test_signs_nobody_sees_are_not_sent(desk: Desk) -> None:
    await desk.judge.assess(window("so\u200bup \u202eis\u2069\x00 \x1b[31m hot\n\n\ud83d"))
    assert desk.service.asked()[0]["segments"][0]["text"] == "soup is [31m hot"


async def test_what_repeats_without_end_is_said_a_few_times_and_a_long_text_is_cut_and_shown_to_a_person(
    desk: Desk,
) -> None:
    many = " ".join(f"word{n}" for n in range(1_000))
    droning, long = (await desk.judge.assess(window("vermin " * 10_000, many))).assessments
    sent = [one["text"] for one in desk.service.asked()[0]["segments"]]
    assert sent[0] == "vermin vermin vermin vermin"
    assert len(sent[1]) <= LONGEST
    assert (droning.doubtful, long.doubtful) == (False, True)


async def test_only_the_last_minutes_are_told_as_context(desk: Desk) -> None:
    before = tuple(Segment(n, n + 1, f"piece {n}") for n in range(40))
    await desk.judge.assess(window(SOUP, context=before))
    context = desk.service.asked()[0]["context"]
    assert [one["text"] for one in context] == [f"piece {n}" for n in range(40 - CONTEXT, 40)]
    assert {one["i"] for one in context}.isdisjoint(one["i"] for one in desk.service.asked()[0]["segments"])


async def test_a_region_is_told_as_data_and_stands_with_the_judgement() -> None:
    async with desk_of() as desk:
        (there,) = (await desk.judge.assess(window(SOUP, region="france"))).assessments
        (nowhere,) = (await desk.judge.assess(window(SOUP, region="atlantis"))).assessments
        first, second = desk.asked()
    assert "verlan" in json.loads(first["messages"][1]["content"])["region_note"]
    assert "region_note" not in json.loads(second["messages"][1]["content"])
    assert first["messages"][0] == second["messages"][0]
    assert (there.policy, nowhere.policy) == ("france-2.1", "default-2.1")


async def test_many_segments_are_asked_about_in_several_questions_and_come_back_in_order() -> None:
    async with desk_of(tokens_per_minute=UNLIMITED) as desk:
        texts = [HATE if n % 3 == 1 else f"{SOUP} {n}" for n in range(11)]
        told = await desk.judge.assess(window(*texts))
        assert [each.hateful for each in told.assessments] == [text == HATE for text in texts]
        assert [each.second for each in told.assessments] == [n * 10.0 for n in range(11)]
        assert [len(data["segments"]) for data in desk.service.asked()] == [4, 4, 3]
        assert told.spent.requests == 3


async def test_what_has_no_room_in_one_question_is_asked_about_in_two() -> None:
    texts = ["今天我们慢慢做番茄汤" * 150 + str(n) for n in range(4)]
    before = tuple(Segment(n, n + 1, "刚才我们说了很久面包和盐" * 24) for n in range(12))
    async with desk_of(tokens_per_minute=16_000) as desk:
        told = await desk.judge.assess(window(*texts, context=before))
        assert len(told.assessments) == 4
        assert [len(data["segments"]) for data in desk.service.asked()] == [2, 2]


async def test_nothing_to_judge_is_not_asked_about(desk: Desk) -> None:
    told = await desk.judge.assess(Window((Segment(3, 4, None), Segment(5, 6, " \u200b ")), (Segment(0, 1, HATE),)))
    assert [(each.category, each.second) for each in told.assessments] == [(Category.NEUTRAL, 3), (Category.NEUTRAL, 5)]
    assert desk.service.calls == []


# What is made of the answer --------------------------------------------------------------------------------------


async def test_a_judgement_has_everything_the_wire_says_and_a_score_of_our_own() -> None:
    text = f"Good evening. {HATE}."
    told = await judged(text, honest(HATE), language="en")
    assert (told.category, told.virality, told.hateful) == (Category.HATEFUL, Virality.MEDIUM, True)
    assert (told.target, told.labels[Label.H], told.labels[Label.S]) == (Target.ETHNICITY, 0.9, 0.0)
    assert (told.quote, told.confidence, told.reason) == (HATE, 0.9, "A people is degraded.")
    assert (told.score, told.engine, told.policy, told.language) == (0.9, "gpt-oss-20b", "default-2.1", "en")
    assert (told.doubtful, told.injection, told.degraded) == (False, False, False)


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("« those NORVANIANS  are vermin… »", f"Well, {HATE}!", HATE),
        ("c'est l'ete", "Et voilà, C’est  l’été ici.", "C’est  l’été"),
        ("they are the finest people", HATE, ""),
        ("", HATE, ""),
        ("…", HATE, ""),
        ("Nor", f"Nor is it so. {HATE}", "Nor"),
        ("هؤلاء حشرات", "قال هؤلاء حَشَرات هنا", "هؤلاء حَشَرات"),
    ],
)
async def test_a_quote_is_told_as_it_was_said_and_an_invented_one_is_not(quote: str, text: str, found: str) -> None:
    told = await judged(text, saying(extrait=quote))
    assert told.quote == found


async def test_the_second_is_that_of_the_first_quoted_word() -> None:
    words = tuple(Word(20 + n, 21 + n, word) for n, word in enumerate(f"so hello {HATE}".split()))
    async with desk_of() as desk:
        told = await desk.judge.assess(Window((Segment(20, 40, f"so hello {HATE}", words=words),)))
    assert told.assessments[0].second == 22


@pytest.mark.parametrize(
    "changes",
    [{"categorie": "Discours haineux"}, {"discours_haineux": True}, {"injection": True}],
    ids=["hate speech without hate", "hate that is no hate speech", "an order to the judge"],
)
async def test_what_contradicts_itself_or_gives_orders_goes_to_a_person(changes: dict[str, Any]) -> None:
    told = await judged(SOUP, saying(**changes))
    assert told.doubtful
    assert told.alarming(0.7)


@pytest.mark.parametrize(("said", "kept"), [(1.7, 1.0), (-3, 0.0), (0.81239, 0.812), (1, 1.0)])
async def test_shares_are_held_between_nothing_and_all(said: float, kept: float) -> None:
    told = await judged(SOUP, saying(confiance=said, labels=[{"label": "V2", "p": said}]))
    assert (told.confidence, told.labels[Label.V2]) == (kept, kept)


async def test_what_an_utterance_does_counts_as_a_label_once_it_is_hate() -> None:
    call = HATEFUL | {"type": "appel_violence", "labels": [], "confiance": 0.8}
    told = await judged(
        HATE, lambda body: {"results": [{"i": data["i"], **call} for data in _segments(body)], "summary": ""}
    )
    assert told.labels[Label.H2] == 0.8
    assert (await judged(SOUP, saying(type="insulte"))).labels[Label.HR] == 0.0


def _segments(body: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body["messages"][1]["content"])["segments"]
    return found


async def test_reasons_and_summaries_are_plain_and_short() -> None:
    reason = "\u202eBecause\x07 of\n" + "words " * 200
    async with desk_of(lambda body: told(body, lambda _: NEUTRAL | {"justification": reason}, "word " * 500)) as desk:
        judgement = await desk.judge.assess(window(SOUP))
    assert judgement.assessments[0].reason.startswith("Because of words")
    assert len(judgement.assessments[0].reason) <= 240
    assert len(judgement.summary.split()) == 80


async def test_the_summary_goes_from_question_to_question_and_an_empty_one_forgets_nothing() -> None:
    async with desk_of(honest(summary="A cook talks.")) as desk:
        told = await desk.judge.assess(window(*[SOUP] * 6, summary="It begins."))
        desk.service.answers(honest())
        later = await desk.judge.assess(window(SOUP, summary=told.summary))
        assert [data["summary"] for data in desk.service.asked()] == ["It begins.", "A cook talks.", "A cook talks."]
    assert later.summary == "A cook talks."


# What it costs ---------------------------------------------------------------------------------------------------


async def test_what_was_spent_is_counted_at_the_price_of_the_model() -> None:
    async with desk_of(cached=400, model="openai/gpt-oss-120b") as desk:
        spent = (await desk.judge.assess(window(SOUP))).spent
    assert (spent.requests, spent.cached) == (1, 400)
    assert spent.dollars == pytest.approx(((spent.asked - 400) * 0.15 + 400 * 0.075 + spent.answered * 0.60) / 1e6)


async def test_of_a_model_whose_price_nobody_knows_tokens_are_counted_and_no_dollars() -> None:
    async with desk_of(models=["house/own-model"], model="house/own-model") as desk:
        spent = (await desk.judge.assess(window(SOUP))).spent
        check = await desk.judge.check()
    assert spent.asked > 100
    assert spent.dollars == 0
    assert check.finding.endswith("what it costs is not known, so it is not counted")


async def test_an_hour_of_speech_costs_less_than_two_cents() -> None:
    """60 windows of four pieces of 37 French words each, then 15 of one piece judged again, with three minutes before each."""
    piece = "alors on va mettre les tomates dans la marmite avec un peu de sel et puis on attend tranquillement " * 2
    before = tuple(Segment(n, n + 1, piece) for n in range(12))
    summary = "Un cuisinier prépare une soupe et parle avec les gens du chat de leur journée. " * 2
    cost, calls = 0.0, 0
    for model, times, pieces in (("openai/gpt-oss-20b", 60, 4), ("openai/gpt-oss-120b", 15, 1)):
        answers = honest(piece[:40], summary=summary) if pieces == 1 else honest(summary=summary)
        async with desk_of(answers, model=model, tokens_per_minute=UNLIMITED, per_minute=UNLIMITED) as desk:
            asked = window(*[piece] * pieces, context=before, summary=summary, language="fr", display="fr")
            spent = (await desk.judge.assess(asked)).spent
            cost, calls = cost + spent.dollars * times, calls + spent.requests * times
    assert calls == 75
    assert cost <= 0.02
