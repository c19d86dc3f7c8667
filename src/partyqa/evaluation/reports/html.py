"""The report as pages: one with tables and plots, and for each system one with every failed question."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from partyqa.evaluation.comparison import Comparison
from partyqa.evaluation.metrics.base import Words
from partyqa.evaluation.reports import tables
from partyqa.evaluation.reports.plots import plots
from partyqa.evaluation.scoring import Row, Stage
from partyqa.evaluation.statistics import Estimate
from partyqa.evaluation.summary import Summary
from partyqa.text.normalise import normalise
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article, Citation

_GOOD = (Stage.RIGHT, Stage.REFUSED_RIGHTLY)
_MOST_SHOWN = 3


class ReportQuote(NamedTuple):
    """A sentence in three parts, the middle one to be marked, and the title of its article."""

    before: str
    inside: str
    after: str
    title: str


def report_page(summaries: Sequence[Summary], comparisons: Sequence[Comparison]) -> str:
    """Return the page of tables and plots, which fetches nothing and runs nothing."""
    groups = [list(group) for _, group in groupby(summaries, key=lambda summary: summary.dataset.path)]
    return _page(
        "report.html", groups=groups, comparisons=comparisons, pictures=_pictures, failures_name=failures_name
    )


def failures_name(summary: Summary) -> str:
    """Return the file name of the page of failed questions."""
    return f"failures.{summary.dataset.label}.{summary.system}.html"


def failures_page(summary: Summary) -> str:
    """Return the page of every failed question, what was shown beside what was wanted."""
    articles = {article.id: article for article in summary.dataset.articles}
    rows = [row for row in summary.rows if has_failed(row)]
    return _page("failures.html", summary=summary, failures=[_failure(row, articles) for row in rows])


def has_failed(row: Row) -> bool:
    """Whether a question belongs on the page of the failed: anything short of all it asked for, first."""
    if row.stage is None:
        return not row.values.get("Success@1", 0.0)
    return row.stage not in _GOOD or row.values.get("complete") == 0


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("partyqa.evaluation.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_written,
    )


def _page(name: str, **context: Any) -> str:
    return _environment().get_template(name).render(tables=tables, say=tables.say, **context)


def _written(value: object) -> object:
    """Return a value as the page has it, in both languages, without characters that no page should get."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Estimate):
        return f"{tables.with_interval(value)} n={value.n}"
    return normalise(value.both if isinstance(value, Words) else "–" if value is None else str(value))


def _pictures(summary: Summary, name: str) -> Mapping[str, Markup]:
    return {title: Markup(svg) for title, svg in plots(summary, name).items()}  # noqa: S704  # matplotlib's


def _failure(row: Row, articles: Mapping[str, Article]) -> Mapping[str, Any]:
    case, answer = row.outcome.case, row.outcome.answer
    stage = tables.stage_words(row.stage) if row.stage else tables.say("not_first")
    return {
        "question": " ⏎ ".join(case.question.turns),
        "facts": f"{case.question.id} · {case.kind} · {stage.both} · {row.confidence:.2f}",
        "refused": answer is not None and not answer.answered and row.stage is not None,
        "error": row.outcome.error if answer is None else "",
        "wanted": list(_wanted(row, articles)),
        "shown": list(_shown(row, articles)),
    }


def _wanted(row: Row, articles: Mapping[str, Article]) -> Iterator[ReportQuote | str | Words]:
    case = row.outcome.case
    if not case.answerable:
        yield tables.say("wanted_refusal")
    for article_id, spans in case.places:
        article, (start, end) = articles[article_id], spans[0]
        for begin, stop in sentence_spans(article.text):
            if begin < end and start < stop:
                inside = max(start, begin) - begin, min(end, stop) - begin
                yield _quote(article, article.text[begin:stop], inside)
    if not case.spans:
        yield from (articles[key].title or key for key in case.relevant if key in articles)


def _shown(row: Row, articles: Mapping[str, Article]) -> Iterator[ReportQuote | str]:
    answer = row.outcome.answer
    if answer is not None and row.stage is None:
        yield from (articles[key].title or key for key in row.articles[:_MOST_SHOWN])
    elif answer is not None:
        citations: Sequence[Citation] = answer.citations or answer.related
        for citation in citations[:_MOST_SHOWN]:
            sentence = citation.sentence
            yield _quote(sentence.article, sentence.text, citation.highlight or (0, 0))


def _quote(article: Article, sentence: str, inside: tuple[int, int]) -> ReportQuote:
    start, end = inside
    return ReportQuote(sentence[:start], sentence[start:end], sentence[end:], article.title or article.id)
