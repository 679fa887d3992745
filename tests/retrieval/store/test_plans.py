"""SQLite goes by an index, whatever is asked: a table that is gone through grows with the library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, event

from retrieval.store.base import FileChange
from retrieval.store.local import LocalStore
from tests.retrieval.store.making import DAY, chunk, put, record

WHOLE = re.compile(
    r"^SCAN knowledge_(chunks|cells)(?!.*_dated)|^SEARCH knowledge_(chunks|cells).*\(tenant=\?\)"
)
"""A plan that reads every row; the index of chunks with days of their own is short."""


@pytest.fixture
def plans() -> Iterator[list[str]]:
    """The plan of every statement that is executed meanwhile."""
    told: list[str] = []

    def explain(connection: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            asked = connection.connection.cursor()
            rows = asked.execute(f"EXPLAIN QUERY PLAN {sql}", values[0] if many else values).fetchall()
            told.extend(detail for *_, detail in rows)

    event.listen(Engine, "before_cursor_execute", explain)
    yield told
    event.remove(Engine, "before_cursor_execute", explain)


def test_no_change_and_no_search_goes_through_everything(tmp_path: Path, plans: list[str]) -> None:
    store = LocalStore(tmp_path)
    row = chunk("t.xlsx", 0, "G1", cells=[("G1", "重量", "1")], vector=[1.0, 0.0], valid_until="2026-01-01")
    plans.clear()
    store.apply([put("a.md", "备件", document="p"), put("b.md", "备件", document="p", version="2")])
    store.apply([FileChange("t.xlsx", record("t.xlsx"), [row]), FileChange("a.md", None)])
    snapshot = store.snapshot()
    (hit,) = snapshot.by_words({"备件": 1.0}, 5, day=DAY)
    snapshot.documents([hit.row])
    snapshot.by_vector(np.array([1, 0], dtype=np.float32), 5, day=DAY)
    (found,) = snapshot.cells(["G1", "G2"], day=None)
    snapshot.table_of(found.row, day=DAY)
    assert len(plans) > 20
    assert [plan for plan in plans if WHOLE.search(plan)] == []


def test_the_pattern_knows_a_plan_that_reads_everything(tmp_path: Path, plans: list[str]) -> None:
    list(LocalStore(tmp_path).ledger.words_of(None))
    assert any(WHOLE.search(plan) for plan in plans)
