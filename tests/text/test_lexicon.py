"""The tables of words: read by one module, each list in one place, the index bound to those that tokens depend on."""

import ast
import re
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import pytest
from conftest import ROOT

from partyqa.text import lexicon
from partyqa.text.lexicon import digest, folded, guarded, marked, rows, written
from partyqa.text.normalise import fold, normalise
from partyqa.text.tokens import RULES_VERSION, TABLES

SOURCE = ROOT / "src" / "partyqa"
FOLDER = SOURCE / "text" / "lexicon"
LARGE = frozenset({"places.tsv", "communes.tsv"})  # tools/make_places.py writes them
SYLLABLES = frozenset(
    {"capitals.tsv", "surnames.tsv"}
)  # without accents they are ordinary words: "la", "dang"
MOST = 2  # entries of one list that may stand together outside the tables

# Prepositions, question words, interjections: they stand in any expression for what is around them.
FUNCTION_WORDS = frozenset(
    {
        "openings.tsv",
        "layout.tsv going-on",
        "official.tsv beside",
        *(f"marking.tsv {kind}" for kind in ("where", "before-items")),
    }
    | {f"smalltalk.tsv {kind}" for kind in ("asks", "before")}
)
# Where the words are grammar: a rule for these very words, not for whatever a table comes to hold.
GRAMMAR: Mapping[tuple[str, str], str] = {
    ("corpus/readers/bylines.py", "capitals.tsv"): "what a credit is for: “Bài, ảnh: …”",
    ("corpus/readers/bylines.py", "furniture.tsv section"): "the same",
    ("question/around/smalltalk.py", "capitals.tsv"): "pronouns and small numbers: “viết cho em một bài”",
    ("question/around/smalltalk.py", "beside.tsv asker"): "the same",
    ("question/around/smalltalk.py", "numerals.tsv"): "the same",
    ("question/around/smalltalk.py", "titles.tsv"): "whom thanks and greetings are for",
    (
        "question/around/smalltalk.py",
        "smalltalk.tsv thanks",
    ): "thanks behind a question, not the whole message",
    ("question/around/smalltalk.py", "smalltalk.tsv after"): "the same",
    ("text/entities.py", "numerals.tsv"): "ordinals to four: “thứ nhất”, “quý tư”",
    ("text/sentences.py", "capitals.tsv"): "nouns that a letter counts: “nhóm A.”",
    ("text/sentences.py", "abbreviations.tsv"): "written with a full stop, whatever they stand for",
}


def lists() -> dict[str, frozenset[str]]:
    """Return every list of the tables, by table and kind: "followup.tsv nation"."""
    found: dict[str, set[str]] = {}
    for name in sorted(path.name for path in FOLDER.glob("*.tsv") if path.name not in LARGE):
        head, *lines = rows(name)
        if "marks" in head or "sign" in head:
            found[name] = {
                line["sign"] if "sign" in line else line[head[0]] for line in lexicon.records(name)
            }
        elif name in ("abbreviations.tsv", "chat.tsv"):
            found[name] = {short for short, _ in (head, *lines)}
        else:
            found |= {f"{name} {kind}": set(phrases) for kind, phrases in lexicon.phrases(name).items()}
    return {name: frozenset(entries) for name, entries in found.items() if name not in FUNCTION_WORDS}


def listed(tree: ast.AST) -> Iterator[tuple[int, set[str]]]:
    """Yield (line, words) of what stands side by side: alternatives, a display of strings, words that are split."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = re.split(r"[|()\[\]{}]|\?:|\\b", node.value)
            yield node.lineno, {part.strip(" ?.,$^") for part in parts}
        elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            shown = node.keys if isinstance(node, ast.Dict) else node.elts
            yield node.lineno, {str(part.value) for part in shown if isinstance(part, ast.Constant)}
        elif (
            isinstance(node, ast.Attribute) and node.attr == "split" and isinstance(node.value, ast.Constant)
        ):
            yield node.lineno, set(str(node.value.value).split())


def standing_twice(source: Path, known: Mapping[str, Set[str]]) -> Iterator[tuple[str, int, str, list[str]]]:
    """Yield (module, line, list, entries) for each place where more than MOST entries of a list stand together."""
    plain = {name: set(map(fold, entries)) for name, entries in known.items() if name not in SYLLABLES}
    for path in sorted(source.rglob("*.py")):
        if path.parent == FOLDER:
            continue
        for line, words in listed(ast.parse(path.read_text("utf-8"))):
            ascii_only = "".join(words).isascii()
            for name, entries in (plain if ascii_only else known).items():
                if len(words & entries) > MOST:
                    yield path.relative_to(source).as_posix(), line, name, sorted(words & entries)


def test_no_list_of_words_stands_twice() -> None:
    twice = list(standing_twice(SOURCE, lists()))
    assert [one for one in twice if (one[0], one[2]) not in GRAMMAR] == [], (
        "take them from partyqa.text.lexicon"
    )
    assert GRAMMAR.keys() <= {(module, name) for module, _, name, _ in twice}, (
        "an exception that is needed no more"
    )


@pytest.mark.parametrize(
    "source",
    [
        'A = r"(?:chi thi|nghi quyet|ket luan) nao"',
        'B = frozenset("tỉnh huyện xã".split())',
        'C = ("bí thư", "chủ tịch", "giám đốc")',
        'D = {"ANTĐ": 1, "ĐBP": 2, "BLC": 3}',
        'E = rf"{x}|mười|mươi|trăm|{y}"',
    ],
)
def test_a_copy_of_a_list_is_found(tmp_path: Path, source: str) -> None:
    (tmp_path / "copied.py").write_text(source, "utf-8")
    assert [one[:2] for one in standing_twice(tmp_path, lists())][:1] == [("copied.py", 1)]


def test_an_entry_stands_once_in_its_list_as_it_is_typed() -> None:
    for name in sorted(path.name for path in FOLDER.glob("*.tsv") if path.name not in LARGE):
        lines = rows(name)
        assert len(lines) == len(set(lines)), name
        assert len({len(line) for line in lines}) == 1, name
        for cell in (cell for line in lines for cell in line):
            assert cell == normalise(cell).strip(), f"{name}: {cell}"


def test_marks_choose_the_lines_of_a_table() -> None:
    every = marked("document_types.tsv")
    spoken, other = marked("document_types.tsv", "verb"), marked("document_types.tsv", without="verb any")
    assert {"báo cáo", "hướng dẫn", "thông báo"} <= set(spoken)
    assert {"chỉ thị", "đề án", "luật"} <= set(other)
    assert sorted((*spoken, *other, *marked("document_types.tsv", "any"))) == sorted(every)


def test_expressions_take_the_longest_and_leave_out_what_is_part_of_another_word() -> None:
    assert re.findall(written(["bộ", "bộ luật", "ủy viên"]), "bộ luật, uỷ viên") == ["bộ luật", "uỷ viên"]
    assert re.findall(folded(["Đảng bộ", "đảng"]), "dang bo") == ["dang bo"]
    laws = guarded("document_types.tsv", without="verb any")
    assert re.findall(laws, "luật, bộ luật, kỷ luật, pháp luật") == ["luật", "bộ luật"]
    assert re.findall(fold(guarded("units.tsv", without="loose")), "quan 5, co quan, tinh hinh, tinh") == [
        "quan",
        "tinh",
    ]


def test_the_rules_of_tokens_change_with_their_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    assert RULES_VERSION.endswith(digest(*TABLES))
    read = lexicon.rows
    for table in TABLES:

        def longer(name: str, table: str = table) -> tuple[tuple[str, ...], ...]:
            return (*read(name), ("XYZ", "xã yên zọc")) if name == table else read(name)

        monkeypatch.setattr(lexicon, "rows", longer)
        assert not RULES_VERSION.endswith(digest(*TABLES)), table
