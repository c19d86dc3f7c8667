"""One reader a file type: which articles a file's bytes hold, and what of them it leaves out.

A new type is one module of `formats/` with a `READER = FileReader(...)`: readers are found, no list names them.
"""

import codecs
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Literal

from partyqa.errors import CorpusError
from partyqa.types import Article

Why = Literal[
    "above",  # above the title
    "after",  # behind the article: comments, other news
    "byline",  # a date, a source or an author, where the article has another
    "comment",  # a note in the file that no page shows
    "deleted",  # by a tracked change
    "doubtful",  # a page that was read off a picture, and not surely
    "field",  # a field that no article has
    "formula",  # of a cell whose value the file does not hold
    "hidden",  # text that its program does not show
    "imprint",
    "link",  # where a link leads
    "macro",  # a program in the file
    "navigation",
    "page",  # the number of a page, in text that was broken into pages
    "outside",  # of the part of a web page that is its article
    "picture",  # what of a page is a picture, and was not read
    "related",  # a box of other articles
    "repeated",
    "running",  # the title that stands at the head or foot of page after page
    "struck",  # struck out
    "table",  # of a table: a column without figures, a cell without a column
    "type",  # a file in an archive that no reader takes
    "unrecognised",  # a page that is a picture, where no program reads pictures
    "wordless",  # no letter and no figure
]
"""Why a text is left out; its words are `dropped.WHY` in the catalogues."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line of a file that is in none of its articles."""

    text: str
    why: Why


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an article that stands somewhere in its file; the fields are those of partyqa.types.Section."""

    text: str
    page: int | None = None
    path: tuple[str, ...] = ()
    recognised: float | None = None


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The articles of a file in its order, and every line that none of them holds.

    `faults` are those parts of a file of many, as an archive, that cannot be read; the others still count.
    """

    articles: tuple[Article, ...]
    dropped: tuple[Dropped, ...] = ()
    faults: tuple[CorpusError, ...] = ()


@dataclass(frozen=True, slots=True)
class FileReader:
    """Reads one type of file.

    `suffixes` are in lower case, each with its dot; `signature` is how the bytes of each such file begin, several where
    they may begin so, None for text; `read(data, path)` names an article `path.stem` and raises CorpusError.
    `ids(data)` is there where files hold many articles, which then have ids of their own: all that can be read,
    whatever else is wrong. Those of a file that `is_folder` stand below its own: `read` gives "stem/inner", `ids`
    "inner".
    """

    name: str
    suffixes: tuple[str, ...]
    signature: bytes | tuple[bytes, ...] | None
    read: Callable[[bytes, Path], ReadFile]
    ids: Callable[[bytes], frozenset[str]] | None = None
    is_folder: bool = False


@cache
def readers() -> Mapping[str, FileReader]:
    """Return the reader of each suffix, in the order of the alphabet."""
    formats = pkgutil.resolve_name(f"{__name__}.formats")
    names = (module.name for module in pkgutil.iter_modules(formats.__path__))
    modules = [pkgutil.resolve_name(f"{formats.__name__}.{name}") for name in names]
    found = [module.READER for module in modules if isinstance(getattr(module, "READER", None), FileReader)]
    by_suffix = {suffix: reader for reader in found for suffix in reader.suffixes}
    return MappingProxyType(dict(sorted(by_suffix.items())))


def reader_of(path: PurePath) -> FileReader | None:
    """Return the reader of a file by its suffix, None where no reader takes its type."""
    return readers().get(path.suffix.lower())


def has_many(path: PurePath) -> bool:
    """Return whether a file is of a type whose files hold many articles, with ids of their own."""
    reader = reader_of(path)
    return reader is not None and reader.ids is not None


def suffix_list() -> str:
    """Return the suffixes that are read, as a sentence lists them: ".htm, .html, .md"."""
    return ", ".join(readers())


def read_file(data: bytes, path: Path) -> ReadFile:
    """Return what a file of a type that is read becomes.

    Raises CorpusError where its bytes are not of that type, or the library that reads them is not installed.
    """
    reader = readers()[path.suffix.lower()]
    if reader.signature is not None and not data.removeprefix(codecs.BOM_UTF8).strip():
        raise CorpusError("readers.empty", path=path)
    if reader.signature is not None and not data.startswith(reader.signature):
        raise CorpusError("readers.other_type", path=path, type=reader.name)
    try:
        return reader.read(data, path)
    except ModuleNotFoundError as error:
        raise CorpusError("readers.library_missing", path=path, library=error.name) from error
