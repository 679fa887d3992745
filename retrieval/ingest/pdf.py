"""PDF, through pdfplumber: lines put together to paragraphs, headings by the size of their letters, tables as tables.

Lines that stand at the head or foot of most pages are left out, paragraphs and tables go on over pages. A page without
text is read by OCR where that is installed.
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
from retrieval.ingest.blocks import BOLD, Block, heading, paragraph, table
from retrieval.ingest.image import ocr_lines
from retrieval.ingest.questions import is_question
from retrieval.ingest.rows import headings
from retrieval.ingest.text import paragraphs

_LOG = logging.getLogger(__name__)
_HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_RADICAL = re.compile(r"[\u2e80-\u2fdf]")
_RADICALS = dict(
    zip(
        "⺁⺊⺒⺓⺝⺠⺩⺫⺬⺶⺻⺼⻁⻂⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "厂卜巳幺月民王目示羊聿肉虎衣西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
"""Radicals that PDFs name in place of the character of the same shape, where Unicode knows no such equality."""
_ENDS = re.compile(r"[。.!?！？:：;；]$")
_ITEM = re.compile(r"^(?:[-•●·*]|\d{1,3}[.、)）]|[(（]?[一二三四五六七八九十]+[)）、.])\s*")
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+[章节条]|[一二三四五六七八九十]+[、.]|\d+(?:\.\d+)*[、.\s])\s*\S"
)
_NUMBERED_LEVEL = 6
_BOLD = re.compile(r"bold|black|heavy", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:[问答QA]|问题|答案)\s*\d*\s*[:：]", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_FOLIO = re.compile(
    r"[-–—·\s]*\d{1,4}(?:\s*/\s*\d+)?[-–—·\s]*|第\s*\d+\s*页(?:.*共\s*\d+\s*页)?|page \d+(?: of \d+)?",
    re.IGNORECASE,
)
LARGER = 1.15
"""How much larger than the usual letters a heading's are, at least."""
_LONGEST_HEADING = 60
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
    bold: bool


@dataclass(frozen=True)
class _Grid:
    """A table as it stands on one page, as wide in every row."""

    rows: tuple[tuple[str, ...], ...]
    page: int


@dataclass
class _Run:
    """Lines that make a heading (`level` from 1) or a paragraph (0)."""

    text: str
    level: int
    first: _Line
    last: _Line

    def block(self) -> Block:
        """The lines as a block, of the page where they begin."""
        if self.level:
            return heading(self.text, self.level, self.first.page)
        return paragraph(self.text, self.first.page)


_Item = _Line | _Grid | Block


def read_pdf(path: Path, name: str) -> list[Block]:
    """The blocks page by page. Raises UnreadableFileError for a broken or locked file, or one of pictures alone."""
    pages = _pages(path, name)
    running = _running(pages)
    usual = median([line.size for page in pages for line in page if isinstance(line, _Line)] or [0.0])
    items = [item for page in pages for item in page if not _is_running(item, running)]
    return list(_blocks(items, _heading_sizes(pages, usual)))


def _pages(path: Path, name: str) -> list[list[_Item]]:
    import struct
    import zlib

    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(path) as pdf:
            return _read(pdf, name)
    except (
        PdfminerException,
        MalformedPDFException,
        PDFException,
        PSException,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        AssertionError,
        RecursionError,
        OverflowError,
        EOFError,
        struct.error,
        zlib.error,
    ) as error:
        causes = (error, *error.args)
        locked = any(isinstance(cause, PDFPasswordIncorrect) for cause in causes)
        raise UnreadableFileError(name, "the PDF is locked" if locked else "not a PDF, or damaged") from error


def _read(pdf: Any, name: str) -> list[list[_Item]]:
    """What stands on each page. Raises UnreadableFileError where most pages are pictures and there is no OCR."""
    pages: list[list[_Item]] = []
    pictures: list[int] = []
    for page in pdf.pages:
        pages.append(_page(page))
        if not pages[-1] and page.images:
            pictures.append(len(pages) - 1)
        page.close()
    for at in pictures:
        try:
            picture = pdf.pages[at].to_image(resolution=200).original
            pages[at] = list(paragraphs("\n".join(ocr_lines(picture, name)), at + 1))
        except UnreadableFileError:
            if 2 * len(pictures) >= len(pages):
                raise
            _LOG.warning("%s: page %d is a picture, left out for want of OCR", name, at + 1)
    return pages


def _page(page: Any) -> list[_Item]:
    """Lines and tables of a page, from the top down."""
    tables = page.find_tables()
    outside = page
    for found in tables:
        outside = outside.outside_bbox(found.bbox, strict=False)
    items: list[tuple[float, _Item]] = [
        (line["top"], _line(line, page)) for line in outside.extract_text_lines(strip=True)
    ]
    for found in tables:
        rows = [[_unspaced(" ".join((cell or "").split())) for cell in row] for row in found.extract()]
        width = max(map(len, rows), default=0)
        square = tuple(tuple(row + [""] * (width - len(row))) for row in rows)
        if square:
            items.append((found.bbox[1], _Grid(square, page.page_number)))
    return [item for _, item in sorted(items, key=lambda pair: pair[0])]


def _line(line: dict[str, Any], page: Any) -> _Line:
    sizes = Counter(round(char["size"], 1) for char in line["chars"])
    top, bottom = line["top"], line["bottom"]
    at_edge = top < _EDGE * page.height or bottom > (1 - _EDGE) * page.height
    bold = all(_BOLD.search(char["fontname"]) for char in line["chars"] if char["text"].strip())
    size = sizes.most_common(1)[0][0]
    return _Line(_unspaced(line["text"]), size, top, bottom, page.page_number, at_edge, bold)


def _unspaced(text: str) -> str:
    """Without the gaps that justified setting leaves between Chinese characters, radicals as the characters they are."""
    plain = _RADICAL.sub(lambda one: _RADICALS.get(one[0], unicodedata.normalize("NFKC", one[0])), text)
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", plain)


def _running(pages: Sequence[Sequence[_Item]]) -> set[str]:
    """Lines at the edges of most pages, their numbers aside."""
    if len(pages) < 3:
        return set()
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page if isinstance(line, _Line) and line.at_edge]
        seen.update({_NUMBERS.sub("#", line.text) for line in lines})
    return {text for text, count in seen.items() if count >= _OFTEN * len(pages)}


def _heading_sizes(pages: Sequence[Sequence[_Item]], usual: float) -> list[float]:
    """Sizes of letters that headings are set in, the largest first."""
    sizes = {line.size for page in pages for line in page if isinstance(line, _Line)}
    return sorted((size for size in sizes if usual and size >= LARGER * usual), reverse=True)


def _is_running(item: _Item, running: set[str]) -> bool:
    """Whether a line is the number of its page or stands on most pages alike."""
    if not isinstance(item, _Line):
        return False
    return _NUMBERS.sub("#", item.text) in running or (
        item.at_edge and _FOLIO.fullmatch(item.text) is not None
    )


def _blocks(items: Sequence[_Item], sizes: Sequence[float]) -> Iterator[Block]:
    """Headings, tables, and paragraphs put together of lines."""
    run: _Run | None = None
    before: _Grid | None = None
    for item in items:
        if isinstance(item, _Line):
            level = _level(item, sizes)
            if run and level == run.level and not _parts(run.last, item, level):
                run.text, run.last = _added(run.text, item.text), item
                continue
        if run:
            yield run.block()
        run = _Run(item.text, level, item, item) if isinstance(item, _Line) else None
        grid = item if isinstance(item, _Grid) else None
        if grid:
            grid = _continued(before, grid)
            yield table([list(row) for row in grid.rows], grid.page)
        elif isinstance(item, Block):
            yield item
        before = grid
    if run:
        yield run.block()


def _level(line: _Line, sizes: Sequence[float]) -> int:
    """The level of a heading: by its size, or a bold line that is numbered or asks; 0 for other lines."""
    if len(line.text) > _LONGEST_HEADING:
        return 0
    if line.size in sizes:
        return min(sizes.index(line.size) + 1, _NUMBERED_LEVEL)
    if line.bold and _NUMBERED.match(line.text) and not _ENDS.search(line.text):
        return _NUMBERED_LEVEL
    return BOLD if line.bold and is_question(line.text) else 0


def _continued(before: _Grid | None, grid: _Grid) -> _Grid:
    """A table, with the headings of the one on the page before where it goes on with that."""
    if before is None or before.page + 1 != grid.page or len(before.rows[0]) != len(grid.rows[0]):
        return grid
    head = tuple(headings(before.rows))
    if not head or grid.rows[: len(head)] == head:
        return grid
    return _Grid((*head, *grid.rows), grid.page)


def _parts(last: _Line, line: _Line, level: int) -> bool:
    """Whether a new paragraph begins: a gap, a mark of a list, or the line before ended short with its sentence."""
    if _ITEM.match(line.text) or _ANSWER.match(line.text):
        return True
    ended = bool(_ENDS.search(last.text))
    if line.page != last.page:
        return ended or bool(level)
    return line.top - last.bottom > 0.8 * line.size or (ended and len(last.text) < 0.8 * len(line.text))


def _added(text: str, line: str) -> str:
    if not text:
        return line
    if text.endswith("-") and line[:1].islower():
        return text[:-1] + line
    if _HAN.match(text[-1]) or _HAN.match(line[0]):
        return text + line
    return f"{text} {line}"
