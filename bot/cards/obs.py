"""Cards about OBS, and what posts of clips say of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.admin import SIGNS
from bot.cards.brief import LABEL, brief
from bot.cards.drawing import draw
from bot.command import key
from bot.replies.obs import ObsConnected, ObsElsewhere, ObsShown, ObsTrying
from bot.wording import Line, Words
from core.model.tellable.finds import ClipSaved
from core.ports.replays import ReplayState
from core.services.clipping.serving import Mode

NAME = 80  # characters of a file, a folder or a scene
MODES: Mapping[str, str] = {
    Mode.OBS: "Clips of this place come from OBS; while it does not answer, from Earshot's own buffer.",
    Mode.OWN: "Clips of this place come from Earshot's own buffer; only triggers with `then=replay` ask OBS.",
    Mode.BOTH: "Each clip of this place is made twice: by OBS and from Earshot's own buffer.",
}
TROUBLES: Mapping[str, str] = {
    "OBS_OFF": "**OBS does not answer at {x}.** I connect by myself when it does: start OBS, then Tools › WebSocket Server "
    "Settings › Enable.",
    "OBS_PASSWORD": "**OBS at {x} refuses the password.** Copy it from Tools › WebSocket Server Settings › Show Connect Info into "
    "`OBS_PASSWORD`, and start me anew.",
    "": "**OBS at {x} has not been asked yet.** I do that when I run: `earshot run`.",
}
INSTEAD: Mapping[str, str] = {
    "OBS_OFF": "From Earshot's own buffer: OBS did not answer.",
    "OBS_PASSWORD": "From Earshot's own buffer: OBS refused the password.",
    "OBS_BUFFER": "From Earshot's own buffer: the replay buffer of OBS was off.",
    "OBS_SILENT": "From Earshot's own buffer: OBS did not say that it saved anything.",
    "OBS_SHORT": "From Earshot's own buffer: the replay buffer of OBS does not reach back that far.",
    "OBS_UNSET": "From Earshot's own buffer: no OBS is set up here.",
    "OBS_UNSERVED": "From Earshot's own buffer: OBS does not serve this place. `/obs connect` changes that.",
}
"""Why a clip does not come from OBS, which it was wanted from."""

UNFETCHED: Mapping[str, str] = {
    "OBS_ELSEWHERE": "I cannot reach its folder from here. The owner can say where it is with `OBS_RECORDING_MAP`.",
    "OBS_GONE": "It was not in its folder any more when I looked. Whoever sits at OBS may know where it went.",
    "OBS_LOCKED": "Another program holds the file. It can be opened on the machine of OBS.",
    "OBS_UNREADABLE": "I cannot read it as a video, or its picture is larger than 4096x2176. It is still in OBS's folder.",
    "DISK": "There is no room for it here. It is still in OBS's folder.",
}
"""Why a replay that OBS has saved is no clip here."""


def in_short(state: ReplayState | None, words: Words) -> list[Line]:
    """One line for `/status`; nothing where OBS has no part in it."""
    if state is None:
        return []
    if not state.connected:
        return [words.line("OBS: not connected; clips come from Earshot's own buffer.")]
    return [
        words.line("OBS: connected, its replay buffer runs.")
        if state.buffer
        else words.line("OBS: its replay buffer is off.")
    ]


def instead(meaning: ClipSaved, words: Words) -> tuple[Line, ...]:
    """Why a clip does not come from OBS; nothing when nobody wanted that."""
    return (words.line(INSTEAD.get(meaning.instead, INSTEAD["OBS_OFF"])),) if meaning.instead else ()


def unfetched(meaning: ClipSaved, words: Words) -> Card:
    """OBS has saved it, but it cannot be shown here."""
    title = words.line("**Saved in OBS:** `{name}`", name=brief(meaning.shown, NAME))
    body = (words.line(UNFETCHED.get(meaning.failed, UNFETCHED["OBS_UNREADABLE"])),)
    foot = words.line("from @{x}'s live", x=meaning.handle)
    return Card(title, body, foot=foot, tone=Tone.CALM if meaning.failed == "OBS_ELSEWHERE" else Tone.WARN)


@draw.register
def obs_shown(meaning: ObsShown, words: Words) -> Card:
    """Connected or not, and what it does for this place."""
    state = meaning.state
    if state.connected:
        title = words.line("**OBS {version} is connected.**", version=brief(state.version, LABEL))
    else:
        title = words.line(TROUBLES.get(state.trouble, TROUBLES["OBS_OFF"]), x=state.where)
    items = tuple(Item(line) for line in _facts(state, words)) if state.connected else ()
    body = [words.line(MODES[meaning.mode])]
    if not meaning.running:
        body.append(words.line("Earshot is not running on this data folder; `earshot run` keeps OBS connected."))
    if meaning.places:
        names = ", ".join(brief(name, LABEL) for name in meaning.places[:20])
        body.append(
            words.count(
                "It serves {n} place: {names}", "It serves {n} places: {names}", len(meaning.places), names=names
            )
        )
    well = state.connected and state.buffer
    return Card(
        title,
        tuple(body),
        items=items,
        buttons=(_row(state, words),),
        tone=Tone.GOOD if well else Tone.WARN,
        private=True,
    )


def _row(state: ReplayState, words: Words) -> tuple[Button, ...]:
    again = Button(words.say("Look again"), "obs.status")
    if not state.connected:
        return Button(words.say("Connect"), "obs.connect", Press.MAIN), again
    if state.buffer:
        return Button(words.say("Turn the buffer off"), key("obs.buffer", "off")), again
    return Button(words.say("Turn it on"), key("obs.buffer", "on"), Press.MAIN), again


def _facts(state: ReplayState, words: Words) -> list[Line]:
    said = words.line("{sign} ", sign=SIGNS[state.buffer])
    facts = [
        said + (words.line("The replay buffer runs.") if state.buffer else words.line("The replay buffer is off."))
    ]
    facts.append(_folder(state, words))
    if state.scene:
        facts.append(words.line("Scene: {name}", name=brief(state.scene, NAME)))
    if state.free:
        facts.append(words.line("Its disk has {free} free.", free=words.size(state.free)))
    if state.last:
        at = datetime.fromtimestamp(state.last_at, UTC)
        name = brief(state.last, NAME)
        facts.append(
            words.line("Last replay: `{name}`, {day} {time}", name=name, day=words.day(at), time=words.time(at))
        )
    return facts


def _folder(state: ReplayState, words: Words) -> Line:
    sign = words.line("{sign} ", sign=SIGNS[state.here])
    if state.here:
        return sign + words.line("I can fetch its recordings.")
    if not state.folder:
        return sign + words.line("It does not say where it writes its recordings.")
    return sign + words.line(
        "I cannot reach its folder `{folder}` from here: `OBS_RECORDING_MAP` says where that is.",
        folder=brief(state.folder, NAME),
    )


@draw.register
def obs_connected(meaning: ObsConnected, words: Words) -> Card:
    """Each step, and what it means for this place."""
    state = meaning.state
    done = words.line("{sign} ", sign=SIGNS[True])
    steps = [
        done + words.line("OBS {version} answers at {x}.", version=brief(state.version, LABEL), x=state.where),
        done + words.line("It takes the password."),
        *_facts(state, words)[:2],
        done + words.line(MODES[meaning.mode]),
    ]
    ways = {
        Mode.OBS: words.say("Clips from OBS"),
        Mode.OWN: words.say("Own clips only"),
        Mode.BOTH: words.say("Both"),
    }
    other = tuple(
        Button(label, key("obs.connect", way.value)) for way, label in ways.items() if way is not meaning.mode
    )
    well = state.buffer and state.here
    title = words.line("**OBS serves this place.**")
    items = tuple(Item(step) for step in steps)
    return Card(title, items=items, buttons=(other,), tone=Tone.GOOD if well else Tone.WARN, private=True)


@draw.register
def obs_elsewhere(meaning: ObsElsewhere, words: Words) -> Card:
    """How it could serve this place; nothing else of it."""
    title = words.line("**OBS does not serve this place.** Its clips come from Earshot's own buffer.")
    if not meaning.may:
        return Card(title, (words.line("The owner can change that here with `/obs connect`."),), private=True)
    body = (words.line("`/obs connect` changes that: then its replays are posted here."),)
    row = (Button(words.say("Connect"), "obs.connect", Press.MAIN),)
    return Card(title, body, buttons=(row,), private=True)


@draw.register
def obs_trying(meaning: ObsTrying, words: Words) -> Card:
    """It takes a while."""
    body = (words.line("I give it {left} at most.", left=words.length(timedelta(seconds=45))),)
    return Card(words.line("**Asking OBS…**"), body, private=True)
