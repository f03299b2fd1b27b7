"""One of everything that is drawn about short texts: what a place wants of them, and comments."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.replies.comments import CommentBack, CommentGone, CommentShown, CommentsShown, CommentWritten
from bot.replies.deciding import TwoShown
from bot.replies.moderation import (
    LabelShown,
    LabelsShown,
    PolicyChanged,
    RegionsShown,
    RuleRemoved,
    RuleShown,
    RulesShown,
    TextsShown,
    ThresholdChanged,
)
from bot.replies.settings import RiskShown
from core.model.account import NO_RISK
from core.model.discussion import LONGEST, Comment
from core.model.pack import Pack
from core.model.person import Place, Two
from core.model.policy import Policy, Provider, Severity, WordRule
from core.model.risk import Label, Verdict
from core.model.tellable.comments import CommentDecided, TitleDecided
from core.model.trigger import MatchMode
from core.services.moderating.weighing import Judges
from tests.house.video_samples import OWN, TRANSCRIPT

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
HERE = Place("discord:1", "The kitchen", "fr", "Europe/Paris")
ALONE = Place("discord:@7", "Karim")
USUAL = Policy("discord:1")
STRICT = replace(
    USUAL, limits={Label.S3: 0.3, Label.H: 0.05}, chat=False, titles=False, provider=Provider.ENSEMBLE, sample=60
)
HERS = replace(USUAL, chat=False, provider=Provider.SAFEGUARD, sample=0)
MODEL = Judges("gpt-oss-safeguard-20b")
TROUBLES = tuple(Judges(MODEL.elsewhere, code) for code in ("QUOTA", "ENGINE_KEY", "ENGINE_MODEL", "ENGINE_DOWN"))
PACKS = (
    Pack("default", 1, {"en": "Everywhere", "fr": "Partout"}),
    Pack("west-africa-fr", 3, {"en": "West Africa, French", "fr": "Afrique de l'Ouest"}, ("fr", "bm", "wo")),
)
RULE = WordRule(7, "discord:1", "kill but not kill time")
RULES = (
    RULE,
    WordRule(8, "discord:1", "(a+)+$" * 30, MatchMode.PATTERN, Severity.FLAG),
    WordRule(9, "discord:1", "\u202e@everyone <b> 😀", MatchMode.DISGUISED, Severity.EXCEPT),
)
COMMENT = Comment(9, "discord:1", 7, "discord:7", "Karim", "Salt the water first.", NOW)
WAITING = replace(COMMENT, held=True, alert_id=3, verdict=Verdict.WAITING)
COMMENTS_ = (
    COMMENT,
    WAITING,
    replace(WAITING, verdict=Verdict.CONFIRMED),
    replace(COMMENT, name="\u202e<b>@everyone" + "x" * 50, text="😀\u202e<i>\n" * 120, to=3),
    replace(COMMENT, text="w" * LONGEST),
)

MODERATION: tuple[Any, ...] = (
    RiskShown(HERE, USUAL, 0, Judges()),
    RiskShown(HERE, replace(USUAL, region="france"), 0, Judges()),
    *(TwoShown(replace(place, two=two)) for place in (HERE, ALONE) for two in Two),
    PolicyChanged(USUAL, replace(USUAL, region="france"), MODEL),
    RiskShown(replace(HERE, risk_threshold=NO_RISK), STRICT, 200, TROUBLES[0]),
    RiskShown(HERE, replace(STRICT, titles=True), 1, Judges()),
    ThresholdChanged(HERE, replace(HERE, risk_threshold=NO_RISK)),
    ThresholdChanged(replace(HERE, risk_threshold=NO_RISK), HERE),
    LabelsShown(USUAL),
    LabelsShown(STRICT),
    *(LabelShown(policy, label) for policy in (USUAL, STRICT) for label in Label),
    TextsShown(USUAL, Judges()),
    TextsShown(USUAL, MODEL),
    TextsShown(HERS, MODEL),
    TextsShown(STRICT, Judges()),
    *(TextsShown(STRICT, judges) for judges in TROUBLES),
    PolicyChanged(USUAL, STRICT, Judges()),
    PolicyChanged(STRICT, USUAL, MODEL),
    PolicyChanged(USUAL, replace(USUAL, sample=0), MODEL),
    PolicyChanged(USUAL, USUAL, MODEL),
    RegionsShown(USUAL, PACKS),
    RegionsShown(replace(USUAL, region="west-africa-fr"), PACKS),
    PolicyChanged(USUAL, replace(USUAL, region="west-africa-fr"), MODEL),
    RulesShown((), 0, 1, 1),
    RulesShown(RULES, 12, 2, 3),
    *(RuleShown(rule, new=True) for rule in RULES),
    *(RuleShown(rule) for rule in RULES),
    RuleShown(replace(RULE, severity=Severity.FLAG), RULE),
    *(RuleRemoved(rule) for rule in RULES),
    CommentWritten(COMMENT),
    *(CommentWritten(WAITING, cause) for cause in ("word", *Label)),
    CommentsShown(TRANSCRIPT, (), 0, 1, 1, "discord:7"),
    CommentsShown(OWN, COMMENTS_, 12, 2, 3, "discord:7"),
    *(CommentShown(one, own, rules) for one in COMMENTS_ for own in (False, True) for rules in (False, True)),
    CommentGone(replace(COMMENT, removed=NOW), True),
    CommentGone(replace(COMMENTS_[3], removed=NOW), False),
    CommentBack(COMMENT),
    CommentBack(WAITING),
    *(
        CommentDecided(one.id, "v7", place, one.text, shown)
        for one in COMMENTS_
        for shown in (True, False)
        for place in ("The kitchen", "\u202e<b>" * 30)
    ),
    *(
        TitleDecided(9, "v7", place, title, shown)
        for title in ("Vermin eggs", "", "</b>@everyone \u202e" + "🍅" * 200)
        for shown in (True, False)
        for place in ("The kitchen", "\u202e<b>" * 30)
    ),
)
