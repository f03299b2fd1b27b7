"""A text is tried: the model that should judge it fails, or costs more than may be spent."""

from dataclasses import replace

import pytest

from bot.card import Tone
from bot.house import House
from core.errors import Denied, Invalid, Transient
from core.model.person import Role
from core.ports.assessor import Spent
from tests.bot.commands.test_reviews import Ask, Say, drawn, texts
from tests.bot.commands.test_reviews import say as say
from tests.bot.conftest import Belongings
from tests.judges import StagedJudge, harmless

TYPED = "review test Immigrants are vermin, throw them all out"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Transient("QUOTA", retry_after=4_000.0, engine="groq"), "used its quota. Try again in 1 h 07 min."),
        (Transient("QUOTA", engine="groq"), "used its quota. Try again in 1 h 00 min."),
        (Denied("ENGINE_KEY", engine="groq"), "refuses its key. The owner can check GROQ_API_KEY."),
        (Denied("ENGINE_MODEL", engine="groq", model="m", setting="GROQ_JUDGE_MODEL"), "can correct GROQ_JUDGE_MODEL."),
        (Denied("ENGINE_ADDRESS", engine="groq", setting="GROQ_BASE_URL"), "can correct GROQ_BASE_URL."),
        (Invalid("ENGINE_REFUSED", engine="groq", said="x", reason="y"), "refuses the question."),
        (Invalid("TOO_BIG_JUDGE", engine="groq"), "does not take that much text at once."),
        (Transient("ENGINE_DOWN", engine="groq"), "does not answer as it should. Try again in 5 min."),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
async def test_a_model_that_fails_is_said_with_its_reason_beside_what_the_rules_say(
    say: Say, ask: Ask, house: House, fault: Exception, why: str
):
    judge = StagedJudge(harmless, "gpt-oss-120b", fault=fault)
    asked = replace(ask(Role.MODERATOR), house=replace(house, trying=replace(house.trying, assessor=judge)))
    card = drawn(await say(TYPED, asked), asked)
    title, first, *_ = texts(card).splitlines()
    assert title.startswith("The model failed · simple rules say 0.")
    assert title.endswith("hate speech")
    assert first.startswith("gpt-oss-120b ")
    assert why in first
    assert "Labels hate" in texts(card)
    assert "So only the simple rules have judged it" in texts(card)
    assert card.tone is Tone.WARN


async def test_what_a_try_costs_is_counted_with_what_else_models_cost_and_ends_where_the_budget_does(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    judge = StagedJudge(harmless, "gpt-oss-120b", cost=Spent(1, 700, 0, 90, 0.01))
    purse = replace(house.trying.purse, sharing=replace(house.sharing, dollars=0.005))
    asked = replace(
        ask(Role.MODERATOR), house=replace(house, trying=replace(house.trying, assessor=judge, purse=purse))
    )
    assert "cost $0.01" in texts(drawn(await say(TYPED, asked), asked))
    async with house.storage.reading() as work:
        assert (await house.sharing.cost(work, asked.place.id)).models == (("gpt-oss-120b", 0.01),)
    card = drawn(await say(TYPED, asked), asked)
    title, first, *_ = texts(card).splitlines()
    assert title.startswith("No model was asked · simple rules say 0.")
    assert first == "What models may cost this place in a day is used up. A new day begins at 00:00 UTC."
    assert "So only the simple rules have judged it" in texts(card)
    assert (len(judge.windows), card.tone) == (1, Tone.WARN)


async def test_a_model_that_denies_what_the_rules_are_sure_of_is_not_final(say: Say, ask: Ask, house: House):
    judge = StagedJudge(harmless, "gpt-oss-120b")
    asked = replace(ask(Role.MODERATOR), house=replace(house, trying=replace(house.trying, assessor=judge)))
    contested = "The judges do not agree about it: it takes a person."
    assert contested in texts(drawn(await say(TYPED, asked), asked))
    assert contested not in texts(drawn(await say("review test The soup is ready", asked), asked))
