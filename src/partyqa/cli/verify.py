"""`partyqa verify`: whether the quotes of an exported answer still stand in the articles, to the letter."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partyqa.cli.options import INDEX, IndexOption, language
from partyqa.errors import CheckError, NotThereError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from partyqa.i18n import Texts
    from partyqa.service.export.verify import Checked

_SHOWN = 80  # code points of a quote in a line


def verify(
    file: Annotated[Path, typer.Argument(help="Tệp .json, .md hay .docx đã xuất. (An exported file.)")],
    index: IndexOption = INDEX,
) -> None:
    """Kiểm tra từng chữ các câu trích của một tệp đã xuất. (Check the quotes of an exported answer.)"""
    data = _content(file)
    from partyqa.i18n import texts
    from partyqa.index.index import Index
    from partyqa.service.export.quotes import read_cited
    from partyqa.service.export.verify import check

    cited = read_cited(data)
    t = texts(language())
    checked = check(cited, Index.load(index).articles)
    for one in checked:
        typer.echo(line(one, t))
    wrong = sum(not one.fits for one in checked)
    if wrong:
        raise CheckError("verify.some_differ", wrong=wrong, count=len(checked), index=index)
    typer.echo(_all_fit(checked, index, t) if checked else t("verify.nothing"), err=True)


def _all_fit(checked: "Sequence[Checked]", index: Path, t: "Texts") -> str:
    off_image = sum(one.recognised for one in checked)
    if off_image:
        return t("verify.all_fit_recognised", count=len(checked), index=index, recognised=off_image)
    return t("verify.all_fit", count=len(checked), index=index)


def line(checked: "Checked", t: "Texts") -> str:
    """Return one line about one quote: its verdict, its place, where it is now, and its beginning."""
    from partyqa.service.export.verify import QuoteCheck
    from partyqa.text.normalise import one_line

    cited, now = checked.cited, checked.now
    key = "renamed" if checked.verdict is QuoteCheck.GONE and now else checked.verdict.value
    quote = one_line(cited.quote)
    moved = checked.verdict is QuoteCheck.MOVED
    said = t(
        f"verify.{key}",
        where=f"{one_line(cited.article_id)} {cited.start}-{cited.end}",
        now=("" if moved else f"{now[0]} ") + f"{now[1]}-{now[2]}" if now else "",
        quote=quote if len(quote) <= _SHOWN else f"{quote[: _SHOWN - 1]}…",
    )
    return f"{said} ({t('place.recognised')})" if checked.recognised else said


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotThereError("verify.unreadable", file=file, reason=error.strerror) from error
