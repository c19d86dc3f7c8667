"""`partyqa index`: build the index, bring it up to date, check it, go back to the generation before."""

from pathlib import Path
from typing import Annotated

import typer

from partyqa.cli.options import CORPUS, INDEX, EncoderOption, IndexOption, language, say
from partyqa.i18n import texts


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
        say("cli.index_rolled_back", index=index, generation=name)
        return
    if check:
        engine.check(index, corpus, encoder=encoder)
        say("cli.index_sound", index=index)
        return
    from partyqa.cli.terminal import progress_bar
    from partyqa.corpus.loading import unread_files

    with progress_bar(texts(language())("cli.embedding")) as progress:
        report = engine.build_index(corpus or CORPUS, index, encoder=encoder, full=full, progress=progress)
    if skipped := unread_files(corpus or CORPUS):
        names = ", ".join(file.name for file in skipped[:3]) + (", ..." if len(skipped) > 3 else "")
        say("cli.files_passed_over", count=len(skipped), names=names)
    if not report.changed:
        say("cli.index_up_to_date", index=index, articles=report.articles, passages=report.passages)
        return
    say(
        "cli.index_built",
        index=index,
        articles=report.articles,
        passages=report.passages,
        embedded=report.embedded,
        reused=report.reused,
        seconds=f"{report.seconds:.1f}",
    )
