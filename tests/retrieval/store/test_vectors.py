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


def named(name: str, rows: np.ndarray) -> FileChange:
    """A file with a chunk a vector."""
    parts = [chunk(name, at, f"{name} {at}", vector=row.tolist()) for at, row in enumerate(rows)]
    return FileChange(name, record(name), parts)


def test_neighbours_are_found_behind_any_number_of_dead_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "DELTA", 400)
    store, query = LocalStore(tmp_path), np.eye(32, dtype=np.float32)[0]
    near, far = 0.01 * units(300) + query, 0.01 * units(300, seed=1) + np.eye(32)[1] + 0.3 * query
    store.apply([named("near.md", near), named("far.md", far)])
    assert len(list(tmp_path.glob("vectors-*.faiss"))) == 1
    store.apply([FileChange("near.md", None)])
    snapshot = store.snapshot()
    found = snapshot.documents([hit.row for hit in snapshot.by_vector(query, 10, day=DAY)])
    assert [document.metadata["file"] for document in found] == ["far.md"] * 10


def test_what_died_calls_for_a_build_as_what_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "DELTA", 20)
    store, rows = LocalStore(tmp_path), units(60)
    store.apply([named(f"f{at}.md", rows[10 * at : 10 * at + 10]) for at in range(6)])
    assert store.ledger.get("vectors_count") == 60
    for at in range(3):
        store.apply([FileChange(f"f{at}.md", None)])
    assert store.ledger.get("vectors_count") == 30
    store.apply([FileChange(f"f{at}.md", None) for at in range(3, 6)])
    assert store.snapshot().by_vector(rows[0], 3, day=DAY) == []
    store.apply([named("g.md", rows[:5])])
    assert len(store.snapshot().by_vector(rows[0], 9, day=DAY)) == 5


def test_an_embedder_of_other_dimensions_takes_over_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "DELTA", 20)
    store, old, new = LocalStore(tmp_path), units(60), units(60, size=24)
    store.apply([named(f"f{at}.md", old[10 * at : 10 * at + 10]) for at in range(6)])
    for at in range(6):
        store.apply([named(f"f{at}.md", new[10 * at : 10 * at + 10])])
        (hit,) = store.snapshot().by_vector(new[10 * at], 1, day=DAY)
        assert store.snapshot().documents([hit.row])[0].page_content == f"f{at}.md 0"
