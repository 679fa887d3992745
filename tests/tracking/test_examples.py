"""The example turns: what the shared ones hold, what faults a pack's own are told, which are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.diff import StateDiff
from core.errors import PackError
from domains.load import load_pack
from domains.new import create_pack
from engines.tracking.believe import Judge
from engines.tracking.examples import ExampleTurns, answer_shown, example_shown
from engines.tracking.llm import diff_schema
from tests.fakes import pack_of
from tests.tracking.views import view_of

KINDS = {
    "telling",
    "correcting",
    "ellipsis",
    "range",
    "several",
    "taking_back",
    "confirming",
    "nothing",
    "who",
}
OWN = """correcting:
  - zh: 不是<A>,是落地灯
    robot: <A>三盏是吧。
    state: {items: [{product: A, quantity: 3}], focus: A}
    diff:
      remove: [{slot: product, product: A, words: 不是<A>}]
      items: [{product: LAMP-2, quantity: 3, words: 落地灯}]
      focus: LAMP-2
"""


def test_there_are_enough_of_every_kind_in_both_languages() -> None:
    turns = pack_of().dialogues
    assert len(turns) >= 60 and {turn.kind for turn in turns} == KINDS
    for lang in ("zh", "en"):
        assert len([turn for turn in turns if turn.lang == lang]) >= 20


@pytest.mark.parametrize("name", ["qiheng", "qingshui"])
def test_every_example_is_borne_out_by_its_own_line(name: str) -> None:
    pack = pack_of(name)
    judge = Judge(pack)
    for turn in pack.dialogues:
        dropped = judge.believed(turn.diff, view_of(turn, pack.currency)).dropped
        assert not dropped, (turn.customer, dropped)


def test_letters_are_products_of_the_pack() -> None:
    pack = pack_of("qingshui")
    ids = {row.id for row in pack.products}
    for turn in pack.dialogues:
        named = {item.product for item in (*turn.items, *turn.diff.items) if item.product}
        assert named <= ids
        assert "<" not in turn.customer + turn.robot


def test_an_answer_shown_has_the_form_asked_for() -> None:
    fields = set(diff_schema(pack_of())["properties"])
    for turn in pack_of().dialogues:
        told = json.loads(answer_shown(turn.diff))
        assert set(told) == fields and StateDiff.model_validate(told) == turn.diff
        assert (
            "\n" not in example_shown(turn) and json.loads(example_shown(turn))["customer"] == turn.customer
        )


def test_the_nearest_turns_are_of_the_language_and_of_several_kinds() -> None:
    turns = ExampleTurns(pack_of().dialogues)
    found = turns.find(None, "不是三十台,是十五台", "zh", 6)
    assert found[0].customer == "不是二十台,是十二台" and len(found) == 6
    assert all(turn.lang == "zh" for turn in found) and len({turn.kind for turn in found}) >= 3
    asked = turns.find("confirm:phone", "yes", "en", 3)
    assert asked[0].expecting == "confirm:phone"
    assert ExampleTurns(()).find(None, "喂", "zh", 6) == []


def test_a_pack_has_turns_of_its_own(tmp_path: Path) -> None:
    folder = create_pack("lamps", tmp_path)
    (folder / "dialogues.yaml").write_text(OWN, "utf-8")
    pack = load_pack(folder)
    mine = pack.dialogues[0]
    assert (mine.customer, mine.robot, mine.focus) == ("不是L1,是落地灯", "L1三盏是吧。", "LAMP-1")
    assert mine.diff.items[0].product == "LAMP-2"


def test_turns_about_slots_or_products_that_the_pack_lacks_are_left_out(tmp_path: Path) -> None:
    folder = create_pack("lamps", tmp_path)
    shared = load_pack(folder).dialogues
    text = (folder / "pack.yaml").read_text("utf-8")
    (folder / "pack.yaml").write_text(text.replace("budget, ", "", 1), "utf-8")
    fewer = load_pack(folder).dialogues
    assert "budget" not in load_pack(folder).slots
    assert len(fewer) < len(shared) and not any("budget" in turn.slots for turn in fewer)


FAULTS = [
    ("zh: 不是<A>,是落地灯", "zh: 好\n    en: fine", "expected the customer's line once"),
    ("zh: 不是<A>", "fr: 不是<A>", "unknown key 'fr'"),
    ("product: LAMP-2", "product: LAMP-9", "unknown product 'LAMP-9'"),
    ("words: 落地灯}", "words: 吊灯}", "the words '吊灯' are not in the customer's line"),
    ("slot: product,", "slot: produkt,", "unknown slot 'produkt' (did you mean product?)"),
    ("quantity: 3, words", "quantity: three, words", "not a number: 'three'"),
    ("robot: <A>三盏是吧。", "expecting: size", "unknown slot 'size'"),
    ("    diff:", "    result:", "missing key 'diff'"),
]


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS)
def test_a_fault_names_file_and_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    folder = create_pack("lamps", tmp_path)
    assert old in OWN
    (folder / "dialogues.yaml").write_text(OWN.replace(old, new, 1), "utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    assert any(
        reason in fault.reason and fault.file.name == "dialogues.yaml" for fault in caught.value.faults
    )
