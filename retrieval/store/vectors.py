"""The dense half of the local store: one FAISS file a build, flat, HNSW or IVF by size, and what came since."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.store.base import Floats, Hit
from retrieval.store.ledger import Ledger

FLAT_UP_TO = 20_000
"""Vectors that are compared one by one."""
GRAPH_UP_TO = 200_000
"""Vectors that are found through an HNSW graph; beyond, through inverted lists of 8-bit codes."""
DELTA = 2_000
SHARE = 0.1
"""A build is due when more than DELTA vectors, and more than this share of it, came or went since."""
_LINKS, _EF_BUILD, _EF_SEARCH = 32, 80, 128
_SAMPLE_A_LIST = 64
_PROBES = 32


def due(changed: int, built: int) -> bool:
    """Whether so many new and dead vectors beside so many built ones call for a build."""
    return changed > max(DELTA, SHARE * built)


def build(rows: list[int], vectors: Floats, file: Path) -> None:
    """Write the index of `vectors` (rows, dimensions) with their row numbers; inner product throughout."""
    import faiss

    index = faiss.IndexIDMap2(_empty(len(rows), vectors))
    index.add_with_ids(vectors, np.array(rows, dtype=np.int64))
    fresh = file.with_suffix(".new")
    faiss.write_index(index, str(fresh))
    fresh.rename(file)


def _empty(count: int, vectors: Floats) -> Any:
    """An index fit for `count` vectors, trained where its kind is."""
    import faiss

    size = vectors.shape[1]
    if count <= FLAT_UP_TO:
        return faiss.IndexFlatIP(size)
    if count <= GRAPH_UP_TO:
        graph = faiss.IndexHNSWFlat(size, _LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = _EF_BUILD, _EF_SEARCH
        return graph
    lists = int(4 * count**0.5)
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(size), size, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    sample = np.random.default_rng(0).choice(count, min(count, lists * _SAMPLE_A_LIST), replace=False)
    index.train(vectors[np.sort(sample)])
    return index


@dataclass
class VectorIndex:
    """The vectors of one generation: the built ones, mapped from disk, and those that came since."""

    built: Any = None
    built_at: int = 0
    """Generation of the build."""
    rows: list[int] = field(default_factory=list)
    delta: Floats = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))

    @classmethod
    def load(cls, ledger: Ledger, folder: Path, generation: int, before: VectorIndex | None) -> VectorIndex:
        """What a generation holds; the build is mapped again only where a newer one is there."""
        at = ledger.get("vectors_built")
        if at > generation:
            at = 0
        built = (
            before.built
            if before and before.built_at == at
            else _mapped(folder / name_of(at))
            if at
            else None
        )
        rows, delta = ledger.vectors(generation, since=at)
        return cls(built, at, rows, delta)

    def best(self, vector: Floats, count: int) -> list[Hit]:
        """The best `count` by inner product, some of which may be dead."""
        query = np.ascontiguousarray(vector, dtype=np.float32)
        found: list[Hit] = []
        if self.built is not None and self.built.d == query.shape[0]:
            scores, rows = self.built.search(query[None], count)
            found = [
                Hit(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0
            ]
        if self.rows and self.delta.shape[1] == query.shape[0]:
            products = self.delta @ query
            top = np.argsort(-products)[:count]
            found += [Hit(self.rows[at], float(products[at])) for at in top]
        return sorted(found, key=lambda hit: -hit.score)[:count]

    def __bool__(self) -> bool:
        return self.built is not None or bool(self.rows)


def name_of(generation: int) -> str:
    """The file of the build of a generation."""
    return f"vectors-{generation}.faiss"


def _mapped(file: Path) -> Any:
    import faiss

    index: Any = faiss.read_index(str(file), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    inner = faiss.downcast_index(index.index)
    if isinstance(inner, faiss.IndexIVF):
        inner.nprobe = _PROBES
    return index
