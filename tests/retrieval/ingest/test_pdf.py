"""PDF pages put together: paragraphs and tables over pages, headings over lines, locked and scanned files."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core.errors import UnreadableFileError
from retrieval.ingest import pdf as pdf_module
from retrieval.ingest.read import read_file

FONTS = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True, check=False).stdout
CJK = FONTS.split(":")[0].strip()
Text = tuple[float, float, int, str]
Page = tuple[Sequence[Text], Sequence[Sequence[str]]]
BODY = 10
ROW = 0.05


def printed(file: Path, pages: Sequence[Page], picture: int | None = None) -> Path:
    """A PDF whose pages have texts (left, top, size, words) and a ruled table at the middle; one may be a picture."""
    pytest.importorskip("matplotlib")
    if not CJK:
        pytest.skip("no Chinese font")
    import numpy as np
    from matplotlib import font_manager
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    font = font_manager.FontProperties(fname=CJK)
    with PdfPages(file) as out:
        for number, (texts, rows) in enumerate(pages):
            figure = Figure(figsize=(6, 8))
            if number == picture:
                figure.figimage(np.full((200, 300), 0.5), 50, 50, vmin=0, vmax=1)
            for left, top, size, words in texts:
                figure.text(left, top, words, fontproperties=font, fontsize=size)
            ruled(figure, rows, font)
            out.savefig(figure)
    return file


def ruled(figure: Any, rows: Sequence[Sequence[str]], font: Any) -> None:
    from matplotlib.lines import Line2D

    if not rows:
        return
    width, top = len(rows[0]), 0.6
    bottom, right = top - ROW * len(rows), 0.1 + 0.2 * width
    for at in range(len(rows) + 1):
        figure.add_artist(Line2D([0.1, right], [top - ROW * at] * 2, color="black", linewidth=1))
    for at in range(width + 1):
        figure.add_artist(Line2D([0.1 + 0.2 * at] * 2, [bottom, top], color="black", linewidth=1))
    for at, row in enumerate(rows):
        for place, words in enumerate(row):
            figure.text(0.12 + 0.2 * place, top - ROW * (at + 0.7), words, fontproperties=font, fontsize=BODY)


def told(file: Path, *keys: str) -> list[tuple[Any, ...]]:
    return [
        (row.page_content, *(row.metadata[key] for key in keys)) for row in read_file(file, file.name).chunks
    ]


def test_a_table_goes_on_over_the_page_with_its_headings(tmp_path: Path) -> None:
    head, more = ["型号", "负载", "价格"], [["R6", "6kg", "5元"], ["R7", "7kg", "6元"]]
    pages = [
        ([], [head, *more]),
        ([], [["R8", "8kg", "7元"], ["R9", "9kg", "8元"]]),
        ([], [head, ["X1", "1kg", "9元"]]),
    ]
    assert told(printed(tmp_path / "a.pdf", pages), "page") == [
        ("型号:R6;负载:6kg;价格:5元", 1),
        ("型号:R7;负载:7kg;价格:6元", 1),
        ("型号:R8;负载:8kg;价格:7元", 2),
        ("型号:R9;负载:9kg;价格:8元", 2),
        ("型号:X1;负载:1kg;价格:9元", 3),
    ]


def test_a_table_behind_text_is_another_table(tmp_path: Path) -> None:
    first = [["型号", "负载", "价格"], ["R6", "6kg", "5元"]]
    second = [["配件", "重量", "单价"], ["垫片", "1g", "2元"]]
    pages = [([], first), ([(0.1, 0.8, BODY, "下面是配件。")], second)]
    assert [text for (text,) in told(printed(tmp_path / "a.pdf", pages))] == [
        "型号:R6;负载:6kg;价格:5元",
        "下面是配件。",
        "配件:垫片;重量:1g;单价:2元",
    ]


def test_a_sentence_goes_on_over_the_page_and_folios_are_left_out(tmp_path: Path) -> None:
    pages = [
        ([(0.1, 0.12, BODY, "减速机每隔八"), (0.5, 0.03, 8, "- 1 -")], []),
        ([(0.1, 0.88, BODY, "千小时换油一次。"), (0.5, 0.03, 8, "- 2 -")], []),
    ]
    assert told(printed(tmp_path / "a.pdf", pages), "page") == [("减速机每隔八千小时换油一次。", 1)]


def test_a_heading_over_two_lines_is_one(tmp_path: Path) -> None:
    texts = [
        (0.1, 0.80, 20, "协作机器人的"),
        (0.1, 0.765, 20, "日常保养"),
        *((0.1, 0.6 - 0.1 * at, BODY, f"第{'一二三'[at]}段说明。") for at in range(3)),
    ]
    (row,) = told(printed(tmp_path / "a.pdf", [(texts, [])]), "heading")
    assert row == ("第一段说明。\n第二段说明。\n第三段说明。", "协作机器人的日常保养")


def test_english_words_broken_at_a_line_are_mended(tmp_path: Path) -> None:
    texts = [(0.1, 0.8, BODY, "The gripper needs regular main-"), (0.1, 0.78, BODY, "tenance every year.")]
    assert told(printed(tmp_path / "a.pdf", [(texts, [])])) == [
        ("The gripper needs regular maintenance every year.",)
    ]


def without_ocr(picture: Any, name: str) -> list[str]:
    raise UnreadableFileError(name, "a picture; to read it: pip install 'talktrack[ocr]'")


def test_a_scan_asks_for_ocr_and_a_picture_among_pages_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pdf_module, "ocr_lines", without_ocr)
    text: Page = ([(0.1, 0.8, BODY, "正文在此。")], [])
    file = printed(tmp_path / "a.pdf", [([], []), text, text], picture=0)
    assert told(file, "page")[0] == ("正文在此。\n正文在此。", 2)
    assert "page 1 is a picture" in caplog.text
    with pytest.raises(UnreadableFileError, match="talktrack\\[ocr\\]"):
        told(printed(tmp_path / "b.pdf", [([], [])], picture=0))


def test_a_scanned_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "ocr_lines", lambda picture, name: ["图中的字", f"{picture.width > 300}"])
    file = printed(tmp_path / "a.pdf", [([(0.1, 0.8, BODY, "正文在此。")], []), ([], [])], picture=1)
    assert told(file)[-1] == ("正文在此。\n图中的字\nTrue",)


def test_a_locked_pdf_is_told(tmp_path: Path) -> None:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O(" + b"a" * 32 + b")/U(" + b"b" * 32 + b")>>",
    ]
    raw, places = b"%PDF-1.4\n", []
    for number, held in enumerate(objects, 1):
        places.append(len(raw))
        raw += b"%d 0 obj%s\nendobj\n" % (number, held)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[(x)(x)]>>\nstartxref\n%d\n%%%%EOF" % len(raw)
    (tmp_path / "a.pdf").write_bytes(raw + b"xref\n0 4\n0000000000 65535 f \n" + table + trailer)
    with pytest.raises(UnreadableFileError, match="locked"):
        read_file(tmp_path / "a.pdf", "a.pdf")


def test_a_pdf_cut_anywhere_is_read_or_told(tmp_path: Path) -> None:
    raw = printed(tmp_path / "a.pdf", [([(0.1, 0.8, BODY, "正文在此。")], [])]).read_bytes()
    reasons = []
    for part in range(1, 20):
        (tmp_path / "b.pdf").write_bytes(raw[: len(raw) * part // 20])
        try:
            read_file(tmp_path / "b.pdf", "b.pdf")
        except UnreadableFileError as error:
            reasons.append(str(error))
    assert len(reasons) > 10
    assert all("\n" not in reason for reason in reasons)


def test_radicals_come_as_the_characters_of_their_shape() -> None:
    assert pdf_module._unspaced("常⻅问题 ⻋⻔ ⼀⾏") == "常见问题车门一行"


@pytest.mark.parametrize(
    ("words", "size", "bold", "level"),
    [
        ("协作机器人", 20.0, False, 1),
        ("一、适用范围", 10.0, True, 6),
        ("一、适用范围", 10.0, False, 0),
        ("一、适用范围包括下列客户。", 10.0, True, 0),
        ("多久换油？", 10.0, True, 7),
        ("注意", 10.0, True, 0),
        ("很长" * 40, 20.0, True, 0),
    ],
)
def test_what_heads_a_section(words: str, size: float, bold: bool, level: int) -> None:
    line = pdf_module._Line(words, size, 100.0, 110.0, 1, False, bold)
    assert pdf_module._level(line, [20.0]) == level
