"""Small chunks and files for the stores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from langchain_core.documents import Document

from retrieval.store.base import Cell, Chunk, FileChange, FileRecord
from retrieval.tokens import tokens

DAY = date(2026, 11, 22)


def chunk(
    name: str, at: int, text: str, *, head: str = "", vector: Sequence[float] | None = None, **told: Any
) -> Chunk:
    """Chunk number `at` of a file."""
    source = f"{name}#{at:08x}"
    cells = told.pop("cells", ())
    metadata = {"source": source, "file": name, "kind": "text", "heading": head, "start": 0, **told}
    metadata["cells"] = [list(cell) for cell in cells]
    return Chunk(
        Document(id=source, page_content=text, metadata=metadata),
        tokens(text),
        tokens(head),
        tuple(Cell(*cell) for cell in cells),
        None if vector is None else np.array(vector, dtype=np.float32),
    )


def record(name: str, **told: Any) -> FileRecord:
    """A file that was read."""
    return FileRecord(name, f"/files/{name}", "0", 10, "2026-11-22T10:00", **told)


def put(name: str, *texts: str, **told: Any) -> FileChange:
    """A file with a chunk a text."""
    return FileChange(
        name,
        record(name, chunks=len(texts), **told),
        [chunk(name, at, text) for at, text in enumerate(texts)],
    )
