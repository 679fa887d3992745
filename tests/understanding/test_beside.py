"""What an utterance beside the talk says of the deal: all where that is not sure, little where it is."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.pack import Pack
from core.types import Mention
from engines.understanding.embedded import unit_words
from engines.understanding.lexicon import Lexicon
from engines.understanding.products import ProductLinker
from engines.understanding.sight import look
from engines.understanding.slots import read_slots
from engines.understanding.spans import Span, Tagging
from engines.understanding.text import tokenise

NOW = datetime(2026, 11, 22, 10, 0)


def read(
    pack: Pack,
    text: str,
    intent: str,
    confidence: float,
    *told: tuple[str, str],
    expecting: str | None = None,
) -> list[Mention]:
    """The mentions of `text` where the tagger tells each (slot, words) of `told`."""
    spans = tuple(Span(slot, text.index(words), text.index(words) + len(words), 0.9) for slot, words in told)
    tokens = tuple(
        (token, {span.slot: 0.9 for span in spans if span.start < token.end and token.start < span.end})
        for token in tokenise(text)
    )
    lexicon = Lexicon(pack.lexicon)
    return read_slots(
        look(text, NOW, ProductLinker(pack), lexicon, unit_words(pack)),
        Tagging(spans, tokens),
        [intent],
        NOW,
        expecting=expecting,
        lexicon=lexicon,
        confidence=confidence,
    )


CASES = (
    ("在吗 我们在东莞 有几台旧的想换", "location", "东莞"),
    ("哦 我们做压铸的 取件那种有没有", "industry", "压铸"),
    ("hey so we're in Suzhou and it's all a bit old", "location", "Suzhou"),
    ("那个什么 我们是做面馆的 搞不搞得了", "industry", "面馆"),
    ("er, moulding shop here, well, you know", "industry", "moulding shop"),
)


@pytest.mark.parametrize(("text", "slot", "value"), CASES)
def test_a_rejected_utterance_keeps_its_mentions(pack: Pack, text: str, slot: str, value: str) -> None:
    found = read(pack, text, "out_of_scope", 0.39, (slot, value))
    assert (slot, value) in [(mention.slot, mention.value) for mention in found]


@pytest.mark.parametrize("intent", ["out_of_scope", "chitchat", "repeat"])
@pytest.mark.parametrize("text", ["明天苏州下雨不", "东莞今天热不热", "is it raining in Suzhou?"])
def test_talk_that_is_surely_beside_the_deal_says_nothing_of_it(pack: Pack, text: str, intent: str) -> None:
    place = next(name for name in ("苏州", "东莞", "Suzhou") if name in text)
    assert read(pack, text, intent, 0.97, ("location", place)) == []


def test_a_part_of_the_company_is_no_supplier(pack: Pack) -> None:
    text = "from Brenner Components in Taicang"
    found = read(pack, text, "inform", 0.7, ("current_supplier", "Brenner"), ("location", "Taicang"))
    assert [(mention.slot, mention.value) for mention in found] == [
        ("company", "Brenner Components"),
        ("location", "Taicang"),
    ]


def test_a_place_alone_is_no_company(pack: Pack) -> None:
    found = read(pack, "from Suzhou in Jiangsu", "inform", 0.9, ("location", "Suzhou"))
    assert "company" not in [mention.slot for mention in found]


@pytest.mark.parametrize("slot", ["contact_name", "company", "title", "industry", "location"])
@pytest.mark.parametrize(
    "text", ["Actually, make it 10 am", "改成下午三点", "有谁家用过", "明天上午", "12", "十台"]
)
def test_a_clock_a_digit_or_a_change_fills_no_slot_in_words(pack: Pack, text: str, slot: str) -> None:
    assert slot not in [mention.slot for mention in read(pack, text, "inform", 0.9, expecting=slot)]


@pytest.mark.parametrize(
    ("slot", "text"), [("company", "3M"), ("contact_name", "陈立"), ("title", "焊工"), ("industry", "3C电子")]
)
def test_a_bare_answer_in_words_still_fills_its_slot(pack: Pack, slot: str, text: str) -> None:
    assert (slot, text) in [(m.slot, m.value) for m in read(pack, text, "inform", 0.9, expecting=slot)]


def test_chinese_counts_put_right_are_read_where_the_quantity_was_asked(pack: Pack) -> None:
    found = read(pack, "不是十二，是十。有没有优惠", "ask_discount", 0.9, expecting="quantity")
    assert [(mention.value, mention.negated) for mention in found] == [(12, True), (10, False)]
