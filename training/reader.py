"""Train the reader: `python -m training.reader --data PATH --out FOLDER`; the same command goes on.

Settings, digests of the data, losses and dev numbers go to `log.jsonl` in the folder as it runs.
"""

import argparse
import json
import os
import random
import sys
from functools import partial
from pathlib import Path

import torch
from tokenizers import Tokenizer

from partyqa.errors import DatasetError, PartyQAError
from partyqa.models.bundle import READER_GRAPH, sha256_of
from partyqa.text.tokens import RULES_VERSION
from training.base.folder import ensure_model_folder
from training.base.weights import Weights
from training.examples import Example, Examples, Mix
from training.export_folder import load_weights
from training.fitting import Settings, fit, schedule
from training.measure import extraction, separation
from training.network import Reader
from training.paragraphs import (
    Paragraph,
    news_texts,
    overlapping,
    read_own,
    read_traps,
    read_viquad,
    read_web,
    read_written,
    squad_texts,
)
from training.shipped import load_exported

HERE = Path(__file__).parent
WRITTEN = HERE / "questions.jsonl"
FILES = (
    *("viquad/train.json", "viquad/dev.json", "viquad/unanswerable_dev.jsonl"),
    *("news/news.jsonl.gz", "xquad/xquad.vi.json"),
    *("squad/train_part_en.json", "squad/traps_en.json", "web/questions.jsonl"),
)
OWN = HERE / "passages.jsonl"
YARDSTICK = HERE.parent / "evaluation/broad/news_documents.txt"
MIXES = {
    "viquad": Mix(used=0.35),
    "written": Mix(elsewhere=0.15, removed=0.15, swapped=0.1, altered=0.1, again=0.05),
    "own": Mix(elsewhere=0.5),
    "squad": Mix(
        used=0.5, elsewhere=0.15, swapped=0.1, altered=0.0, again=0.0, flat=0.0, short=0.0, dated=0.0
    ),
    "web": Mix(elsewhere=0.1, removed=0.1),
}
"""What an epoch shows of each source."""


def main() -> None:
    """Read the arguments and train; what goes wrong is said in both languages, with exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with viquad/, news/, xquad/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--begin", type=Path, help="a run's checkpoint.pt or an exported reader's folder; else the base"
    )
    parser.add_argument(
        "--frozen", type=int, default=Settings().frozen, help="lowest layers that stay as they are"
    )
    parser.add_argument("--epochs", type=float, default=Settings().epochs)
    parser.add_argument("--rate", type=float, default=Settings().rate, help="the highest learning rate")
    parser.add_argument("--seed", type=int, default=Settings().seed, help="another one draws other examples")
    arguments = parser.parse_args()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        settings = Settings(
            epochs=arguments.epochs, rate=arguments.rate, frozen=arguments.frozen, seed=arguments.seed
        )
        train(arguments.data, arguments.out, settings, arguments.begin)
    except PartyQAError as error:
        print(f"{error.vi}\n{error.en}", file=sys.stderr)
        sys.exit(error.exit_code)


def train(data: Path, out: Path, settings: Settings, begin: Path | None = None) -> Path:
    """Train from `out`'s checkpoint, else from `begin`, another run's checkpoint or an exported folder, else the base.

    Returns the file of the weights.

    Raises DatasetError where data is missing or damaged, and what `fitting.fit` raises.
    """
    require(data)
    weights = Weights.of_package()
    folder = ensure_model_folder(weights)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    sources = [
        Examples(texts, settings.seed + number, MIXES[name])
        for number, (name, texts) in enumerate(_read(data).items())
        if texts
    ]
    torch.manual_seed(settings.seed)
    reader = Reader.from_encoder(folder)
    if begin is not None:
        (load_exported if begin.is_dir() else load_weights)(reader, begin)
    for layer in reader.trunk.encoder.layer[: settings.frozen]:
        layer.requires_grad_(False)
    began = weights.sha256 if begin is None else sha256_of(begin / READER_GRAPH if begin.is_dir() else begin)
    about = {"data": digests(data), "base": began[:16], "text rules": RULES_VERSION}
    made_by = {"torch": torch.__version__, "threads": torch.get_num_threads()}
    plan = partial(schedule, sources, tokenizer, settings)
    measure = partial(measured, data, reader, tokenizer)
    return fit(reader, plan, settings, out, measure, about | made_by)


def require(data: Path) -> None:
    """Raise DatasetError where a file that is trained on, or held out from training, is missing."""
    missing = [name for name in FILES if not (data / name).is_file()]
    if missing:
        names = ", ".join(missing)
        raise DatasetError("training.data_lacks", data=data, names=names)


def training_texts(data: Path) -> dict[str, list[Paragraph]]:
    """Return the paragraphs of each source, by the names of MIXES, without copies of held-out texts."""
    part = data / "squad/train_part_en.json"
    found = {
        "viquad": read_viquad(data / "viquad/train.json"),
        "written": read_written(WRITTEN, data / "viquad/train.json", data / "news/news.jsonl.gz"),
        "own": read_own(OWN),
        "squad": [*read_viquad(part), *read_traps(part), *read_traps(data / "squad/traps_en.json")],
        "web": read_web(data / "web/questions.jsonl"),
    }
    held_out = held_out_texts(data)
    every = [paragraph for paragraphs in found.values() for paragraph in paragraphs]
    copies = {paragraph.text for paragraph in overlapping(every, held_out)}
    return {name: [p for p in paragraphs if p.text not in copies] for name, paragraphs in found.items()}


def held_out_texts(data: Path) -> list[str]:
    """Return every paragraph that is for measuring and for tuning only, the yardstick's newspapers among them."""
    yardstick = set(YARDSTICK.read_text("utf-8").split())
    return [
        *squad_texts(data / "xquad/xquad.vi.json"),
        *squad_texts(data / "viquad/dev.json"),
        *(row["context"] for row in _traps(data)),
        *(text for _, text in news_texts(data / "news/news.jsonl.gz", yardstick).values()),
    ]


def measured(data: Path, reader: Reader, tokenizer: Tokenizer, most: int | None = None) -> dict[str, float]:
    """Return the dev numbers: EM and F1 in ViQuAD dev's paragraphs, AUROC against the 406 traps."""
    dev = read_viquad(data / "viquad/dev.json")
    chosen = random.Random(1).sample(dev, len(dev))
    numbers = extraction(reader, tokenizer, chosen[: most // 4] if most else chosen)
    no = [
        Example(row["question"], row.get("title", ""), row["context"], None, None)
        for row in _traps(data)[:most]
    ]
    asked = [Example(a.text, p.title, p.text, None, None) for p in chosen for a in p.asked]
    yes = random.Random(2).sample(asked, len(no))
    numbers |= separation(reader, tokenizer, yes, no)
    return {name: round(value, 2) for name, value in numbers.items()}


def digests(data: Path) -> dict[str, str]:
    """Return the beginning of the sha256 of every file that is trained on."""
    trained_on = (
        *("viquad/train.json", "news/news.jsonl.gz", "squad/train_part_en.json", "squad/traps_en.json"),
        "web/questions.jsonl",
    )
    files = [*(data / name for name in trained_on), WRITTEN, OWN]
    return {path.name: sha256_of(path)[:16] for path in files}


def _read(data: Path) -> dict[str, list[Paragraph]]:
    """Return the training texts; DatasetError where a file is not what it says."""
    try:
        return training_texts(data)
    except (OSError, EOFError, ValueError, LookupError, TypeError) as error:
        raise DatasetError("training.reader_data_damaged", data=data, reason=error) from error


def _traps(data: Path) -> list[dict[str, str]]:
    lines = (data / "viquad/unanswerable_dev.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
