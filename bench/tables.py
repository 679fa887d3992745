"""Look-up in tables on public questions with triples: `python -m bench.tables FOLDER` (CCKS 2021 telecom KBQA).

Every tier of a service is a row of one table. The questions are split by a fixed seed: a thousand to look at while
building, the rest to measure. Exact: the set of values told is the set labelled. Beside it, two plain baselines that
return the value of the best of all cells written as "row column value".
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from langchain_core.documents import Document

from bench.table import markdown
from retrieval.cells import look_up
from retrieval.store.base import Cell, Chunk, FileChange, FileRecord, Snapshot
from retrieval.store.local import LocalStore
from retrieval.tokens import tokens

LOOKED_AT = 1000
Answer = Callable[[str], set[str]]


@dataclass(frozen=True)
class Row:
    """A question with its label."""

    text: str
    kind: str
    attributes: tuple[str, ...]
    entity: str
    answers: frozenset[str]


def questions(folder: Path) -> list[Row]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        sheet = openpyxl.load_workbook(folder / "train.xlsx", read_only=True).worksheets[0]
        rows = [
            tuple("" if cell is None else str(cell) for cell in row)
            for row in sheet.iter_rows(values_only=True)
        ]
    return [
        Row(
            row[0],
            row[1],
            tuple(part.split("-")[-1] for part in row[2].split("|")),
            row[3],
            frozenset(row[7].split("|")),
        )
        for row in rows[1:]
        if row[0] and row[7]
    ]


def tables(folder: Path) -> dict[tuple[str, str], dict[str, list[str]]]:
    """Row (service, tier) to its columns."""
    parts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    tiers: dict[str, str] = {}
    for line in (folder / "triples.txt").read_text(encoding="utf-8").splitlines():
        subject, relation, value = (part.strip('<> \t"') for part in line.split("\t"))
        if relation == "档位介绍表":
            tiers[value] = subject
        else:
            parts[subject][relation].append(value)
    found = {(tiers.get(subject, subject), subject): columns for subject, columns in parts.items()}
    return found


def chunks(folder: Path) -> Iterator[Chunk]:
    names = dict(
        line.split("\t", 1)
        for line in (folder / "synonyms.txt").read_text(encoding="utf-8").splitlines()
        if "\t" in line
    )
    for (service, tier), columns in tables(folder).items():
        cells = [
            Cell(service, column, value)
            for column, values in columns.items()
            for value in values
            if column != "产品名称"
        ]
        if (alias := names.get(service, "").strip("|")) and alias != "无":
            cells.append(Cell(service, "别名", alias))
        text = ";".join(f"{cell.attribute}:{cell.value}" for cell in cells)
        told = {
            "source": f"t#{tier}",
            "file": "t",
            "heading": "t",
            "cells": [[c.entity, c.attribute, c.value] for c in cells],
        }
        yield Chunk(
            Document(id=f"t#{tier}", page_content=text, metadata=told), tokens(f"{service} {text}"), (), cells
        )


def measure(rows: list[Row], answer: Answer) -> list[object]:
    exact, single, some = 0, [], 0
    spent = []
    for row in rows:
        begun = time.perf_counter()
        told = answer(row.text)
        spent.append(1000 * (time.perf_counter() - begun))
        exact += told == row.answers
        some += bool(told & row.answers)
        if row.kind == "属性值" and len(row.answers) == 1:
            single.append(told == row.answers)
    return [
        f"{exact / len(rows):.3f}", f"{np.mean(single):.3f}", f"{some / len(rows):.3f}",
        f"{np.percentile(spent, 50):.2f}", f"{np.percentile(spent, 95):.2f}",
    ]  # fmt: skip


def ours(snapshot: Snapshot) -> Answer:
    def answer(text: str) -> set[str]:
        found = look_up(text, snapshot, day=None)
        return {cell.cell.value for one in found for cell in one.cells}

    return answer


def by_bm25(cells: list[Cell]) -> Answer:
    import bm25s

    index = bm25s.BM25()
    index.index([tokens(f"{c.entity} {c.attribute} {c.value}") for c in cells], show_progress=False)

    def answer(text: str) -> set[str]:
        known = [token for token in tokens(text) if token in index.vocab_dict]
        return {cells[int(np.argmax(index.get_scores(known)))].value} if known else set()

    return answer


def by_fts5(cells: list[Cell]) -> Answer:
    import sqlite3

    db = sqlite3.connect(":memory:")
    db.execute("create virtual table c using fts5(t)")
    db.executemany(
        "insert into c(rowid, t) values (?, ?)",
        ((at, " ".join(tokens(f"{c.entity} {c.attribute} {c.value}"))) for at, c in enumerate(cells)),
    )

    def answer(text: str) -> set[str]:
        wanted = " OR ".join(f'"{token}"' for token in dict.fromkeys(tokens(text)))
        row = (
            db.execute("select rowid from c where c match ? order by rank limit 1", (wanted,)).fetchone()
            if wanted
            else None
        )
        return {cells[row[0]].value} if row else set()

    return answer


def main() -> None:
    folder = Path(sys.argv[1])
    rows = questions(folder)
    random.Random(0).shuffle(rows)
    part = rows[:LOOKED_AT] if "--look" in sys.argv else rows[LOOKED_AT:]
    made = list(chunks(folder))
    cells = [cell for chunk in made for cell in chunk.cells if cell.attribute != "别名"]
    with tempfile.TemporaryDirectory() as place:
        store = LocalStore(Path(place))
        store.apply([FileChange("t", FileRecord("t", "t", "", 0, "2026-01-01T00:00"), made)])
        answers = {
            "look-up": ours(store.snapshot()),
            "bm25s over cells": by_bm25(cells),
            "SQLite FTS5 over cells": by_fts5(cells),
        }
        table = [[name, *measure(part, answer)] for name, answer in answers.items()]
        if "--misses" in sys.argv:
            for row in part[:120]:
                told = answers["look-up"](row.text)
                if told != row.answers:
                    print(
                        row.text, row.entity, row.attributes, sorted(row.answers)[:4], "|", sorted(told)[:4]
                    )
        store.close()
    print(f"{len(part)} questions, {len(cells)} cells\n")
    print(markdown(["", "exact", "exact, one value", "some right", "p50 ms", "p95 ms"], table))


if __name__ == "__main__":
    main()
