"""What a place wants of short texts: which labels are over, and whether a comment is shown."""

from dataclasses import replace

import pytest

from core.model.discussion import Comment
from core.model.policy import LIMIT, Policy
from core.model.risk import SEVERE_LIMITS, Label, Verdict
from tests.doubles import BEGAN

COMMENT = Comment(1, "console:here", 7, "discord:7", "Karim", "Salt first.", BEGAN)


def test_what_nobody_has_said_counts_every_label_from_the_limit_of_the_severe_ones() -> None:
    policy = Policy("console:here")
    assert set(policy.limits) == set(Label)
    assert {*policy.limits.values()} == {LIMIT} == {*SEVERE_LIMITS.values()}
    assert policy.severe == SEVERE_LIMITS


def test_the_furthest_over_its_own_limit_comes_first_and_what_is_off_never_comes() -> None:
    policy = Policy("console:here", {Label.HR: 0.3, Label.V: 0.8})
    labels = {Label.HR: 0.7, Label.V: 0.85, Label.S: 0.99}
    assert policy.over(labels) == (Label.HR, Label.V)
    assert policy.over({Label.HR: 0.29}) == ()
    assert policy.over({Label.HR: 0.3}) == (Label.HR,)
    assert policy.over({}) == ()


@pytest.mark.parametrize(
    ("held", "verdict", "shown"),
    [
        (False, None, True),
        (True, Verdict.WAITING, False),
        (True, Verdict.MUTED, False),
        (True, Verdict.DISMISSED, True),
        (True, Verdict.CONFIRMED, False),
        (False, Verdict.WAITING, True),  # flagged: a person looks afterwards
        (False, Verdict.DISMISSED, True),
        (False, Verdict.CONFIRMED, False),
    ],
)
def test_a_comment_is_shown_when_nobody_keeps_it_away(held: bool, verdict: Verdict | None, shown: bool) -> None:
    comment = replace(COMMENT, held=held, verdict=verdict)
    assert comment.shown is shown
    assert not replace(comment, removed=BEGAN).shown
