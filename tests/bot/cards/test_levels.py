"""What an alert says of how much it asks for, by whose words it was judged, and who decided it; how its buttons fit a phone."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.card import Card, Tone
from bot.cards import draw
from bot.cards.terms import REGIONS
from bot.engines import packs_of
from bot.replies.settings import RiskShown
from bot.surfaces.telegram.draw import draw_telegram
from bot.wording import Words, plain
from core.model.person import Place
from core.model.policy import Policy
from core.model.risk import Level, Verdict
from core.model.tellable.finds import RiskRaised
from core.settings import Settings
from tests.house.review_samples import DECIDED, PROPOSED, RISK

EN, FR = Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("UTC"))


def text(card: Card) -> str:
    return "\n".join(map(plain, (card.title, *card.body, *(item.line for item in card.items), card.foot)))


@pytest.mark.parametrize(
    ("level", "tone"), [(Level.INFO, Tone.WARN), (Level.WARNING, Tone.WARN), (Level.CRITICAL, Tone.DANGER)]
)
def test_only_what_is_critical_is_red_and_what_is_decided_is_calm(level: Level, tone: Tone) -> None:
    assert draw(replace(RISK, level=level), EN).tone is tone
    assert draw(replace(DECIDED, level=level), EN).tone is Tone.CALM


def test_regions_are_named_as_people_read_them() -> None:
    placed = RiskShown(Place("discord:1", "There"), Policy("discord:1", region="west-africa-fr"))
    assert "Region · West Africa, in French" in text(draw(placed, EN))
    assert "Région · Afrique de l'Ouest, en français" in text(draw(placed, FR))
    judged = replace(RISK, engine="gpt-oss-120b", policy="france-2.1")
    assert "judged by gpt-oss-120b (France, 2.1)" in text(draw(judged, EN))
    assert "(partout, 2.1)" in text(draw(replace(judged, policy="default-2.1"), FR))
    assert "(mine-2.1)" in text(draw(replace(judged, policy="mine-2.1"), FR)), "a pack of one's own has its own name"


def test_every_region_that_is_shipped_has_a_name_in_both_languages() -> None:
    packs = {pack.name: pack for pack in packs_of(Settings()).known}
    assert set(REGIONS) == set(packs)
    for name, pack in packs.items():
        if name != "default":
            assert (EN.term(REGIONS[name]), FR.term(REGIONS[name])) == (pack.title("en"), pack.title("fr"))


def test_both_people_of_a_decision_are_named() -> None:
    assert "by Tom and Mara, " in text(draw(replace(DECIDED, agreed_by="Tom"), EN))


@pytest.mark.parametrize("language", [EN, FR], ids=["en", "fr"])
@pytest.mark.parametrize("verdict", [Verdict.CONFIRMED, Verdict.DISMISSED])
def test_who_would_decide_what_is_said_before_it_stands(verdict: Verdict, language: Words) -> None:
    said = text(draw(replace(PROPOSED, two=True, proposed=verdict, opposed_by="Nina"), language))
    line = {
        (EN, Verdict.CONFIRMED): "Tom would confirm it, Nina would dismiss it.",
        (EN, Verdict.DISMISSED): "Tom would dismiss it, Nina would confirm it.",
        (FR, Verdict.CONFIRMED): "Tom veut confirmer cette alerte, Nina veut la rejeter.",
        (FR, Verdict.DISMISSED): "Tom veut rejeter cette alerte, Nina veut la confirmer.",
    }[language, verdict]
    assert line in said


@pytest.mark.parametrize(
    "alert",
    [RISK, PROPOSED, DECIDED, replace(RISK, two=True), replace(DECIDED, verdict=Verdict.MUTED)],
    ids=["waits", "proposed", "decided", "takes two", "muted"],
)
def test_a_french_alert_has_at_most_four_rows_of_buttons_on_telegram(alert: RiskRaised) -> None:
    rows = draw_telegram(alert, FR).first.params["reply_markup"]["inline_keyboard"]
    assert len(rows) <= 4
    for row in rows:
        assert len(row) * max(len(one["text"]) for one in row) <= 36, "buttons of a row are equally wide"
