"""The same article twice, versions of it, corrections: who is told apart from whom, and what is cited."""

import random
from dataclasses import replace
from datetime import date
from itertools import combinations, product
from pathlib import Path

import pytest
from toy import ToyEncoder

from partyqa.corpus.kin import cited, with_kin
from partyqa.corpus.loading import corpus_digest, load_corpus
from partyqa.corpus.near import candidates, signature, without_figures, words_of
from partyqa.index.build import split
from partyqa.index.index import Index, build_index
from partyqa.types import Article, Kin

BODY = (
    "Đảng bộ huyện Nậm Tăm có 41 tổ chức cơ sở đảng với 2.128 đảng viên.",
    "Năm qua huyện kết nạp 152 đảng viên, trong đó 63 người là phụ nữ.",
    "Các chi bộ bản sinh hoạt đều vào ngày mùng 5 hằng tháng tại nhà văn hóa.",
    "Huyện ủy mở 12 lớp bồi dưỡng cho cán bộ cơ sở, mỗi lớp kéo dài ba ngày.",
    "Nhiều chi bộ đã đưa việc học tập và làm theo Bác vào nghị quyết thường kỳ.",
    "Đường vào bản được mở rộng, bà con góp đất và góp công cùng nhà nước.",
    "Trường học, trạm y tế và nhà văn hóa được sửa lại trước mùa mưa.",
    "Ban Thường vụ yêu cầu các cấp ủy chấm dứt việc sinh hoạt hình thức.",
    "Những nơi làm tốt được nêu tên tại hội nghị tổng kết cuối năm của huyện.",
    "Từ kinh nghiệm ấy, huyện nhân rộng mô hình ra mọi xã vùng cao.",
)
TEXT = "\n".join(BODY)
ONE = Article("một", "Báo cáo công tác đảng năm 2019", TEXT, "Huyện ủy Nậm Tăm", None, date(2019, 12, 20))


def kinds(*articles: Article) -> dict[str, list[tuple[str, str]]]:
    return {
        article.id: [(kin.kind, kin.id) for kin in article.kin]
        for article in with_kin(articles)
        if article.kin
    }


def test_exact_copies_are_named_and_one_is_cited() -> None:
    day = date(2019, 12, 18)
    articles = (
        ONE,
        replace(ONE, id="hai", title="Nậm Tăm nhân rộng mô hình", source="Báo Tà Cóm", published=day),
        replace(ONE, id="ba", text=TEXT.upper().lower(), published=None),
    )
    related = with_kin(articles)
    assert [article.kin for article in related] == [
        (Kin("original", "hai", "Nậm Tăm nhân rộng mô hình", "Báo Tà Cóm", day),),
        (
            Kin("copy", "ba", ONE.title, ONE.source, None),
            Kin("copy", "một", ONE.title, ONE.source, ONE.published),
        ),
        (Kin("original", "hai", "Nậm Tăm nhân rộng mô hình", "Báo Tà Cóm", day),),
    ]
    assert [replace(article, kin=()) for article in related] == list(articles)
    assert {passage.article.id for passage in split(related, ToyEncoder())} == {"hai"}


def test_what_only_a_near_copy_says_is_still_cited() -> None:
    short = replace(ONE, id="ngắn", text="\n".join(BODY[:-1]))
    longer = replace(ONE, id="dài", text=TEXT + "\nẢnh: Lò Thị Inh.")
    slip = replace(ONE, id="lỗi", text=TEXT.replace("hội nghị tổng kết", "hội nghị tổng kêt"))
    assert kinds(ONE, short) == {"một": [("copy", "ngắn")], "ngắn": [("original", "một")]}
    related = with_kin((longer, slip))
    assert [article.kin[0].kind for article in related] == ["copy", "original"]
    passages = split(related, ToyEncoder())
    said = {(passage.article.id, sentence.text) for passage in passages for sentence in passage.sentences}
    assert {text for owner, text in said if owner == "dài"} == {*BODY, "Ảnh: Lò Thị Inh."}
    assert ("lỗi", BODY[8].replace("tổng kết", "tổng kêt")) in said
    whole = split([replace(article, kin=()) for article in related], ToyEncoder())
    assert [passage.id for passage in cited(whole)] == [passage.id for passage in whole]


def test_other_figures_make_a_version_by_date() -> None:
    later = replace(
        ONE,
        id="sau",
        title="Báo cáo công tác đảng năm 2020",
        text=TEXT.replace("2.128", "2.301").replace("152", "173"),
        published=date(2020, 12, 19),
    )
    assert kinds(later, ONE) == {"một": [("later", "sau")], "sau": [("earlier", "một")]}
    undated = replace(later, published=None)
    assert kinds(undated, ONE) == {"một": [("version", "sau")], "sau": [("version", "một")]}
    related = with_kin((ONE, later))
    assert {passage.article.id for passage in split(related, ToyEncoder())} == {"một", "sau"}


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, text=TEXT.replace("Nậm Tăm", "Sam Kha")),  # another place on the same form
        replace(ONE, text=TEXT.replace("Nậm Tăm", "Sam Kha").replace("152", "31")),
        replace(ONE, text=TEXT.replace("63 người", "152 người"), title="Tin vắn"),
        replace(ONE, title="Báo cáo của xã Sam Kha"),
        replace(ONE, text=TEXT.replace("152", "31"), title="Tin vắn"),
        replace(ONE, text=TEXT.replace("152", "31"), source="Huyện ủy Sam Kha"),
        replace(ONE, title="Báo cáo quý 3", published=None),
        replace(ONE, text=TEXT[: len(TEXT) // 3]),
    ],
)
def test_what_differs_in_a_name_or_is_another_title_is_no_kin(other: Article) -> None:
    assert kinds(ONE, replace(other, id="khác")) == {}


def test_short_texts_and_years_apart_are_not_taken_for_copies() -> None:
    assert kinds(replace(ONE, text=BODY[0]), replace(ONE, id="hai", text=BODY[0])) == {}
    assert kinds(ONE, replace(ONE, id="hai", published=date(2021, 1, 4))) == {}


def test_a_correction_stands_beside_what_it_names() -> None:
    words = "Trong bài “Báo cáo công tác đảng năm 2019”, số đảng viên kết nạp xin đọc là 125."
    correction = Article("đc", "Đính chính", words, published=date(2020, 1, 2))
    assert kinds(ONE, correction) == {"một": [("correction", "đc")], "đc": [("corrected", "một")]}
    by_number = replace(correction, text="Điểm 2 Quy định số 05-QĐ/HU in sai, nay sửa lại.")
    rule = Article("qd", "Quy định", BODY[4], number="05-QĐ/HU", published=date(2019, 1, 2))
    assert kinds(ONE, rule, by_number) == {"qd": [("correction", "đc")], "đc": [("corrected", "qd")]}
    assert kinds(replace(ONE, published=date(2020, 2, 1)), correction) == {}
    assert kinds(ONE, replace(correction, title="Thông tin thêm")) == {}


def test_pairs_that_share_much_are_found_without_comparing_all() -> None:
    """Held against every pair compared: of those alike by .8 none is missed, and few others are looked at."""
    chance = random.Random(7)
    vocabulary = ["".join(letters) for letters in product("bcdghklmnt", "aeiouy", "bcdghklmnt", "aeiou")]
    texts = []
    for _ in range(25):
        words = chance.choices(vocabulary, k=chance.randrange(60, 400))
        texts.append(words)
        texts += [
            [chance.choice(vocabulary) if chance.random() < part else word for word in words]
            for part in (0.005, 0.01, 0.03, 0.2)
        ]
    shingles = [{tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in texts]
    alike = {
        (one, other)
        for one, other in combinations(range(len(texts)), 2)
        if len(shingles[one] & shingles[other]) >= 0.8 * len(shingles[one] | shingles[other])
    }
    found = list(candidates([signature(" ".join(words)) for words in texts]))
    assert len(alike) > 60 and len(found) == len(set(found))
    assert alike - set(found) == set()
    assert len(found) < 25 * 10 + 20


def test_many_copies_of_one_form_cost_fifty_looks_each() -> None:
    found = list(candidates([signature(TEXT)] * 400))
    assert len(found) <= 400 * 50
    assert without_figures("05-QĐ/TW, 2.128") == "0-QĐ/TW, 0.0" and words_of("Mường Tè, 41") == [
        "mường",
        "tè",
        "41",
    ]


def test_the_index_keeps_kin_and_knows_when_they_change(tmp_path: Path) -> None:
    kho = tmp_path / "kho"
    kho.mkdir()
    (kho / "a.txt").write_text(TEXT)
    alone = load_corpus(kho).articles
    (kho / "b.txt").write_text(TEXT + "\n")
    both = load_corpus(kho).articles
    assert [[kin.kind for kin in article.kin] for article in both] == [["copy"], ["original"]]
    assert corpus_digest(alone) != corpus_digest(both[:1])
    build_index(tmp_path / "index", both, ToyEncoder())
    index = Index.load(tmp_path / "index")
    assert index.articles == both
    assert {passage.article.id for passage in index.passages} == {"a"}
