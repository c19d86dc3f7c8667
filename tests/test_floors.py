"""The floors of the design: imports go down only, and each heavy library has one door."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from conftest import ROOT

SOURCE = ROOT / "src" / "partyqa"

# From the top down; a name that ends in "/" stands for a package with all its modules.
FLOORS: Mapping[str, tuple[str, ...]] = {
    "edges": ("cli", "options", "usage", "commands/", "web/", "mcp_tools"),
    "service": ("service/",),
    "whole": ("engine", "batch", "terminal", "evaluation/"),
    "answering": (
        "answer",
        "citing",
        "considering",
        "grounds",
        "judgement",
        "agreement",
        "evidence",
        "reader",
        "query",
        "mentions",
        "spelling",
        "accents",
        "followup",
        "clauses",
        "figures",
        "instead",
        "leaning",
        "marking",
        "memory",
        "said",
        "abbreviations",
        "smalltalk",
    ),
    "retrieval": ("retrieve",),
    "store": (
        *("index", "building", "generations", "rollback", "manifest", "rows"),
        *("lexical", "sentence_vectors", "staleness"),
    ),
    "sources": (
        *("corpus", "readers/", "passages"),
        *("encoders", "retriever_model/", "local_encoder", "local_model", "sentence_model"),
        *("reader_model/", "model_folder", "openvino_graph"),
    ),
    "pure": ("text", "numerals", "sentences", "measures", "gazetteer", "places", "wordlists"),
    "ground": ("types", "errors", "catalogue/", "course", "durable", "__init__"),
}

_MODELS = ("retriever_model/sentence", "sentence_model", "local_encoder", "local_model")
DOORS: Mapping[str, tuple[str, ...]] = {
    "faiss": ("index",),
    "bm25s": ("lexical",),
    # The recipe is the baseline that everybody's tutorial builds with this very library.
    "langchain_text_splitters": ("passages", "evaluation/recipe"),
    "trafilatura": ("readers/",),
    "torch": _MODELS,
    "transformers": _MODELS,
    "sentence_transformers": _MODELS,
    "tokenizers": (*_MODELS, "retriever_model/", "reader_model/model"),
    "safetensors": ("local_model",),
    "openvino": ("openvino_graph",),
    "gradio": ("web/",),
    "fastapi": ("web/",),
    "starlette": ("web/",),
    "uvicorn": ("web/", "commands/mcp"),
    "jinja2": ("web/render",),
    "sse_starlette": ("web/",),
    "prometheus_client": ("web/",),
    "structlog": ("web/",),
    "throttled": ("web/",),
    "sqlalchemy": ("service/",),
    "alembic": ("service/",),
    "argon2": ("service/",),
    "docx": ("service/export_docx", "service/cited"),
    "mcp": ("mcp_tools", "commands/mcp"),
}

MOST_LINES = 300
LONGER = frozenset[str]()  # modules that may be: the aim is none


def name_of(module: Path, source: Path) -> str:
    """`evaluation/own` for evaluation/own.py, `web/__init__` for web/__init__.py."""
    return module.relative_to(source).with_suffix("").as_posix()


def holds(place: str, name: str) -> bool:
    return name.startswith(place) if place.endswith("/") else name == place


def floor_of(name: str) -> int | None:
    """The number of a module's floor, 0 the highest; None where the table does not know it."""
    for number, places in enumerate(FLOORS.values()):
        if any(holds(place, name) for place in places):
            return number
    return None


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Yield the full name of everything that is imported anywhere in a module of `package`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("__import__", "import_module"):
                yield "importlib.import_module"


def module_of(full: str, names: set[str]) -> str | None:
    """The module of partyqa that an imported name lies in: the longest that exists."""
    parts = full.split(".")[1:]
    for length in range(len(parts), -1, -1):
        path = "/".join(parts[:length])
        for name in (path, f"{path}/__init__" if path else "__init__"):
            if name in names:
                return name
    return None


def faults(source: Path) -> list[str]:
    """Return every break of the floors in the package at `source`, each a sentence."""
    modules = {name_of(path, source): path for path in sorted(source.rglob("*.py"))}
    found: list[str] = []
    beside: dict[str, set[str]] = {}  # imports within a floor
    for name, path in modules.items():
        if floor_of(name) is None:
            found.append(f"{name}.py stands on no floor: add it to FLOORS in tests/test_floors.py")
            continue
        package = ".".join(["partyqa", *name.split("/")[:-1]])
        for full in imported(ast.parse(path.read_text("utf-8")), package):
            found += forbidden_library(name, full)
            target = module_of(full, set(modules)) if full.split(".")[0] == "partyqa" else None
            if target is not None and floor_of(target) is not None:
                found += upward(name, target)
                if floor_of(target) == floor_of(name) and target != name:
                    beside.setdefault(name, set()).add(target)
    return found + circle(beside)


def forbidden_library(name: str, full: str) -> list[str]:
    if full == "importlib.import_module":
        return [f"{name}.py imports by a name that no test can read"]
    door = DOORS.get(full.split(".")[0])
    if door is None or any(holds(place, name) for place in door):
        return []
    return [f"{name}.py imports {full.split('.')[0]}: only {', '.join(door)} may"]


def upward(name: str, target: str) -> list[str]:
    here, there = floor_of(name), floor_of(target)
    if here is None or there is None or there >= here:
        return []
    floors = list(FLOORS)
    return [f"{name}.py ({floors[here]}) imports {target}.py ({floors[there]}) above it"]


def circle(beside: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(beside).prepare()
    except CycleError as error:
        return ["a circle of imports: " + " -> ".join(error.args[1])]
    return []


def test_imports_go_down_only_and_libraries_have_one_door() -> None:
    assert faults(SOURCE) == []


def test_the_table_names_nothing_that_is_not_there() -> None:
    names = [name_of(path, SOURCE) for path in SOURCE.rglob("*.py")]
    places = [place for floor in FLOORS.values() for place in floor]
    places += [place for door in DOORS.values() for place in door]
    assert [place for place in places if not any(holds(place, name) for name in names)] == []


@pytest.mark.parametrize(
    ("module", "code", "says"),
    [
        ("text", "from partyqa.index import Index", ["text.py (pure) imports index.py (store) above it"]),
        ("text", "import partyqa.index", ["text.py (pure) imports index.py (store) above it"]),
        ("types", "from partyqa import text", ["types.py (ground) imports text.py (pure) above it"]),
        (
            "engine",
            "def f():\n    from partyqa.web import texts",
            ["engine.py (whole) imports web/texts.py (edges) above it"],
        ),
        ("web/texts", "from ..engine import PartyQA\nfrom . import page", []),
        ("web/texts", "from .page import a", []),
        (
            "reader_model/a",
            "from ..index import Index",
            ["reader_model/a.py (sources) imports index.py (store) above it"],
        ),
        ("manifest", "import faiss", ["manifest.py imports faiss: only index may"]),
        (
            "index",
            "def f():\n  if 1:\n    from torch.nn import Linear",
            [
                "index.py imports torch: only retriever_model/sentence, sentence_model, local_encoder, local_model may"
            ],
        ),
        ("cli", "from gradio import Blocks", ["cli.py imports gradio: only web/ may"]),
        ("engine", "import importlib\nimportlib.import_module('faiss')", None),
        ("new", "", ["new.py stands on no floor: add it to FLOORS in tests/test_floors.py"]),
        ("rows", "from partyqa.generations import a", ["a circle of imports: "]),
        ("readers/a", "from partyqa.readers import b\nfrom partyqa import __version__", []),
    ],
)
def test_each_break_is_seen(tmp_path: Path, module: str, code: str, says: list[str] | None) -> None:
    """A made-up package with one break, or none, in it."""
    sound = {
        "__init__": "__version__ = '1'",
        "types": "",
        "text": "from partyqa.types import Article",
        "index": "import faiss\nfrom partyqa.text import tokens\nfrom partyqa import generations",
        "generations": "from partyqa.rows import b",
        "rows": "",
        "engine": "from partyqa.index import Index",
        "readers/__init__": "from partyqa.readers import a",
        "readers/b": "",
        "web/__init__": "from partyqa.web.page import a",
        "web/page": "from partyqa.web import texts" if module != "web/texts" else "",
        "web/texts": "",
    }
    for name, text in {**sound, module: code}.items():
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    found = faults(tmp_path)
    if says is None:
        assert found == ["engine.py imports by a name that no test can read"]
    elif says == ["a circle of imports: "]:
        (sentence,) = found
        assert sentence.startswith(says[0]) and "rows" in sentence and "generations" in sentence
    else:
        assert found == says


def test_modules_stay_short() -> None:
    lengths = {
        name_of(path, SOURCE): len(path.read_text("utf-8").splitlines()) for path in SOURCE.rglob("*.py")
    }
    long = {name: length for name, length in lengths.items() if length > MOST_LINES}
    assert {name: length for name, length in long.items() if name not in LONGER} == {}
    assert set(long) >= LONGER, "a module that is short again leaves the list"
