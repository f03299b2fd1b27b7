"""Cards about speech engines and the weights of the local one."""

from collections.abc import Mapping
from datetime import timedelta

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.admin import SIGNS
from bot.cards.brief import LABEL, brief
from bot.cards.drawing import draw
from bot.cards.errors import failed, fits
from bot.cards.posts import joined
from bot.cards.terms import ENGINES, fault, lacks, term
from bot.command import key
from bot.replies.common import Failed
from bot.replies.engines import EngineShown, FetchAsked
from bot.wording import Line, Words
from core.model.tellable.weights import NoWeights, WeightsComing, WeightsHere
from core.model.weights import Presence, Weights
from core.services.choosing import State
from core.services.fetching import ENGINE as LOCAL
from core.services.listening import AUTO, NOTHING

CHOICES = (AUTO, "captions", "groq", "assemblyai", LOCAL, NOTHING)
CHOSEN: Mapping[str, str] = {
    AUTO: "**Speech becomes text by the first engine that can.**",
    NOTHING: "**Speech is not turned into text.** Chat, triggers on chat and clips go on.",
}
BY = "**Speech becomes text by {engine}.**"
WAITS: Mapping[str, str] = {
    "WEIGHTS_DOWN": "The place they come from does not answer as it should; I try again at {at}.",
    "WEIGHTS_BUSY": "The place they come from takes no more requests for now; I try again at {at}.",
    "WEIGHTS_SLOW": "It takes a while; I go on at {at}.",
    "DISK": "The disk is full; I try again at {at}.",
}
ANY_WAIT = "That did not work yet; I try again at {at}."
ROW = 5  # buttons


@draw.register
def engine_shown(meaning: EngineShown, words: Words) -> Card:
    """What hears from now on, and how each engine is."""
    choice, start = meaning.choice, meaning.start
    title = words.line(CHOSEN.get(choice.engine, BY), engine=_name(choice.engine, words))
    body: list[Line] = []
    if choice != start:
        said = f"SPEECH={start.engine}, WHISPER_MODEL={start.model}"
        body.append(
            words.line("The settings say {said}. What was chosen here counts until they are changed.", said=said)
        )
    items = tuple(Item(state_of(state, meaning.local, words)) for state in meaning.engines)
    others = tuple(Button(name, key("admin.engine", name)) for name in CHOICES if name != choice.engine)
    deaf = choice.engine != NOTHING and not any(state.ready and state.tried for state in meaning.engines)
    return Card(title, tuple(body), items=items, buttons=(others,), tone=Tone.WARN if deaf else Tone.GOOD, private=True)


def state_of(state: State, local: Weights | None, words: Words) -> Line:
    """One engine, and what it lacks."""
    sign = SIGNS[True if state.ready else False if state.refused else None]
    line = words.line("{sign} **{engine}** · ", sign=sign, engine=_name(state.name, words))
    if state.refused:
        return line + words.line("refused its key")
    if state.again_in is not None:
        left = words.length(timedelta(seconds=state.again_in))
        return line + words.line("has used its quota; again in {left}", left=left)
    if state.name == LOCAL and local is not None:
        return line + _here(local, words)
    return line + words.line("{state}", state=words.say("ready") if state.ready else lacks(state.lacks, words))


def _here(local: Weights, words: Words) -> Line:
    model, size = brief(local.name, LABEL), words.size(local.size)
    if local.presence is Presence.HERE:
        return words.line("ready with {model}, {size}", model=model, size=size)
    if local.presence is Presence.PART:
        return words.line("{got} of {size} of {model} are here", got=words.size(local.got), size=size, model=model)
    if local.presence is Presence.BROKEN:
        return words.line("{model} is broken ({fault})", model=model, fault=fault(local.fault, words))
    return words.line("no weights of {model}, {size}", model=model, size=size)


def _name(engine: str, words: Words) -> str:
    return term(ENGINES, engine, words)


@draw.register
def fetch_asked(meaning: FetchAsked, words: Words) -> Card:
    """Which weights, how large, and what else there is."""
    model = meaning.model
    name, size = brief(model.name, LABEL), words.size(model.size)
    body = [
        words.line("The local engine needs its weights once. After that nothing of what is said leaves this machine.")
    ]
    if model.presence is Presence.PART:
        body.append(words.line("{got} of them are here already.", got=words.size(model.got)))
    if model.presence is Presence.BROKEN:
        body.append(words.line("What is here of it is broken ({fault}).", fault=fault(model.fault, words)))
    if meaning.free:
        body.append(words.line("{free} are free on the disk.", free=words.size(meaning.free)))
    rows: list[tuple[Button, ...]] = []
    if model.known and fits("admin.fetch", model.name):
        title = words.line("**Fetch {model}, {size}?**", model=name, size=size)
        rows.append((Button(words.say("Fetch"), key("admin.fetch", model.name), Press.MAIN),))
    else:
        title = words.line(
            "**{model} cannot be used as it is.** Put its folder there once more, or take another.", model=name
        )
    others = [_other(one, words) for one in meaning.others if fits("admin.fetch", one.name)]
    rows += [tuple(others[at : at + ROW]) for at in range(0, len(others), ROW)]
    return Card(title, tuple(body), buttons=tuple(rows), private=True)


def _other(one: Weights, words: Words) -> Button:
    size = words.say("here") if one.presence is Presence.HERE else words.size(one.size)
    return Button(f"{brief(one.name, LABEL)} · {size}", key("admin.fetch", one.name))


@draw.register
def weights_coming(meaning: WeightsComing, words: Words) -> Card:
    """How much is here, how fast it comes."""
    body: list[Line] = []
    name = brief(meaning.model, LABEL)
    title = words.line("**Fetching {model}**", model=name)
    if meaning.waits:
        at = words.time(meaning.until) if meaning.until else "…"
        body.append(words.line(WAITS.get(meaning.waits, ANY_WAIT), at=at))
    if meaning.total:
        got, total = words.size(meaning.got), words.size(meaning.total)
        title = words.line("**Fetching {model}: {got} of {total}**", model=name, got=got, total=total)
        if meaning.speed > 0 and not meaning.waits:
            left = timedelta(seconds=(meaning.total - meaning.got) / meaning.speed)
            speed = words.line("{size} a second", size=words.size(int(meaning.speed)))
            body.append(joined([speed, words.line("about {left} left", left=words.length(left))], words))
    elif not meaning.waits:
        body.append(words.line("It begins in a moment."))
    cancel = Button(words.say("Cancel"), key("admin.cancel", meaning.job_id), Press.DANGER)
    return Card(
        title,
        tuple(body),
        buttons=((cancel,),),
        tone=Tone.WARN if meaning.waits else Tone.CALM,
        progress=min(1.0, meaning.got / meaning.total) if meaning.total and not meaning.waits else None,
        private=bool(meaning.only),
    )


@draw.register
def weights_here(meaning: WeightsHere, words: Words) -> Card:
    """They are used from now on."""
    name, size = brief(meaning.model, LABEL), words.size(meaning.size)
    title = words.line(
        "**{model} is here, {size}.** Speech becomes text on this machine from now on.", model=name, size=size
    )
    every = Button(words.say("All engines"), key("admin.engine", LOCAL))
    return Card(title, buttons=((every,),), tone=Tone.GOOD, private=bool(meaning.only))


@draw.register
def no_weights(meaning: NoWeights, words: Words) -> Card:
    """Why they did not come; what did stays."""
    if meaning.code == "CANCELLED":
        title = words.line("**Stopped.** What has come stays, and is not fetched again.")
    else:
        title = failed(Failed(meaning.code, meaning.values), words).title
    rows: tuple[tuple[Button, ...], ...] = ()
    if fits("admin.fetch", meaning.model):
        rows = ((Button(words.say("Try again"), key("admin.fetch", meaning.model), Press.MAIN),),)
    return Card(
        title,
        (words.line("It was {model}.", model=brief(meaning.model, LABEL)),),
        buttons=rows,
        tone=Tone.CALM if meaning.code == "CANCELLED" else Tone.WARN,
        private=bool(meaning.only),
    )
