"""Where in its file a quote stands: the same words on the page, in files, in the terminal and for programs."""

import io
import json
from typing import Any

import lxml.html
import pytest
from docx import Document

from partyqa.cli.terminal import print_answer
from partyqa.cli.verify import line
from partyqa.corpus.readers import Line
from partyqa.corpus.readers.fields import article
from partyqa.i18n import texts
from partyqa.schema import QuotedSentence, citation_json
from partyqa.service.citing import place_in, place_of
from partyqa.service.export.content import Exchange
from partyqa.service.export.export import export
from partyqa.service.export.quotes import read_cited
from partyqa.service.export.verify import check
from partyqa.types import Answer, Article, Citation, Sentence
from partyqa.web.chat.turn import ChatTurn
from partyqa.web.chat.views import Frame

VI, EN = texts("vi"), texts("en")
LINES = (
    "Quy định mượn sách.",
    Line("Người mượn ký sổ.", 1, ("Điều 1", "khoản 2")),
    Line("Không cho mượn từ điển.", 3),
    Line("Thư viện mở 5 buổi.", 4, ("Điều 2",), 0.87654),
)
HELD = article("quy-dinh", LINES, "quy-dinh.pdf", title="Quy định")
WORDS = [(), ("Điều 1, khoản 2", "trang 1"), ("trang 3",), ("Điều 2", "trang 4", "nhận dạng từ ảnh")]


def citations(held: Article = HELD) -> tuple[Citation, ...]:
    at, found = 0, []
    for marker, text in enumerate(held.text.split("\n"), 1):
        found.append(Citation(marker, Sentence(held, at, at + len(text))))
        at += len(text) + 1
    return tuple(found)


def answer_of(*shown: Citation) -> Answer:
    return Answer("Mượn sách thế nào?", "Mượn sách thế nào?", "", shown, 0.9)


def exchange_of(*shown: Citation) -> Exchange:
    answer = {
        "question": "Mượn?",
        "standalone_question": "Mượn?",
        "answered": True,
        "text": "",
        "confidence": 0.9,
    }
    rows = {"citations": [citation_json(one) for one in shown], "related": []}
    return Exchange({**answer, **rows, "timings_ms": {}, "index": {"generation": "g", "encoder": "e"}})


def exported(form: str, *shown: Citation, lang: Any = "vi") -> bytes:
    return export(form, [exchange_of(*shown)], "http://127.0.0.1:7860", texts(lang)).content


def test_a_place_is_worded_once_for_sentences_and_for_their_json() -> None:
    assert [place_of(one.sentence, VI) for one in citations()] == WORDS
    assert [place_in(citation_json(one), VI) for one in citations()] == WORDS
    assert place_of(citations()[3].sentence, EN) == ("Điều 2", "page 4", "read off an image")
    kept_before = {"quote": "Người mượn ký sổ.", "article_id": "quy-dinh"}
    assert place_in(kept_before, VI) == ()


def test_the_json_has_the_place_and_the_schema_takes_answers_without_it() -> None:
    rows = [citation_json(one) for one in citations()]
    assert [(row["page"], row["path"], row["recognised"]) for row in rows] == [
        (None, [], None),
        (1, ["Điều 1", "khoản 2"], None),
        (3, [], None),
        (4, ["Điều 2"], 0.8765),
    ]
    for row in rows:
        assert QuotedSentence.model_validate(row).model_dump() == {**row, "path": row["path"]}
    bare = {name: value for name, value in rows[1].items() if name not in ("page", "path", "recognised")}
    read = QuotedSentence.model_validate(bare)
    assert (read.page, read.path, read.recognised) == (None, [], None)


def test_the_chat_page_says_it_under_each_quote() -> None:
    drawn = lxml.html.fromstring(Frame(VI).conversation([ChatTurn(1, answer_of(*citations()))]))
    said = [
        tuple(place.text_content() for place in caption.xpath(".//*[@class='pq-place']"))
        for caption in drawn.xpath("//figcaption")
    ]
    assert said == WORDS
    assert drawn.xpath("//figcaption")[3].text_content() == "Quy định · Điều 2 · trang 4 · nhận dạng từ ảnh"


def test_the_terminal_says_it_behind_the_source(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(answer_of(*citations()), "vi")
    said = [row.strip() for row in capsys.readouterr().out.splitlines() if row.startswith("    ")]
    assert said == [" · ".join(("Quy định", *words)) for words in WORDS]


def test_markdown_and_word_say_it_and_call_nothing_off_an_image_letter_exact() -> None:
    *plain, off_image = citations()
    for shown in ([*plain], [*plain, off_image]):
        markdown = exported("md", *shown).decode()
        word = "\n".join(part.text for part in Document(io.BytesIO(exported("docx", *shown))).paragraphs)
        for text in (markdown, word):
            assert ("Trả lời bằng câu trích nguyên văn" in text) == (off_image not in shown)
            assert ("từng chữ" in text) == (off_image not in shown)
            assert ("nhận dạng từ ảnh" in text) == (off_image in shown)
        assert "Điều 1, khoản 2 · trang 1" in word
        assert "to the letter" not in exported("md", off_image, lang="en").decode()


def test_an_exported_json_keeps_it() -> None:
    rows = json.loads(exported("json", *citations()))["answers"][0]["citations"]
    assert [place_in(row, VI) for row in rows] == WORDS


def test_checking_tells_what_was_read_off_an_image() -> None:
    checked = check(read_cited(exported("json", *citations())), [HELD])
    assert [one.recognised for one in checked] == [False, False, False, True]
    assert all(one.fits for one in checked)
    assert line(checked[3], VI).endswith("Thư viện mở 5 buổi. (nhận dạng từ ảnh)")
    assert "ảnh" not in line(checked[0], VI)
