"""Ranking: the passage about the subject asked for comes first; its likelihood says whether it answers."""

from __future__ import annotations

import math

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
    assert ranked[0].score > 2 * ranked[1].score
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
