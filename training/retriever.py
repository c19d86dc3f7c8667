"""Train the retriever: `python -m training.retriever --data PATH --out FOLDER`; the same command goes on.

Settings, digests of the data, losses and dev numbers go to `log.jsonl` in the folder as it runs, the dev
numbers of the encoder that is begun from before them.
"""

import argparse
import hashlib
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path

import torch
from tokenizers import Tokenizer

from partyqa.errors import DatasetError, PartyQAError
from partyqa.text.tokens import RULES_VERSION
from training.base.folder import ensure_model_folder
from training.base.weights import Weights
from training.checkpoint import CHECKPOINT, Log
from training.contrast import Contrast, Retriever, contrast_of
from training.finding import Swap, finding, swaps_of, telling
from training.fitting import Measure, fit
from training.naming import Names
from training.news import Document, read_news, without_copies
from training.pairs import News, Questions, Shares, Source, epoch_of
from training.paragraphs import Paragraph, read_viquad
from training.reader import digests, held_out_texts, require, training_texts

HELD_OUT = 26  # of 256: titles whose questions are for measuring


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run hangs on; `pairs` are those of a step, `news` the documents of an epoch.

    `titled` is how often a passage of ViQuAD, whose titles are broad, has its title; our own always have. With
    `steps` above 0 the run ends, its learning rate at the lowest, after so many.
    """

    seed: int = 7
    epochs: float = 0.7
    steps: int = 0
    pairs: int = 40
    temperature: float = 0.03
    rate: float = 5e-5
    warmup: int = 40
    decay: float = 0.01
    written_times: int = 2
    news: int = 2000
    titled: float = 0.5
    shares: Shares = field(default_factory=Shares)
    averaged: float = 0.0
    save_every: int = 50
    measure_every: int = 150


@dataclass(frozen=True, slots=True)
class Texts:
    """What a run is trained on, and of our own passages those that it is only measured by."""

    general: list[Paragraph]
    written: list[Paragraph]
    news: list[Document]
    held_out: list[Paragraph]


def main() -> None:
    """Read the arguments and train; what goes wrong is said in both languages, with exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with viquad/, news/, xquad/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=Settings().epochs)
    parser.add_argument("--steps", type=int, default=Settings().steps, help="end after so many")
    arguments = parser.parse_args()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        train(arguments.data, arguments.out, Settings(epochs=arguments.epochs, steps=arguments.steps))
    except PartyQAError as error:
        print(f"{error.vi}\n{error.en}", file=sys.stderr)
        sys.exit(error.exit_code)


def train(data: Path, out: Path, settings: Settings) -> Path:
    """Train from `out`'s checkpoint, or from the start, to the end; return the file of the weights.

    Raises DatasetError where data is missing or damaged, and what `fitting.fit` raises.
    """
    require(data)
    weights = Weights.of_package()
    folder = ensure_model_folder(weights)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = _read(data, settings)
    names = names_of(texts)
    torch.manual_seed(settings.seed)
    model = Retriever.from_encoder(folder)
    about = {"data": digests(data), "base": weights.sha256[:16], "text rules": RULES_VERSION}
    made_by = {"torch": torch.__version__, "threads": torch.get_num_threads()}
    plan = partial(schedule, sources_of(texts, names, settings), tokenizer, settings)
    dev = read_viquad(data / "viquad/dev.json")
    measure = partial(measured, model, tokenizer, dev, swaps_of(texts.held_out, names, settings.seed))
    return run(model, plan, settings, out, measure, about | made_by)


def run(
    model: Retriever,
    plan: Callable[[int], Iterator[tuple[int, Contrast]]],
    settings: Settings,
    out: Path,
    measure: Measure,
    about: Mapping[str, object],
) -> Path:
    """Measure the model that is begun from, unless the run goes on, then train; return the file of the weights."""
    if not (out / CHECKPOINT).exists():
        Log(out).write({"step": 0, "dev": "all, before training", **measure(None)})
    return fit(model, plan, settings, out, measure, about)


def schedule(
    sources: Sequence[Source], tokenizer: Tokenizer, settings: Settings, skip: int
) -> Iterator[tuple[int, Contrast]]:
    """Yield (steps of the whole run, batch) for each step from `skip` on; an epoch's last few pairs are left out."""
    step, per_epoch = 0, 0
    for epoch in count():
        pairs = epoch_of(sources, settings.shares, settings.seed, epoch)
        made = [pairs[at : at + settings.pairs] for at in range(0, len(pairs), settings.pairs)]
        made = [some for some in made if len(some) == settings.pairs]
        per_epoch = per_epoch or len(made)
        total = settings.steps or round(per_epoch * settings.epochs)
        for some in made:
            if step >= total:
                return
            if step >= skip:
                yield total, contrast_of(tokenizer, some, settings.temperature)
            step += 1


def measured(
    model: Retriever,
    tokenizer: Tokenizer,
    dev: Sequence[Paragraph],
    swaps: Sequence[Swap],
    most: int | None = None,
) -> dict[str, float]:
    """Return the dev numbers over all questions, or over twice `most`: a retriever's questions are short."""
    numbers = finding(model, tokenizer, dev, 2 * most if most else None) | telling(model, tokenizer, swaps)
    return {name: round(value, 2) for name, value in numbers.items()}


def texts_of(data: Path, settings: Settings) -> Texts:
    """Return the texts of a run, without copies of held-out texts; every epoch's news among them."""
    texts = training_texts(data)
    general, written = texts["viquad"], texts["written"]
    epochs = 1 + max(math.ceil(settings.epochs), 0)
    held_out = [paragraph for paragraph in written if is_held_out(paragraph.title)]
    titles = {paragraph.title for paragraph in held_out}
    news = read_news(data / "news/news.jsonl.gz", settings.news * epochs, settings.seed, titles)
    trained = [paragraph for paragraph in written if paragraph.title not in titles]
    known = {asked.text for paragraph in trained for asked in paragraph.asked}  # "giá bao nhiêu"
    held_out = [replace(one, asked=tuple(a for a in one.asked if a.text not in known)) for one in held_out]
    return Texts(general, trained, without_copies(news, held_out_texts(data)), held_out)


def is_held_out(title: str) -> bool:
    """Return whether our questions over documents of this title are for measuring; so are one in ten."""
    return hashlib.sha256(title.encode()).digest()[0] < HELD_OUT


def names_of(texts: Texts) -> Names:
    """Return the names that stand in what is trained on."""
    ours = (f"{p.title}\n{p.text}" for p in [*texts.written, *texts.general])
    return Names([*ours, *(document.body.text for document in texts.news)])


def sources_of(texts: Texts, names: Names, settings: Settings) -> list[Source]:
    """Return what pairs are drawn from: ViQuAD, our own questions, the news."""
    return [
        Questions(texts.general, names, settings.titled),
        Questions(texts.written, names, titled=1, times=settings.written_times),
        News(texts.news, names, settings.news),
    ]


def _read(data: Path, settings: Settings) -> Texts:
    """Return the training texts; DatasetError where a file is not what it says."""
    try:
        return texts_of(data, settings)
    except (OSError, EOFError, ValueError, LookupError, TypeError) as error:
        raise DatasetError("training.retriever_data_damaged", data=data, reason=error) from error


if __name__ == "__main__":
    main()
