"""`partyqa evaluate`: measure quality on questions with known answers."""

from pathlib import Path
from typing import Annotated

import typer

from partyqa.cli.options import EncoderOption, JsonOption, language, print_json
from partyqa.errors import CheckError
from partyqa.evaluation.metrics.rankings import RANKINGS
from partyqa.evaluation.options import Split, Typed
from partyqa.evaluation.systems import SYSTEMS
from partyqa.i18n import texts


def evaluate(
    datasets: Annotated[
        list[Path], typer.Argument(help="Tệp hay thư mục câu hỏi. (Question files, folders.)")
    ],
    system: Annotated[
        list[str] | None,
        typer.Option(
            help="; ".join(f"{kind.name}: {kind.meaning.vi} ({kind.meaning.en})" for kind in SYSTEMS.values())
            + "; all; dùng được nhiều lần. (May be repeated.)"
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
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Tên@k như nDCG@10, tên là {', '.join(RANKINGS)}; dùng được nhiều lần. (May be repeated.)"
        ),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option(help="Bỏ qua dòng hỏng, có đếm. (Skip and count bad rows.)")
    ] = False,
    encoder: EncoderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Đo chất lượng trên bộ câu hỏi có đáp án. (Measure quality on questions with known answers.)"""
    from partyqa.cli.terminal import progress_bar, wide_console
    from partyqa.evaluation import suite
    from partyqa.evaluation.reports.tables import verdict
    from partyqa.evaluation.reports.terminal import terminal_report
    from partyqa.models.loading import load_encoder

    if report:
        suite.prepare_report(report)
    with progress_bar(texts(language())("cli.evaluating")) as advance:
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
            print_json(summary.to_json())
    else:
        wide_console().print(terminal_report(measured.summaries, measured.comparisons, lang=language()))
    if not measured.passed:
        verdicts = " ".join(verdict(comparison).text(language()) for comparison in measured.comparisons)
        raise CheckError("evaluation.not_passed", verdicts=verdicts)
