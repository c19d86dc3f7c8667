"""The command line: verbs, and the one place where an error becomes a sentence and an exit code.

Heavy imports stand inside the verbs, so that `partyqa --help` answers at once. Data goes to standard output,
everything else to standard error.
"""

import json
import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from partyqa import __version__
from partyqa.cli import feedback, keys, users
from partyqa.cli.mcp import mcp
from partyqa.cli.options import CORPUS, INDEX, EncoderOption, IndexOption, JsonOption, ReaderOption
from partyqa.cli.serve import serve
from partyqa.cli.usage import language, say, usage_sentence, without_language
from partyqa.cli.verify import verify
from partyqa.errors import CheckError, PartyQAError, QuestionError
from partyqa.evaluation.options import Split, Typed

app = typer.Typer(
    name="partyqa",
    help="Hỏi đáp tiếng Việt trên kho bài viết, trả lời bằng câu trích nguyên văn. "
    "(Vietnamese questions answered with quoted sentences.)",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Thêm --lang en vào lệnh bất kỳ để đọc thông báo bằng tiếng Anh. (--lang en: messages in English.)",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"partyqa {__version__}")
        raise typer.Exit


for verb in (serve, verify, mcp):
    app.command()(verb)
for name, verbs in (("users", users.app), ("keys", keys.app), ("feedback", feedback.app)):
    app.add_typer(verbs, name=name)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="In phiên bản. (Version.)")
    ] = False,
) -> None:
    pass


@app.command()
def index(
    corpus: Annotated[
        Path | None, typer.Argument(help="Thư mục hay tệp bài viết, mặc định corpus/. (The articles.)")
    ] = None,
    index: IndexOption = INDEX,
    full: Annotated[bool, typer.Option(help="Dựng lại từ đầu. (Embed everything anew.)")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Chỉ kiểm tra, không dựng. (Only check, build nothing.)")
    ] = False,
    roll_back: Annotated[
        bool, typer.Option("--roll-back", help="Quay lại thế hệ trước. (Go back to the generation before.)")
    ] = False,
    encoder: EncoderOption = None,
) -> None:
    """Dựng hoặc cập nhật chỉ mục từ bài viết. (Build the index, or bring it up to date.)"""
    from partyqa import engine

    if roll_back:
        name = engine.roll_back(index)
        say(f"Chỉ mục {index} đã quay lại thế hệ {name}.", f"The index {index} is back at generation {name}.")
        return
    if check:
        engine.check(index, corpus, encoder=encoder)
        say(f"Chỉ mục {index} nguyên vẹn.", f"The index {index} is sound.")
        return
    from partyqa.cli.terminal import progress_bar
    from partyqa.corpus.loading import unread_files

    with progress_bar({"vi": "Nhúng đoạn và câu", "en": "Embedding"}[language()]) as progress:
        report = engine.build_index(corpus or CORPUS, index, encoder=encoder, full=full, progress=progress)
    if skipped := unread_files(corpus or CORPUS):
        names = ", ".join(file.name for file in skipped[:3]) + (", ..." if len(skipped) > 3 else "")
        say(
            f"Bỏ qua {len(skipped)} tệp thuộc loại không đọc được: {names}",
            f"Passed over, being of types that are not read ({len(skipped)}): {names}",
        )
    if not report.changed:
        say(
            f"Chỉ mục {index} đã khớp với kho bài viết: {report.articles} bài, {report.passages} đoạn.",
            f"The index {index} is up to date: {report.articles} articles, {report.passages} passages.",
        )
        return
    say(
        f"Đã dựng chỉ mục {index}: {report.articles} bài, {report.passages} đoạn "
        f"({report.embedded} nhúng mới, {report.reused} dùng lại), {report.seconds:.1f} giây.",
        f"Built the index {index}: {report.articles} articles, {report.passages} passages "
        f"({report.embedded} embedded, {report.reused} reused), {report.seconds:.1f} s.",
    )


@app.command()
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
        raise QuestionError(
            vi='Lệnh ask cần đúng một trong hai; hãy gõ: partyqa ask "CÂU HỎI", hoặc: partyqa ask --batch TỆP',
            en='The verb ask takes one of two; type: partyqa ask "QUESTION", or: partyqa ask --batch FILE',
        )
    if question is not None:
        understand(question)  # a question that cannot be asked needs no model
    from partyqa.cli.batch import answer_rows, read_lines
    from partyqa.engine import PartyQA

    lines = None if batch is None else read_lines(batch)
    engine = PartyQA.open(index, encoder=encoder, reader=reader)
    if lines is not None:
        for row in answer_rows(engine, lines, language()):
            _print_json(row)
        return
    answer = engine.ask(question or "")
    if as_json:
        _print_json(engine.to_json(answer))
        return
    from partyqa.cli.terminal import print_answer

    print_answer(answer, language())


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="Câu hỏi hay từ khóa. (A question or words.)")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Số đoạn. (How many passages.)")] = 5,
    index: IndexOption = INDEX,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tìm các đoạn văn gần câu hỏi nhất. (Find the passages nearest to a question.)"""
    from partyqa.engine import PartyQA, hit_json
    from partyqa.question.query import understand

    understand(question)
    hits = PartyQA.open(index, encoder=encoder, reader=reader).search(question, k)
    if as_json:
        _print_json([hit_json(rank, hit) for rank, hit in enumerate(hits, 1)])
        return
    from partyqa.cli.terminal import print_hits

    print_hits(hits)


@app.command()
def evaluate(
    datasets: Annotated[
        list[Path], typer.Argument(help="Tệp hay thư mục câu hỏi. (Question files, folders.)")
    ],
    system: Annotated[
        list[str] | None,
        typer.Option(
            help="recipe, lexical, dense, fused, full hay all; dùng được nhiều lần. (May be repeated.)"
        ),
    ] = None,
    corpus: Annotated[Path | None, typer.Option(help="Kho bài của bộ câu hỏi. (Its articles.)")] = None,
    split: Annotated[Split, typer.Option(help="Nửa nào của bộ câu hỏi. (Which half.)")] = Split.ALL,
    typed: Annotated[
        Typed | None,
        typer.Option(
            help="Gõ lại câu hỏi: không dấu, chữ thường, chữ hoa, sai một chữ. (Type questions anew.)"
        ),
    ] = None,
    distractors: Annotated[
        Path | None, typer.Option(help="Bài thêm vào để gây nhiễu. (Articles to add as distractors.)")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Số đoạn gây nhiễu. (How many passages.)")] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="So với kết quả cũ; kém đi thì mã thoát 1. (Compare; exit 1 if worse.)"),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Thư mục ghi báo cáo HTML. (Report folder.)")] = None,
    measure: Annotated[list[str] | None, typer.Option(help="Ví dụ nDCG@10. (For example nDCG@10.)")] = None,
    skip_bad: Annotated[
        bool, typer.Option(help="Bỏ qua dòng hỏng, có đếm. (Skip and count bad rows.)")
    ] = False,
    encoder: EncoderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Đo chất lượng trên bộ câu hỏi có đáp án. (Measure quality on questions with known answers.)"""
    from partyqa.cli.terminal import progress_bar, wide_console
    from partyqa.evaluation import suite
    from partyqa.evaluation.reports.terminal import terminal_report, verdict
    from partyqa.models.loading import load_encoder

    if report:
        suite.prepare_report(report)
    with progress_bar({"vi": "Đo", "en": "Evaluating"}[language()]) as advance:
        measured = suite.evaluate(
            datasets,
            systems=system or ["full"],
            corpus=corpus,
            split=split.value,
            typed=typed,
            distractors=distractors,
            limit=limit,
            baseline=baseline,
            measures=measure or (),
            skip_bad=skip_bad,
            encoder=load_encoder(encoder) if encoder else None,
            progress=lambda what, done, total: advance(done, total),
        )
    if report:
        suite.write_report(report, measured)
    if as_json:
        for summary in measured.summaries:
            _print_json(summary.to_json())
    else:
        wide_console().print(terminal_report(measured.summaries, measured.comparisons, lang=language()))
    if not measured.passed:
        said = " ".join(str(verdict(comparison, language())) for comparison in measured.comparisons)
        raise CheckError(vi=said, en=said)


def main() -> None:
    """Run the command line; every PartyQAError ends as one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # JSON is UTF-8 everywhere, half a surrogate pair an escape
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        arguments = without_language(sys.argv[1:])
        code = app(args=arguments, prog_name="partyqa", standalone_mode=False)
    except PartyQAError as error:
        sys.exit(_fail(error.message(language()), error.exit_code))
    except typer.Abort:
        sys.exit(_fail({"vi": "Đã dừng.", "en": "Stopped."}[language()], 130))
    except KeyboardInterrupt:
        sys.exit(_fail({"vi": "Đã dừng.", "en": "Stopped."}[language()], 130))
    except BrokenPipeError:  # the reader of a pipe went away: nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except _USAGE_ERRORS as error:
        said = error.format_message() if hasattr(error, "format_message") else str(error)
        sys.exit(_fail(usage_sentence(said, language()), 2) if said else 2)  # no word at all: help was shown
    except Exception as error:
        if os.environ.get("PARTYQA_DEBUG"):
            traceback.print_exc()
        sentence = {
            "vi": f"Lỗi ngoài dự kiến ({type(error).__name__}: {error}); đặt PARTYQA_DEBUG=1 để xem chi tiết.",
            "en": f"Unexpected error ({type(error).__name__}: {error}); set PARTYQA_DEBUG=1 for details.",
        }
        sys.exit(_fail(sentence[language()], 2))
    sys.exit(code if isinstance(code, int) else 0)


# Typer carries its own copy of click, which it does not export: ClickException is BadParameter's grandparent.
_USAGE_ERRORS: tuple[type[BaseException], ...] = (typer.BadParameter.__mro__[2],)


def _fail(sentence: str, code: int) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)  # noqa: T201 - the CLI is where one may print
    return code


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201
