"""How much work one message may cost, shared by the rules that have to be searched for one by one.

A unit is 15 to 25 ns: a step of RE2 without its automaton (which it gives up for patterns that explode) on one byte, measured. Each
rule gets an even part of what is left, those that cost least first: what a few monsters would need is all they miss.
"""

MOST = 100_000  # units of one message: 2 to 3 ms
ALONE = 10 * MOST  # of a rule that is searched for alone, as in tests
CALL = 60  # one look for a literal
PLACE = 120  # one place found: looked at, and given out as a match
LETTER = 100  # one letter of a disguise taken off


class Effort:
    """Units that are left. What has none left stops looking."""

    __slots__ = ("left",)

    def __init__(self, units: int = ALONE) -> None:
        self.left = units

    def spend(self, units: int) -> bool:
        """Take units away; whether there is some left for this."""
        self.left -= units
        return self.left >= 0
