"""How a judgement came about: the sum, who judged and by which instructions, and what makes it rough or doubtful."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from bot.cards.posts import joined
from bot.cards.terms import ENGINES, LABELS, REGIONS, SCORE, term
from bot.replies.house import Status
from bot.wording import Line, Words
from core.model.risk import PERSON, Kind, Level, Unasked
from core.model.tellable.finds import RiskRaised
from core.services.assessing.steps import RULES, JudgeState

LEVELS: Mapping[str, str] = {Level.INFO: "info", Level.WARNING: "warning", Level.CRITICAL: "critical"}
SILENT: Mapping[str, str] = {
    "ENGINE_KEY": "its key is refused",
    "ENGINE_MODEL": "the model is not there",
    "ENGINE_ADDRESS": "it is not there",
    "QUOTA": "its quota is used up",
    "ENGINE_DOWN": "it does not answer",
    "ENGINE_SLOW": "it does not answer in time",
}
"""Why a model does not judge."""

UNASKED: Mapping[str, str] = {
    "ENGINE_KEY": "The key of the model was refused.",
    "ENGINE_MODEL": "The model was not there.",
    "ENGINE_ADDRESS": "Nothing was there where the model is asked.",
    "ENGINE_REFUSED": "The model did not take the question.",
    "QUOTA": "The quota of the model was used up.",
    "ENGINE_DOWN": "The model did not answer as it should.",
    "ENGINE_SLOW": "The model did not answer in time.",
    Unasked.NO_MODEL: "No model was set up.",
    Unasked.BUDGET: "What this place may spend on models in a day was used up; a day begins at 00:00 UTC.",
    Unasked.OFTEN: "Models are asked only so often, and had been.",
    Unasked.LATE: "None had answered in time.",
    Unasked.CROWD: "Too much was waiting for one.",
    Unasked.RESTART: "Earshot was started anew before one could.",
}
"""Why no model judged, by the code: what was so then, since an alert is read later, too."""
MENDED = frozenset({"ENGINE_KEY", "ENGINE_MODEL", "ENGINE_ADDRESS"})
"""What stays so until somebody does something about it."""

TELLING = 0.5
"""Scores under it say nothing of what an alert is about: the sum knows hate and spread alone."""


def judged(meaning: RiskRaised, words: Words) -> Line:
    """How the score came about, and who judged."""
    if meaning.engine == PERSON:
        return words.line("No judge was asked: a person saw it.")
    level = words.line("{level}", level=term(LEVELS, meaning.level, words))
    if by_labels(meaning) and meaning.kind is not Kind.SPEECH:
        return joined([level, _by(meaning, words)], words)
    total = " + ".join(f"{term(SCORE, name, words)} {words.decimal(value, 1)}" for name, value in meaning.terms)
    sums = [words.line("{total} = {score}", total=total, score=words.decimal(meaning.score, 2))] if total else []
    if by_labels(meaning) and meaning.over:
        sums = [_over(meaning, words) + words.line(", whatever the score: ") + one for one in sums]
    return joined([level, *sums, _by(meaning, words)], words)


def _over(meaning: RiskRaised, words: Words) -> Line:
    """The severe label that has it told."""
    label, share, limit = meaning.over[0]
    return words.line(
        "{label} {share}, told from {limit}",
        label=term(LABELS, label, words),
        share=words.decimal(share, 2),
        limit=words.decimal(limit, 2),
    )


def _by(meaning: RiskRaised, words: Words) -> Line:
    engine = term(ENGINES, meaning.engine, words)
    region, _, version = meaning.policy.rpartition("-")
    if region in REGIONS:
        where = term(REGIONS, region, words)
        return words.line("judged by {engine} ({region}, {version})", engine=engine, region=where, version=version)
    if meaning.policy:
        return words.line("judged by {engine} ({policy})", engine=engine, policy=meaning.policy)
    return words.line("judged by {engine}", engine=engine)


def by_labels(meaning: RiskRaised) -> bool:
    """Whether its score is too low to have it told: its labels were, or what makes it doubtful."""
    return meaning.score < TELLING and meaning.engine != PERSON


def doubts(meaning: RiskRaised, words: Words) -> Iterator[Line]:
    """What whoever decides should know of the judgement."""
    if meaning.injection:
        yield words.line(
            "It gives orders to whoever judges it: what was said of it may be worth nothing. Read it yourself."
        )
    elif meaning.doubtful and meaning.kind is not Kind.VIDEO:  # what was found in one always takes a person
        yield words.line("The judges do not agree about it: it takes a person.")
    if meaning.degraded:
        yield words.line("Simple rules judged alone: no model has judged it.") + _unasked(meaning, words)
    elif meaning.engine == RULES and not meaning.doubtful:
        if meaning.kind is Kind.SPEECH:
            yield words.line("Rough: simple rules judge, no Groq key is set.")
        else:
            yield words.line("Rough: the judge on this machine read it, no model.")


def _unasked(meaning: RiskRaised, words: Words) -> Line:
    """Why not, where that is known; and where somebody has to do something about it, who and where."""
    if meaning.unasked not in UNASKED:
        return ()
    why = words.line(" ") + words.line(UNASKED[meaning.unasked])
    return why + words.line(" The owner sees in `/admin health` what to do.") if meaning.unasked in MENDED else why


def judges_silent(meaning: Status, words: Words) -> Iterator[Line]:
    """Models that do not judge at present, and since when."""
    for said in meaning.vitals.judges if meaning.vitals else ():
        state = JudgeState(**said)
        if state.why:
            since = words.time(datetime.fromtimestamp(state.since, UTC))
            why = words.term(SILENT.get(state.why, SILENT["ENGINE_DOWN"]))
            yield words.line("{engine} has not judged since {at}: {why}.", engine=state.name, at=since, why=why)
