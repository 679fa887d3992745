"""The guard's ruling over a sentence and a reply: verdicts, quotes, the customer's own values, safe lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.types import Quote, Situation
from policy.pricing import best_quote
from tests.guard.conftest import NOW


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_said_passes(guard, situation, text):
    assert guard.check(text, situation).verdict == "pass"
    assert guard.check_reply(text, situation).safe_text == text


def test_a_true_sentence_is_said_as_it_is(guard, situation):
    result = guard.check("R6标价89000元一台。", situation)
    assert (result.verdict, result.safe_text) == ("pass", "R6标价89000元一台。")


def test_a_wrong_cell_is_repaired_with_the_fact(guard, situation):
    result = guard.check("R20的质保期是36个月。", situation)
    assert result.verdict == "repaired"
    assert "24" in result.safe_text and "36" not in result.safe_text


def test_a_wrong_promise_is_replaced(guard, situation):
    result = guard.check("今天下单送您一台平板电脑。", situation)
    assert result.verdict == "replaced"
    assert "平板" not in result.safe_text
    assert result.violations[0].kind


def test_english_gets_an_english_safe_line(guard, situation):
    result = guard.check("You can have it for 60,000 yuan, my friend, C5 included.", situation)
    assert result.verdict != "pass"
    assert result.safe_text.isascii()


def test_a_reply_keeps_its_true_sentences(guard, situation):
    result = guard.check_reply("R6标价89000元一台。我们送您一套夹爪。质保24个月。", situation)
    assert result.verdict == "replaced"
    assert "89000" in result.safe_text and "夹爪" not in result.safe_text


def test_a_sentence_speaks_of_the_product_named_before_it(guard, situation):
    assert guard.check_reply("您问的是R20。交期20个工作日。", situation).verdict == "pass"
    assert guard.check_reply("您问的是R20。交期15个工作日。", situation).verdict != "pass"


def test_safe_text_is_safe(guard, situation):
    for text in ("全国免费安装。", "It's the best robot in the world.", "我是真人。", "打400-820-1234。"):
        safe = guard.check(text, situation).safe_text
        assert guard.check_reply(safe, situation).verdict == "pass", safe


def test_the_plans_own_quote_may_be_said(guard, situation):
    quote = Quote(
        product="QH-C5", quantity=3, list_price=118000, unit_price=110000, total=330000, currency="CNY"
    )
    assert guard.check("三台总价33万元。", situation, quotes=(quote,)).verdict == "pass"
    assert guard.check("三台总价33万元。", situation).verdict != "pass"


def test_the_deal_fills_what_a_sentence_leaves_out(guard, pack):
    deal = Situation(now=NOW, product="QH-R6", quantity=10)
    quote = best_quote(pack, "QH-R6", 10, deal)
    assert guard.check(f"十台一共{quote.total:.0f}元。", deal).verdict == "pass"
    assert guard.check("交期15个工作日。", deal).verdict == "pass"
    assert guard.check("交期10个工作日。", deal).verdict != "pass"


def test_the_region_of_the_deal_decides(guard):
    near, far = Situation(now=NOW, location="无锡"), Situation(now=NOW, location="成都")
    assert guard.check("安装是免费的。", near).verdict == "pass"
    assert guard.check("安装是免费的。", far).verdict != "pass"


def test_an_offer_passes_only_while_it_runs(guard):
    line = "C5满五台打95折。"
    assert guard.check(line, Situation(now=NOW)).verdict == "pass"
    assert guard.check(line, Situation(now=NOW.replace(year=2027, month=2))).verdict != "pass"


def test_the_customers_own_details_may_be_repeated(guard):
    deal = Situation(now=NOW, slots={"phone": "13800001234", "budget": {"min": 500000, "max": 500000}})
    assert guard.check("您的电话是13800001234,对吗?", deal).verdict == "pass"
    assert guard.check("您预算50万,我记下了。", deal).verdict == "pass"
    assert guard.check("我的电话是13900001234。", deal).verdict != "pass"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_it(guard, text):
    result = guard.check_reply(text, Situation(now=NOW))
    assert (result.verdict == "pass") == (not result.violations)


WORDS = [
    "R6",
    "C5",
    "V2",
    "W12",
    "93折",
    "免费",
    "质保",
    "24个月",
    "三成",
    "五天",
    "7% off",
    ",",
    "。",
    "?",
    "不",
    "没有",
]
WORDS += [
    "安装",
    "成都",
    "50万元",
    "周六",
    "9:00",
    "6期",
    "送",
    "展厅",
    "2026年",
    "most",
    "best",
    "IP65",
    "%",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_no_mixture_of_its_own_words_breaks_it(guard, words):
    assert guard.check("".join(words), Situation(now=NOW)).verdict in ("pass", "repaired", "replaced")
