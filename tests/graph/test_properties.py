"""Laws of the talk's own logic, over invented talks: `track` as a merge, `plan` as a polite salesperson."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.types import LineItem, Mention, Stage, Understanding
from nodes.track import track
from policy.deal import Deal
from policy.stages import TRANSITIONS
from tests.fakes import NOW, book_of, done, heard, mention, opened, pack_of, tracker_of
from tests.graph.invented import PACKS, VALUES, mentions, rehearsed, talks

LAWS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ASKING = {"ask_slot", "confirm_slot", "propose", "clarify"}
VARIABLE = re.compile(r"\{(\w+)\}")
HAN = re.compile("[\u3400-\u9fff]")

# track


def independent() -> st.SearchStrategy[list[Mention]]:
    """Mentions of different slots that do not follow the focus."""
    free = sorted(set(VALUES) - {"quantity"})
    slots = st.lists(st.sampled_from(free), max_size=6, unique=True)
    return slots.flatmap(
        lambda names: st.tuples(*(VALUES[name].map(lambda v, n=name: mention(n, v)) for name in names)).map(
            list
        )
    )


def after(understanding: Understanding, state: dict[str, Any], turn: int = 2) -> dict[str, Any]:
    return done(
        track(opened(**{**state, "understanding": understanding, "turn": turn}), tracker=tracker_of())
    )


@given(st.data())
@LAWS
def test_the_same_utterance_twice_changes_nothing_more(data: st.DataObject) -> None:
    pack = pack_of(data.draw(st.sampled_from(PACKS)))
    state: dict[str, Any] = after(heard("inform", mentions=data.draw(mentions(pack))), {}, turn=1)
    intents = data.draw(st.sampled_from([("inform",), ("ask_price",), ("affirm",)]))
    said = heard(*intents, mentions=data.draw(mentions(pack)))
    once = after(said, state)
    assert after(said, once) == once


@given(independent(), st.randoms())
@LAWS
def test_the_order_of_independent_slots_does_not_matter(said: list[Mention], chance: Any) -> None:
    mixed = list(said)
    chance.shuffle(mixed)
    one, other = (after(heard("inform", mentions=order), {}) for order in (said, mixed))
    assert one["slots"] == other["slots"] and one["line_items"] == other["line_items"]


@given(st.sampled_from(sorted(set(VALUES) - {"quantity", "demo_time"})), st.data())  # a time is said in parts
@LAWS
def test_every_value_ever_held_stays_on_record(slot: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(VALUES[slot], min_size=1, max_size=6))
    state: dict[str, Any] = {}
    for turn, value in enumerate(values, start=1):
        state = after(heard("deny", mentions=[mention(slot, value)]), state, turn)
    held = state["slots"][slot]
    changes = [value for place, value in enumerate(values) if place == 0 or value != values[place - 1]]
    assert [*(one.value for one in held.earlier), held.value] == changes


@given(st.data())
@LAWS
def test_other_products_keep_their_quantities(data: st.DataObject) -> None:
    ids = [row.id for row in pack_of().products]
    items = tuple(
        LineItem(product=name, quantity=data.draw(st.integers(1, 9)))
        for name in data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=4, unique=True))
    )
    state: dict[str, Any] = {"line_items": items, "focus": items[0].product, "slots": {}}
    spoken_of = data.draw(st.sampled_from(ids))
    update = after(heard("inform", product=spoken_of, quantity=data.draw(st.integers(10, 20))), state)
    kept = {item.product: item.quantity for item in update["line_items"]}
    for item in items:
        if item.product != spoken_of:
            assert kept[item.product] == item.quantity
    assert len(kept) == len(update["line_items"]), "one line a product"


@given(st.data())
@LAWS
def test_product_and_quantity_follow_the_focus(data: st.DataObject) -> None:
    pack = pack_of(data.draw(st.sampled_from(PACKS)))
    state: dict[str, Any] = {}
    for turn in range(1, data.draw(st.integers(2, 5))):
        intent = data.draw(st.sampled_from(["inform", "deny", "ask_price"]))
        state = after(heard(intent, mentions=data.draw(mentions(pack))), state, turn)
        held = {slot: value.value for slot, value in state["slots"].items()}
        assert held.get("product") == state["focus"]
        if state["focus"]:
            counts = {item.product: item.quantity for item in state["line_items"]}
            assert held.get("quantity") == counts[state["focus"]]


# plan


@given(talks())
@LAWS
def test_what_is_known_is_not_asked(talk: Any) -> None:
    for one in rehearsed(talk):
        deal = Deal.of(one.state, book_of(talk[0]))
        for act in one.plan.acts:
            if (
                act.act == "ask_slot"
                and act.slot
                and act.script == f"ask.{act.slot}"
                and act.slot != "demo_time"
            ):
                assert not deal.known(act.slot), (act.slot, one.turn)


@given(talks())
@LAWS
def test_at_most_one_question_a_turn(talk: Any) -> None:
    for one in rehearsed(talk):
        assert sum(act.act in ASKING for act in one.plan.acts) <= 1, one.plan.acts
        reply = " ".join(one.said)
        if not one.turn.understanding.has("repeat"):
            assert reply.count("?") + reply.count("？") <= 1, reply


@given(talks())
@LAWS
def test_who_ends_the_talk_is_let_go(talk: Any) -> None:
    for one in rehearsed(talk):
        understanding = one.state["understanding"]
        leaves = understanding.intent == "refuse" or understanding.has("do_not_call")
        leaves = leaves or [score.id for score in understanding.intents] == ["thanks_bye"]
        if leaves:
            assert [act.act for act in one.plan.acts] == ["farewell"]
            assert "end_call" in [call.name for call in one.plan.tools]
            assert one.plan.stage is Stage.ENDED
            assert not any(mark in "".join(one.said) for mark in "?？")
        if understanding.has("do_not_call"):
            assert "do_not_call" in [call.name for call in one.plan.tools]


@given(talks())
@LAWS
def test_every_line_can_be_said_in_both_languages_with_nothing_left_blank(talk: Any) -> None:
    pack = pack_of(talk[0])
    for one in rehearsed(talk):
        for act in one.plan.acts:
            for lang in pack.languages:
                lines = [line for line in pack.scripts if line.situation == act.script and line.lang == lang]
                assert lines, f"no {lang} line for {act.script}"
                for name in {name for line in lines for name in VARIABLE.findall(line.text)}:
                    given_for_all = {"company", "robot"}
                    assert name in given_for_all or str(act.values.get(name, "")), (act.script, name)
        assert not any(
            mark in sentence
            for sentence in one.said
            for mark in "{}@"
            if mark != "@" or "li@x.cn" not in sentence
        )


@given(talks())
@LAWS
def test_what_is_said_again_is_not_said_again_as_such(talk: Any) -> None:
    for one in rehearsed(talk):
        if one.turn.understanding.intent == "repeat":
            assert not re.search(r"(再说一遍|once more).*(再说一遍|once more)", " ".join(one.said))


@given(talks())
@LAWS
def test_a_reply_can_be_listened_to(talk: Any) -> None:
    _, lang, channel, _, _ = talk
    for one in rehearsed(talk):
        asks_one_thing = len(one.turn.understanding.intents) == 1
        if lang == "zh" and asks_one_thing and one.turn.understanding.intent != "repeat":
            assert len("".join(one.said)) <= {"text": 140, "voice": 110}[channel], one.said


@given(talks())
@LAWS
def test_every_turn_but_a_hangup_is_answered(talk: Any) -> None:
    for one in rehearsed(talk):
        assert one.said and all(one.said), one.plan


@given(talks())
@LAWS
def test_an_english_reply_has_no_chinese_in_it_and_no_label_is_read_out(talk: Any) -> None:
    for one in rehearsed(talk):
        reply = " ".join(one.said)
        if talk[1] == "en":
            assert not HAN.search(reply), reply
        for label in ("decision_maker", "influencer", "P2M", "2027-Q1", "T10:00", "≤", "≥"):
            assert label not in reply, reply


@given(talks())
@LAWS
def test_the_stage_moves_by_the_table_and_for_a_reason(talk: Any) -> None:
    for one in rehearsed(talk):
        assert one.plan.stage in TRANSITIONS[one.state["stage"]]
        assert one.plan.reason


@given(talks())
@LAWS
def test_prices_are_the_catalogue_s_and_the_offers_in_force(talk: Any) -> None:
    pack = pack_of(talk[0])
    for one in rehearsed(talk):
        for quote in one.plan.quotes:
            row = pack.product(quote.product)
            assert row is not None and quote.list_price == row.list_price
            offer = next((offer for offer in pack.offers if offer.id == quote.offer), None)
            assert (offer is None) == (quote.unit_price == quote.list_price)
            if offer:
                assert offer.in_force(NOW.date()) and quote.product in offer.products
                assert quote.unit_price == pytest.approx(row.list_price * offer.discount)
            assert quote.total == pytest.approx(quote.unit_price * quote.quantity)


@given(talks())
@LAWS
def test_the_same_talk_is_planned_the_same_way(talk: Any) -> None:
    assert [one.plan for one in rehearsed(talk)] == [one.plan for one in rehearsed(talk)]


@given(talks())
@LAWS
def test_every_fact_a_plan_leans_on_exists(talk: Any) -> None:
    book = book_of(talk[0])
    for one in rehearsed(talk):
        for act in one.plan.acts:
            assert all(book.get(fact) is not None for fact in act.facts), act
