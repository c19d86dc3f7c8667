"""Follow-up questions are written out; what stands alone takes nothing over."""

import pytest
from conftest import ROOT

from partyqa.corpus.loading import read_corpus
from partyqa.question.dependence import stands_alone
from partyqa.question.query import Query
from partyqa.question.rewriting import stand_alone
from partyqa.question.spelling import Speller
from partyqa.text import lexicon
from partyqa.text.tokens import tokens
from partyqa.types import Answer, Article, Citation, Sentence

TEXTS = [f"{article.title}. {article.text}" for article in read_corpus(ROOT / "corpus")]
KNOWN = frozenset(token for text in TEXTS for token in tokens(text))
SPELLER = Speller(TEXTS)


def answered(quote: str, marked: str) -> Answer:
    start = quote.index(marked)
    sentence = Sentence(Article("a", "", quote), 0, len(quote))
    citation = Citation(1, sentence, (start, start + len(marked)))
    return Answer("", "", "", (citation,), 1.0)


ANSWERS = {
    "Đoàn kiểm tra do ai làm trưởng đoàn?": answered(
        "Đồng chí Triệu Minh Xiết làm trưởng đoàn năm 2023.", "Triệu Minh Xiết"
    ),
    "Ai là Bí thư Huyện ủy Mường Ảng?": answered(
        "Bí thư Huyện ủy Mường Ảng Trương Quang Hải trò chuyện với dân.", "Trương Quang Hải"
    ),
    "Vũ Mạnh Hà tới thăm bản nào?": answered("Đồng chí Vũ Mạnh Hà thăm bản Sin Suối Hồ.", "bản Sin Suối Hồ"),
}
NOTHING = Answer("", "", "", (), 0.0)


def recall(question: str) -> Answer:
    return ANSWERS.get(question, NOTHING)


def understood(question: str, turns: list[str]) -> str:
    """As the engine does: typing mended against the articles, then written out."""
    return written_out(SPELLER.mend(question), list(map(SPELLER.mend, turns)))


def written_out(question: str, turns: list[str]) -> str:
    return stand_alone(Query(question), list(map(Query, turns)), recall, KNOWN.__contains__).text


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        (["Mường Tè có bao nhiêu đảng viên?", "Còn Mường Ảng thì sao?"], "Mường Ảng có bao nhiêu đảng viên?"),
        (["Mường Tè có bao nhiêu đảng viên?", "Thế còn Mường Ảng?"], "Mường Ảng có bao nhiêu đảng viên?"),
        (
            ["Mường Tè năm 2020 có bao nhiêu chi bộ?", "Năm 2015 thì sao?"],
            "Mường Tè năm 2015 có bao nhiêu chi bộ?",
        ),
        (["Mường Tè có bao nhiêu chi bộ?", "Còn năm 2015?"], "Mường Tè có bao nhiêu chi bộ năm 2015?"),
        (["Mường Lát có bao nhiêu đảng viên?", "Còn chi bộ?"], "Mường Lát có bao nhiêu chi bộ?"),
        (["Thị trấn Mường Lát có mấy chi bộ?", "Bí thư ở đó là ai?"], "Bí thư ở Thị trấn Mường Lát là ai?"),
        (["Huyện Mường Ảng ra sao?", "Huyện ấy có mấy bản?"], "Huyện Mường Ảng có mấy bản?"),
        (
            ["Mường Ảng còn mấy bản?", "Ở đó có bản nào trắng đảng viên?"],
            "Ở Mường Ảng có bản nào trắng đảng viên?",
        ),
        (
            ["Mường Tè học gì năm 2013?", "Năm ấy bao nhiêu người học?"],
            "Năm 2013 bao nhiêu người học ở Mường Tè?",
        ),
        (["Đoàn kiểm tra do ai làm trưởng đoàn?", "Đồng chí ấy nói gì?"], "Triệu Minh Xiết nói gì?"),
        (["Ai là Bí thư Huyện ủy Mường Ảng?", "Đồng chí ấy thăm bản nào?"], "Trương Quang Hải thăm bản nào?"),
        (["Đoàn kiểm tra do ai làm trưởng đoàn?", "Lúc đó ra sao?"], "Năm 2023 ra sao?"),
        (
            ["Vũ Mạnh Hà là ai?", "Đồng chí ấy tới thăm bản nào?", "Bản đó thuộc huyện nào?"],
            "Bản Sin Suối Hồ thuộc huyện nào?",
        ),
        (["Mường Ảng có mấy chi bộ?", "Mở bao nhiêu lớp?"], "Mở bao nhiêu lớp ở Mường Ảng?"),
        (
            ["Mường Ảng có mấy chi bộ?", "Bao nhiêu trong số đó vững mạnh?"],
            "Bao nhiêu vững mạnh ở Mường Ảng?",
        ),
        (["muong te co bao nhieu dang vien", "con muong ang thi sao"], "muong ang co bao nhieu dang vien"),
        (["mường tè có bao nhiêu đảng viên", "thế còn mường ảng?"], "mường ảng có bao nhiêu đảng viên"),
        (["huyen muong te co may chi bo", "bi thu o do la ai"], "bi thu ở muong te la ai"),
        (["muong te co may chi bo", "muong nhe co may chi bo"], "muong nhe co may chi bo"),
        (["Huyện Mường Tè có mấy chi bộ?", "Còn Mường Ảng?"], "Huyện Mường Ảng có mấy chi bộ?"),
        (["Huyện Mường Tè có mấy chi bộ?", "Còn Lai Châu?"], "Lai Châu có mấy chi bộ?"),
        (
            ["Tỉnh Lai Châu có mấy chi bộ?", "Còn thành phố Lai Châu thì sao?"],
            "Thành phố Lai Châu có mấy chi bộ?",
        ),
        (["Thị trấn Mường Lát có mấy chi bộ?", "Còn Mường Ảng?"], "Thị trấn Mường Ảng có mấy chi bộ?"),
    ],
)
def test_a_follow_up_is_written_out(turns: list[str], meant: str) -> None:
    assert written_out(turns[-1], turns[:-1]) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Ai là Bí thư Huyện ủy Mường Ảng?",
        "Kế hoạch 13-KH/HU ban hành khi nào?",
        "Chỉ thị 05 nói gì?",
        "Phạm Văn Sơn giữ chức gì?",
    ],
)
def test_what_stands_alone_takes_nothing(question: str) -> None:
    earlier = ["Mường Tè có bao nhiêu đảng viên?"]
    assert written_out(question, earlier) == question
    assert written_out(question, []) == question


def test_without_anything_to_take_over_the_question_stays() -> None:
    for question, earlier in (
        ("Đồng chí ấy là ai?", "Có bao nhiêu chi bộ?"),
        ("con chi bo thi sao", "nghi quyet noi gi"),
        ("Vì sao?", "Mường Tè giảm mấy trường?"),
    ):
        assert written_out(question, [earlier]) == question


DISTRICT = "Năm 2020 huyện Mường Tè có bao nhiêu đảng viên?"
TOWN = "Thị trấn Mường Lát có mấy chi bộ?"
PERSON = "Vũ Mạnh Hà là ai?"
SECRETARY = "Ai là Bí thư Huyện ủy Mường Ảng?"
DOCUMENT = "Chỉ thị 05-CT/TW ban hành khi nào?"
WITHIN = "Huyện Mường Tè, tỉnh Lai Châu có mấy xã?"


@pytest.mark.parametrize(
    ("before", "follow_up", "meant"),
    [
        # The same question of another place, time, thing, document or office ...
        (DISTRICT, "con muong ang thi sao", "Năm 2020 huyện mường ảng có bao nhiêu đảng viên?"),
        (DISTRICT, "con dien bien thi sao", "Năm 2020 huyện điện biên có bao nhiêu đảng viên?"),
        (DISTRICT, "à thế còn lai châu?", "Năm 2020 lai châu có bao nhiêu đảng viên?"),
        (DISTRICT, "Mường Ảng?", "Năm 2020 huyện Mường Ảng có bao nhiêu đảng viên?"),
        (DISTRICT, "2015?", "2015 huyện Mường Tè có bao nhiêu đảng viên?"),
        (DISTRICT, "vậy năm 2015 thì sao nhỉ?", "Năm 2015 huyện Mường Tè có bao nhiêu đảng viên?"),
        (DISTRICT, "còn chi bộ?", "Năm 2020 huyện Mường Tè có bao nhiêu chi bộ?"),
        (DISTRICT, "con chi bo", "Năm 2020 huyện Mường Tè có bao nhiêu chi bộ?"),
        (DISTRICT, "the chi bo thi sao", "Năm 2020 huyện Mường Tè có bao nhiêu chi bộ?"),
        (DISTRICT, "Chi bộ?", "Năm 2020 huyện Mường Tè có bao nhiêu chi bộ?"),
        (DISTRICT, "Còn cả nước?", "Năm 2020 cả nước có bao nhiêu đảng viên?"),
        ("Có bao nhiêu chi bộ ở Mường Lát?", "Còn đảng viên?", "Có bao nhiêu đảng viên ở Mường Lát?"),
        (TOWN, "Còn huyện Mường Tè, tỉnh Lai Châu?", "Huyện Mường Tè, tỉnh Lai Châu có mấy chi bộ?"),
        (WITHIN, "Còn Mường Ảng?", "Huyện Mường Ảng có mấy xã?"),
        (DOCUMENT, "Còn Nghị quyết 35?", "Nghị quyết 35 ban hành khi nào?"),
        (SECRETARY, "còn chủ tịch?", "Chủ tịch ở Mường Ảng là ai?"),
        # ... what is pointed at ...
        (DISTRICT, "nam ay mo may lop", "Năm 2020 mở mấy lớp ở huyện Mường Tè?"),
        (DISTRICT, "huyen nay co gi noi bat", "Huyện Mường Tè có gì nổi bật"),
        (DISTRICT, "o do co may chi bo", "Ở huyện Mường Tè có mấy chi bộ"),
        (TOWN, "bi thu o do la ai", "bí thư ở Thị trấn Mường Lát là ai"),
        (PERSON, "dong chi ay tham ban nao", "Vũ Mạnh Hà thăm bản nào"),
        (PERSON, "dong chi ay sinh nam nao", "Vũ Mạnh Hà sinh năm nào"),
        (SECRETARY, "Vị bí thư ấy nói gì?", "Trương Quang Hải nói gì?"),
        (DOCUMENT, "Chỉ thị đó do ai ký?", "Chỉ thị 05-CT/TW do ai ký?"),
        # ... and what is left out: place, time of a figure, person.
        (DISTRICT, "bi thu la ai", "bí thư ở huyện Mường Tè là ai?"),
        (DISTRICT, "bao nhiêu người dân tộc?", "bao nhiêu người dân tộc ở huyện Mường Tè năm 2020?"),
        (DISTRICT, "Hiện nay có mấy chi bộ?", "Hiện nay có mấy chi bộ ở huyện Mường Tè?"),
        (DISTRICT, "chat luong can bo the nao", "chất lượng cán bộ ở huyện Mường Tè thế nào?"),
        (DISTRICT, "Xã nào đông nhất?", "Xã nào đông nhất ở huyện Mường Tè?"),
        (DISTRICT, "Huyện làm theo Bác ra sao?", "Huyện làm theo Bác ở huyện Mường Tè ra sao?"),
        (
            DISTRICT,
            "Nghị quyết của Trung ương thế nào?",
            "Nghị quyết của Trung ương ở huyện Mường Tè thế nào?",
        ),
        (WITHIN, "Bí thư là ai?", "Bí thư ở Huyện Mường Tè là ai?"),
        (PERSON, "giu chuc gi", "Vũ Mạnh Hà giữ chức gì"),
        (SECRETARY, "Quê ở đâu?", "Trương Quang Hải quê ở đâu?"),
    ],
)
def test_what_leans_takes_over_place_time_person_or_subject(before: str, follow_up: str, meant: str) -> None:
    assert understood(follow_up, [before]) == meant


@pytest.mark.parametrize(
    ("question", "typed_plain"),
    [
        ("Giá vàng bao nhiêu một chỉ?", "gia vang bao nhieu mot chi"),
        ("Còn giá vàng thì sao?", "con gia vang thi sao"),
        ("Kết quả bóng đá thế nào?", "ket qua bong da the nao"),
        ("Ai là Chủ tịch nước?", "ai la chu tich nuoc"),
        ("Tổng Bí thư là ai?", "tong bi thu la ai"),
        ("Trung ương có bao nhiêu ủy viên?", "trung uong co bao nhieu uy vien"),
        ("Hiện nay Bộ Chính trị có mấy người?", "hien nay bo chinh tri co may nguoi"),
        ("Quốc hội có bao nhiêu đại biểu?", "quoc hoi co bao nhieu dai bieu"),
        ("Ai đang làm Thủ tướng?", "ai dang lam thu tuong"),
        ("Số ủy viên của Trung ương là bao nhiêu?", "so uy vien cua trung uong la bao nhieu"),
        ("Cả nước có bao nhiêu đảng viên?", "ca nuoc co bao nhieu dang vien"),
        ("Việt Nam có bao nhiêu tỉnh?", "viet nam co bao nhieu tinh"),
        ("Đảng Cộng sản Việt Nam thành lập năm nào?", "dang cong san viet nam thanh lap nam nao"),
        ("Ở Lào có bao nhiêu đảng viên?", "o lao co bao nhieu dang vien"),
        ("Nước Pháp có mấy đảng?", "nuoc phap co may dang"),
        ("TCCSĐ viết tắt của từ gì?", "tccsd viet tat cua tu gi"),
        ("Đảng viên dự bị nghĩa là gì?", "dang vien du bi nghia la gi"),
        ("Thế nào là chi bộ ghép?", "the nao la chi bo ghep"),
        ("Ai sáng lập Facebook?", ""),
        ("Huyện nào đông nhất?", "huyen nao dong nhat"),
        ("Tỉnh nào nhiều chi bộ nhất?", "tinh nao nhieu chi bo nhat"),
        ("Kế hoạch 13-KH/HU về việc gì?", "ke hoach 13-kh/hu ve viec gi"),
        ("Mường Nhé có mấy chi bộ?", "muong nhe co may chi bo"),
    ],
)
def test_a_new_subject_takes_nothing(question: str, typed_plain: str) -> None:
    for before in (DISTRICT, TOWN, SECRETARY):
        assert understood(question, [before]) == question
        assert not typed_plain or understood(typed_plain, [before]) == SPELLER.mend(typed_plain)


def test_the_place_is_still_known_behind_its_own_follow_ups_but_not_behind_another_subject() -> None:
    assert understood("Bí thư là ai?", [TOWN, "còn đảng viên?"]) == "Bí thư ở Thị trấn Mường Lát là ai?"
    assert understood("Bí thư là ai?", [TOWN, "Ai là Chủ tịch nước?"]) == "Bí thư là ai?"


@pytest.mark.parametrize("question", ["Bản đồ ở đâu?", "Năm nay mở mấy lớp?", "Công tác dân vận thế nào?"])
def test_words_that_only_look_like_pointing_stay(question: str) -> None:
    changed = understood(question, ["Vũ Mạnh Hà tới thăm bản nào?"])
    assert changed.startswith(question.rstrip("?").removesuffix(" thế nào"))


def test_a_document_of_every_type_is_pointed_at() -> None:
    for name in lexicon.marked("document_types.tsv", without="any"):
        head = name.capitalize()
        for document in (
            f"{head} số 12-AB/TU",
            f"{head} số 7",
            f"{head} 45/2019/QH14",
            f"{head} “Giữ nước sạch”",
        ):
            for asked, pointed in (
                (f"{document} nói gì?", f"{head} đó ban hành khi nào?"),
                (f"Ai soạn {document}?", f"{head} ấy ban hành khi nào?"),
                (f"Ai soạn {document}?", "Văn bản này ban hành khi nào?"),
            ):
                assert written_out(pointed, [asked]) == f"{document} ban hành khi nào?"
    both = "Nghị quyết số 7 và 12-TB/TU nói gì?"
    assert written_out("Thông báo đó do ai ký?", [both]) == "12-TB/TU do ai ký?"
    for pointed in (
        "Kỷ luật đó nặng không?",
        "Pháp luật ấy ra sao?",
        "Báo cáo viên đó là ai?",
        "Báo cáo đó ở đâu?",
    ):
        assert written_out(pointed, ["Nghị quyết số 7 nói gì?"]) == pointed
    assert understood("thong bao do ban hanh khi nao", ["Thông báo số 12-TB/TW nói gì?"]).startswith(
        "Thông báo số 12-TB/TW ban hành"
    )


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        (
            "Quy chế phối hợp của Thành ủy gồm mấy chương?",
            "Quy chế đó do ai soạn?",
            "Quy chế phối hợp của Thành ủy do ai soạn?",
        ),
        (
            "Đề án trồng rừng ven suối có mục tiêu gì?",
            "Đề án ấy hết bao nhiêu tiền?",
            "Đề án trồng rừng ven suối hết bao nhiêu tiền?",
        ),
        ("Ai ký Kế hoạch vận động của Tỉnh ủy?", "Văn bản đó nêu gì?", "Kế hoạch vận động của Tỉnh ủy nêu gì?"),
        ("quy che hop cua huyen uy co gi", "quy che do gom may dieu", "quy che hop cua huyen uy gom may dieu"),
    ],
)  # fmt: skip
def test_a_document_named_by_its_title_is_pointed_at(before: str, question: str, meant: str) -> None:
    assert written_out(question, [before]).casefold() == meant.casefold()


def test_a_name_in_another_spelling_is_no_stranger() -> None:
    held = set(tokens("Đoàn thăm nước Mĩ, Kì Anh"))
    before = Query("Huyện có mấy xã?")
    assert not stands_alone(Query("Ai thăm Mỹ?"), before, held.__contains__)
    assert stands_alone(Query("Ai thăm Nga?"), before, held.__contains__)
