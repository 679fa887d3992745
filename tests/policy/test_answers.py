from __future__ import annotations

from typing import Any

import pytest

from core.types import Act, LineItem
from policy.answers import answer
from policy.answers.prices import quotes_of
from policy.deal import Deal
from tests.fakes import a_deal, book_of, heard, held, pack_of, say

TRADE_IN = "promotions:P-2026H1-TRADEIN"


def replied(intent: str, deal: Deal) -> tuple[list[str | None], str]:
    acts = answer(intent, deal)
    return [act.script for act in acts], " ".join(say(deal, acts))


def cited(acts: list[Act]) -> list[str]:
    found = [book_of().get(fact) for act in acts for fact in act.facts]
    return [fact.source for fact in found if fact]


def test_a_price_is_the_list_price_of_the_catalogue() -> None:
    deal = a_deal(heard("ask_price", product="QH-R20"), focus="QH-R20", text="R20多少钱")
    scripts, text = replied("ask_price", deal)
    assert scripts == ["answer.price"] and "138,000" in text
    assert cited(answer("ask_price", deal)) == ["catalogue:QH-R20"]


def test_twelve_get_the_offer_in_force() -> None:
    deal = a_deal(heard("ask_price"), focus="QH-R20", quantity=12)
    scripts, text = replied("ask_price", deal)
    assert scripts == ["answer.total_offer"]
    assert "93折" in text and "128,340" in text and "1,540,080" in text
    assert cited(answer("ask_price", deal)) == ["catalogue:QH-R20", "promotions:P-STD-VOL10"]


def test_eight_pay_the_list_price() -> None:
    deal = a_deal(heard("ask_price"), focus="QH-R20", quantity=8)
    scripts, text = replied("ask_price", deal)
    assert scripts == ["answer.total"] and "1,104,000" in text and "93折" not in text


def test_over_a_range_the_price_of_one_is_told_and_the_offer_that_its_end_reaches() -> None:
    deal = a_deal(heard("ask_price"), focus="QH-R20", quantity={"min": 8, "max": 12})
    scripts, text = replied("ask_price", deal)
    assert scripts == ["answer.price", "answer.total_offer"] and "12台" in text and "138,000" in text
    few = a_deal(heard("ask_price"), focus="QH-R20", quantity={"min": 2, "max": 3})
    assert replied("ask_price", few)[0] == ["answer.price"]


def test_the_list_price_can_be_asked_for_despite_an_offer() -> None:
    deal = a_deal(heard("ask_price"), focus="QH-R20", quantity=12, text="标价多少")
    scripts, text = replied("ask_price", deal)
    assert scripts == ["answer.price"] and "138,000" in text


def test_a_price_of_nothing_in_particular_is_asked_back() -> None:
    scripts, text = replied("ask_price", a_deal(heard("ask_price")))
    assert scripts == ["answer.price_which"] and not any(char.isdigit() and char == "元" for char in text)


def test_several_products_are_priced_side_by_side() -> None:
    deal = a_deal(heard("ask_price", product=["QH-R6", "QH-W12"]), focus="QH-R6")
    scripts, text = replied("ask_price", deal)
    assert scripts == ["answer.price_list"] and "R6 89,000元" in text and "W12 268,000元" in text


def test_the_total_of_a_deal_gives_each_line_its_own_offer() -> None:
    items = (LineItem(product="QH-C5", quantity=1), LineItem(product="QH-V2", quantity=1))
    deal = a_deal(heard("ask_price"), focus="QH-C5", line_items=items, text="一共多少钱")
    scripts, text = replied("ask_price", deal)
    assert scripts == ["answer.deal_total"] and "186,400" in text  # 118000 + 76000 * 0.9


def test_goods_that_are_not_sold_have_no_price() -> None:
    for intent in ("ask_price", "ask_discount", "ask_product"):
        deal = a_deal(heard(intent, product=None), focus="QH-R20")
        scripts, text = replied(intent, deal)
        assert scripts == ["answer.not_sold"] and "元" not in text


def test_an_ended_offer_is_named_as_ended_and_never_promised() -> None:
    deal = a_deal(
        heard("ask_discount"), recall={TRADE_IN: 0.9}, focus="QH-R20", quantity=8, text="还能打88折吗"
    )
    acts = answer("ask_discount", deal)
    assert acts[0].script == "answer.offer_ended"
    assert "2026年6月30日" in say(deal, acts)[0] and TRADE_IN in cited(acts)
    assert all(quote.offer is None for quote in quotes_of(deal))


def test_who_asks_for_more_hears_who_may_grant_it() -> None:
    deal = a_deal(heard("ask_discount"), focus="QH-R20", quantity=12, text="能不能再便宜点")
    acts = answer("ask_discount", deal)
    assert [act.values["topic"] for act in acts][-1] == "discount_authority"


def test_the_condition_of_an_offer_is_named() -> None:
    deal = a_deal(heard("ask_discount"), focus="QH-R20", text="有优惠吗")
    scripts, text = replied("ask_discount", deal)
    assert scripts == ["answer.offer_needs"] and "10" in text


def test_no_offer_on_a_product_is_said_with_its_price() -> None:
    deal = a_deal(heard("ask_discount"), focus="QH-W12", text="焊接站有优惠吗")
    scripts, text = replied("ask_discount", deal)
    assert scripts == ["answer.offer_none"] and "268,000" in text


def test_offers_without_a_product_are_those_that_run_now() -> None:
    deal = a_deal(heard("ask_discount"), text="有什么优惠")
    acts = answer("ask_discount", deal)
    assert [act.script for act in acts] == ["answer.offers"]
    assert "promotions:P-2026H1-TRADEIN" not in cited(acts)
    running = {offer.id for offer in pack_of().offers if offer.in_force(deal.now.date())}
    assert {source.removeprefix("promotions:") for source in cited(acts)} <= running


def test_on_the_phone_one_offer_is_enough() -> None:
    acts = answer("ask_discount", a_deal(heard("ask_discount"), channel="voice", text="有什么优惠"))
    assert len(cited(acts)) == 1


def test_a_question_the_facts_answer() -> None:
    deal = a_deal(heard("ask_delivery"), recall={"catalogue:QH-R20#lead_time": 0.9}, focus="QH-R20")
    scripts, text = replied("ask_delivery", deal)
    assert scripts == ["answer.fact"] and "20" in text


@pytest.mark.parametrize(
    ("focus", "script"), [("QH-V2", "decline.unknown_product"), (None, "decline.unknown")]
)
def test_what_the_facts_do_not_say_is_declined(focus: str | None, script: str) -> None:
    deal = a_deal(heard("ask_customization"), focus=focus, recall={"catalogue:QH-R6#reach": 0.1})
    deal_without_defaults = deal.grounding.model_copy(update={"facts": (), "unsaid": True})
    acts = answer("ask_customization", _with(deal, grounding=deal_without_defaults))
    assert [(act.act, act.script) for act in acts] == [("decline", script)]


def test_only_a_question_can_be_declined() -> None:
    assert answer("inform", a_deal(heard("inform"))) == []
    assert answer("greet", a_deal(heard("greet"))) == []


def test_a_product_without_a_question_is_introduced() -> None:
    deal = a_deal(heard("ask_product"), focus="QH-R20", text="介绍下R20")
    bare = deal.grounding.model_copy(update={"facts": (), "unsaid": False})
    acts = answer("ask_product", _with(deal, grounding=bare))
    assert [act.script for act in acts] == ["answer.intro"]
    assert cited(acts) and set(cited(acts)) == {"catalogue:QH-R20"}


def test_the_goods_that_fit_a_need_are_named() -> None:
    deal = a_deal(heard("ask_product", payload_kg=10), slots=held(payload_kg=10))
    scripts, text = replied("ask_product", deal)
    assert "answer.fit" in scripts and "R20" in text


def test_a_need_beyond_everything_is_said_honestly() -> None:
    deal = a_deal(heard("ask_product", payload_kg=5000), slots=held(payload_kg=5000))
    scripts, _ = replied("ask_product", deal)
    assert scripts == ["answer.none_fit"]


def test_a_competitor_is_met_with_facts_and_never_run_down() -> None:
    deal = a_deal(heard("compare_competitor", competitor="发那科"), text="跟发那科比呢")
    acts = answer("compare_competitor", deal)
    assert acts and acts[-1].values["topic"] == "comparison"
    assert "发那科" not in " ".join(say(deal, acts))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_code_prices_another_company_s_goods(lang: Any) -> None:
    deal = a_deal(heard("ask_price"), name="qingshui", focus="QS-A80", quantity=3, lang=lang)
    scripts, text = replied("ask_price", deal)
    assert scripts == ["answer.total_offer"] and "35,328" in text  # 3 * 12800 * 0.92


def _with(deal: Deal, **changes: Any) -> Deal:
    from dataclasses import replace

    return replace(deal, **changes)


def test_two_products_are_compared_side_by_side() -> None:
    deal = a_deal(heard("ask_product", product=["QH-R6", "QH-R20"]), text="R6和R20有什么区别")
    scripts, text = replied("ask_product", deal)
    assert scripts == ["answer.compare", "answer.compare"] and "6kg" in text and "20kg" in text


def test_what_there_is_to_buy_is_never_declined() -> None:
    scripts, _ = replied("ask_product", a_deal(heard("ask_product"), text="都有什么产品"))
    assert scripts == ["answer.products"]


def test_the_price_is_that_of_the_product_that_was_recommended() -> None:
    deal = a_deal(heard("ask_price"), text="一台多少钱", slots=held(payload_kg=15))
    _, text = replied("ask_price", deal)
    assert "R20" in text and "138,000" in text
