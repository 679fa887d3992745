"""Latency and memory of the library by size: `python -m bench.scale --text FILE.txt.gz --chunks 1000 100000 1000000`.

Chunks are made of words drawn as often as they occur in the text given, as long as its sentences in threes, each with a
code of its own; every thousand chunks are a file. A question is five words of one chunk, two frequent words and a
question word. Peers index the same tokens in the same run. Tokens are made of the drawn words, not by cutting the
text again, except in the rate told for that.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from langchain_core.documents import Document

from bench.table import machine, markdown
from engines.words import words
from retrieval.knowledge import Knowledge
from retrieval.store.base import Chunk, FileChange, FileRecord
from retrieval.store.local import LocalStore
from retrieval.tokens import query_weights, tokens

NOW = datetime(2026, 11, 22, 10)
QUESTIONS = 300
PEERS_UP_TO = 100_000
A_FILE = 1000
Search = Callable[[str], object]


@dataclass(frozen=True)
class Language:
    """Words with how often they occur, and lengths of chunks in words."""

    words: np.ndarray
    share: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, file: Path, lines: int = 60_000) -> Language:
        counts: Counter[str] = Counter()
        lengths = []
        with gzip.open(file, "rt", encoding="utf-8") as read:
            for line, _ in zip(read, range(lines), strict=False):
                said = [word for word, _, _ in words(line.strip())]
                counts.update(said)
                lengths.append(len(said))
        found = counts.most_common()
        share = np.array([count for _, count in found], dtype=float)
        threes = [sum(lengths[at : at + 3]) for at in range(0, len(lengths) - 2, 3)]
        return cls(np.array([word for word, _ in found], dtype=object), share / share.sum(), np.array(threes))

    def drawn(self, count: int, seed: int) -> Iterator[list[str]]:
        """Words of `count` chunks."""
        rng = np.random.default_rng(seed)
        sums = self.share.cumsum()
        for at in range(count):
            size = int(rng.choice(self.lengths))
            picked = np.searchsorted(sums, rng.random(size)).clip(0, len(self.words) - 1)
            yield [*self.words[picked], f"k{seed}-{at}"]


def cut(drawn: Sequence[str]) -> list[str]:
    """What `tokens` makes of the text, of words that are known already."""
    found = []
    for word in drawn:
        found += [word] if word.isascii() else [part for part in (word,) if len(part) > 1]
    text = "".join(word for word in drawn if not word.isascii())
    return found + ["~" + first + second for first, second in pairwise(text)]


def chunk(drawn: Sequence[str], name: str, at: int) -> Chunk:
    text = "".join(drawn)
    told = {"source": f"{name}#{at:08x}", "file": name, "kind": "text", "heading": "", "start": 0}
    return Chunk(Document(id=told["source"], page_content=text, metadata=told), cut(drawn))


def record(name: str) -> FileRecord:
    return FileRecord(name, name, "", 0, "2026-01-01T00:00", A_FILE, document=name)


def changes(drawn: Sequence[Sequence[str]]) -> Iterator[FileChange]:
    for at in range(0, len(drawn), A_FILE):
        name = f"f{at // A_FILE}.md"
        part = drawn[at : at + A_FILE]
        yield FileChange(
            name, record(name), [chunk(said, name, at + place) for place, said in enumerate(part)]
        )


def questions(drawn: Sequence[Sequence[str]], language: Language) -> list[str]:
    rng = np.random.default_rng(7)
    found = []
    for _ in range(QUESTIONS):
        said = drawn[int(rng.integers(len(drawn)))]
        own = [
            str(word) for word in rng.choice(np.array(said, dtype=object), min(5, len(said)), replace=False)
        ]
        found.append("".join([*own, *language.words[rng.integers(0, 200, 2)], "多少"]))
    return found


def timed(search: Search, asked: Sequence[str]) -> tuple[float, float]:
    """p50 and p95 in milliseconds, the first tenth left out as warming up."""
    spent = []
    for question in asked:
        begun = time.perf_counter()
        search(question)
        spent.append(1000 * (time.perf_counter() - begun))
    spent = spent[len(spent) // 10 :]
    return float(np.percentile(spent, 50)), float(np.percentile(spent, 95))


def memory() -> float:
    """Resident megabytes of this process now."""
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * resource.getpagesize() / 1e6


def measured(name: str, build: Callable[[], Search], count: int, asked: Sequence[str]) -> list[str | float]:
    before, begun = memory(), time.perf_counter()
    search = build()
    spent = time.perf_counter() - begun
    middle, slow = timed(search, asked)
    return [f"{count:,}", name, middle, slow, f"{count / spent:,.0f}", f"{memory() - before:,.0f}"]


def ours(drawn: Sequence[Sequence[str]], folder: Path) -> LocalStore:
    store = LocalStore(folder)
    waiting: list[FileChange] = []
    for change in changes(drawn):
        waiting.append(change)
        if len(waiting) >= 50:
            store.apply(waiting)
            waiting = []
    store.apply(waiting)
    return store


def by_words(store: LocalStore) -> Search:
    def search(question: str) -> object:
        snapshot = store.snapshot()
        hits = snapshot.by_words(query_weights(question), 40, day=date(2026, 11, 22))
        return snapshot.documents([hit.row for hit in hits])

    return search


def fts5(drawn: Sequence[Sequence[str]], folder: Path) -> Search:
    db = sqlite3.connect(folder / "fts5.db")
    db.execute("create virtual table c using fts5(t, tokenize='unicode61 tokenchars ''~-''')")
    db.executemany("insert into c(t) values (?)", ((" ".join(cut(said)),) for said in drawn))
    db.commit()

    def search(question: str) -> object:
        wanted = " OR ".join(f'"{token}"' for token in query_weights(question))
        return db.execute("select rowid from c where c match ? order by rank limit 40", (wanted,)).fetchall()

    return search


def with_bm25s(drawn: Sequence[Sequence[str]]) -> Search:
    import bm25s

    index = bm25s.BM25()
    index.index([cut(said) for said in drawn], show_progress=False)

    def search(question: str) -> object:
        return index.retrieve([tokens(question)], k=40, show_progress=False)

    return search


def langchain_bm25(drawn: Sequence[Sequence[str]]) -> Search:
    from langchain_community.retrievers import BM25Retriever

    documents = [Document(page_content=" ".join(cut(said))) for said in drawn]
    retriever = BM25Retriever.from_documents(documents, k=40)
    return lambda question: retriever.invoke(" ".join(tokens(question)))


def langchain_faiss(drawn: Sequence[Sequence[str]]) -> Search:
    from langchain_community.vectorstores import FAISS

    from engines.embedding.lsa import LsaEmbeddings

    texts = ["".join(said) for said in drawn]
    embedder = LsaEmbeddings.fit(texts[:1000], dimensions=128)
    index = FAISS.from_texts(texts, embedder)
    return lambda question: index.similarity_search(question, k=40)


def visible(store: LocalStore) -> tuple[float, float]:
    """Milliseconds until a new file is found and a removed one is not, of twenty files each."""
    found, lost = [], []
    for at in range(20):
        name = f"new{at}.md"
        begun = time.perf_counter()
        store.apply([FileChange(name, record(name), [chunk(["全新", "条目", f"zz{at}"], name, 0)])])
        assert store.snapshot().by_words({f"zz{at}": 1.0}, 1, day=date(2026, 11, 22))
        found.append(1000 * (time.perf_counter() - begun))
        begun = time.perf_counter()
        store.apply([FileChange(name, None)])
        assert not store.snapshot().by_words({f"zz{at}": 1.0}, 1, day=date(2026, 11, 22))
        lost.append(1000 * (time.perf_counter() - begun))
    return max(found), max(lost)


def one_size(count: int, language: Language) -> tuple[list[list[str | float]], list[str]]:
    drawn = list(language.drawn(count, seed=count))
    asked = questions(drawn, language)
    rows: list[list[str | float]] = []
    folder = Path(tempfile.mkdtemp())
    try:
        before, begun = memory(), time.perf_counter()
        store = ours(drawn, folder / "ours")
        rate = f"{count / (time.perf_counter() - begun):,.0f}"
        told = [rate, f"{memory() - before:,.0f}"]
        rows.append([f"{count:,}", "ours, words and documents", *timed(by_words(store), asked), *told])
        knowledge = Knowledge(store)
        rows.append(
            [f"{count:,}", "ours, ranked", *timed(lambda q: knowledge.search(q, now=NOW), asked), "", ""]
        )
        size = sum(file.stat().st_size for file in (folder / "ours").rglob("*") if file.is_file()) / 1e6
        new, gone = visible(store)
        note = (
            f"{count:,} chunks: {size:,.0f} MB on disk; a new file is found after at most {new:.0f} ms,"
            f" a removed one is gone after {gone:.0f} ms"
        )
        store.close()
        rows.append(measured("SQLite FTS5", lambda: fts5(drawn, folder), count, asked))
        rows.append(measured("bm25s", lambda: with_bm25s(drawn), count, asked))
        if count <= PEERS_UP_TO:
            rows.append(measured("langchain BM25Retriever", lambda: langchain_bm25(drawn), count, asked))
            rows.append(measured("langchain FAISS, LSA of 128", lambda: langchain_faiss(drawn), count, asked))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rows, [note]


def cutting_rate(language: Language) -> float:
    """Chunks a second that `tokens` cuts."""
    texts = ["".join(said) for said in language.drawn(2000, seed=1)]
    tokens(texts[0])
    begun = time.perf_counter()
    for text in texts:
        tokens(text)
    return len(texts) / (time.perf_counter() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True, help="sentences, one a line, gzip")
    parser.add_argument("--chunks", type=int, nargs="+", default=[1000, 100_000])
    given = parser.parse_args()
    language = Language.of(given.text)
    print(
        f"{machine()}; {len(language.words):,} words, {cutting_rate(language):,.0f} chunks a second cut into tokens\n"
    )
    columns = ["chunks", "", "p50 ms", "p95 ms", "chunks a second indexed", "MB more"]
    for count in given.chunks:
        rows, notes = one_size(count, language)
        print(markdown(columns, rows), *notes, sep="\n", flush=True)


if __name__ == "__main__":
    main()
