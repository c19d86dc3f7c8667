"""The report as pages: one with tables and plots, and for each system one with every failed question."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from partyqa.evaluation.comparison import Comparison
from partyqa.evaluation.metrics.base import Shown
from partyqa.evaluation.metrics.registry import in_order, metric
from partyqa.evaluation.reports.tables import Html, element, grid, marked, page, text
from partyqa.evaluation.reports.plots import plots
from partyqa.evaluation.perturbation import WORDS
from partyqa.evaluation.scoring import Row, Stage
from partyqa.evaluation.summary import Summary
from partyqa.evaluation.reports.terminal import STAGES, cell, pair_cells
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article, Citation

_SLICES = {
    "kind": "Theo loại câu hỏi · By kind",
    "article": "Theo bài · By article",
    "place": "Theo địa phương · By place",
    "length": "Theo số tiếng của câu hỏi · By syllables of the question",
}
_GOOD = (Stage.RIGHT, Stage.REFUSED_RIGHTLY)
_MOST_SHOWN = 3


def report_page(summaries: Sequence[Summary], comparisons: Sequence[Comparison]) -> str:
    """Return the page of tables and plots."""
    parts: list[Html] = []
    for _, group in groupby(summaries, key=lambda summary: summary.dataset.path):
        systems = list(group)
        parts.append(element("h2", systems[0].dataset.label))
        parts.append(_systems(systems))
        for number, summary in enumerate(systems):
            parts += _system(summary, f"s{len(parts)}n{number}")
    parts += [_comparison(comparison) for comparison in comparisons]
    return page("Kết quả đo partyqa · partyqa evaluation", *parts)


def failures_name(summary: Summary) -> str:
    """Return the file name of the page of failed questions."""
    return f"failures.{summary.dataset.label}.{summary.system}.html"


def failures_page(summary: Summary) -> str:
    """Return the page of every failed question, what was shown beside what was wanted."""
    articles = {article.id: article for article in summary.dataset.articles}
    rows = [row for row in summary.rows if has_failed(row)]
    head = f"{len(rows)} / {len(summary.rows)} câu · questions"
    return page(
        f"Câu hỏi sai · Failed: {summary.dataset.label}, {summary.system}",
        element("p", head),
        *(_failure(row, articles) for row in rows),
    )


def has_failed(row: Row) -> bool:
    """Whether a question belongs on the page of the failed: anything short of all it asked for, first."""
    if row.stage is None:
        return not row.values.get("Success@1", 0.0)
    return row.stage not in _GOOD or row.values.get("complete") == 0


def _systems(systems: Sequence[Summary]) -> Html:
    names = in_order({name for summary in systems for name in summary.measures})
    caption = f"{len(systems[0].rows)} câu hỏi; phần trăm, khoảng tin cậy 95 % · per cent, 95 % interval"
    rows = [
        [
            name,
            *(cell(s.measures[name]) if name in s.measures else "–" for s in systems),
            " · ".join(metric(name).meaning),
        ]
        for name in names
    ]
    head = ["thước đo · measure", *(summary.system for summary in systems), "nghĩa · meaning"]
    return grid(caption, head, rows)


def _system(summary: Summary, name: str) -> Iterator[Html]:
    yield element("h3", f"{summary.dataset.label} · {summary.system}")
    link = element("a", "Các câu sai · The failed questions", link=failures_name(summary))
    yield element("p", link)
    if summary.dataset.typed:
        yield _typed(summary, *WORDS[summary.dataset.typed])
    stages = [
        [f"{vi} · {en}", str(summary.stages[stage])]
        for stage, (vi, en) in STAGES.items()
        if summary.stages.get(stage)
    ]
    yield grid("Câu hỏi dừng ở đâu · Where questions ended", ["chặng · stage", "n"], stages)
    times = [[stage, f"{t['median']:.1f}", f"{t['p95']:.1f}"] for stage, t in summary.timings.items()]
    yield grid("Mili giây · Milliseconds", ["chặng · stage", "trung vị · median", "p95"], times)
    yield from _remarks(summary)
    for title, svg in plots(summary, name).items():
        yield element("figure", element("figcaption", title), Html(svg))
    for key, tables in summary.slices.items():
        names = in_order({name for table in tables.values() for name in table}, Shown.SLICES)
        rows = [
            [value, *(cell(table[measure]) if measure in table else "–" for measure in names)]
            for value, table in tables.items()
        ]
        yield grid(_SLICES[key], ["", *names], rows)


def _typed(summary: Summary, vi: str, en: str) -> Html:
    caption = f"Như đã viết và {vi}, từng câu · As written and {en}, question by question"
    head = [
        "thước đo · measure",
        "như đã viết · as written",
        "gõ lại · as typed",
        "thay đổi · change (+ tốt hơn · better)",
        "n",
    ]
    rows = [[name, *pair_cells(name, pair), str(pair.change.n)] for name, pair in summary.paired.items()]
    return grid(caption, head, rows)


def _remarks(summary: Summary) -> Iterator[Html]:
    dataset = summary.dataset
    lines = [f"{vi} · {en}" for vi, en in dataset.notes]
    if dataset.skipped:
        lines.append(f"bỏ qua {len(dataset.skipped)} chỗ hỏng · bad places skipped")
        lines += [f"{fault.vi} · {fault.en}" for fault in dataset.skipped]
    lines += [f"{row.outcome.case.question.id}: {row.outcome.error}" for row in summary.failed]
    if lines:
        yield element("ul", *(element("li", line) for line in lines))


def _comparison(comparison: Comparison) -> Html:
    rows = []
    for name, pair in comparison.measures.items():
        before, after, change = pair_cells(name, pair)
        rows.append(
            [
                name,
                f"{before} → {after}",
                change,
                f"{pair.wins} / {pair.losses} / {pair.ties}",
                f"{pair.p_bootstrap:.3f}",
                f"{pair.p_mcnemar:.3f}",
            ]
        )
    head = [
        "thước đo · measure",
        "trước → sau · before → after",
        "thay đổi · change (+ tốt hơn · better)",
        "thắng/thua/hòa · win/loss/tie",
        "p bootstrap",
        "p McNemar",
    ]
    changes = [
        [change.question, change.measure, f"{change.before:g} → {change.after:g}"]
        for change in comparison.changes
    ]
    fallen = ", ".join(comparison.fallen)
    word = (
        element("p", f"KHÔNG ĐẠT · NOT PASSED: {fallen}", css="bad")
        if fallen
        else element("p", "ĐẠT · PASSED", css="good")
    )
    return element(
        "section",
        element("h2", f"So với mốc · Against the baseline: {comparison.dataset}, {comparison.system}"),
        word,
        grid("", head, rows),
        grid("Câu đã đổi · Questions that changed", ["câu · question", "thước đo · measure", ""], changes),
    )


def _failure(row: Row, articles: dict[str, Article]) -> Html:
    case, answer = row.outcome.case, row.outcome.answer
    stage = " · ".join(STAGES[row.stage]) if row.stage else "không đứng đầu · not first"
    facts = f"{case.question.id} · {case.kind} · {stage} · {row.confidence:.2f}"
    shown = list(_shown(row, articles))
    if answer is not None and not answer.answered and row.stage is not None:
        shown.insert(0, element("p", "Từ chối; gần nhất · Refused; nearest:", css="small"))
    return element(
        "article",
        element("h3", " ⏎ ".join(case.question.turns)),
        element("p", facts, css="small"),
        element(
            "div",
            element("div", element("h4", "Cần · Wanted"), *_wanted(row, articles)),
            element("div", element("h4", "Hiện · Shown"), *shown),
            css="two",
        ),
    )


def _wanted(row: Row, articles: dict[str, Article]) -> Iterator[Html]:
    case = row.outcome.case
    if not case.answerable:
        yield element("p", "Từ chối: kho không có · A refusal: the articles do not tell")
    for (article_id, _), spans in zip(case.question.gold, case.spans, strict=True):
        article, (start, end) = articles[article_id], spans[0]
        for begin, stop in sentence_spans(article.text):
            if begin < end and start < stop:
                inside = max(start, begin) - begin, min(end, stop) - begin
                yield _quote(article, article.text[begin:stop], inside)
    if not case.spans:
        yield from (element("p", articles[key].title or key) for key in case.relevant if key in articles)


def _shown(row: Row, articles: dict[str, Article]) -> Iterator[Html]:
    answer = row.outcome.answer
    if answer is None:
        yield element("p", row.outcome.error, css="bad")
        return
    if row.stage is None:
        yield from (element("p", articles[key].title or key) for key in row.articles[:_MOST_SHOWN])
        return
    citations: Sequence[Citation] = answer.citations or answer.related
    for citation in citations[:_MOST_SHOWN]:
        sentence = citation.sentence
        yield _quote(sentence.article, sentence.text, citation.highlight)


def _quote(article: Article, sentence: str, inside: tuple[int, int] | None) -> Html:
    quote = marked(sentence, *inside) if inside else text(sentence)
    return element("blockquote", quote, element("div", article.title or article.id, css="small"))
