from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import PackError
from core.pack import Example, Pack
from training.intent.data import (
    OUT_OF_SCOPE,
    LabelledText,
    make_split,
    pack_rows,
    read_rows,
    read_split,
    stratified,
)

ROWS = (LabelledText("how much", "price"), LabelledText("tell a joke", OUT_OF_SCOPE))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "text,category\nhow much,price\ntell a joke,oos\n"),
        ("a.csv", '\ufefftext,intent\n"how much",price\ntell a joke,out_of_scope\n'),
        ("a.tsv", "text\tlabel\nhow much\tprice\ntell a joke\toos\n"),
        ("a.jsonl", '{"text":"how much","intent":"price"}\n\n{"text":"tell a joke","label":"oos"}\n'),
        (
            "a.json",
            '{"sentence":"how much","label":"3","label_des":"price"}\n{"text":"tell a joke","label":"oos"}',
        ),
        ("a.json", '[{"text":"how much","intent":"price"},\n{"text":"tell a joke","intent":"oos"}]'),
    ],
)
def test_rows_of_every_form(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_rows(tmp_path / name) == ROWS


@pytest.mark.parametrize(
    ("name", "text", "where", "reason"),
    [
        ("a.csv", "text,category\nhow much,price\nonly one cell\n", ":3:", "number of cells"),
        ("a.csv", "text,category\n,price\n", ":2:", "text must be"),
        ("a.csv", "words,kind\nhow much,price\n", ":2:", "no field text or sentence"),
        ("a.csv", 'text,category\n"how much,price\n', ":2:", "broken table"),
        ("a.csv", "text,category\n", ":1:", "no rows"),
        ("a.jsonl", '{"text":"a","intent":"b"}\n{"text":\n', ":2:", "broken JSON"),
        ("a.jsonl", '{"text":"a","intent":["b"]}\n', ":1:", "intent must be"),
        ("a.jsonl", "[1, 2]\n", ":1:", "expected an object"),
        ("a.json", '{"train": [["a", "b", "c"]]}', ":1:", "train, entry 1"),
        ("a.json", '{"train": 3}', ":1:", "train must be a list"),
        ("a.json", '{"train": []}', ":1:", "no training rows"),
        ("a.txt", "how much", ":1:", "kind of file"),
    ],
)
def test_malformed_files_are_named_with_line_and_reason(
    tmp_path: Path, name: str, text: str, where: str, reason: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        read_split(tmp_path / name)
    assert f"{name}{where}" in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_and_other_encodings(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no such file"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(PackError, match="no training file"):
        read_split(tmp_path)
    (tmp_path / "a.csv").write_bytes("text,category\n多少钱,price\n".encode("gb18030"))
    with pytest.raises(PackError, match="not UTF-8"):
        read_rows(tmp_path / "a.csv")


def test_one_file_with_all_parts(tmp_path: Path) -> None:
    whole = {
        "train": [["a", "x"], ["b", "y"]],
        "oos_train": [["c", "oos"]],
        "val": [["d", "x"]],
        "oos_val": [],
        "test": [["e", "y"]],
        "oos_test": [["f", "oos"]],
    }
    (tmp_path / "data_full.json").write_text(json.dumps(whole), encoding="utf-8")
    split = read_split(tmp_path / "data_full.json")
    assert [len(part) for part in split] == [3, 1, 2]
    assert split.intents == (OUT_OF_SCOPE, "x", "y")
    assert split.test[1] == LabelledText("f", OUT_OF_SCOPE)


def test_folders_and_two_files_with_a_line_each(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("text,category\na,x\nb,y\n", encoding="utf-8")
    (tmp_path / "test_public.json").write_text('{"sentence":"c","label":"x"}\n', encoding="utf-8")
    split = read_split(tmp_path, share=0.0)
    assert (len(split.train), len(split.dev), split.test) == (2, 0, (LabelledText("c", "x"),))
    few = tmp_path / "few"
    few.mkdir()
    (few / "seq.in").write_text("a b\nc d\n", encoding="utf-8")
    (few / "label").write_text("x\ny\n", encoding="utf-8")
    assert read_split(few, test=tmp_path / "train.csv").test[0] == LabelledText("a", "x")
    (few / "label").write_text("x\n", encoding="utf-8")
    with pytest.raises(PackError, match="1 labels for 2 texts"):
        read_split(few)


def test_a_dev_part_is_drawn_from_every_label_and_does_not_depend_on_order() -> None:
    told = tuple(LabelledText(f"{label} {place}", label) for label in "abc" for place in range(20))
    told += (LabelledText("lonely", "d"), LabelledText("a 0", "a"))
    kept, dev = stratified(told, seed=7, share=0.1)
    assert sorted(kept + dev) == sorted(told)
    assert {label: sum(row.intent == label for row in set(dev)) for label in "abcd"} == dict(
        a=2, b=2, c=2, d=0
    )
    assert not set(kept) & set(dev)
    assert set(stratified(told[::-1], seed=7, share=0.1)[1]) == set(dev)
    assert set(stratified(told, seed=8, share=0.1)[1]) != set(dev)
    assert make_split(told, dev=(told[0],)).train == told


def test_examples_of_a_pack(tmp_path: Path) -> None:
    examples = (
        Example(text="多少钱", lang="zh", intents=("ask_price", "ask_delivery")),
        Example(text="how much", lang="en", intents=("ask_price",)),
    )
    pack = Pack.model_construct(examples=examples)
    assert pack_rows(pack, "zh") == (LabelledText("多少钱", "ask_price", ("ask_delivery",)),)
    assert len(pack_rows(pack)) == 2


def test_second_intents_are_read(tmp_path: Path) -> None:
    lines = '{"text":"a","intent":"x","second_intent":"y"}\n{"text":"b","intent":"x","second_intent":null}\n'
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    assert [row.also for row in read_rows(tmp_path / "a.jsonl")] == [("y",), ()]
