"""Word documents, through python-docx: headings by style or outline, paragraphs, tables, in their order.

Text is what a reader sees with all changes accepted: insertions, fields and frames too, deletions and hidden text not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import BOLD, Block, heading, paragraph, table
from retrieval.ingest.office import opened
from retrieval.ingest.questions import is_question

_STYLE = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_TITLES = frozenset({"title", "标题"})
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d*", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml"})
_LEFT_OUT = frozenset({"del", "moveFrom", "pPr", "tblPr", "sdtPr", "Fallback", "txbxContent", "instrText"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NO = frozenset({"0", "false", "off"})
OUT = -1
"""The level of a line of a table of contents."""


def read_docx(path: Path, name: str) -> list[Block]:
    """The blocks of the document's body. Raises UnreadableFileError for a broken or locked file."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    kind = "a Word document (.docx)"
    try:
        with opened(path, name, kind):
            document = docx.Document(str(path))
            levels = {style.style_id: _level(style) for style in document.styles if style.type == 1}
            found = list(_blocks(document.element.body, document, levels))
    except PackageNotFoundError as error:
        raise UnreadableFileError(name, f"not {kind}, or damaged") from error
    return [block for block in found if block.text or block.rows]


def _blocks(parent: Any, document: Any, levels: dict[str, int]) -> Iterator[Block]:
    """The blocks below an element; text in a frame comes behind the paragraph that holds it."""
    from docx.table import Table

    for child in parent:
        kind = _local(child)
        if kind == "p":
            yield from _paragraph(child, levels)
            for frame in child.iter(f"{_W}txbxContent"):
                if not any(_local(above) == "Fallback" for above in frame.iterancestors()):
                    yield from _blocks(frame, document, levels)
        elif kind == "tbl":
            rows = Table(child, document).rows
            yield table([["".join(_words(cell._tc)) for cell in row.cells] for row in rows if _kept(row._tr)])
        elif kind in _WRAPPERS:
            yield from _blocks(child, document, levels)


def _kept(row: Any) -> bool:
    """Whether no tracked change takes a row of a table out."""
    return row.find(f"{_W}trPr/{_W}del") is None


def _paragraph(element: Any, levels: dict[str, int]) -> Iterator[Block]:
    text = "".join(_words(element)).strip()
    style = element.find(f"{_W}pPr/{_W}pStyle")
    outline = element.find(f"{_W}pPr/{_W}outlineLvl")
    level = levels.get(style.get(f"{_W}val"), 0) if style is not None else 0
    if not level and outline is not None and int(outline.get(f"{_W}val")) < 9:
        level = int(outline.get(f"{_W}val")) + 1
    if not level and is_question(text) and _bold(element):
        level = BOLD
    if text and level != OUT:
        yield heading(text, level) if level else paragraph(text)


def _words(element: Any) -> Iterator[str]:
    """The text below an element; paragraphs in a cell and its inner tables part by lines."""
    for child in element:
        kind = _local(child)
        if kind == "t":
            yield child.text or ""
        elif kind in _BREAKS:
            yield _BREAKS[kind]
        elif kind not in _LEFT_OUT and not (kind == "r" and _is_on(child, "vanish")):
            yield from _words(child)
            if kind == "p":
                yield "\n"


def _bold(element: Any) -> bool:
    runs = [run for run in element.iter(f"{_W}r") if "".join(_words(run)).strip()]
    return bool(runs) and all(_is_on(run, "b") for run in runs)


def _is_on(run: Any, switch: str) -> bool:
    told = run.find(f"{_W}rPr/{_W}{switch}")
    return told is not None and told.get(f"{_W}val") not in _NO


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _level(style: Any) -> int:
    """The level of the headings of a style, 0 for paragraphs; a style based on a heading counts as one."""
    while style is not None:
        name = style.name or ""
        if name.lower() in _TITLES:
            return 1
        if _CONTENTS.fullmatch(name):
            return OUT
        if match := _STYLE.match(name):
            return max(1, int(match[1]))
        outline = style.element.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None and int(outline.get(f"{_W}val")) < 9:
            return int(outline.get(f"{_W}val")) + 1
        style = style.base_style
    return 0
