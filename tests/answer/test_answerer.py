"""Sentences chosen and refused, over three articles that read alike; the judgement is set by hand here."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from toy import ToyEncoder, sentence_view, toy_engine

from partyqa.answer.alignment import Alignment, nearest
from partyqa.answer.answerer import Answerer
from partyqa.answer.asked import what_is_asked
from partyqa.answer.calibration import SIGNALS, Judgement
from partyqa.answer.candidates import SentenceView
from partyqa.answer.features import FEATURES, contradiction, weigh
from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.question.query import understand
from partyqa.retrieval import Dense, Fused, Lexical
from partyqa.text.entities import answer_spans
from partyqa.text.views import TextView
from partyqa.types import Article

ARTICLES = (
    Article(
        "ang", "Xây dựng Đảng ở Mường Ảng",
        "Đảng bộ huyện Mường Ảng có 49 tổ chức cơ sở đảng với 2.128 đảng viên. Năm 2016, toàn Đảng bộ kết nạp 152 "
        "đảng viên mới. Đồng chí Trương Quang Hải, Bí thư Huyện ủy, kết luận hội nghị.",
        source="Báo Điện Biên Phủ", published=date(2017, 3, 1),
    ),
    Article(
        "te", "Xây dựng Đảng ở Mường Tè",
        "Đảng bộ huyện Mường Tè có 60 chi, đảng bộ trực thuộc với 2618 đảng viên. Huyện có 10 dân tộc.",
        published=date(2015, 8, 5),
    ),
    Article("lat", "Kiểm tra ở Thị trấn Mường Lát", "Đảng bộ Thị trấn Mường Lát có 396 đảng viên, 18 chi bộ."),
)  # fmt: skip
CHOOSE = {"passage": 1.0, "words": 1.0, "pairs": 1.0, "context": 1.0, "names": 2.0, "kind": 1.0, "focus": 0.5}
JUDGEMENT = Judgement(
    np.array([CHOOSE.get(name, 0.0) for name in FEATURES]),
    np.array([{"context": 8.0, "intercept": -3.0}.get(name, 0.0) for name in (*SIGNALS, "intercept")]),
    threshold=0.15,
    further=0.0,
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> PartyQA:
    return toy_engine(tmp_path_factory.mktemp("answer") / "index", ARTICLES, JUDGEMENT)


@pytest.mark.parametrize(
    ("question", "quote", "marked"),
    [
        (
            "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?",
            "Đảng bộ huyện Mường Ảng có 49",
            "2.128 đảng viên",
        ),
        ("dang bo huyen muong te co bao nhieu dang vien", "Đảng bộ huyện Mường Tè có 60", "2618 đảng viên"),
        ("Thị trấn Mường Lát có mấy chi bộ?", "Đảng bộ Thị trấn Mường Lát có 396", "18 chi bộ"),
        ("Bí thư Huyện ủy Mường Ảng là ai?", "Đồng chí Trương Quang Hải", "Trương Quang Hải"),
        (
            "Mường Ảng năm 2016 kết nạp bao nhiêu đảng viên mới?",
            "Năm 2016, toàn Đảng bộ",
            "152 đảng viên",
        ),
    ],
)
def test_the_sentence_and_the_words_that_answer(
    engine: PartyQA, question: str, quote: str, marked: str
) -> None:
    answer = engine.ask(question)
    assert answer.answered
    first = answer.citations[0]
    assert first.sentence.text.startswith(quote)
    assert first.highlight is not None
    assert first.sentence.text[slice(*first.highlight)] == marked
    assert answer.text.startswith(f"«{first.sentence.text}» [1]")
    assert answer.related == ()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Đảng bộ huyện Mường Nhé có bao nhiêu đảng viên?", "Kho bài viết không nói về huyện Mường Nhé."),
        ("dang bo huyen muong nhe co bao nhieu dang vien", "Kho bài viết không nói về huyện Mường Nhé."),
        ("muong nhe co bao nhieu dang vien", "Kho bài viết không nói về Mường Nhé."),
        (
            "Huyện Mường Ảng, tỉnh Lai Châu có bao nhiêu đảng viên?",
            "Huyện Mường Ảng thuộc tỉnh Điện Biên, không thuộc tỉnh Lai Châu; hãy hỏi lại với đúng tên tỉnh.",
        ),
        (
            "muong ang cua tinh lai chau co bao nhieu dang vien",
            "Mường Ảng thuộc tỉnh Điện Biên, không thuộc tỉnh Lai Châu; hãy hỏi lại với đúng tên tỉnh.",
        ),
        ("THỊ XÃ MƯỜNG LAY CÓ BAO NHIÊU ĐẢNG VIÊN?", "Kho bài viết không nói về thị xã Mường Lay."),
        ("xa muong nhe co may chi bo", "Kho bài viết không nói về xã Mường Nhé."),
        (
            "Năm 2010 Mường Ảng kết nạp bao nhiêu đảng viên mới?",
            "Kho bài viết không cho biết điều này của năm 2010.",
        ),
        (
            "Khi mới chia tách huyện Mường Nhé Đông có gì?",
            "Kho bài viết không nói về Mường Nhé Đông.",
        ),
        ("Huyện Mường Lát có bao nhiêu đảng viên?", "Kho bài viết không có câu nào trả lời câu hỏi này."),
        ("Có gì?", "Câu hỏi chưa nói rõ hỏi về điều gì; hãy thêm nơi hoặc việc cần hỏi."),
        ("huyện nào", "Câu hỏi chưa nói rõ hỏi về điều gì; hãy thêm nơi hoặc việc cần hỏi."),
        ("2020", "Câu hỏi chưa nói rõ hỏi về điều gì; hãy thêm nơi hoặc việc cần hỏi."),
        ("Nhà máy thủy điện phát bao nhiêu điện?", "Kho bài viết không có câu nào trả lời câu hỏi này."),
    ],
)
def test_another_place_year_or_unit_is_refused(engine: PartyQA, question: str, said: str) -> None:
    answer = engine.ask(question)
    assert not answer.answered
    assert answer.text == said
    assert answer.confidence < 0.5
    assert 1 <= len(answer.related) <= 3
    assert [citation.marker for citation in answer.related] == list(range(1, len(answer.related) + 1))


@pytest.mark.parametrize(
    "question",
    [
        "Mường Tè hay Mường Ảng có nhiều đảng viên hơn?",
        "Mường Ảng có bao nhiêu đảng viên, Mường Tè có bao nhiêu?",
    ],
)
def test_a_comparison_cites_each_side(engine: PartyQA, question: str) -> None:
    answer = engine.ask(question)
    assert {citation.sentence.article.id for citation in answer.citations} == {"ang", "te"}
    assert all("đảng viên" in citation.sentence.text for citation in answer.citations)


def test_a_further_citation_is_of_the_place_asked_about_too(engine: PartyQA) -> None:
    generous = Judgement(JUDGEMENT.choose, JUDGEMENT.trust, JUDGEMENT.threshold, further=100.0)
    answerer = Answerer(engine.index, engine.answerer.vector, generous)
    asked = PartyQA(engine.index, engine.encoder, engine.retriever, answerer).ask(
        "Mường Tè có những gì nổi bật?"
    )
    assert len(asked.citations) > 1
    assert {citation.sentence.article.id for citation in asked.citations} == {"te"}


def test_typing_slips_are_mended_and_said(engine: PartyQA) -> None:
    answer = engine.ask("Mườgn Ảng cos bao nhiêu ddangr vieen?")
    assert answer.standalone_question == "Mường Ảng có bao nhiêu đảng viên?"
    assert answer.question == "Mườgn Ảng cos bao nhiêu ddangr vieen?"
    assert "2.128" in answer.citations[0].sentence.text


def evidence_of(question: str, view: SentenceView) -> dict[str, float]:
    found = weigh(what_is_asked(understand(question), [view], lambda token: 1.0), view, 0.8)
    return dict(zip(FEATURES, found.vector().tolist(), strict=True))


def test_evidence_counts_shares() -> None:
    spot = sentence_view("Huyện có 10 dân tộc.", "Xây dựng Đảng ở Mường Tè.", "Toàn huyện có mười bốn xã.")
    found = evidence_of("Mường Tè có bao nhiêu dân tộc?", spot)
    # dân, tộc of mường, tè, dân, tộc, each with and without accents; the context adds mường and tè
    assert found["words"] == pytest.approx(4 / 8)
    assert found["context"] == 1.0
    assert found["names"] == found["kind"] == found["focus"] == 1.0
    assert found["lacks"] == found["year"] == found["meaning"] == 0.0


@pytest.mark.parametrize(
    ("question", "text", "context", "year"),
    [
        ("năm 2016 ra sao", "Năm 2016 kết nạp 152 đảng viên.", "", 1.0),
        ("năm 2016 ra sao", "Năm 2015 kết nạp 152 đảng viên.", "Ngày 01/03/2016.", -1.0),
        ("năm 2020 ra sao", "Giai đoạn 2015 - 2020 kết nạp 1000 đảng viên.", "", 0.2),
        ("giai đoạn 2015-2020 ra sao", "Từ năm 2015 đến năm 2020 kết nạp 1000 đảng viên.", "", 1.0),
        ("giai đoạn 2020-2025 ra sao", "Từ năm 2015 đến năm 2020 kết nạp 1000 đảng viên.", "", -1.0),
        ("năm 2016 ra sao", "Kết nạp 152 đảng viên.", "Ngày 01/03/2016.", 0.5),
        ("năm 2016 ra sao", "Kết nạp 152 đảng viên.", "Ngày 01/03/2017.", -0.7),
        ("năm 2016 ra sao", "Kết nạp 152 đảng viên.", "", 0.0),
        ("ra sao", "Năm 2015 kết nạp 152 đảng viên.", "", 0.0),
    ],
)
def test_years(question: str, text: str, context: str, year: float) -> None:
    assert evidence_of(question, sentence_view(text, context))["year"] == year


@pytest.mark.parametrize(
    ("question", "text", "office"),
    [
        ("Bí thư Tỉnh ủy là ai?", "Phó Bí thư Thường trực Tỉnh ủy Vũ Mạnh Hà thăm bản.", -1.0),
        ("Phó Bí thư Tỉnh ủy là ai?", "Bí thư Tỉnh ủy thăm bản.", -1.0),
        ("Bí thư Tỉnh ủy là ai?", "Bí thư và Phó Bí thư Tỉnh ủy thăm bản.", 0.0),
        ("Bí thư Tỉnh ủy là ai?", "Đồng chí Vũ Mạnh Hà thăm bản.", 0.0),
        ("Phó Chủ tịch huyện là ai?", "Chủ tịch Hồ Chí Minh thăm bản.", 0.0),
    ],
)
def test_a_deputy_is_not_the_head(question: str, text: str, office: float) -> None:
    assert evidence_of(question, sentence_view(text))["office"] == office


def test_sides_of_a_comparison() -> None:
    def sides(question: str) -> list[Callable[[SentenceView], bool]]:
        return what_is_asked(understand(question), [], lambda token: 1.0).sides

    spot = sentence_view("Huyện có 10 dân tộc.", "Mường Tè.")
    assert [speaks(spot) for speaks in sides("Mường Tè hay Mường Ảng?")] == [True, False]
    years = sides("năm 2015 mấy chi bộ, năm 2020 mấy?")
    assert [speaks(sentence_view("Năm 2020 có 5.")) for speaks in years] == [False, True]
    assert sides("giai đoạn 2015-2020 có gì?") == []


def test_a_number_asked_of_a_sentence_without_one_contradicts() -> None:
    spot = sentence_view("Đồng chí Phạm Văn Sơn phát biểu.")
    asked = what_is_asked(understand("Ông Phạm Văn Sơn bao nhiêu tuổi?"), [spot], lambda token: 1.0)
    assert contradiction(asked, weigh(asked, spot, 0.8))


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("Kế hoạch ban hành khi nào?", "Kế hoạch số 13-KH/HU ngày 30/11/2011 được ban hành.", "ngày 30/11/2011"),
        ("Ai làm trưởng đoàn?", "Đoàn do đồng chí Triệu Minh Xiết làm trưởng đoàn.", "Triệu Minh Xiết"),
        ("Thu nhập bình quân năm 2020 là bao nhiêu?", "Thu nhập bình quân năm 2020 là 23,85 triệu đồng/năm.",
         "23,85 triệu đồng/năm"),
        ("Tỷ lệ đạt là bao nhiêu?", "Tỷ lệ đạt 62,5%.", "62,5%"),
        ("Bản nào còn trắng đảng viên?", "Còn một bản trắng đảng viên là bản Pơ Mu.", "bản Pơ Mu"),
        ("Thực hiện chỉ thị nào?", "Huyện thực hiện Chỉ thị số 05-CT/TW của Bộ Chính trị.", "Chỉ thị số 05-CT/TW"),
        ("Vì sao phải làm?", "Phải làm vì dân.", None),
    ],
)  # fmt: skip
def test_the_nearest_words_of_the_kind_are_marked(question: str, text: str, marked: str | None) -> None:
    query = understand(question)
    span = nearest(Alignment(query, TextView(text), dict.fromkeys(query.terms, 1.0)))
    assert (span and text[slice(*span)]) == marked


def test_answer_spans_leave_offices_out() -> None:
    query = understand("Ai là bí thư?")
    text = "Ban Thường Vụ nghe đồng chí Lầu Thanh Va báo cáo."
    assert [text[slice(*span)] for span in answer_spans(query.kind, text)] == ["Lầu Thanh Va"]


def test_the_shipped_judgement_fits_the_code() -> None:
    shipped = Judgement.shipped(reading=False)
    assert shipped.choose.shape == (len(FEATURES),)
    assert shipped.trust.shape == (len(SIGNALS) + 1,)
    assert 0 < shipped.threshold < 1


def test_an_index_of_the_files_can_be_anywhere(engine: PartyQA, tmp_path: Path) -> None:
    build_index(tmp_path / "đường dẫn có dấu", ARTICLES, ToyEncoder())
    moved = PartyQA.compose(Index.load(tmp_path / "đường dẫn có dấu"), ToyEncoder())
    assert [hit.passage.id for hit in moved.search("đảng viên", 3)] == [
        hit.passage.id for hit in engine.search("đảng viên", 3)
    ]


def test_what_was_at_the_beginning_is_refused_for_today_without_naming_a_year(tmp_path: Path) -> None:
    article = Article(
        "sh", "Sìn Hồ xây dựng Đảng", "Khi mới chia tách, huyện Sìn Hồ có 432 chi bộ trực thuộc."
    )
    build_index(tmp_path / "index", [article], ToyEncoder())
    index = Index.load(tmp_path / "index")
    dense = Dense(index, ToyEncoder())
    engine = PartyQA(
        index, ToyEncoder(), Fused(dense, Lexical(index)), Answerer(index, dense.vector, JUDGEMENT)
    )
    assert engine.ask("Khi mới chia tách huyện Sìn Hồ có bao nhiêu chi bộ?").answered
    today = engine.ask("Huyện Sìn Hồ hiện nay có bao nhiêu chi bộ?")
    assert not today.answered
    assert today.text == "Kho bài viết không có câu nào trả lời câu hỏi này."
