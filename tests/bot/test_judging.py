"""Judging as the doctor sees it, and the judges of an installation."""

from pathlib import Path

import pytest

from bot.cards.doctor import told
from bot.cards.terms import lacks
from bot.doctor import judging
from bot.engines import judges_of
from bot.wording import Words
from core.adapters.risk.places import PlaceHeads
from core.model.risk import Label
from core.model.transcript import Segment
from core.ports.assessor import Window
from core.ports.training import Lesson
from core.settings import Settings, load
from tests.platforms.groq_chat import LoopbackChat
from tests.platforms.judges import HATEFUL, honest


def settings_of(tmp_path: Path, service: LoopbackChat | None = None) -> Settings:
    given = {"GROQ_API_KEY": service.key, "GROQ_BASE_URL": service.origin} if service else {}
    return load(None, DATA_DIR=tmp_path, **given)


async def looked(settings: Settings, *, quick: bool = False) -> dict[str, tuple[bool | None, str, str]]:
    """What the doctor says of judging, by its name."""
    words = Words("en", settings.zone)
    return {name: (part.well, *told(part, words)) async for name, part in judging.look(settings, quick=quick)}


async def test_without_a_key_rules_judge_and_the_doctor_says_what_would_help(tmp_path: Path) -> None:
    found = await looked(settings_of(tmp_path))
    assert found["rules"] == (
        None,
        "No model judges what is said; simple rules do",
        "Set GROQ_API_KEY, and models look as well.",
    )
    assert found["packs"][1] == "Prompt packs: default, france, latin-america, maghreb, west-africa-fr"
    async with judges_of(settings_of(tmp_path)) as judges:
        assert judges is None


async def test_a_model_that_is_gone_is_named_with_the_setting_to_change(tmp_path: Path) -> None:
    async with LoopbackChat(honest()) as service:
        service.models.remove("openai/gpt-oss-20b")
        found = await looked(settings_of(tmp_path, service))
    assert found["screen"][:2] == (False, "gpt-oss-20b: the model is not there")
    assert found["screen"][2].startswith("Correct GROQ_SCREEN_MODEL")
    assert found["judge"][:2] == (True, "gpt-oss-120b: the key works, and the model is there")


async def test_a_quick_look_asks_nobody(tmp_path: Path) -> None:
    async with LoopbackChat(honest()) as service:
        found = await looked(settings_of(tmp_path, service), quick=True)
        assert service.calls == []
    assert found["screen"] == (True, "gpt-oss-20b: ready", "")


async def test_a_head_that_cannot_be_used_is_named_with_what_becomes_of_it(tmp_path: Path) -> None:
    heads = PlaceHeads(tmp_path / "moderation")
    await heads.train("discord:1", [Lesson("a thing", {Label.H: True})])
    assert (await looked(settings_of(tmp_path)))["heads"] == (True, "What the judge inside has learned can be read", "")
    folder = heads.folder("discord:1")
    (folder / "1" / "weights.npz").write_bytes(b"")
    found = await looked(settings_of(tmp_path))
    assert "heads" not in found
    well, what, cure = found[f"head {folder.name}"]
    assert (well, what) == (False, f"{folder}: the weights are not those of the card")
    assert "learned anew in the night" in cure


async def test_a_pack_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "mine.yaml").write_text("name: [")
    well, finding, _ = (await looked(settings_of(tmp_path)))["pack mine.yaml"]
    assert well is False
    assert finding == f"{tmp_path}/packs/mine.yaml is no prompt pack (it is no YAML: line 1)"


@pytest.mark.parametrize("name", ["screen", "judge"])
async def test_both_judges_ask_the_model_of_their_setting(tmp_path: Path, name: str) -> None:

    async with LoopbackChat(honest("vermin")) as service, judges_of(settings_of(tmp_path, service)) as judges:
        assert judges is not None
        judge = getattr(judges, name)
        judgement = await judge.assess(Window((Segment(0, 5, "They are vermin."),)))
        (body,) = [call.data for call in service.sent("chat")]
    expected = {"screen": ("openai/gpt-oss-20b", "low"), "judge": ("openai/gpt-oss-120b", "medium")}[name]
    assert (body["model"], body["reasoning_effort"]) == expected
    assert judgement.assessments[0].category == HATEFUL["categorie"]
    assert judgement.assessments[0].engine == expected[0].removeprefix("openai/")


def test_what_a_judge_lacks_is_told_in_french(tmp_path: Path) -> None:

    said = lacks(
        "the model is not there, see GROQ_SCREEN_MODEL: openai/gpt-oss-20b", Words("fr", settings_of(tmp_path).zone)
    )
    assert said == "le modèle n'est pas là, voir GROQ_SCREEN_MODEL: openai/gpt-oss-20b"
