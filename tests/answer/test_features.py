"""Whether a sentence is of the place asked about: provinces and their districts, old names and new ones."""

import pytest
from toy import sentence_view

from partyqa.answer.asked import Asked, what_is_asked
from partyqa.answer.candidates import SentenceView
from partyqa.answer.features import contradiction, weigh
from partyqa.question.query import understand

TITLE_ANG = "Xây dựng Đảng ở huyện Mường Ảng. 2017-03-01."
HEADING = "Chi bộ sinh hoạt đều vào mồng ba hằng tháng."


def asked_of(question: str, view: SentenceView) -> Asked:
    return what_is_asked(understand(question), [view], lambda token: 1.0)


@pytest.mark.parametrize(
    ("question", "text", "context", "of_another"),
    [
        # A province contains its districts ...
        ("Chi bộ ở tỉnh Điện Biên sinh hoạt thế nào?", HEADING, TITLE_ANG, False),
        ("chi bo o tinh dien bien sinh hoat the nao", HEADING, TITLE_ANG, False),
        ("Điện Biên có những cách làm gì?", HEADING, TITLE_ANG, False),
        ("Chi bộ ở tỉnh Lai Châu sinh hoạt thế nào?", HEADING, TITLE_ANG, True),
        ("Chi bộ ở huyện Mường Nhé sinh hoạt thế nào?", HEADING, TITLE_ANG, True),
        ("Chi bộ ở Điện Biên Đông sinh hoạt thế nào?", HEADING, "Xây dựng Đảng ở tỉnh Điện Biên.", True),
        # ... but a part's figure, secretary or committee is not the whole's.
        ("Tỉnh Điện Biên có bao nhiêu đảng viên?", "Có 2.128 đảng viên.", TITLE_ANG, True),
        ("Ai là Bí thư Tỉnh ủy Điện Biên?", "Bí thư là Trương Quang Hải.", TITLE_ANG, True),
        ("Tỉnh ủy Điện Biên đã làm những gì?", HEADING, TITLE_ANG, True),
        ("Đảng bộ tỉnh Điện Biên làm những gì?", HEADING, TITLE_ANG, True),
        # A place that only says where another lies need not be repeated.
        ("Huyện Mường Ảng, tỉnh Điện Biên có bao nhiêu đảng viên?", "Có 2.128 đảng viên.", TITLE_ANG, False),
        ("muong ang cua dien bien co bao nhieu dang vien", "Có 2.128 đảng viên.", TITLE_ANG, False),
        ("Mường Ảng Điện Biên có bao nhiêu đảng viên?", "Có 2.128 đảng viên.", TITLE_ANG, False),
        ("Bản Pơ Mu ở Điện Biên có bao nhiêu hộ?", "Bản Pơ Mu có 30 hộ.", TITLE_ANG, False),
        # A wrong province, unless the article writes so too.
        ("Huyện Mường Ảng, tỉnh Lai Châu có bao nhiêu đảng viên?", "Có 2.128 đảng viên.", TITLE_ANG, True),
        (
            "Huyện Mường Ảng, tỉnh Lai Châu có bao nhiêu đảng viên?",
            "Có 2.128 đảng viên.",
            "Xây dựng Đảng ở huyện Mường Ảng, tỉnh Lai Châu.",
            False,
        ),
        # Names of before and since July 2025.
        ("Chi bộ ở tỉnh Lào Cai sinh hoạt thế nào?", HEADING, "Xây dựng Đảng ở tỉnh Yên Bái. 2019.", False),
        ("Chi bộ ở Hà Giang sinh hoạt thế nào?", HEADING, "Xây dựng Đảng ở Tuyên Quang. 2025-09-02.", False),
        ("Chi bộ ở Hà Giang sinh hoạt thế nào?", HEADING, "Xây dựng Đảng ở Tuyên Quang. 2019.", True),
        (
            "Chi bộ ở Điện Biên sinh hoạt thế nào?",
            HEADING,
            "Xây dựng Đảng ở xã Mường Ảng. 2025-09-02.",
            False,
        ),
        ("Thành phố Huế có bao nhiêu chi bộ?", "Tỉnh Thừa Thiên Huế có 90 chi bộ.", "", False),
        # Town and district, province and its city, with capitals or without.
        ("tinh lai chau co bao nhieu dang vien", "Đảng bộ thành phố Lai Châu có 90 đảng viên.", "", True),
        ("thanh pho lai chau co bao nhieu dang vien", "Đảng bộ tỉnh Lai Châu có 90 đảng viên.", "", True),
        (
            "thanh pho lai chau co bao nhieu dang vien",
            "Đảng bộ thành phố Lai Châu có 90 đảng viên.",
            "",
            False,
        ),
        ("huyen muong lat co bao nhieu dang vien", "Thị trấn Mường Lát có 396 đảng viên.", "", True),
        ("Ở Mường Ảng có bao nhiêu đảng viên?", "Có 2.128 đảng viên.", TITLE_ANG, False),
    ],
)
def test_a_sentence_of_another_place_contradicts(
    question: str, text: str, context: str, of_another: bool
) -> None:
    view = sentence_view(text, context)
    asked = asked_of(question, view)
    assert contradiction(asked, weigh(asked, view, 0.8)) is of_another


def test_a_part_is_not_a_side_of_a_comparison() -> None:
    asked = asked_of("Điện Biên hay Lai Châu có nhiều chi bộ hơn?", sentence_view(HEADING, TITLE_ANG))
    assert tuple(asked.names) == ("dien bien", "lai chau")
    assert asked.apart
    assert asked.wide == ()
