"""The folders of the design: imports go down only, no folder is crowded, and each heavy library has one door."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from conftest import ROOT

SOURCE = ROOT / "src" / "partyqa"

# From the bottom up: what stands at the root of src/partyqa, each a folder or a module. The order of the work.
ORDER = (
    *("version", "i18n", "errors", "types", "schema"),
    *("text", "models", "corpus", "question", "index", "retrieval", "answer", "engine"),
    *("evaluation", "service", "web", "cli"),
    "__init__",  # what `import partyqa` offers; no module of the package imports it
)

_MODELS = (
    "models/sentence_transformer",
    "models/local_runtime",
    "models/local_encoder",
)
DOORS: Mapping[str, tuple[str, ...]] = {
    "faiss": ("index/",),
    "bm25s": ("index/bm25",),
    # The recipe is the baseline that everybody's tutorial builds with this very library.
    "langchain_text_splitters": ("corpus/chunking", "evaluation/baseline"),
    "trafilatura": ("corpus/readers/",),
    "pypdfium2": ("corpus/readers/", "service/library/"),
    "pdfplumber": ("corpus/readers/",),
    "openpyxl": ("corpus/readers/",),
    "xlrd": ("corpus/readers/",),
    "pptx": ("corpus/readers/",),
    "torch": _MODELS,
    "transformers": _MODELS,
    "sentence_transformers": _MODELS,
    "tokenizers": ("models/",),
    "openvino": ("models/openvino",),
    "gradio": ("web/",),
    "fastapi": ("web/",),
    "starlette": ("web/",),
    "uvicorn": ("web/", "cli/mcp"),
    "jinja2": ("web/templating", "evaluation/reports/html"),
    "prometheus_client": ("web/",),
    "structlog": ("web/",),
    "throttled": ("web/",),
    "sqlalchemy": ("service/",),
    "alembic": ("service/",),
    "argon2": ("service/",),
    "docx": ("corpus/readers/", "service/export/docx", "service/export/quotes"),
    "mcp": ("web/api/mcp", "cli/mcp"),
}

# What finds the modules of its own folder, each of which is looked at here as any other.
FINDERS = ("corpus/readers/__init__",)

MOST_MODULES = 12  # in a folder, __init__.py not counted
MOST_LINES = 300
LONGER = frozenset[str]()  # modules that may be: the aim is none


def name_of(module: Path, source: Path) -> str:
    """`evaluation/own` for evaluation/own.py, `web/__init__` for web/__init__.py."""
    return module.relative_to(source).with_suffix("").as_posix()


def holds(place: str, name: str) -> bool:
    return name.startswith(place) if place.endswith("/") else name == place


def floor_of(name: str) -> int | None:
    """The place of a module's folder in ORDER, 0 the lowest; None where the order does not know it."""
    top = name.split("/")[0]
    return ORDER.index(top) if top in ORDER else None


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
            elif called == "resolve_name":
                yield "pkgutil.resolve_name"


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
    """Return every break of the order in the package at `source`, each a sentence."""
    modules = {name_of(path, source): path for path in sorted(source.rglob("*.py"))}
    found: list[str] = []
    beside: dict[str, set[str]] = {}  # imports within a folder
    for name, path in modules.items():
        if floor_of(name) is None:
            found.append(f"{name}.py stands in no folder of the design: see ORDER in tests/test_folders.py")
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
    if full == "importlib.import_module" or (full == "pkgutil.resolve_name" and name not in FINDERS):
        return [f"{name}.py imports by a name that no test can read"]
    door = DOORS.get(full.split(".")[0])
    if door is None or any(holds(place, name) for place in door):
        return []
    return [f"{name}.py imports {full.split('.')[0]}: only {', '.join(door)} may"]


def upward(name: str, target: str) -> list[str]:
    here, there = floor_of(name), floor_of(target)
    if here is None or there is None or there <= here:
        return []
    return [f"{name}.py imports {target}.py above it"]


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
    assert {name.split("/")[0] for name in names} == set(ORDER)
    places = [place for door in DOORS.values() for place in door]
    assert [place for place in places if not any(holds(place, name) for name in names)] == []


@pytest.mark.parametrize(
    ("module", "code", "says"),
    [
        ("text/a", "from partyqa.index.b import Index", ["text/a.py imports index/b.py above it"]),
        ("text/a", "import partyqa.index.b", ["text/a.py imports index/b.py above it"]),
        ("types", "from partyqa.text import a", ["types.py imports text/a.py above it"]),
        (
            "engine",
            "def f():\n    from partyqa.web import texts",
            ["engine.py imports web/texts.py above it"],
        ),
        ("web/texts", "from ..engine import PartyQA\nfrom . import page", []),
        ("web/texts", "from .page import a", []),
        ("models/a", "from ..index.b import Index", ["models/a.py imports index/b.py above it"]),
        ("index/c", "import faiss", []),
        ("corpus/a", "import faiss", ["corpus/a.py imports faiss: only index/ may"]),
        (
            "index/b",
            "def f():\n  if 1:\n    from torch.nn import Linear",
            [f"index/b.py imports torch: only {', '.join(_MODELS)} may"],
        ),
        ("cli/a", "from gradio import Blocks", ["cli/a.py imports gradio: only web/ may"]),
        ("engine", "import importlib\nimportlib.import_module('faiss')", None),
        ("engine", "import pkgutil\npkgutil.resolve_name('faiss')", None),
        ("new", "", ["new.py stands in no folder of the design: see ORDER in tests/test_folders.py"]),
        ("index/c", "from partyqa.index.b import a", ["a circle of imports: "]),
        ("corpus/readers/a", "from partyqa.corpus.readers import b", []),
        ("corpus/a", "from partyqa import PartyQA", ["corpus/a.py imports __init__.py above it"]),
    ],
)
def test_each_break_is_seen(tmp_path: Path, module: str, code: str, says: list[str] | None) -> None:
    """A made-up package with one break, or none, in it."""
    sound = {
        "__init__": "__version__ = '1'",
        "types": "",
        "text/a": "from partyqa.types import Article",
        "index/b": "import faiss\nfrom partyqa.text.a import tokens\nfrom partyqa.index import c",
        "index/c": "",
        "engine": "from partyqa.index.b import Index",
        "corpus/readers/__init__": "from partyqa.corpus.readers import a",
        "corpus/readers/b": "",
        "web/__init__": "from partyqa.web.page import a",
        "web/page": "from partyqa.web import texts" if module != "web/texts" else "",
        "web/texts": "",
    }
    for name, text in {**sound, module: code}.items():
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    found = faults(tmp_path)
    if says is None:
        assert found == ["engine.py imports by a name that no test can read"]
    elif says == ["a circle of imports: "]:
        (sentence,) = found
        assert sentence.startswith(says[0]) and "index/b" in sentence and "index/c" in sentence
    else:
        assert found == says


def type_names(tree: ast.Module) -> Iterator[str]:
    """Yield the classes of a module, and what it gives a name of a type: `Span = tuple[int, int]`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            yield from (name for name in names if name[0].isupper() and not name.isupper())


def test_a_type_name_stands_once() -> None:
    places: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for name in type_names(ast.parse(path.read_text("utf-8"))):
            places.setdefault(name, []).append(name_of(path, SOURCE))
    assert {"Span", "Passage", "Weigher"} <= set(places)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_folder_is_crowded() -> None:
    folders = Counter(
        path.parent.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if path.name != "__init__.py"
    )
    assert {folder: count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_modules_stay_short() -> None:
    lengths = {
        name_of(path, SOURCE): len(path.read_text("utf-8").splitlines()) for path in SOURCE.rglob("*.py")
    }
    long = {name: length for name, length in lengths.items() if length > MOST_LINES}
    assert {name: length for name, length in long.items() if name not in LONGER} == {}
    assert set(long) >= LONGER, "a module that is short again leaves the list"
