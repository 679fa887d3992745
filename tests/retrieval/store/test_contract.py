"""What every store does: changes at once, whole snapshots, BM25, vectors, cells, what is in force on a day."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from retrieval.store.base import ChunkStore, FileChange
from retrieval.tokens import query_weights, tokens
from tests.retrieval.store.making import DAY, chunk, put, record

Opened = Callable[[], ChunkStore]
TEXTS = (
    "质保期内免费更换故障件,人为损坏除外",
    "常用备件三天内从苏州仓库发出",
    "安装调试在江苏浙江上海免费",
    "安装调试以外的培训每人每天收费,培训可以在苏州进行,培训结束发证书",
    "The gripper ships with two fingers and a cable",
)


def sources(store: ChunkStore, question: str, day: date | None = DAY, count: int = 5) -> list[str]:
    snapshot = store.snapshot()
    hits = snapshot.by_words(query_weights(question), count, day=day)
    return [document.metadata["source"] for document in snapshot.documents([hit.row for hit in hits])]


def test_an_empty_store_has_nothing(store: ChunkStore) -> None:
    snapshot = store.snapshot()
    assert (len(snapshot), snapshot.generation, snapshot.files(), dict(snapshot.entities())) == (0, 0, [], {})
    assert snapshot.by_words({"质保": 1.0}, 5, day=DAY) == []
    assert snapshot.doc_freq("质保") == 0


def test_what_is_put_is_found_as_it_was(store: ChunkStore) -> None:
    assert store.apply([put("a.md", *TEXTS, document="a")]) == 1
    snapshot = store.snapshot()
    assert len(snapshot) == len(TEXTS)
    assert snapshot.doc_freq("安装") == 2
    assert sources(store, "备件多久发出")[0] == "a.md#00000001"
    (hit,) = snapshot.by_words({"gripper": 1.0}, 5, day=DAY)
    (document,) = snapshot.documents([hit.row])
    assert document.page_content == TEXTS[4]
    assert document.metadata["body"] == tokens(TEXTS[4])
    assert [row.name for row in snapshot.files()] == ["a.md"]


def test_the_order_is_that_of_bm25(store: ChunkStore) -> None:
    store.apply([put("a.md", *TEXTS)])
    bodies = [tokens(text) for text in TEXTS]
    usual = sum(map(len, bodies)) / len(bodies)
    for question in ("安装调试收费吗", "培训在哪里", "质保期内备件", "gripper cable"):
        weights = query_weights(question)
        expected = {}
        for at, body in enumerate(bodies):
            seen, score = Counter(body), 0.0
            for token, weight in weights.items():
                count = sum(token in other for other in bodies)
                rarity = math.log(1 + (len(bodies) - count + 0.5) / (count + 0.5))
                score += (
                    weight
                    * rarity
                    * seen[token]
                    * 2.2
                    / (seen[token] + 1.2 * (0.25 + 0.75 * len(body) / usual))
                )
            if score:
                expected[at] = score
        snapshot = store.snapshot()
        hits = snapshot.by_words(weights, 9, day=None)
        found = [document.metadata["source"] for document in snapshot.documents([hit.row for hit in hits])]
        order = sorted(expected, key=lambda at: -expected[at])
        assert found == [f"a.md#{at:08x}" for at in order]
        # tantivy keeps lengths in one byte, so that scores agree roughly alone
        assert [hit.score for hit in hits] == pytest.approx([expected[at] for at in order], rel=0.1, abs=0.05)


def test_headings_count_less_than_the_text(store: ChunkStore) -> None:
    below = chunk("a.md", 0, "三天内发出,节假日顺延", head="备件")
    inside = chunk("a.md", 1, "备件三天内发出,节假日", head="发货")
    store.apply([FileChange("a.md", record("a.md"), [below, inside])])
    assert sources(store, "备件") == ["a.md#00000001", "a.md#00000000"]


def test_a_file_takes_the_place_of_what_it_was(store: ChunkStore, reopen: Opened) -> None:
    store.apply([put("a.md", "旧的内容"), put("b.md", "别的内容")])
    before = store.snapshot()
    store.apply([put("a.md", "新的内容", "还有一段")])
    assert sources(store, "旧的") == []
    assert sources(store, "新的") == ["a.md#00000000"]
    assert len(store.snapshot()) == 3
    assert sources(reopen(), "新的") == ["a.md#00000000"]
    assert [row.chunks for row in before.files()] == [1, 1]
    assert len(before) == 2


def test_a_file_that_is_taken_out_is_gone(store: ChunkStore) -> None:
    store.apply([put("a.md", "备件三天内发出"), put("b.md", "备件另行报价")])
    store.apply([FileChange("a.md", None)])
    assert sources(store, "备件") == ["b.md#00000000"]
    assert [row.name for row in store.snapshot().files()] == ["b.md"]


def test_others_see_a_change_at_once(store: ChunkStore, reopen: Opened) -> None:
    reader = reopen()
    assert len(reader.snapshot()) == 0
    store.apply([put("a.md", "备件三天内发出")])
    assert sources(reader, "备件") == ["a.md#00000000"]


def test_what_is_out_of_force_is_left_out_on_its_day(store: ChunkStore) -> None:
    ended = put("old.md", "返利百分之三", valid_until=date(2026, 6, 30))
    coming = put("new.md", "返利百分之五", valid_from=date(2027, 1, 1))
    inside = FileChange(
        "row.md",
        record("row.md"),
        [
            chunk("row.md", 0, "返利一", valid_until="2026-01-31"),
            chunk("row.md", 1, "返利二", valid_from="2026-02-01"),
        ],
    )
    store.apply([ended, coming, inside])
    assert sources(store, "返利") == ["row.md#00000001"]
    assert set(sources(store, "返利", date(2026, 1, 10))) == {"old.md#00000000", "row.md#00000000"}
    assert set(sources(store, "返利", date(2027, 1, 1))) == {"new.md#00000000", "row.md#00000001"}
    assert len(sources(store, "返利", None)) == 4


def test_of_two_versions_the_newest_in_force_wins(store: ChunkStore) -> None:
    store.apply(
        [
            put("p_v2.md", "单价二百", document="p", version="2"),
            put("p_v10.md", "单价三百", document="p", version="10", valid_from=date(2026, 12, 1)),
            put("p_v1.md", "单价一百", document="p", version="1"),
        ]
    )
    assert sources(store, "单价") == ["p_v2.md#00000000"]
    assert sources(store, "单价", date(2026, 12, 1)) == ["p_v10.md#00000000"]
    store.apply([FileChange("p_v2.md", None)])
    assert sources(store, "单价") == ["p_v1.md#00000000"]


def test_files_that_nothing_orders_stand_side_by_side(store: ChunkStore) -> None:
    store.apply([put("a/faq.md", "备件甲", document="faq"), put("b/faq.md", "备件乙", document="faq")])
    assert len(sources(store, "备件")) == 2


def test_enough_is_found_behind_what_is_out_of_force(store: ChunkStore) -> None:
    old = put("old.md", *(f"返利返利返利第{at}条" for at in range(120)), valid_until=date(2026, 1, 1))
    store.apply([old, put("now.md", *(f"返利说明第{at}条" for at in range(4)))])
    found = sources(store, "返利", count=3)
    assert len(found) == 3 and all(source.startswith("now.md") for source in found)


def test_vectors_are_found_by_inner_product(store: ChunkStore) -> None:
    rows = [("一", [1, 0, 0, 0]), ("二", [0, 1, 0, 0]), ("三", [0.6, 0.8, 0, 0])]
    chunks = [chunk("v.md", at, text, vector=vector) for at, (text, vector) in enumerate(rows)]
    store.apply([FileChange("v.md", record("v.md"), chunks), put("w.md", "没有向量")])
    snapshot = store.snapshot()
    hits = snapshot.by_vector(chunks[0].vector, 2, day=DAY)  # type: ignore[arg-type]
    assert [document.page_content for document in snapshot.documents([hit.row for hit in hits])] == [
        "一",
        "三",
    ]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 0.6], abs=1e-3)
    store.apply([FileChange("v.md", None)])
    assert store.snapshot().by_vector(chunks[0].vector, 2, day=DAY) == []  # type: ignore[arg-type]


def test_cells_are_looked_up_by_row_alias_and_table(store: ChunkStore) -> None:
    cells = [("G1", "重量", "0.85"), ("G1", "别名", "小夹爪|夹爪一号")]
    other = [("G2", "重量", "1.2")]
    rows = [
        chunk("t.xlsx", 0, "G1", head="夹爪", cells=cells),
        chunk("t.xlsx", 1, "G2", head="夹爪", cells=other, valid_until="2026-01-01"),
        chunk("t.xlsx", 2, "R6", head="机器人", cells=[("R6", "重量", "48")]),
    ]
    store.apply([FileChange("t.xlsx", record("t.xlsx"), rows)])
    snapshot = store.snapshot()
    assert set(snapshot.entities()) == {"G1", "G2", "R6", "小夹爪", "夹爪一号"}
    assert snapshot.entities()["小夹爪"] == ("G1",)
    assert [found.cell.value for found in snapshot.cells(["G1", "G2"], day=DAY)] == [
        "0.85",
        "小夹爪|夹爪一号",
    ]
    assert [found.cell.value for found in snapshot.cells(["G2"], day=None)] == ["1.2"]
    first = snapshot.cells(["G1"], day=DAY)[0].row
    assert {found.cell.entity for found in snapshot.table_of(first, day=None)} == {"G1", "G2"}


def test_every_document_can_be_gone_through(store: ChunkStore) -> None:
    store.apply([put("b.md", "二"), put("a.md", "一", "三"), put("c.md", "四", valid_until=date(2026, 1, 1))])
    assert [row.page_content for row in store.snapshot().all_documents(day=DAY)] == ["一", "三", "二"]
    assert len(list(store.snapshot().all_documents(day=None))) == 4


def test_a_file_that_could_not_be_read_is_known_with_its_reason(store: ChunkStore) -> None:
    store.apply([FileChange("bad.pdf", record("bad.pdf", reason="damaged"))])
    (row,) = store.snapshot().files()
    assert (row.name, row.reason, len(store.snapshot())) == ("bad.pdf", "damaged", 0)


def test_dates_and_embedder_of_a_file_come_back(store: ChunkStore) -> None:
    told = record(
        "a.md", valid_from=date(2026, 1, 1), valid_until=DAY, version="3", document="a", embedder="local:x"
    )
    store.apply([FileChange("a.md", told)])
    assert store.snapshot().files() == [told]
