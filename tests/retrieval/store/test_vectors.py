"""FAISS beside the ledger: builds by size, what came since, what died."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.store import vectors
from retrieval.store.base import FileChange
from retrieval.store.local import LocalStore
from tests.retrieval.store.making import DAY, chunk, record


def units(count: int, size: int = 32, seed: int = 0) -> np.ndarray:
    """Vectors in forty clouds, as texts of forty topics are."""
    middles = np.random.default_rng(9).standard_normal((40, size))
    rng = np.random.default_rng(seed)
    rows = (middles[rng.integers(0, 40, count)] + 0.6 * rng.standard_normal((count, size))).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("flat", "graph", "kind"), [(9999, 9999, "flat"), (10, 9999, "graph"), (10, 20, "lists")]
)
def test_each_kind_of_index_finds_its_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flat: int, graph: int, kind: str
) -> None:
    monkeypatch.setattr(vectors, "FLAT_UP_TO", flat)
    monkeypatch.setattr(vectors, "GRAPH_UP_TO", graph)
    rows = units(3000)
    vectors.build(list(range(100, 3100)), rows, tmp_path / "v.faiss")
    index = vectors.VectorIndex(vectors._mapped(tmp_path / "v.faiss"), 1)
    hits = 0
    for query in units(50, seed=1):
        exact = set((np.argsort(-(rows @ query))[:10] + 100).tolist())
        hits += len(exact & {hit.row for hit in index.best(query, 10)})
    assert hits / 500 >= 0.9, kind


def test_new_vectors_are_found_before_and_after_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "DELTA", 20)
    store, rows = LocalStore(tmp_path), units(60)
    for at in range(0, 60, 10):
        part = [
            chunk(f"f{at}.md", at + place, f"第{at + place}段", vector=rows[at + place].tolist())
            for place in range(10)
        ]
        store.apply([FileChange(f"f{at}.md", record(f"f{at}.md"), part)])
        snapshot = store.snapshot()
        for wanted in (0, at, at + 9):
            (hit,) = snapshot.by_vector(rows[wanted], 1, day=DAY)
            assert snapshot.documents([hit.row])[0].page_content == f"第{wanted}段"
    assert list(tmp_path.glob("vectors-*.faiss"))
    store.apply([FileChange("f0.md", None)])
    snapshot = store.snapshot()
    found = snapshot.documents([hit.row for hit in snapshot.by_vector(rows[0], 3, day=DAY)])
    assert len(found) == 3 and all(document.metadata["file"] != "f0.md" for document in found)
