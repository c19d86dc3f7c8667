"""`partyqa index`: build the index, bring it up to date, check it, go back to the generation before."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partyqa.cli.options import CORPUS, INDEX, EncoderOption, IndexOption, language, say
from partyqa.errors import CorpusError
from partyqa.i18n import message, texts

if TYPE_CHECKING:
    from partyqa.corpus.loading import Corpus
    from partyqa.corpus.readers import Dropped, ReadFile
    from partyqa.models.base import Encoder
    from partyqa.types import Article

_KIN_NAMED = 20


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
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad",
            help="Bỏ qua các tệp không đọc được, mã thoát 1. (Pass over files that cannot be read, exit code 1.)",
        ),
    ] = False,
    encoder: EncoderOption = None,
) -> None:
    """Dựng hoặc cập nhật chỉ mục từ bài viết. (Build the index, or bring it up to date.)

    Dòng không thuộc bài viết (trình đơn, bình luận ...) thì bỏ ra; lệnh cho biết có bao nhiêu dòng.

    (Lines that are no part of an article, as menus and comments, are left out; how many is told.)
    """
    from partyqa.index.index import check_index
    from partyqa.index.rollback import roll_back as back
    from partyqa.models.loading import load_encoder

    if roll_back:
        say("cli.index_rolled_back", index=index, generation=back(index))
        return
    if check and corpus is None:
        check_index(index)
        say("cli.index_sound", index=index)
        return
    found = _read(corpus or CORPUS, skip_bad)
    if check:
        check_index(index, found.articles, load_encoder(encoder))
        say("cli.index_sound", index=index)
    else:
        _build(index, found, load_encoder(encoder), full, verbose)
    if found.faults:
        say("cli.bad_files_skipped", count=len(found.faults))
        raise typer.Exit(1)


def _read(corpus: Path, skip_bad: bool) -> "Corpus":
    """Return what a corpus holds, having named every file that cannot be read; CorpusError where these count."""
    from partyqa.cli.terminal import progress_bar
    from partyqa.corpus.isolated import read_apart
    from partyqa.corpus.loading import load_corpus

    with progress_bar(texts(language())("cli.reading"), after=2.0) as progress:
        found = load_corpus(corpus, lambda files: _counted(read_apart(files), len(files), progress))
    if len(found.faults) == 1 and not skip_bad:
        raise found.faults[0]
    for fault in found.faults:
        say(fault.sentence.key, **fault.sentence.arguments)
    if found.faults and not (skip_bad and found.articles):
        raise CorpusError("cli.bad_files", count=len(found.faults))
    return found


def _counted(
    found: "Iterable[ReadFile | CorpusError]", total: int, progress: Callable[[int, int], None]
) -> "Iterator[ReadFile | CorpusError]":
    for done, one in enumerate(found, 1):
        yield one
        progress(done, total)


def _build(index: Path, found: "Corpus", encoder: "Encoder", full: bool, verbose: bool) -> None:
    from partyqa.cli.terminal import progress_bar
    from partyqa.index.index import build_index

    with progress_bar(texts(language())("cli.embedding")) as progress:
        report = build_index(index, found.articles, encoder, full=full, progress=progress)
    if found.unread:
        names = ", ".join(file.name for file in found.unread[:3]) + (", ..." if len(found.unread) > 3 else "")
        say("cli.files_passed_over", count=len(found.unread), names=names)
    _say_converted(found.articles, verbose)
    _say_dropped(found.dropped, verbose)
    _say_kin(found.articles)
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


def _say_kin(articles: "Sequence[Article]") -> None:
    """Name the articles that are there twice, in other versions, or corrected, the first of very many."""
    pairs = [
        (article, kin)
        for article in articles
        for kin in article.kin
        if kin.kind in ("original", "later", "correction", "replacement")
        or (kin.kind == "version" and article.id < kin.id)
    ]
    for article, kin in pairs[:_KIN_NAMED]:
        days = {
            name: f"{day:%d/%m/%Y}" if day else "?"
            for name, day in (("date", article.published), ("other_date", kin.published))
        }
        say(f"cli.kin_{kin.kind}", id=article.id, other=kin.id, **days)
    if len(pairs) > _KIN_NAMED:
        say("cli.kin_more", count=len(pairs) - _KIN_NAMED)


def _say_converted(articles: "Sequence[Article]", verbose: bool) -> None:
    """Print how many articles were in an encoding before Unicode, and each of them where that is wanted."""
    old = [article for article in articles if article.encoding]
    for article in old if verbose else ():
        say("cli.converted", article=article.id, encoding=article.encoding)
    if old:
        encodings = ", ".join(sorted({article.encoding for article in old}))
        say("cli.articles_converted", count=len(old), encodings=encodings)


def _say_dropped(dropped: "Sequence[tuple[Path, Dropped]]", verbose: bool) -> None:
    """Print how many lines no article holds, and each of them where that is wanted."""
    if verbose:
        for file, line in dropped:
            say("cli.line_left_out", file=file, text=line.text, why=message(f"dropped.{line.why}"))
    if dropped:
        key = "cli.lines_left_out" if verbose else "cli.lines_left_out_unnamed"
        say(key, count=len(dropped), files=len({file for file, _ in dropped}))
