"""Cards of how a place wants short texts judged: labels, chats, titles, comments, and words of its own."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.brief import LABEL, brief
from bot.cards.deciding import TWO
from bot.cards.drawing import draw
from bot.cards.errors import fits
from bot.cards.sections import back
from bot.cards.terms import LABELS, REGIONS, term
from bot.command import key
from bot.paging import arrows
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
from bot.wording import Line, Words
from core.model.account import NO_RISK
from core.model.pack import DEFAULT
from core.model.person import Place
from core.model.policy import LASTING, SAMPLES, Policy, Provider, Severity, WordRule
from core.model.risk import Label
from core.model.trigger import MatchMode
from core.services.moderating.weighing import Judges

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
LIMITS = (0.3, 0.5, 0.6, 0.75, 0.9)
MEANT: Mapping[Label, str] = {
    Label.S: "sexual words, without a minor in them",
    Label.H: "hate against people for what they are",
    Label.V: "violence that is wished or praised",
    Label.HR: "harassment of a person",
    Label.SH: "somebody's own death or injury, wished, planned or urged",
    Label.S3: "anything sexual about minors; it is always looked for",
    Label.H2: "hate that threatens or calls for violence",
    Label.V2: "injuries and death, told in detail",
}
"""What each label means."""
JUDGES: Mapping[Provider, str] = {
    Provider.LOCAL: "the judge on this machine",
    Provider.SAFEGUARD: "a safeguard model elsewhere",
    Provider.ENSEMBLE: "both, and the worse word counts",
}
SEVERITIES: Mapping[Severity, str] = {
    Severity.HOLD: "holds a comment until a person decides",
    Severity.FLAG: "lets a person look",
    Severity.EXCEPT: "exception: what stands there breaks no rule",
}
DOES: Mapping[Severity, str] = {Severity.HOLD: "Hold", Severity.FLAG: "Only flag", Severity.EXCEPT: "Exception"}
TROUBLES: Mapping[str, str] = {
    "QUOTA": "Its quota is used up for now; the judge on this machine stands in.",
    "ENGINE_KEY": "It refuses the key; the judge on this machine stands in. The owner can correct `GROQ_API_KEY`.",
    "ENGINE_MODEL": "The model is gone; the judge on this machine stands in. The owner can correct `GROQ_SAFEGUARD_MODEL`.",
    "": "It does not answer as it should; the judge on this machine stands in.",
}
"""Why a model elsewhere is not asked, by the code of what it said."""


@draw.register
def risk_shown(meaning: RiskShown, words: Words) -> Card:
    """From which score on somebody is told of speech, and what is wanted of short texts."""
    place, policy = meaning.place, meaning.policy
    body = (
        words.line(
            "For what is said: 0 tells of everything, 1 of nearly nothing. Each account can differ: `/account edit`."
        ),
        words.line("What is written is told by its labels, each with its own limit. Nothing is done by itself."),
    )
    items = (
        Item(words.line("**Labels** · ") + _labels(policy, words), "settings.labels"),
        Item(words.line("**Chats and titles** · ") + _texts(policy, words), "settings.texts"),
        Item(
            words.line("**Own words** · ") + words.count("{n} rule", "{n} rules", meaning.rules),
            "settings.words",
        ),
        Item(words.line("**Region** · {region}", region=_region(policy, words)), "settings.region"),
        *_two(place, words),
    )
    row = tuple(
        Button(words.decimal(value, 1), key("settings.risk", value))
        for value in THRESHOLDS
        if value != place.risk_threshold
    )
    off = Button(words.say("Off"), key("settings.risk", "no"), Press.DANGER)
    buttons = (row, (*back(words), off) if place.risk_threshold < NO_RISK else back(words))
    title = words.line("**Risk alerts** · {value}", value=threshold(place, words))
    return Card(title, (*body, *_trouble(policy, meaning.judges, words)), items=items, buttons=buttons, private=True)


def _two(place: Place, words: Words) -> tuple[Item, ...]:
    """Where there is nobody else to agree with, nothing."""
    which = term(TWO, place.two, words)
    return () if place.private else (Item(words.line("**Two people** · {which}", which=which), "settings.two"),)


def threshold(place: Place, words: Words) -> str:
    """From which score on this place is alerted."""
    if place.risk_threshold >= NO_RISK:
        return words.say("no")
    return words.say("from {score}", score=words.decimal(place.risk_threshold, 2))


@draw.register
def threshold_changed(meaning: ThresholdChanged, words: Words) -> Card:
    """Before and after."""
    before, after = threshold(meaning.before, words), threshold(meaning.after, words)
    title = words.line("**Risk alerts** · {before} → {after}", before=before, after=after)
    was = meaning.before.risk_threshold
    undo = Button(words.say("Undo"), key("settings.risk", "no" if was >= NO_RISK else was))
    return Card(title, buttons=((undo, _risk(words)),), tone=Tone.GOOD, private=True)


@draw.register
def labels_shown(meaning: LabelsShown, words: Words) -> Card:
    """Each label with what it means; each opens."""
    policy = meaning.policy
    items = tuple(
        Item(
            words.line(
                "**{label}** · {limit} · {meant}",
                label=term(LABELS, label, words),
                limit=_limit(policy, label, words),
                meant=words.term(MEANT[label]),
            ),
            key("settings.label", label.value),
        )
        for label in Label
    )
    body = (words.line("Labels are put on texts, never on people. Choose one to change it:"),)
    return Card(words.line("**Labels**"), body, items=items, buttons=((_risk(words),),), private=True)


@draw.register
def label_shown(meaning: LabelShown, words: Words) -> Card:
    """From where on it counts, and other places."""
    policy, label = meaning.policy, meaning.label
    name = term(LABELS, label, words)
    limit = policy.limits.get(label)
    row = tuple(
        Button(words.say("From {score}", score=words.decimal(value, 2)), key("settings.label", label.value, value))
        for value in LIMITS
        if value != limit
    )
    off = (
        (Button(words.say("Off"), key("settings.label", label.value, "no"), Press.DANGER),)
        if limit is not None and label not in LASTING
        else ()
    )
    body = (
        words.line("{meant}", meant=words.term(MEANT[label])),
        words.line("A low number finds more, and is wrong more often."),
    )
    title = words.line("**{label}** · {limit}", label=name, limit=_limit(policy, label, words))
    more = Button(words.say("All labels"), "settings.labels")
    return Card(title, body, buttons=(row, (more, *off)), private=True)


@draw.register
def texts_shown(meaning: TextsShown, words: Words) -> Card:
    """What is judged, by whom, and how much of a chat goes elsewhere."""
    policy, judges = meaning.policy, meaning.judges
    body = [
        words.line("**Chats of lives** · {state}", state=_on(policy.chat, words)),
        words.line("**Titles** · {state}", state=_on(policy.titles, words)),
        words.line("**Comments on transcripts** · always, before anybody else reads them"),
        words.line("**Judged by** {judge}", judge=words.term(JUDGES[policy.provider])),
    ]
    if policy.provider is not Provider.LOCAL:
        body.append(_sample(policy.sample, words))
        body += _trouble(policy, judges, words)
    chat = _switch("chat", policy.chat, words.say("Chats off"), words.say("Chats on"))
    titles = _switch("titles", policy.titles, words.say("Titles off"), words.say("Titles on"))
    who = {
        Provider.LOCAL: words.say("This machine"),
        Provider.SAFEGUARD: words.say("A safeguard model"),
        Provider.ENSEMBLE: words.say("Both"),
    }
    others = tuple(
        Button(label, key("settings.texts", judge=one.value))
        for one, label in who.items()
        if one is not policy.provider
    )
    samples = tuple(
        Button(words.say("{n} a minute", n=n), key("settings.texts", sample=n)) for n in SAMPLES if n != policy.sample
    )
    rows = (
        (chat, titles),
        *((others,) if judges.elsewhere or policy.provider is not Provider.LOCAL else ()),
        *((samples,) if policy.provider is not Provider.LOCAL else ()),
        (_risk(words),),
    )
    if not judges.elsewhere:
        body.append(words.line("There is no model elsewhere: the owner can add `GROQ_API_KEY`."))
    return Card(words.line("**Chats and titles**"), tuple(body), buttons=rows, private=True)


@draw.register
def regions_shown(meaning: RegionsShown, words: Words) -> Card:
    """Each pack; choosing one takes it."""
    items = tuple(
        Item(
            words.line(
                "**{title}** · {languages}", title=pack.title(words.language), languages=", ".join(pack.languages)
            )
            if pack.languages
            else words.line("**{title}**", title=pack.title(words.language)),
            key("settings.region", pack.name) if fits("settings.region", pack.name) else "",
        )
        for pack in meaning.packs
    )
    body = (words.line("Models that judge speech are told of the expressions and groups of a region. Choose one:"),)
    title = words.line("**Region** · {region}", region=_region(meaning.policy, words))
    return Card(title, body, items=items, buttons=((_risk(words),),), private=True)


def _region(policy: Policy, words: Words) -> str:
    return term(REGIONS, policy.region or DEFAULT, words)


@draw.register
def policy_changed(meaning: PolicyChanged, words: Words) -> Card:
    """Each thing that changed, before and after."""
    before, after = meaning.before, meaning.after
    body = tuple(changes(before, after, words))
    undo = tuple(Button(words.say("Undo"), pressed, Press.PLAIN) for pressed in _undone(before, after))
    title = words.line("**That holds from now on.**") if body else words.line("**Nothing has changed.**")
    warned = _trouble(after, meaning.judges, words) if before.provider != after.provider else ()
    return Card(title, (*body, *warned), buttons=((*undo[:1], _risk(words)),), tone=Tone.GOOD, private=True)


def changes(before: Policy, after: Policy, words: Words) -> Iterator[Line]:
    """What holds otherwise than before."""
    for what, read in _wishes(words):
        if read(before) != read(after):
            yield words.line("{what} · {before} → {after}", what=what, before=read(before), after=read(after))


def _wishes(words: Words) -> Iterator[tuple[str, Callable[[Policy], str]]]:
    """What can be changed, and how each is read."""
    for label in Label:
        yield term(LABELS, label, words), partial(_limit, label=label, words=words)
    yield words.say("Chats of lives"), lambda policy: _on(policy.chat, words)
    yield words.say("Titles"), lambda policy: _on(policy.titles, words)
    yield words.say("Judged by"), lambda policy: words.term(JUDGES[policy.provider])
    yield words.say("Region"), lambda policy: _region(policy, words)
    yield words.say("Harmless lines judged elsewhere"), lambda policy: words.say("{n} a minute", n=policy.sample)


def _undone(before: Policy, after: Policy) -> Iterator[str]:
    """The keys that change it back."""
    for label in Label:
        if before.limits.get(label) != after.limits.get(label):
            yield key("settings.label", label.value, before.limits.get(label, "no"))
    changed = {
        name: value
        for name, value in (
            ("chat", "yes" if before.chat else "no"),
            ("titles", "yes" if before.titles else "no"),
            ("judge", before.provider.value),
            ("sample", str(before.sample)),
        )
        if getattr(before, {"judge": "provider"}.get(name, name))
        != getattr(after, {"judge": "provider"}.get(name, name))
    }
    if changed:
        yield key("settings.texts", **changed)
    if before.region != after.region and fits("settings.region", before.region or DEFAULT):
        yield key("settings.region", before.region or DEFAULT)


@draw.register
def rules_shown(meaning: RulesShown, words: Words) -> Card:
    """A line each; each opens."""
    items = tuple(
        Item(
            words.line("`{word}` · ", word=brief(rule.word, LABEL)) + _rule(rule, words), key("settings.rule", rule.id)
        )
        for rule in meaning.rows
    )
    body = [words.line("They are looked for in the chats of lives, in titles and in comments.")]
    body.append(words.line("`but not` takes phrases out: `kill but not kill time`. `*` stands for the rest of a word."))
    add = Button(words.say("Add a word"), "settings.word", Press.MAIN)
    rows = arrows("settings.words", meaning.page, meaning.pages)
    title = words.line("**Own words** · ") + words.count("{n} rule", "{n} rules", meaning.n)
    return Card(title, tuple(body), items=items, buttons=((*rows, add, _risk(words)),), private=True)


@draw.register
def rule_shown(meaning: RuleShown, words: Words) -> Card:
    """What it does, what it did before, and what else it could do."""
    rule, before = meaning.rule, meaning.before
    body = [_rule(rule, words)]
    if before is not None:
        body = [words.line("{what} → ", what=_read(before, words)) + _rule(rule, words)]
    does = tuple(
        Button(words.term(DOES[one]), key("settings.rule", rule.id, severity=one.value))
        for one in Severity
        if one is not rule.severity
    )
    modes = tuple(
        Button(words.say(str(mode)), key("settings.rule", rule.id, match=mode.value))
        for mode in MatchMode
        if mode is not rule.match
    )
    away = Button(words.say("Remove"), key("settings.unword", rule.id), Press.DANGER)
    more = Button(words.say("All words"), "settings.words")
    word = brief(rule.word, LABEL)
    title = (
        words.line("**I look for** `{word}`", word=word)
        if meaning.new
        else words.line("**Own word** `{word}`", word=word)
    )
    tone = Tone.GOOD if meaning.new or before is not None else Tone.CALM
    return Card(title, tuple(body), buttons=(does, modes, (more, away)), tone=tone, private=True)


@draw.register
def rule_removed(meaning: RuleRemoved, words: Words) -> Card:
    """It is gone; it can be undone."""
    undo = Button(words.say("Undo"), key("settings.reword", meaning.rule.id))
    more = Button(words.say("All words"), "settings.words")
    title = words.line("**I look for** `{word}` **no longer.**", word=brief(meaning.rule.word, LABEL))
    return Card(title, buttons=((undo, more),), private=True)


def _rule(rule: WordRule, words: Words) -> Line:
    return words.line("{rule}", rule=_read(rule, words))


def _read(rule: WordRule, words: Words) -> str:
    return f"{words.say(str(rule.match))}, {words.term(SEVERITIES[rule.severity])}"


def _labels(policy: Policy, words: Words) -> Line:
    off = [term(LABELS, label, words) for label in Label if label not in policy.limits]
    return words.line("off: {list}", list=", ".join(off)) if off else words.line("all on")


def _texts(policy: Policy, words: Words) -> Line:
    judged = words.term(JUDGES[policy.provider])
    if policy.chat and policy.titles:
        return words.line("both, by {judge}", judge=judged)
    if policy.chat or policy.titles:
        what = words.say("Chats of lives") if policy.chat else words.say("Titles")
        return words.line("only {what}, by {judge}", what=what.lower(), judge=judged)
    return words.line("off")


def _limit(policy: Policy, label: Label, words: Words) -> str:
    limit = policy.limits.get(label)
    return words.say("off") if limit is None else words.say("from {score}", score=words.decimal(limit, 2))


def _on(on: bool, words: Words) -> str:
    return words.say("on") if on else words.say("off")


def _switch(name: str, on: bool, off_label: str, on_label: str) -> Button:
    return Button(off_label if on else on_label, key("settings.texts", **{name: "no" if on else "yes"}))


def _sample(n: int, words: Words) -> Line:
    if not n:
        return words.line("Only lines of a chat that look suspicious go there, with no name.")
    return words.line(
        "Lines of a chat that look suspicious go there, and {n} a minute of the others, with no name.", n=n
    )


def _trouble(policy: Policy, judges: Judges, words: Words) -> tuple[Line, ...]:
    """What is wrong with the model elsewhere, where it is wanted."""
    if policy.provider is Provider.LOCAL:
        return ()
    if not judges.elsewhere:
        return (words.line("There is no model elsewhere, so the judge on this machine stands in."),)
    return (words.line(TROUBLES.get(judges.trouble, TROUBLES[""])),) if judges.trouble else ()


def _risk(words: Words) -> Button:
    """Back to the section."""
    return Button(words.say("Risk"), key("settings", "risk"))
