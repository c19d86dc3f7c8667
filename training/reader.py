"""Train the reader: `python -m training.reader --data PATH --out FOLDER`; the same command goes on.

Settings, digests of the data, losses and dev numbers go to `log.jsonl` in the folder as it runs.
"""

import argparse
import hashlib
import json
import os
import random
import sys
from functools import partial
from pathlib import Path

import torch
from tokenizers import Tokenizer

from partyqa.errors import DatasetError, PartyQAError
from partyqa.text.tokens import RULES_VERSION
from training.base.folder import ensure_model_folder
from training.base.weights import Weights
from training.examples import Example, Examples
from training.fitting import Settings, fit, schedule
from training.measure import extraction, separation
from training.network import Reader
from training.paragraphs import Paragraph, overlapping, read_viquad, read_written, squad_texts

HERE = Path(__file__).parent
WRITTEN = HERE / "questions.jsonl"
FILES = (
    *("viquad/train.json", "viquad/dev.json", "viquad/unanswerable_dev.jsonl"),
    *("news/news.jsonl.gz", "xquad/xquad.vi.json"),
)


def main() -> None:
    """Read the arguments and train; what goes wrong is said in both languages, with exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with viquad/, news/, xquad/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=Settings().epochs)
    arguments = parser.parse_args()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        train(arguments.data, arguments.out, Settings(epochs=arguments.epochs))
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
    general, written = _read(data)
    repeated = written * settings.written_times
    sources = [Examples(general, settings.seed), Examples(repeated, settings.seed + 1)]
    torch.manual_seed(settings.seed)
    reader = Reader.from_encoder(folder)
    about = {"data": digests(data), "base": weights.sha256[:16], "text rules": RULES_VERSION}
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


def training_texts(data: Path) -> tuple[list[Paragraph], list[Paragraph]]:
    """Return ViQuAD's train paragraphs and our own questions' passages, without copies of held-out texts."""
    general = read_viquad(data / "viquad/train.json")
    written = read_written(WRITTEN, data / "viquad/train.json", data / "news/news.jsonl.gz")
    held_out = held_out_texts(data)
    copies = {paragraph.text for paragraph in overlapping([*general, *written], held_out)}
    return [p for p in general if p.text not in copies], [p for p in written if p.text not in copies]


def held_out_texts(data: Path) -> list[str]:
    """Return every paragraph that is for measuring and for tuning only."""
    traps = [row["context"] for row in _traps(data)]
    return [*squad_texts(data / "xquad/xquad.vi.json"), *squad_texts(data / "viquad/dev.json"), *traps]


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
    files = [data / "viquad/train.json", data / "news/news.jsonl.gz", WRITTEN]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in files}


def _read(data: Path) -> tuple[list[Paragraph], list[Paragraph]]:
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
