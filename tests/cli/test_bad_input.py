"""Bad questions, bad articles, bad disks: one clear sentence, the right exit code, and the old index serves on.

Readers, indexes and encoders have tests of their own for each way to break; here it is what a user meets.
"""

import json
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from commands import PARTYQA, Done
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy import ToyEncoder, toy_articles

from partyqa.corpus.loading import read_corpus
from partyqa.engine import PartyQA
from partyqa.errors import PartyQAError, QuestionError
from partyqa.index import generations
from partyqa.index.index import Index, build_index
from partyqa.question.query import MAX_QUESTION
from partyqa.types import Answer

pytestmark = pytest.mark.slow

Call = Callable[..., Done]

QUESTION = "Huyện Mường Ảng có bao nhiêu tổ chức cơ sở đảng?"
QUOTE = "Đảng bộ huyện Mường Ảng gồm 49 tổ chức cơ sở đảng, có 2.128 đảng viên."
SENTENCE = "Chi bộ bản Na Hỳ có 21 đảng viên, sinh hoạt vào ngày mùng 5 hằng tháng tại nhà văn hóa."
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩậắằặẹẻếềểệịọỏốồổộớờởợụủứừửựỳỷỵ]")


def refused_twice(call: Call, words: tuple[str | Path, ...], code: int) -> tuple[str, str]:
    """Run a command that must fail in Vietnamese and in English; return both lines."""
    vietnamese = call(*words).complaint(code)
    english = call(*words, "--lang", "en").complaint(code)
    assert VIETNAMESE.search(vietnamese) and "hãy" in vietnamese
    assert english != vietnamese
    return vietnamese, english


# questions


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "trống"),
        (" \t\n\u3000\u200b", "trống"),
        ("\x00\x07\x1b\ufeff", "trống"),
        ("x" * 100_000, "100000 ký tự"),
        ("đảng " * 20_000, "100000 ký tự"),
        ("😀🎉🇻🇳👩‍👩‍👧", "không có chữ hay số"),
        ("?!… «»", "không có chữ hay số"),
    ],
    ids=["empty", "white space", "control", "long", "long words", "emoji", "marks"],
)
def test_what_is_no_question_is_said_and_needs_no_index(
    question: str, says: str, tmp_path: Path, call: Call
) -> None:
    for verb in ("ask", "search"):
        vietnamese, english = refused_twice(call, (verb, question, "--index", tmp_path), 2)
        assert says in vietnamese
        assert "question" in english


def test_the_longest_question_is_answered_and_one_more_letter_is_not(engine: PartyQA) -> None:
    padded = QUESTION + " đồng chí" * 300
    assert engine.ask(padded[:MAX_QUESTION])
    with pytest.raises(QuestionError):
        engine.ask(padded[: MAX_QUESTION + 1])


def said(answer: Answer) -> Answer:
    """What an answer says, whatever the question looked like and however long it took."""
    return replace(answer, question="", timings={})


@pytest.mark.parametrize(
    "typed",
    [
        unicodedata.normalize("NFD", QUESTION),
        unicodedata.normalize("NFKD", QUESTION),
        QUESTION.replace(" ", " \x00\x07\u200b\ufeff "),
        f"\ufeff\u202e  {QUESTION}\r\n\x85",
        QUESTION.replace(" ", "\u00a0"),
        QUESTION.replace(" ", "\n\t"),
        QUESTION.replace("ờ", "ơ\u0300"),
    ],
    ids=["NFD", "NFKD", "control", "marks of direction", "no-break spaces", "lines", "half composed"],
)
def test_a_question_in_other_code_points_gets_the_same_answer(engine: PartyQA, typed: str) -> None:
    assert typed != QUESTION
    plain, other = engine.ask(QUESTION), engine.ask(typed)
    assert plain.citations[0].sentence.text == QUOTE
    assert said(other) == said(plain)
    assert other.question == typed


def assert_honest(engine: PartyQA, answer: Answer) -> None:
    """Every quote is its article's slice, the JSON can be written, and nothing said can move a terminal."""
    for row, citation in zip(
        engine.to_json(answer)["citations"] + engine.to_json(answer)["related"],
        (*answer.citations, *answer.related),
        strict=True,
    ):
        article = engine.article(row["article_id"])
        assert row["quote"] == article.text[row["start"] : row["end"]] != ""
        assert row["quote"] == citation.sentence.text
        if row["highlight"]:
            start, end = row["highlight"]
            assert 0 <= start < end <= len(row["quote"])
    assert answer.answered == bool(answer.citations)
    assert 0 <= answer.confidence <= 1
    assert not [
        char for char in answer.text if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n"
    ]
    assert json.loads(json.dumps(engine.to_json(answer)))["question"] == answer.question


@pytest.mark.parametrize(
    "question",
    [
        "What is the price of gold today?",
        "How many party members does Mường Ảng have?",
        "今天的金价是多少？",
        "芒昂县有多少党员？",
        "Сколько членов партии?",
        "كم عدد الأعضاء؟",
        "ມີສະມາຊິກຈັກຄົນ?",
        "¿Cuántos miembros?",
        "İİİİ ŉ ǰ ΐ ﬃ Ǆ",  # letters that change their length with their case
        "1234567890" * 100,
        "2.128",
        "a",
        "là gì",
        "'; DROP TABLE --",
        "<script>alert(1)</script>",
        "[bold]x[/bold] [/]",
        "../../etc/passwd",
        "\ud800 Mường Ảng \udfff",
    ],
)
def test_a_question_in_any_language_gets_a_refusal_or_true_quotes(engine: PartyQA, question: str) -> None:
    assert_honest(engine, engine.ask(question))


@pytest.fixture(scope="module")
def toy_engine(tmp_path_factory: pytest.TempPathFactory) -> PartyQA:
    folder = tmp_path_factory.mktemp("toy") / "index"
    build_index(
        folder, [*read_corpus(ROOT / "corpus" / "muong-ang-2017.md"), *toy_articles(4, seed=1)], ToyEncoder()
    )
    return PartyQA.compose(Index.load(folder), ToyEncoder())


WORDS = st.sampled_from(
    "Mường Ảng Tè Lát huyện xã đảng viên bộ chi bao nhiêu ai ở đâu khi nào năm 2016 2.128 62,5% 05-CT/TW vì sao TP. "
    "1/3/2017 ddangr vieen MUONG muong o ? . , ( ) « » [1] \u0300 \u0323 đ Đ \ud83d \n \x00".split(" ")
)


@given(question=st.text(max_size=200) | st.lists(WORDS, min_size=1, max_size=25).map(" ".join))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_brings_the_engine_down(toy_engine: PartyQA, question: str) -> None:
    """With the toy encoder and no model that reads: what networks make of any text is tested with them."""
    try:
        answer = toy_engine.ask(question)
        hits = toy_engine.search(question, 3)
    except QuestionError as error:
        assert not any(char.isalnum() for char in unicodedata.normalize("NFC", question))
        assert error.vi and error.en
        return
    assert_honest(toy_engine, answer)
    assert len(hits) == 3


def test_an_argument_that_is_not_utf_8_is_answered_too(built_index: Path, call: Call) -> None:
    typed = os.fsdecode(b"M\xff\xfeng: " + QUESTION.encode())
    done = call("ask", typed, "--json", "--index", built_index)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["question"] == typed


# articles: exit code 2, and the old index as it was


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def nothing(corpus: Path) -> None:
    """The folder named is not there."""


def no_article(corpus: Path) -> None:
    write(corpus / "README.md", SENTENCE)
    write(corpus / "bài.mobi", b"PK\x03\x04")


def empty_article(corpus: Path) -> None:
    write(corpus / "a.md", "")


def blank_article(corpus: Path) -> None:
    write(corpus / "a.txt", " \r\n\t\ufeff\n")


def only_front_matter(corpus: Path) -> None:
    write(corpus / "a.md", "---\ntitle: Chỉ có đề\n---\n\n")


def binary_article(corpus: Path) -> None:
    write(corpus / "a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")


def dead_link(corpus: Path) -> None:
    write(corpus / "a.md", SENTENCE)
    (corpus / "b.md").symlink_to(corpus / "gone.md")


def folder_for_article(corpus: Path) -> None:
    (corpus / "a.md").mkdir(parents=True)


def bad_front_matter(corpus: Path) -> None:
    write(corpus / "a.md", f"---\ntitle: [a\n---\n\n{SENTENCE}\n")


def open_front_matter(corpus: Path) -> None:
    write(corpus / "a.md", f"---\ntitle: a\n\n{SENTENCE}\n")


def bad_date(corpus: Path) -> None:
    write(corpus / "a.md", f"---\npublished: 31/02/2017\n---\n\n{SENTENCE}\n")


def bad_row(corpus: Path) -> None:
    write(corpus / "a.jsonl", '{"id": "x", "text": "Câu."}\n{"id":\n')


def one_id_twice(corpus: Path) -> None:
    write(corpus / "a.md", SENTENCE)
    write(corpus / "a.txt", SENTENCE)


def page_without_text(corpus: Path) -> None:
    write(corpus / "a.html", "<html><body><a>Trang chủ</a></body></html>")


def no_word(corpus: Path) -> None:
    write(corpus / "a.txt", "😀 … ***")


BAD = {
    nothing: "Không tìm thấy",
    no_article: "không có bài viết nào",
    empty_article: "a.md",
    blank_article: "a.txt",
    only_front_matter: "a.md",
    binary_article: "a.txt",
    dead_link: "b.md",
    folder_for_article: "a.md",
    bad_front_matter: "a.md",
    open_front_matter: "a.md",
    bad_date: "a.md",
    bad_row: "a.jsonl:2",
    one_id_twice: "a.txt",
    page_without_text: "a.html",
    no_word: "từ nào",
}


@pytest.fixture(scope="module")
def served(built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the index, for commands that must not change it."""
    return Path(shutil.copytree(built_index, tmp_path_factory.mktemp("served") / "index"))


@pytest.fixture
def unchanged(served: Path) -> Iterator[None]:
    """After the test every file of the served index is as before it, no file is new, and it can be loaded."""

    def state() -> dict[Path, tuple[int, bytes]]:
        files = [path for path in served.rglob("*") if path.is_file() and path.name != ".lock"]
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    before, generation = state(), generations.current(served)
    yield
    assert state() == before
    assert Index.load(served).generation == generation


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("spoil", BAD, ids=lambda function: function.__name__)
def test_a_bad_corpus_is_said_and_the_old_index_stays(
    spoil: Callable[[Path], None], served: Path, tmp_path: Path, call: Call
) -> None:
    corpus = tmp_path / "kho"
    spoil(corpus)
    # Articles without a word can be read: that they cannot be indexed is seen by a build, not by a check.
    for words in ((),) if spoil is no_word else ((), ("--full",), ("--check",)):
        vietnamese, english = refused_twice(call, ("index", corpus, "--index", served, *words), 2)
        assert BAD[spoil] in vietnamese
        if spoil is not no_word:
            assert str(corpus) in vietnamese and str(corpus) in english


def test_all_bad_files_are_named_at_once_and_can_be_passed_over(tmp_path: Path, call: Call) -> None:
    corpus, index = tmp_path / "kho", tmp_path / "index"
    write(corpus / "tốt.txt", SENTENCE)
    write(corpus / "xã" / "tốt.md", SENTENCE)
    bad = {
        "cp1258.txt": "Chi bộ bản Na Hỳ".encode("cp1258", "ignore") + b"\xd0",
        "trống.txt": b"",
        "mục.md": f"---\ntitle: [Chi bộ\n---\n{SENTENCE}",
        "xã/dòng.jsonl": '{"id": "x", "text": "Một câu."}\nkhông phải JSON\n',
        "misread.txt": "Chi bộ bản có 21 đảng viên.".encode().decode("cp1252", "replace"),
        "xã/tốt.txt": SENTENCE,
    }
    for name, data in bad.items():
        write(corpus / name, data)
    done = call("index", corpus, "--index", index)
    *named, last = done.err.splitlines()
    assert (done.code, done.out, index.exists()) == (2, "", False)
    assert [[name for name in bad if str(corpus / name) in line] for line in named] == [
        [name] for name in ("cp1258.txt", "misread.txt", "mục.md", "trống.txt", "xã/dòng.jsonl", "xã/tốt.txt")
    ]
    assert "6 tệp" in last and "--skip-bad" in last
    done = call("index", corpus, "--index", index, "--skip-bad", "--lang", "en")
    assert (done.code, done.out) == (1, "")
    assert [name for name in bad if str(corpus / name) not in done.err] == []
    assert "2 articles" in done.err and done.err.splitlines()[-1].endswith("above: 6; the others are done.")
    assert [article.id for article in Index.load(index).articles] == ["tốt", "xã/tốt"]
    assert call("index", corpus, "--index", index, "--check", "--skip-bad").code == 1
    assert call("index", corpus, "--index", index, "--check").code == 2
    for name in bad:
        (corpus / name).unlink()
    assert call("index", corpus, "--index", index, "--check").code == 0
    assert call("index", corpus, "--index", index, "--skip-bad").code == 0


def test_only_bad_files_make_no_index(tmp_path: Path, call: Call) -> None:
    for name in ("a.txt", "b.txt"):
        write(tmp_path / "kho" / name, "")
    done = call("index", tmp_path / "kho", "--index", tmp_path / "index", "--skip-bad")
    assert (done.code, len(done.err.splitlines()), (tmp_path / "index").exists()) == (2, 3, False)


def test_a_bad_corpus_leaves_no_index_where_there_was_none(tmp_path: Path, call: Call) -> None:
    for spoil in (nothing, binary_article, one_id_twice):
        spoil(tmp_path / spoil.__name__)
        call("index", tmp_path / spoil.__name__, "--index", tmp_path / "index").complaint(2)
        assert not (tmp_path / "index").exists()


# File permissions do not bind root, unless it gives up the capability; another user is bound anyway.
BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


def test_an_article_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    write(tmp_path / "kho" / "a.md", SENTENCE)
    write(tmp_path / "kho" / "b.md", SENTENCE)
    (tmp_path / "kho" / "b.md").chmod(0)
    tmp_path.chmod(0o755)
    command = [*BOUND, PARTYQA, "index", "kho", "--index", "index"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    line = Done(done.returncode, done.stdout, done.stderr).complaint(2)
    assert "kho/b.md" in line and "quyền đọc" in line
    assert not (tmp_path / "index").exists()


# the index and the disk


@pytest.mark.usefixtures("unchanged")
def test_a_full_disk_is_said_and_the_old_index_answers(served: Path, tmp_path: Path, call: Call) -> None:
    """Every vector is known already, so only the writing is left to fail: no file may pass 512 or 1,024 bytes."""
    corpus = Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus"))
    (corpus / "lai-chau-2023.md").unlink()
    limited = ["sh", "-c", 'ulimit -f 1 && exec "$@"', "sh", PARTYQA, "index", corpus, "--index", served]
    done = subprocess.run(limited, capture_output=True, text=True)
    line = Done(done.returncode, done.stdout, done.stderr).complaint(2)
    assert "không còn chỗ" in line and "chỉ mục cũ" in line and str(served) in line
    answer = json.loads(call("ask", QUESTION, "--index", served, "--json").out)
    assert answer["citations"][0]["quote"] == QUOTE
    assert "lai-chau-2023" in [article.id for article in Index.load(served).articles]


@pytest.mark.parametrize("words", [("ask", QUESTION), ("search", QUESTION), ("serve",), ("index", "--check")])
def test_a_question_before_any_index_is_told_what_to_type(
    words: tuple[str, ...], tmp_path: Path, call: Call
) -> None:
    for place in ("nowhere", "."):
        vietnamese, english = refused_twice(call, (*words, "--index", tmp_path / place), 2)
        assert vietnamese.endswith("hãy gõ: partyqa index")
        assert english.endswith("type: partyqa index")
    assert list(tmp_path.iterdir()) == []


def test_a_batch_before_any_index_prints_no_row(tmp_path: Path, call: Call) -> None:
    write(tmp_path / "q.jsonl", json.dumps({"id": 1, "turns": [QUESTION]}))
    line = call("ask", "--batch", tmp_path / "q.jsonl", "--index", tmp_path / "index").complaint(2)
    assert "Chưa có chỉ mục" in line


def test_an_index_of_another_format_names_both_and_the_command(
    served: Path, tmp_path: Path, call: Call
) -> None:
    folder = Path(shutil.copytree(served, tmp_path / "index"))
    manifest = folder / "generations" / generations.current(folder) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99, "new": 1}))
    for words in (("ask", QUESTION), ("search", QUESTION), ("index", "--check")):
        vietnamese, _ = refused_twice(call, (*words, "--index", folder), 2)
        assert "định dạng 99" in vietnamese and "partyqa index --full" in vietnamese


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "articles.jsonl", "bm25.vocabulary.jsonl"])
def test_a_damaged_byte_is_said_with_exit_code_1(name: str, served: Path, tmp_path: Path, call: Call) -> None:
    folder = Path(shutil.copytree(served, tmp_path / "index"))
    place = folder if name == "CURRENT" else folder / "generations" / generations.current(folder)
    data = bytearray((place / name).read_bytes())
    data[len(data) // 2] ^= 1
    (place / name).write_bytes(data)
    for words in (("ask", QUESTION), ("index", "--check")):
        vietnamese, _ = refused_twice(call, (*words, "--index", folder), 1)
        assert "bị hỏng" in vietnamese and "partyqa index --full" in vietnamese
        assert name in vietnamese or name == "CURRENT"  # the pointer now names a generation that is not there


def test_an_unforeseen_error_is_one_line_too_and_its_trace_can_be_asked_for(
    call: Call, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr(PartyQA, "open", fail)
    done = call("ask", QUESTION, "--index", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert (
        done.err == "Lỗi ngoài dự kiến (ZeroDivisionError: two lines); đặt PARTYQA_DEBUG=1 để xem chi tiết.\n"
    )
    monkeypatch.setenv("PARTYQA_DEBUG", "1")
    assert "Traceback" in call("ask", QUESTION, "--index", tmp_path).err


def test_every_error_says_both_languages_in_one_line() -> None:
    """The tree itself: exit codes 1 for a check that says no, 2 for the rest."""
    from partyqa import errors

    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PartyQAError)
    ]
    assert {kind.__name__: kind.exit_code for kind in kinds if kind.exit_code != 2} == {
        "CheckError": 1,
        "IndexDamagedError": 1,
        "IndexStaleError": 1,
    }
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in kinds)
