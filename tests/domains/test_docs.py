"""The page a stranger writes a pack from must say what the loader takes, and its examples must load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domains.fields import Reader
from domains.labels import INTENTS, ROLES, SLOTS
from domains.load import COMMON, load_pack
from domains.parts import catalogue, claims, company, offers, scripts
from domains.parts.scripts import read_situations
from domains.read import Faults

PAGE = (Path(__file__).parents[2] / "docs" / "packs.md").read_text("utf-8")


def blocks(language: str, heading: str) -> list[str]:
    """Fenced examples of a section."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def test_the_table_of_situations_is_the_one_in_force():
    rows = re.findall(
        r"^\| `([a-z][a-z_.0-9]*)` \|([^|]*)\| (.*) \|$", PAGE.split("<!-- situations -->")[1], re.M
    )
    told = {name: tuple(re.findall(r"\{(\w+)\}", variables)) for name, variables, _ in rows}
    faults = Faults()
    situations = read_situations(COMMON / "situations.yaml", Reader(faults))
    assert not faults.found
    named = {name for name in situations if name.startswith("names.")}
    assert named == {f"names.{slot}" for slot in SLOTS}
    in_force = {name: row.variables for name, row in situations.items() if name not in named}
    assert {name: told.get(name) for name in in_force} == in_force


@pytest.mark.parametrize(
    "words",
    [
        INTENTS,
        SLOTS,
        ROLES,
        company._FIELDS,
        company._CONTACT,
        claims._FIELDS,
        claims._WHEN,
        claims._ABOUT,
        scripts.FIELDS,
    ],
)
def test_every_name_is_on_the_page(words: tuple[str, ...]):
    assert [word for word in words if not re.search(rf"\b{word}\b", PAGE)] == []


def test_every_column_is_on_the_page():
    columns = (*catalogue.REQUIRED, *catalogue.OPTIONAL, *offers.REQUIRED, *offers.OPTIONAL)
    plain = [column for column in columns if not column.endswith("_zh")]
    assert [
        column
        for column in plain
        if f"`{column}`" not in PAGE and column not in "".join(blocks("csv", "offers.csv"))
    ] == []


def test_a_pack_written_from_the_examples_of_the_page_loads(tmp_path: Path):
    files = {
        "pack.yaml": blocks("yaml", "pack.yaml")[0],
        "catalogue.csv": blocks("csv", "catalogue.csv")[0],
        "offers.csv": blocks("csv", "offers.csv")[0],
        "claims.yaml": blocks("yaml", "claims.yaml")[0],
        "intents.yaml": blocks("yaml", "intents.yaml or intents/*.yaml")[0],
        "scripts.yaml": blocks("yaml", "scripts.yaml")[0],
        "playbook.yaml": blocks("yaml", "playbook.yaml")[0],
        "dialogues.yaml": blocks("yaml", "dialogues.yaml")[0],
        "knowledge/care.md": blocks("markdown", "knowledge/*.md")[0],
    }
    files["pack.yaml"] = files["pack.yaml"].replace(
        "attributes:\n", "attributes:\n  warranty: {names: {zh: 质保期, en: warranty}}\n"
    )
    files["catalogue.csv"] += "LAMP-2,落地灯 L2,Floor Lamp L2,大落地灯,lamp,499,盏,lamp,24,,\n"
    (tmp_path / "knowledge").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    pack = load_pack(tmp_path)
    assert pack.products[0].specs["brightness"] == "600lm"
    assert pack.claims[1].when.not_regions == ("上海",) and pack.knowledge[0].text.startswith("Wipe")
    assert pack.playbook.asks[-1].stage == "closing" and pack.offers[1].rule.products == ("LAMP-1",)
    assert [turn.diff.focus for turn in pack.dialogues[:2]] == ["LAMP-2", None]
    assert any(example.intents == ("ask_case", "request_material") for example in pack.examples)


def test_the_defaults_speak_in_every_situation():
    lines = load_pack("qingshui").scripts
    faults = Faults()
    situations = read_situations(COMMON / "situations.yaml", Reader(faults))
    wanted = {(name, lang) for name in situations for lang in ("zh", "en")}
    assert wanted - {(line.situation, line.lang) for line in lines} == set()
