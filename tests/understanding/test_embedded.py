from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import MissingEngineError
from core.pack import Pack
from core.types import Understanding
from engines.understanding.embedded import EmbeddedUnderstander
from engines.understanding.fit import fit_understander

NOW = datetime(2026, 11, 22, 10, 0)


def read(understander: EmbeddedUnderstander, text: str, expecting: str | None = None) -> Understanding:
    return understander.read(text, now=NOW, expecting=expecting)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("喂你好", "greet"),
        ("晨曦什么价格", "ask_price"),
        ("保修多久", "ask_service"),
        ("how much does it cost", "ask_price"),
    ],
)
def test_plain_utterances_are_told(understander: EmbeddedUnderstander, text: str, intent: str) -> None:
    assert read(understander, text).intent == intent


def test_a_correction_keeps_both_values_and_negates_the_first(understander: EmbeddedUnderstander) -> None:
    heard = read(understander, "不是二十台,是十二台")
    assert heard.intent == "deny"
    assert heard.values()["quantity"] == 12
    assert [(mention.value, mention.negated) for mention in heard.mentions if mention.slot == "quantity"] == [
        (20, True),
        (12, False),
    ]


def test_a_bare_answer_is_read_as_what_was_asked(understander: EmbeddedUnderstander) -> None:
    assert read(understander, "十二", expecting="quantity").values() == {"quantity": 12}
    assert read(understander, "十二", expecting="quantity").intent == "inform"
    assert "quantity" not in read(understander, "十二").values()
    assert read(understander, "苏州", expecting="location").values() == {"location": "苏州"}
    assert read(understander, "面馆", expecting="industry").values() == {"industry": "面馆"}


@pytest.mark.parametrize("text", ["不知道", "随便", "什么", "你猜"])
def test_an_evasive_answer_fills_nothing(understander: EmbeddedUnderstander, text: str) -> None:
    assert "industry" not in read(understander, text, expecting="industry").values()


def test_a_replaced_product_is_thrown_out(understander: EmbeddedUnderstander) -> None:
    assert read(understander, "D1换成D2").values()["product"] == "CM-D2"
    assert read(understander, "不要D1,要D2").values()["product"] == "CM-D2"


def test_whether_or_not_is_no_wish(understander: EmbeddedUnderstander) -> None:
    assert "payment_term" not in read(understander, "分期不分期的后面再讲").values()


def test_several_products_come_in_order(understander: EmbeddedUnderstander) -> None:
    assert read(understander, "磨豆机和晨曦各多少钱").values()["product"] == ["GR-G3", "CM-D2"]


def test_a_value_that_points_at_a_product_gives_both(understander: EmbeddedUnderstander) -> None:
    values = read(understander, "25公斤那个多少钱").values()
    assert values["product"] == "CM-D1"
    assert values["payload_kg"] == 25


def test_contact_details(understander: EmbeddedUnderstander) -> None:
    values = read(understander, "我姓王,电话幺三八零零幺二三四五六,邮箱 Wang@Example.com").values()
    assert values["contact_name"] == "王"
    assert values["phone"] == "13800123456"
    assert values["email"] == "wang@example.com"


def test_a_competitor_is_canonical_in_chinese_speech(understander: EmbeddedUnderstander) -> None:
    assert read(understander, "跟Xuefeng比有什么好").values()["competitor"] == "雪峰"


def test_another_makers_machine_is_not_ours(understander: EmbeddedUnderstander) -> None:
    assert "product" not in read(understander, "雪峰的磨豆机怎么样").values()


@pytest.mark.parametrize("text", ["", "   ", "\n", "……", "?!", "\u200b", "\ud800"])
def test_blank_and_unreadable_text_is_out_of_scope(understander: EmbeddedUnderstander, text: str) -> None:
    heard = read(understander, text)
    assert heard.intent == "out_of_scope"
    assert heard.mentions == ()


@given(
    text=st.text(max_size=200),
    expecting=st.sampled_from([None, "quantity", "industry", "demo_time", "budget"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read(understander: EmbeddedUnderstander, text: str, expecting: str | None) -> None:
    heard = read(understander, text, expecting)
    assert 1 <= len(heard.intents) <= 2
    for mention in heard.mentions:
        assert mention.text == text[mention.start : mention.end]


def test_reading_twice_gives_the_same(understander: EmbeddedUnderstander) -> None:
    text = "我们酒店要三台晨曦,不是两台,下个月要用,找我王经理"
    first = read(understander, text)
    read(understander, "别的话")
    assert read(understander, text) == first


def test_training_twice_gives_the_same_files(pack: Pack, folder: Path, tmp_path: Path) -> None:
    fit_understander(pack, tmp_path)
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    for name in names:
        if not name.endswith(".npz"):
            assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_reading_survives_saving(pack: Pack, folder: Path, understander: EmbeddedUnderstander) -> None:
    again = EmbeddedUnderstander.load(pack, folder)
    for example in pack.examples:
        assert read(again, example.text) == read(understander, example.text)


def test_missing_or_foreign_files_are_named(pack: Pack, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingEngineError, match="talktrack index --force"):
        EmbeddedUnderstander.load(pack, tmp_path)
    other = pack.model_copy(update={"digest": "1" * 64})
    with pytest.raises(MissingEngineError, match="another pack"):
        EmbeddedUnderstander.load(other, folder)


def test_a_pack_without_examples_cannot_be_trained(pack: Pack, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no example"):
        fit_understander(pack.model_copy(update={"examples": ()}), tmp_path)


def test_slots_that_the_pack_does_not_use_stay_out(pack: Pack, folder: Path) -> None:
    narrow = pack.model_copy(update={"slots": ("product",)})
    heard = EmbeddedUnderstander.load(narrow, folder).read("三台晨曦", now=NOW)
    assert set(heard.values()) == {"product"}


def test_reading_imports_no_training_library() -> None:
    code = "import sys, engines.understanding.embedded; print([m for m in ('sklearn', 'torch', 'gradio') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("No, twelve, not twenty.", [(12, False), (20, True)]),
        ("就二十五台 不是二三十了", [(25, False), ({"min": 20, "max": 30}, True)]),
        ("五台用不掉 就两台", [(5, True), (2, False)]),
        ("不是20台是12台，另外8台是隔壁车间的，不归我", [(20, True), (12, False)]),
        ("Say ten then.", [(10, False)]),
        ("来三打", [(36, False)]),
        ("two weeks, not three", []),
        ("make it three on thursday", []),
    ],
)
def test_counts_without_a_word_for_the_goods(
    understander: EmbeddedUnderstander, text: str, quantities: list[tuple[Any, bool]]
) -> None:
    mentions = read(understander, text).mentions
    assert [(each.value, each.negated) for each in mentions if each.slot == "quantity"] == quantities


@pytest.mark.parametrize("expecting", ["budget", "payload_kg", "phone", "timeline", "demo_time"])
def test_a_bare_number_is_no_count_where_something_else_was_asked(
    understander: EmbeddedUnderstander, expecting: str
) -> None:
    assert "quantity" not in read(understander, "no sorry twelve not twenty", expecting).values()


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("D2先不要了", True),
        ("D2暂时用不上", True),
        ("D2就算了", True),
        ("leave the D2 out then", True),
        ("forget the D2", True),
        ("D2不要太贵", False),
        ("D2不用换滤芯吧", False),
        ("要不要D2", False),
        ("don't forget the D2", False),
        ("没说要买D2", True),
    ],
)
def test_goods_that_are_let_go(understander: EmbeddedUnderstander, text: str, negated: bool) -> None:
    products = [each for each in read(understander, text).mentions if each.slot == "product"]
    assert [each.negated for each in products] == [negated]


@pytest.mark.parametrize("expecting", [None, "demo_time", "location", "industry"])
def test_a_line_beside_the_talk_gives_no_time_or_place(
    understander: EmbeddedUnderstander, expecting: str | None
) -> None:
    values = read(understander, "顺便帮我看下明天苏州下雨不", expecting).values()
    assert not {"demo_time", "timeline", "location", "industry"} & values.keys()


@pytest.mark.parametrize("expecting", ["application", "industry", "customization", "company"])
@pytest.mark.parametrize("text", ["别人家有用过没得", "And on the D2?", "那D2呢", "what do others use"])
def test_a_question_is_no_answer(understander: EmbeddedUnderstander, text: str, expecting: str) -> None:
    assert expecting not in read(understander, text, expecting).values()


def test_a_name_beside_a_number_or_an_address(understander: EmbeddedUnderstander) -> None:
    assert read(understander, "Marcus Hale, 13602588471.").values()["contact_name"] == "Marcus Hale"
    assert read(understander, "发 zhouqi88@163.com，周琦").values()["contact_name"] == "周琦"
    assert read(understander, "name's petrov").values()["contact_name"] == "Petrov"


def test_a_place_before_a_company_is_told_apart(understander: EmbeddedUnderstander) -> None:
    values = read(understander, "我是常州凯迈的采购助理小温").values()
    assert values["location"] == "常州"
    assert values["company"] == "凯迈"
    assert values["contact_name"] == "温"
    assert values["title"] == "采购助理"


def test_what_is_made_is_the_trade(understander: EmbeddedUnderstander) -> None:
    assert read(understander, "我们做月饼的").values()["industry"] == "月饼"
    assert read(understander, "I own a shop that makes window frames").values()["industry"] == "window frames"


def test_a_count_is_no_county(understander: EmbeddedUnderstander) -> None:
    values = read(understander, "D2加到五台").values()
    assert values["quantity"] == 5
    assert "location" not in values
    assert "customization" not in values
