from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pack import Example, Pack
from engines.understanding.answers import answer_core
from engines.understanding.lexicon import Lexicon
from engines.understanding.measures import find_measures
from engines.understanding.people import find_people, split_title
from engines.understanding.roles import find_role, find_term
from engines.understanding.spans import tagging_of
from engines.understanding.surfaces import counted_zh, spoken_numbers, squeeze
from engines.understanding.text import fold, sound, tokenise
from training.encoder.augment import swapped_copies, value_pools


@given(st.text())
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_tokens_are_where_they_say(text: str) -> None:
    assert all(text[token.start : token.end] == token.text for token in tokenise(text))


@given(st.text())
def test_squeezed_characters_know_their_places(text: str) -> None:
    squeezed, places = squeeze(text)
    assert len(squeezed) == len(places)
    assert all(fold(text)[place] == char for char, place in zip(squeezed, places, strict=True))


@pytest.mark.parametrize(
    ("one", "other"), [("能", "冷"), ("是", "四"), ("发", "花"), ("程", "层"), ("宁", "林")]
)
def test_dialects_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_different_sounds_stay_apart() -> None:
    assert len({sound(char) for char in "大小价钱修"}) == 5


@pytest.mark.parametrize(
    ("number", "said"),
    [(5, "五"), (12, "十二"), (20, "二十"), (105, "一百零五"), (750, "七百五十"), (3020, "三千零二十")],
)
def test_counting(number: int, said: str) -> None:
    assert counted_zh(number) == said


def test_model_numbers_are_spoken_in_several_ways() -> None:
    assert {"20", "二十", "二零", "twenty", "twozero"} <= spoken_numbers("20")
    assert {"七百五", "sevenfifty"} <= spoken_numbers("750")


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("五公斤", "mass", 5.0),
        ("五公斤半", "mass", 5.5),
        ("20 kg", "mass", 20.0),
        ("30斤", "mass", 15.0),
        ("1.2米", "length", 1200.0),
    ],
)
def test_measures(text: str, dimension: str, value: float) -> None:
    (measure,) = find_measures(text)
    assert (measure.dimension, measure.value) == (dimension, value)


def test_a_number_of_machines_is_no_measure() -> None:
    assert find_measures("要20台") == []


def test_the_lexicon_hears_what_was_meant() -> None:
    lexicon = Lexicon({"application": {"焊接": ["汉街", "烧焊"]}, "competitor": {"雪峰": ["Xuefeng"]}})
    assert lexicon.heard_as("application", "汉街") == "焊接"
    assert lexicon.heard_as("application", "汗接") == "焊接"
    assert lexicon.heard_as("application", "烧焊") is None
    assert lexicon.canonical("competitor", "xue feng") == "雪峰"
    assert [hit.value for hit in lexicon.hits("比雪峰和xuefengs好")] == ["雪峰"]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("这事我说了算", "decision_maker"),
        ("要老板定", "influencer"),
        ("不是我说了算", "influencer"),
        ("董事会批了才行", "influencer"),
        ("我不负责采购", "none"),
        ("没权换", "none"),
        ("我只是操作工", "user"),
        ("I'm the owner", "decision_maker"),
        ("my boss has to approve it", "influencer"),
        ("今天天气不错", None),
    ],
)
def test_roles(text: str, role: str | None) -> None:
    found = find_role(text)
    assert (found.value if found else None) == role


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("能分期吗", "instalments"),
        ("全款", "full"),
        ("年付", "yearly"),
        ("月结", "monthly"),
        ("再说一次", None),
        ("多少钱", None),
    ],
)
def test_terms(text: str, term: str | None) -> None:
    found = find_term(text)
    assert (found.value if found else None) == term


def test_people() -> None:
    text = "我姓傅,找一下李经理"
    assert [text[slice(*person.name)] for person in find_people(text)] == ["傅", "李"]
    assert [person.own for person in find_people(text)] == [True, False]
    assert split_title("王经理") == (1, 3)
    assert split_title("王先生") == (1, 1)


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("嗯我们做汽配的吧", "汽配"),
        ("we're in dairy", "dairy"),
        ("不知道", None),
        ("随便", None),
        ("嗯", None),
    ],
)
def test_the_core_of_an_answer(text: str, core: str | None) -> None:
    found = answer_core(text)
    assert (text[slice(*found)] if found else None) == core


def test_copies_keep_their_annotations(pack: Pack) -> None:
    rows = [row for row in pack.examples if row.lang == "zh"]
    swapped = swapped_copies(rows, value_pools(rows, pack.lexicon), seed=1)
    assert swapped == swapped_copies(rows, value_pools(rows, pack.lexicon), seed=1)
    values = {word for words in value_pools(rows, pack.lexicon).values() for word in words}
    for row in swapped:
        assert all(row.text[start:end] in values for slot, start, end in row.spans if slot == "industry")


TAGS = ("O", "B-company", "I-company", "B-industry")


def test_spans_are_read_from_the_chances_of_tags() -> None:
    text = "我是恒达的"
    chances = np.array(
        [[1, 0, 0, 0], [0.9, 0.05, 0, 0.05], [0.1, 0.8, 0.1, 0], [0.2, 0.1, 0.6, 0.1], [0.98, 0, 0.02, 0]]
    )
    tagging = tagging_of(tokenise(text), TAGS, chances)
    (span,) = tagging.spans
    assert (span.slot, text[span.start : span.end]) == ("company", "恒达")
    assert span.confidence == pytest.approx(0.8)
    assert tagging.chance("company", 2, 4) == pytest.approx(0.9)
    assert tagging.chance("industry", 4, 5) == 0.0


def test_b_begins_anew() -> None:
    chances = np.array([[0.4, 0.0, 0.0, 0.6], [0.0, 0.0, 0.0, 1.0], [0.75, 0.25, 0.0, 0.0]])
    spans = tagging_of(tokenise("甲乙丙"), TAGS, chances).spans
    assert [(span.slot, span.start, span.end) for span in spans] == [("industry", 0, 1), ("industry", 1, 2)]


def test_a_value_never_begins_in_its_middle() -> None:
    chances = np.array([[0.3, 0.3, 0.4, 0.0], [0.1, 0.0, 0.9, 0.0]])
    (span,) = tagging_of(tokenise("恒达"), TAGS, chances).spans
    assert (span.slot, span.start, span.end) == ("company", 0, 2)
    assert tagging_of([], TAGS, np.zeros((0, 4))).spans == ()


def test_examples_are_not_changed_by_copying() -> None:
    row = Example(text="做汽配的", lang="zh", intents=("inform",), spans=(("industry", 1, 3),))
    swapped_copies([row], value_pools([row], {}), seed=1)
    assert row.text == "做汽配的"
