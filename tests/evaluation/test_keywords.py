"""The rule-and-keyword baseline: its rules are whole, and it reads what any such robot reads."""

from __future__ import annotations

from datetime import datetime

import pytest

from domains.labels import INTENTS, LANGS
from domains.load import load_pack
from evaluation.baselines.keywords import WEIGHTS, KeywordUnderstander, clean, decide, rules

NOW = datetime(2026, 11, 22, 10)
LINES = (
    ("ask_price", "这个多少钱一台"),
    ("ask_price", "how much does it cost"),
    ("ask_discount", "有什么优惠政策"),
    ("ask_discount", "is there any discount"),
    ("ask_service", "支持上门安装吗"),
    ("ask_service", "how long is the warranty"),
    ("ask_delivery", "多久能到货"),
    ("ask_payment", "能分期吗,开专票吗"),
    ("ask_case", "有没有做汽配的案例"),
    ("ask_company", "你们是哪家公司"),
    ("request_human", "转人工"),
    ("request_human", "let me speak to a human"),
    ("request_material", "先发份资料我看看"),
    ("object_price", "太贵了"),
    ("object_timing", "我再考虑考虑"),
    ("object_supplier", "我们有固定合作的厂家了"),
    ("object_trust", "你们不会是骗子吧"),
    ("refuse", "不感兴趣,别说了"),
    ("do_not_call", "别再给我打电话了"),
    ("do_not_call", "please stop calling me"),
    ("ask_identity", "你是机器人吧"),
    ("wrong_person", "我不负责采购"),
    ("hold_on", "稍等一下"),
    ("repeat", "没听清,再说一遍"),
    ("thanks_bye", "好的谢谢,再见"),
    ("affirm", "对,可以"),
    ("deny", "不是,不对"),
    ("greet", "喂,你好"),
    ("out_of_scope", "帮我查下明天的天气"),
)


@pytest.fixture(scope="module")
def engine() -> KeywordUnderstander:
    return KeywordUnderstander(load_pack("qiheng"))


def test_the_rules_cover_every_intent_and_no_other() -> None:
    assert set(rules()["intents"]) == set(INTENTS)
    for name, by_lang in rules()["intents"].items():
        assert set(by_lang) == set(LANGS), name
        for lang, kinds in by_lang.items():
            assert set(kinds) <= {*WEIGHTS, "never"}, (name, lang)
            patterns = [pattern for found in kinds.values() for pattern in found]
            assert len(patterns) >= 8, (name, lang)


@pytest.mark.parametrize(("intent", "text"), LINES)
def test_plain_lines(engine: KeywordUnderstander, intent: str, text: str) -> None:
    assert engine.read(text, now=NOW).intent == intent


@pytest.mark.parametrize(
    "text", ["", " ", "?!", "🤖", "x" * 5000, "不" * 3000, "<product>", "a\nb", "ＡＢＣ　１２"]
)
def test_any_text_gives_valid_labels(engine: KeywordUnderstander, text: str) -> None:
    found = engine.read(text, now=NOW)
    assert 1 <= len(found.intents) <= 2
    assert {score.id for score in found.intents} <= set(INTENTS)


def test_a_negation_right_before_a_keyword_takes_it_away(engine: KeywordUnderstander) -> None:
    assert not engine.read("不问优惠", now=NOW).has("ask_discount")
    assert engine.read("有没有优惠", now=NOW).has("ask_discount")


def test_two_questions_give_two_intents(engine: KeywordUnderstander) -> None:
    found = engine.read("多少钱一台,多久能到货", now=NOW)
    assert {score.id for score in found.intents} == {"ask_price", "ask_delivery"}


def test_slots_are_read_by_rule(engine: KeywordUnderstander) -> None:
    assert engine.read("我的电话是13812345678", now=NOW).values()["phone"] == "13812345678"


def test_weights_decide_and_no_rule_means_facts_or_nothing() -> None:
    assert [score.id for score in decide([("greet", 5.0), ("affirm", 1.0)], told=False)] == ["greet"]
    assert decide([("greet", 6.0), ("affirm", 5.0)], told=False)[1].id == "affirm"
    assert decide([], told=True)[0].id == "inform"
    assert decide([], told=False)[0].id == "out_of_scope"


def test_fillers_and_marks_go() -> None:
    assert clean("呃，那个，多少钱。") == "多少钱"
    assert clean("嗯") == "嗯"
    assert clean("Price？") == "price?"
