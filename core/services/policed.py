"""What a file says of how a place wants short texts judged, written and read.

Each value is read by itself, as with settings (declared): one that cannot be read is named, and takes no other along.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.model.policy import HIGHEST, LEAST, SAMPLES, Policy, Provider, Severity, WordRule
from core.model.risk import Label
from core.model.trigger import MatchMode
from core.services import plain

MOST = 1_000  # word rules, or labels, of a file that are looked at: more than any place may have
NAME = 24  # characters of a name nobody knows that are repeated


@dataclass(frozen=True)
class WantedRule:
    """A word rule of a file; None: it says nothing that could be one."""

    word: str
    match: MatchMode
    severity: Severity


@dataclass(frozen=True)
class WantedPolicy:
    """What is wanted: `limits` of labels (None: off), `wishes` by the names of Policy's fields, `rules`, and `wrong`: names in the
    file of what cannot be read."""

    limits: Mapping[Label, float | None] = field(default_factory=dict)
    wishes: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[WantedRule, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the file says nothing of it."""
        return not (self.limits or self.wishes or self.rules or self.wrong)


def about_policy(policy: Policy) -> dict[str, Any]:
    """What holds, as it stands in a file."""
    return {
        "labels": {str(label): policy.limits.get(label, False) for label in Label},
        "chat": policy.chat,
        "titles": policy.titles,
        "judge": str(policy.provider),
        "sample": policy.sample,
        "region": str(policy.region),
    }


def about_rules(rules: Sequence[WordRule]) -> list[dict[str, str]]:
    """The words of a place."""
    return [{"word": str(one.word), "match": str(one.match), "does": str(one.severity)} for one in rules]


def policed(facts: Mapping[str, Any]) -> WantedPolicy:
    """What a file of `account export` says of it."""
    said = facts.get("policy")
    law: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    wrong = ["policy"] if said is not None and not isinstance(said, Mapping) else []
    wishes: dict[str, Any] = {}
    for name, (meant, read) in READ.items():
        if name in law:
            try:
                wishes[meant] = read(_text(law[name]))
            except ValueError:
                wrong.append(name)
    limits, unknown = _limits(law.get("labels"))
    rules = [_rule(one) for one in plain.listed(facts.get("words"))[:MOST]]
    wrong += [*unknown, *(["words"] if None in rules else [])]
    return WantedPolicy(limits, wishes, tuple(one for one in rules if one is not None), tuple(wrong))


def _limits(said: Any) -> tuple[dict[Label, float | None], list[str]]:
    """By label, and the names of what is none, or has no limit that could be."""
    if said is None:
        return {}, []
    if not isinstance(said, Mapping):
        return {}, ["labels"]
    limits: dict[Label, float | None] = {}
    wrong: list[str] = []
    for name, value in list(said.items())[:MOST]:
        try:
            limits[Label(name)] = _limit(_text(value))
        except ValueError:
            wrong.append(f"labels.{_shown(name)}")
    return limits, wrong


def _limit(text: str) -> float | None:
    if text.lower() in ("no", "false"):
        return None
    if not LEAST <= (limit := float(text)) <= HIGHEST:
        raise ValueError(text)
    return limit


def _rule(one: Any) -> WantedRule | None:
    said = plain.texts(one)
    try:
        match = MatchMode(said.get("match", MatchMode.WHOLE_WORD))
        return WantedRule(said["word"], match, Severity(said.get("does", Severity.HOLD)))
    except (ValueError, KeyError):
        return None


def _text(value: Any) -> str:
    """Of anything else no message is made: a file of some lines may name itself a billion times."""
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _shown(name: Any) -> str:
    """A name of a stranger's file, for people to find it there."""
    text = name if isinstance(name, str) else "…"
    return "".join(sign if sign.isprintable() and sign != "`" else "…" for sign in text[:NAME])


def _sample(text: str) -> int:
    if text not in map(str, SAMPLES):
        raise ValueError(text)
    return int(text)


def _region(text: str) -> str:
    if len(text) > NAME or (not text.replace("-", "a").replace("_", "a").isalnum() and text):
        raise ValueError(text)
    return text.lower()


READ: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "chat": ("chat", plain.yes),
    "titles": ("titles", plain.yes),
    "judge": ("provider", Provider),
    "sample": ("sample", _sample),
    "region": ("region", _region),
}
"""How each is read, by its name in the file, and its name in Policy."""
