"""Web pages, through Beautiful Soup: the main text without menus and scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retrieval.ingest.blocks import Block, heading, paragraph, table
from retrieval.ingest.text import decoded

_DROPPED = ("script", "style", "noscript", "template", "svg", "nav", "footer", "aside", "form", "iframe")
_HEADING = re.compile(r"h[1-6]")
_BLOCKS = frozenset(
    [
        "p",
        "li",
        "dd",
        "dt",
        "div",
        "section",
        "article",
        "main",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "header",
        "body",
        "ul",
        "ol",
        "dl",
        "tr",
        "td",
    ]
)


def read_html(path: Path, name: str) -> list[Block]:
    """The blocks of <main> or <article> where there is one, else of the body."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(decoded(path, name), "lxml")
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    root = soup.find("main") or soup.find("article") or soup.body or soup
    found = list(_walk(root))
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    if title and not any(block.kind == "heading" and block.level == 1 for block in found):
        return [heading(title, 1), *found]
    return found


def _walk(root: Any) -> Iterator[Block]:
    """The blocks below an element, text that runs on joined to one paragraph."""
    from bs4.element import NavigableString, Tag

    running: list[str] = []

    def flushed() -> Iterator[Block]:
        text = re.sub(r"[ \t\r\f\v\n]+", " ", "".join(running)).strip()
        running.clear()
        if text:
            yield paragraph(text)

    for child in root.children:
        if isinstance(child, Tag):
            if _HEADING.fullmatch(child.name):
                yield from flushed()
                yield heading(child.get_text(" ", strip=True), int(child.name[1]))
            elif child.name == "table":
                yield from flushed()
                yield table(_rows(child))
            elif child.name == "br":
                yield from flushed()
            elif child.name in _BLOCKS or child.find(list(_BLOCKS)):
                yield from flushed()
                yield from _walk(child)
            else:
                running.append(child.get_text())
        elif type(child) is NavigableString:
            running.append(str(child))
    yield from flushed()


def _rows(element: Any) -> list[list[str]]:
    """The cells of a table; one that spans several is repeated in each."""
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for line in element.find_all("tr"):
        row: list[str] = []
        cells = iter(line.find_all(["td", "th"]))
        while True:
            at = len(row)
            if at in hanging:
                left, text = hanging.pop(at)
                row.append(text)
                if left > 1:
                    hanging[at] = (left - 1, text)
                continue
            cell = next(cells, None)
            if cell is None:
                break
            text = cell.get_text(" ", strip=True)
            for _ in range(_span(cell, "colspan")):
                if (down := _span(cell, "rowspan")) > 1:
                    hanging[len(row)] = (down - 1, text)
                row.append(text)
        rows.append(row)
    return rows


def _span(cell: Any, name: str) -> int:
    said = str(cell.get(name) or "1")
    return min(int(said), 50) if said.isdigit() and said != "0" else 1
