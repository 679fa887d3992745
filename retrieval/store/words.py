"""The lexical half of the local store: BM25 by tantivy, in segments on disk, mapped into memory."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retrieval.store.base import Hit
from retrieval.store.ledger import Words

HEAD = 0.6
"""Weight of a token in the headings, beside 1 in the body."""
_HEAP = 64_000_000
"""Bytes that tantivy gathers documents in before it writes a segment."""
_LOAD_HEAP = 400_000_000
_THREADS = ("segment_updat", "merge_thread")
"""How the names of threads begin in which tantivy changes what it has committed."""
_MOMENT_S, _LONGEST_S = 0.2, 600.0
_ANALYSER, _META, _MARK = "tokens", "meta.json", "generation"


class WordIndex:
    """One folder of tantivy's; what it holds and its generation change in the same commit."""

    def __init__(self, folder: Path) -> None:
        """Opens the index, made empty (generation 0) where there is none. Raises ValueError where it is broken."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._index = _opened(folder)
        self._index.config_reader(reload_policy="manual")
        self._stamp = self._stat()
        self._index.reload()
        self.searcher: Any = self._index.searcher()
        self.generation = _generation(self._index, self.searcher)

    def _stat(self) -> tuple[int, int]:
        told = (self._folder / _META).stat()
        return told.st_ino, told.st_mtime_ns

    @property
    def schema(self) -> Any:
        return self._index.schema

    def stale(self) -> bool:
        """Whether somebody committed since this was read; not while a broken index is made again."""
        return made(self._folder) and self._stat() != self._stamp

    def reread(self) -> None:
        """See the newest commit; an index that is made again shows what it held until it is whole."""
        stamp = self._stat()
        self._index.reload()
        searcher = self._index.searcher()
        if generation := _generation(self._index, searcher):
            self.searcher, self.generation = searcher, generation
        self._stamp = stamp


@contextmanager
def writing(folder: Path, *, big: bool = False) -> Iterator[WordWriter]:
    """A writer over a freshly opened index: one that was opened before another's commit would lose its segments."""
    index = _opened(folder)
    writer = index.writer(heap_size=_LOAD_HEAP if big else _HEAP, num_threads=2 if big else 1)
    try:
        yield WordWriter(index, writer)
    finally:
        writer.wait_merging_threads()
        _wait_for_threads()


def _wait_for_threads() -> None:
    """Waits until no thread of tantivy's works in this process.

    A merge that follows on another is not waited for by tantivy: ending after the next writer has opened the index, it
    takes segments away that this one counts on. Where threads cannot be listed, a moment must do.
    """
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        time.sleep(_MOMENT_S)
        return
    until = time.monotonic() + _LONGEST_S
    while time.monotonic() < until and any(_merges(task) for task in tasks.iterdir()):
        time.sleep(0.001)


def _merges(task: Path) -> bool:
    try:
        return (task / "comm").read_text().startswith(_THREADS)
    except OSError:
        return False


class WordWriter:
    """Takes chunks in and out; nothing shows before `commit`."""

    def __init__(self, index: Any, writer: Any) -> None:
        self._index, self._writer = index, writer

    def drop(self, name: str) -> None:
        """Take out every chunk of a file."""
        self._writer.delete_documents_by_term("file", name)

    def put(self, chunks: Iterable[Words]) -> None:
        import tantivy

        for chunk in chunks:
            self._writer.add_document(
                tantivy.Document(row=chunk.row, file=chunk.file, body=chunk.body, head=chunk.head)
            )

    def commit(self, generation: int) -> None:
        """Make everything visible at once, as `generation`."""
        import tantivy

        self._writer.delete_documents_by_term("file", _MARK)
        self._writer.add_document(tantivy.Document(row=generation, file=_MARK))
        self._writer.commit()


def best(
    searcher: Any, schema: Any, weights: Mapping[str, float], count: int, without: Iterable[str] = ()
) -> list[Hit]:
    """The best `count` chunks by BM25 over body and head; none of the files `without`."""
    from tantivy import Occur, Query

    parts = []
    for token, weight in weights.items():
        for field, share in (("body", 1.0), ("head", HEAD)):
            if searcher.doc_freq(field, token):
                parts.append(
                    (Occur.Should, Query.boost_query(Query.term_query(schema, field, token), weight * share))
                )
    if not parts or count < 1:
        return []
    if names := list(without):
        some = Query.boolean_query(parts)
        parts = [(Occur.Must, some), (Occur.MustNot, Query.term_set_query(schema, "file", names))]
    hits = searcher.search(Query.boolean_query(parts), limit=count, count=False).hits
    rows = searcher.fast_field_values("row", [place for _, place in hits])
    return [Hit(int(row), float(score)) for (score, _), row in zip(hits, rows, strict=True)]


def made(folder: Path) -> bool:
    """Whether there is an index."""
    return (folder / _META).exists()


def wipe(folder: Path) -> None:
    """Throw the index away: it is made again from the ledger."""
    shutil.rmtree(folder, ignore_errors=True)


def _opened(folder: Path) -> Any:
    import tantivy

    if tantivy.Index.exists(str(folder)):
        index = tantivy.Index.open(str(folder))
    else:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("row", stored=True, indexed=True, fast=True)
        builder.add_text_field("file", tokenizer_name="raw", index_option="basic")
        builder.add_text_field("body", tokenizer_name=_ANALYSER, index_option="freq")
        builder.add_text_field("head", tokenizer_name=_ANALYSER, index_option="freq")
        index = tantivy.Index(builder.build(), path=str(folder))
    blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_ANALYSER, blanks)
    return index


def _generation(index: Any, searcher: Any) -> int:
    from tantivy import Query

    hits = searcher.search(Query.term_query(index.schema, "file", _MARK), limit=1).hits
    return int(searcher.doc(hits[0][1])["row"][0]) if hits else 0
