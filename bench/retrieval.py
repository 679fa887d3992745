"""Finding the passage that answers: `python -m bench.retrieval DATA_FOLDER [--only NAME] [--every N]`.

DATA_FOLDER holds `cmrc2018/cmrc2018_dev.json` (Chinese Wikipedia; CC BY-SA 4.0) and `stackfaq/stackExchange-FAQ.json`
(English; other wordings of a question over the questions of the FAQ, and over questions with their answers); what is
missing is left out. The weights of `retrieval.rank` come from the trial file of CMRC2018 and from every other thread of
StackFAQ, the first included, whose questions are not asked here.
Beside the library, in the same run: what LangChain gives by default, BM25 and full-text search, each with its own tokens
and, where it takes any, with the library's.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.documents import Document

from bench.table import err, machine, markdown
from engines.embedding.lsa import LsaEmbeddings
from engines.words import words
from retrieval.rank import Candidate, Query, rerank
from retrieval.store.base import Chunk, FileChange, FileRecord
from retrieval.store.local import LocalStore
from retrieval.tokens import query_weights, tokens

CANDIDATES = 24
DEPTH = 20
DIMENSIONS = 256
COLUMNS = ("", "recall@1", "recall@5", "recall@20", "MRR", "ms a query")
Retriever = Callable[[str], Sequence[int]]
"""A question to the numbers of at most DEPTH passages, the best first."""


@dataclass(frozen=True)
class Search:
    """Passages, and questions with the number of the passage that answers each."""

    name: str
    passages: Sequence[str]
    questions: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Peer:
    """A way to search; `build` makes the index and is not part of the time."""

    name: str
    build: Callable[[Sequence[str], Path], Retriever]
    """Takes the passages and an empty folder."""


def cmrc(file: Path) -> Search:
    passages: list[str] = []
    questions: list[tuple[str, int]] = []
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            passages.append(paragraph["context"])
            questions += [(row["question"].strip(), len(passages) - 1) for row in paragraph["qas"]]
    return Search("CMRC2018 dev", passages, questions)


def stackfaq(file: Path, *, answers: bool) -> Search:
    told = json.loads(file.read_text(encoding="utf-8"))["root"]["qapair"]
    passages = [" ".join([row["question"], *(_texts(row["answer"]) if answers else ())]) for row in told]
    questions = [
        (text.strip(), at)
        for at, row in enumerate(told)
        for text in _texts(row["rephr"])
        if at % 2 and text.strip() != "*"
    ]
    return Search(f"StackFAQ, questions{' and answers' if answers else ''}", passages, questions)


def _texts(told: str | Sequence[str | None]) -> list[str]:
    return [told] if isinstance(told, str) else [text for text in told if text]


def searches(folder: Path) -> Iterator[Search]:
    if (file := folder / "cmrc2018" / "cmrc2018_dev.json").exists():
        yield cmrc(file)
    if (file := folder / "stackfaq" / "stackExchange-FAQ.json").exists():
        yield stackfaq(file, answers=False)
        yield stackfaq(file, answers=True)


def words_and_pairs(text: str) -> list[str]:
    """What one would index Chinese by at first: jieba's words, and pairs of characters."""
    return [*(word for word, _, _ in words(text)), *("".join(pair) for pair in pairwise(text))]


def langchain_bm25(passages: Sequence[str], cut: Callable[[str], list[str]] | None) -> Retriever:
    from langchain_community.retrievers import BM25Retriever

    told = [{"at": at} for at in range(len(passages))]
    cutting: dict[str, Any] = {"preprocess_func": cut} if cut else {}
    retriever = BM25Retriever.from_texts(list(passages), told, k=DEPTH, **cutting)
    return lambda question: [document.metadata["at"] for document in retriever.invoke(question)]


def langchain_faiss(passages: Sequence[str], _: Path) -> Retriever:
    from langchain_community.vectorstores import FAISS

    embedder = LsaEmbeddings.fit(list(passages), DIMENSIONS)
    index = FAISS.from_texts(list(passages), embedder, [{"at": at} for at in range(len(passages))])
    return lambda question: [one.metadata["at"] for one in index.similarity_search(question, k=DEPTH)]


def with_bm25s(passages: Sequence[str], cut: Callable[[str], list[str]]) -> Retriever:
    import bm25s

    index = bm25s.BM25()
    index.index([cut(text) for text in passages], show_progress=False)

    def retrieve(question: str) -> list[int]:
        found, _ = index.retrieve([cut(question)], k=DEPTH, show_progress=False)
        return [int(at) for at in found[0]]

    return retrieve


def fts5(passages: Sequence[str], _: Path) -> Retriever:
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table passages using fts5(text, tokenize='trigram')")
    db.executemany("insert into passages(rowid, text) values (?, ?)", enumerate(passages))

    def retrieve(question: str) -> list[int]:
        parts = dict.fromkeys(question[at : at + 3].replace('"', '""') for at in range(len(question) - 2))
        wanted = " OR ".join(f'"{part}"' for part in parts)
        sql = f"select rowid from passages where text match ? order by rank limit {DEPTH}"
        return [row for (row,) in db.execute(sql, (wanted,))] if wanted else []

    return retrieve


def library(passages: Sequence[str], folder: Path, *, ranked: bool, dense: bool = False) -> Retriever:
    """The library's store; its first stage alone, or ranked, with candidates by vectors too where `dense`."""
    embedder = LsaEmbeddings.fit(list(passages), DIMENSIONS) if dense else None
    vectors = embedder.embed_documents(list(passages)) if embedder else [None] * len(passages)
    chunks = [
        Chunk(
            _document(text, at), tokens(text), vector=None if row is None else np.array(row, dtype=np.float32)
        )
        for at, (text, row) in enumerate(zip(passages, vectors, strict=True))
    ]
    store = LocalStore(folder)
    store.apply([FileChange("p", FileRecord("p", "p", "", 0, "2026-01-01T00:00"), chunks)])
    snapshot = store.snapshot()

    def retrieve(question: str) -> list[int]:
        weights = query_weights(question)
        lexical = {hit.row: hit.score for hit in snapshot.by_words(weights, CANDIDATES, day=None)}
        near = {}
        if embedder:
            vector = np.array(embedder.embed_query(question), dtype=np.float32)
            near = {hit.row: hit.score for hit in snapshot.by_vector(vector, CANDIDATES, day=None)}
        rows = list(dict.fromkeys([*lexical, *near]))
        documents = snapshot.documents(rows)
        candidates = [
            Candidate(document, lexical.get(row, 0.0), near.get(row))
            for row, document in zip(rows, documents, strict=True)
        ]
        if ranked:
            documents = [one.document for one in rerank(Query(question, weights), candidates, snapshot)]
        return [int(one.metadata["source"].removeprefix("p#")) for one in documents[:DEPTH]]

    return retrieve


def _document(text: str, at: int) -> Document:
    return Document(
        id=f"p#{at}", page_content=text, metadata={"source": f"p#{at}", "file": "p", "heading": ""}
    )


PEERS = (
    Peer("LangChain BM25Retriever", lambda passages, _: langchain_bm25(passages, None)),
    Peer("LangChain BM25Retriever, our tokens", lambda passages, _: langchain_bm25(passages, tokens)),
    Peer(f"LangChain FAISS, LSA of {DIMENSIONS}", langchain_faiss),
    Peer("SQLite FTS5, trigrams", fts5),
    Peer("bm25s, words and pairs", lambda passages, _: with_bm25s(passages, words_and_pairs)),
    Peer("bm25s, our tokens", lambda passages, _: with_bm25s(passages, tokens)),
    Peer("ours, first stage", lambda passages, folder: library(passages, folder, ranked=False)),
    Peer("ours, ranked", lambda passages, folder: library(passages, folder, ranked=True)),
    Peer(
        "ours, ranked, candidates by LSA too",
        lambda passages, folder: library(passages, folder, ranked=True, dense=True),
    ),
)


def measured(peer: Peer, search: Search) -> list[str]:
    """A row of the table: recall at 1, 5, 20, mean reciprocal rank within DEPTH, median milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        retrieve = peer.build(search.passages, Path(folder))
        retrieve(search.questions[0][0])
        ranks, spent = [], []
        for question, right in search.questions:
            begun = time.perf_counter()
            found = list(retrieve(question))
            spent.append(1000 * (time.perf_counter() - begun))
            ranks.append(found.index(right) + 1 if right in found else np.inf)
    places = np.array(ranks)
    recalls = [f"{float((places <= depth).mean()):.3f}" for depth in (1, 5, 20)]
    return [peer.name, *recalls, f"{float((1 / places).mean()):.3f}", f"{float(np.median(spent)):.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="searches and peers whose name holds this")
    parser.add_argument("--every", type=int, default=1, help="ask every Nth question only")
    given = parser.parse_args()
    print(machine())
    for search in searches(given.folder):
        asked = Search(search.name, search.passages, search.questions[:: given.every])
        rows = []
        for peer in PEERS:
            if given.only in f"{search.name}: {peer.name}":
                rows.append(measured(peer, asked))
                err.print(f"{search.name}: {rows[-1]}")
        if rows:
            print(f"\n{search.name}: {len(search.passages)} passages, {len(asked.questions)} questions\n")
            print(markdown(COLUMNS, rows), flush=True)


if __name__ == "__main__":
    main()
