"""The highlight marks the words that answer, by the kind of answer; expected spans were written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.answer.alignment import Alignment
from partyqa.answer.highlight.words import highlight, likely
from partyqa.question.query import understand
from partyqa.text import lexicon
from partyqa.text.normalise import normalise
from partyqa.text.views import TextView
from partyqa.types import AnswerType

COMMON = frozenset("~cua ~va ~co ~la ~cac ~duoc ~o ~trong ~cho".split())


def aligned(question: str, text: str) -> Alignment:
    query = understand(question)
    return Alignment(query, TextView(text), {term: 0.0 if term in COMMON else 2.0 for term in query.terms})


def marked(question: str, text: str) -> str:
    read = aligned(question, text)
    span = highlight(read) or likely(read)
    return text[slice(*span)] if span else ""


STUDY = "Năm 2022, huyện cử 31 đảng viên học Sơ cấp, 12 đồng chí học Trung cấp, 7 đồng chí học Cao cấp."
BOTH = "Có 5 tập thể và 9 cá nhân được tỉnh khen; 2 tập thể và 4 cá nhân được Trung ương khen."


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("Bao nhiêu người học cao cấp?", STUDY, "7 đồng chí"),
        ("Có mấy đồng chí học trung cấp?", STUDY, "12 đồng chí"),
        ("Có bao nhiêu tổ chức cơ sở đảng?", "Xã có 49 tổ chức cơ sở đảng.", "49 tổ chức cơ sở đảng"),
        ("Có bao nhiêu chi, đảng bộ?", "Xã gồm 60 chi, đảng bộ trực thuộc.", "60 chi, đảng bộ"),
        ("Giảm bao nhiêu trường?", "Đã giảm 17 đơn vị trường học.", "17 đơn vị trường học"),
        ("Mở mấy lớp bồi dưỡng?", "Huyện mở 14 lớp bồi dưỡng về lý luận.", "14 lớp"),
        ("Mấy tập thể được Trung ương khen?", BOTH, "2 tập thể"),
        ("Mấy tập thể được tỉnh khen?", BOTH, "5 tập thể"),
        (
            "thị trấn mường lát có mấy đảng viên",
            "Thị trấn Mường Lát có 18 chi bộ với 396 đảng viên.",
            "396 đảng viên",
        ),
        (
            "Giảm mấy trường?",
            "Huyện giảm 23 bản, khu phố và giảm 17 đơn vị trường học.",
            "17 đơn vị trường học",
        ),
        ("Bao nhiêu phần trăm hoàn thành?", "Có 40 chi bộ, 62,5% hoàn thành nhiệm vụ.", "62,5%"),
        ("Có bao nhiêu cán bộ đi học?", "Mỗi năm có hàng chục cán bộ được đi học.", "hàng chục cán bộ"),
        ("Đợt 2 nhận mấy tác phẩm?", "Đợt 2 nhận 123 tác phẩm.", "123 tác phẩm"),
        ("Số chi bộ là bao nhiêu?", "Số đảng viên là 396, số chi bộ trực thuộc là 18.", "18"),
        ("thu nhập bình quân của huyện", "Thu nhập bình quân là 23,8 triệu đồng/năm.", "23,8 triệu đồng/năm"),
        (
            "Tỷ lệ nghèo năm 2018 còn bao nhiêu?",
            "Tỷ lệ nghèo còn 9,5% năm 2017, 7,25% năm 2018; có 4 trường.",
            "7,25%",
        ),
        (
            "Độ cao trung bình năm 2021 đạt bao nhiêu?",
            "Độ sâu còn 3,5% năm 2021; độ cao trung bình đạt 9% năm 2021.",
            "9%",
        ),
        ("Tỷ lệ phủ sóng năm 2021 đạt bao nhiêu?", "Có 8 trạm; phủ sóng đạt 93% trong năm 2021.", "93%"),
        ("Xã trồng được bao nhiêu cây?", "Xã trồng được hai nghìn cây trong mười ngày.", "hai nghìn cây"),
        # Dates.
        (
            "Chợ khai trương ngày nào?",
            "Chợ khai trương ngày 3 tháng 8, đóng ngày 9 tháng 8.",
            "ngày 3 tháng 8",
        ),
        ("Cầu xây xong khi nào?", "Cầu xây xong 21.6.1987.", "21.6.1987"),
        (
            "Thống kê vào lúc nào?",
            "Tính đến cuối tháng 11/2023, có 90 người, hơn so với năm 2004.",
            "Tính đến cuối tháng 11/2023",
        ),
        (
            "Thực hiện trong những năm nào?",
            "Trong hai năm 2011 và 2012, huyện làm theo Kế hoạch ngày 30/11/2011.",
            "Trong hai năm 2011 và 2012",
        ),
        ("Làm quy chế khi nào?", "Khi đại hội kết thúc, các cấp làm quy chế.", "Khi đại hội kết thúc"),
        # People, offices, documents, places.
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
            "Bí thư gặp bà con ở đâu?",
            "Bí thư Huyện ủy Mường Ảng gặp bà con bản Hón, thị trấn Mường Ảng.",
            "bản Hón, thị trấn Mường Ảng",
        ),
        (
            "Cán bộ đi học ở đâu?",
            "Cán bộ được cử đi học tại các trường trong tỉnh trước khi bổ nhiệm.",
            "các trường trong tỉnh",
        ),
        ("Huyện nào có 90 chi bộ?", "Toàn huyện có 90 chi bộ.", ""),
        # Names and contents.
        (
            "Chương trình hành động tên là gì?",
            "Huyện ban hành chương trình hành động “Nâng cao năng lực lãnh đạo”.",
            "Nâng cao năng lực lãnh đạo",
        ),
        (
            "Nghị quyết 4 về việc gì?",
            "Cùng Chỉ thị 3 “Học tập và làm theo Bác” là Nghị quyết 4 “Xây dựng Đảng hiện nay”.",
            "Xây dựng Đảng hiện nay",
        ),
        (
            "kết luận 21-KL/TW",
            "Kết luận số 21-KL/TW về đẩy mạnh chỉnh đốn Đảng, và việc khác.",
            "đẩy mạnh chỉnh đốn Đảng",
        ),
        # Reasons and purposes.
        (
            "Vì sao chi bộ ghép còn nhiều?",
            "Chi bộ ghép còn nhiều vì thiếu đảng viên, nhất là ở vùng cao.",
            "vì thiếu đảng viên",
        ),
        (
            "Luân chuyển cán bộ để làm gì?",
            "Huyện luân chuyển cán bộ để rèn luyện, tạo nguồn; xã cũng vậy.",
            "để rèn luyện, tạo nguồn",
        ),
        (
            "Huyện dựa vào đâu mà giao chỉ tiêu?",
            "Căn cứ kế hoạch cả nhiệm kỳ, huyện giao chỉ tiêu.",
            "Căn cứ kế hoạch cả nhiệm kỳ",
        ),
        # Lists.
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
        # How it is.
        (
            "Sinh hoạt chi bộ có đều không?",
            "Sinh hoạt chi bộ chưa được giữ thường xuyên; hồ sơ còn thiếu.",
            "chưa được giữ thường xuyên",
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
    ],
)
def test_the_words_that_answer_are_marked(question: str, text: str, words: str) -> None:
    assert marked(question, text) == words


def test_without_accents_the_same_words_are_marked() -> None:
    assert marked("bao nhieu nguoi hoc cao cap", STUDY) == "7 đồng chí"
    assert marked("phai lam tot nhung khau nao", "Làm tốt các khâu quy hoạch, bố trí.") == "quy hoạch, bố trí"


@given(st.sampled_from(list(AnswerType)), st.text(max_size=80), st.text(min_size=1, max_size=120))
def test_any_mark_lies_within_the_sentence(kind: AnswerType, asked: str, raw: str) -> None:
    words = {
        AnswerType.LIST: "những gì",
        AnswerType.REASON: "vì sao",
        AnswerType.NUMBER: "bao nhiêu",
        AnswerType.PERSON: "ai",
    }
    text = normalise(raw)
    for mark in (highlight, likely):
        span = mark(aligned(f"{asked} {words.get(kind, 'thế nào')}?"[:2000], text))
        assert span is None or 0 <= span[0] < span[1] <= len(text)
        if span and span[0]:
            assert not text[span[0] - 1 : span[0] + 1].isalpha(), "a mark begins a word"


def test_a_document_of_every_type_is_marked() -> None:
    for name in lexicon.marked("document_types.tsv", without="any"):
        other = "Kết luận 7-KL/TW" if name != "kết luận" else "Chỉ thị 7-CT/TW"
        for number in ("số 45-AB/TU", "số 45", "45/2019/QH14", "“Giữ nước sạch”"):
            text = f"Xã thực hiện {other} và {name} {number}, được dân đồng tình."
            assert marked(f"Xã thực hiện theo {name} nào?", text) == f"{name} {number}"
    assert (
        marked("Xã thực hiện theo luật nào?", "Xã tuyên truyền Luật Đất đai năm 2013.")
        == "Luật Đất đai năm 2013"
    )
    assert marked("Xã phổ biến luật nào?", "Xã phổ biến Luật Phòng, chống ma túy được 5 buổi.") == (
        "Luật Phòng, chống ma túy"
    )
    for text in ("Huyện hướng dẫn 15 chi bộ họp.", "Xã báo cáo 3 việc.", "Có 2 đảng viên bị kỷ luật 2 lần."):
        assert marked("Theo hướng dẫn nào?", text) == ""
