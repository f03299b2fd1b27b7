"""Every text people read, as the code holds it: for the tests that compare it with its translations.

Two sources: literals given to `line`, `say`, `count` and `term` anywhere in bot/, read from the syntax tree; and texts that
reach these by a variable, read from the tables, commands and kinds that hold them.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from bot.cards import (
    accounts,
    admin,
    carried,
    channels,
    common,
    deciding,
    digests,
    doctor,
    engines,
    errors,
    house,
    incidents,
    jobs,
    judged,
    lateness,
    lives,
    moderation,
    obs,
    privacy,
    queue,
    records,
    reviews,
    rolls,
    screened,
    search,
    settings,
    setup,
    states,
    terms,
    timelines,
    triggers,
    videos,
    watches,
)
from bot.commands import ALL
from bot.surfaces.discord import menus, offer
from core.model.trigger import MatchMode

ROOT = Path(__file__).parents[2]
CALLS = frozenset({"line", "say", "count", "term"})
TABLES: tuple[Mapping[object, str], ...] = (  # type: ignore[assignment]
    errors.TEXTS,
    judged.UNASKED,
    screened.CHECKS,
    screened.PLACES,
    screened.FAULTS,
    states.STATES,
    states.WHYS,
    accounts.WANTED,
    carried.OUTCOMES,
    carried.LEFT,
    {name: name for name in carried.SETTINGS},
    lives.STATUSES,
    lives.WORDLESS,
    lateness.WHY,
    {"": lateness.FAILED},
    triggers.WHERES,
    triggers.THENS,
    triggers.DOES,
    triggers.HEARS,
    triggers.CHANGES,
    obs.MODES,
    obs.TROUBLES,
    obs.INSTEAD,
    obs.UNFETCHED,
    terms.CATEGORIES,
    terms.SPREADS,
    terms.TARGETS,
    terms.LABELS,
    terms.SCORE,
    terms.ENGINES,
    terms.REGIONS,
    terms.PASSED,
    terms.LACKS,
    terms.FAULTS,
    engines.CHOSEN,
    engines.WAITS,
    {"": engines.ANY_WAIT},
    {"": engines.BY},
    terms.FINDINGS,
    terms.CHECKS,
    terms.VERDICTS,
    terms.ROLES,
    terms.REASONS,
    terms.WAITS,
    terms.WHATS,
    watches.NOTED,
    timelines.VIEWS,
    search.NAMES,
    terms.NAMES,
    videos.STEPS,
    videos.WAITS,
    menus.NAMES,
    offer.HINTS,
    admin.PARTS,
    doctor.SECTIONS,
    doctor.FOUND,
    admin.TROUBLES,
    {"": admin.ANY_TROUBLE},
    jobs.JOB_STATES,
    jobs.KINDS,
    admin.WHYS,
    {"": admin.ANY_WHY},
    house.TASKS_SAID,
    privacy.GETS,
    channels.EVENTS,
    deciding.TWO,
    deciding.CHOOSE,
    moderation.MEANT,
    moderation.JUDGES,
    moderation.SEVERITIES,
    moderation.DOES,
    moderation.TROUBLES,
    settings.PURPOSES,
    settings.MEANT,
    settings.RULES,
    setup.STEPS,
    {code: label for code, (label, _) in errors.PRESSED.items()},
    errors.AGAIN,
    common.ASKS,
    digests.RHYTHMS,
    channels.ABOUT,
    {"": channels.OF_EVERY_ACCOUNT},
    setup.CURES,
    {name: name for name in terms.RIGHTS},
    rolls.GAPS,
    reviews.DECIDED,
    reviews.KINDS,
    reviews.PROPOSED,
    queue.STATES,
    queue.ACTS,
    queue.ASIDE,
    records.VERBS,
    records.POLICIES,
    records.YES_NO,
    records.TROUBLES,
    digests.EVERY,
    incidents.TROUBLES,
    incidents.OVERS,
    incidents.EFFECTS,
    incidents.CURES,
    judged.LEVELS,
    judged.SILENT,
)
VARIABLES = {
    "STATES[account.status]": "states.STATES",
    "WHYS.get(code, ANYTHING)": "states.WHYS",
    "WANTED[name]": "accounts.WANTED",
    "OUTCOMES[outcome]": "carried.OUTCOMES",
    "what": "carried.SETTINGS",
    "LEFT[left.why]": "carried.LEFT",
    "STATUSES[live.status]": "lives.STATUSES",
    "WORDLESS[s.state]": "lives.WORDLESS",
    "NOTED[kind]": "watches.NOTED",
    "VIEWS[view]": "timelines.VIEWS",
    "STEPS[name]": "videos.STEPS",
    "STEPS[said.step]": "videos.STEPS",
    "WAITS.get(meaning.waits, WAITS[''])": "videos.WAITS",
    "PASSED.get(code, PASSED[''])": "terms.PASSED",
    "WHY.get(meaning.why, FAILED)": "lateness.WHY",
    "SILENT.get(state.why, SILENT['ENGINE_DOWN'])": "judged.SILENT",
    "SILENT.get(value, SILENT['ENGINE_DOWN'])": "judged.SILENT",
    "UNASKED[meaning.unasked]": "judged.UNASKED",
    "table.get(what, '')": "incidents.EFFECTS and incidents.CURES",
    "TROUBLES.get(what, UNWELL)": "incidents.TROUBLES",
    "OVERS.get(what, WELL)": "incidents.OVERS",
    "UNFETCHED.get(meaning.failed, UNFETCHED['OBS_UNREADABLE'])": "obs.UNFETCHED",
    "INSTEAD.get(meaning.instead, INSTEAD['OBS_OFF'])": "obs.INSTEAD",
    "TROUBLES.get(state.trouble, TROUBLES['OBS_OFF'])": "obs.TROUBLES",
    "MODES[meaning.mode]": "obs.MODES",
    "WHERES[trigger.where]": "triggers.WHERES",
    "THENS[trigger.then]": "triggers.THENS",
    "DOES[then]": "triggers.DOES",
    "DOES[trigger.then]": "triggers.DOES",
    "HEARS[where]": "triggers.HEARS",
    "CHANGES[name]": "triggers.CHANGES",
    "str(trigger.match)": "MatchMode",
    "str(meaning.match)": "MatchMode",
    "str(rule.match)": "MatchMode",
    "str(mode)": "MatchMode",
    "table[value]": "cards.terms",
    "PARTS[part.code]": "admin.PARTS",
    "SECTIONS[section]": "doctor.SECTIONS",
    "FOUND[part.code] if part.code in FOUND else PARTS[part.code]": "doctor.FOUND and admin.PARTS",
    "TROUBLES.get(value, ANY_TROUBLE)": "admin.TROUBLES",
    "JOB_STATES[meaning.state]": "jobs.JOB_STATES",
    "JOB_STATES[job.state]": "jobs.JOB_STATES",
    "JOB_STATES[state]": "jobs.JOB_STATES",
    "KINDS[kind]": "jobs.KINDS",
    "WHYS.get(one.why, ANY_WHY)": "admin.WHYS",
    "TASKS_SAID[task]": "house.TASKS_SAID",
    "GETS[outsider.code]": "privacy.GETS",
    "EVENTS[event]": "channels.EVENTS",
    "PURPOSES[place.purpose]": "settings.PURPOSES",
    "PURPOSES[purpose]": "settings.PURPOSES",
    "PURPOSES[one]": "settings.PURPOSES",
    "MEANT[place.purpose]": "settings.MEANT",
    "MEANT[one]": "settings.MEANT",
    "MEANT[label]": "moderation.MEANT",
    "JUDGES[policy.provider]": "moderation.JUDGES",
    "SEVERITIES[rule.severity]": "moderation.SEVERITIES",
    "DOES[one]": "moderation.DOES",
    "TROUBLES.get(judges.trouble, TROUBLES[''])": "moderation.TROUBLES",
    "TROUBLES.get(tried.trouble, TROUBLES[''])": "records.TROUBLES",
    "RULES[place.platform]": "settings.RULES",
    "STEPS[meaning.step]": "setup.STEPS",
    "CHOSEN.get(choice.engine, BY)": "engines.CHOSEN",
    "WAITS.get(meaning.waits, ANY_WAIT)": "engines.WAITS",
    "label": "errors.PRESSED",
    "AGAIN[meaning.code]": "errors.AGAIN",
    "ASKS.get(asked, ANY)": "common.ASKS",
    "ABOUT.get(event, OF_EVERY_ACCOUNT)": "channels.ABOUT",
    "CURES[place.platform]": "setup.CURES",
    "template": "errors.TEXTS, or a caller of Words",
    "command.about": "the commands",
    "meaning.hint": "the kinds",
    "str(value)": "the kinds, in errors.py",
    "name": "the steps of a moving post",
}
"""Expressions that may stand where a literal is expected, and where their texts come from."""


@dataclass
class Text:
    """One template: its plural, when it is counted, and where it is used."""

    plural: str = ""
    places: list[str] = field(default_factory=list)


def texts() -> dict[str, Text]:
    """Every template that has words in it, by its English source."""
    found: dict[str, Text] = {}
    for one, plural, place in (*_literals(), *_held()):
        if has_words(one):
            text = found.setdefault(one, Text(plural))
            text.plural = text.plural or plural
            text.places.append(place)
    return found


def strangers() -> list[str]:
    """Places where something else than a literal or a known table is translated."""
    return [
        f"{path}:{call.lineno} {ast.unparse(argument)}"
        for path, call in _calls()
        for argument in _arguments(call)
        if not isinstance(argument, ast.Constant) and ast.unparse(argument) not in VARIABLES
    ]


def has_words(template: str) -> bool:
    """Whether there is anything to translate besides marks, signs and placeholders."""
    return any(c.isalpha() for c in re.sub(r"\{\w+\}", "", template))


def placeholders(template: str) -> set[str]:
    """The names in braces."""
    return set(re.findall(r"\{(\w+)\}", template))


def marks(template: str) -> tuple[int, list[str]]:
    """How many bold marks, and what stands as code: commands and setting names are the same in every language."""
    return template.count("**"), sorted(re.findall(r"`([^`]*)`", template))


def _literals() -> Iterator[tuple[str, str, str]]:
    for path, call in _calls():
        constants = [a.value for a in _arguments(call) if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if constants:
            yield constants[0], constants[1] if len(constants) > 1 else "", f"{path}:{call.lineno}"


def _held() -> Iterator[tuple[str, str, str]]:
    for table in TABLES:
        for text in table.values():
            yield text, "", "a table"
    for text in (incidents.UNWELL, incidents.WELL):
        yield text, "", "incidents"
    for mode in MatchMode:
        yield mode.value, "", "MatchMode"
    for command in ALL:
        if not command.offered:
            for option in command.required:  # what a button asks for
                if not option.kind.inner and not option.kind.choices:
                    yield option.kind.hint, "", f"/{command.name} {option.name}"
            continue
        yield command.about, "", f"/{command.name}"
        for option in command.shown:
            yield option.kind.hint, "", f"/{command.name} {option.name}"
            for choice in option.kind.choices:
                yield choice.label, "", f"/{command.name} {option.name}"


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted((ROOT / "bot").rglob("*.py")):
        speaker = "self" if file.name == "wording.py" else "words"
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if _is_translated(node, speaker):
                yield file.relative_to(ROOT).as_posix(), cast(ast.Call, node)


def _is_translated(node: ast.AST, speaker: str) -> bool:
    """Whether `node` is a call of one of `CALLS` on `speaker`, or on something that ends in it (`self.words`)."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in CALLS:
        return False
    return ast.unparse(node.func.value).rpartition(".")[2] == speaker


def _arguments(call: ast.Call) -> list[ast.expr]:
    """The template, or both of a count."""
    assert isinstance(call.func, ast.Attribute)
    return call.args[: 2 if call.func.attr == "count" else 1]
