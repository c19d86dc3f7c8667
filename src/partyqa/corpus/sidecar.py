"""What an article's file does not know or says wrongly, mended beside it: `bao-cao.pdf.meta.yaml` for `bao-cao.pdf`.

A field that stands there goes before the file's own; an empty one says that it is not known.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import yaml

from partyqa.corpus.readers import ReadFile
from partyqa.corpus.readers.fields import date_field, text_field
from partyqa.errors import CorpusError
from partyqa.types import Article

SUFFIX = ".meta.yaml"
FIELDS = ("title", "source", "published", "author", "number", "url")
Mended = Mapping[str, str | date | None]
"""Fields by their names, normalised; None where one is not known."""

_MOST = 16 * 1024  # bytes
_NULLS = ("", "null", "Null", "NULL", "~")

AnyPath = TypeVar("AnyPath", bound=Path)


def beside(file: AnyPath) -> AnyPath:
    """Return where the fields of the file at that path are mended."""
    return file.with_name(file.name + SUFFIX)


def is_sidecar(file: Path) -> bool:
    """Return whether it mends the fields of another file, which stands beside it."""
    return file.name.endswith(SUFFIX) and file.with_name(file.name.removesuffix(SUFFIX)).is_file()


def checked(fields: Mapping[str, object], where: str) -> Mended:
    """Return the fields normalised; CorpusError for one that no article has, or that is no text or no date."""
    found: dict[str, str | date | None] = {}
    for name, value in fields.items():
        if name not in FIELDS:
            raise CorpusError("readers.sidecar_field", where=where, name=name, known=", ".join(FIELDS))
        if not isinstance(value, str):
            raise CorpusError("readers.field_not_text", where=where, name=name)
        known = value if value.strip() not in _NULLS else ""
        field = date_field if name == "published" else text_field
        found[name] = field(known, name, where) or None
    return found


def read_sidecar(data: bytes, where: str) -> Mended:
    """Return the fields that a sidecar's bytes hold; raises CorpusError."""
    if len(data) > _MOST:
        raise CorpusError("readers.sidecar_bad_yaml", where=where)
    try:
        fields = yaml.load(data.decode("utf-8-sig"), yaml.BaseLoader)  # noqa: S506 - text alone
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise CorpusError("readers.sidecar_bad_yaml", where=where) from error
    if fields in (None, ""):
        return {}
    if not isinstance(fields, dict):
        raise CorpusError("readers.sidecar_bad_yaml", where=where)
    return checked(fields, where)


def write_sidecar(fields: Mended) -> bytes:
    """Return the bytes of a sidecar of these fields, which `read_sidecar` gives back."""
    rows = {name: "" if value is None else str(value) for name, value in fields.items()}
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, default_style='"').encode()


def mended(found: ReadFile, file: Path, name: str) -> ReadFile:
    """Return what the file at that path holds with the fields that stand beside it.

    Sentences call the sidecar `name`. Raises CorpusError for a bad one, and for one of a file with several articles,
    OSError.
    """
    side = beside(file)
    if not side.is_symlink() and not side.exists():
        return found
    if side.is_symlink() or not side.is_file():
        raise CorpusError("readers.no_ordinary_file", path=name)
    if len(found.articles) != 1:
        raise CorpusError("readers.sidecar_of_many", where=name)
    with side.open("rb") as stream:
        fields = read_sidecar(stream.read(_MOST + 1), name)
    return replace(found, articles=(with_fields(found.articles[0], fields),))


def with_fields(article: Article, fields: Mended) -> Article:
    """Return the article with these fields; a title stays where none is given."""
    values = {
        name: (value or "") if name not in ("published", "url") else value
        for name, value in fields.items()
        if value or name != "title"
    }
    return replace(article, **values)  # type: ignore[arg-type]  # by name: a date where a date is due
