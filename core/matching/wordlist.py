"""The word rules of a place: which of them a text breaks, exceptions taken out."""

import logging
from collections.abc import Iterable, Iterator
from typing import cast

from core.errors import Invalid
from core.matching.rules import Rule, TriggerIndex, compile_rule
from core.model.policy import Severity, WordRule

log = logging.getLogger(__name__)


class WordList:
    """One place's rules, compiled. One thread uses it at a time. Compiling takes up to 10 ms a rule: not for the event loop."""

    def __init__(self, rules: Iterable[WordRule] = ()) -> None:
        compiled = list(_compiled(rules))
        self._rules = {one.id: one for one, _ in compiled}
        self._index = TriggerIndex((one.id, rule) for one, rule in compiled)

    def broken(self, text: str) -> tuple[WordRule, ...]:
        """The rules `text` breaks, those that hold first, then by where they stand. What stands inside an exception breaks none.
        No text takes more than a few milliseconds (see TriggerIndex.find)."""
        if not self._rules:
            return ()
        places = [(self._rules[cast(int, match.key)], match.start, match.end) for match in self._index.find(text)]
        spared = [(start, end) for rule, start, end in places if rule.severity is Severity.EXCEPT]
        found = {
            rule.id: rule
            for rule, start, end in places
            if rule.severity is not Severity.EXCEPT and not any(a <= start and end <= b for a, b in spared)
        }
        return tuple(sorted(found.values(), key=lambda rule: rule.severity is not Severity.HOLD))


def _compiled(rules: Iterable[WordRule]) -> Iterator[tuple[WordRule, Rule]]:
    """One that was taken once and would be refused now is deaf, and keeps no other from being looked for."""
    for one in rules:
        try:
            yield one, compile_rule(one.word, one.match)
        except Invalid as error:
            log.warning("word rule %s of %s cannot be looked for any more: %s", one.id, one.place, error)
