"""Cards around alerts: listed, what became of them, what a person says they are, what can be heard around them."""

from collections.abc import Mapping

from bot.card import Button, Card, File, Item, Press
from bot.cards.brief import LABEL, NAME, TEXT, brief
from bot.cards.drawing import draw
from bot.cards.judged import LEVELS, by_labels
from bot.cards.posts import joined
from bot.cards.reviews import KINDS, PROPOSED, what_it_is, whose
from bot.cards.terms import CATEGORIES, LABELS, VERDICTS, term
from bot.command import key
from bot.kernel import with_answer
from bot.replies.reviews import AlertHeard, AlertHistory, AlertList, AlertNoted, Relabelling
from bot.reviews import packed
from bot.wording import Line, Words
from core.model.review import Act, Decision
from core.model.risk import PERSON, Category, Label, Verdict
from core.model.tellable.finds import RiskRaised
from core.model.transcript import clock_text

STATES: Mapping[str, str] = {Verdict.WAITING: "waiting", **VERDICTS}
ACTS: Mapping[str, str] = {
    Act.CONFIRM: "confirmed it",
    Act.DISMISS: "dismissed it",
    Act.MUTE: "muted its live",
    Act.REOPEN: "reopened it",
    Act.PROPOSE: "would {what} it",
    Act.SECOND: "asked for a second person",
    Act.RELABEL: "relabelled it: {what}",
    Act.NOTE: "put a note on it",
}
ASIDE: Mapping[str, str] = {
    Act.MUTE: "set aside: its author took it back or wrote something else",
    Act.REOPEN: "waits again: its author brought it back",
}
"""What whoever wrote it did, without a name."""
NAMED: Mapping[Category, str] = {
    Category.NEUTRAL: "neutral",
    Category.CONTROVERSIAL: "debate",
    Category.VIRAL: "viral",
    Category.HATEFUL: "hate",
}
"""What the categories are called in keys (bot/commands/reviews)."""


@draw.register
def alert_list(meaning: AlertList, words: Words) -> Card:
    """One line per alert; select opens it. Nobody who wrote or said something is named."""
    narrowed = _narrowed(meaning, words)
    everything = (Button(words.say("All alerts"), "review.list"),) if narrowed else ()
    if not meaning.rows:
        title = words.line("**No alert is like that.**") if narrowed else words.line("**No alert yet.**")
        what = words.line("What I looked for: {what}.", what=narrowed)
        none = words.line("`/settings risk` says from which score on this place is alerted.")
        return Card(title, (what if narrowed else none,), buttons=(everything,) if everything else (), private=True)
    pages = [
        (label, meaning.page + by) for label, by in (("◀", -1), ("▶", 1)) if 1 <= meaning.page + by <= meaning.pages
    ]
    turning = tuple(Button(label, with_answer(meaning.key, "page", str(page))) for label, page in pages)
    foot = [words.line("{what}", what=narrowed)] if narrowed else []
    if meaning.pages > 1:
        foot.append(words.line("page {page} of {pages}", page=meaning.page, pages=meaning.pages))
    row = turning + everything
    return Card(
        words.count("**{n} alert**", "**{n} alerts**", meaning.n),
        items=tuple(Item(_entry(one, words), key("review.show", one.alert_id)) for one in meaning.rows),
        foot=joined(foot, words),
        buttons=(row,) if row else (),
        private=True,
    )


def _narrowed(meaning: AlertList, words: Words) -> str:
    """`waiting · chat · @amina · since 20 Nov 20:14`."""
    parts = [term(STATES, meaning.state, words)] if meaning.state else []
    parts += [term(KINDS, meaning.kind, words)] if meaning.kind else []
    parts += [f"@{meaning.account}"] if meaning.account else []
    if meaning.since:
        parts.append(words.say("since {at}", at=f"{words.day(meaning.since)} {words.time(meaning.since)}"))
    return " · ".join(parts)


def _entry(one: RiskRaised, words: Words) -> Line:
    score = term(LEVELS, one.level, words) if by_labels(one) else words.decimal(one.score, 2)
    sent = words.say("sent by a person")
    return words.line(
        "**{state}** · {score} · {what} · {whose} · {day} {time} · #{n}",
        state=_state(one, words),
        score=sent if one.engine == PERSON else score,
        what=brief(what_it_is(one, words), LABEL),
        whose=whose(one, words),
        day=words.day(one.at),
        time=words.time(one.at),
        n=one.alert_id,
    )


def _state(one: RiskRaised, words: Words) -> str:
    """Where it stands; of what waits, for whom."""
    if one.verdict is Verdict.WAITING and one.opposed_by:
        return words.say("two disagree")
    if one.verdict is Verdict.WAITING and one.proposed is not None and one.two:
        return words.say("waits for a second person")
    return words.say("set aside") if one.aside else term(STATES, one.verdict, words)


@draw.register
def alert_history(meaning: AlertHistory, words: Words) -> Card:
    """Who did what to it, oldest first."""
    n = meaning.alert.alert_id
    back = Button(words.say("The alert"), key("review.show", n), Press.MAIN)
    if not meaning.decisions:
        nothing = words.line("Nobody has decided anything about it yet.")
        return Card(words.line("**Alert #{n}**", n=n), (nothing,), buttons=((back,),), private=True)
    items = tuple(Item(_step(one, words, live=meaning.alert.live_id is not None)) for one in meaning.decisions[-SHOWN:])
    more = len(meaning.decisions) - SHOWN
    foot = words.count("{n} older one is left out", "{n} older ones are left out", more) if more > 0 else ()
    title = words.line("**What became of alert #{n}**", n=n)
    return Card(title, items=items, foot=foot, buttons=((back,),), private=True)


SHOWN = 20  # decisions of one alert


def _step(one: Decision, words: Words, *, live: bool) -> Line:
    """What somebody did to an alert of a `live`, or of none; nobody is named of whoever wrote what it quotes."""
    if not one.by and one.act in ASIDE:
        did = term(ASIDE, one.act, words)
        return words.line("{day} {time} · {did}", day=words.day(one.at), time=words.time(one.at), did=did)
    labels = ", ".join(term(LABELS, label, words) for label in one.labels or ())
    said = term(CATEGORIES, one.category, words) if one.category else ""
    what = term(PROPOSED, one.verdict, words) if one.act is Act.PROPOSE else ", ".join(x for x in (said, labels) if x)
    did = term(ACTS, one.act, words).replace("{what}", what)
    if one.act is Act.MUTE and not live:
        did = words.say("deleted what it quotes")
    line = words.line(
        "{day} {time} · **{who}** {did}",
        day=words.day(one.at),
        time=words.time(one.at),
        who=brief(one.by, NAME),
        did=did,
    )
    return line + words.line(": “{note}”", note=brief(one.note, TEXT)) if one.note else line


@draw.register
def alert_noted(meaning: AlertNoted, words: Words) -> Card:
    """The note, which its posts have now."""
    title = words.line("**Noted on alert #{n}.**", n=meaning.alert_id)
    back = Button(words.say("The alert"), key("review.show", meaning.alert_id))
    return Card(title, (words.line("“{note}”", note=brief(meaning.text, TEXT)),), buttons=((back,),), private=True)


@draw.register
def relabelling(meaning: Relabelling, words: Words) -> Card:
    """One press changes the category, one each label; nothing is stored before Save."""
    alert, chosen = meaning.alert.alert_id, meaning.labels
    seen = {"as": meaning.alert.seen} if meaning.alert.seen else {}

    def press(category: Category, labels: tuple[Label, ...], **more: object) -> str:
        return key("review.relabel", alert, NAMED[category], packed(labels), **more, **seen)

    categories = tuple(
        Button(term(CATEGORIES, one, words), press(one, chosen), Press.MAIN if one is meaning.category else Press.PLAIN)
        for one in Category
    )
    items = []
    for label in Label:
        having = tuple(one for one in Label if (one in chosen) != (one is label))
        state = words.say("yes") if label in chosen else words.say("no")
        name = term(LABELS, label, words)
        items.append(
            Item(words.line("**{label}** · {state}", label=name, state=state), press(meaning.category, having))
        )
    back = Button(words.say("Leave it"), key("review.show", alert))
    save = Button(words.say("Save"), press(meaning.category, chosen, save="yes"), Press.MAIN)
    now = words.line("It is: **{what}**.", what=term(CATEGORIES, meaning.category, words))
    how = words.line("Choose a label to put it on or take it off. What you save is what the judge learns from.")
    title = words.line("**What is alert #{n}?**", n=alert)
    return Card(title, (now, how), items=tuple(items), buttons=(categories, (save, back)), private=True)


@draw.register
def alert_heard(meaning: AlertHeard, words: Words) -> Card:
    """The file, and which part of the live it is."""
    sample, n = meaning.sample, meaning.alert.alert_id
    title = words.line("**Around alert #{n}** · @{x}", n=n, x=meaning.alert.handle)
    start, end = clock_text(sample.start), clock_text(sample.start + sample.seconds)
    body = [words.line("{start} to {end} of the live; said at {second}.", start=start, end=end, second=_said(meaning))]
    if sample.kept is not None:
        body.append(words.line("The live is not kept any more: this is the clip `{shown}`.", shown=sample.kept.shown))
    file = File(f"alert_{n}.mp4", sample.path, width=sample.width, height=sample.height, seconds=sample.seconds)
    return Card(title, tuple(body), files=(file,), private=True)


def _said(meaning: AlertHeard) -> str:
    return clock_text(meaning.alert.second)
