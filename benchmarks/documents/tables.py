"""Whether a question about one row of a table is answered from that row: ten tables of our own, forty questions."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from partyqa.engine import PartyQA, build_index

INTRO = (
    "Thực hiện chương trình công tác năm, các cấp ủy trong huyện {0} tiếp tục lãnh đạo hoàn thành nhiệm vụ, giữ nền "
    "nếp sinh hoạt và nâng chất lượng công tác xây dựng Đảng."
)
ENDING = (
    "Ban Thường vụ Huyện ủy {0} yêu cầu các đơn vị rà soát lại số liệu và gửi báo cáo đúng hạn theo quy định."
)

Question = tuple[str, str]
"""What is asked, and how the line that answers it begins."""


def measure(data: Path) -> Iterator[tuple[str, str]]:
    """Yield how many questions have the right row as their first citation; `data` goes unused."""
    with TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for name, text in FILES.items():
            Path(corpus, name).write_text(text, encoding="utf-8")
        build_index(corpus, Path(folder, "index"))
        engine = PartyQA.open(Path(folder, "index"))
        right = 0
        for question, row in QUESTIONS:
            answer = engine.ask(question)
            first = answer.citations[0].sentence.text if answer.citations else ""
            right += row in first
            if row not in first:
                yield f"wrong: {question}", first or f"refused ({answer.confidence:.2f})"
        yield "rows answered from their own row (first citation)", f"{right} of {len(QUESTIONS)}"


def _html(title: str, place: str, table: str) -> str:
    return (
        f"<html><head><title>{title}</title></head><body><div><a href='/'>Trang chủ</a></div><article><h1>{title}</h1>"
        f"<p>{INTRO.format(place)}</p>{table}<p>{ENDING.format(place)}</p></article></body></html>"
    )


def _markdown(title: str, place: str, caption: str, *rows: tuple[str, ...]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    table = "\n".join(lines)
    return f"# {title}\n\n{INTRO.format(place)}\n\n{caption}\n\n{table}\n\n{ENDING.format(place)}\n"


def _rows(*rows: tuple[str, ...], tag: str = "td", inner: str = "{}") -> str:
    return "".join(
        f"<tr>{''.join(f'<{tag}>{inner.format(escape(cell))}</{tag}>' for cell in row)}</tr>" for row in rows
    )


FILES: dict[str, str] = {
    # Paragraphs in cells, as Word writes them; a district's figure in the prose beside its communes.
    "dang-vien.html": _html(
        "Công tác phát triển đảng viên ở Sốp Cộp",
        "Sốp Cộp",
        "<p>Năm 2019, toàn huyện kết nạp 154 đảng viên mới.</p><p>Bảng 1. Số đảng viên của các xã</p><table>"
        + _rows(
            ("Xã", "Số chi bộ", "Số đảng viên"),
            ("Mường Và", "21", "614"),
            ("Nậm Lạnh", "14", "387"),
            ("Dồm Cang", "17", "452"),
            ("Tổng cộng", "52", "1.453"),
            inner="<p class=MsoNormal><span>{}</span></p>",
        )
        + "</table>",
    ),
    # Heads in two rows, spans over columns and rows.
    "ket-nap.html": _html(
        "Kết nạp đảng viên ở huyện Bắc Yên",
        "Bắc Yên",
        "<p>Toàn huyện kết nạp 208 đảng viên trong hai năm.</p><table><caption>Đảng viên mới kết nạp</caption>"
        "<tr><th rowspan=2>Xã</th><th colspan=2>Năm 2018</th><th colspan=2>Năm 2019</th></tr>"
        + _rows(("Nam", "Nữ", "Nam", "Nữ"), tag="th")
        + _rows(
            ("Xím Vàng", "6", "3", "7", "4"),
            ("Tà Xùa", "12", "8", "10", "9"),
            ("Hang Chú", "5", "2", "8", "5"),
        )
        + "</table>",
    ),
    # A unit above the table, parts within it.
    "kinh-phi.html": _html(
        "Kinh phí xây dựng nhà văn hóa ở huyện Phù Yên",
        "Phù Yên",
        "<p>Biểu 2. Kinh phí xây dựng nhà văn hóa năm 2020</p><p>Đơn vị tính: triệu đồng</p><table>"
        + _rows(("Bản", "Ngân sách", "Nhân dân góp"), tag="th")
        + "<tr><td colspan=3>Xã Gia Phù</td></tr>"
        + _rows(("Bản Nhọt", "350", "120"), ("Bản Tân Ba", "410", "95"))
        + "<tr><td colspan=3>Xã Tường Phù</td></tr>"
        + _rows(("Bản Bùa Thượng", "280", "150"), ("Bản Đông", "300", "60"))
        + "</table>",
    ),
    # People and offices.
    "nhan-su.html": _html(
        "Nhân sự chủ chốt các xã của huyện Mường La",
        "Mường La",
        "<table><thead>"
        + _rows(("Xã", "Bí thư Đảng ủy", "Chủ tịch UBND"), tag="th")
        + "</thead><tbody>"
        + _rows(
            ("Chiềng Lao", "Lò Văn Thưởng", "Quàng Thị Hoa"),
            ("Nậm Giôn", "Giàng A Chống", "Lò Văn Kiêm"),
            ("Hua Trai", "Cà Văn Tỉnh", "Vàng A Sộng"),
        )
        + "</tbody></table>",
    ),
    # Years as columns.
    "chi-tieu.html": _html(
        "Kết quả thực hiện nghị quyết của Đảng bộ huyện Yên Châu",
        "Yên Châu",
        "<table>"
        + _rows(("Chỉ tiêu", "2018", "2019", "2020"))
        + _rows(
            ("Tỷ lệ hộ nghèo (%)", "31,5", "26,4", "21,8"),
            ("Số trường đạt chuẩn quốc gia", "18", "21", "25"),
            ("Diện tích cây ăn quả (ha)", "6.200", "7.450", "8.900"),
            ("Số hợp tác xã", "34", "41", "47"),
        )
        + "</table>",
    ),
    "hoc-tap.md": _markdown(
        "Học tập nghị quyết ở huyện Vân Hồ",
        "Vân Hồ",
        "Kết quả tổ chức học tập nghị quyết năm 2021 của các đảng bộ cơ sở:",
        ("TT", "Đảng bộ", "Số lớp", "Số người dự"),
        ("1", "Xã Lóng Luông", "6", "512"),
        ("2", "Xã Chiềng Khoa", "4", "338"),
        ("3", "Xã Tân Xuân", "5", "297"),
        ("", "Cộng", "15", "1.147"),
    ),
    "kiem-tra.md": _markdown(
        "Công tác kiểm tra, giám sát của Đảng bộ huyện Mai Sơn",
        "Mai Sơn",
        "Bảng 4. Các cuộc kiểm tra, giám sát theo quý",
        ("Quý", "Số cuộc kiểm tra", "Số cuộc giám sát", "Số đảng viên bị kỷ luật"),
        ("Quý I", "12", "5", "2"),
        ("Quý II", "15", "7", "4"),
        ("Quý III", "11", "6", "1"),
        ("Quý IV", "9", "8", "3"),
    ),
    "giao-thong.md": _markdown(
        "Làm đường giao thông nông thôn ở huyện Thuận Châu",
        "Thuận Châu",
        "Kết quả làm đường của các xã năm 2022 (đơn vị: km):",
        ("Xã", "Đường bê tông", "Đường cấp phối", "Ngày khánh thành"),
        ("Chiềng Pha", "7,5", "3,2", "12/8/2022"),
        ("Phổng Lái", "9,1", "2,4", "05/9/2022"),
        ("Tông Lạnh", "11,3", "1,8", "20/10/2022"),
    ),
    "y-te.md": _markdown(
        "Trạm y tế các xã của huyện Quỳnh Nhai",
        "Quỳnh Nhai",
        "Bảng 2. Nhân lực và giường bệnh của trạm y tế",
        ("Trạm y tế xã", "Số bác sĩ", "Số giường bệnh", "Trưởng trạm"),
        ("Mường Giàng", "2", "10", "Lò Thị Phương"),
        ("Chiềng Khay", "1", "6", "Điêu Chính Hảo"),
        ("Cà Nàng", "1", "5", "Lường Văn Chựa"),
    ),
    "van-ban.md": _markdown(
        "Văn bản của Huyện ủy Sông Mã ban hành năm 2020",
        "Sông Mã",
        "Danh mục văn bản:",
        ("Số văn bản", "Ngày ban hành", "Nội dung"),
        ("Nghị quyết số 15-NQ/HU", "10/02/2020", "Phát triển cây ăn quả trên đất dốc"),
        ("Chỉ thị số 08-CT/HU", "17/4/2020", "Phòng, chống cháy rừng mùa khô"),
        ("Kế hoạch số 62-KH/HU", "25/6/2020", "Sắp xếp, sáp nhập bản"),
    ),
}

QUESTIONS: tuple[Question, ...] = (
    ("Xã Mường Và có bao nhiêu đảng viên?", "Xã: Mường Và;"),
    ("Xã Nậm Lạnh có bao nhiêu chi bộ?", "Xã: Nậm Lạnh;"),
    ("Số đảng viên của xã Dồm Cang là bao nhiêu?", "Xã: Dồm Cang;"),
    ("Tổng cộng các xã của huyện Sốp Cộp có bao nhiêu đảng viên?", "Xã: Tổng cộng;"),
    ("Năm 2019 xã Xím Vàng kết nạp bao nhiêu đảng viên nữ?", "Xã: Xím Vàng;"),
    ("Năm 2018 xã Tà Xùa kết nạp bao nhiêu đảng viên nam?", "Xã: Tà Xùa;"),
    ("Xã Hang Chú kết nạp bao nhiêu đảng viên nữ năm 2018?", "Xã: Hang Chú;"),
    ("Năm 2018 xã Xím Vàng có bao nhiêu đảng viên mới là nam?", "Xã: Xím Vàng;"),
    ("Nhân dân bản Nhọt góp bao nhiêu tiền xây nhà văn hóa?", "Bản: Bản Nhọt;"),
    ("Ngân sách chi bao nhiêu để xây nhà văn hóa bản Tân Ba?", "Bản: Bản Tân Ba;"),
    ("Bản Bùa Thượng được ngân sách cấp bao nhiêu tiền xây dựng nhà văn hóa?", "Bản: Bản Bùa Thượng;"),
    ("Kinh phí nhân dân góp xây nhà văn hóa ở bản Đông, xã Tường Phù là bao nhiêu?", "Bản: Bản Đông;"),
    ("Ai là Bí thư Đảng ủy xã Chiềng Lao?", "Xã: Chiềng Lao;"),
    ("Chủ tịch UBND xã Nậm Giôn là ai?", "Xã: Nậm Giôn;"),
    ("Bí thư Đảng ủy xã Hua Trai tên là gì?", "Xã: Hua Trai;"),
    ("Ai là Chủ tịch UBND xã Chiềng Lao?", "Xã: Chiềng Lao;"),
    ("Tỷ lệ hộ nghèo của huyện Yên Châu năm 2019 là bao nhiêu?", "Chỉ tiêu: Tỷ lệ hộ nghèo"),
    ("Năm 2020 huyện Yên Châu có bao nhiêu trường đạt chuẩn quốc gia?", "Chỉ tiêu: Số trường"),
    ("Diện tích cây ăn quả của Yên Châu năm 2018 là bao nhiêu?", "Chỉ tiêu: Diện tích cây ăn quả"),
    ("Yên Châu có bao nhiêu hợp tác xã năm 2020?", "Chỉ tiêu: Số hợp tác xã"),
    ("Xã Lóng Luông mở bao nhiêu lớp học tập nghị quyết?", "Đảng bộ: Xã Lóng Luông;"),
    ("Bao nhiêu người ở xã Chiềng Khoa dự học nghị quyết?", "Đảng bộ: Xã Chiềng Khoa;"),
    ("Đảng bộ xã Tân Xuân có bao nhiêu người dự học tập nghị quyết năm 2021?", "Đảng bộ: Xã Tân Xuân;"),
    ("Xã Tân Xuân mở mấy lớp học nghị quyết?", "Đảng bộ: Xã Tân Xuân;"),
    ("Quý II Đảng bộ huyện Mai Sơn có bao nhiêu cuộc kiểm tra?", "Quý: Quý II;"),
    ("Quý I huyện Mai Sơn tiến hành bao nhiêu cuộc giám sát?", "Quý: Quý I;"),
    ("Quý III có bao nhiêu đảng viên ở Mai Sơn bị kỷ luật?", "Quý: Quý III;"),
    ("Mai Sơn thực hiện bao nhiêu cuộc giám sát trong quý IV?", "Quý: Quý IV;"),
    ("Xã Chiềng Pha làm được bao nhiêu km đường bê tông?", "Xã: Chiềng Pha;"),
    ("Xã Phổng Lái khánh thành đường ngày nào?", "Xã: Phổng Lái;"),
    ("Đường cấp phối của xã Tông Lạnh dài bao nhiêu km?", "Xã: Tông Lạnh;"),
    ("Năm 2022 xã Tông Lạnh làm bao nhiêu km đường bê tông?", "Xã: Tông Lạnh;"),
    ("Trạm y tế xã Mường Giàng có bao nhiêu bác sĩ?", "Trạm y tế xã: Mường Giàng;"),
    ("Ai là trưởng trạm y tế xã Chiềng Khay?", "Trạm y tế xã: Chiềng Khay;"),
    ("Trạm y tế xã Cà Nàng có bao nhiêu giường bệnh?", "Trạm y tế xã: Cà Nàng;"),
    ("Trưởng trạm y tế xã Mường Giàng là ai?", "Trạm y tế xã: Mường Giàng;"),
    ("Nghị quyết số 15-NQ/HU ban hành ngày nào?", "Số văn bản: Nghị quyết số 15-NQ/HU;"),
    ("Nội dung của Chỉ thị số 08-CT/HU là gì?", "Số văn bản: Chỉ thị số 08-CT/HU;"),
    ("Kế hoạch số 62-KH/HU của Huyện ủy Sông Mã nói về nội dung gì?", "Số văn bản: Kế hoạch số 62-KH/HU;"),
    ("Chỉ thị về phòng, chống cháy rừng mùa khô ban hành ngày nào?", "Số văn bản: Chỉ thị số 08-CT/HU;"),
)
