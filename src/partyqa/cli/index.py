"""`partyqa index`: build the index, bring it up to date, check it, go back to the generation before."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partyqa.cli.options import CORPUS, INDEX, EncoderOption, IndexOption, language, say
from partyqa.i18n import message, texts

if TYPE_CHECKING:
    from partyqa.corpus.readers import Dropped


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
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            help="Kể từng dòng của tệp không đưa vào bài viết, kèm lý do. "
            "(Name each line that is left out of the articles, and why.)",
        ),
    ] = False,
    encoder: EncoderOption = None,
) -> None:
    """Dựng hoặc cập nhật chỉ mục từ bài viết. (Build the index, or bring it up to date.)

    Dòng không thuộc bài viết (trình đơn, bình luận ...) thì bỏ ra; lệnh cho biết có bao nhiêu dòng.

    (Lines that are no part of an article, as menus and comments, are left out; how many is told.)
    """
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
    from partyqa.corpus.loading import load_corpus
    from partyqa.index.index import build_index
    from partyqa.models.loading import load_encoder

    found = load_corpus(corpus or CORPUS)
    with progress_bar(texts(language())("cli.embedding")) as progress:
        report = build_index(index, found.articles, load_encoder(encoder), full=full, progress=progress)
    if found.unread:
        names = ", ".join(file.name for file in found.unread[:3]) + (", ..." if len(found.unread) > 3 else "")
        say("cli.files_passed_over", count=len(found.unread), names=names)
    _say_dropped(found.dropped, verbose)
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


def _say_dropped(dropped: "Sequence[tuple[Path, Dropped]]", verbose: bool) -> None:
    """Print how many lines no article holds, and each of them where that is wanted."""
    if verbose:
        for file, line in dropped:
            say("cli.line_left_out", file=file, text=line.text, why=message(f"dropped.{line.why}"))
    if dropped:
        key = "cli.lines_left_out" if verbose else "cli.lines_left_out_unnamed"
        say(key, count=len(dropped), files=len({file for file, _ in dropped}))
