"""Strict serialisation: the state's own types go round, everything else stays out."""

from __future__ import annotations

import dataclasses
import pickle
from datetime import datetime
from decimal import Decimal
from typing import Any

import ormsgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from core import grounding, pack, types
from core.errors import StoreError
from core.types import CustomerCard, Frozen, Mention, SlotValue, Stage, Transcript, TurnAnswer, Understanding
from graph.serde import serializer, state_types
from tests.fakes import NOW, heard, opened, pack_of


def round_trip(value: Any) -> Any:
    serde = serializer()
    return serde.loads_typed(serde.dumps_typed(value))


def test_every_value_of_the_core_is_allowed() -> None:
    names = {name for _, name in state_types()}
    for module in (types, grounding, pack):
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Frozen) and value.__module__ == module.__name__:
                assert name in names
    assert "Stage" in names


@pytest.mark.parametrize(
    "value",
    [
        Stage.PROPOSAL,
        heard("ask_price", "inform", product="QH-R20", quantity={"min": 2, "max": 3}),
        Transcript(text="喂", engine="x"),
        CustomerCard(id="c1", history=("a", "b")),
        NOW,
        datetime(2026, 11, 22, 10, 0, 1),
        [1, 2.5, "三", None, True, {"min": 2, "max": None}],
    ],
)
def test_what_the_state_holds_goes_round_as_itself(value: Any) -> None:
    back = round_trip(value)
    assert back == value and type(back) is type(value)


@given(
    st.builds(
        SlotValue,
        value=st.one_of(
            st.integers(-(2**53), 2**53), st.text(), st.none(), st.dictionaries(st.text(), st.integers(0, 9))
        ),
        turn=st.integers(0, 1000),
        text=st.text(),
        confidence=st.floats(0, 1),
    )
)
def test_any_slot_goes_round(value: SlotValue) -> None:
    assert round_trip(value) == value


class Stranger(BaseModel):
    x: int = 1


@dataclasses.dataclass
class Plain:
    x: int = 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("value", [Stranger(), Plain(), pack_of])
def test_a_stranger_does_not_come_back_to_life(value: Any) -> None:
    try:
        back = round_trip(value)
    except (TypeError, ValueError, ormsgpack.MsgpackEncodeError):
        return
    assert not isinstance(back, type(value))


def test_pickles_are_refused() -> None:
    with pytest.raises((NotImplementedError, ValueError)):
        serializer().loads_typed(("pickle", pickle.dumps({"x": 1})))


def test_an_error_is_kept_as_words_only() -> None:
    error = StoreError("business database: locked", transient=True)
    back = round_trip(error)
    assert isinstance(back, str) and "locked" in back


def test_an_opened_turn_goes_round_its_tuples_as_lists() -> None:
    state = opened()
    assert round_trip(state) == {
        name: list(value) if isinstance(value, tuple) else value for name, value in state.items()
    }


def test_a_whole_answer_goes_round() -> None:
    answer = TurnAnswer(
        thread="t",
        turn=1,
        turn_id="a",
        reply="您好。",
        mentions={"budget": {"min": None, "max": 100000, "currency": "CNY"}},
        slots={"payload_kg": 7.5},
    )
    assert round_trip(answer) == answer


def test_understanding_mentions_keep_their_spans() -> None:
    said = Mention(slot="quantity", value=12, text="十二台", start=3, end=6, negated=True, confidence=0.5)
    assert round_trip(Understanding(mentions=(said,))).mentions == (said,)


def test_money_stays_money() -> None:
    assert round_trip(Decimal("128340.00")) == Decimal("128340.00")
