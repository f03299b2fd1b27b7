"""Alerts nobody has to decide any more, since who wrote what they quote took it back: nobody is named, nothing offers to decide."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.card import Card
from bot.cards import draw
from bot.replies.common import Failed
from bot.replies.reviews import AlertHistory, AlertList
from bot.wording import Words, plain
from core.model.review import Act, Decision
from core.model.risk import Kind, Verdict
from core.model.tellable.finds import RiskRaised
from tests.house.review_samples import ASIDE, NOW, RISK

EN, FR = Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("UTC"))
TITLE = replace(ASIDE, kind=Kind.TITLE, item="name:9")


def text(card: Card) -> str:
    return "\n".join(map(plain, (card.title, *card.body, *(item.line for item in card.items), card.foot)))


@pytest.mark.parametrize("alert", [ASIDE, TITLE], ids=["comment", "title"])
@pytest.mark.parametrize(
    ("words", "state", "why", "not_said"),
    [
        (
            EN,
            "Set aside",
            "Its author took it back or wrote something else. Nobody has to decide",
            ("Muted", "30 min", "by "),
        ),
        (
            FR,
            "Mise de côté",
            "Son auteur a retiré ce texte ou a écrit autre chose. Plus personne",
            ("sourdine", "30 min", "par "),
        ),
    ],
    ids=["en", "fr"],
)
def test_its_post_says_why_and_offers_nothing_to_decide(
    alert: RiskRaised, words: Words, state: str, why: str, not_said: tuple[str, ...]
) -> None:
    card = draw(alert, words)
    assert plain(card.title).startswith(state)
    assert why in text(card)
    assert not [one for one in not_said if one in plain(card.title) + "\n".join(map(plain, card.body))]
    keys = [button.key for row in card.buttons for button in row]
    assert not [one for one in keys if one.startswith(("review.decide", "review.mute", "review.second"))]
    assert f"review.history:{alert.alert_id}" in keys


def test_a_moderator_who_deleted_it_is_named_and_its_note_stays() -> None:
    said = text(draw(replace(ASIDE, decided_by="Mara", note="clear"), EN))
    assert "A moderator has deleted it. Nobody has to decide about it any more.\nby Mara, 20:14" in said
    assert "Its author" not in said
    assert said.count("“clear”") == 1


def test_that_a_live_is_muted_still_says_so() -> None:
    card = draw(replace(RISK, verdict=Verdict.MUTED, decided_by="Mara", decided_at=NOW), EN)
    assert "No alerts from this live for at least 30 min" in text(card)
    assert [one.label for one in card.buttons[0]] == ["Confirm", "Dismiss", "Undo"]


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (
            EN,
            [
                "set aside: its author took it back or wrote something else",
                "waits again: its author brought it back",
                "Mara deleted what it quotes",
                "Mara reopened it",
            ],
        ),
        (
            FR,
            [
                "mise de côté\u00a0: son auteur a retiré ce texte ou a écrit autre chose",
                "attend de nouveau\u00a0: son auteur a rétabli ce texte",
                "Mara a supprimé ce qu'elle cite",
                "Mara l'a rouverte",
            ],
        ),
    ],
    ids=["en", "fr"],
)
def test_its_history_names_no_author(words: Words, steps: list[str]) -> None:
    done = tuple(
        Decision(7, act, Verdict.WAITING, Verdict.MUTED, by, "", NOW)
        for by in ("", "Mara")
        for act in (Act.MUTE, Act.REOPEN)
    )
    card = draw(AlertHistory(ASIDE, done), words)
    assert [plain(item.line).split(" · ", 1)[1] for item in card.items] == steps


@pytest.mark.parametrize(("words", "state"), [(EN, "set aside"), (FR, "mise de côté")], ids=["en", "fr"])
def test_lists_call_it_set_aside(words: Words, state: str) -> None:
    (item,) = draw(AlertList((ASIDE,), 1, 1, 1), words).items
    assert plain(item.line).startswith(state)


@pytest.mark.parametrize(
    ("words", "said"),
    [(EN, "Nothing is left to decide about it"), (FR, "Il n'y a plus rien à décider")],
    ids=["en", "fr"],
)
def test_who_presses_too_late_reads_what_happened(words: Words, said: str) -> None:
    card = draw(Failed("SET_ASIDE", {"n": 7}), words)
    assert said in text(card)
    assert "#7" in text(card)
    assert not card.buttons
