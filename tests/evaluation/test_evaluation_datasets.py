"""Every layout is read as it means, and every fault is one sentence with file and line."""

import gzip
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from partyqa.errors import DatasetError
from partyqa.evaluation.datasets.base import Dataset, place_answer, place_quote
from partyqa.evaluation.datasets.loading import load_dataset, with_distractors
from partyqa.types import Article

TEXT = "Huyện ủy Mường Ảng có 396 đảng viên. Năm 2016 kết nạp 74 đảng viên. Có 74 chi bộ."
AT_396, AT_2016, AT_74 = TEXT.index("396"), TEXT.index("2016"), TEXT.index("74")


def write_lines(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def fault(path: Path, **options: Any) -> DatasetError:
    with pytest.raises(DatasetError) as caught:
        load_dataset(path, **options)
    error = caught.value
    for sentence in (error.vi, error.en):
        assert "\n" not in sentence
        assert sentence.endswith(".")
    assert error.exit_code == 2
    return error


def row(**change: Any) -> dict[str, Any]:
    base = {
        "id": "q1",
        "kind": "fact",
        "split": "dev",
        "turns": ["Mường Ảng có bao nhiêu đảng viên?"],
        "gold": [{"article": "a/muong-ang", "quote": "396 đảng viên"}],
        "answers": ["396"],
        "all": False,
    }
    return base | change


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A corpus beside an empty folder for questions, as in the repository."""
    article = tmp_path / "corpus" / "a" / "muong-ang.md"
    article.parent.mkdir(parents=True)
    article.write_text(f"---\ntitle: Mường Ảng\n---\n{TEXT}\n", encoding="utf-8")
    return tmp_path / "evaluation" / "questions.jsonl"


def test_own_questions_know_where_their_quotes_stand(project: Path) -> None:
    gold = [
        {"article": "a/muong-ang", "quote": "396 đảng viên"},
        {"article": "a/muong-ang", "quote": "74"},
    ]
    unanswerable = row(id="q2", kind="unanswerable-year", split="test", gold=[], answers=[])
    dataset = load_dataset(write_lines(project, row(gold=gold, all=True), unanswerable))
    first, second = dataset.cases
    text = dataset.articles[0].text
    assert dataset.name == "questions"
    assert (first.kind, first.split, first.answers, first.needs_all) == ("fact", "dev", ("396",), True)
    assert [[text[start:end] for start, end in spans] for spans in first.spans] == [
        ["396 đảng viên"],
        ["74", "74"],
    ]
    assert first.relevant == {"a/muong-ang": 1}
    assert first.place == "huyện Mường Ảng"
    assert first.answerable
    assert not second.answerable


def test_an_nfd_quote_is_found_in_nfc_text(project: Path) -> None:
    quote = unicodedata.normalize("NFD", "396 đảng viên")
    dataset = load_dataset(write_lines(project, row(gold=[{"article": "a/muong-ang", "quote": quote}])))
    assert dataset.cases[0].spans == (place_quote(TEXT, "396 đảng viên"),)


def test_a_split_takes_its_half(project: Path) -> None:
    path = write_lines(project, row(), row(id="q2", split="test"))
    assert [case.question.id for case in load_dataset(path, split="dev").cases] == ["q1"]
    assert [case.question.id for case in load_dataset(path, split="test").cases] == ["q2"]
    assert len(load_dataset(path).cases) == 2


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "no JSON object"),
        ("[1]", "no JSON object"),
        (row(id=""), "“id” is missing"),
        (row(turns=[]), "“turns”"),
        (row(turns=["  "]), "“turns”"),
        (row(turns="Ai?"), "“turns”"),
        (row(split="train"), "“split”"),
        (row(gold=None), "“gold”"),
        (row(gold=[{"article": "a/muong-ang"}]), "“gold”"),
        (row(answers=[3]), "“answers”"),
        (row(id="q0"), "the id “q0” is taken since line 1"),
        (row(gold=[{"article": "a/khac", "quote": "396"}]), "no article “a/khac”"),
        (row(gold=[{"article": "a/muong-ang", "quote": "397 đảng viên"}]), "does not say “397 đảng viên”"),
    ],
)
def test_a_bad_row_is_named_with_its_line_or_skipped_and_counted(project: Path, bad: Any, said: str) -> None:
    path = write_lines(project, row(id="q0"), "", bad, row(id="q9"))
    error = fault(path)
    assert error.en.startswith("questions.jsonl, line 3: ")
    assert error.vi.startswith("questions.jsonl, dòng 3: ")
    assert said in error.en
    assert "--skip-bad" in error.vi
    dataset = load_dataset(path, skip_bad=True)
    assert [case.question.id for case in dataset.cases] == ["q0", "q9"]
    assert [skipped.en for skipped in dataset.skipped] == [error.en]


def test_bytes_that_are_no_utf8_are_a_fault_of_their_line(project: Path) -> None:
    project.parent.mkdir(parents=True)
    project.write_bytes(json.dumps(row()).encode() + b"\n\xff\xfe\n")
    assert "line 2" in fault(project).en


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.json", "missing"])
def test_a_path_that_is_not_there(tmp_path: Path, name: str) -> None:
    assert "Cannot read" in fault(tmp_path / name).en


def test_no_question_left(project: Path, tmp_path: Path) -> None:
    assert "no question is left" in fault(write_lines(project)).en
    assert "no question is left" in fault(write_lines(project, row()), split="test").en
    other = tmp_path / "x.csv"
    other.write_text("a", encoding="utf-8")
    assert "no dataset" in fault(other).en


def squad(*qas: dict[str, Any], context: str = TEXT) -> dict[str, Any]:
    return {
        "version": "1.1",
        "data": [{"title": "Mường_Ảng", "paragraphs": [{"context": context, "qas": qas}]}],
    }


def qa(key: str, text: str, start: int, question: str = "Bao nhiêu?") -> dict[str, Any]:
    return {"id": key, "question": question, "answers": [{"text": text, "answer_start": start}]}


def test_squad_paragraphs_are_articles_and_offsets_are_gold(tmp_path: Path) -> None:
    impossible = {"id": "q3", "question": "Vì sao?", "answers": [], "is_impossible": True}
    two = qa("q2", "74", AT_74)
    two["answers"].append({"text": "74 đảng viên", "answer_start": AT_74})
    dataset = load_dataset(write_json(tmp_path / "dev.json", squad(qa("q1", "396", AT_396), two, impossible)))
    assert [(article.id, article.title, article.text) for article in dataset.articles] == [
        ("Mường_Ảng/0", "Mường Ảng", TEXT)
    ]
    first, second, third = dataset.cases
    assert first.spans == (((AT_396, AT_396 + 3),),)
    assert first.relevant == {"Mường_Ảng/0": 1}
    assert second.spans == (((AT_74, AT_74 + 2), (AT_74, AT_74 + len("74 đảng viên"))),)
    assert second.answers == ("74", "74 đảng viên")
    assert not third.answerable
    assert dataset.notes == ()


def test_an_offset_that_is_off_is_moved_to_the_only_place(tmp_path: Path) -> None:
    dataset = load_dataset(
        write_json(tmp_path / "dev.json", squad(qa("q1", "396", 20), qa("q2", "2016", 40)))
    )
    assert [case.spans for case in dataset.cases] == [
        (place_quote(TEXT, "396"),),
        (place_quote(TEXT, "2016"),),
    ]
    assert "2 answers with a wrong offset" in dataset.notes[0].text("en")


@pytest.mark.parametrize(("text", "start"), [("74", 0), ("một trăm", 5), ("", 0), ("396", None)])
def test_an_offset_that_cannot_be_mended_is_a_fault_with_its_line(
    tmp_path: Path, text: str, start: int | None
) -> None:
    answer = {"id": "q2", "question": "Gì?", "answers": [{"text": text, "answer_start": start}]}
    if text == "396":
        answer["answers"] = []
    path = write_json(tmp_path / "dev.json", squad(qa("q1", "396", AT_396), answer))
    line = next(
        number for number, found in enumerate(path.read_text("utf-8").splitlines(), 1) if '"q2"' in found
    )
    error = fault(path)
    assert error.en.startswith(f"dev.json, line {line}: ")
    dataset = load_dataset(path, skip_bad=True)
    assert [case.question.id for case in dataset.cases] == ["q1"]
    assert len(dataset.skipped) == 1


def test_two_questions_with_one_id_are_numbered_and_one_question_twice_is_a_fault(tmp_path: Path) -> None:
    path = write_json(
        tmp_path / "dev.json", squad(qa("q1", "396", AT_396), qa("q1", "2016", AT_2016, "Năm nào?"))
    )
    dataset = load_dataset(path)
    assert [case.question.id for case in dataset.cases] == ["q1", "q1#2"]
    assert "1 questions that share an id" in dataset.notes[-1].text("en")
    twice = write_json(tmp_path / "twice.json", squad(qa("q1", "396", AT_396), qa("q1", "396", AT_396)))
    assert "stands twice" in fault(twice).en
    assert len(load_dataset(twice, skip_bad=True).cases) == 1


def test_offsets_hold_in_text_that_is_normalised_at_the_door(tmp_path: Path) -> None:
    context = "\u200b" + unicodedata.normalize("NFD", TEXT)
    start = context.rindex("74")  # of two places, so that it could not have been mended
    dataset = load_dataset(write_json(tmp_path / "dev.json", squad(qa("q1", "74", start), context=context)))
    (case,) = dataset.cases
    assert dataset.articles[0].text == TEXT
    assert case.spans == ((place_quote(TEXT, "74")[1],),)
    assert dataset.notes == ()


def test_sentence_breaks_of_xquad_r_are_kept(tmp_path: Path) -> None:
    document = squad(qa("q1", "396", AT_396))
    document["data"][0]["paragraphs"][0]["sentence_breaks"] = [[0, 36], [37, 67], [68, len(TEXT)]]
    dataset = load_dataset(write_json(tmp_path / "r.json", document))
    assert dataset.sentences == {"Mường_Ảng/0": ((0, 36), (37, 67), (68, len(TEXT)))}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"data": 3},
        {"data": [{"title": "a"}]},
        {"data": [{"paragraphs": [{"qas": []}]}]},
        squad({"id": 1}),
    ],
)
def test_json_that_is_no_squad(tmp_path: Path, document: Any) -> None:
    fault(write_json(tmp_path / "dev.json", document))


def test_broken_json_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_text('{"data":\n[1,\n}', encoding="utf-8")
    assert fault(path).en.startswith("dev.json, line 3: ")


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    write_lines(
        folder / "corpus.jsonl",
        {"_id": "d1", "title": "Một", "text": "Đảng bộ huyện."},
        {"_id": "d2", "title": "Hai", "text": ""},
        {"_id": 3, "text": "Chi bộ bản."},
    )
    write_lines(
        folder / "queries.jsonl",
        {"_id": "q1", "text": "huyện?"},
        {"_id": "q2", "text": "bản?"},
        {"_id": "q3", "text": "x"},
    )
    write_lines(
        folder / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore", "q1\td1\t2", "q1\td2\t0", "q1\t3\t1"
    )
    write_lines(folder / "qrels" / "dev.tsv", "query-id\tcorpus-id\tscore", "q2\t3\t1")
    return folder


def test_a_beir_folder_has_documents_queries_and_grades(beir: Path) -> None:
    dataset = load_dataset(beir, split="test")
    assert [(article.id, article.title, article.text) for article in dataset.articles] == [
        ("d1", "Một", "Đảng bộ huyện."),
        ("d2", "Hai", "Hai"),
        ("3", "", "Chi bộ bản."),
    ]
    (case,) = dataset.cases
    assert (case.question.id, case.question.turns, dict(case.relevant)) == (
        "q1",
        ("huyện?",),
        {"d1": 2, "3": 1},
    )
    assert [case.question.id for case in load_dataset(beir).cases] == ["q2", "q1"]
    assert "1 queries have no relevant document" in load_dataset(beir).notes[0].text("en")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q1\td9\t1", "no document “d9”"),
        ("q9\td1\t1", "no query “q9”"),
        ("q1 d1 1", "query, document, grade"),
        ("q1\td1\tyes", "query, document, grade"),
        ("q1\td1\t1", "another grade"),
    ],
)
def test_a_bad_qrel_is_named_with_its_line(beir: Path, line: str, said: str) -> None:
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    error = fault(beir)
    assert error.en.startswith("test.tsv, line 5: ")
    assert said in error.en
    dataset = load_dataset(beir, skip_bad=True)
    assert (len(dataset.cases), len(dataset.skipped)) == (2, 1)


def test_a_duplicate_document_is_a_fault_of_its_own_file(beir: Path) -> None:
    with (beir / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"_id": "d1", "text": "khác"}\n')
    assert fault(beir).en.startswith("corpus.jsonl, line 4: the id “d1” is taken since line 1")


def test_unanswerable_questions_keep_to_their_paragraph_and_are_mixed_with_answerable_ones(
    tmp_path: Path,
) -> None:
    rows = [
        {"id": f"u{n}", "question": "Vì sao?", "context": TEXT if n < 2 else "Đoạn khác.", "title": "T"}
        for n in range(3)
    ]
    path = write_lines(tmp_path / "una.jsonl", *rows)
    assert "no dev.json beside it" in load_dataset(path).notes[0].text("en")
    others = [qa(f"q{n}", "2016", AT_2016, f"Hỏi {n}?") for n in range(9)]
    write_json(tmp_path / "dev.json", squad(*others, context=TEXT + " Dài hơn."))
    dataset = load_dataset(path)
    bad, good = dataset.cases[:3], dataset.cases[3:]
    assert [case.scope for case in bad] == ["unanswerable/0", "unanswerable/0", "unanswerable/1"]
    assert not any(case.answerable for case in bad)
    assert len(good) == 3
    assert {case.scope for case in good} == {"Mường_Ảng/0"}
    assert all(case.answerable for case in good)
    assert load_dataset(path).cases == dataset.cases  # the draw is seeded
    assert {article.id for article in dataset.articles} == {case.scope for case in dataset.cases}


def test_distractors_come_whole_until_one_more_would_be_too_much(tmp_path: Path) -> None:
    rows = [
        {"id": n, "title": f"Tin {n}", "paragraphs": ["a", "b"] if n != 2 else ["a"] * 5} for n in range(4)
    ]
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(entry) for entry in rows).encode()))
    base = Dataset("d", path, (Article("x", "", "x"),), ())

    def paragraphs(article: Article) -> int:
        return article.text.count("\n") + 1

    some = with_distractors(base, path, 6, paragraphs)
    assert [article.id for article in some.articles] == ["x", "distractor/0", "distractor/1"]
    assert some.articles[1].text == "a\nb"
    assert "4 passages of 2 other articles" in some.notes[0].text("en")
    assert len(with_distractors(base, path, 100, paragraphs).articles) == 5


def test_bad_distractors(tmp_path: Path) -> None:
    base = Dataset("d", tmp_path, (), ())
    path = write_lines(
        tmp_path / "n.jsonl", {"id": "1", "paragraphs": ["a"]}, {"id": "2"}, {"id": "1", "paragraphs": []}
    )
    with pytest.raises(DatasetError, match="dòng 2"):
        with_distractors(base, path, 9, lambda article: 1)
    assert len(with_distractors(base, path, 9, lambda article: 1, skip_bad=True).skipped) == 2
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(gzip.compress(b"{}\n" * 1000)[:-20])
    with pytest.raises(DatasetError, match=r"broken\.jsonl\.gz"):
        with_distractors(base, broken, 9, lambda article: 1, skip_bad=True)


@pytest.mark.parametrize(
    ("context", "answer", "start", "wanted"),
    [
        ("abc abc", "abc", 4, (4, 7)),
        ("abc abc", "abc", 1, None),
        ("abc x", "x", -5, (4, 5)),
        ("abc x", "x", 99, (4, 5)),
        ("abc", "", 0, None),
        ("abc", "d", 0, None),
    ],
)
def test_where_an_answer_stands(
    context: str, answer: str, start: int, wanted: tuple[int, int] | None
) -> None:
    assert place_answer(context, context, answer, start) == wanted


def test_every_place_of_a_quote_counts() -> None:
    assert place_quote("aaa", "aa") == ((0, 2), (1, 3))
    assert place_quote("aaa", "") == ()
