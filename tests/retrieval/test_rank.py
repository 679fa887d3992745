"""Ranking: the passage about the subject asked for comes first; its likelihood says whether it answers."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from langchain_core.documents import Document

from retrieval.rank import FEATURES, Candidate, Query, features, rerank
from retrieval.tokens import query_weights, tokens

PASSAGES = (
    ("软性夹爪,开合行程八十毫米,适合鸡蛋和水果,重一点二公斤。", "夹爪 > 软性夹爪"),
    ("夹爪,开合行程五十毫米,适合金属件,重零点八五公斤。", "夹爪 > 平行夹爪"),
    ("减速机每八千小时换一次油脂,换油要停机两小时。", "保养"),
    ("偏远地区发货加两天,运费另计。", "发货"),
)


class Counted:
    """How often tokens occur in the passages and in a thousand others."""

    def __len__(self) -> int:
        return 1000

    def doc_freq(self, token: str) -> int:
        return sum(token in tokens(text) for text, _ in PASSAGES) or 3


def candidates(question: str) -> tuple[Query, list[Candidate]]:
    query = Query(question, query_weights(question))
    found = []
    for at, (text, heading) in enumerate(PASSAGES):
        body = tokens(text)
        told = {
            "source": f"p#{at}",
            "heading": heading,
            "question": None,
            "body": body,
            "head": tokens(heading),
        }
        score = sum(weight for token, weight in query.weights.items() if token in body)
        found.append(Candidate(Document(page_content=text, metadata=told), score))
    return query, sorted(found, key=lambda one: -one.lexical)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("软性夹爪行程多少", "软性夹爪"),
        ("平行夹爪多重", "夹爪,开合"),
        ("减速机多久换油", "减速机"),
        ("偏远地区发货要几天", "偏远"),
    ],
)
def test_the_passage_about_the_subject_comes_first(question: str, first: str) -> None:
    query, found = candidates(question)
    ranked = rerank(query, found, Counted())
    assert ranked[0].document.page_content.startswith(first)
    assert ranked[0].score > max(0.3, 2 * ranked[1].score)
    assert all(0.0 <= one.score <= 1.0 for one in ranked)
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)


@pytest.mark.parametrize(
    "question", ["你们老板多大年纪", "能不能帮我订机票", "公司年会在哪里开", "what is the weather like"]
)
def test_a_question_that_nothing_answers_is_unlikely_answered(question: str) -> None:
    query, found = candidates(question)
    assert rerank(query, found, Counted())[0].score < 0.3


def test_nothing_ranks_nothing() -> None:
    assert rerank(Query("x", {"x": 1.0}), [], Counted()) == []


def test_every_feature_is_a_number() -> None:
    for question in ("", "?", "减速机", "x" * 4000, "夹爪" * 500):
        query, found = candidates(question)
        rows = features(query, found, Counted())
        assert rows.shape == (len(PASSAGES), len(FEATURES))
        assert all(math.isfinite(value) for value in rows.ravel())


def feature(name: str, question: str, text: str, heading: str = "") -> float:
    told = {"heading": heading, "question": None, "body": tokens(text), "head": tokens(heading)}
    query = Query(question, query_weights(question))
    row = features(query, [Candidate(Document(page_content=text, metadata=told), 1.0)], Counted())[0]
    return float(row[FEATURES.index(name)])


def test_headings_count_for_every_sentence() -> None:
    text = "外壳是铝的。重一点二公斤。"
    bare, headed = (feature("sentence_of_subject", "夹爪多重", text, heading) for heading in ("", "夹爪"))
    assert headed > bare


@pytest.mark.parametrize(
    ("question", "answering", "other"),
    [
        ("换油要停多久", "换油要停机 2 小时。", "换油要停机。"),
        ("换油的地点在哪里", "换油在苏州市。", "换油要停机。"),
        ("为什么要换油", "因为油会脏,要换油。", "要换油。"),
        ("when is the oil changed", "The oil is changed in 2026.", "The oil is changed."),
    ],
)
def test_a_sentence_of_the_kind_asked_for_is_known(question: str, answering: str, other: str) -> None:
    assert feature("answers_kind", question, answering) > feature("answers_kind", question, other)


def test_width_and_case_change_no_feature() -> None:
    plain, wide = "夹爪 QH-R6 重 12 公斤", "夹爪 ＱＨ－Ｒ６ 重 １２ 公斤"
    for name in FEATURES:
        assert feature(name, "qh-r6 夹爪多重", plain) == pytest.approx(feature(name, "qh-r6 夹爪多重", wide))


def test_the_same_words_twice_are_no_less_likely() -> None:
    query, found = candidates("软性夹爪行程多少")
    alone = rerank(query, found, Counted())[0].score
    first, second, *others = [one.score for one in rerank(query, [*found, found[0]], Counted())]
    assert first == pytest.approx(alone, rel=0.05)
    assert first >= second > sum(others)


def test_thirty_long_passages_are_ranked_at_once() -> None:
    text = "减速机每八千小时换一次油脂,换油要停机两小时。" * 21
    query = Query("减速机多久换一次油脂", query_weights("减速机多久换一次油脂"))
    told = {"heading": "保养", "question": None, "body": tokens(text), "head": tokens("保养")}
    found = [Candidate(Document(page_content=text, metadata=told), 30.0 - at) for at in range(30)]
    rerank(query, found, Counted())
    spent = []
    for _ in range(9):
        begun = time.process_time()
        rerank(query, found, Counted())
        spent.append(time.process_time() - begun)
    assert np.median(spent) < 0.05
