"""Alerts of every kind, however they stand; lists of them, what became of them, and what stays of reviewing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.replies.records import AuditFile, AuditList, EvidenceFile, EvidenceShown, StatsShown, TextTried
from bot.replies.reviews import (
    AlertDone,
    AlertHeard,
    AlertHistory,
    AlertList,
    AlertNoted,
    AlertRead,
    AlertShown,
    Relabelling,
)
from core.model.account import Handle
from core.model.agreement import Agreement, Agreements
from core.model.audit import Deed, Verb
from core.model.clip import Clip
from core.model.evidence import Evidence
from core.model.review import Act, Decision
from core.model.risk import PERSON, Assessment, Category, Kind, Label, Level, Scores, Target, Verdict, Virality
from core.model.tellable.finds import RiskRaised
from core.model.tellable.house import Digest
from core.ports.assessor import Spent
from core.services.clipping.sampling import Sample
from core.services.exporting import Exported
from core.services.reviewing.trying import Tried

NOW, HANDLE = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC), Handle("amina.kitchen")
RISK = RiskRaised(
    7, 7, HANDLE, 0.9, "Discours haineux", Virality.MEDIUM, Target.GROUP, ["H", "V"], "out with them", "Rules: x.",
    [("base", 0.2), ("virality moyenne", 0.3), ("hate", 0.4)], "rules", NOW, 31.0,
)  # fmt: skip
LONG_ID = 10**18 - 1
NAME = replace(RISK, live_id=None, handle=Handle(""), kind=Kind.TITLE, item="name:9")
COMMENT = replace(RISK, live_id=None, handle=Handle(""), kind=Kind.COMMENT, item="comment:9")
DECIDED = replace(
    RISK, verdict=Verdict.CONFIRMED, decided_by="Mara", decided_at=NOW, note="clear", seen="5ee400", stands="c0ffee"
)
ASIDE = replace(COMMENT, verdict=Verdict.MUTED, decided_at=NOW)
RELABELLED = replace(RISK, relabelled="Polémique", relabels=["HR"], relabelled_by="Mara")
SECOND = replace(RISK, second_by="Mara")
LOW = replace(RISK, score=0.2, category="Polémique", labels=["HR"], terms=[("base", 0.2)])
PROPOSED = replace(SECOND, proposed=Verdict.CONFIRMED, proposed_by="Tom", note="I think so")
TWO_NAMES = ("Mara @everyone <b>", "\u202eTom" * 20)
ALERTS = (
    replace(RISK, kind=Kind.CHAT),
    replace(RISK, kind=Kind.TITLE),
    COMMENT,
    replace(COMMENT, kind=Kind.VIDEO, item="clip:12"),
    replace(COMMENT, verdict=Verdict.DISMISSED, decided_by="Mara", decided_at=NOW),
    DECIDED,
    replace(RISK, verdict=Verdict.MUTED, decided_by="Mara", decided_at=NOW),
    ASIDE,
    replace(ASIDE, kind=Kind.TITLE, item="name:9", note="clear"),
    replace(ASIDE, decided_by="Mara"),
    RELABELLED,
    replace(RELABELLED, relabels=[]),
    replace(RELABELLED, verdict=Verdict.CONFIRMED, decided_by="Tom", decided_at=NOW),
    SECOND,
    replace(RISK, engine="gpt-oss-120b", policy="default-2.1", doubtful=True),
    LOW,
    replace(LOW, level=Level.CRITICAL),
    replace(LOW, level=Level.CRITICAL, labels=["SH"], over=[("SH", 0.95, 0.6)], kind=Kind.SPEECH),
    replace(LOW, kind=Kind.CHAT, repeats=2),
    replace(LOW, kind=Kind.CHAT, repeats=1),
    replace(LOW, kind=Kind.COMMENT, live_id=None, handle=Handle(""), labels=[], engine="words"),
    NAME,
    *(replace(NAME, verdict=one, decided_by="Mara", decided_at=NOW) for one in (Verdict.CONFIRMED, Verdict.DISMISSED)),
    replace(LOW, kind=Kind.COMMENT, live_id=None, verdict=Verdict.CONFIRMED, decided_by="Mara", decided_at=NOW),
    PROPOSED,
    replace(PROPOSED, proposed=Verdict.DISMISSED),
    replace(RISK, two=True, policy="france-2.1", engine="gpt-oss-120b"),
    replace(RISK, policy="default-2.1", engine="gpt-oss-120b"),
    replace(RISK, policy="mine-2.1", engine="gpt-oss-120b"),
    *(
        replace(RISK, two=two, proposed=verdict, proposed_by=TWO_NAMES[0], opposed_by=other, note="clear")
        for two in (True, False)
        for verdict in (Verdict.CONFIRMED, Verdict.DISMISSED)
        for other in ("", TWO_NAMES[1])
    ),
    replace(DECIDED, agreed_by="Tom"),
    replace(DECIDED, agreed_by=TWO_NAMES[0], note=""),
    replace(RISK, level=Level.CRITICAL, grown=True),
    replace(LOW, level=Level.CRITICAL, grown=True, kind=Kind.CHAT),
    replace(LOW, level=Level.CRITICAL, grown=True, labels=["S3"], quote="", restricted=True),
    replace(RISK, engine=PERSON, reason="Karim", terms=[]),
    replace(RISK, engine=PERSON, reason="", quote="", terms=[], labels=["S3"], restricted=True),
    replace(RISK, alert_id=LONG_ID, live_id=LONG_ID),
)
DECISIONS = tuple(
    Decision(
        7,
        act,
        Verdict.WAITING,
        Verdict.CONFIRMED,
        "Mara",
        "console:1",
        NOW,
        "clear",
        Category.VIRAL,
        (Label.H, Label.V),
        n,
    )
    for n, act in enumerate(Act)
)
AGREED = (Agreement("Discours haineux", 3, 1, 0, 6), Agreement("H", 3, 2, 1, 4), Agreement("S3", 0, 0, 1, 9))
FOUND = Agreements(3, 1, 2, 1, 0.61, AGREED[:1], AGREED[1:])
JUDGED = Assessment(
    Category.HATEFUL,
    Virality.LOW,
    True,
    Target.RELIGION,
    {Label.H: 0.91, Label.V: 0.004},
    0.9,
    "out with them",
    engine="rules",
)
SCORES = Scores(dict.fromkeys(Label, 0.1), 0.5)
HELD = Evidence(1, "console:here", 7, NOW, "Mara", "7-0123456789ab.zip", 18_400_000, "ab" * 32, clip=True)
CLIP = Clip(12, 7, "console:here", "juno_giveaway.mp4", Path("12.mp4"), 10.0, 40.0, 4, 720, 1280, NOW)
ABOUT = {
    Verb.RISK: "risk",
    Verb.LABEL: "label:H",
    Verb.POLICY: "policy:chat",
    Verb.APPOINT: "person:discord:1",
    Verb.DEPOSE: "person:discord:1",
    Verb.ACCOUNT_RISK: "account:7",
    Verb.LINK: "place:discord:1",
    Verb.UNLINK: "place:discord:1",
}
DEEDS = tuple(
    Deed(NOW, "console:1", "Mara", verb, about, "0.7", "0.9", "clear", 900 - n)
    for n, (verb, about) in enumerate(
        [(verb, ABOUT.get(verb, "alert:7")) for verb in Verb]
        + [(Verb.POLICY, "policy:provider"), (Verb.STOP_LIVE, "live:7"), (Verb.DELETE_CLIP, "clip:7")]
    )
)

REVIEWS: tuple[Any, ...] = (
    *ALERTS,
    *(AlertShown(one) for one in ALERTS[:3]),
    AlertShown(replace(RISK, quote="", reason="", labels=["S3"], restricted=True)),
    *(AlertDone(one, undo) for one in (RISK, PROPOSED, DECIDED) for undo in (True, False)),
    AlertShown(replace(RISK, seen="0a1b2c")),
    Relabelling(replace(RISK, seen="0a1b2c", alert_id=LONG_ID), Category.NEUTRAL, tuple(Label)),
    AlertRead(replace(RISK, labels=["S3"], restricted=True)),
    AlertList((RISK, COMMENT, DECIDED, ASIDE, ALERTS[-2]), 1, 3, 14),
    AlertList(
        tuple(
            replace(RISK, two=True, proposed=Verdict.CONFIRMED, proposed_by="Mara", opposed_by=other)
            for other in ("", "Tom")
        ),
        1, 1, 2,
    ),
    AlertList((RISK,), 2, 2, 6, "review.page:0123456789ab", Verdict.WAITING, HANDLE, Kind.CHAT, NOW),
    AlertList((), 1, 1, 0),
    AlertList((), 1, 1, 0, state=Verdict.DISMISSED),
    AlertHistory(RISK, ()),
    AlertHistory(DECIDED, DECISIONS),
    AlertHistory(DECIDED, DECISIONS * 4),
    AlertHistory(ASIDE, (*(replace(one, by="", by_id="", note="") for one in DECISIONS[2:4]), replace(DECISIONS[2], note=""))),
    AlertNoted(7, "clear"),
    Relabelling(RISK, Category.HATEFUL, (Label.H, Label.V)),
    Relabelling(RISK, Category.NEUTRAL, ()),
    Relabelling(replace(RISK, alert_id=LONG_ID), Category.CONTROVERSIAL, tuple(Label)),
    AlertHeard(RISK, Sample(Path("7.mp4"), 6.0, 45.0, 360, 640)),
    AlertHeard(RISK, Sample(Path("12.mp4"), 10.0, 40.0, 720, 1280, CLIP)),
    StatsShown(Agreements(), NOW),
    StatsShown(FOUND, NOW, HANDLE, Path("plot.png")),
    StatsShown(replace(FOUND, sent=0, missed=0, kappa=None), NOW),
    TextTried(Tried("out with them", JUDGED)),
    TextTried(Tried("out with them", JUDGED, SCORES)),
    TextTried(Tried("out with them", JUDGED, None, "gpt-oss-120b", JUDGED, Spent(1, 700, 0, 90, 0.00016))),
    TextTried(Tried("out with them", replace(JUDGED, injection=True), None, "gpt-oss-120b", trouble="QUOTA")),
    *(
        TextTried(Tried("out with them", JUDGED, None, "gpt-oss-120b", trouble=code, setting=setting, again=again))
        for code, setting, again in (
            ("ENGINE_DOWN", "", None),
            ("ENGINE_KEY", "", None),
            ("ENGINE_MODEL", "GROQ_JUDGE_MODEL", None),
            ("ENGINE_ADDRESS", "GROQ_BASE_URL", None),
            ("ENGINE_REFUSED", "", None),
            ("TOO_BIG_JUDGE", "", None),
            ("BUDGET", "", None),
            ("QUOTA", "", 4_000.0),
        )
    ),
    EvidenceShown(HELD),
    EvidenceShown(HELD, ()),
    EvidenceShown(replace(HELD, clip=False), ("transcript.json",)),
    EvidenceShown(replace(HELD, released=NOW)),
    EvidenceShown(replace(HELD, alert_id=LONG_ID)),
    EvidenceFile(HELD, Path("7.zip")),
    AuditList(DEEDS[:5], 1, True, whole=True),
    AuditList(DEEDS[5:], 2, True, "review.audit:person=console:1", "Mara", NOW),
    AuditList(DEEDS[:1], 1, False, broken=12),
    AuditList((), 1, False),
    AuditList((), 1, False, "review.audit:person=console:1", "Mara", NOW),
    AuditList((), 9, False, broken=12),
    AuditFile(Exported("audit.csv", b"number\n")),
    Digest(
        NOW - timedelta(days=1), NOW, [(HANDLE, 1, 2, 3, 1)], [], 3, 0, kinds=[("speech", 2), ("comment", 1)], oldest=NOW,
        confirmed=3, dismissed=1, agreed=[("Discours haineux", 3, 1, 0, 6), ("H", 3, 2, 1, 4)],
    ),
    Digest(NOW - timedelta(days=7), NOW, waiting=1, kinds=[("speech", 1)], oldest=NOW),
    Digest(NOW - timedelta(hours=9), NOW, waiting=1, kinds=[("speech", 1)], oldest=NOW),
)  # fmt: skip
