"""The local store through crashes: stopped at every step, read while it is written, its parts broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.errors import StoreError
from retrieval.store.base import FileChange
from retrieval.store.local import LocalStore
from retrieval.store.words import WordIndex
from retrieval.tokens import query_weights
from tests.retrieval.store.making import DAY, put

STEPS = ("ledger", "words", "commit", "merge", "vectors", "purge")
CHUNKS = 6
"""Chunks of a revision: a state with another number of them is torn."""


class Killed(BaseException):
    """The process ends here."""


def revisions(store: LocalStore) -> dict[str, set[str]]:
    """File to the revisions of its chunks, as the words find them; each found whole."""
    snapshot = store.snapshot()
    hits = snapshot.by_words(query_weights("版次"), 10_000, day=DAY)
    found: dict[str, list[str]] = {}
    for document in snapshot.documents([hit.row for hit in hits]):
        found.setdefault(document.metadata["file"], []).append(document.page_content.rpartition(" ")[2])
    assert {row.name for row in snapshot.files()} == set(found)
    assert all(len(marks) == CHUNKS for marks in found.values()), found
    assert len(snapshot) == CHUNKS * len(found)
    return {name: set(marks) for name, marks in found.items()}


def revision(name: str, number: int) -> FileChange:
    return put(name, *(f"版次 第{at}段 r{number}" for at in range(CHUNKS)))


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_the_old_state_or_the_new(tmp_path: Path, step: str) -> None:
    LocalStore(tmp_path).apply([revision("a.md", 1), revision("b.md", 1)])

    def kill(at: str) -> None:
        if at == step:
            raise Killed

    reader = LocalStore(tmp_path)
    with pytest.raises(Killed):
        LocalStore(tmp_path, at=kill).apply(
            [revision("a.md", 2), FileChange("b.md", None), revision("c.md", 2)]
        )
    old = {"a.md": {"r1"}, "b.md": {"r1"}}
    new = {"a.md": {"r2"}, "c.md": {"r2"}}
    assert revisions(reader) in (old, new)
    after = LocalStore(tmp_path)
    assert revisions(after) == (old if step == "ledger" else new)
    after.apply([revision("d.md", 3)])
    assert revisions(reader)["d.md"] == {"r3"}


def test_lost_words_are_made_again_from_the_ledger(tmp_path: Path) -> None:
    LocalStore(tmp_path).apply([revision("a.md", 1)])
    for file in (tmp_path / "words").iterdir():
        if file.suffix in {".json", ".term"}:
            file.write_bytes(b"broken")
    assert revisions(LocalStore(tmp_path)) == {"a.md": {"r1"}}


def test_a_reader_shows_what_it_held_while_its_words_are_made_again(tmp_path: Path) -> None:
    LocalStore(tmp_path).apply([revision("a.md", 1)])
    reader = LocalStore(tmp_path)
    shutil.rmtree(tmp_path / "words")
    assert revisions(reader) == {"a.md": {"r1"}}
    WordIndex(tmp_path / "words")
    assert revisions(reader) == {"a.md": {"r1"}}
    LocalStore(tmp_path).apply([revision("a.md", 2)])
    assert revisions(reader) == {"a.md": {"r2"}}


@pytest.mark.parametrize("step", ["commit", "vectors"])
def test_a_disk_that_fails_between_two_steps_loses_and_tears_nothing(tmp_path: Path, step: str) -> None:
    def full(at: str) -> None:
        if at == step:
            raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        LocalStore(tmp_path, at=full).apply([revision("a.md", 1)])
    store = LocalStore(tmp_path)
    assert revisions(store) == {"a.md": {"r1"}}
    store.apply([revision("b.md", 2)])
    assert revisions(store) == {"a.md": {"r1"}, "b.md": {"r2"}}


def test_a_broken_ledger_is_told_in_one_line(tmp_path: Path) -> None:
    LocalStore(tmp_path).close()
    for file in tmp_path.glob("chunks.db*"):
        file.unlink()
    (tmp_path / "chunks.db").write_bytes(b"this is no database" * 500)
    with pytest.raises(StoreError, match="library"):
        LocalStore(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="library"):
        LocalStore(tmp_path / "file" / "store")


WRITER = """
import sys
from pathlib import Path
from retrieval.store.local import LocalStore
from tests.retrieval.store.test_durable import revision
from retrieval.store.base import FileChange

store, number = LocalStore(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
while True:
    number += 1
    names = [f"f{(number + at) % 7}.md" for at in range(3)]
    store.apply([*(revision(name, number) for name in names[:2]), FileChange(names[2], None)])
    print(number, *names, flush=True)
"""


def test_a_reader_never_sees_half_a_change(tmp_path: Path) -> None:
    LocalStore(tmp_path).apply([revision("f0.md", 0)])
    command = [sys.executable, "-c", WRITER, str(tmp_path), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == "ready"
        reader, seen = LocalStore(tmp_path), set()
        end = time.monotonic() + 60
        while len(seen) <= 20 and time.monotonic() < end:
            state = revisions(reader)
            assert all(len(marks) == 1 for marks in state.values())
            seen.add(reader.snapshot().generation)
        process.kill()
        process.communicate()
    assert len(seen) > 20


def test_two_writers_take_turns(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from retrieval.store.local import LocalStore
from tests.retrieval.store.test_durable import revision
store = LocalStore(Path(sys.argv[1]))
for number in range(12):
    store.apply([revision(f"{sys.argv[2]}{number}.md", number)])
"""
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    store = LocalStore(tmp_path)
    assert len(revisions(store)) == 24
    assert store.snapshot().generation == 24


def test_the_dead_are_buried_once_nobody_looks_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.store.ledger.KEPT_S", -1)
    store = LocalStore(tmp_path)
    for number in range(5):
        store.apply([revision("a.md", number)])
    assert revisions(store) == {"a.md": {"r4"}}
    assert store.ledger.documents(list(range(1, 5 * CHUNKS + 1))).keys() == set(
        range(3 * CHUNKS + 1, 5 * CHUNKS + 1)
    )
