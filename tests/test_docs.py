"""The documents: what they name is there, and what is registered in the program is described in them."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from itertools import product

from conftest import ROOT

from partyqa.cli.main import app
from partyqa.corpus.readers import readers
from partyqa.evaluation.metrics.answers import ANSWERS
from partyqa.evaluation.metrics.confidence import CONFIDENCE
from partyqa.evaluation.metrics.rankings import RANKINGS
from partyqa.evaluation.systems import SYSTEMS
from partyqa.service.export.export import EXPORTERS
from partyqa.web.api import health, openai, v1

ADDING = ROOT / "docs" / "adding"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "evaluation/*.md", "training/*.md", "corpus/README.md")
    for path in ROOT.glob(pattern)
)
MOST_LINES = 40
_FOLDERS = "src|tests|docs|tools|benchmarks|evaluation|training"
_PATH = re.compile(rf"`((?:{_FOLDERS})/[\w./{{}},-]+)`")
_MODULE = re.compile(r"\bpartyqa((?:\.[a-z_]+)+)\b")
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def spelt_out(path: str) -> Iterator[str]:
    """`i18n/{vi,en}/a.toml` -> `i18n/vi/a.toml`, `i18n/en/a.toml`."""
    parts = [part.split(",") for part in re.split(r"[{}]", path)]
    return ("".join(chosen) for chosen in product(*parts))


def undocumented(names: Iterable[str], document: str) -> list[str]:
    """Return the names that do not stand in a document, each as a word or words of its own."""
    text = (ROOT / document).read_text("utf-8")
    return [name for name in names if not re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text)]


def test_every_file_that_a_document_names_is_there() -> None:
    assert len(DOCUMENTS) > 20
    missing = []
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        named = [ROOT / path for match in _PATH.findall(text) for path in spelt_out(match)]
        named += [document.parent / path for path in _LINK.findall(text) if "://" not in path]
        missing += [f"{document.name}: {path}" for path in named if not path.exists()]
    assert missing == []


def test_every_module_that_a_document_names_is_there() -> None:
    source = ROOT / "src" / "partyqa"
    unknown = []
    for document in DOCUMENTS:
        for name in _MODULE.findall(document.read_text("utf-8")):
            parts = name[1:].split(".")
            ways = [source.joinpath(*parts[:length]) for length in range(1, len(parts) + 1)]
            if not any(way.is_dir() or way.with_suffix(".py").exists() for way in ways):
                unknown.append(f"{document.name}: partyqa{name}")
    assert unknown == []


def test_a_page_on_adding_a_part_is_short_and_is_found() -> None:
    pages = {path.name: path.read_text("utf-8") for path in ADDING.glob("*.md")}
    assert {name: text.count("\n") for name, text in pages.items() if text.count("\n") > MOST_LINES} == {}
    assert set(_LINK.findall(pages["README.md"])) == pages.keys() - {"README.md"}


def test_what_is_registered_is_documented() -> None:
    metrics = [*(metric.name for metric in (*ANSWERS, *CONFIDENCE)), *RANKINGS]
    assert undocumented(metrics, "evaluation/README.md") == []
    assert undocumented(SYSTEMS, "evaluation/README.md") == []
    verbs = [command.callback.__name__ for command in app.registered_commands if command.callback]
    verbs += [group.name for group in app.registered_groups if group.name]
    assert len(verbs) == 10
    assert undocumented(verbs, "README.md") == []
    assert undocumented(readers(), "README.md") == []
    assert undocumented(EXPORTERS, "README.md") == []
    reasons = tomllib.loads((ROOT / "src/partyqa/i18n/vi/refusals.toml").read_text("utf-8"))
    assert undocumented(reasons, "docs/api.md") == []
    paths = [
        re.sub(r"{[^}]*}", "ID", one.path) for part in (v1, openai, health) for one in part.router.routes
    ]
    assert len(paths) == 12
    assert undocumented(paths, "docs/api.md") == []
