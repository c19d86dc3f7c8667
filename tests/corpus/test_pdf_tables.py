"""Ruled tables of PDF files: a line a row with its heads, the caption and the unit as what leads to it."""

from typing import Any

from corpus.pdf_files import HEIGHT, SIZE, column, font, pdf
from corpus.test_pdf import FIRST, PATH, THIRD, dropped

from partyqa.corpus.readers import read_file
from partyqa.types import Article

HEADS = ("Xã", "Số đảng viên", "Kết nạp năm 2021")
ROWS = (("Mường Và", "214", "12"), ("Nậm Lạnh", "187", "9"), ("Púng Bánh", "163", "11"))


def ruled(
    canvas: Any, rows: tuple[tuple[str, ...], ...], top: float, widths: tuple[float, ...] = (160, 120, 140)
) -> None:
    """Draw a table with all its lines, a shaded head, each cell's text inside."""
    from reportlab.lib import colors
    from reportlab.platypus import Table

    shading = [
        ("GRID", (0, 0), (-1, -1), 0.7, colors.black),
        ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
        ("FONT", (0, 0), (-1, -1), font(), SIZE),
        *[("SPAN", (0, at), (-1, at)) for at, row in enumerate(rows) if row[1:] == ("", "")],
    ]
    table = Table(rows, colWidths=widths, style=shading)
    _, height = table.wrap(0, 0)
    table.drawOn(canvas, 85, HEIGHT - top - height)


def found(article: Article) -> list[tuple[int | None, tuple[str, ...], str]]:
    at, kept = 0, []
    for line in article.text.split("\n"):
        section = article.section_at(at)
        kept.append((section.page if section else None, section.path if section else (), line))
        at += len(line) + 1
    return kept


def line(row: tuple[str, ...]) -> str:
    return "; ".join(f"{head}: {cell}" for head, cell in zip(HEADS, row, strict=True))


def test_rows_have_their_heads_and_what_leads_to_them() -> None:
    def draw(canvas: Any) -> None:
        column(canvas, [FIRST], top=80)
        canvas.drawString(85, HEIGHT - 182, "Bảng 2. Đảng viên của các xã")
        canvas.drawString(400, HEIGHT - 200, "(ĐVT: người)")
        ruled(canvas, (HEADS, *ROWS), top=210)
        column(canvas, [THIRD], top=400)

    (one,) = read_file(pdf([draw]), PATH).articles
    path = ("Bảng 2. Đảng viên của các xã (ĐVT: người)",)
    assert found(one) == [
        (1, (), FIRST),
        (1, (), "Bảng 2. Đảng viên của các xã"),
        (1, (), "(ĐVT: người)"),
        *((1, path, line(row)) for row in ROWS),
        (1, (), THIRD),
    ]


def test_a_table_goes_on_over_the_page_with_its_heads() -> None:
    """The second page repeats the head, the third does not."""

    def first(canvas: Any) -> None:
        column(canvas, [FIRST], top=80)
        ruled(canvas, (HEADS, ROWS[0]), top=700)

    read = read_file(
        pdf(
            [
                first,
                lambda c: ruled(c, (HEADS, ROWS[1]), top=60),
                lambda c: ruled(c, (ROWS[2], ROWS[0]), top=60),
            ]
        ),
        PATH,
    )
    (one,) = read.articles
    pages = [(page, text) for page, _, text in found(one)]
    assert pages == [
        (1, FIRST),
        (1, line(ROWS[0])),
        (2, line(ROWS[1])),
        (3, line(ROWS[2])),
        (3, line(ROWS[0])),
    ]
    assert dropped(read) == [("; ".join(HEADS), "repeated")]


def test_a_cell_over_all_columns_is_a_line_and_a_frame_is_no_table() -> None:
    def draw(canvas: Any) -> None:
        canvas.rect(70, HEIGHT - 200, 480, 140)
        canvas.line(70, HEIGHT - 65, 550, HEIGHT - 65)
        column(canvas, [FIRST], top=100)
        ruled(canvas, (HEADS, ("Các xã vùng cao", "", ""), *ROWS), top=300)

    (one,) = read_file(pdf([draw]), PATH).articles
    assert [text for _, _, text in found(one)] == [FIRST, "Các xã vùng cao", *map(line, ROWS)]
