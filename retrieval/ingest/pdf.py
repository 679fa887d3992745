"""PDF, through pdfplumber: lines put together to paragraphs, headings by the size of their letters, tables as tables.

Lines that stand at the head or foot of most pages are left out. A page without text is read by OCR where that is
installed.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, heading, paragraph, table
from retrieval.ingest.image import ocr_lines
from retrieval.ingest.text import paragraphs

_HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_RADICAL = re.compile(r"[\u2e80-\u2fdf]")
_ENDS = re.compile(r"[。.!?！？:：;；]$")
_ITEM = re.compile(r"^(?:[-•●·*]|\d{1,3}[.、)）]|[(（]?[一二三四五六七八九十]+[)）、.])\s*")
_NUMBERS = re.compile(r"\d+")
LARGER = 1.15
"""How much larger than the usual letters a heading's are, at least."""
_EDGE = 0.1
"""Share of a page's height at its head and foot where a running title may stand."""
_OFTEN = 0.6


@dataclass(frozen=True)
class _Line:
    text: str
    size: float
    top: float
    bottom: float
    page: int
    at_edge: bool


def read_pdf(path: Path, name: str) -> list[Block]:
    """The blocks page by page. Raises UnreadableFileError for a broken or locked file, or one of pictures alone."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(path) as pdf:
            pages = [_page(page, name) for page in pdf.pages]
    except (
        PdfminerException,
        PDFPasswordIncorrect,
        ValueError,
        KeyError,
        TypeError,
        AssertionError,
    ) as error:
        cause = error.args[0] if error.args else error
        locked = isinstance(error, PDFPasswordIncorrect) or isinstance(cause, PDFPasswordIncorrect)
        raise UnreadableFileError(name, "the PDF is locked" if locked else "not a PDF, or damaged") from error
    running = _running(pages)
    usual = median([line.size for page in pages for line in page if isinstance(line, _Line)] or [0.0])
    sizes = _heading_sizes(pages, usual)
    return [block for page in pages for block in _joined(page, running, sizes)]


def _page(page: Any, name: str) -> list[_Line | Block]:
    """Lines and tables of a page, from the top down."""
    tables = page.find_tables()
    outside = page
    for found in tables:
        outside = outside.outside_bbox(found.bbox, strict=False)
    lines: list[tuple[float, _Line | Block]] = [
        (line["top"], _line(line, page)) for line in outside.extract_text_lines(strip=True)
    ]
    for found in tables:
        rows = [[_unspaced(cell or "") for cell in row] for row in found.extract()]
        lines.append((found.bbox[1], table(rows, page.page_number)))
    if not lines and page.images:
        text = "\n".join(ocr_lines(page.to_image(resolution=200).original, name))
        return list(paragraphs(text))
    return [line for _, line in sorted(lines, key=lambda pair: pair[0])]


def _line(line: dict[str, Any], page: Any) -> _Line:
    sizes = Counter(round(char["size"], 1) for char in line["chars"])
    top, bottom = line["top"], line["bottom"]
    at_edge = top < _EDGE * page.height or bottom > (1 - _EDGE) * page.height
    return _Line(_unspaced(line["text"]), sizes.most_common(1)[0][0], top, bottom, page.page_number, at_edge)


def _unspaced(text: str) -> str:
    """Without the gaps that justified setting leaves between Chinese characters, radicals as the characters they are."""
    plain = _RADICAL.sub(lambda one: unicodedata.normalize("NFKC", one.group()), text)
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", plain)


def _running(pages: Sequence[Sequence[_Line | Block]]) -> set[str]:
    """Lines at the edges of most pages, their numbers aside."""
    if len(pages) < 3:
        return set()
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page if isinstance(line, _Line) and line.at_edge]
        seen.update({_NUMBERS.sub("#", line.text) for line in lines})
    return {text for text, count in seen.items() if count >= _OFTEN * len(pages)}


def _heading_sizes(pages: Sequence[Sequence[_Line | Block]], usual: float) -> list[float]:
    """Sizes of letters that headings are set in, the largest first."""
    sizes = {line.size for page in pages for line in page if isinstance(line, _Line)}
    return sorted((size for size in sizes if usual and size >= LARGER * usual), reverse=True)


def _joined(page: Sequence[_Line | Block], running: set[str], sizes: Sequence[float]) -> Iterator[Block]:
    """Headings, tables, and paragraphs put together of lines."""
    text, last = "", None
    for line in page:
        if isinstance(line, _Line):
            if _NUMBERS.sub("#", line.text) in running:
                continue
            large = line.size in sizes and len(line.text) <= 60
            if text and (large or _parts(last, line)):
                yield paragraph(text, last.page if last else None)
                text = ""
            if large:
                yield heading(line.text, sizes.index(line.size) + 1, line.page)
                last = None
                continue
            text, last = _added(text, line.text), line
        else:
            if text:
                yield paragraph(text, line.page)
                text = ""
            yield line
    if text:
        yield paragraph(text, last.page if last else None)


def _parts(last: _Line | None, line: _Line) -> bool:
    """Whether a new paragraph begins: a gap, a mark of a list, or the line before ended short with its sentence."""
    if last is None:
        return True
    gap = line.top - last.bottom
    return (
        gap > 0.8 * line.size
        or bool(_ITEM.match(line.text))
        or (bool(_ENDS.search(last.text)) and len(last.text) < 0.8 * len(line.text))
    )


def _added(text: str, line: str) -> str:
    if not text:
        return line
    if text.endswith("-") and line[:1].islower():
        return text[:-1] + line
    if _HAN.match(text[-1]) or _HAN.match(line[0]):
        return text + line
    return f"{text} {line}"
