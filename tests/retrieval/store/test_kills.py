"""The local store under SIGKILL: writers die at any moment, opening and recovering included; nothing said is lost."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np
import pytest
from langchain_core.documents import Document

from retrieval.store import vectors
from retrieval.store.base import Cell, Chunk, FileChange, Floats
from retrieval.store.local import LocalStore
from tests.retrieval.store.making import DAY, record

FILES, CHUNKS = 7, 6
LONGEST_S = 1_500
"""A soak ends after this, however few writers were killed."""
State = dict[str, str]
"""Name of a file to the revision of every chunk of it."""


def near(name: str, at: int, mark: str) -> Floats:
    """The vector of a chunk, like that of no other and no other revision."""
    row = np.random.default_rng([*name.encode(), at, *mark.encode()]).standard_normal(16)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def one_chunk(name: str, at: int, mark: str) -> Chunk:
    """Cut already: cutting words takes longer to load than the writer lives."""
    said = ["版次", f"第{at}段", mark]
    source = f"{name}#{at:08x}"
    told = {"source": source, "file": name, "kind": "row", "heading": "表", "start": 0}
    cell = Cell(name, f"第{at}项", mark)
    document = Document(id=source, page_content=" ".join(said), metadata=told)
    return Chunk(document, said, (), (cell,), near(name, at, mark))


def change(name: str, mark: str) -> FileChange:
    return FileChange(name, record(name, chunks=CHUNKS), [one_chunk(name, at, mark) for at in range(CHUNKS)])


def changes(number: int) -> list[FileChange]:
    """Change `number`: two files in a new revision, a third one taken out."""
    names = [f"f{(number + at) % FILES}.md" for at in range(3)]
    return [*(change(name, f"r{number}") for name in names[:2]), FileChange(names[2], None)]


def after(state: State, number: int) -> State:
    """What `state` is after change `number`."""
    told = dict(state)
    for one in changes(number):
        told.pop(one.name, None)
        if one.record:
            told[one.name] = f"r{number}"
    return told


def write_for_ever(folder: Path, number: int, told: Connection) -> None:
    """Makes changes from `number` on and tells of each once it is made; builds vectors every few of them."""
    vectors.DELTA = 40
    store = LocalStore(folder)
    while True:
        store.apply(changes(number))
        told.send(number)
        number += 1


def shown(store: LocalStore) -> State:
    """What the store holds, found by words, vectors and cells alike, each file whole and of one revision."""
    snapshot = store.snapshot()
    hits = snapshot.by_words({"版次": 1.0}, 10_000, day=DAY)
    found: dict[str, list[str]] = {}
    for document in snapshot.documents([hit.row for hit in hits]):
        found.setdefault(document.metadata["file"], []).append(document.page_content)
    state = {}
    for name, texts in found.items():
        mark = texts[0].rpartition(" ")[2]
        assert sorted(texts) == [f"版次 第{at}段 {mark}" for at in range(CHUNKS)]
        assert {cell.cell.value for cell in snapshot.cells([name], day=DAY)} == {mark}
        for at in range(CHUNKS):
            (hit,) = snapshot.by_vector(near(name, at, mark), 1, day=DAY)
            assert snapshot.documents([hit.row])[0].page_content == f"版次 第{at}段 {mark}"
        state[name] = mark
    assert {row.name for row in snapshot.files()} == set(state)
    assert len(snapshot) == CHUNKS * len(state)
    return state


@cache
def processes() -> ForkServerContext:
    """Starts processes in a few milliseconds: all that they import is there already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tantivy", "faiss", __name__])
    return context


@dataclass
class Tally:
    """What became of the changes of killed writers."""

    kills: int = 0
    told: int = 0
    """Changes that a writer said were made."""
    silent: int = 0
    """Kills after which a change was whole that no writer had told of."""
    idle: int = 0
    """Kills before the first change of a writer."""
    state: State = field(default_factory=dict)


@contextmanager
def writer(folder: Path, number: int) -> Iterator[Connection]:
    """A process that makes changes from `number` on, killed at the end; what it tells can be read even then."""
    reads, writes = processes().Pipe(duplex=False)
    process = processes().Process(target=write_for_ever, args=(folder, number, writes))
    process.start()
    writes.close()
    try:
        yield reads
    finally:
        process.kill()
        process.join()
        process.close()


def pace(folder: Path) -> float:
    """Seconds from the start of a writer to its third change on this machine."""
    for name in ("first", "second"):  # the first start imports
        begun = time.monotonic()
        with writer(folder / name, 1) as reads, reads:
            assert [reads.recv() for _ in range(3)] == [1, 2, 3]
    return time.monotonic() - begun


def killed(folder: Path, number: int, seconds: float) -> list[int]:
    """The changes that a writer told of before it was killed, `seconds` after it was started."""
    with writer(folder, number) as reads:
        time.sleep(seconds)
    with reads:
        return list(_all_of(reads))


def _all_of(reads: Connection) -> Iterator[int]:
    try:
        while True:
            yield reads.recv()
    except EOFError:
        return


def kill_writers(folder: Path, kills: int, seed: int) -> Tally:
    """Kills writers one after another; after each the store holds what was told, or one whole change more."""
    rng, number, tally = random.Random(seed), 1, Tally()
    longest = 1.5 * pace(folder / "pace")
    end = time.monotonic() + LONGEST_S
    while tally.kills < kills and time.monotonic() < end:
        told = killed(folder / "store", number, rng.uniform(0.0, longest))
        for number in told:
            tally.state = after(tally.state, number)
        number += bool(told)
        further = after(tally.state, number)
        with closing(LocalStore(folder / "store")) as store:
            found = shown(store)
        assert found in (tally.state, further), (number, tally)
        silent = found == further
        number += silent
        tally.silent += silent
        tally.kills += 1
        tally.told += len(told)
        tally.idle += not told
        tally.state = found
    return tally


def test_killed_writers_lose_and_tear_nothing(tmp_path: Path) -> None:
    tally = kill_writers(tmp_path, 15, seed=3)
    assert tally.kills == 15 and tally.told > 3


@pytest.mark.soak
@pytest.mark.timeout(LONGEST_S + 120)
def test_a_thousand_killed_writers_lose_and_tear_nothing(tmp_path: Path) -> None:
    tally = kill_writers(tmp_path, 1000, seed=11)
    print(tally)
    assert tally.kills >= 200 and tally.told > 0 and tally.silent > 0
