"""A file of questions: one JSON row in, one JSON row out, in order; a bad row never stops the others."""

import json
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from partyqa.engine import PartyQA
from partyqa.errors import DatasetError, Language, PartyQAError


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a file, or of standard input for "-"; raises DatasetError."""
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise DatasetError(
            vi=f"Không đọc được tệp câu hỏi {path} ({error.strerror}); cần một tệp JSON lines mã UTF-8.",
            en=f"Cannot read the questions in {path} ({error.strerror}); a UTF-8 file of JSON lines is needed.",
        ) from error
    return raw.removeprefix(BOM_UTF8).split(b"\n")  # str.splitlines would cut rows at U+2028 too


def answer_rows(engine: PartyQA, lines: Iterable[bytes], lang: Language = "vi") -> Iterator[dict[str, Any]]:
    """Yield the answer of each line `{"id": ..., "turns": [..., question]}`, or a row with "error"."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row_id: Any = None
        try:
            row = _row(line, number)
            row_id = row.get("id")
            turns = _turns(row, number)
            answer = engine.ask(turns[-1], turns[:-1])
            yield {"id": row_id, **engine.to_json(answer)}
        except PartyQAError as error:
            yield {"id": row_id, "error": error.message(lang)}


def _row(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested too deep
        raise DatasetError(
            vi=f"Dòng {number} không phải JSON: {error}.", en=f"Line {number} is not JSON: {error}."
        ) from error
    return row if isinstance(row, dict) else {}


def _turns(row: dict[str, Any], number: int) -> list[str]:
    turns = row.get("turns")
    if not (isinstance(turns, list) and turns and all(isinstance(turn, str) for turn in turns)):
        raise DatasetError(
            vi=f'Dòng {number} cần "turns": một danh sách câu hỏi, câu cuối là câu cần trả lời.',
            en=f'Line {number} needs "turns": a list of strings, the last one the question.',
        )
    return turns
