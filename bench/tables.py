"""Look-up in tables on public questions with triples: `python -m bench.tables FOLDER` (CCKS 2021 telecom KBQA).

Every tier of a service is a row of one table. The questions are split by a fixed seed: a thousand to look at while
building (`--look`, `--misses`), the rest to measure. Exact: the set of values told is the set labelled; of a comparison,
the verdict that the answer opens with. Row, column: the services and the columns of the told cells are those labelled.
Milliseconds are of the thread's own time on the processor. Beside it, two plain baselines that return the value of the
best of all cells written as "row column value". `--speed` asks tables made up of 3 000 and 300 000 cells instead.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
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
COMPARED = "比较句"
VERDICTS = {"yes": "一样", "no": "不一样"}


@dataclass(frozen=True)
class Told:
    """What was answered: the values, whose they are, of which columns, and the words."""

    values: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    text: str = ""


Answer = Callable[[str], Told]


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
            tuple(part.split("-")[-1].strip() for part in row[2].split("|")),
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
        line.lower().split("\t", 1)
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
        if (alias := names.get(service.lower(), "").strip("|")) and alias != "无":
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


def exact(row: Row, told: Told) -> bool:
    """Whether the answer is the one labelled."""
    if row.kind == COMPARED:
        opening = told.text.removeprefix(f"{row.attributes[0]}:")
        return opening.startswith(tuple(VERDICTS.get(answer, answer) for answer in row.answers))
    return told.values == row.answers


def measure(rows: list[Row], answer: Answer) -> list[str]:
    """Shares by kind of question, and milliseconds."""
    parts: dict[str, list[bool]] = defaultdict(list)
    spent = []
    for row in rows:
        begun = time.thread_time()
        told = answer(row.text)
        spent.append(1000 * (time.thread_time() - begun))
        single = "one" if len(row.answers) == 1 else "several"
        parts["all"].append(exact(row, told))
        parts[f"{row.kind} {single}" if row.kind == "属性值" else row.kind].append(exact(row, told))
        parts["row"].append(told.rows == {row.entity.lower()})
        parts["column"].append(told.columns == set(row.attributes))
        if told.values:
            parts["where answered"].append(exact(row, told))
    shares = [f"{np.mean(parts[name]):.3f}" for name in SHARES]
    return [*shares, *(f"{np.percentile(spent, part):.2f}" for part in (50, 95))]


SHARES = ("all", "属性值 one", "属性值 several", "并列句", COMPARED, "row", "column", "where answered")


def told_of(cells: Sequence[Cell], text: str = "") -> Told:
    values = frozenset(part for cell in cells for part in cell.value.split("|"))
    return Told(
        values,
        frozenset(cell.entity.lower() for cell in cells),
        frozenset(cell.attribute for cell in cells),
        text,
    )


def ours(snapshot: Snapshot) -> Answer:
    def answer(text: str) -> Told:
        found = look_up(text, snapshot, day=None)
        return told_of([cell.cell for one in found for cell in one.cells], found[0].text if found else "")

    return answer


def by_bm25(cells: list[Cell]) -> Answer:
    import bm25s

    index = bm25s.BM25()
    index.index([tokens(f"{c.entity} {c.attribute} {c.value}") for c in cells], show_progress=False)

    def answer(text: str) -> Told:
        known = [token for token in tokens(text) if token in index.vocab_dict]
        return told_of([cells[int(np.argmax(index.get_scores(known)))]]) if known else Told()

    return answer


def by_fts5(cells: list[Cell]) -> Answer:
    import sqlite3

    db = sqlite3.connect(":memory:")
    db.execute("create virtual table c using fts5(t)")
    db.executemany(
        "insert into c(rowid, t) values (?, ?)",
        ((at, " ".join(tokens(f"{c.entity} {c.attribute} {c.value}"))) for at, c in enumerate(cells)),
    )

    def answer(text: str) -> Told:
        wanted = " OR ".join(f'"{token}"' for token in dict.fromkeys(tokens(text)))
        row = (
            db.execute("select rowid from c where c match ? order by rank limit 1", (wanted,)).fetchone()
            if wanted
            else None
        )
        return told_of([cells[row[0]]]) if row else Told()

    return answer


def made_up(count: int) -> Iterator[Chunk]:
    """A catalogue of `count` cells: a row of eight columns each."""
    dice = random.Random(0)
    for at in range(count // 8):
        name = f"{dice.choice('ABCDEFGH')}{dice.choice('QRSTUVW')}-{at:05d}{dice.choice(('', ' Pro', ' 高速版'))}"
        values = {
            "型号": name,
            "类别": dice.choice(("夹爪", "相机", "机械臂", "传送带")),
            "价格": f"{dice.randrange(100, 90000)}元",
            "重量": f"{dice.randrange(1, 400) / 10}kg",
            "行程": f"{dice.randrange(10, 900)}mm",
            "交期": f"{dice.randrange(3, 90)}天",
            "质保": f"{dice.randrange(1, 4)}年",
            "用途": dice.choice(("搬运", "分拣", "上下料", "检测")),
        }
        cells = [Cell(name, column, value) for column, value in values.items()]
        text = ";".join(f"{column}:{value}" for column, value in values.items())
        told = {
            "source": f"m#{at}",
            "file": "m",
            "heading": "m",
            "cells": [[*vars(c).values()] for c in cells],
        }
        yield Chunk(Document(id=f"m#{at}", page_content=text, metadata=told), tokens(text), (), cells)


def speeds(count: int) -> list[str]:
    """First question, then half and 95 % of 300 questions, in milliseconds of the processor."""
    made = list(made_up(count))
    names = [chunk.cells[0].entity for chunk in made]
    dice = random.Random(1)
    asked = [
        dice.choice(("{0}多重", "{0}和{1}哪个便宜", "{0}多久到货", "你们公司在哪")).format(
            *dice.sample(names, 2)
        )
        for _ in range(300)
    ]
    with tempfile.TemporaryDirectory() as place:
        store = LocalStore(Path(place))
        store.apply([FileChange("m", FileRecord("m", "m", "", 0, "2026-01-01T00:00"), made)])
        snapshot = store.snapshot()
        spent = []
        for question in ["哪个型号最轻", *asked, "1000元以下的有哪些"]:
            begun = time.thread_time()
            look_up(question, snapshot, day=None)
            spent.append(1000 * (time.thread_time() - begun))
        store.close()
    told = (spent[0], *np.percentile(spent[1:-1], (50, 95)), spent[-1])
    return [f"{value:.2f}" for value in told]


def misses(part: Sequence[Row], answer: Answer) -> None:
    """Prints the questions that were answered otherwise than labelled."""
    for row in part:
        if not exact(row, told := answer(row.text)):
            print(row.text, row.entity, row.attributes, sorted(row.answers)[:4], "|", told.text[:80])


def main() -> None:
    if "--speed" in sys.argv:
        table = [[f"{count} cells", *speeds(count)] for count in (3_000, 300_000)]
        print(markdown(["", "first ms", "p50 ms", "p95 ms", "filter ms"], table))
        return
    folder = Path(sys.argv[1])
    rows = questions(folder)
    random.Random(0).shuffle(rows)
    part = rows[:LOOKED_AT] if "--look" in sys.argv or "--misses" in sys.argv else rows[LOOKED_AT:]
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
        if "--misses" in sys.argv:
            misses(part, answers["look-up"])
        table = [[name, *measure(part, answer)] for name, answer in answers.items()]
        store.close()
    print(f"{len(part)} questions, {len(cells)} cells\n")
    print(markdown(["", *SHARES, "p50 ms", "p95 ms"], table))


if __name__ == "__main__":
    main()
