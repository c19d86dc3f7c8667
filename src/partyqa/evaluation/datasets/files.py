"""JSON and JSON Lines files, plain or gzipped, with the line of every fault."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from partyqa.errors import DatasetError
from partyqa.evaluation.datasets.base import Faults
from partyqa.text.normalise import normalise


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, unpacked when its name ends in .gz; DatasetError where it cannot be."""
    try:
        return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> DatasetError:
    """Return the error for a file that is not there or cannot be read."""
    return DatasetError("evaluation.unreadable", path=path, reason=error)


def text_lines(path: Path, faults: Faults) -> Iterator[tuple[int, str]]:
    """Yield (line number, line) of a UTF-8 file without blank lines; what is no UTF-8 is a fault."""
    faults = faults.of(path)
    with open_bytes(path) as file:
        try:
            for number, raw in enumerate(file, 1):
                try:
                    line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                except UnicodeDecodeError:
                    faults.add(number, "evaluation.line_not_utf8")
                    continue
                if line.strip():
                    yield number, line
        except (OSError, EOFError) as error:  # a broken or truncated gzip
            raise unreadable(path, error) from error


def json_rows(path: Path, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, row) of a JSON Lines file; a line that holds no JSON object is a fault."""
    for number, line in text_lines(path, faults):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield number, row
        else:
            faults.of(path).add(number, "evaluation.line_no_object")


def json_document(path: Path) -> tuple[Any, str]:
    """Return (value, text) of a JSON file; DatasetError with the line where it breaks."""
    with open_bytes(path) as file:
        try:
            text = file.read().decode("utf-8-sig")
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise unreadable(path, error) from error
    try:
        return json.loads(text), text
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise DatasetError("evaluation.bad_json", file=path.name, line=line) from error


def name_of(row: dict[str, Any], key: str) -> str:
    """Return the string under `key` as an id or a name: normalised, safe to show."""
    return " ".join(normalise(text_of(row, key)).split())


def text_of(row: dict[str, Any], key: str) -> str:
    """Return the string under `key`, "" when it is none; a number is taken as its digits."""
    value = row.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
