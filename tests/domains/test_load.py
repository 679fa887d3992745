from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from core.errors import InputError, PackError
from core.pack import Contact
from domains.facts import facts_of
from domains.labels import INTENTS, SLOTS
from domains.load import COMMON, load_pack, shipped_packs
from domains.new import create_pack


@pytest.fixture(scope="module", params=["qiheng", "qingshui"])
def pack(request):
    return load_pack(request.param)


def test_both_packs_are_shipped():
    assert {"qiheng", "qingshui"} <= set(shipped_packs())
    assert "common" not in shipped_packs() and "skeleton" not in shipped_packs()


def test_spans_lie_on_words(pack):
    assert len(pack.examples) > 1000
    for example in pack.examples:
        assert example.intents and set(example.intents) <= set(INTENTS)
        assert "{" not in example.text and "[" not in example.text
        last = 0
        for slot, start, end in example.spans:
            assert slot in pack.slots
            assert last <= start < end <= len(example.text)
            assert example.text[start:end].strip() == example.text[start:end]
            last = end


def test_every_intent_has_examples_in_both_languages(pack):
    seen = {(example.intents[0], example.lang) for example in pack.examples}
    assert seen == {(intent, lang) for intent in INTENTS for lang in ("zh", "en")}


def test_facts_are_unique_and_worded_in_every_language(pack):
    facts = facts_of(pack)
    assert len({fact.id for fact in facts}) == len(facts)
    for fact in facts:
        assert set(fact.text) == set(pack.languages)
        assert all(fact.text.values())
        assert "{" not in "".join(fact.text.values())


def test_every_product_has_its_price_as_a_fact(pack):
    facts = {fact.id: fact for fact in facts_of(pack)}
    for product in pack.products:
        fact = facts[f"catalogue:{product.id}#price"]
        assert (
            fact.source == f"catalogue:{product.id}" and fact.topic == "price" and fact.intent == "ask_price"
        )
        assert f"{product.list_price:.0f}元" in fact.text["zh"]
        assert product.name["zh"] in fact.text["zh"] and product.name["en"] in fact.text["en"]
        for attribute in product.specs:
            assert product.spec(attribute, "zh") in facts[f"catalogue:{product.id}#{attribute}"].text["zh"]


def test_claims_and_offers_keep_conditions_and_validity():
    facts = {fact.id: fact for fact in facts_of(load_pack("qingshui"))}
    offer = facts["promotions:QS-2026-SUMMER"]
    assert offer.valid_until == date(2026, 8, 31) and offer.product == "QS-D30"
    assert offer.text["zh"] == "滴滤咖啡机夏季8折(有效期2026年6月1日至2026年8月31日)"
    free = facts["policies:安装#install-free"]
    assert free.source == "policies:安装" and free.when.regions == ("浙江", "上海", "江苏")
    assert facts["policies:付款#payment-lease"].when.amount_at_least == 30000
    assert facts["policies:维修#repair"].default
    case = facts["policies:案例#case-hotel"]
    assert case.product is None and case.about.products == ("QS-W60",)


def test_values_by_language():
    pack = load_pack("qingshui")
    machine = pack.product("QS-A80")
    assert machine is not None
    assert machine.specs["milk"] == "自动奶泡" and machine.spec("milk", "en") == "automatic frothing"
    assert machine.specs["warranty"] == "24个月" and machine.spec("warranty", "en") == "24 months"
    assert "豆仓500克" in machine.features


def test_a_pack_drops_the_slots_it_does_not_use():
    pack = load_pack("qingshui")
    assert "payload_kg" in SLOTS and "payload_kg" not in pack.slots
    assert not any(slot == "payload_kg" for example in pack.examples for slot, _, _ in example.spans)
    assert all(ask.slot != "payload_kg" for ask in pack.playbook.asks)


def test_own_lines_replace_the_default_ones_of_that_language():
    lines = load_pack("qingshui").scripts
    greet = [line for line in lines if line.situation == "greet" and line.lang == "zh"]
    own = [line for line in greet if line.origin == "own"]
    assert len(own) == 3 and [line.channel for line in own] == [None, None, "voice"]
    assert {line.origin for line in greet} == {"own", "fallback"}
    assert {line.origin for line in lines if line.situation == "greet.again"} == {"common"}
    assert len({line.id for line in lines}) == len(lines)
    assert any(line.situation == "end.bye" for line in lines)


def test_knowledge_chunks_carry_heading_and_validity():
    chunks = {chunk.source: chunk for chunk in load_pack("qingshui").knowledge}
    chunk = chunks["water.md#2"]
    assert chunk.text == "首次通水后先放水10分钟再饮用。" and chunk.heading == "净水机的使用"
    assert chunk.valid_from == date(2026, 1, 1) and chunks["coffee.md#1"].valid_from is None


def test_loading_is_deterministic():
    assert load_pack("qingshui") == load_pack("qingshui")


def test_digest_changes_with_any_file(lamps: Path):
    digest = load_pack(lamps).digest
    assert load_pack(lamps).digest == digest
    care = lamps / "knowledge" / "care.md"
    care.write_text(care.read_text("utf-8") + "\n- more\n", "utf-8")
    assert load_pack(lamps).digest != digest


def test_digest_covers_the_shared_defaults(lamps: Path, tmp_path: Path, monkeypatch):
    digest = load_pack(lamps).digest
    common = tmp_path / "common"
    shutil.copytree(COMMON, common)
    monkeypatch.setattr("domains.load.COMMON", common)
    assert load_pack(lamps).digest == digest
    (common / "extra.txt").write_text("x")
    assert load_pack(lamps).digest != digest


def test_the_skeleton_loads_and_says_its_facts(lamps: Path):
    pack = load_pack(lamps)
    assert pack.name == "lamps" and len(pack.products) == 2
    assert pack.products[0].specs == {"brightness": "600lm", "power": "8W", "warranty": "12个月"}
    texts = [fact.text["zh"] for fact in facts_of(pack)]
    assert "台灯 L1的标价是199元/盏" in texts and "上海市内免费上门安装" in texts


def test_create_pack_refuses_to_overwrite(lamps: Path):
    (lamps / "pack.yaml").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        create_pack("lamps", lamps.parent)
    assert (lamps / "pack.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["", "Lamps", "a b", "../x", "1st", "公司", "a" * 60, "common", "x\n", "a/b"]
)
def test_create_pack_takes_valid_names_only(name: str, tmp_path: Path):
    with pytest.raises(InputError, match="not a pack name"):
        create_pack(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_one_language_is_enough(lamps: Path):
    pack_file = lamps / "pack.yaml"
    pack_file.write_text(pack_file.read_text("utf-8").replace("[zh, en]", "[en]"), "utf-8")
    catalogue = lamps / "catalogue.csv"
    catalogue.write_text(
        "id,name,list_price,specs\nLAMP-1,Desk Lamp L1,199,power 8 W\nLAMP-2,Floor Lamp,499,\n", "utf-8"
    )
    (lamps / "offers.csv").unlink()
    pack = load_pack(lamps)
    assert {example.lang for example in pack.examples} == {"en"} and {line.lang for line in pack.scripts} == {
        "en"
    }
    assert pack.products[0].unit == {"en": "unit"}
    assert facts_of(pack)[0].text == {"en": "The list price of the Desk Lamp L1 is CNY 199 per unit"}


def test_a_byte_order_mark_is_accepted(lamps: Path):
    for name in ("catalogue.csv", "claims.yaml"):
        file = lamps / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(load_pack(lamps).products) == 2


def test_a_name_that_is_nothing():
    with pytest.raises(PackError, match=r"no such pack.*qiheng"):
        load_pack("no-such-pack")
    with pytest.raises(PackError, match="no such pack"):
        load_pack("")


def test_when_and_how_often_customers_are_called(tmp_path: Path):
    folder = create_pack("lamps", tmp_path)
    assert load_pack(folder).contact == Contact() == load_pack("qiheng").contact
    text = (folder / "pack.yaml").read_text("utf-8").split("\ncontact:\n")[0]
    rules = 'contact:\n  hours: "09:30-18:00"\n  days: mon-fri\n  attempts_a_day: 1\n'
    (folder / "pack.yaml").write_text(f"{text}\n{rules}", "utf-8")
    found = load_pack(folder).contact
    assert (found.opens, found.closes, found.weekdays) == ("09:30", "18:00", (0, 1, 2, 3, 4))
    assert (found.attempts_a_day, found.attempts_a_month) == (1, 10)
