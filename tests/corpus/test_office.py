"""Word, Excel, PowerPoint, RTF, OpenDocument: files that their own libraries wrote, and what is read of them."""

import io
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.comments import Comment
from pptx import Presentation
from pptx.util import Inches

from partyqa.corpus.readers import ReadFile, read_file
from partyqa.corpus.readers.office.figures import shown
from partyqa.corpus.readers.office.numbering import written_number
from partyqa.corpus.readers.office.programs import run
from partyqa.errors import CorpusError

LEAD = "Kết quả phát triển đảng viên ở các xã như sau:"


def saved(thing: object) -> bytes:
    stream = io.BytesIO()
    thing.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def placed(found: ReadFile) -> list[tuple[str, tuple[str, ...]]]:
    """The lines of the only article, each with its path."""
    (one,) = found.articles
    lines, at = [], 0
    for line in one.text.split("\n"):
        section = one.section_at(at)
        lines.append((line, section.path if section else ()))
        at += len(line) + 1
    return lines


def lines(found: ReadFile) -> list[str]:
    return [line for line, _ in placed(found)]


def left_out(found: ReadFile) -> list[tuple[str, str]]:
    return [(it.text, it.why) for it in found.dropped]


def with_parts(data: bytes, parts: dict[str, str], links: str = "") -> bytes:
    """A package with more parts, and with more in the links of its main part."""
    before, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name in before.namelist():
            content = before.read(name)
            if name == "word/_rels/document.xml.rels":
                content = content.replace(b"</Relationships>", f"{links}</Relationships>".encode())
            made.writestr(name, content)
        for name, part in parts.items():
            made.writestr(name, part)
    return stream.getvalue()


# Word


def table_of(document: object, rows: list[list[str]]) -> object:
    table = document.add_table(len(rows), len(rows[0]))  # type: ignore[attr-defined]
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    return table


def test_a_table_stands_in_its_place_with_heads_caption_and_unit() -> None:
    document = Document()
    document.add_paragraph("Đảng bộ huyện có 21 xã.")
    document.add_paragraph("Bảng 2. Đảng viên các xã")
    document.add_paragraph("(ĐVT: người)")
    table = table_of(
        document,
        [
            ["Xã", "Năm 2019", "", ""],
            ["", "Tổng số", "Nữ", "Ghi chú"],
            ["Mường Và", "214", "61", ""],
            ["Nậm Lạnh", "187", "40", ""],
        ],
    )
    table.cell(0, 1).merge(table.cell(0, 3))  # type: ignore[attr-defined]
    table.cell(0, 0).merge(table.cell(1, 0))  # type: ignore[attr-defined]
    document.add_paragraph("Các xã khác chưa báo cáo.")
    found = read_file(saved(document), Path("a.docx"))
    where = ("Bảng 2. Đảng viên các xã (ĐVT: người)",)
    assert placed(found) == [
        ("Đảng bộ huyện có 21 xã.", ()),
        ("Bảng 2. Đảng viên các xã", ()),
        ("(ĐVT: người)", ()),
        ("Xã: Mường Và; Năm 2019, Tổng số: 214; Năm 2019, Nữ: 61", where),
        ("Xã: Nậm Lạnh; Năm 2019, Tổng số: 187; Năm 2019, Nữ: 40", where),
        ("Các xã khác chưa báo cáo.", ()),
    ]
    assert left_out(found) == [("Năm 2019, Ghi chú", "table")]


def test_a_table_in_a_table_says_in_whose_row_it_is() -> None:
    document = Document()
    table = table_of(
        document, [["Xã", "Số hộ", "Chi tiết"], ["Mường Và", "214", ""], ["Nậm Lạnh", "187", ""]]
    )
    inner = table.cell(2, 2).add_table(3, 2)  # type: ignore[attr-defined]
    for row, cells in zip(inner.rows, [["Bản", "Số hộ"], ["Púng", "90"], ["Lạnh", "97"]], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    assert placed(read_file(saved(document), Path("a.docx"))) == [
        ("Xã: Mường Và; Số hộ: 214", ()),
        ("Xã: Nậm Lạnh; Số hộ: 187", ()),
        ("Bản: Púng; Số hộ: 90", ("Nậm Lạnh",)),
        ("Bản: Lạnh; Số hộ: 97", ("Nậm Lạnh",)),
    ]


def test_a_letterhead_and_signatures_are_no_table() -> None:
    document = Document()
    table_of(document, [["ĐẢNG BỘ TỈNH\nHUYỆN ỦY", "ĐẢNG CỘNG SẢN VIỆT NAM"]])
    document.add_paragraph("Điều 1. Khen thưởng 12 chi bộ.")
    table_of(document, [["Nơi nhận:\n- Như trên", "BÍ THƯ"]])
    assert lines(read_file(saved(document), Path("a.docx"))) == [
        "ĐẢNG BỘ TỈNH", "HUYỆN ỦY", "ĐẢNG CỘNG SẢN VIỆT NAM", "Điều 1. Khen thưởng 12 chi bộ.",
        "Nơi nhận:", "- Như trên", "BÍ THƯ",
    ]  # fmt: skip


def paragraph(document: object, inner: str) -> None:
    body = document.element.body  # type: ignore[attr-defined]
    body.insert(len(body) - 1, parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"))


def run_of(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_tracked_changes_are_read_as_accepted() -> None:
    document = Document()
    gone = '<w:del w:id="1" w:author="a"><w:r><w:delText xml:space="preserve">154 </w:delText></w:r></w:del>'
    come = f'<w:ins w:id="2" w:author="a">{run_of("161 ")}</w:ins>'
    paragraph(document, f"{run_of('Kết nạp ')}{gone}{come}{run_of('đảng viên')}")
    paragraph(document, f'<w:pPr><w:rPr><w:del w:id="3" w:author="a"/></w:rPr></w:pPr>{run_of("Câu đầu ")}')
    paragraph(document, run_of("nối với câu sau."))
    paragraph(document, f"{run_of('Chỗ này thấy')}{run_of('chỗ này ẩn', '<w:vanish/>')}{run_of('.')}")
    found = read_file(saved(document), Path("a.docx"))
    assert lines(found) == ["Kết nạp 161 đảng viên", "Câu đầu nối với câu sau.", "Chỗ này thấy."]
    assert left_out(found) == [("154", "deleted"), ("chỗ này ẩn", "hidden")]


def test_signs_that_are_elements_come_as_letters() -> None:
    document = Document()
    texts = [
        "đảng",
        "<w:softHyphen/>",
        " viên 24",
        "<w:noBreakHyphen/>",
        "NQ",
        "<w:tab/>",
        "và",
        "<w:br/>",
        "dòng sau",
    ]
    paragraph(document, "".join(f"<w:r>{it}</w:r>" if it[0] == "<" else run_of(it) for it in texts))
    assert lines(read_file(saved(document), Path("a.docx"))) == ["đảng viên 24-NQ và", "dòng sau"]


def test_text_boxes_notes_heads_and_feet_come_once() -> None:
    document = Document()
    box = f"<w:txbxContent><w:p>{run_of('Trong khung.')}</w:p></w:txbxContent>"
    shape = f'<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>{box}</v:textbox></v:shape></w:pict>'
    choice = f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
    space = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    both = f'<mc:AlternateContent xmlns:mc="{space}">{choice}<mc:Fallback>{shape}</mc:Fallback></mc:AlternateContent>'
    paragraph(
        document,
        f'{run_of("Có chú thích")}<w:r><w:footnoteReference w:id="2"/></w:r>{run_of(".")}<w:r>{both}</w:r>',
    )
    section = document.sections[0]
    section.header.paragraphs[0].text = "Kèm theo Quyết định số 12"
    section.footer.paragraphs[0].text = "Kèm theo Quyết định số 12"
    field = section.footer.add_paragraph("Trang ")
    field._p.append(
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )
    rule = '<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
    note = f'<w:footnote w:id="2"><w:p>{run_of("Theo báo cáo năm 2019.")}</w:p></w:footnote>'
    notes = f"<w:footnotes {nsdecls('w')}>{rule}{note}</w:footnotes>"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    data = with_parts(
        saved(document),
        {"word/footnotes.xml": notes},
        f'<Relationship Id="x1" Type="{kind}" Target="footnotes.xml"/>',
    )
    found = read_file(data, Path("a.docx"))
    assert placed(found) == [
        ("Có chú thích.", ()),
        ("Trong khung.", ()),
        ("Theo báo cáo năm 2019.", ("Chú thích 1",)),
        ("Kèm theo Quyết định số 12", ("Đầu trang",)),
    ]
    assert left_out(found) == [("Trang 1", "page"), ("Kèm theo Quyết định số 12", "repeated")]


LEVELS = """<w:abstractNum {ns} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/>
<w:lvlText w:val="Điều %1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>
<w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>"""


def test_list_numbers_are_those_that_word_shows() -> None:
    document = Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(LEVELS.format(ns=nsdecls("w"))))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    for level, text in [(0, "Phạm vi"), (1, "Cấp xã"), (1, "Cấp huyện"), (0, "Đối tượng"), (1, "Chi bộ")]:
        place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="91"/></w:numPr>'
        paragraph(document, f"<w:pPr>{place}</w:pPr>{run_of(text)}")
    document.add_paragraph("Một mục", style="List Bullet")
    assert lines(read_file(saved(document), Path("a.docx"))) == [
        "Điều 3. Phạm vi", "a) Cấp xã", "b) Cấp huyện", "Điều 4. Đối tượng", "a) Chi bộ", "- Một mục",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "form", "says"),
    [
        (3, "lowerLetter", "c"),
        (27, "upperLetter", "AA"),
        (1994, "lowerRoman", "mcmxciv"),
        (4, "upperRoman", "IV"),
        (7, "decimalZero", "07"),
        (12, "decimal", "12"),
    ],
)
def test_numbers_as_lists_show_them(number: int, form: str, says: str) -> None:
    assert written_number(number, form) == says


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("aăâđêôơưạảẵ 12.,;"), min_size=1, max_size=20), min_size=1, max_size=6)
)
def test_no_paragraph_is_lost(texts: list[str]) -> None:
    document = Document()
    for text in ["Đầu.", *texts]:
        document.add_paragraph(text)
    assert lines(read_file(saved(document), Path("a.docx"))) == [
        "Đầu.",
        *(it.strip() for it in texts if it.strip()),
    ]


def test_letters_of_before_unicode_are_converted_before_a_table_is_read() -> None:
    """TCVN3 as Word kept it: letters of Windows-1252, "ư" where Unicode has the soft hyphen."""
    document = Document()
    document.add_paragraph("§¶ng bé huyÖn cã 21 x·, kÕt qu¶ ph¸t triÓn ®¶ng viªn n¨m 2003 nh­ sau")
    document.add_paragraph("§VT: ng­êi")
    table_of(document, [["X·", "Sè ®¶ng viªn"], ["M­êng Vµ", "214"], ["NËm L¹nh", "187"]])
    found = read_file(saved(document), Path("a.docx"))
    where = ("Đảng bộ huyện có 21 xã, kết quả phát triển đảng viên năm 2003 như sau (ĐVT: người)",)
    assert placed(found)[2:] == [
        ("Xã: Mường Và; Số đảng viên: 214", where),
        ("Xã: Nậm Lạnh; Số đảng viên: 187", where),
    ]
    assert found.articles[0].encoding == "TCVN3"


# Excel


def workbook() -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.title = "Kết quả"
    for row in (
        ["BIỂU TỔNG HỢP ĐẢNG VIÊN NĂM 2019"], ["ĐVT: người"], [], ["TT", "Xã", "Đảng viên", None, "Tỷ lệ"],
        [None, None, "Tổng số", "Nữ", None], ["A", "B", 1, 2, 3], [1, "Mường Và", 1214, 61, 0.125],
        [2, "Nậm Lạnh", 187, 40, "=D8/C8"], [], [None, "NGƯỜI LẬP BIỂU", None, "BÍ THƯ"],
    ):  # fmt: skip
        sheet.append(row)
    for area in ("A1:E1", "A4:A5", "B4:B5", "C4:D4", "E4:E5"):
        sheet.merge_cells(area)
    sheet["C7"].number_format = "#,##0"
    sheet["E7"].number_format = "0.0%"
    sheet["B8"].comment = Comment("hỏi lại xã", "a")
    book.create_sheet("Nháp").append(["chưa dùng"])
    book["Nháp"].sheet_state = "hidden"
    return book


def test_a_row_of_a_sheet_is_a_line_with_its_heads() -> None:
    found = read_file(saved(workbook()), Path("a.xlsx"))
    where = ("BIỂU TỔNG HỢP ĐẢNG VIÊN NĂM 2019 (ĐVT: người)",)
    assert placed(found) == [
        ("BIỂU TỔNG HỢP ĐẢNG VIÊN NĂM 2019", ("Trang tính Kết quả",)),
        ("ĐVT: người", ("Trang tính Kết quả",)),
        (
            "TT: 1; Xã: Mường Và; Đảng viên, Tổng số: 1.214; Đảng viên, Nữ: 61; Tỷ lệ: 12,5%",
            ("Trang tính Kết quả", *where),
        ),
        ("TT: 2; Xã: Nậm Lạnh; Đảng viên, Tổng số: 187; Đảng viên, Nữ: 40", ("Trang tính Kết quả", *where)),
        ("NGƯỜI LẬP BIỂU; BÍ THƯ", ("Trang tính Kết quả",)),
    ]
    assert sorted(left_out(found)) == [
        ("A B 1 2 3", "table"), ("Kết quả!E8: =D8/C8", "formula"), ("Nháp: chưa dùng", "hidden"),
        ("hỏi lại xã", "comment"),
    ]  # fmt: skip


def sheet_of(rows: list[list[object]], *merged: str) -> ReadFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    return read_file(saved(book), Path("a.xlsx"))


def test_heads_wait_for_their_rows_over_an_empty_line_and_titles_are_none() -> None:
    found = sheet_of(
        [
            ["UBND HUYỆN", None, None, "Mẫu số 21"], ["DỰ TOÁN NGÂN SÁCH"],
            ["(Kèm theo Quyết định số 3)", None, None, "ĐVT: đồng"],
            [None, None, "Dự toán"], ["STT", "Nội dung", "năm 2006"], [], ["A", "Tổng thu"],
            [1, "Thu nội địa", 12730000],
            [], [2, "Thu viện trợ", 500], [], [None, "Người lập", "Chủ tịch"], [None, "(Ký)", "(Ký)"],
        ]
    )  # fmt: skip
    where = ("Mẫu số 21. DỰ TOÁN NGÂN SÁCH (ĐVT: đồng)",)
    assert placed(found) == [
        ("UBND HUYỆN", ()), ("Mẫu số 21", ()), ("DỰ TOÁN NGÂN SÁCH", ()), ("(Kèm theo Quyết định số 3)", ()),
        ("ĐVT: đồng", ()),
        ("STT: A; Nội dung: Tổng thu", where),
        ("STT: 1; Nội dung: Thu nội địa; Dự toán, năm 2006: 12730000", where),
        ("STT: 2; Nội dung: Thu viện trợ; Dự toán, năm 2006: 500", where),
        ("Người lập", ()), ("Chủ tịch", ()), ("(Ký)", ()),
    ]  # fmt: skip


def test_names_with_their_offices_have_no_heads() -> None:
    rows: list[list[object]] = [
        ["- Ông: Lò Văn An", "- Bí thư", "- Trưởng ban"],
        ["- Bà: Cà Thị Hoa", "- Ủy viên", "- Phó ban"],
    ]
    assert lines(sheet_of(rows)) == [
        "- Ông: Lò Văn An; - Bí thư; - Trưởng ban",
        "- Bà: Cà Thị Hoa; - Ủy viên; - Phó ban",
    ]


@pytest.mark.parametrize(
    ("value", "code", "says"),
    [
        (1234567, "#,##0", "1.234.567"), (1234.5, "General", "1234,5"), (0.1 + 0.2, "General", "0,3"),
        (12.0, "General", "12"),
        (0.1234, "0.00%", "12,34%"), (-1234.5, "#,##0.00", "-1.234,50"), (7, "00", "07"),
        (date(2019, 5, 19), "", "19/05/2019"),
        (1234567, '#,##0 "đồng"', "1.234.567"), (True, "General", "TRUE"), (None, "General", ""),
        (3.14159, "0.##", "3,14"), (3.0, "0.##", "3"),
    ],
)  # fmt: skip
def test_a_cell_shows_its_value_as_a_vietnamese_screen_does(value: object, code: str, says: str) -> None:
    assert shown(value, code) == says


# PowerPoint


def test_slides_are_pages() -> None:
    show = Presentation()
    for text in ("Kết quả năm 2019", "Phương hướng"):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = text
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for at, text in enumerate(["Xã", "Số hộ", "Mường Và", "214"]):
        table.cell(at // 2, at % 2).text = text
    slide.notes_slide.notes_text_frame.text = "Nói chậm."
    (one,) = read_file(saved(show), Path("a.pptx")).articles
    assert [(one.text[s.start : s.end], s.page, s.path) for s in one.sections] == [
        ("Kết quả năm 2019", 1, ()),
        ("Phương hướng", 2, ()),
        ("Xã: Mường Và; Số hộ: 214", 2, ("Phương hướng",)),
        ("Nói chậm.", 2, ("Ghi chú của người trình bày",)),
    ]


# RTF and OpenDocument

RTF = rb"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset163 Arial;}}{\info{\title Kh\'f4ng}}
{\header Trang {\field{\*\fldinst PAGE}}}\pard\f0 K\u7871?t n\u7841?p \{12\} \u273?\u7843?ng vi\u234?n{\footnote Theo
 b\u225?o c\u225?o.}.\par {\deleted c\u361? }{\v \u7849?n}\f1 M\'f4\'f2t do\'ccng.\f0\par
\trowd\pard\intbl X\u227?\cell S\u7889? h\u7897?\cell\row
\trowd\pard\intbl M\u432?\u7901?ng V\u224?\cell 214\cell\row\pard H\u7871?t.\par}"""


def test_rich_text() -> None:
    found = read_file(RTF, Path("a.rtf"))
    assert placed(found)[:4] == [
        ("Kết nạp {12} đảng viên.", ()),
        ("Một dòng.", ()),
        ("Xã: Mường Và; Số hộ: 214", ()),
        ("Hết.", ()),
    ]
    assert ("Theo báo cáo.", ("Chú thích 1",)) in placed(found)
    assert left_out(found) == [("cũ", "deleted"), ("ẩn", "hidden")]


ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">
<office:automatic-styles>
<text:list-style style:name="L1">
<text:list-level-style-number text:level="1" style:num-format="a" style:num-suffix=")"/>
</text:list-style>
</office:automatic-styles>
<office:body>
<office:text>
<text:tracked-changes>
<text:changed-region>
<text:deletion>
<text:p>bỏ đi</text:p>
</text:deletion>
</text:changed-region>
</text:tracked-changes>
<text:h>Kết<text:s/>quả</text:h>
<text:p>Có 12<text:note>
<text:note-citation>1</text:note-citation>
<text:note-body>
<text:p>Theo báo cáo.</text:p>
</text:note-body>
</text:note> chi bộ.</text:p>
<text:list text:style-name="L1">
<text:list-item>
<text:p>Xã</text:p>
</text:list-item>
<text:list-item>
<text:p>Huyện</text:p>
</text:list-item>
</text:list>
<table:table>
<table:table-column/>
<table:table-row>
<table:table-cell>
<text:p>Xã</text:p>
</table:table-cell>
<table:table-cell table:number-columns-spanned="2">
<text:p>Số hộ</text:p>
</table:table-cell>
<table:covered-table-cell/>
</table:table-row>
<table:table-row>
<table:table-cell>
<text:p>Mường Và</text:p>
</table:table-cell>
<table:table-cell table:number-columns-repeated="2">
<text:p>214</text:p>
</table:table-cell>
</table:table-row>
</table:table>
</office:text>
</office:body>
</office:document-content>"""


def test_open_document() -> None:
    found = read_file(with_parts(saved(_EmptyZip()), {"mimetype": "", "content.xml": ODT}), Path("a.odt"))
    assert placed(found) == [
        ("Kết quả", ()),
        ("Có 12 chi bộ.", ()),
        ("a) Xã", ()),
        ("b) Huyện", ()),
        ("Xã: Mường Và; Số hộ: 214; Số hộ: 214", ("b) Huyện",)),
        ("Theo báo cáo.", ("Chú thích 1",)),
    ]
    assert left_out(found) == [("bỏ đi", "deleted")]


class _EmptyZip:
    def save(self, stream: io.BytesIO) -> None:
        zipfile.ZipFile(stream, "w").close()


# what cannot be read


def complaint(data: bytes, name: str) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        read_file(data, Path(name))
    assert name in caught.value.vi and name in caught.value.en and "\n" not in caught.value.vi
    return caught.value


def docx() -> bytes:
    document = Document()
    document.add_paragraph("Chi bộ có 21 đảng viên.")
    return saved(document)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SUFFIXES = (".doc", ".docx", ".odt", ".pptx", ".rtf", ".xls", ".xlsx")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_password_damage_and_nothing_are_each_one_sentence(suffix: str) -> None:
    assert (
        "mật khẩu" in complaint(OLE + "EncryptedPackage".encode("utf-16-le"), f"a{suffix}").vi
        or suffix == ".rtf"
    )
    assert "trống" in complaint(b"", f"a{suffix}").vi
    assert "a" + suffix in complaint(docx()[:900], f"a{suffix}").vi
    assert "a" + suffix in complaint(b"\x89PNG\r\n\x1a\n" + bytes(50), f"a{suffix}").vi


@pytest.mark.parametrize("suffix", [it for it in SUFFIXES if it != ".docx"])
def test_a_word_file_by_another_name_is_told_its_own(suffix: str) -> None:
    assert "Word (.docx)" in complaint(docx(), f"a{suffix}").vi or suffix == ".rtf"


def test_a_bomb_and_an_entity_are_not_unpacked() -> None:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("word/document.xml", "w") as part,
    ):
        for _ in range(160):
            part.write(bytes(1024**2))
    assert "150 MB" in complaint(stream.getvalue(), "a.docx").vi
    entity = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    data = with_parts(saved(_EmptyZip()), {"word/document.xml": entity})
    assert "hỏng" in complaint(data, "a.docx").vi


def test_a_macro_is_named_and_not_run() -> None:
    found = read_file(with_parts(docx(), {"word/vbaProject.bin": "Sub AutoOpen()"}), Path("a.docm"))
    assert left_out(found) == [("word/vbaProject.bin", "macro")]


def test_doc_says_what_to_install_where_no_program_reads_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = complaint(OLE + "WordDocument".encode("utf-16-le") + bytes(4), "a.doc")
    assert "antiword" in error.vi and "LibreOffice" in error.vi and ".docx" in error.vi


def test_a_program_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "lived"
    with pytest.raises(CorpusError) as caught:
        run(["/bin/sh", "-c", f"(sleep 2; touch {mark}) & sleep 30"], Path("a.doc"), seconds=0.3)
    assert "a.doc" in caught.value.vi and "sh" in caught.value.vi
    with pytest.raises(CorpusError, match=r"a\.doc"):
        run(["/bin/false"], Path("a.doc"))


def test_a_broken_doc_is_told(tmp_path: Path) -> None:
    if shutil.which("antiword") is None:
        pytest.skip("antiword is not installed")
    assert "docx" in complaint(OLE + "WordDocument".encode("utf-16-le") + bytes(4), "a.doc").vi
