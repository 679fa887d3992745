"""What dense vectors find that words do not: `python -m bench.embedding DATA_FOLDER [--local DIRECTORY ...] [--on SET ...]`.

DATA_FOLDER holds `cmrc2018/`, `stackfaq/`, `pairs_bq_zh/` and `pairs_afqmc_zh/`. Measured alone and beside words: latent
semantic analysis fitted on the very texts that are searched, the encoder that ships, and models of `--local`. Fused in
three ways: by ranks (reciprocal, 60), as a sum of scores, each by its best, whose weight is chosen on the other half of
the questions, and as the library does. Thresholds of pairs are chosen on the other file (`dev.csv`, `train.json`), by accuracy.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from bench.table import err, machine, markdown
from engines.embedding.local import LocalEmbedder
from engines.embedding.lsa import LsaEmbeddings
from engines.understanding.encoder import Encoder
from engines.understanding.pieces import cut
from retrieval.rank import Candidate, Query, rerank
from retrieval.store.base import Chunk, FileChange, FileRecord, Snapshot
from retrieval.store.local import LocalStore
from retrieval.tokens import query_weights, tokens

Floats = NDArray[np.float64]
Likeness = Callable[[Sequence[str], Sequence[str]], Floats]
"""Questions and passages to scores (questions, passages)."""
SETS = ("cmrc", "stackfaq", "bq", "afqmc")
WEIGHTS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
RANK_OFFSET = 60
CANDIDATES = 24
DIMENSIONS = 256
COLUMNS = ("", "recall@1", "recall@5", "recall@20", "MRR")


@dataclass(frozen=True)
class Search:
    """Questions over passages; `right` is the passage that answers each."""

    name: str
    passages: Sequence[str]
    questions: Sequence[str]
    right: NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Pairs of questions; 1 where both ask the same."""

    first: Sequence[str]
    second: Sequence[str]
    same: NDArray[np.int64]


def cmrc(folder: Path) -> Search:
    """Trial questions over the passages of trial and dev: those of dev only stand between."""
    passages: dict[str, int] = {}
    questions, right = [], []
    for part in ("trial", "dev"):
        told = json.loads((folder / f"cmrc2018_{part}.json").read_text(encoding="utf-8"))
        for paragraph in chain.from_iterable(article["paragraphs"] for article in told["data"]):
            at = passages.setdefault(paragraph["context"], len(passages))
            if part == "trial":
                questions += [row["question"].strip() for row in paragraph["qas"]]
                right += [at] * len(paragraph["qas"])
    return Search("CMRC2018 trial", list(passages), questions, np.array(right))


def stackfaq(folder: Path, field: str) -> Search:
    """Other wordings of a question over the FAQ's own questions, or over its answers."""
    told = json.loads((folder / "stackExchange-FAQ.json").read_text(encoding="utf-8"))["root"]["qapair"]
    passages = [
        row[field] if isinstance(row[field], str) else " ".join(filter(None, row[field])) for row in told
    ]
    asked = [
        (text, at) for at, row in enumerate(told) for text in row["rephr"] if text and text.strip() != "*"
    ]
    questions, right = zip(*asked, strict=True)
    return Search(f"StackFAQ, {field}s", passages, questions, np.array(right))


def bq(file: Path) -> Pairs:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return _pairs(rows)


def afqmc(file: Path) -> Pairs:
    return _pairs([json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line])


def _pairs(rows: Sequence[Mapping[str, str]]) -> Pairs:
    first, second = ([row[key] for row in rows] for key in ("sentence1", "sentence2"))
    return Pairs(first, second, np.array([int(row["label"]) for row in rows]))


@dataclass(frozen=True)
class Vectors:
    """An embedder of texts; `fitted` makes one for the texts that it is to compare."""

    name: str
    fitted: Callable[[Sequence[str]], Embeddings | LocalEmbedder | Encoded | Spelt]


class Spelt:
    """Latent semantic vectors over the lexical index's own tokens."""

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline

        size = min(DIMENSIONS, len(texts) - 1)
        self._model = make_pipeline(
            TfidfVectorizer(analyzer=tokens, sublinear_tf=True), TruncatedSVD(size, random_state=0)
        )
        self._model.fit(texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._model.transform(texts).tolist()
        return rows


class Encoded:
    """The encoder that ships, made for utterances: of a longer text the mean of its sentences."""

    def __init__(self) -> None:
        self._encoder = Encoder.load()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._of(text) for text in texts]

    def _of(self, text: str) -> list[float]:
        parts = [part for part in re.split(r"[。!?！？;；\n]", text) if part.strip()] or [text]
        rows = [self._encoder.read(part, cut(part, ())).vector for part in parts]
        mean: list[float] = np.mean(rows, axis=0).tolist()
        return mean


def unit(rows: Sequence[Sequence[float]]) -> Floats:
    made = np.array(rows, dtype=np.float64)
    return np.asarray(made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9))


def embedders(local: Sequence[Path]) -> list[Vectors]:
    encoder = Encoded()
    found = [
        Vectors("LSA, characters", lambda texts: LsaEmbeddings.fit(texts, DIMENSIONS)),
        Vectors("LSA, words", Spelt),
        Vectors("encoder that ships", lambda texts: encoder),
    ]
    return [*found, *(_local(folder) for folder in local)]


def _local(folder: Path) -> Vectors:
    model = LocalEmbedder(str(folder))
    return Vectors(model.name, lambda texts: model)


def by_vectors(vectors: Vectors, search: Search) -> Floats:
    embedder = vectors.fitted(search.passages)
    passages = unit(embedder.embed_documents(list(search.passages)))
    ask = getattr(embedder, "embed_query", None)
    asked = [ask(text) for text in search.questions] if ask else None
    questions = unit(asked if asked is not None else embedder.embed_documents(list(search.questions)))
    return np.asarray(questions @ passages.T)


@contextmanager
def indexed(search: Search) -> Iterator[Snapshot]:
    """The library's lexical index over the passages; chunk N is passage N - 1."""
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder))
        store.apply([FileChange("p", FileRecord("p", "p", "", 0, "2026-01-01T00:00"), list(_chunks(search)))])
        yield store.snapshot()
        store.close()


def _chunks(search: Search) -> Iterator[Chunk]:
    for at, text in enumerate(search.passages):
        told = {"source": f"p#{at}", "file": "p", "heading": ""}
        yield Chunk(Document(id=f"p#{at}", page_content=text, metadata=told), tokens(text))


def by_words(search: Search, snapshot: Snapshot) -> Floats:
    """Scores of the library's first stage."""
    scores = np.zeros((len(search.questions), len(search.passages)))
    for at, question in enumerate(search.questions):
        for hit in snapshot.by_words(query_weights(question), len(search.passages), day=None):
            scores[at, hit.row - 1] = hit.score
    return scores


def by_library(search: Search, snapshot: Snapshot, words: Floats, dense: Floats | None = None) -> Floats:
    """As the library ranks: the best by words and by vectors, ranked together; the others behind them, by words."""
    scores = words / (1 + words.max()) - 1
    for at, question in enumerate(search.questions):
        best = _best(words[at])
        rows = best if dense is None else list(dict.fromkeys([*best, *_best(dense[at])]))
        documents = snapshot.documents([row + 1 for row in rows])
        candidates = [
            Candidate(document, float(words[at, row]), None if dense is None else float(dense[at, row]))
            for row, document in zip(rows, documents, strict=True)
        ]
        for one in rerank(Query(question, query_weights(question)), candidates, snapshot):
            scores[at, int(str(one.document.id).removeprefix("p#"))] = one.score
    return scores


def _best(scores: Floats) -> list[int]:
    order = np.argsort(-scores, kind="stable")[:CANDIDATES]
    return [int(row) for row in order if scores[row] > 0]


def places(scores: Floats, right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of the right passage, from 1; what scores as much as it stands before it by half."""
    own = scores[np.arange(len(right)), right][:, None]
    return np.asarray(1 + (scores > own).sum(axis=1) + ((scores == own).sum(axis=1) - 1) // 2)


def figures(scores: Floats, right: NDArray[np.int64]) -> list[str]:
    ranks = places(scores, right)
    found = [float((ranks <= count).mean()) for count in (1, 5, 20)]
    return [f"{value:.3f}" for value in (*found, float((1 / ranks).mean()))]


def by_ranks(one: Floats, other: Floats) -> Floats:
    """Reciprocal rank fusion."""
    return np.asarray(1 / (RANK_OFFSET + _ranks(one)) + 1 / (RANK_OFFSET + _ranks(other)))


def _ranks(scores: Floats) -> Floats:
    ranks = np.empty(scores.shape)
    order = np.argsort(-scores, axis=1, kind="stable")
    np.put_along_axis(ranks, order, np.arange(1.0, scores.shape[1] + 1)[None], axis=1)
    return ranks


def by_sum(words: Floats, dense: Floats, right: NDArray[np.int64]) -> Floats:
    """Words plus weighted vectors, each by the best of its question; the weight comes from the other half."""
    words, dense = (scores / np.maximum(scores.max(axis=1, keepdims=True), 1e-9) for scores in (words, dense))
    fused = np.zeros(words.shape)
    half = right % 2 == 0
    for test in (half, ~half):
        train = ~test
        weight = max(
            WEIGHTS,
            key=lambda weight: float((1 / places(words[train] + weight * dense[train], right[train])).mean()),
        )
        fused[test] = words[test] + weight * dense[test]
    return fused


def searched(search: Search, vectors: Sequence[Vectors]) -> Iterator[list[str]]:
    with indexed(search) as snapshot:
        words = by_words(search, snapshot)
        yield ["words (first stage)", *figures(words, search.right)]
        yield ["words, ranked (the library)", *figures(by_library(search, snapshot, words), search.right)]
        for one in vectors:
            begun = time.perf_counter()
            dense = by_vectors(one, search)
            err.print(f"{search.name}: {one.name}: {time.perf_counter() - begun:.0f} s")
            fused = {
                one.name: dense,
                f"words and {one.name}, by ranks": by_ranks(words, dense),
                f"words and {one.name}, by sum": by_sum(words, dense, search.right),
                f"the library with {one.name}": by_library(search, snapshot, words, dense),
            }
            yield from ([name, *figures(scores, search.right)] for name, scores in fused.items())


def alike(embedder: Embeddings | LocalEmbedder | Encoded | Spelt, pairs: Pairs) -> Floats:
    """Cosine of each pair."""
    first, second = (unit(embedder.embed_documents(list(texts))) for texts in (pairs.first, pairs.second))
    return np.asarray((first * second).sum(axis=1))


def alike_by_words(told: Sequence[str], pairs: Pairs) -> Floats:
    """Cosine of TF-IDF over the lexical index's tokens, frequencies those of the texts told."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(analyzer=tokens, sublinear_tf=True).fit(told)
    first, second = (model.transform(texts) for texts in (pairs.first, pairs.second))
    return np.asarray(first.multiply(second).sum(axis=1)).ravel()


def pair_figures(chosen: Floats, known: Pairs, tested: Floats, asked: Pairs) -> list[str]:
    """Area under the curve, and accuracy at the threshold best on the pairs known."""
    from sklearn.metrics import roc_auc_score

    grid = np.quantile(chosen, np.linspace(0, 1, 201))
    best = max(grid, key=lambda edge: float(((chosen >= edge) == known.same).mean()))
    right = float(((tested >= best) == asked.same).mean())
    return [f"{roc_auc_score(asked.same, tested):.3f}", f"{right:.3f}"]


def compared(known: Pairs, asked: Pairs, vectors: Sequence[Vectors]) -> Iterator[list[str]]:
    texts = list(dict.fromkeys(chain(known.first, known.second)))
    yield ["always the commoner answer", "0.500", f"{max(asked.same.mean(), 1 - asked.same.mean()):.3f}"]
    words = [alike_by_words(texts, pairs) for pairs in (known, asked)]
    yield ["words", *pair_figures(words[0], known, words[1], asked)]
    for one in vectors:
        begun = time.perf_counter()
        embedder = one.fitted(texts)
        dense = [alike(embedder, pairs) for pairs in (known, asked)]
        err.print(f"pairs: {one.name}: {time.perf_counter() - begun:.0f} s")
        yield [one.name, *pair_figures(dense[0], known, dense[1], asked)]
        both = [(word + vector) / 2 for word, vector in zip(words, dense, strict=True)]
        yield [f"words and {one.name}, mean", *pair_figures(both[0], known, both[1], asked)]


def searches(folder: Path, on: Sequence[str]) -> Iterator[Search]:
    if "cmrc" in on:
        yield cmrc(folder / "cmrc2018")
    if "stackfaq" in on:
        yield from (stackfaq(folder / "stackfaq", field) for field in ("question", "answer"))


def pairs(folder: Path, on: Sequence[str]) -> Iterator[tuple[str, Pairs, Pairs]]:
    """Name, the pairs that thresholds are chosen on, and those measured."""
    if "bq" in on:
        yield "BQ", *(bq(folder / "pairs_bq_zh" / f"{part}.csv") for part in ("dev", "test"))
    if "afqmc" in on:
        parts = (folder / "pairs_afqmc_zh" / f"{part}.json" for part in ("train", "test_public"))
        yield "AFQMC", *(afqmc(file) for file in parts)


def main(folder: Path, local: Sequence[Path], on: Sequence[str]) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    vectors = embedders(local)
    print(machine())
    for search in searches(folder, on):
        print(f"\n{search.name}: {len(search.questions)} questions, {len(search.passages)} passages\n")
        print(markdown(COLUMNS, searched(search, vectors)), flush=True)
    for name, known, asked in pairs(folder, on):
        print(f"\n{name}: {len(asked.same)} pairs\n")
        print(markdown(["", "AUC", "accuracy"], compared(known, asked, vectors)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--local", type=Path, nargs="*", default=[])
    parser.add_argument("--on", nargs="*", choices=SETS, default=SETS)
    given = parser.parse_args()
    main(given.folder, given.local, given.on)
