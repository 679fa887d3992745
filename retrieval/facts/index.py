"""The knowledge index: BM25 and dense vectors side by side, built once a pack, read into memory whole."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from core.errors import MissingEngineError
from core.types import Passage
from retrieval.facts.documents import search_texts
from retrieval.facts.lexical import Lexical
from retrieval.facts.search import Focus, Names, bare, blend, calibrate, fuse, is_han, passage_of, weigh

Progress = Callable[[int, int], None]
"""Told how many texts are embedded, of how many."""

_DOCUMENTS, _VECTORS, _WORDS = "documents.json", "vectors.faiss", "words"
_BATCH = 64
_NEAREST = 1024
"""Dense neighbours looked at for a query; beyond them only the lexical score counts."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Links:
    """The distinct texts, and which of them finds which document (parallel arrays)."""

    texts: list[str]
    text: NDArray[np.intp]
    document: NDArray[np.intp]
    own: NDArray[np.bool_]
    """True where the text is the document's own, False for an example question."""

    @classmethod
    def of(cls, documents: Sequence[Document]) -> _Links:
        row_of: dict[str, int] = {}
        links = [
            (row_of.setdefault(text, len(row_of)), at, text in document.metadata["texts"].values())
            for at, document in enumerate(documents)
            for text in search_texts(document)
        ]
        text, document_at, own = zip(*links, strict=True) if links else ((), (), ())
        return cls(
            list(row_of), np.array(text, np.intp), np.array(document_at, np.intp), np.array(own, np.bool_)
        )


class KnowledgeIndex:
    """Hybrid search over documents; every search is pure and safe from several threads."""

    def __init__(
        self, documents: Sequence[Document], vectors: Any, lexical: Lexical, embedder: Embeddings
    ) -> None:
        self.documents = tuple(documents)
        self._vectors = vectors
        self._lexical = lexical
        self._embedder = embedder
        self._names = Names(self.documents)
        self._links = _Links.of(self.documents)
        self._centres = _centres(vectors.reconstruct_n(0, vectors.ntotal), self._links, len(self.documents))

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        embedder: Embeddings,
        folder: Path,
        progress: Progress | None = None,
    ) -> KnowledgeIndex:
        """Embed and index `documents` into `folder`, which is replaced whole when all is written."""
        import faiss

        texts = _Links.of(documents).texts
        rows = _embed(embedder, texts, progress)
        vectors = faiss.IndexFlatIP(rows.shape[1])
        vectors.add(rows)
        lexical = Lexical.build(texts)
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            faiss.write_index(vectors, str(fresh / _VECTORS))
            lexical.save(fresh / _WORDS)
            _write_documents(documents, fresh / _DOCUMENTS)
            _swap(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return cls(documents, vectors, lexical, embedder)

    @classmethod
    def load(cls, folder: Path, embedder: Embeddings) -> KnowledgeIndex:
        """Read an index. Raises MissingEngineError where it is absent, broken or of another embedder."""
        import faiss

        try:
            documents = _read_documents(folder / _DOCUMENTS)
            lexical = Lexical.load(folder / _WORDS)
            vectors = faiss.read_index(str(folder / _VECTORS))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError, BadZipFile) as error:
            reason = f"no usable index in {folder} ({type(error).__name__})"
            raise MissingEngineError("retrieval", reason, "run `talktrack index --force`") from error
        dimensions = len(embedder.embed_query(""))
        if vectors.d != dimensions:
            reason = f"the index has {vectors.d} dimensions, the embedder {dimensions}"
            raise MissingEngineError("retrieval", reason, "run `talktrack index --force`")
        return cls(documents, vectors, lexical, embedder)

    def search(
        self,
        query: str,
        *,
        now: datetime,
        k: int = 8,
        product: str | None = None,
        intent: str | None = None,
        include_ended: bool = False,
    ) -> tuple[Passage, ...]:
        """At most `k` passages, the best first; scores are 0..1 and comparable between queries.

        About 0.8 and more is a rewording of a known question, under 0.3 is something else. Documents out
        of force at `now` are left out unless `include_ended`. `product` is the one in focus: its documents
        rise, and catalogue cells of others go unless the query names a product itself.
        """
        focus = Focus(now, product, intent, include_ended)
        named, rest = self._names.find(query)
        said = self._agreement(query)
        core = bare(rest)
        scores = calibrate(said, self._agreement(core) if core else said)
        found: list[tuple[float, int]] = []
        for at in np.flatnonzero(scores > 0.01):
            weighed = weigh(self.documents[at].metadata, float(scores[at]), focus, named)
            if weighed is not None:
                found.append((-weighed, int(at)))
        return tuple(passage_of(self.documents[at], -score, query) for score, at in sorted(found)[:k])

    def _agreement(self, form: str) -> Floats:
        """How far each document agrees with the words: in its nearest text, as a whole, in its own text."""
        query = np.array(self._embedder.embed_query(form), dtype=np.float32)
        texts = fuse(self._dense(query), self._lexical.scores(form))
        nearest, own = np.zeros((2, len(self.documents)), dtype=np.float32)
        links = self._links
        np.maximum.at(nearest, links.document, texts[links.text])
        np.maximum.at(own, links.document[links.own], texts[links.text[links.own]])
        return blend(nearest, self._centres[is_han(form)] @ query, own)

    def _dense(self, query: Floats) -> Floats:
        """Inner products with every text; zero beyond the nearest _NEAREST."""
        scores = np.zeros(self._vectors.ntotal, dtype=np.float32)
        products, rows = self._vectors.search(query[None], min(_NEAREST, self._vectors.ntotal))
        scores[rows[0]] = products[0]
        return scores


def _centres(rows: Floats, links: _Links, documents: int) -> dict[bool, Floats]:
    """The unit mean of each document's vectors, of its Chinese texts (True) and of its others (False).

    A question worded like none of the examples is often still near their middle.
    """
    chinese = np.array([is_han(text) for text in links.texts], dtype=np.bool_)[links.text]
    centres: dict[bool, Floats] = {}
    for script in (True, False):
        picked = chinese == script
        sums = np.zeros((documents, rows.shape[1]), dtype=np.float32)
        np.add.at(sums, links.document[picked], rows[links.text[picked]])
        centres[script] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return centres


def _embed(embedder: Embeddings, texts: Sequence[str], progress: Progress | None) -> Floats:
    """All vectors, shape (texts, dimensions)."""
    rows: list[list[float]] = []
    for at in range(0, len(texts), _BATCH):
        rows.extend(embedder.embed_documents(list(texts[at : at + _BATCH])))
        if progress is not None:
            progress(len(rows), len(texts))
    return np.array(rows, dtype=np.float32).reshape(len(rows), -1)


def _write_documents(documents: Sequence[Document], file: Path) -> None:
    rows = [{"id": row.id, "text": row.page_content, "metadata": row.metadata} for row in documents]
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def _read_documents(file: Path) -> list[Document]:
    rows = json.loads(file.read_text(encoding="utf-8"))
    return [Document(id=row["id"], page_content=row["text"], metadata=row["metadata"]) for row in rows]


def _swap(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`; what was there is removed last."""
    retired = fresh.with_name(f"{fresh.name}-old")
    if folder.exists():
        folder.rename(retired)
    fresh.rename(folder)
    shutil.rmtree(retired, ignore_errors=True)
