from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PackError
from domains.load import COMMON, load_pack

CHANGES = [
    ("pack.yaml", 'version: "1"', 'version: "1', "not YAML"),
    ("pack.yaml", "robot:", "robbot:", "unknown key 'robbot' (did you mean robot?)"),
    ("pack.yaml", "[zh, en]         ", "[zh, fr]", "unknown language 'fr'"),
    ("pack.yaml", "name: lamps", "name: My Lamps", "small letters"),
    ("pack.yaml", "currency: CNY", "currency: [1]", "expected a text"),
    ("pack.yaml", "slots: [product,", "slots: [prodct,", "unknown slot 'prodct' (did you mean product?)"),
    ("pack.yaml", "  industry:\n    餐饮", "  trade:\n    餐饮", "unknown slot 'trade'"),
    ("pack.yaml", "    零售: [门店", "    零售: [饭店", "'饭店' means both"),
    ("pack.yaml", "    intent: ask_service", "    intent: ask_servise", "did you mean ask_service?"),
    ("pack.yaml", "    unit: lm", "    unit: lm\n    unit: lm", "key 'unit' used twice", 1),
    ("pack.yaml", "    unit: lm", "    say: '{product} {wert}'", "variable {wert} is not offered here"),
    ("pack.yaml", "    unit: lm", "    requirement: {slot: weight}", "unknown slot 'weight'"),
    ("pack.yaml", "    unit: lm", "    requirement: {slot: budget, at: about}", "unknown side"),
    ("pack.yaml", "{zh: [功率, 耗电], en: [power]}", "{zh: [], en: [power]}", "at least one name"),
    ("pack.yaml", "  power:", "  price:", "attribute id 'price'"),
    ("pack.yaml", '    open: "10:00-18:00"', '    open: "18:00-10:00"', "hours like"),
    ("pack.yaml", "    days: mon-fri", "    days: mon-friday", "days like"),
    ("pack.yaml", "    default: true", "    default: perhaps", "expected true or false"),
    ("pack.yaml", '  hours: "08:00-21:00"', '  hours: "21:00-08:00"', "hours like"),
    ("pack.yaml", '  hours: "08:00-21:00"', '  opens: "08:00"', "unknown key 'opens'"),
    ("pack.yaml", "  days: mon-sun", "  days: mon-someday", "days like"),
    ("pack.yaml", "  attempts_a_day: 3", "  attempts_a_day: 0", "attempts_a_day: from 1 to 1000, not 0"),
    ("pack.yaml", "  attempts_a_month: 10", "  attempts_a_month: some", "not a number: 'some'"),
    ("pack.yaml", "  handoff_wait_minutes: 10", "  handoff_wait_minutes: 2.5", "not a whole number"),
    ("pack.yaml", "contact:", "kontact:", "unknown key 'kontact' (did you mean contact?)"),
    ("pack.yaml", "  lamp: {zh", "  lamp: &x {zh", None),
    ("catalogue.csv", "list_price,", "price,", "missing column 'list_price'"),
    ("catalogue.csv", "aliases,", "alias,", "unknown column 'alias' (did you mean aliases?)"),
    ("catalogue.csv", "lamp,199", "lamp,cheap", "list_price must be a number"),
    ("catalogue.csv", "lamp,199", "lamp,0", "list_price must be a number"),
    ("catalogue.csv", "LAMP-2,落地灯", "LAMP-1,落地灯", "product id 'LAMP-1' used twice (line 2)"),
    ("catalogue.csv", "大落地灯|L2", "大落地灯|l1", "'l1' names both LAMP-1 and LAMP-2"),
    ("catalogue.csv", "大落地灯|L2,lamp", "大落地灯|L2,lapm", "unknown category 'lapm' (did you mean lamp?)"),
    ("catalogue.csv", "LAMP-2,落地灯 L2", "LAMP-2,", "no name"),
    ("catalogue.csv", "LAMP-2,", "LAMP 2,", "no spaces"),
    ("catalogue.csv", "remote control", "remote control,x", "12 cells, but 11 columns"),
    ("catalogue.csv", "LAMP-2,落地灯", 'LAMP-2,"落地灯', "not CSV"),
    ("offers.csv", ",0.9,", ",9,", "discount must be above 0"),
    ("offers.csv", ",0.9,", ",0,", "discount must be above 0"),
    ("offers.csv", "LAMP-1|LAMP-2", "LAMP-1|LAMP-3", "unknown product 'LAMP-3'"),
    ("offers.csv", "quantity>=10", "bundle_with:LAMP-9", "unknown product 'LAMP-9'"),
    ("offers.csv", "quantity>=10", "quantity>10", "rule 'quantity>10' is none of"),
    ("offers.csv", "2026-01-01", "2026-02-30", "not a date like"),
    ("offers.csv", "2026-01-01", "20260101", "not a date like"),
    ("offers.csv", "2026-01-01", "2028-01-01", "valid_from 2028-01-01 is after valid_until 2027-12-31"),
    ("offers.csv", "VOL-10,", "VOL-10,LAMP-1,,0.5,,,x,x\nVOL-10,", "offer id 'VOL-10' used twice", 1),
    ("claims.yaml", "  topic: payment", "  topik: payment", "unknown key 'topik' (did you mean topic?)"),
    ("claims.yaml", "- id: payment", "- id: company", "claim id 'company' used twice", 19),
    ("claims.yaml", "  intent: ask_payment", "  intent: pay", "unknown intent 'pay'"),
    ("claims.yaml", "{regions: [上海]}", "{region: [上海]}", "did you mean regions?"),
    ("claims.yaml", "{regions: [上海]}", "{products: [LAMP-7]}", "unknown product 'LAMP-7'"),
    ("claims.yaml", "{regions: [上海]}", "{categories: [vase]}", "unknown category 'vase'"),
    ("claims.yaml", "{regions: [上海]}", "{amount_at_least: lots}", "not a number: 'lots'"),
    ("claims.yaml", "{regions: [上海]}", "{quantity_at_least: 2.5}", "not a whole number"),
    (
        "claims.yaml",
        "{zh: 下单付全款后发货, en",
        "{zh: 下单,付全款后发货, en",
        "quote a text that has a comma",
    ),
    ("scripts.yaml", "greet:", "greeet:", "unknown situation 'greeet' (did you mean greet?)"),
    ("scripts.yaml", "{company}的智能客服", "{firm}的智能客服", "variable {firm} is not offered here"),
    ("scripts.yaml", "{company}的智能客服", "{company的智能客服", "a brace without its partner"),
    ("scripts.yaml", '- "您好', '- text: "您好', None),
    ("intents/own.yaml", "ask_price:", "ask_prize:", "unknown intent 'ask_prize' (did you mean ask_price?)"),
    ("intents/own.yaml", "ask_price:", "ask_price+ask_price:", "two different ones"),
    ("intents/own.yaml", "[二十盏](quantity)", "[二十盏](amount)", "unknown slot 'amount'"),
    ("intents/own.yaml", "[二十盏](quantity)", "[二十盏]", "a bracket that is no [words](slot) mark"),
    ("intents/own.yaml", "[二十盏](quantity)", "[[二十]盏](quantity)", "a bracket that is no"),
    ("intents/own.yaml", "[二十盏](quantity)", "[ 二十盏](quantity)", "without spaces at its ends"),
    ("intents/own.yaml", "[二十盏](quantity)", "[](quantity)", "a mark must hold words"),
    (
        "intents/own.yaml",
        "{product}看书",
        "{produkt}看书",
        "unknown placeholder 'produkt' (did you mean product?)",
    ),
    ("intents/own.yaml", "{product}看书", "{product看书", "a brace without its partner"),
    (
        "intents/own.yaml",
        '"{product}看书够亮吗"',
        '"[二十盏](quantity){product}多少钱"',
        "is listed under",
        6,
    ),
    ("intents/own.yaml", '"{product}看书够亮吗"', "{product}看书够亮吗", "not YAML"),
    ("knowledge/care.md", "# Care", "---\nvalid_from: soon\n---", "not a date like", 1),
    ("knowledge/care.md", "# Care", "---\nvalid_form: 2026-01-01\n---", "did you mean valid_from?", 1),
    ("knowledge/care.md", "# Care", "---", "without its closing"),
]


@pytest.fixture(autouse=True)
def lean_common(tmp_path: Path, monkeypatch) -> None:
    """Shared defaults without their long lists of lines and utterances, which take most of a load."""
    common = tmp_path / "common"
    common.mkdir()
    for name in ("situations.yaml", "fill.yaml", "playbook.yaml"):
        shutil.copy(COMMON / name, common)
    monkeypatch.setattr("domains.load.COMMON", common)


def change(pack: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` by `new`; the line it stood on."""
    file = pack / name
    text = file.read_text("utf-8")
    assert old in text, f"{old!r} is not in {name}"
    line = text.count("\n", 0, text.index(old)) + 1
    file.write_text(text.replace(old, new, 1), "utf-8")
    return line


@pytest.mark.parametrize(
    ("name", "old", "new", "reason", "below"),
    [(*row, 0)[:5] for row in CHANGES],
    ids=[f"{row[0]}-{row[2][:30]}" for row in CHANGES],
)
def test_a_fault_is_named_with_its_line(
    lamps: Path, name: str, old: str, new: str, reason: str | None, below: int
):
    line = change(lamps, name, old, new)
    if reason is None:
        load_pack(lamps)
        return
    with pytest.raises(PackError) as caught:
        load_pack(lamps)
    faults = [(fault.file, fault.line, fault.reason) for fault in caught.value.faults]
    mine = [(where, at) for where, at, why in faults if reason in why]
    assert mine, faults
    if "not YAML" in reason:
        assert all(where == lamps / name and at >= line for where, at in mine)
    else:
        assert (lamps / name, line + below) in mine, faults


def test_all_faults_are_collected(lamps: Path):
    change(lamps, "pack.yaml", "robot:", "robbot:")
    change(lamps, "catalogue.csv", "lamp,199", "lamp,cheap")
    change(lamps, "offers.csv", ",0.9,", ",9,")
    change(lamps, "claims.yaml", "  intent: ask_payment", "  intent: pay")
    change(lamps, "scripts.yaml", "greet:", "greeet:")
    with pytest.raises(PackError) as caught:
        load_pack(lamps)
    files = {fault.file.name for fault in caught.value.faults}
    assert files == {"pack.yaml", "catalogue.csv", "offers.csv", "claims.yaml", "scripts.yaml"}
    assert str(lamps / "catalogue.csv") + ":2: list_price" in str(caught.value)


@pytest.mark.parametrize("name", ["pack.yaml", "catalogue.csv"])
def test_a_missing_file(lamps: Path, name: str):
    (lamps / name).unlink()
    with pytest.raises(PackError, match="missing file"):
        load_pack(lamps)


def test_the_other_files_may_be_missing(lamps: Path):
    for name in ("offers.csv", "claims.yaml", "scripts.yaml", "intents/own.yaml", "knowledge/care.md"):
        (lamps / name).unlink()
    pack = load_pack(lamps)
    assert pack.offers == () and pack.claims == () and pack.knowledge == () and pack.scripts == ()


def test_a_file_nobody_reads(lamps: Path):
    (lamps / "claims.yaml").rename(lamps / "claim.yaml")
    with pytest.raises(
        PackError, match=r"claim\.yaml:1: not a file of a pack \(did you mean claims\.yaml\?\)"
    ):
        load_pack(lamps)


@pytest.mark.parametrize("text", ["", "id,name,list_price\n"])
def test_an_empty_catalogue(lamps: Path, text: str):
    (lamps / "catalogue.csv").write_text(text)
    with pytest.raises(PackError, match="empty"):
        load_pack(lamps)


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "- a\n", "text\n", "a: {b: {c: [[[[[[[[[[[[[[x]]]]]]]]]]]]]]}}"]
)
def test_a_pack_yaml_that_is_none(lamps: Path, text: str):
    (lamps / "pack.yaml").write_text(text)
    with pytest.raises(PackError):
        load_pack(lamps)


@pytest.mark.parametrize("name", ["pack.yaml", "catalogue.csv", "claims.yaml", "knowledge/care.md"])
def test_not_utf8(lamps: Path, name: str):
    file = lamps / name
    raw = file.read_bytes()
    file.write_bytes(raw.rstrip(b"\n") + b"\n" + "保修".encode("gb18030"))
    with pytest.raises(PackError) as caught:
        load_pack(lamps)
    (fault,) = [fault for fault in caught.value.faults if "UTF-8" in fault.reason]
    assert (fault.file, fault.line) == (file, raw.rstrip(b"\n").count(b"\n") + 2)


def test_a_control_character(lamps: Path):
    line = change(lamps, "claims.yaml", "3个工作日", "3\x07个工作日")
    with pytest.raises(PackError, match=rf"claims\.yaml:{line}: control character U\+0007"):
        load_pack(lamps)


def test_aliases_of_yaml_are_refused(lamps: Path):
    line = change(lamps, "claims.yaml", "intent: ask_payment", "intent: &i ask_payment")
    change(lamps, "claims.yaml", "intent: ask_discount", "intent: *i")
    with pytest.raises(PackError, match=rf"claims\.yaml:{line}: anchors and aliases"):
        load_pack(lamps)


def test_a_folder_in_place_of_a_file(lamps: Path):
    (lamps / "claims.yaml").unlink()
    (lamps / "claims.yaml").mkdir()
    with pytest.raises(PackError, match="cannot be read"):
        load_pack(lamps)


FILES = ["pack.yaml", "catalogue.csv", "offers.csv", "claims.yaml", "scripts.yaml", "intents/own.yaml"]
SCRAPS = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            *(
                mark.encode()
                for mark in [
                    "\n",
                    ":",
                    "{",
                    "}",
                    "[",
                    "]",
                    '"',
                    ",",
                    "|",
                    "#",
                    "\t",
                    "\x00",
                    "\x85",
                    "\u2028",
                ]
            ),
            *(
                b"- ",
                b"  ",
                b"&a ",
                b"*a",
                b"!!set ",
                b"? ",
                b"%YAML",
                b"---\n",
                b"<<: ",
                b"1e999",
                b"9" * 400,
            ),
        ]
    ),
)


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=st.sampled_from(FILES), at=st.floats(0, 1), cut=st.integers(0, 40), scrap=SCRAPS)
def test_a_mutilated_file_never_gives_another_error(
    lamps: Path, name: str, at: float, cut: int, scrap: bytes
):
    file = lamps / name
    whole = file.read_bytes()
    place = int(at * len(whole))
    file.write_bytes(whole[:place] + scrap + whole[place + cut :])
    try:
        load_pack(lamps)
    except PackError as error:
        assert error.faults and all(fault.line >= 1 for fault in error.faults)
    finally:
        file.write_bytes(whole)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(FILES), raw=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode))
)
def test_nonsense_in_place_of_a_file(lamps: Path, name: str, raw: bytes):
    file = lamps / name
    whole = file.read_bytes()
    file.write_bytes(raw)
    try:
        load_pack(lamps)
    except PackError as error:
        assert error.faults
    finally:
        file.write_bytes(whole)
