"""The installed command, in processes of its own: its verbs, its JSON, its exit codes, its one line of complaint."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import PARTYQA, Done, partyqa
from conftest import ROOT

from partyqa import __version__
from partyqa.engine import PartyQA
from partyqa.index.index import Index

pytestmark = pytest.mark.slow

QUESTION = "Huyện Mường Ảng có bao nhiêu tổ chức cơ sở đảng?"
QUOTE = "Đảng bộ huyện Mường Ảng gồm 49 tổ chức cơ sở đảng, có 2.128 đảng viên."
GOLD = "Nhà máy thủy điện phát bao nhiêu điện?"
VERBS = ("index", "ask", "search", "serve", "evaluate")


Call = Callable[..., Done]


@pytest.fixture(scope="module")
def answer(built_index: Path) -> dict[str, Any]:
    """What the installed command prints: the fixture `call` would do for no other question."""
    done = partyqa("ask", QUESTION, "--index", built_index, "--json")
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.fixture
def refusal(built_index: Path, call: Call) -> dict[str, Any]:
    done = call("ask", GOLD, "--index", built_index, "--json")
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.fixture
def copy(built_index: Path, tmp_path: Path) -> Path:
    """An index that a test may change."""
    return Path(shutil.copytree(built_index, tmp_path / "index"))


# help


def test_help_names_every_verb_in_under_half_a_second() -> None:
    def once() -> tuple[float, Done]:
        started = time.perf_counter()
        done = partyqa("--help")
        return time.perf_counter() - started, done

    times = [once()]
    while (
        min(times, key=lambda pair: pair[0])[0] >= 0.5 and len(times) < 6
    ):  # others may be using this machine
        times.append(once())
    best, done = min(times, key=lambda pair: pair[0])
    assert (done.code, done.err) == (0, "")
    for verb in VERBS:
        assert re.search(rf"^│ {verb} ", done.out, re.MULTILINE), verb
    assert "--lang en" in done.out
    assert best < 0.5


def test_the_command_line_imports_nothing_heavy_until_a_verb_needs_it() -> None:
    code = "import sys, partyqa.cli.main; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()
    assert "typer" in loaded
    heavy = {
        "numpy",
        "faiss",
        "torch",
        "transformers",
        "gradio",
        "bm25s",
        "tokenizers",
        "trafilatura",
        "scipy",
    }
    assert heavy & set(loaded) == set()


def test_a_question_is_answered_without_the_libraries_of_a_build_or_of_the_page(built_index: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from partyqa.engine import PartyQA
PartyQA.open(Path({str(built_index)!r})).ask({QUESTION!r})
print(*sorted({{name.split('.')[0] for name in sys.modules}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "faiss" in loaded and done.stderr == ""
    assert loaded & {"torch", "transformers", "sentence_transformers", "gradio", "fastapi"} == set()


def test_every_verb_has_help_and_the_version_is_the_package_s(call: Call) -> None:
    assert partyqa("--version") == Done(0, f"partyqa {__version__}\n", "")
    for verb in VERBS:
        done = call(verb, "--help")
        assert done.code == 0 and "--encoder" in done.out


def test_no_word_at_all_shows_the_help() -> None:
    done = partyqa()
    assert done.code == 2
    assert all(verb in done.out for verb in VERBS)
    assert done.err == ""


# the JSON of an answer, as design.md promises it to other programs

NULL = type(None)
ANSWER = {
    "question": (str,),
    "standalone_question": (str,),
    "answered": (bool,),
    "text": (str,),
    "refusal": (dict, NULL),
    "confidence": (float, int),
    "citations": (list,),
    "related": (list,),
    "timings_ms": (dict,),
    "index": (dict,),
}
CITATION = {
    "marker": (int,),
    "sentence_id": (str,),
    "article_id": (str,),
    "title": (str,),
    "source": (str,),
    "url": (str, NULL),
    "published": (str, NULL),
    "start": (int,),
    "end": (int,),
    "quote": (str,),
    "highlight": (list, NULL),
    "page": (int, NULL),
    "path": (list,),
    "recognised": (float, NULL),
}


def assert_shape(found: dict[str, Any], shape: dict[str, tuple[type, ...]]) -> None:
    assert list(found) == list(shape)
    for key, types in shape.items():
        assert type(found[key]) in types, key


def assert_citations(rows: list[dict[str, Any]], engine: PartyQA) -> None:
    for number, row in enumerate(rows, 1):
        assert_shape(row, CITATION)
        article = engine.article(row["article_id"])
        assert row["marker"] == number
        assert row["quote"] == article.text[row["start"] : row["end"]] != ""
        assert row["sentence_id"] == f"{article.id}:{row['start']}-{row['end']}"
        assert (row["title"], row["source"], row["url"]) == (article.title, article.source, article.url)
        assert (row["published"] and date.fromisoformat(row["published"])) == article.published
        if row["highlight"] is not None:
            start, end = row["highlight"]
            assert (type(start), type(end)) == (int, int)
            assert 0 <= start < end <= len(row["quote"])


def test_the_json_of_an_answer_is_the_contract(answer: dict[str, Any], engine: PartyQA) -> None:
    assert_shape(answer, ANSWER)
    assert_citations(answer["citations"], engine)
    assert_citations(answer["related"], engine)
    assert answer["question"] == QUESTION
    assert answer["answered"] is True
    assert 0 <= answer["confidence"] <= 1
    assert set(answer["timings_ms"]) >= {"retrieve", "read", "total"}
    assert all(type(spent) is float and spent >= 0 for spent in answer["timings_ms"].values())
    assert answer["index"] == {"generation": engine.generation, "encoder": "partyqa-retriever"}


def test_the_answer_is_the_right_sentence_with_its_place(answer: dict[str, Any]) -> None:
    first = answer["citations"][0]
    assert first["quote"] == QUOTE
    assert (first["article_id"], first["published"]) == ("muong-ang-2017", "2017-03-01")
    start, end = first["highlight"]
    assert first["quote"][start:end].startswith("49")
    assert f"«{QUOTE}» [1]" in answer["text"]


def test_the_json_of_a_refusal_is_the_contract(refusal: dict[str, Any], engine: PartyQA) -> None:
    assert_shape(refusal, ANSWER)
    assert (refusal["answered"], refusal["citations"]) == (False, [])
    assert refusal["text"] and refusal["related"]
    assert_citations(refusal["related"], engine)


# ask in a terminal


def test_an_answer_shows_quote_title_newspaper_and_date(built_index: Path, call: Call) -> None:
    done = call("ask", QUESTION, "--index", built_index)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == f"[1] «{QUOTE}»"
    for part in ("Chuyển biến tích cực trong công tác xây dựng Đảng", "Báo Điện Biên Phủ", "01/03/2017"):
        assert part in lines[1]


@pytest.mark.parametrize(
    ("lang", "heading"),
    [("vi", "Câu gần nhất (không phải câu trả lời):"), ("en", "Nearest sentences (not an answer):")],
)
def test_a_refusal_says_so_and_shows_what_is_near(
    built_index: Path, refusal: dict[str, Any], lang: str, heading: str, call: Call
) -> None:
    done = call("--lang", lang, "ask", GOLD, "--index", built_index)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("Kho bài viết không" if lang == "vi" else "No sentence")
    assert lines[2] == heading
    assert lines[3] == f"[1] «{refusal['related'][0]['quote']}»"


# ask --batch

ROWS = [
    b'{"id": "a", "turns": ["Huy\\u1ec7n M\\u01b0\\u1eddng \\u1ea2ng c\\u00f3 bao nhi\\u00eau t\\u1ed5 '
    b'ch\\u1ee9c c\\u01a1 s\\u1edf \\u0111\\u1ea3ng?"]}',
    b"{",
    b'{"id": 7}',
    b'{"id": "empty", "turns": ["M\xc6\xb0\xe1\xbb\x9dng \xe1\xba\xa2ng?", " "]}',
    b'{"id": "none", "turns": []}',
    b'{"id": "number", "turns": [5]}',
    b'["turns"]',
    b"[" * 100_000,
    b'{"id": "not UTF-8", "turns": ["\xc4"]}',
    json.dumps({"id": "long", "turns": ["x" * 100_000]}).encode(),
    b"",
    json.dumps({"id": {"any": ["thing", None]}, "turns": [GOLD]}).encode(),
    '{"id": "line\u2028separator", "turns": ["Mường\u2028Ảng\x85ở đâu?"]}'.encode(),
    b'{"turns": ["ch\\ud800i b\\u1ed9?"]}',
    json.dumps({"id": "z", "turns": ["Xin chào", QUESTION]}).encode() + b"\r",
]
BAD = {1, 2, 3, 4, 5, 6, 7, 8, 9}


@pytest.fixture(scope="module")
def batch(built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    path = tmp_path_factory.mktemp("batch") / "câu hỏi.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b"\n".join(ROWS) + b"\n")
    done = partyqa("ask", "--batch", path, "--index", built_index)
    assert (done.code, done.err) == (0, "")
    assert all("\n" not in line for line in done.out.split("\n"))
    return [json.loads(line) for line in done.out.removesuffix("\n").split("\n")]


def test_a_batch_answers_in_order_and_a_bad_row_is_a_row_with_error(
    batch: list[dict[str, Any]], answer: dict[str, Any], refusal: dict[str, Any], engine: PartyQA
) -> None:
    rows = [number for number, row in enumerate(ROWS) if row]
    assert len(batch) == len(rows)
    for number, row in zip(rows, batch, strict=True):
        if number in BAD:
            assert list(row) == ["id", "error"], number
            assert row["error"] and "\n" not in row["error"]
        else:
            assert_shape({key: value for key, value in row.items() if key != "id"}, ANSWER)
            assert_citations(row["citations"], engine)
    said = {number: row["error"] for number, row in zip(rows, batch, strict=True) if "error" in row}
    assert set(said) == BAD
    assert "trống" in said.pop(3) and "100000 ký tự" in said.pop(9)
    assert all(text.startswith(f"Dòng {number + 1} ") for number, text in said.items())
    ids = ["a", None, 7, "empty", "none", "number", None, None, None, "long"]
    ids += [{"any": ["thing", None]}, "line\u2028separator", None, "z"]
    assert [row["id"] for row in batch] == ids

    def timeless(row: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in row.items() if key not in ("id", "timings_ms")}

    assert timeless(batch[0]) == timeless(answer)
    assert timeless(batch[10]) == timeless(refusal)
    assert batch[-2]["question"] == "ch\ud800i bộ?"


def test_a_batch_comes_from_standard_input_as_well(built_index: Path, batch: list[dict[str, Any]]) -> None:
    done = partyqa(
        "ask",
        "--batch",
        "-",
        "--index",
        built_index,
        stdin=ROWS[0] + b"\n" + ROWS[1],
        PYTHONIOENCODING="ascii",
    )
    assert (done.code, done.err) == (0, "")
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert (first["id"], first["citations"]) == ("a", batch[0]["citations"])
    assert second == {"id": None, "error": batch[1]["error"]}


# search


def test_a_search_ranks_and_slices(built_index: Path, engine: PartyQA, call: Call) -> None:
    done = call("search", QUESTION, "-k", "3", "--json", "--index", built_index)
    assert (done.code, done.err) == (0, "")
    rows = json.loads(done.out)
    assert json.loads(call("search", QUESTION, "-k", "1", "--json", "--index", built_index).out) == rows[:1]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert [row["passage_id"] for row in rows] == [hit.passage.id for hit in engine.search(QUESTION, 3)]
    for row in rows:
        assert row["text"] == engine.article(row["article_id"]).text[row["start"] : row["end"]]
        assert row["passage_id"] == f"{row['article_id']}:{row['start']}-{row['end']}"
    assert QUOTE in rows[0]["text"]


def test_more_passages_than_there_are_and_a_search_to_read(
    built_index: Path, engine: PartyQA, call: Call
) -> None:
    done = call("search", "đảng viên", "-k", "1000", "--index", built_index)
    assert (done.code, done.err) == (0, "")
    ranks = [
        int(number) for number in re.findall(r"^(\d+)\. -?\d\.\d{3}  \S+:\d+-\d+  ", done.out, re.MULTILINE)
    ]
    assert ranks == list(range(1, len(engine.index.passages) + 1))


# index


@pytest.fixture(scope="module")
def start_up() -> float:
    """Seconds that a Python with NumPy and FAISS takes to start here and now: what `index` cannot save."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import partyqa.engine, rich.progress"], check=True)
    return time.perf_counter() - started


def test_an_index_that_is_up_to_date_is_left_alone_in_under_a_second(copy: Path, start_up: float) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    said = f"Chỉ mục {copy} đã khớp với kho bài viết: 5 bài, {len(Index.load(copy).passages)} đoạn.\n"
    for _ in range(4):  # others may be using this machine
        started = time.perf_counter()
        done = partyqa("index", ROOT / "corpus", "--index", copy)
        spent = time.perf_counter() - started
        assert done == Done(0, "", said)
        if spent - start_up < 1:
            break
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before
    assert spent - start_up < 1


def test_an_article_more_is_all_that_is_embedded_and_then_it_is_quoted(
    copy: Path, tmp_path: Path, call: Call
) -> None:
    corpus = Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus"))
    (corpus / "mới").mkdir()
    sentence = "Chi bộ bản Hua Ngài có 21 đảng viên, trong đó 9 đảng viên nữ."
    (corpus / "mới" / "hua-ngai.md").write_text(
        f"---\ntitle: Chi bộ bản Hua Ngài\nsource: Báo Thử\npublished: 2024-05-06\n---\n\n{sentence}\n"
    )
    old = Index.load(copy)
    stale = call("index", corpus, "--index", copy, "--check").complaint(1)
    assert "1 bài mới" in stale and "partyqa index" in stale
    (corpus / "báo cáo.mobi").write_bytes(b"PK")
    with (corpus / "mới" / "hua-ngai.md").open("a") as file:
        file.write("\n<!-- hỏi lại -->\n")
    done = call("index", corpus, "--index", copy, "--lang", "en")
    assert (done.code, done.out) == (0, "")
    *bar, passed_over, left_out, last = done.err.splitlines()
    assert passed_over == "Passed over, being of types that are not read (1): báo cáo.mobi"
    assert left_out == "Left out of the articles: lines: 1, files: 1; add --verbose to see each and why."
    total = len(old.passages) + 1
    assert re.fullmatch(
        rf"Built the index {re.escape(str(copy))}: 6 articles, {total} passages "
        rf"\(1 embedded, {total - 1} reused\), \d+\.\d s\.",
        last,
    )
    assert "2/2" in "".join(bar)  # the passage and its sentence
    answer = json.loads(
        call("ask", "Chi bộ bản Hua Ngài có bao nhiêu đảng viên?", "--index", copy, "--json").out
    )
    first = (answer["citations"] or answer["related"])[0]
    assert (first["article_id"], first["quote"], first["published"]) == (
        "mới/hua-ngai",
        sentence,
        "2024-05-06",
    )
    assert answer["index"]["generation"] != old.generation
    assert call("index", corpus, "--index", copy, "--check").code == 0


def test_what_was_converted_is_said_and_named_where_that_is_wanted(tmp_path: Path, call: Call) -> None:
    corpus, index = tmp_path / "kho", tmp_path / "index"
    corpus.mkdir()
    (corpus / "a.txt").write_bytes("§¶ng bé huyÖn cã 41 tæ chøc c¬ së ®¶ng.".encode("latin-1"))
    (corpus / "b.txt").write_text("Đảng bộ xã có 9 chi bộ.", encoding="utf-8")
    done = call("index", corpus, "--index", index, "--verbose")
    assert done.code == 0
    assert "a: chuyển từ TCVN3 sang Unicode" in done.err.splitlines()
    assert "Đã chuyển sang Unicode 1 bài viết theo TCVN3." in done.err.splitlines()
    assert [(it.text, it.encoding) for it in Index.load(index).articles] == [
        ("Đảng bộ huyện có 41 tổ chức cơ sở đảng.", "TCVN3"),
        ("Đảng bộ xã có 9 chi bộ.", ""),
    ]


def test_a_check_says_sound_stale_or_damaged(copy: Path, tmp_path: Path, call: Call) -> None:
    corpus = Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus"))
    sound = Done(0, "", f"Chỉ mục {copy} nguyên vẹn.\n")
    assert call("index", "--check", "--index", copy) == sound
    assert call("index", corpus, "--check", "--index", copy) == sound

    article = corpus / "muong-lat.md"
    article.write_text(article.read_text() + "\nThêm một câu.\n")
    assert "1 bài đã sửa" in call("index", corpus, "--check", "--index", copy).complaint(1)
    assert call("index", "--check", "--index", copy) == sound

    vectors = copy / "generations" / Index.load(copy).generation / "vectors.faiss"
    data = bytearray(vectors.read_bytes())
    data[len(data) // 2] ^= 1
    vectors.write_bytes(data)
    for run, *words in ((partyqa, "index", "--check"), (call, "ask", QUESTION), (call, "search", QUESTION)):
        line = run(*words, "--index", copy).complaint(1)
        assert "vectors.faiss" in line and "partyqa index --full" in line


# errors


def test_english_may_be_asked_for_anywhere(tmp_path: Path, call: Call) -> None:
    nowhere = tmp_path / "nowhere"
    said = f"There is no index in {nowhere} yet; type: partyqa index"
    for words in (
        ("--lang", "en", "ask", QUESTION, "--index", nowhere),
        ("ask", "--lang=en", QUESTION, "--index", nowhere),
        ("ask", QUESTION, "--index", nowhere, "--lang", "en"),
    ):
        assert call(*words).complaint(2) == said
    assert partyqa("ask", QUESTION, "--index", nowhere, PARTYQA_LANG="en").complaint(2) == said
    assert call("ask", "--index", nowhere, "--", "--lang").complaint(2).startswith("Chưa có chỉ mục")


WRONG: dict[str, tuple[tuple[str, ...], str, str]] = {
    "no question": (("ask",), "partyqa ask --batch", "takes one of two"),
    "two questions": (("ask", "a", "--batch", "b"), "partyqa ask --batch", "takes one of two"),
    "a question without quotation marks": (("ask", "Đảng", "bộ"), "“bộ”", "bộ"),
    "an option that is none": (("ask", "a", "--jsn"), "không có tùy chọn --jsn", "--jsn"),
    "a verb that is none": (("hoi",), "không có lệnh hoi", "hoi"),
    "no words to search": (("search",), "thiếu question", "question"),
    "k is 0": (("search", "a", "-k", "0"), "giá trị của -k", "-k"),
    "k is no number": (("search", "a", "-k", "hai"), "giá trị của -k", "-k"),
    "a port that is none": (("serve", "--port", "99999"), "giá trị của --port", "--port"),
    "an option without value": (("index", "--encoder"), "--encoder", "--encoder"),
    "a language that is none": (("--lang", "fr", "ask", "a"), "'fr'", ""),
    "a language that is missing": (("ask", "a", "--lang"), "--lang", ""),
    "a batch that is not there": (("ask", "--batch", "/khong/co"), "/khong/co", "/khong/co"),
    "a batch that is a folder": (("ask", "--batch", "."), "tệp câu hỏi .", "questions in ."),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_one_line_and_exit_code_2(case: str, call: Call) -> None:
    words, vietnamese, english = WRONG[case]
    assert vietnamese in call(*words).complaint(2)
    if english:
        line = call(*words, "--lang", "en").complaint(2)
        assert english in line
        assert re.search(r"[ạảấầẩậắằặẹẻếềểệịọốồộớờợụủứừựỳ]", line.replace("bộ", "")) is None


def test_a_reader_who_goes_away_is_no_error(built_index: Path) -> None:
    command = [PARTYQA, "search", QUESTION, "-k", "1000", "--index", built_index]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_a_mended_question_is_said_and_a_right_one_is_not(
    call: Callable[..., Done], built_index: Path
) -> None:
    mended = call("ask", "ai laf bis thuw huyeenj uyr Mường Ảng", "--index", built_index)
    assert mended.out.splitlines()[0] == "Hiểu là: ai là bí thư huyện ủy Mường Ảng"
    right = call("ask", "Ai là Bí thư Huyện ủy Mường Ảng?", "--index", built_index)
    assert "Hiểu là" not in right.out
    assert "Trương Quang Hải" in mended.out and "Trương Quang Hải" in right.out
