"""How answers, hits and progress look in a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from partyqa.i18n import Language, texts
from partyqa.service.citing import place_of
from partyqa.text.normalise import normalise
from partyqa.types import Answer, Article, Citation, Hit, Kin


class _Output(Console):
    """Standard output; when the reader of a pipe goes away, the command line decides what that means."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def print_answer(answer: Answer, lang: Language) -> None:
    """Print an answer to standard output: the quotes with their sources, or the refusal with what is near."""
    t, console = texts(lang), _Output(highlight=False, soft_wrap=True)
    if answer.standalone_question != " ".join(normalise(answer.question).split()):
        console.print(Text(f"{t('chat.understood_as')} {answer.standalone_question}", style="italic"))
    if not answer.answered:
        console.print(Text(answer.text_in(lang), style="bold"))
        if answer.related:
            console.print(Text(f"\n{t('chat.related_heading')}:"))
    for citation in answer.citations or answer.related:
        console.print(_quote(citation))
        said = (source_line(citation.sentence.article), *place_of(citation.sentence, t))
        console.print(Text(f"    {' · '.join(filter(None, said))}", style="dim"))
        for kin in citation.sentence.article.kin:
            console.print(Text(f"    {t(f'articles.kin_{kin.kind}')} {source_line(kin)}", style="dim"))


def print_hits(hits: list[Hit]) -> None:
    """Print hits to standard output, best first, each with score, source and text."""
    console = _Output(highlight=False, soft_wrap=True)
    for rank, hit in enumerate(hits, 1):
        head = f"{rank}. {hit.score:.3f}  {hit.passage.id}  {source_line(hit.passage.article)}"
        console.print(Text(head, style="bold"))
        console.print(Text("   " + " ".join(hit.passage.text.split()) + "\n"))


def source_line(article: Article | Kin) -> str:
    """Return title, newspaper, author and date of an article in one line; what is unknown is left out.

    Chuyển biến ở Mường Ảng · Báo Điện Biên Phủ · 01/03/2017
    """
    date = f"{article.published:%d/%m/%Y}" if article.published else ""
    author = article.author if isinstance(article, Article) else ""
    return " · ".join(part for part in (article.title, article.source, author, date) if part)


def _quote(citation: Citation) -> Text:
    quote = citation.sentence.text
    line = Text(f"[{citation.marker}] «{quote}»")
    if citation.highlight:
        shift = len(f"[{citation.marker}] «")
        line.stylize("bold green", citation.highlight[0] + shift, citation.highlight[1] + shift)
    return line


def wide_console() -> Console:
    """Return a console on standard output that does not fold tables when it is a file or a pipe."""
    return _Output(width=None if sys.stdout.isatty() else 200)


@contextmanager
def progress_bar(title: str, after: float = 0.0) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error once it has taken `after` seconds; what is yielded takes (done, total)."""
    started = monotonic()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task(title, total=None, speed="")

    def advance(done: int, total: int) -> None:
        if monotonic() - started < after:
            return
        bar.start()  # not before: a bar with nothing to do would leave an empty line
        speed = bar.tasks[0].speed
        bar.update(task, completed=done, total=total, speed=f"{speed:.0f}/s" if speed else "")

    try:
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()
