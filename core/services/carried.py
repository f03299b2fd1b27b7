"""The form of what is carried between places: YAML of `account export`, the seed's JSON, or names with anything between them.

Whatever comes is a stranger's: read as plain texts (no types, no tags, no aliases that grow), every value checked by itself.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.errors import Invalid
from core.model.account import FOREVER, NO_RISK, Follow, Handle
from core.model.feed import Feed
from core.model.person import Address, Place
from core.model.policy import Policy, WordRule
from core.model.trigger import DEFAULT_COOLDOWN, MatchMode, Then, Trigger, Where
from core.services import plain
from core.services.declared import Declared, about_place, about_routes, declared
from core.services.following import Wishes
from core.services.plain import listed
from core.services.policed import WantedPolicy, about_policy, about_rules, policed
from core.services.seeded import as_json, seeded

VERSION = "1"
LONGEST = 256_000  # characters: a thousand follows and as many triggers
OURS = re.compile(r"^earshot:\s*\S", re.MULTILINE)
BETWEEN = re.compile(r"[\s,;]+")
NUMBERED = re.compile(r"[0-9]+[.)]")  # of a list on lines of their own
WRAPPED = "\"'`[](){}<>«»"


@dataclass(frozen=True)
class WantedFollow:
    """One account of a list. `name` is what was written; without a `handle` it can be no account of TikTok."""

    name: str
    handle: Handle | None
    channel: Address = ""
    wishes: Wishes = field(default_factory=Wishes)
    paused_until: datetime | None = None

    def wishes_in(self, place: Place) -> Wishes:
        """What is wanted, as far as it means something in `place`: a role of another platform, or of everybody, calls nobody."""
        ping = self.wishes.ping
        here = ping.startswith(f"{place.platform}:") and ping != place.id
        return self.wishes if here else Wishes(**{**vars(self.wishes), "ping": ""})


@dataclass(frozen=True)
class WantedTrigger:
    """One trigger of a list; without an `account` it listens to every account."""

    word: str
    account: Handle | None = None
    where: Where = Where.BOTH
    match: MatchMode = MatchMode.WHOLE_WORD
    then: Then = Then.BOTH
    cooldown: timedelta = DEFAULT_COOLDOWN

    def trigger(self, place: str, follow: Follow | None) -> Trigger:
        """The trigger as a place arms it; `follow` is that of its account."""
        account_id, handle = (follow.account_id, follow.handle) if follow else (None, None)
        return Trigger(0, place, self.word, account_id, handle, self.where, self.match, self.then, self.cooldown)


@dataclass(frozen=True)
class Carried:
    """What a list holds, each account once; `unread` are triggers that say nothing that could be armed. `password`: it holds one,
    which is not taken; `needless` are settings in it that mean nothing here."""

    follows: tuple[WantedFollow, ...]
    triggers: tuple[WantedTrigger, ...] = ()
    declared: Declared = field(default_factory=Declared)
    policed: WantedPolicy = field(default_factory=WantedPolicy)
    unread: int = 0
    password: bool = False
    needless: tuple[str, ...] = ()


def written(
    place: Place,
    follows: Sequence[Follow],
    triggers: Sequence[Trigger],
    feeds: Sequence[Feed],
    at: datetime,
    policy: Policy | None = None,
    rules: Sequence[WordRule] = (),
) -> str:
    """Everything set in a place as YAML. Times are UTC."""
    import yaml  # 25 ms, and only for files

    facts: dict[str, Any] = {
        "earshot": int(VERSION),
        "written": f"{at:%Y-%m-%d %H:%M} UTC",
        "place": about_place(place),
        "policy": about_policy(policy or Policy(place.id)),
        "words": about_rules(rules),
        "routes": about_routes(feeds, follows),
        "follows": [_follow(follow) for follow in follows],
        "triggers": [_trigger(trigger) for trigger in triggers],
    }
    text: str = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=1000)
    return f"# What is set in this place. `account import` reads it back.\n{text}"


def _follow(follow: Follow) -> dict[str, Any]:
    facts: dict[str, Any] = {"account": str(follow.handle), "channel": str(follow.address)}
    facts |= {"role": str(follow.ping)} if follow.ping else {}
    facts |= {"language": str(follow.language)} if follow.language else {}
    facts |= {"transcript": follow.transcript}
    facts |= {"risk": float(follow.risk) if follow.risk != NO_RISK else False} if follow.risk is not None else {}
    facts |= {"chat": follow.chat, "clips": follow.clips, "videos": follow.videos}
    facts |= {"engine": follow.engine} if follow.engine else {}
    if follow.paused_until is not None:
        until = follow.paused_until
        facts["paused_until"] = "resumed" if until >= FOREVER else until.astimezone(UTC).isoformat(timespec="seconds")
    return facts


def _trigger(trigger: Trigger) -> dict[str, Any]:
    facts: dict[str, Any] = {"word": str(trigger.word)}
    facts |= {"account": str(trigger.handle)} if trigger.handle else {}
    choices = {"where": str(trigger.where), "match": str(trigger.match), "then": str(trigger.then)}
    return facts | choices | {"cooldown_seconds": int(trigger.cooldown.total_seconds())}


def read(text: str) -> Carried:
    """What a list holds. Raises Invalid LIST_FORM (n, the line it breaks at) and LIST_LONG (m, characters)."""
    if len(text) > LONGEST:
        raise Invalid("LIST_LONG", m=LONGEST)
    text = text.removeprefix("\ufeff")  # some editors begin a file with it
    if text.lstrip().startswith("{"):
        return _object(text)
    if OURS.search(text):
        return _ours(_parsed(text))
    words = (word.strip(WRAPPED).removeprefix("-").strip(WRAPPED) for word in BETWEEN.split(text))
    return Carried(_once(_named(word) for word in words if word.strip("@") and not NUMBERED.fullmatch(word)))


def _object(text: str) -> Carried:
    """JSON: settings of the Live Chat Detector, or a file of ours that went through something else; YAML only where
    it is none."""
    try:
        facts = as_json(text) or {}
    except (ValueError, RecursionError) as error:
        try:
            facts = _parsed(text)
        except Invalid as broken:
            raise Invalid("LIST_FORM", n=getattr(error, "lineno", 1)) from broken
    if "earshot" in facts:
        return _ours(facts)
    found = seeded(facts)
    if found is None:
        raise Invalid("LIST_FORM", n=1)
    triggers = tuple(WantedTrigger(word, None, Where.CHAT, MatchMode.CONTAINS) for word in found.words)
    return Carried(_once(map(_named, found.names)), triggers, password=found.password, needless=found.needless)


def _parsed(text: str) -> Mapping[str, Any]:
    import yaml

    try:
        facts = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  texts, lists and mappings only: no object is ever made
    except yaml.MarkedYAMLError as error:
        raise Invalid("LIST_FORM", n=error.problem_mark.line + 1 if error.problem_mark else 1) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Invalid("LIST_FORM", n=1) from error
    if not isinstance(facts, dict):
        raise Invalid("LIST_FORM", n=1)
    return facts


def _ours(facts: Mapping[str, Any]) -> Carried:
    if facts.get("earshot") != VERSION:
        raise Invalid("LIST_FORM", n=1)
    follows = _once(_wanted(one) for one in listed(facts.get("follows")))
    triggers = tuple(map(_wanted_trigger, listed(facts.get("triggers"))))
    return Carried(follows, tuple(filter(None, triggers)), declared(facts), policed(facts), triggers.count(None))


def _once(wanted: Any) -> tuple[WantedFollow, ...]:
    """Each account once, the first time it is named; what is no account stays as often as it stands there."""
    found: dict[str, WantedFollow] = {}
    for number, one in enumerate(wanted):
        found.setdefault(one.handle if one.handle is not None else f"?{number}", one)
    return tuple(found.values())


def named(text: str) -> Handle:
    """The handle of somebody to be followed. Raises Invalid HANDLE_FORM, also for a name with a dot at its end: TikTok has none
    (see Account.nameless)."""
    handle = Handle.parse(text)
    if handle.endswith("."):
        raise Invalid("HANDLE_FORM", x=text)
    return handle


def _named(word: str) -> WantedFollow:
    try:
        return WantedFollow(word, named(word))
    except Invalid:
        return WantedFollow(word, None)


def _wanted(one: Any) -> WantedFollow:
    """A follow as it was written; one wrong value makes the whole entry wrong, so that nobody wonders later."""
    if not isinstance(one, dict):
        # Not `str(one)`: a list of aliases of lists of aliases, written out, fills the memory.
        return WantedFollow(one[:100] if isinstance(one, str) else "[…]", None)
    facts = {str(key): value for key, value in one.items() if isinstance(value, str)}
    who = _named(facts.get("account", ""))
    try:
        wishes = Wishes(
            plain.language(facts.get("language", "")),
            plain.yes(facts.get("transcript", "true")),
            plain.share(facts["risk"]) if "risk" in facts else None,
            facts.get("role", ""),
            plain.yes(facts.get("chat", "true")),
            plain.yes(facts.get("clips", "true")),
            plain.yes(facts.get("videos", "false")),
            plain.engine(facts.get("engine", "")),
        )
        return WantedFollow(
            who.name, who.handle, facts.get("channel", ""), wishes, plain.until(facts.get("paused_until", ""))
        )
    except ValueError:
        return WantedFollow(who.name, None)


def _wanted_trigger(one: Any) -> WantedTrigger | None:
    """None when it says nothing that could be armed."""
    if not isinstance(one, dict):
        return None
    facts = {str(key): value for key, value in one.items() if isinstance(value, str)}
    try:
        account = Handle.parse(facts["account"]) if facts.get("account") else None
        return WantedTrigger(
            facts["word"],
            account,
            Where(facts.get("where", Where.BOTH)),
            MatchMode(facts.get("match", MatchMode.WHOLE_WORD)),
            Then(facts.get("then", Then.BOTH)),
            timedelta(seconds=plain.seconds(facts.get("cooldown_seconds", "30"))),
        )
    except (ValueError, KeyError, Invalid):
        return None
