"""Web pages, through Beautiful Soup: the main text without menus and scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import BOLD, Block, heading, paragraph, table
from retrieval.ingest.questions import is_question
from retrieval.ingest.text import decoded

_DROPPED = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "nav",
    "footer",
    "aside",
    "iframe",
    "button",
    "select",
    "input",
    "textarea",
    "dialog",
)
_HEADING = re.compile(r"h[1-6]")
_BLOCKS = frozenset(
    {
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
        "th",
        "thead",
        "tbody",
        "tfoot",
        "form",
        "fieldset",
        "details",
        "summary",
        "address",
        "center",
        "hr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    }
)
_ASKING = frozenset({"p", "dt", "summary", "div", "li"})
_DEEPEST = 200
"""Levels of elements that are walked; what is deeper comes as one paragraph."""


def read_html(path: Path, name: str) -> list[Block]:
    """The blocks of <main>, or of <article> where there is one alone, else of the body."""
    from bs4 import BeautifulSoup

    try:
        soup = BeautifulSoup(decoded(path, name), "lxml")
    except RecursionError as error:
        raise UnreadableFileError(name, "elements stand in one another too deep") from error
    for tag in [*soup.find_all(_DROPPED), *soup.find_all(attrs={"role": "navigation"})]:
        tag.decompose()
    articles = soup.find_all("article")
    root = soup.find("main") or (articles[0] if len(articles) == 1 else soup.body or soup)
    found = list(_walk(root))
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    if title and not any(block.kind == "heading" and block.level == 1 for block in found):
        return [heading(title, 1), *found]
    return found


def _walk(root: Any, depth: int = 0) -> Iterator[Block]:
    """The blocks below an element, text that runs on joined to one paragraph."""
    from bs4.element import NavigableString, Tag

    running: list[str] = []
    for child in root.children:
        if isinstance(child, Tag) and (child.name == "br" or _is_block(child)):
            yield from _flushed(running)
            yield from _block(child, depth)
        elif isinstance(child, Tag):
            running.append(child.get_text())
        elif type(child) is NavigableString:
            running.append(str(child))
    yield from _flushed(running)


def _flushed(running: list[str]) -> Iterator[Block]:
    text = re.sub(r"\s+", " ", "".join(running)).strip()
    running.clear()
    if text:
        yield paragraph(text)


def _is_block(tag: Any) -> bool:
    return tag.name in _BLOCKS or tag.find(_in_blocks) is not None


def _in_blocks(tag: Any) -> bool:
    return tag.name in _BLOCKS


def _block(tag: Any, depth: int) -> Iterator[Block]:
    if _HEADING.fullmatch(tag.name):
        yield heading(tag.get_text(" ", strip=True), int(tag.name[1]))
    elif tag.name == "table" and not tag.find(["table", "h1", "h2", "h3", "h4"]):
        yield table(_rows(tag))
    elif depth >= _DEEPEST:
        yield from _flushed([tag.get_text(" ")])
    elif tag.name in _ASKING and (asked := _asked(tag)):
        yield heading(asked, BOLD)
    elif tag.name != "br":
        yield from _walk(tag, depth + 1)


def _asked(tag: Any) -> str | None:
    """The question that a bold paragraph, a term or a summary asks."""
    text = " ".join(tag.get_text().split())
    if not is_question(text):
        return None
    bold = tag.find(["strong", "b"])
    whole = bold is not None and " ".join(bold.get_text().split()) == text
    return text if whole or tag.name in {"dt", "summary"} else None


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
