"""`partyqa feedback`: what people said of answers, as questions for `partyqa evaluate`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partyqa.cli.options import language
from partyqa.errors import StorageError
from partyqa.i18n import texts
from partyqa.types import Verdict

if TYPE_CHECKING:
    from partyqa.service.conversations.feedback_dataset import Export

app = typer.Typer(help="Đánh giá của người dùng. (What people said of answers.)", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass  # with it `export` stays a verb of its own, the only one so far


@app.command()
def export(
    database: Annotated[
        str | None,
        typer.Option(help="Cơ sở dữ liệu: tệp SQLite hay URL. (The database: a SQLite file or a URL.)"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Ghi vào tệp .jsonl này. (Write to this file.)")] = None,
    verdict: Annotated[
        Verdict,
        typer.Option(
            help="right: dùng được ngay với evaluate; wrong, incomplete: cần người điền gold. "
            "(right: ready for evaluate; the others wait for a person to fill in gold.)"
        ),
    ] = Verdict.RIGHT,
    corpus: Annotated[
        Path | None,
        typer.Option(help="Bỏ câu hỏi mà kho này không còn câu trích. (Leave out what is no longer in it.)"),
    ] = None,
) -> None:
    """Xuất câu hỏi đã được đánh giá thành JSON lines. (Judged questions as JSON lines.)"""
    from partyqa.service.conversations.feedback import FeedbackStore
    from partyqa.service.db.database import Database

    articles = None
    if corpus is not None:
        from partyqa.corpus.loading import read_corpus

        articles = read_corpus(corpus)
    opened = Database.open(database)
    try:
        exported = FeedbackStore(opened).export(verdict, articles)
    finally:
        opened.close()
    lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in exported.rows)
    if out is None:
        typer.echo(lines, nl=False)
    else:
        _write(out, lines)
    typer.echo(_summary(exported, verdict), err=True)


def _write(out: Path, lines: str) -> None:
    try:
        out.write_text(lines, "utf-8")
    except OSError as error:
        raise StorageError("cli.feedback_unwritable", out=out, reason=error.strerror) from error


def _summary(exported: "Export", verdict: Verdict) -> str:
    """Return one sentence: how many questions were written, and how many were left out and why."""
    t = texts(language())
    left = (
        ("cli.feedback_disputed", exported.disputed),
        ("cli.feedback_narrowed", exported.narrowed),
        ("cli.feedback_changed", exported.changed),
    )
    rest = "".join(t(key, count=count) for key, count in left if count)
    return t(f"cli.feedback_{verdict}", count=len(exported.rows), rest=rest)
