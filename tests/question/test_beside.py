"""What a question only mentions, and which questions are about the articles themselves."""

import pytest

from partyqa.question.query import Query


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Tôi ở Quan Sơn, cho tôi hỏi Than Uyên có mấy xã?", ("than uyen",)),
        ("Em quê Quan Sơn muốn hỏi Than Uyên có bao nhiêu đảng viên", ("than uyen",)),
        ("toi cong tac tai Quan Son, xin hoi Than Uyen co may xa", ("than uyen",)),
        ("Chúng tôi từ Quan Sơn. Than Uyên có gì?", ("than uyen",)),
        ("Tôi đang so sánh các huyện vùng Đông Bắc nên muốn biết Than Uyên có gì", ("than uyen",)),
        ("Về Than Uyên, tôi muốn biết có mấy xã", ("than uyen",)),
        ("Tôi muốn biết Than Uyên và Quan Sơn có mấy xã", ("than uyen", "quan son")),
        ("Ông Lò Văn Panh cho biết Than Uyên có mấy xã?", ("lo van panh", "than uyen")),
        ("Em học sinh nào ở Than Uyên đạt giải?", ("than uyen",)),
        ("Theo báo Cà Mau, Than Uyên có gì?", ("bao ca mau", "than uyen")),
        ("Viện dự báo Hàn Quốc vượt nước nào?", ("han quoc",)),
        ("Đèo Pha Đin dài mấy cây số?", ("deo pha din",)),
        ("Chợ Pha Đin họp ngày nào?", ("pha din",)),
        ("Ở Chợ Pha Đin có gì?", ("cho pha din",)),
    ],
)
def test_names_that_are_asked_about(question: str, names: tuple[str, ...]) -> None:
    assert Query(question).asked_names == names


@pytest.mark.parametrize(
    "question",
    [
        "Bài viết về Than Uyên đăng trên báo nào?", "Bài của Lò Văn Panh nói về gì?", "Bài này do ai viết?",
        "Lò Văn Panh viết bài gì?", "Có bao nhiêu bài viết về Than Uyên?", "tac gia bai viet nay la ai",
        "Ai viết bài về Than Uyên?", "Mở bài về Than Uyên", "Năm 2020 có những bài nào?", "Bài nào cũ nhất?",
    ],
)  # fmt: skip
def test_questions_about_articles(question: str) -> None:
    assert Query(question).of_articles


@pytest.mark.parametrize(
    "question",
    [
        "Bài học của Than Uyên là gì?", "Bài thơ này do ai viết?", "Bài phát biểu của ông Panh nói về gì?",
        "Ông Panh viết bài báo đầu tiên vào năm nào?", "Cuộc thi nhận được bao nhiêu bài dự thi?",
        "Thị xã bài trừ tệ nạn nào?", "Lực lượng nào bài bản nhất?",
    ],
)  # fmt: skip
def test_questions_about_other_things(question: str) -> None:
    assert not Query(question).of_articles
