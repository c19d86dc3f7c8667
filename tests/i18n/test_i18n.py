"""The two catalogues: the same keys, the same names to fill in, and no key that is missing or that nothing uses."""

import ast
import re
import string
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from partyqa import types
from partyqa.corpus.readers import Why
from partyqa.errors import PartyQAError
from partyqa.i18n import LANGUAGES, Language, language_of, message, texts
from partyqa.service.export.verify import QuoteCheck
from partyqa.service.library.rebuild import State
from partyqa.web.errors import HTTP_PROBLEMS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "partyqa"
KEY = re.compile(r"[a-z]+\.[a-z0-9_]+")
NO_KEYS = {
    "chat.completion",
    "conversations.id",
    "http.disconnect",
    "http.request",
}  # of OpenAI, SQL and ASGI
SUFFIXES = (".css", ".html", ".json", ".jsonl", ".md", ".onnx", ".py", ".tsv", ".txt")
WHOLE_NAMES = {  # what f"section.{name}" can become
    "chat": set(types.Verdict),
    "corpus": set(get_args(State)),
    "dropped": set(get_args(Why)),
    "fields": set(get_args(ErrorType)) | {"invalid", "cannot_be_used"},
    "http": set(HTTP_PROBLEMS.values()),
    "verify": {*QuoteCheck, "renamed"},
}
# The reason of the system or the parser is English, and stands in the English sentence alone.
ENGLISH_ONLY = {
    "readers.no_permission",
    "readers.jsonl_invalid",
    "verify.unreadable",
    "web.mcp_wrong_arguments",
}
# A metric and a system stand in one place each, with their words (docs/adding/metric.md).
PAIRS_BESIDE = {
    *(f"evaluation/metrics/{name}" for name in ("answers", "confidence", "rankings", "registry")),
    "evaluation/systems",
}


def catalogue(lang: Language) -> dict[str, str]:
    return {
        f"{path.stem}.{name}": text
        for path in (SOURCE / "i18n" / lang).glob("*.toml")
        for name, text in tomllib.loads(path.read_text("utf-8")).items()
    }


VI, EN = catalogue("vi"), catalogue("en")
SECTIONS = {key.partition(".")[0] for key in VI}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    files = chain(SOURCE.rglob("*.py"), (ROOT / "training").rglob("*.py"))
    return [(path, ast.parse(path.read_text("utf-8"))) for path in sorted(files)]


def nodes(kind: type[ast.AST]) -> list[ast.AST]:
    return [node for _, tree in modules() for node in ast.walk(tree) if isinstance(node, kind)]


@cache
def strings() -> set[str]:
    """Return every string of the source that is no part of an f-string."""
    parts = {id(part) for node in nodes(ast.JoinedStr) for part in node.values}
    return {
        node.value for node in nodes(ast.Constant) if isinstance(node.value, str) and id(node) not in parts
    }


@cache
def written() -> set[str]:
    """Return every string of the source that is written as a key of a section."""
    found = set(strings())
    for page in SOURCE.rglob("*.html"):
        found |= set(re.findall(r"""["']([a-z]+\.[a-z0-9_]+)["'](?!\s*~)""", page.read_text("utf-8")))
    keys = {text for text in found - NO_KEYS if KEY.fullmatch(text) and not text.endswith(SUFFIXES)}
    return {key for key in keys if key.partition(".")[0] in SECTIONS}


def pattern_of(node: ast.expr) -> str:
    """Return the text of a string, with * for each value put into it."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value if isinstance(part, ast.Constant) else "*" for part in parts)


@cache
def put_together() -> list[re.Pattern[str]]:
    """Return what the keys look like that an f-string, or `~` on a page, ends with a name."""
    found = {pattern_of(node) for node in nodes(ast.JoinedStr)}
    for page in SOURCE.rglob("*.html"):
        found |= {
            f"{start}*"
            for start in re.findall(r"""["']([a-z]+\.[a-z0-9_]+)["']\s*~""", page.read_text("utf-8"))
        }
    keys = [one for one in found if re.fullmatch(r"[a-z]+\.[a-z0-9_*]+", one) and not one.endswith(".*")]
    return [re.compile(one.replace(".", r"\.").replace("*", "[a-z0-9_]+")) for one in keys]


def test_neither_catalogue_lacks_a_key_of_the_other() -> None:
    assert set(VI) == set(EN)
    assert len(VI) > 400


def test_both_say_something_with_the_same_names() -> None:
    for key in VI:
        vi, en = names(VI[key]), names(EN[key])
        assert VI[key].strip(), key
        assert EN[key].strip(), key
        assert all(map(str.isidentifier, vi | en)), key
        assert vi == en or (key in ENGLISH_ONLY and vi < en), key


def test_every_key_that_is_written_is_there() -> None:
    assert len(written()) > 400
    assert written() - set(VI) == set()


def test_every_key_is_used() -> None:
    whole = {f"{section}.{name}" for section, given in WHOLE_NAMES.items() for name in given}
    asked_for_elsewhere = (
        "refusals.",
        "reports.",
    )  # tests/test_refusals.py; the reports put their section first
    unused = {key for key in VI if not key.startswith(asked_for_elsewhere)} - written() - whole
    assert {key for key in unused if not any(pattern.fullmatch(key) for pattern in put_together())} == set()


def words_of(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [str(one.value) for one in parts if isinstance(one, ast.Constant) and one.value not in LANGUAGES]
    return " ".join(text for text in texts if re.search(r"\w", text))


def is_pair(node: ast.AST) -> bool:
    """Whether a node holds words in both languages: f(vi=, en=), {"vi": , "en": }, Words(vi, en) or (vi, en)."""
    named, placed = [], list[ast.expr]()
    if isinstance(node, ast.Call):
        named = [(one.arg, one.value) for one in node.keywords]
        placed = node.args if getattr(node.func, "id", "") == "Words" else []
    elif isinstance(node, ast.Dict):
        named = [
            (getattr(key, "value", None), value) for key, value in zip(node.keys, node.values, strict=True)
        ]
    elif isinstance(node, ast.Tuple | ast.List):
        placed = node.elts
    vi, en = map(words_of, placed) if len(placed) == 2 else ("", "")
    return {"vi", "en"} <= {key for key, value in named if words_of(value)} or (
        en.isascii() and bool(re.search("[a-z]{2}", en) and re.search(r"[^\W\d_a-z]", vi.lower()))
    )


def test_sentences_stand_in_two_languages_only_beside_what_describes_itself() -> None:
    found = {
        path.relative_to(SOURCE).with_suffix("").as_posix()
        for path, tree in modules()
        if path.is_relative_to(SOURCE) and any(is_pair(node) for node in ast.walk(tree))
    }
    assert found == PAIRS_BESIDE


def test_an_unknown_language_is_vietnamese() -> None:
    assert [language_of(name) for name in ("en", "vi", None, "", "fr", "EN")] == ["en", *["vi"] * 5]


@pytest.mark.parametrize("key", ["chat.nothing_of_the_kind", "nothing.of_the_kind", "nothing"])
def test_a_key_that_is_not_there_is_an_error(key: str) -> None:
    for lang in LANGUAGES:
        with pytest.raises(KeyError):
            texts(lang)(key)


@pytest.mark.parametrize("evil", ["{reason}", "{0.__class__}", "{{}}", "{", "}", "%s"])
def test_what_fills_a_sentence_is_never_filled_itself(evil: str) -> None:
    error = PartyQAError("index.damaged", folder=evil, reason=message("index.file_missing", file=evil))
    assert error.vi == (
        f"Chỉ mục trong {evil} bị hỏng (thiếu tệp {evil}); hãy dựng lại bằng lệnh: partyqa index --full"
    )
    assert (
        error.en
        == f"The index in {evil} is damaged (the file {evil} is gone); build it anew: partyqa index --full"
    )
    assert (str(error), error.message("vi"), error.message("en")) == (error.vi, error.vi, error.en)


def test_each_language_writes_a_number_its_own_way() -> None:
    size = message("library.too_large", name="a", megabytes=2.5).text
    assert ["2,5 MB" in size("vi"), "2.5 MB" in size("en")] == [True, True]
    body = message("http.body_too_large", kilobytes=20480.0).text
    assert ["20.480 KB" in body("vi"), "20,480 KB" in body("en")] == [True, True]
