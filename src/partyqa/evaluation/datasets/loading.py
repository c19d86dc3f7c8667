"""Loading a dataset from any path: which layout it has, its corpus, its distractors."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from partyqa.corpus.loading import read_corpus
from partyqa.errors import DatasetError
from partyqa.evaluation.datasets.base import Dataset, Faults, SeenIds, check_dataset, in_split
from partyqa.evaluation.datasets.beir import read_beir
from partyqa.evaluation.datasets.files import json_rows, name_of, unreadable
from partyqa.evaluation.datasets.own import read_own, read_unanswerable
from partyqa.evaluation.datasets.squad import read_squad
from partyqa.i18n import message
from partyqa.text.normalise import normalise
from partyqa.types import Article

_Reader = Callable[[Path, Faults, Path | None, str], Dataset]


def _read_lines(path: Path, faults: Faults, corpus: Path | None, split: str) -> Dataset:
    first = next(json_rows(path, Faults(path, skip=True)), (0, {}))[1]
    if "context" in first and "turns" not in first:
        return read_unanswerable(path, faults)
    return read_own(path, read_corpus(corpus or path.resolve().parent.parent / "corpus"), faults)


# A new layout is one reader and one line here; a folder has the suffix "".
_LAYOUTS: Mapping[str, _Reader] = MappingProxyType(
    {
        ".jsonl": _read_lines,
        ".json": lambda path, faults, corpus, split: read_squad(path, faults),
        "": lambda path, faults, corpus, split: read_beir(path, faults, split),
    }
)


def load_dataset(
    path: Path, *, corpus: Path | None = None, split: str = "all", skip_bad: bool = False
) -> Dataset:
    """Return the dataset in `path`: own or unanswerable questions (.jsonl), SQuAD (.json), BEIR (folder).

    `corpus` holds the articles of own questions; without it they are `corpus/` beside the questions' folder.
    Raises DatasetError at the first fault unless `skip_bad`, CorpusError where the articles cannot be read.
    """
    if not path.exists():
        raise unreadable(path, FileNotFoundError("không có tệp này / no such file"))
    reader = _LAYOUTS.get("" if path.is_dir() else path.suffix)
    if reader is None:
        raise DatasetError("evaluation.no_dataset", file=path.name)
    dataset = reader(path, Faults(path, skip=skip_bad), corpus, split)
    return check_dataset(replace(dataset, cases=in_split(dataset.cases, split)))


def with_distractors(
    dataset: Dataset,
    path: Path,
    limit: int,
    count_passages: Callable[[Article], int],
    *,
    skip_bad: bool = False,
) -> Dataset:
    """Return the dataset with articles of a file of rows `{"id", "title", "paragraphs"}` (.jsonl, .gz) added.

    Whole documents are taken in the file's order until one more would make over `limit` passages.
    """
    faults = Faults(path, skip=skip_bad)
    ids, added, room = SeenIds(faults), list[Article](), limit
    for line, row in json_rows(path, faults):
        key, paragraphs = name_of(row, "id"), row.get("paragraphs")
        if (
            not key
            or not isinstance(paragraphs, list)
            or not all(isinstance(text, str) for text in paragraphs)
        ):
            faults.add(line, "evaluation.distractor_incomplete")
        elif ids.is_new(key, line):
            article = Article(f"distractor/{key}", name_of(row, "title"), normalise("\n".join(paragraphs)))
            passages = count_passages(article)
            if passages > room:
                break
            room -= passages
            if passages:
                added.append(article)
    note = message("evaluation.note_distractors", passages=limit - room, articles=len(added))
    return replace(
        dataset,
        articles=(*dataset.articles, *added),
        notes=(*dataset.notes, note),
        skipped=(*dataset.skipped, *faults.found),
    )
