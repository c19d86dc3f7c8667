"""`partyqa index`: build the index, bring it up to date, check it, go back to the generation before."""

from pathlib import Path
from typing import Annotated

import typer

from partyqa.cli.options import CORPUS, INDEX, EncoderOption, IndexOption, language, say


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
