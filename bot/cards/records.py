"""Cards of what stays of reviewing: agreement, evidence, who did what; and what would be said of a text."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath

from bot.card import Button, Card, File, Item, Press, Tone
from bot.cards.brief import LABEL, NAME, TEXT, TITLE, brief, quoted
from bot.cards.deciding import TWO
from bot.cards.drawing import draw
from bot.cards.lives import handed
from bot.cards.moderation import JUDGES
from bot.cards.posts import joined
from bot.cards.terms import CATEGORIES, ENGINES, LABELS, REGIONS, SCORE, SPREADS, TARGETS, term
from bot.command import key
from bot.kernel import with_answer
from bot.replies.records import AuditFile, AuditList, EvidenceFile, EvidenceShown, StatsShown, TextTried
from bot.wording import Line, Words
from core.model.agreement import Agreement
from core.model.audit import Deed, Verb
from core.model.risk import Assessment, Label, Scores, Unasked
from core.services.reviewing.preserving import ANY_OLD

VERBS: Mapping[str, str] = {
    Verb.CONFIRM: "confirmed alert #{n}",
    Verb.DISMISS: "dismissed alert #{n}",
    Verb.MUTE: "muted the live of alert #{n}",
    Verb.REOPEN: "reopened alert #{n}",
    Verb.PROPOSE: "proposed a verdict on alert #{n}",
    Verb.SECOND: "asked for a second person on alert #{n}",
    Verb.RELABEL: "relabelled alert #{n}",
    Verb.NOTE: "put a note on alert #{n}",
    Verb.MUTE_LIVE: "muted live #{n}",
    Verb.STOP_LIVE: "stopped live #{n}",
    Verb.GO_ON: "had live #{n} watched again",
    Verb.RISK: "changed from which score on people are told",
    Verb.DELETE_CLIP: "deleted clip #{n}",
    Verb.KEEP: "kept the evidence of alert #{n}",
    Verb.EXPORT: "was given the evidence of alert #{n}",
    Verb.RELEASE: "released the evidence of alert #{n}",
    Verb.LET_GO: "let go of the evidence of alert #{n}",
    Verb.TWO: "changed which alerts take two people",
    Verb.LABEL: "changed from where on a label counts",
    Verb.POLICY: "changed how texts are judged",
    Verb.ADD_WORD: "added word rule #{n}",
    Verb.CHANGE_WORD: "changed word rule #{n}",
    Verb.REMOVE_WORD: "removed word rule #{n}",
    Verb.RESTORE_WORD: "brought back word rule #{n}",
    Verb.APPOINT: "let somebody decide alerts",
    Verb.DEPOSE: "let somebody decide alerts no longer",
    Verb.ACCOUNT_RISK: "changed from which score on people are told of an account",
    Verb.DELETE_COMMENT: "deleted comment #{n}",
    Verb.RESTORE_COMMENT: "brought back comment #{n}",
    Verb.SHOW_CLIP: "let clip #{n} be shown",
    Verb.HIDE_CLIP: "kept clip #{n} away",
    Verb.HOLD_CLIP: "had clip #{n} wait again",
    Verb.SHOW_VIDEO: "let transcript v{n} be shown",
    Verb.HIDE_VIDEO: "kept transcript v{n} away",
    Verb.HOLD_VIDEO: "had transcript v{n} wait again",
    Verb.LINK: "linked this place",
    Verb.UNLINK: "ended a link of this place",
}
POLICIES: Mapping[str, str] = {
    "chat": "chats are judged",
    "titles": "titles are judged",
    "provider": "who judges them",
    "sample": "harmless lines of a chat the other judge sees a minute",
    "region": "the region whose expressions models are told of",
}
"""What a policy says, by its names there."""
YES_NO = {"yes": "yes", "no": "no"}
PROVIDERS: Mapping[str, str] = {provider.value: judge for provider, judge in JUDGES.items()}
TROUBLES: Mapping[str, str] = {
    "QUOTA": "**{engine} says the account has used its quota.** Try again in {time}.",
    "ENGINE_KEY": "**{engine} refuses its key.** The owner can check `GROQ_API_KEY`.",
    "ENGINE_MODEL": "**{engine} is not there any more.** The owner can correct `{setting}`.",
    "ENGINE_ADDRESS": "**{engine} does not answer at its address.** The owner can correct `{setting}`.",
    "ENGINE_REFUSED": "**{engine} refuses the question.** The owner finds why in the log.",
    "TOO_BIG_JUDGE": "**{engine} does not take that much text at once.** Try a shorter one.",
    Unasked.BUDGET: "**What models may cost this place in a day is used up.** A new day begins at 00:00 UTC.",
    "": "**{engine} does not answer as it should.** Try again in {time}.",
}
"""Why the model said nothing, by the code of what it said, or of why it was not asked."""
QUOTA_OPENS, ANSWERS = timedelta(hours=1), timedelta(minutes=5)
"""When to try again where nobody says so: a quota, and anything else that passes by itself."""
SETTINGS = frozenset({Verb.RISK, Verb.TWO, Verb.LABEL, Verb.POLICY, Verb.ACCOUNT_RISK})
"""What has a value before and one after."""
LEAST = 0.01  # of a probability that is worth a word


@draw.register
def stats_shown(meaning: StatsShown, words: Words) -> Card:
    """Counts, and for each category and label how often both, the judge alone and people alone gave it."""
    found, since = meaning.found, f"{words.day(meaning.since)} {words.time(meaning.since)}"
    title = words.line("**How the judge and people agree**")
    scope = [words.line("alerts since {at}", at=since)]
    scope += [words.line("@{x}", x=meaning.account)] if meaning.account else []
    if not found.confirmed + found.dismissed + found.sent:
        nothing = words.line("Nothing was decided yet. `/review next` shows what waits.")
        return Card(title, (nothing,), foot=joined(scope, words), private=True)
    counts = joined(
        [
            words.count("**{n}** confirmed", "**{n}** confirmed", found.confirmed),
            words.count("**{n}** false alarm", "**{n}** false alarms", found.dismissed),
        ],
        words,
    )
    body = [counts]
    if found.precision is not None:
        share, kappa = _share(found.precision, words), _kappa(found.kappa, words)
        body.append(words.line("Right: {share} of what was told · κ of categories: {kappa}", share=share, kappa=kappa))
    if found.sent:
        sent = words.count("{n} was sent by a person", "{n} were sent by people", found.sent)
        body.append(sent + words.line("; the judge had missed {n} of them.", n=found.missed))
    body.append(words.line("Only what was told was decided: what the judge let pass is not in these numbers."))
    rows = [*found.categories, *found.labels]
    return Card(
        title,
        tuple(body),
        items=tuple(Item(agreement(one, words)) for one in rows),
        foot=joined(scope, words),
        picture=meaning.plot,
        private=True,
    )


def agreement(one: Agreement, words: Words) -> Line:
    """`hate · both 3 · the judge alone 1 · …`."""
    return words.line(
        "**{label}** · both {both} · the judge alone {judge} · people alone {people} · right {share} · κ {kappa}",
        label=_named(one.name, words),
        both=one.both,
        judge=one.judge,
        people=one.people,
        share=_share(one.precision, words),
        kappa=_kappa(one.kappa, words),
    )


def _named(name: str, words: Words) -> str:
    return term(LABELS if name in list(Label) else CATEGORIES, name, words)


def _share(share: float | None, words: Words) -> str:
    return "–" if share is None else f"{words.decimal(100 * share, 0)} %"


def _kappa(kappa: float | None, words: Words) -> str:
    return "–" if kappa is None else words.decimal(kappa, 2)


# ---------------------------------------------------------------------- what would be said of a text


@draw.register
def text_tried(meaning: TextTried, words: Words) -> Card:
    """Verdict, score with its terms, labels with their probabilities, who judged and what it cost."""
    tried = meaning.tried
    told = tried.told
    what = brief(term(CATEGORIES, told.category, words), LABEL)
    score = words.decimal(told.score, 2)
    failed = bool(tried.engine) and tried.judged is None
    title = words.line("**Risk {score} · {what}**", score=score, what=what)
    if tried.trouble == Unasked.BUDGET:
        title = words.line("**No model was asked · simple rules say {score} · {what}**", score=score, what=what)
    elif failed:
        title = words.line("**The model failed · simple rules say {score} · {what}**", score=score, what=what)
    body = [
        *([_failure(meaning, words)] if failed else []),
        joined(
            [
                words.line("**Target** {target}", target=term(TARGETS, told.target, words)),
                words.line("**Spread** {virality}", virality=term(SPREADS, told.virality, words)),
            ],
            words,
        ),
        words.line("**Labels** {labels}", labels=_labels(told, tried.scores if told is tried.local else None, words)),
    ]
    if told.injection or tried.local.injection:
        body.append(words.line("It gives orders to its judge: a person would have to see it."))
    elif told.doubtful:
        body.append(words.line("The judges do not agree about it: it takes a person."))
    body += _judges(meaning, words)
    total = " + ".join(f"{term(SCORE, name, words)} {words.decimal(value, 1)}" for name, value in told.terms())
    engine = term(ENGINES, told.engine, words)
    foot = [
        words.line("{total} = {score}", total=total, score=words.decimal(told.score, 2)),
        words.line("judged by {engine}", engine=engine),
    ]
    if tried.spent.requests:
        foot.append(words.line("cost ${n}", n=words.decimal(tried.spent.dollars, 5)))
    return Card(
        title,
        tuple(body),
        (quoted(tried.text, hidden=True),),
        foot=joined(foot, words),
        tone=Tone.WARN if failed else Tone.CALM,
        private=True,
    )


def _failure(meaning: TextTried, words: Words) -> Line:
    """That the model said nothing, why, and what to do."""
    tried = meaning.tried
    usual = QUOTA_OPENS if tried.trouble == "QUOTA" else ANSWERS
    again = timedelta(seconds=max(1, round(tried.again))) if tried.again else usual
    return words.line(
        TROUBLES.get(tried.trouble, TROUBLES[""]),
        engine=brief(tried.engine, NAME),
        setting=tried.setting or "GROQ_JUDGE_MODEL",
        time=words.length(again),
    )


def _judges(meaning: TextTried, words: Words) -> list[Line]:
    tried = meaning.tried
    if not tried.engine:
        return [
            words.line(
                "**Risk scoring runs on simple rules: no Groq key is set.** Results are rough. The owner can add "
                "`GROQ_API_KEY`."
            )
        ]
    local = f"{words.decimal(tried.local.score, 2)}, {term(CATEGORIES, tried.local.category, words)}"
    if tried.judged is None:
        return [words.line("So only the simple rules have judged it, and they are rough.")]
    return [words.line("**The simple rules** {said}", said=local)]


def _labels(told: Assessment, scores: Scores | None, words: Words) -> str:
    given = scores.labels if scores is not None else told.labels
    found = sorted(((share, label) for label, share in given.items() if share >= LEAST), reverse=True)
    named = [f"{term(LABELS, label, words)} {words.decimal(share, 2)}" for share, label in found]
    return ", ".join(named) or words.say("none")


# ---------------------------------------------------------------------- evidence


@draw.register
def evidence_shown(meaning: EvidenceShown, words: Words) -> Card:
    """The receipt: what is held, its checksum, and whether it is as it was frozen."""
    held = meaning.evidence
    n, at = held.alert_id, f"{words.day(held.kept)} {words.time(held.kept)}"
    facts = words.line("kept {at} by **{who}** · {size}", at=at, who=brief(held.by, NAME), size=words.size(held.size))
    clip = (
        words.line("With sound and picture.")
        if held.clip
        else words.line("Without sound and picture: no clip shows it.")
    )
    body = [facts, clip, words.line("SHA-256 `{digest}`", digest=held.sha256)]
    buttons = [Button(words.say("Verify"), key("review.evidence", n, "verify"))]
    buttons += [Button(words.say("Hand out"), key("review.evidence", n, "export"))]
    tone = Tone.CALM
    if held.released is not None:
        title = words.line("**The evidence of alert #{n} is released.**", n=n)
        body.append(words.line("It goes in {days} days; until then it can be kept again.", days=ANY_OLD.days))
        buttons.append(Button(words.say("Keep it"), key("review.evidence", n, "keep"), Press.MAIN))
    elif meaning.wrong:
        title, tone = words.line("**The evidence of alert #{n} is not as it was frozen.**", n=n), Tone.DANGER
        body.append(words.line("Changed or missing: {names}", names=brief(", ".join(meaning.wrong), TITLE)))
    elif meaning.wrong is not None:
        title, tone = words.line("**The evidence of alert #{n} is as it was frozen.**", n=n), Tone.GOOD
    else:
        title = words.line("**The evidence of alert #{n} is kept.**", n=n)
    if held.released is None:
        buttons.append(Button(words.say("Release"), key("review.evidence", n, "release"), Press.DANGER))
    return Card(title, tuple(body), buttons=(tuple(buttons),), tone=tone, private=True)


@draw.register
def evidence_file(meaning: EvidenceFile, words: Words) -> Card:
    """The capsule. That it was handed out, and to whom, is written down."""
    held = meaning.evidence
    name = f"evidence_{held.alert_id}{PurePath(held.file).suffix}"
    title = words.line("**The evidence of alert #{n}**", n=held.alert_id)
    body = (
        words.line("SHA-256 `{digest}`", digest=held.sha256),
        words.line("That you have it stands in `/review audit`. It holds what strangers said: keep it safe."),
    )
    return Card(title, body, files=(File(name, meaning.path),), private=True)


# ---------------------------------------------------------------------- who did what


@draw.register
def audit_list(meaning: AuditList, words: Words) -> Card:
    """One line per deed, newest first, and whether the record is whole."""
    narrowed = _narrowed(meaning, words)
    whole = words.line("The record is whole: no row was changed or taken out.")
    broken = words.line("**Row {n} was changed or taken out.** Whoever runs Earshot can look.", n=meaning.broken or 0)
    state, tone = (broken, Tone.DANGER) if meaning.broken else (whole, Tone.CALM)
    everything = (Button(words.say("The whole record"), "review.audit"),)
    if not meaning.rows and (narrowed or meaning.page > 1):
        # an empty answer to a question must not read as an emptied record
        looked = [narrowed] if narrowed else []
        looked += [words.say("page {n}", n=meaning.page)] if meaning.page > 1 else []
        what = words.line("What I looked for: {what}.", what=" · ".join(looked))
        title = words.line("**Nothing like that is written down.**")
        return Card(title, (what, state), buttons=(everything,), tone=tone, private=True)
    if not meaning.rows and not meaning.broken:
        nothing = words.line("**Nothing is written down yet.** Decisions, mutes and stops are, once there are some.")
        return Card(nothing, private=True)
    pages = ([meaning.page - 1] if meaning.page > 1 else []) + ([meaning.page + 1] if meaning.more else [])
    turning = tuple(
        Button("◀" if page < meaning.page else "▶", with_answer(meaning.key, "page", str(page))) for page in pages
    )
    table = (Button("CSV", "audit.table"),) if meaning.whole else ()
    row = turning + (everything if narrowed else ()) + table
    return Card(
        words.line("**Who did what here**"),
        (state,),
        items=tuple(Item(_deed(deed, words), _opened(deed)) for deed in meaning.rows),
        foot=words.line("{what}", what=narrowed) if narrowed else (),
        buttons=(row,) if row else (),
        tone=tone,
        private=True,
    )


def _narrowed(meaning: AuditList, words: Words) -> str:
    """`Mara · since 20 Nov 20:14`."""
    parts = [brief(meaning.name, NAME)] if meaning.name else []
    if meaning.since:
        parts.append(words.say("since {at}", at=f"{words.day(meaning.since)} {words.time(meaning.since)}"))
    return " · ".join(parts)


def _deed(deed: Deed, words: Words) -> Line:
    kind, _, number = deed.about.partition(":")
    line = words.line(
        "{n} · {day} {time} · **{who}** {did}",
        n=deed.number,
        day=words.day(deed.at),
        time=words.time(deed.at),
        who=brief(deed.name, NAME) or "Earshot",
        did=term(VERBS, deed.verb, words).replace("{n}", number),
    )
    if kind in ("live", "account"):
        line += words.line(" · @{x}", x=deed.reason)
    elif kind in ("label", "policy"):
        line += words.line(" · {what}", what=term(LABELS if kind == "label" else POLICIES, number, words))
    if deed.verb in SETTINGS:
        before, after = (_value(one, words) for one in (deed.before, deed.after))
        return line + words.line(": {before} → {after}", before=before, after=after)
    if kind == "live":
        return line
    return line + words.line(": “{note}”", note=brief(deed.reason, TEXT)) if deed.reason else line


def _value(told: str, words: Words) -> str:
    """A setting before or after; what was left to the place, and a region that is none, are a dash."""
    return term({**YES_NO, **PROVIDERS, **TWO, **REGIONS}, told, words) if told else "–"


def _opened(deed: Deed) -> str:
    kind, _, number = deed.about.partition(":")
    return key("review.show", number) if kind == "alert" and number.isdecimal() and deed.verb is not Verb.LET_GO else ""


@draw.register
def audit_file(meaning: AuditFile, words: Words) -> Card:
    """The file itself."""
    return replace(handed(words.line("**Who did what here**"), meaning.file), private=True)
