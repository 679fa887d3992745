"""Word documents, through python-docx: headings by style or outline, paragraphs, tables, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, heading, paragraph, table

_STYLE = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_TITLES = frozenset({"title", "标题"})


def read_docx(path: Path, name: str) -> list[Block]:
    """The blocks of the document's body. Raises UnreadableFileError for a broken or locked file."""
    import zipfile

    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
        return [block for block in _blocks(document) if block.text or block.rows]
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UnreadableFileError(name, "not a Word document (.docx), or damaged or locked") from error


def _blocks(document: Any) -> Iterator[Block]:
    from docx.table import Table

    for item in document.iter_inner_content():
        if isinstance(item, Table):
            yield table([[cell.text for cell in row.cells] for row in item.rows])
        elif item.text.strip():
            level = _level(item)
            yield heading(item.text, level) if level else paragraph(item.text)


def _level(item: Any) -> int:
    """The level of a heading, 0 for a paragraph; a style based on a heading counts as one."""
    style = item.style
    while style is not None:
        name = style.name or ""
        if name.lower() in _TITLES:
            return 1
        if match := _STYLE.match(name):
            return int(match[1])
        style = style.base_style
    outline = item._p.xpath("./w:pPr/w:outlineLvl/@w:val")
    return int(outline[0]) + 1 if outline and int(outline[0]) < 9 else 0
