"""`partyqa ask` and `partyqa search`: one question, or a file of them, one JSON row in, one JSON row out."""

import json
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from partyqa.cli.options import (
    INDEX,
    EncoderOption,
    IndexOption,
    JsonOption,
    ReaderOption,
    language,
    print_json,
)
from partyqa.errors import DatasetError, PartyQAError, QuestionError
from partyqa.i18n import Language

if TYPE_CHECKING:
    from partyqa.engine import PartyQA


def ask(
    question: Annotated[str | None, typer.Argument(help="Câu hỏi tiếng Việt. (The question.)")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(help='Tệp JSON lines {"id", "turns"}; "-" là đầu vào chuẩn. (A file of questions.)'),
    ] = None,
    index: IndexOption = INDEX,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hỏi một câu, hoặc cả tệp câu hỏi. (Ask one question, or a file of them.)"""
    from partyqa.question.query import understand

    if (question is None) == (batch is None):
        raise QuestionError("cli.ask_one_of_two")
    if question is not None:
        understand(question)  # a question that cannot be asked needs no model
    from partyqa.engine import PartyQA

    lines = None if batch is None else read_lines(batch)
    engine = PartyQA.open(index, encoder=encoder, reader=reader)
    if lines is not None:
        for row in answer_rows(engine, lines, language()):
            print_json(row)
        return
    answer = engine.ask(question or "")
    if as_json:
        print_json(engine.to_json(answer, language()))
        return
    from partyqa.cli.terminal import print_answer

    print_answer(answer, language())


def search(
    question: Annotated[str, typer.Argument(help="Câu hỏi hay từ khóa. (A question or words.)")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Số đoạn. (How many passages.)")] = 5,
    index: IndexOption = INDEX,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tìm các đoạn văn gần câu hỏi nhất. (Find the passages nearest to a question.)"""
    from partyqa.engine import PartyQA
    from partyqa.question.query import understand
    from partyqa.schema import hit_json

    understand(question)
    hits = PartyQA.open(index, encoder=encoder, reader=reader).search(question, k)
    if as_json:
        print_json([hit_json(rank, hit) for rank, hit in enumerate(hits, 1)])
        return
    from partyqa.cli.terminal import print_hits

    print_hits(hits)


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a file, or of standard input for "-"; raises DatasetError."""
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise DatasetError("cli.ask_unreadable", path=path, reason=error.strerror) from error
    return raw.removeprefix(BOM_UTF8).split(b"\n")  # str.splitlines would cut rows at U+2028 too


def answer_rows(engine: "PartyQA", lines: Iterable[bytes], lang: Language = "vi") -> Iterator[dict[str, Any]]:
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
            yield {"id": row_id, **engine.to_json(answer, lang)}
        except PartyQAError as error:
            yield {"id": row_id, "error": error.message(lang)}


def _row(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested too deep
        raise DatasetError("cli.ask_row_json", line=number, reason=error) from error
    return row if isinstance(row, dict) else {}


def _turns(row: dict[str, Any], number: int) -> list[str]:
    turns = row.get("turns")
    if not (isinstance(turns, list) and turns and all(isinstance(turn, str) for turn in turns)):
        raise DatasetError("cli.ask_row_turns", line=number)
    return turns
