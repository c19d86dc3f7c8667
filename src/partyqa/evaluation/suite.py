"""The whole of `partyqa evaluate`: datasets in, summaries and comparisons out, reports written."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from partyqa.corpus.chunking import split_article
from partyqa.errors import DatasetError, StorageError
from partyqa.evaluation.comparison import Comparison, against_written, compare_with, read_baseline
from partyqa.evaluation.composed import System
from partyqa.evaluation.datasets.base import Dataset, Faults
from partyqa.evaluation.datasets.loading import load_dataset, with_distractors
from partyqa.evaluation.metrics.rankings import Measure, default_measures
from partyqa.evaluation.options import Typed
from partyqa.evaluation.perturbation import retyped
from partyqa.evaluation.reports.html import failures_name, failures_page, report_page
from partyqa.evaluation.reports.markdown import markdown_report
from partyqa.evaluation.reports.plots import require_matplotlib
from partyqa.evaluation.reports.trec import write_trec
from partyqa.evaluation.runner import TIMEOUT, Outcome, open_index, run
from partyqa.evaluation.scoring import CaseScorer
from partyqa.evaluation.summary import Summary, summarise
from partyqa.evaluation.systems import SYSTEMS, system_names
from partyqa.models.base import Encoder
from partyqa.models.loading import load_encoder

SystemProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of one call: a summary for each dataset and system, and with a baseline their comparisons."""

    summaries: tuple[Summary, ...]
    comparisons: tuple[Comparison, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no gated measure fell; true without a baseline."""
        return all(comparison.passed for comparison in self.comparisons)


def evaluate(
    paths: Sequence[Path],
    *,
    systems: Sequence[str] = ("full",),
    corpus: Path | None = None,
    split: str = "all",
    typed: Typed | None = None,
    distractors: Path | None = None,
    limit: int | None = None,
    baseline: Path | None = None,
    measures: Sequence[str] = (),
    skip_bad: bool = False,
    encoder: Encoder | None = None,
    timeout: float = TIMEOUT,
    progress: SystemProgress | None = None,
) -> Evaluation:
    """Put every dataset to every system named.

    `measures` are names as in nDCG@10, the default ones without any; `encoder` is the bundled one without any. With
    `typed` every question is asked as written and typed anew: the summaries are of what was typed, and each
    holds the pairs.
    `progress(what, done, total)` counts embedded passages ("passages") and asked questions (a system's name).
    Raises DatasetError and CorpusError for bad input, before anything is embedded where it can be seen then.
    """
    names = system_names(systems)
    asked = [Measure.parse(name) for name in measures]
    before = read_baseline(baseline) if baseline else None
    datasets = [load_dataset(path, corpus=corpus, split=split, skip_bad=skip_bad) for path in paths]
    model = encoder or load_encoder()
    summaries: list[Summary] = []
    for dataset in datasets:
        if distractors:
            most = sys.maxsize if limit is None else limit
            dataset = with_distractors(dataset, distractors, most, _counter(model), skip_bad=skip_bad)
        summaries += _put(dataset, names, asked, model, typed, skip_bad, timeout, progress)
    return Evaluation(tuple(summaries), tuple(compare_with(before, summaries)) if before is not None else ())


def prepare_report(folder: Path) -> None:
    """Make the folder of a report, before minutes are spent on what could not be reported.

    Raises StorageError where it cannot be made, PartyQAError where matplotlib is not installed.
    """
    require_matplotlib()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_report(folder: Path, evaluation: Evaluation) -> list[Path]:
    """Write pages, tables, JSON and TREC files to `folder`; return the files, index.html first.

    Raises what `prepare_report` does.
    """
    prepare_report(folder)
    summaries, comparisons = evaluation.summaries, evaluation.comparisons
    texts = {"index.html": report_page(summaries, comparisons)}
    texts |= {failures_name(summary): failures_page(summary) for summary in summaries}
    texts["systems.md"] = markdown_report(summaries)
    reports = [summary.to_json() for summary in summaries]
    texts["report.json"] = json.dumps(reports, ensure_ascii=False, indent=1) + "\n"
    try:
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        trec = [file for summary in summaries for file in write_trec(folder, summary)]
    except OSError as error:
        raise _unwritable(folder, error) from error
    return [*(folder / name for name in texts), *trec]


def _unwritable(folder: Path, error: OSError) -> StorageError:
    return StorageError("evaluation.unwritable", folder=folder, reason=error)


def _counter(encoder: Encoder) -> Callable[..., int]:
    return lambda article: len(split_article(article, encoder.count_tokens, encoder.max_tokens))


def _put(
    dataset: Dataset,
    names: Sequence[str],
    asked: Sequence[Measure],
    encoder: Encoder,
    typed: Typed | None,
    skip_bad: bool,
    timeout: float,
    progress: SystemProgress | None,
) -> Iterator[Summary]:
    """Yield the summary of each system on the dataset."""
    index, cache = open_index(dataset, encoder, progress and partial(progress, "passages"))
    faults = Faults(dataset.path, skip=skip_bad)
    measures = _fitting(asked, dataset, faults) if asked else default_measures()
    dataset = replace(dataset, skipped=(*dataset.skipped, *faults.found))
    for name in names:
        system: System = SYSTEMS[name].make(index, encoder, cache)
        measure = partial(
            _measured, system, name, measures, timeout=timeout, progress=progress and partial(progress, name)
        )
        written = measure(dataset)
        if typed is None:
            yield written
        else:
            summary = measure(retyped(dataset, typed))
            yield replace(summary, paired=against_written(summary, written))


def _measured(
    system: System,
    name: str,
    measures: Sequence[Measure],
    dataset: Dataset,
    *,
    timeout: float,
    progress: Callable[[int, int], None] | None,
) -> Summary:
    depth = max((measure.cutoff or 100 for measure in measures), default=100)
    outcomes = run(system, dataset, depth, timeout=timeout, progress=progress)
    _refuse_empty(name, dataset, outcomes)
    scorer = CaseScorer(dataset, system.passages, measures)
    return summarise(dataset, name, [scorer.score(outcome) for outcome in outcomes])


def _fitting(asked: Sequence[Measure], dataset: Dataset, faults: Faults) -> list[Measure]:
    """Return the measures asked for that look no deeper than the dataset has articles; others are faults."""
    total = len(dataset.articles)
    for measure in asked:
        if (measure.cutoff or 1) > total:
            faults.add(
                0,
                "evaluation.measure_too_deep",
                measure=measure,
                total=total,
            )
    return [measure for measure in asked if (measure.cutoff or 1) <= total]


def _refuse_empty(name: str, dataset: Dataset, outcomes: Sequence[Outcome]) -> None:
    """Raise DatasetError when a system has found nothing for any question: that measures nothing."""
    if any(not outcome.error and (outcome.hits or outcome.case.scope) for outcome in outcomes):
        return
    reason = next((outcome.error for outcome in outcomes if outcome.error), "")
    raise DatasetError("evaluation.nothing_found", file=dataset.path.name, name=name, reason=reason)
