"""Each format, made here by the library of its trade, comes out as headings, passages, questions and rows."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document

from retrieval.ingest.read import read_file

FONTS = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True, check=False).stdout
CJK = FONTS.split(":")[0].strip()


def chunks(path: Path) -> list[Document]:
    return list(read_file(path, path.name).chunks)


def told(documents: list[Document], *keys: str) -> list[tuple[Any, ...]]:
    """Text and metadata of each chunk."""
    return [(row.page_content, *(row.metadata[key] for key in keys)) for row in documents]


def test_markdown(tmp_path: Path) -> None:
    file = tmp_path / "guide.md"
    file.write_text(
        "# 手册\n\n## 保养\n\n减速机每 8000 小时**换油**。\n\n- 一\n- 二\n\n## 多久换油？\n\n八千小时。\n\n"
        "| 型号 | 重量 |\n|---|---|\n| G1 | 0.85kg |\n",
        encoding="utf-8",
    )
    assert told(chunks(file), "heading", "kind", "question") == [
        ("减速机每 8000 小时换油。\n一\n二", "手册 > 保养", "text", None),
        ("八千小时。", "手册 > 多久换油？", "qa", "多久换油？"),
        ("型号:G1;重量:0.85kg", "手册 > 多久换油？", "row", None),
    ]


def test_plain_text_in_the_encodings_of_an_office(tmp_path: Path) -> None:
    text = "问：夹爪能单独买吗\n答：能，单独下单。\n\n仓库在苏州。"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        file = tmp_path / f"{encoding}.txt"
        file.write_bytes(text.encode(encoding))
        assert told(chunks(file), "question") == [
            ("能，单独下单。", "夹爪能单独买吗"),
            ("仓库在苏州。", None),
        ]


def test_html_without_menus_and_scripts(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(
        "<html><head><title>物流</title><script>var x</script></head><body><nav>首页</nav><main><h2>发货</h2>"
        "<p>标准件 <b>3 天</b>内发货。</p><ul><li>偏远地区加 2 天</li></ul>"
        "<table><tr><th>地区</th><th>运费</th></tr><tr><td rowspan=2>江苏</td><td>0 元</td></tr><tr><td>5 元</td></tr></table>"
        "</main><footer>版权</footer></body></html>",
        encoding="utf-8",
    )
    assert told(chunks(file), "heading") == [
        ("标准件 3 天内发货。\n偏远地区加 2 天", "物流 > 发货"),
        ("地区:江苏;运费:0 元", "物流 > 发货"),
        ("地区:江苏;运费:5 元", "物流 > 发货"),
    ]


def test_word(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_heading("售后手册", 0)
    document.add_heading("保养", 2)
    document.add_paragraph("减速机每 8000 小时换油。")
    table = document.add_table(rows=2, cols=2)
    for at, text in enumerate(["产品", "油脂", "R1", "A1"]):
        table.cell(*divmod(at, 2)).text = text
    document.add_paragraph("换油后请登记。")
    document.save(str(tmp_path / "a.docx"))
    assert told(chunks(tmp_path / "a.docx"), "heading", "kind") == [
        ("减速机每 8000 小时换油。", "售后手册 > 保养", "text"),
        ("产品:R1;油脂:A1", "售后手册 > 保养", "row"),
        ("换油后请登记。", "售后手册 > 保养", "text"),
    ]


def test_slides(tmp_path: Path) -> None:
    import pptx

    deck = pptx.Presentation()
    for title, body in (("新品", "最快节拍 0.4 秒"), ("服务", "七天到场")):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    slide.notes_slide.notes_text_frame.text = "讲慢一点"
    deck.save(str(tmp_path / "a.pptx"))
    assert told(chunks(tmp_path / "a.pptx"), "heading", "page") == [
        ("最快节拍 0.4 秒", "新品", 1),
        ("七天到场\n讲慢一点", "服务", 2),
    ]


def test_a_workbook_as_it_shows_itself(tmp_path: Path) -> None:
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "夹爪"
    sheet.append(["夹爪选型表"])
    sheet.merge_cells("A1:D1")
    sheet.append(["系列", "型号", "折扣", "上市"])
    sheet.append(["G", "G1", 0.06, datetime.datetime(2026, 3, 1)])
    sheet.append([None, "G2", 15.0, None])
    sheet.merge_cells("A3:A4")
    sheet["C3"].number_format = "0%"
    sheet.append(["X", "藏", 1, None])
    sheet.row_dimensions[5].hidden = True
    hidden = book.create_sheet("内部")
    hidden.append(["成本", "1"])
    hidden.sheet_state = "hidden"
    across = book.create_sheet("对比")
    for row in (["参数", "甲型", "乙型"], ["负载", "6kg", "20kg"], ["臂展", "920mm", "1720mm"]):
        across.append(row)
    book.save(tmp_path / "a.xlsx")
    assert told(chunks(tmp_path / "a.xlsx"), "page") == [
        ("型号:G1;系列:G;折扣:6%;上市:2026-03-01", "夹爪"),
        ("型号:G2;系列:G;折扣:15", "夹爪"),
        ("参数:甲型;负载:6kg;臂展:920mm", "对比"),
        ("参数:乙型;负载:20kg;臂展:1720mm", "对比"),
    ]


def test_csv_of_questions_and_of_rows(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_bytes('问题,答案\n夹爪能买吗,"能,单独下单"\n'.encode("gb18030"))
    assert told(chunks(tmp_path / "faq.csv"), "kind", "question") == [("能,单独下单", "qa", "夹爪能买吗")]
    (tmp_path / "rows.csv").write_text("name;weight\nG1;0.85 kg\nG2;1.2 kg\n")
    assert [row.metadata["cells"] for row in chunks(tmp_path / "rows.csv")] == [
        [["G1", "name", "G1"], ["G1", "weight", "0.85 kg"]],
        [["G2", "name", "G2"], ["G2", "weight", "1.2 kg"]],
    ]


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pages with a running title, headings by size, a paragraph over several lines and a table."""
    pytest.importorskip("matplotlib")
    if not CJK:
        pytest.skip("no Chinese font")
    from matplotlib import font_manager
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    font = font_manager.FontProperties(fname=CJK)
    file = tmp_path_factory.mktemp("pdf") / "a.pdf"
    with PdfPages(file) as pages:
        for number in range(1, 4):
            figure = Figure(figsize=(6, 8))
            lines = [
                (0.97, 8, f"测试公司 第 {number} 页"),
                (0.90, 20, f"第{'一二三'[number - 1]}章"),
                (0.84, 11, "本章说明机器人的日常保养,减速机"),
                (0.82, 11, f"每隔{number}千小时换油一次。"),
                (0.70, 11, "换油之后请在系统里登记。"),
            ]
            for top, size, text in lines:
                figure.text(0.1, top, text, fontproperties=font, fontsize=size)
            pages.savefig(figure)
    return file


def test_pdf(pdf: Path) -> None:
    for number, (text, above, page) in enumerate(told(chunks(pdf), "heading", "page"), 1):
        assert (
            text == f"本章说明机器人的日常保养,减速机每隔{number}千小时换油一次。\n换油之后请在系统里登记。"
        )
        assert (above, page) == (f"第{'一二三'[number - 1]}章", number)
    assert number == 3


def test_a_picture_of_a_product_sheet(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    if not CJK:
        pytest.skip("no Chinese font")
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (900, 300), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(CJK, 40)
    for top, text in ((30, "协作机器人"), (120, "额定负载 5kg")):
        pen.text((30, top), text, font=font, fill="black")
    picture.save(tmp_path / "sheet.png")
    (row,) = chunks(tmp_path / "sheet.png")
    assert row.page_content.replace(" ", "") == "协作机器人\n额定负载5kg"
