"""What the reader that ships marks in a sentence by itself; the words were written by hand, for the rules before it."""

import pytest

from partyqa.answer.alignment import Alignment, marked
from partyqa.models.span_reader import SpanReader
from partyqa.question.query import understand
from partyqa.text.views import TextView

STUDY = "Năm 2022, huyện cử 31 đảng viên học Sơ cấp, 12 đồng chí học Trung cấp, 7 đồng chí học Cao cấp."
BOTH = "Có 5 tập thể và 9 cá nhân được tỉnh khen; 2 tập thể và 4 cá nhân được Trung ương khen."

MARKED = [
    ("Có bao nhiêu tổ chức cơ sở đảng?", "Xã có 49 tổ chức cơ sở đảng.", "49 tổ chức cơ sở đảng"),
    ("Giảm bao nhiêu trường?", "Đã giảm 17 đơn vị trường học.", "17 đơn vị trường học"),
    ("Mở mấy lớp bồi dưỡng?", "Huyện mở 14 lớp bồi dưỡng về lý luận.", "14 lớp"),
    (
        "thị trấn mường lát có mấy đảng viên",
        "Thị trấn Mường Lát có 18 chi bộ với 396 đảng viên.",
        "396 đảng viên",
    ),
    ("Bao nhiêu phần trăm hoàn thành?", "Có 40 chi bộ, 62,5% hoàn thành nhiệm vụ.", "62,5%"),
    ("Có bao nhiêu cán bộ đi học?", "Mỗi năm có hàng chục cán bộ được đi học.", "hàng chục cán bộ"),
    ("Đợt 2 nhận mấy tác phẩm?", "Đợt 2 nhận 123 tác phẩm.", "123 tác phẩm"),
    ("Số chi bộ là bao nhiêu?", "Số đảng viên là 396, số chi bộ trực thuộc là 18.", "18"),
    ("thu nhập bình quân của huyện", "Thu nhập bình quân là 23,8 triệu đồng/năm.", "23,8 triệu đồng/năm"),
    (
        "Độ cao trung bình năm 2021 đạt bao nhiêu?",
        "Độ sâu còn 3,5% năm 2021; độ cao trung bình đạt 9% năm 2021.",
        "9%",
    ),
    ("Tỷ lệ phủ sóng năm 2021 đạt bao nhiêu?", "Có 8 trạm; phủ sóng đạt 93% trong năm 2021.", "93%"),
    ("Xã trồng được bao nhiêu cây?", "Xã trồng được hai nghìn cây trong mười ngày.", "hai nghìn cây"),
    ("Cầu xây xong khi nào?", "Cầu xây xong 21.6.1987.", "21.6.1987"),
    (
        "Thống kê vào lúc nào?",
        "Tính đến cuối tháng 11/2023, có 90 người, hơn so với năm 2004.",
        "Tính đến cuối tháng 11/2023",
    ),
    ("Làm quy chế khi nào?", "Khi đại hội kết thúc, các cấp làm quy chế.", "Khi đại hội kết thúc"),
    ("Ai làm trưởng đoàn?", "Đoàn do đồng chí Lò Văn Sinh làm trưởng đoàn.", "Lò Văn Sinh"),
    ("Quy định do ai ban hành?", "Quy định do Ban Bí thư khóa XI ban hành.", "Ban Bí thư khóa XI"),
    (
        "Lò Văn Sinh giữ chức gì?",
        "Phó Bí thư Thường trực Huyện ủy Lò Văn Sinh dự.",
        "Phó Bí thư Thường trực Huyện ủy",
    ),
    (
        "Tiếp tục thực hiện chỉ thị nào?",
        "Theo Kết luận 01-KL/TW, tiếp tục Chỉ thị số 05-CT/TW.",
        "Chỉ thị số 05-CT/TW",
    ),
    (
        "Kết luận 01 là để thực hiện chỉ thị nào?",
        "Kết luận 01-KL/TW tiếp tục Chỉ thị 05-CT/TW.",
        "Chỉ thị 05-CT/TW",
    ),
    (
        "Cán bộ đi học ở đâu?",
        "Cán bộ được cử đi học tại các trường trong tỉnh trước khi bổ nhiệm.",
        "các trường trong tỉnh",
    ),
    (
        "Nghị quyết 4 về việc gì?",
        "Cùng Chỉ thị 3 “Học tập và làm theo Bác” là Nghị quyết 4 “Xây dựng Đảng hiện nay”.",
        "Xây dựng Đảng hiện nay",
    ),
    (
        "Vì sao chi bộ ghép còn nhiều?",
        "Chi bộ ghép còn nhiều vì thiếu đảng viên, nhất là ở vùng cao.",
        "vì thiếu đảng viên",
    ),
    (
        "Huyện dựa vào đâu mà giao chỉ tiêu?",
        "Căn cứ kế hoạch cả nhiệm kỳ, huyện giao chỉ tiêu.",
        "Căn cứ kế hoạch cả nhiệm kỳ",
    ),
    (
        "Phải làm tốt những khâu nào?",
        "Về cán bộ, làm tốt các khâu quy hoạch, bồi dưỡng, bố trí.",
        "quy hoạch, bồi dưỡng, bố trí",
    ),
    (
        "Chú ý những nhóm cán bộ nào?",
        "Tỉnh chú ý cán bộ nữ, cán bộ trẻ để tạo nguồn.",
        "cán bộ nữ, cán bộ trẻ",
    ),
    (
        "Nội dung gồm những gì?",
        "Tài liệu gồm chuyên đề, kế hoạch và quy chế.",
        "chuyên đề, kế hoạch và quy chế",
    ),
    (
        "Khuyết điểm sau phê bình thế nào?",
        "Khuyết điểm được chỉ ra sau phê bình đều đã được sửa.",
        "đều đã được sửa",
    ),
    (
        "Phương thức lãnh đạo đổi mới ra sao?",
        "Phương thức lãnh đạo từng bước được đổi mới.",
        "từng bước được đổi mới",
    ),
]
# Missed since the rules went; the first four are other answers, the rest wider or narrower words.
MISSED = [
    ("Mấy tập thể được Trung ương khen?", BOTH, "2 tập thể"),
    (
        "Tỷ lệ nghèo năm 2018 còn bao nhiêu?",
        "Tỷ lệ nghèo còn 9,5% năm 2017, 7,25% năm 2018; có 4 trường.",
        "7,25%",
    ),
    ("Chợ khai trương ngày nào?", "Chợ khai trương ngày 3 tháng 8, đóng ngày 9 tháng 8.", "ngày 3 tháng 8"),
    ("Huyện nào có 90 chi bộ?", "Toàn huyện có 90 chi bộ.", ""),
    ("Bao nhiêu người học cao cấp?", STUDY, "7 đồng chí"),
    ("Có mấy đồng chí học trung cấp?", STUDY, "12 đồng chí"),
    ("Có bao nhiêu chi, đảng bộ?", "Xã gồm 60 chi, đảng bộ trực thuộc.", "60 chi, đảng bộ"),
    ("Mấy tập thể được tỉnh khen?", BOTH, "5 tập thể"),
    ("Giảm mấy trường?", "Huyện giảm 23 bản, khu phố và giảm 17 đơn vị trường học.", "17 đơn vị trường học"),
    (
        "Thực hiện trong những năm nào?",
        "Trong hai năm 2011 và 2012, huyện làm theo Kế hoạch ngày 30/11/2011.",
        "Trong hai năm 2011 và 2012",
    ),
    (
        "Bí thư gặp bà con ở đâu?",
        "Bí thư Huyện ủy Mường Ảng gặp bà con bản Hón, thị trấn Mường Ảng.",
        "bản Hón, thị trấn Mường Ảng",
    ),
    (
        "Chương trình hành động tên là gì?",
        "Huyện ban hành chương trình hành động “Nâng cao năng lực lãnh đạo”.",
        "Nâng cao năng lực lãnh đạo",
    ),
    (
        "kết luận 21-KL/TW",
        "Kết luận số 21-KL/TW về đẩy mạnh chỉnh đốn Đảng, và việc khác.",
        "đẩy mạnh chỉnh đốn Đảng",
    ),
    (
        "Luân chuyển cán bộ để làm gì?",
        "Huyện luân chuyển cán bộ để rèn luyện, tạo nguồn; xã cũng vậy.",
        "để rèn luyện, tạo nguồn",
    ),
    (
        "Sinh hoạt chi bộ có đều không?",
        "Sinh hoạt chi bộ chưa được giữ thường xuyên; hồ sơ còn thiếu.",
        "chưa được giữ thường xuyên",
    ),
]


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader.open(precision="f32")  # the same numbers on every processor


def words_marked(reader: SpanReader, question: str, text: str) -> str:
    query = understand(question)
    ((reading,),) = reader.read_sentences(query.text, [("", text, [(0, len(text))])])
    span = marked(Alignment(query, TextView(text), dict.fromkeys(query.terms, 2.0)), reading)
    return text[slice(*span)] if span else ""


@pytest.mark.parametrize(("question", "text", "words"), MARKED)
def test_the_words_that_answer_are_marked(reader: SpanReader, question: str, text: str, words: str) -> None:
    assert words_marked(reader, question, text) == words


@pytest.mark.xfail(strict=True, reason="the reader that ships reads other words")
@pytest.mark.parametrize(("question", "text", "words"), MISSED)
def test_what_the_rules_marked_and_the_reader_does_not(
    reader: SpanReader, question: str, text: str, words: str
) -> None:
    assert words_marked(reader, question, text) == words
