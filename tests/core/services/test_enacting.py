"""How a place has short texts judged goes into its file and comes out of it; what cannot be is named and takes nothing along."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.audit import Verb
from core.model.person import Place
from core.model.policy import HIGHEST, LEAST, SAMPLES, Policy, Provider, Severity, WordRule
from core.model.risk import Label
from core.model.trigger import MatchMode
from core.services.adopting import Left, Why
from core.services.carried import read, written
from core.services.carrying import Carrying
from core.services.enacting import Enacted
from core.services.following import Following
from core.services.moderating.ruling import MOST, MOST_PATTERNS
from core.services.policed import WantedRule
from tests.builders import HERE, THERE, deeds, placed
from tests.core.services.carrying_desk import MANAGER, carrying_of
from tests.doubles import BEGAN, CountedStorage, HandClock

CONSOLE, OTHER = Place(HERE, "The kitchen"), Place("console:other", "Other")
WORDS = (
    WordRule(0, HERE, "kill but not kill time"),
    WordRule(0, HERE, "(a+)+$", MatchMode.PATTERN, Severity.EXCEPT),
    WordRule(0, HERE, "sou*", MatchMode.CONTAINS, Severity.FLAG),
)


@pytest.fixture
async def carrying(storage: CountedStorage, clock: HandClock) -> Carrying:
    for place in (HERE, THERE, OTHER.id):
        await placed(storage, place)
    return carrying_of(storage, clock, Following(storage, clock, limit=6))


async def enacted(carrying: Carrying, text: str, place: Place = CONSOLE) -> Enacted:
    return (await carrying.bring(place, MANAGER, read(text), "console:a", everywhere=False)).enacted


def file_of(**said: object) -> str:
    return json.dumps({"earshot": "1", **said})


# ---------------------------------------------------------------- there and back

limits = st.none() | st.floats(LEAST, HIGHEST)
policies = st.builds(
    lambda given, s3, chat, titles, provider, sample, region: Policy(
        HERE,
        {one: s3 if one is Label.S3 else given[one] for one in Label if one is Label.S3 or given[one] is not None},
        chat,
        titles,
        provider,
        sample,
        region,
    ),
    st.fixed_dictionaries(dict.fromkeys(Label, limits)),
    st.floats(LEAST, HIGHEST),
    st.booleans(),
    st.booleans(),
    st.sampled_from(Provider),
    st.sampled_from(SAMPLES),
    st.sampled_from(["", "france", "north-africa"]),
)
rules = st.lists(
    st.builds(
        WordRule,
        st.just(0),
        st.just(HERE),
        st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30),
        st.sampled_from(MatchMode),
        st.sampled_from(Severity),
    ),
    max_size=5,
)


@given(policies, rules)
def test_what_is_written_of_a_policy_is_read_again(policy: Policy, words: list[WordRule]) -> None:
    wanted = read(written(CONSOLE, (), (), (), BEGAN, policy, words)).policed
    assert wanted.wrong == ()
    assert {label: limit for label, limit in wanted.limits.items() if limit is not None} == policy.limits
    assert set(wanted.limits) == set(Label)
    assert wanted.wishes == {name: getattr(policy, name) for name in ("chat", "titles", "provider", "sample", "region")}
    assert wanted.rules == tuple(WantedRule(one.word, one.match, one.severity) for one in words)


@given(
    st.recursive(
        st.text(max_size=8) | st.none() | st.booleans() | st.floats() | st.sampled_from(["S", "labels", "judge"]),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    ),
    st.recursive(st.text(max_size=8) | st.none(), lambda inner: st.lists(inner, max_size=4)),
)
def test_no_policy_of_a_stranger_breaks_the_reader(policy: object, words: object) -> None:
    read(file_of(policy=policy, words=words))
    read(file_of(policy={"labels": policy, "judge": words, "sample": policy}, words=[policy, {"word": words}]))


async def test_the_policy_of_one_place_becomes_that_of_another(carrying: Carrying, storage: CountedStorage):
    ruling = carrying.enacting.ruling
    await ruling.limit(CONSOLE, MANAGER, Label.H, 0.4)
    await ruling.limit(CONSOLE, MANAGER, Label.S, None)
    await ruling.change(CONSOLE, MANAGER, chat=False, provider=Provider.ENSEMBLE, sample=60, region="france")
    for one in WORDS:
        await ruling.add(CONSOLE, MANAGER, one)
    text = (await carrying.export(CONSOLE)).data.decode()
    came = await enacted(carrying, text, OTHER)
    assert (came.rules, came.doubled, came.left) == (3, 0, ())
    was, now = await ruling.policy(HERE), await ruling.policy(OTHER.id)
    assert now == Policy(OTHER.id, was.limits, False, True, Provider.ENSEMBLE, 60, "france") == came.after
    assert [(one.word, one.match, one.severity) for one in await ruling.rules(OTHER.id)] == [
        (one.word, one.match, one.severity) for one in WORDS
    ]
    done = [(verb, about) for verb, about, *_ in await deeds(storage, OTHER.id)]
    assert (Verb.LABEL, "label:H") in done
    assert sum(verb is Verb.ADD_WORD for verb, _ in done) == 3
    again = await enacted(carrying, text, OTHER)
    assert (again.before, again.rules, again.doubled) == (now, 0, 3)
    assert len(await deeds(storage, OTHER.id)) == len(done), "what changes nothing is no deed"


async def test_a_file_that_says_nothing_of_it_changes_nothing(carrying: Carrying):
    await carrying.enacting.ruling.limit(CONSOLE, MANAGER, Label.H, 0.4)
    assert await enacted(carrying, file_of(follows=[])) == Enacted()
    assert (await carrying.enacting.ruling.policy(HERE)).limits[Label.H] == 0.4


# ---------------------------------------------------------------- hostile files


async def test_each_thing_that_cannot_be_is_named_and_the_others_are_taken(carrying: Carrying):
    policy = {
        "labels": {"S3": "no", "H": "0.4", "S": "7", "V": "nan", "HR": "", "OK": "0.5", "x`y\n" * 9: "0.5"},
        "chat": "perhaps",
        "titles": "no",
        "judge": "the moon",
        "sample": "13",
        "region": "atlantis",
    }
    words = [
        {"word": "(", "match": "pattern"},
        {"word": r"(?=a)\1", "match": "pattern"},
        {"word": "  "},
        {"word": "soup", "match": "telepathy"},
        {"word": "soup", "does": "punish"},
        "soup",
        {"word": "stew", "does": "flag"},
    ]
    came = await enacted(carrying, file_of(policy=policy, words=words))
    named = [(one.what, one.why) for one in came.left]
    assert [what for what, why in named if why is Why.WRONG] == [
        "chat",
        "judge",
        "sample",
        "labels.S",
        "labels.V",
        "labels.HR",
        "labels.OK",
        "labels.x…y…x…y…x…y…x…y…x…y…x…y…",
        "words",
    ]
    assert Left("region", Why.REGION, "atlantis") in came.left
    assert Left("labels.S3", Why.LASTING) in came.left
    assert [one.value for one in came.left if one.why is Why.RULE] == ["(", r"(?=a)\1", "  "]
    assert came.after is not None
    assert (came.after.limits[Label.H], came.after.titles, came.after.chat) == (0.4, False, True)
    assert came.after.limits[Label.S3] == 0.6
    assert [one.word for one in await carrying.enacting.ruling.rules(HERE)] == ["stew"]


async def test_more_rules_than_there_is_room_for_are_named_and_those_before_them_are_taken(carrying: Carrying):
    patterns = [{"word": f"a{n}", "match": "pattern"} for n in range(MOST_PATTERNS + 2)]
    came = await enacted(carrying, file_of(words=[*patterns, *({"word": f"word{n}"} for n in range(MOST))]))
    assert came.rules == MOST == len(await carrying.enacting.ruling.rules(HERE))
    assert {one.why for one in came.left} == {Why.FULL}
    assert [one.value for one in came.left[:2]] == [f"a{MOST_PATTERNS}", f"a{MOST_PATTERNS + 1}"]


@pytest.mark.parametrize("said", [{"policy": "all"}, {"policy": {"labels": ["S"]}}])
async def test_what_is_no_policy_at_all_is_named(carrying: Carrying, said: dict[str, object]):
    came = await enacted(carrying, file_of(**said))
    assert [one.why for one in came.left] == [Why.WRONG]
    assert came.before == came.after
