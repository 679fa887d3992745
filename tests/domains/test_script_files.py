"""Script lines to files and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, PackError
from core.pack import Persona, Playbook, ScriptLine
from domains.load import load_pack
from domains.parts.scripts import STAGES
from domains.read import Faults, Place
from domains.script_files import COLUMNS, Form, parsed, read_file, written
from tests.retrieval.packs import PACK as PLAIN

FORMS: tuple[Form, ...] = ("yaml", "csv")
KINDS = ("executive", "technical")
PACK = PLAIN.model_copy(
    update={"playbook": Playbook(personas=tuple(Persona(id=kind, signs=()) for kind in KINDS))}
)
WORDS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="{}|"), min_size=1)
TEXTS = WORDS.map(str.strip).filter(bool)
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def lines(draw: st.DrawFn) -> tuple[ScriptLine, ...]:
    count = draw(st.integers(1, 6))
    found = []
    for number in range(count):
        situation, lang = draw(st.sampled_from(["greet", "end.bye"])), draw(st.sampled_from(["zh", "en"]))
        first, last = draw(DAYS), draw(DAYS)
        fields: dict[str, Any] = {
            "channel": draw(st.sampled_from([None, "voice", "text"])),
            "industries": tuple(draw(st.lists(TEXTS, max_size=2))),
            "stages": tuple(draw(st.lists(st.sampled_from(STAGES), max_size=2, unique=True))),
            "personas": tuple(draw(st.lists(st.sampled_from(KINDS), max_size=2, unique=True))),
            "roles": tuple(draw(st.lists(st.sampled_from(["user", "influencer"]), max_size=2, unique=True))),
            "customers": draw(st.sampled_from([None, "new", "returning"])),
            "version": draw(st.integers(1, 9)),
            "valid_from": min(first, last) if first and last else first,
            "valid_until": max(first, last) if first and last else last,
        }
        line_id = draw(st.sampled_from([f"{situation}.{lang}.x{number}", f"{situation}.{lang}.{number + 1}"]))
        found.append(ScriptLine(id=line_id, situation=situation, lang=lang, text=draw(TEXTS), **fields))
    return tuple(found)


@pytest.mark.parametrize("form", FORMS)
@given(made=lines())
def test_what_is_written_is_read_again(form: Form, made: tuple[ScriptLine, ...]) -> None:
    back = parsed(written(made, form), form, PACK)
    assert {line.id: line for line in back} == {line.id: line for line in made}


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_pack_goes_round_in_its_order(form: Form) -> None:
    pack = load_pack("qingshui")
    own = tuple(line for line in pack.scripts if line.origin == "own")
    assert parsed(written(own, form), form, pack) == own


@pytest.mark.parametrize("name", ["lines.yaml", "lines.yml", "lines.csv"])
def test_a_file_is_read_by_its_ending(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(written(PACK.scripts, "csv" if name.endswith("csv") else "yaml"), "utf-8")
    assert read_file(file, PACK) == PACK.scripts


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"name a \.yaml or \.csv file"):
        read_file(tmp_path / "lines.json", PACK)
    with pytest.raises(InputError, match="no such file"):
        read_file(tmp_path / "lines.yaml", PACK)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("greet: {zh: [", "not YAML"),
        ("greeet: {zh: [a]}", "1: unknown situation 'greeet' (did you mean greet?)"),
        ("greet: {fr: [a]}", "unknown language 'fr'"),
        ("greet:\n  zh:\n    - {chanel: voice, text: a}", "3: unknown key 'chanel' (did you mean channel?)"),
        ("greet: {zh: [{text: a, channel: phone}]}", "unknown channel 'phone'"),
        ("greet: {zh: [{text: a, stages: [propossal]}]}", "did you mean proposal?"),
        ("greet: {zh: [{text: a, personas: [exectuive]}]}", "did you mean executive?"),
        ("greet: {zh: [{text: a, roles: [boss]}]}", "unknown role 'boss'"),
        ("greet: {zh: [{text: a, customers: old}]}", "unknown kind of customers 'old'"),
        ("greet: {zh: [{text: a, industries: [a|b]}]}", "as a list"),
        ("greet: {zh: [{text: a, valid_from: 2026-2-1}]}", "not a date"),
        ("greet: {zh: [{text: a, id: x.y}, {text: b, id: x.y}]}", "id 'x.y' used twice"),
        ("greet: {zh: ['{price}']}", "variable {price} is not offered here"),
        ("", "no script lines"),
        ("- a", "no script lines"),
    ],
)
def test_yaml_that_is_no_script(text: str, reason: str) -> None:
    with pytest.raises(PackError) as caught:
        parsed(text, "yaml", PACK, Path("x.yaml"))
    assert any(reason in str(fault) for fault in caught.value.faults), caught.value.faults


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("situation,text\ngreet,a", "missing column 'lang'"),
        ("situation,lang,text,chanel\ngreet,zh,a,voice", "unknown column 'chanel' (did you mean channel?)"),
        ("situation,lang,text\ngreet,zh,a,b", "4 cells, but 3 columns"),
        ("situation,lang,text\ngreet,fr,a", "x.csv:2: unknown language 'fr'"),
        ("situation,lang,text\n,zh,a", "no situation"),
        ("situation,lang,text\ngreet,,a", "no lang"),
        ("situation,lang,text\ngreet,zh,", "no text"),
        ('situation,lang,text\ngreet,zh,"a', "not CSV"),
        ("situation,lang,text\ngreet,zh,a\ngreeting,zh,b", "x.csv:3: unknown situation 'greeting'"),
        ("id,situation,lang,text\nx.y,greet,zh,a\nx.y,greet,zh,b", "x.csv:3: id 'x.y' used twice"),
        ("situation,lang,text,stages\ngreet,zh,a,opening|clossing", "did you mean closing?"),
    ],
)
def test_csv_that_is_no_script(text: str, reason: str) -> None:
    with pytest.raises(PackError) as caught:
        parsed(text, "csv", PACK, Path("x.csv"))
    assert any(reason in str(fault) for fault in caught.value.faults), caught.value.faults


def test_a_file_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domains.script_files.MAX_BYTES", 100)
    monkeypatch.setattr("domains.script_files.read_text", lambda *_: pytest.fail("read"))
    file = tmp_path / "lines.csv"
    file.write_text("x" * 101, "utf-8")
    with pytest.raises(InputError, match="101 bytes; at most 100 at once"):
        read_file(file, PACK)
    with pytest.raises(InputError, match="102 bytes"):
        parsed("再" * 34, "csv", PACK)


def test_a_file_of_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domains.script_files.MAX_LINES", 1)
    with pytest.raises(InputError, match="2 lines; at most 1 at once"):
        parsed("end.bye: {zh: [a, b]}", "yaml", PACK)


def test_many_faults_are_kept_once_each_in_order_and_cut() -> None:
    faults, place = Faults(), Place(Path("f"), 1)
    for reason in ("b", "a", "b", "c" * 900):
        faults.add(place, reason)
    assert [fault.reason for fault in faults.found] == ["b", "a", "c" * 300 + "…"]
    begun = perf_counter()
    for line in range(20_000):
        faults.add(Place(Path("f"), line), "a fault")
    assert perf_counter() - begun < 2


def test_a_row_without_an_id_is_named_by_its_place() -> None:
    found = parsed("situation,lang,text\ngreet,zh,a\ngreet,en,b\ngreet,zh,c", "csv", PACK)
    assert [line.id for line in found] == ["greet.zh.1", "greet.en.1", "greet.zh.2"]
    assert COLUMNS[:4] == ("id", "situation", "lang", "text")
