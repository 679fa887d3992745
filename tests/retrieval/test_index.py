from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from langchain_core.documents import Document

from core.errors import MissingEngineError
from engines.embedding.lsa import LsaEmbeddings
from retrieval.facts.documents import documents_of, search_texts
from retrieval.facts.index import KnowledgeIndex
from retrieval.facts.lexical import Lexical, tokens
from tests.retrieval.packs import FACTS, PACK

NOW = datetime(2026, 4, 10, 9, 30)
SUMMER = datetime(2026, 7, 1, 9, 0)
WINTER = datetime(2026, 1, 5, 9, 0)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return documents_of(PACK, FACTS)


@pytest.fixture(scope="module")
def embedder(documents: list[Document]) -> LsaEmbeddings:
    return LsaEmbeddings.fit(text for document in documents for text in search_texts(document))


@pytest.fixture(scope="module")
def index(
    documents: list[Document], embedder: LsaEmbeddings, tmp_path_factory: pytest.TempPathFactory
) -> KnowledgeIndex:
    return KnowledgeIndex.build(documents, embedder, tmp_path_factory.mktemp("built") / "index")


def first(index: KnowledgeIndex, query: str, **focus: str) -> str | None:
    found = index.search(query, now=NOW, **focus)
    return found[0].fact_id or found[0].source


def test_documents_carry_everything_search_needs(documents: list[Document]) -> None:
    assert len({document.id for document in documents}) == len(FACTS) + len(PACK.knowledge)
    offer = next(row for row in documents if row.id == "fact:P-SPRING")
    assert offer.metadata["valid_until"] == "2026-05-31"
    assert offer.metadata["names"] == {
        "CF-1": ["CF-1", "半自动咖啡机 一号", "Semi-automatic One", "小咖啡机", "One"]
    }
    assert "能打折吗" in search_texts(offer)
    assert documents[-1].metadata["source"] == "care.md#2"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("小咖啡机怎么卖", "CF-1.price"),
        ("大咖啡机怎么卖", "CF-2.price"),
        ("二号的水箱能装几升水", "CF-2.tank"),
        ("what does the grinder cost", "GR-1.price"),
        ("how big is the water tank of the One", "CF-1.tank"),
        ("员工不会用,有培训吗", "training"),
        ("能打折吗", "P-SPRING"),
        ("蒸汽棒怎么清洗", "care.md#1"),
        ("how long does delivery take", "delivery"),
    ],
)
def test_finds_what_answers(index: KnowledgeIndex, query: str, expected: str) -> None:
    assert first(index, query) == expected


def test_text_comes_in_the_language_of_the_question(index: KnowledgeIndex) -> None:
    assert "标价" in index.search("磨豆机多少钱", now=NOW)[0].text
    assert "list price" in index.search("price of the grinder", now=NOW)[0].text


def test_scores_tell_a_rewording_from_something_else(index: KnowledgeIndex) -> None:
    for query in ("小咖啡机一台多少钱", "磨豆机什么价格呀", "请问几天能到货", "how much does it cost"):
        assert index.search(query, now=NOW)[0].score >= 0.75, query
    for query in ("后天会下雨吗", "你唱首歌听听", "who won the football match", "帮我订张机票", "???", ""):
        assert all(passage.score < 0.3 for passage in index.search(query, now=NOW)), query


def test_scores_fall_and_stay_between_zero_and_one(index: KnowledgeIndex) -> None:
    scores = [
        found.score for found in index.search("咖啡机多少钱", now=NOW, product="CF-1", intent="ask_price")
    ]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


@pytest.mark.parametrize("when", [SUMMER, WINTER])
def test_offers_out_of_force_are_found_only_on_demand(index: KnowledgeIndex, when: datetime) -> None:
    assert all(found.fact_id != "P-SPRING" for found in index.search("有什么优惠活动", now=when))
    ended = index.search("有什么优惠活动", now=when, include_ended=True)[0]
    assert (ended.fact_id, ended.valid_from, ended.valid_until) == ("P-SPRING", "2026-03-01", "2026-05-31")


@pytest.mark.parametrize("day", [datetime(2026, 3, 1, 0, 0), datetime(2026, 5, 31, 23, 59)])
def test_first_and_last_day_are_in_force(index: KnowledgeIndex, day: datetime) -> None:
    assert index.search("有什么优惠活动", now=day)[0].fact_id == "P-SPRING"


def test_focus_keeps_other_products_out_unless_named(index: KnowledgeIndex) -> None:
    focused = index.search("多少钱", now=NOW, product="CF-2")
    assert focused[0].fact_id == "CF-2.price"
    assert not [found for found in focused if found.source in ("catalogue:CF-1", "catalogue:GR-1")]
    named = index.search("那磨豆机多少钱", now=NOW, product="CF-2")
    assert named[0].fact_id == "GR-1.price"


def test_intent_lifts_what_it_asks_for(index: KnowledgeIndex) -> None:
    def score(fact: str, intent: str) -> float:
        found = index.search("一号", now=NOW, k=50, product="CF-1", intent=intent)
        return next(passage.score for passage in found if passage.fact_id == fact)

    assert score("CF-1.price", "ask_price") > score("CF-1.price", "ask_product")
    assert score("CF-1.tank", "ask_product") > score("CF-1.tank", "ask_price")


def test_k_limits(index: KnowledgeIndex) -> None:
    assert len(index.search("咖啡机", now=NOW, k=2)) == 2


def test_loaded_answers_like_built(index: KnowledgeIndex, embedder: LsaEmbeddings, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    KnowledgeIndex.build(index.documents, embedder, tmp_path / "index", lambda *at: seen.append(at))
    loaded = KnowledgeIndex.load(tmp_path / "index", embedder)
    for query in ("大咖啡机怎么卖", "steam wand", "能打折吗"):
        assert loaded.search(query, now=NOW) == index.search(query, now=NOW)
    assert seen[-1][0] == seen[-1][1] > 0


def test_rebuild_replaces_whole_and_leaves_nothing_behind(embedder: LsaEmbeddings, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    KnowledgeIndex.build(documents_of(PACK, FACTS), embedder, folder)
    KnowledgeIndex.build(documents_of(PACK, FACTS[:3]), embedder, folder)
    assert [entry.name for entry in tmp_path.iterdir()] == ["index"]
    assert len(KnowledgeIndex.load(folder, embedder).documents) == 3 + len(PACK.knowledge)


def test_failed_build_leaves_the_old_index(embedder: LsaEmbeddings, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    KnowledgeIndex.build(documents_of(PACK, FACTS), embedder, folder)
    unwritable = Document(
        id="x", page_content="x", metadata={**documents_of(PACK, FACTS)[0].metadata, "bad": {1}}
    )
    with pytest.raises(TypeError):
        KnowledgeIndex.build([unwritable], embedder, folder)
    assert [entry.name for entry in tmp_path.iterdir()] == ["index"]
    assert KnowledgeIndex.load(folder, embedder).search("能打折吗", now=NOW)


def test_absent_broken_or_foreign_index_is_named(embedder: LsaEmbeddings, tmp_path: Path) -> None:
    with pytest.raises(MissingEngineError, match="talktrack index"):
        KnowledgeIndex.load(tmp_path / "none", embedder)
    folder = tmp_path / "index"
    KnowledgeIndex.build(documents_of(PACK, FACTS), embedder, folder)
    with pytest.raises(MissingEngineError, match="dimensions"):
        KnowledgeIndex.load(folder, LsaEmbeddings.fit(["一二", "三四五", "六七", "八九十"]))
    (folder / "vectors.faiss").write_bytes(b"")
    with pytest.raises(MissingEngineError, match="no usable index"):
        KnowledgeIndex.load(folder, embedder)


def test_search_is_fast(index: KnowledgeIndex) -> None:
    index.search("热身", now=NOW)
    started = time.perf_counter()
    for _ in range(50):
        index.search("大咖啡机的水箱能装多少水", now=NOW)
    assert (time.perf_counter() - started) / 50 < 0.005


def test_searching_prints_nothing_and_loads_no_heavy_package(index: KnowledgeIndex) -> None:
    code = (
        "import sys; from retrieval.facts.lexical import Lexical, tokens\n"
        "import retrieval.facts.index\n"
        "Lexical.build(['咖啡机多少钱', 'how much']).scores('多少钱')\n"
        "assert not [name for name in ('torch', 'gradio', 'sklearn') if name in sys.modules]"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")


def test_tokens() -> None:
    assert tokens("QH-X9 的价格是6.5万") == ["qh-x9", "价格", "~的价", "~价格", "~格是", "6.5", "万"]
    assert tokens("!?") == []


def test_lexical_scores_are_shares_of_the_query() -> None:
    lexical = Lexical.build(["水箱多大", "多少钱", ""])
    whole, partly, none = (
        lexical.scores("水箱多大")[0],
        lexical.scores("水箱多大呢朋友们")[0],
        lexical.scores("天气"),
    )
    assert whole == pytest.approx(1.0)
    assert 0 < partly < whole
    assert none.tolist() == [0.0, 0.0, 0.0]
