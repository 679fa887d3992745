"""What real files do: changes, frames, hidden parts, odd formats, damage inside."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import UnreadableFileError
from retrieval.ingest import office
from retrieval.ingest.read import read_file
from retrieval.ingest.xlsx import _number


def texts(path: Path) -> list[str]:
    return [row.page_content for row in read_file(path, path.name).chunks]


def book(path: Path, rows: list[list[Any]], change: Callable[[Any], None] = lambda sheet: None) -> Path:
    import openpyxl

    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    change(made.active)
    made.save(path)
    return path


def word(path: Path, body: str) -> Path:
    """A Word file with this XML for its body."""
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    made = docx.Document()
    held = parse_xml(f"<w:body {nsdecls('w')}>{body}</w:body>")
    for child in reversed(list(held)):
        made.element.body.insert(0, child)
    made.save(str(path))
    return path


def run(text: str, style: str = "") -> str:
    return f"<w:r><w:rPr>{style}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def test_tracked_changes_count_as_accepted_and_hidden_text_is_left_out(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('返利')}<w:del w:id='1' w:author='a'><w:r><w:delText>百分之五</w:delText></w:r></w:del>"
        f"<w:ins w:id='2' w:author='a'>{run('百分之三')}</w:ins>{run('内部', '<w:vanish/>')}{run('。')}</w:p>"
    )
    assert texts(word(tmp_path / "a.docx", body)) == ["返利百分之三。"]


def test_text_in_content_controls_is_read_and_tables_of_contents_are_not(tmp_path: Path) -> None:
    body = (
        f"<w:sdt><w:sdtContent><w:p>{run('控件里的正文。')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p><w:pPr><w:outlineLvl w:val='0'/></w:pPr>{run('第一章')}</w:p><w:p>{run('正文。')}</w:p>"
    )
    chunks = read_file(word(tmp_path / "a.docx", body), "a.docx").chunks
    assert [(row.metadata["heading"], row.page_content) for row in chunks] == [
        ("", "控件里的正文。"),
        ("第一章", "正文。"),
    ]


def test_a_bold_question_in_word_heads_its_answer(tmp_path: Path) -> None:
    body = f"<w:p>{run('能退货吗？', '<w:b/>')}</w:p><w:p>{run('七天内能。')}</w:p><w:p>{run('别急？')}</w:p>"
    (row,) = read_file(word(tmp_path / "a.docx", body), "a.docx").chunks
    assert (row.metadata["question"], row.page_content) == ("能退货吗？", "七天内能。\n别急？")


def test_a_frame_of_one_cell_in_word_is_text(tmp_path: Path) -> None:
    import docx

    made = docx.Document()
    made.add_table(rows=1, cols=1).cell(0, 0).text = "换油前请断电。"
    made.save(str(tmp_path / "a.docx"))
    assert texts(tmp_path / "a.docx") == ["换油前请断电。"]


def test_the_information_table_of_a_document_says_its_validity(tmp_path: Path) -> None:
    import docx

    made = docx.Document()
    grid = made.add_table(rows=3, cols=2)
    for at, text in enumerate(["版本", "V2.1", "生效日期", "2026年1月1日", "编制", "市场部"]):
        grid.cell(*divmod(at, 2)).text = text
    made.add_paragraph("返利百分之三。")
    made.save(str(tmp_path / "a.docx"))
    reading = read_file(tmp_path / "a.docx", "a.docx")
    assert (reading.version, str(reading.valid_from)) == ("V2.1", "2026-01-01")


def test_hidden_columns_and_errors_are_left_out_and_units_of_formats_kept(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.column_dimensions["B"].hidden = True
        sheet["C2"].number_format = '0"元"'

    file = book(tmp_path / "a.xlsx", [["型号", "成本", "价格", "备注"], ["G1", 3, 5.0, "#N/A"]], change)
    assert texts(file) == ["型号:G1;价格:5元"]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (15.0, "General", "15"),
        (0.06, "0%", "6%"),
        (0.065, "0%", "6.5%"),
        (1234.5, "#,##0.00", "1234.5"),
        (12, '"¥"#,##0', "¥12"),
        (12, "[$¥-804]#,##0.00", "¥12"),
        (0.85, '0.00"kg"', "0.85kg"),
        (0.1 + 0.2, "General", "0.3"),
        (1 / 3, "0.000", "0.333"),
        (2, "0.00_);(0.00)", "2"),
        (1500000, "0.00E+00", "1500000"),
        (-3.0, "0.0", "-3"),
    ],
)
def test_numbers_as_the_sheet_shows_them(value: float, form: str, shown: str) -> None:
    assert _number(value, form) == shown


def test_two_tables_in_one_sheet(tmp_path: Path) -> None:
    rows = [["型号", "价格"], ["G1", 5], [], ["G2", 6], [], ["配件", "重量", "单价"], ["垫片", 1, 2]]
    assert texts(book(tmp_path / "a.xlsx", rows)) == [
        "型号:G1;价格:5",
        "型号:G2;价格:6",
        "配件:垫片;重量:1;单价:2",
    ]


def test_a_validity_line_above_a_sheet(tmp_path: Path) -> None:
    rows = [
        ["报价单", None, None],
        ["有效期：2026-01-01 至 2026-06-30", None, None],
        ["型号", "价格", "库存"],
        ["G1", 5, 1],
    ]
    reading = read_file(book(tmp_path / "a.xlsx", rows), "a.xlsx")
    assert [str(reading.valid_from), str(reading.valid_until)] == ["2026-01-01", "2026-06-30"]


def test_hidden_slides_are_left_out_and_merged_cells_filled(tmp_path: Path) -> None:
    import pptx
    from pptx.util import Inches

    deck = pptx.Presentation()
    for title in ("公开", "内部"):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        grid = slide.shapes.add_table(3, 2, *[Inches(2)] * 4).table
        for at, text in enumerate(["地区", "运费", "江苏", "0 元", "", "5 元"]):
            grid.cell(*divmod(at, 2)).text = text
        grid.cell(1, 0).merge(grid.cell(2, 0))
    slide._element.set("show", "0")
    deck.save(str(tmp_path / "a.pptx"))
    found = read_file(tmp_path / "a.pptx", "a.pptx").chunks
    assert [(row.metadata["heading"], row.page_content) for row in found] == [
        ("公开", "地区:江苏;运费:0 元"),
        ("公开", "地区:江苏;运费:5 元"),
    ]


def damaged(source: Path, target: Path, victim: str, content: bytes) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        assert victim in old.namelist()
        for part in old.namelist():
            new.writestr(part, content if part == victim else old.read(part))
    return target


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, Path]:
    import pptx

    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "题"
    deck.save(str(tmp_path / "whole.pptx"))
    return {
        ".docx": word(tmp_path / "whole.docx", f"<w:p>{run('正文。')}</w:p>"),
        ".xlsx": book(tmp_path / "whole.xlsx", [["型号", "价格"], ["G1", 5]]),
        ".pptx": tmp_path / "whole.pptx",
    }


VICTIMS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}


@pytest.mark.parametrize("suffix", VICTIMS)
def test_damage_inside_an_archive_is_told(tmp_path: Path, whole: dict[str, Path], suffix: str) -> None:
    raw = whole[suffix].read_bytes()
    for content in (b"", b"<x", b"<x/>", b"\xff\xfe\x00"):
        target = damaged(whole[suffix], tmp_path / f"bad{suffix}", VICTIMS[suffix], content)
        with pytest.raises(UnreadableFileError, match=r"not a .*damaged|no text"):
            read_file(target, target.name)
    for part in range(1, 10):
        (tmp_path / f"cut{suffix}").write_bytes(raw[: len(raw) * part // 10])
        with pytest.raises(UnreadableFileError, match="damaged or locked"):
            read_file(tmp_path / f"cut{suffix}", f"cut{suffix}")


@pytest.mark.parametrize("suffix", VICTIMS)
def test_a_locked_file_and_one_of_another_kind_are_told(
    tmp_path: Path, whole: dict[str, Path], suffix: str
) -> None:
    locked = tmp_path / f"locked{suffix}"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises(UnreadableFileError, match="locked by a password"):
        read_file(locked, locked.name)
    for other in whole.keys() - {suffix}:
        wrong = tmp_path / f"wrong{suffix}"
        wrong.write_bytes(whole[other].read_bytes())
        with pytest.raises(UnreadableFileError, match="not a"):
            read_file(wrong, wrong.name)


def test_an_archive_that_swells_is_not_unpacked(
    tmp_path: Path, whole: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "LARGEST_WITHIN", 100)
    with pytest.raises(UnreadableFileError, match="unpacks to more than"):
        read_file(whole[".xlsx"], "whole.xlsx")
