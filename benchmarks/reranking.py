"""Print how well passages are found for each weight of what the reading model says (retrieve.READER_WEIGHT).

    python benchmarks/reranking.py [--reader FOLDER] [--sample N] [SQUAD_JSON ...]

Without datasets, on the dev half of the project's own questions; use ViQuAD dev to choose, never XQuAD.
"""

import argparse
import random
from pathlib import Path

import numpy as np

from partyqa.evaluation.datasets.loading import load_dataset
from partyqa.evaluation.runner import open_index
from partyqa.models.loading import load_encoder, load_reader
from partyqa.retrieval import RERANKED, Dense, Fused, Lexical

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)
SAID = ("answers", "relevant", "both", "margin", "all")


def gain(path: Path, reader_folder: str | None, sample: int) -> dict[tuple[str, float], tuple[float, float]]:
    """Return for what is said and its weight nDCG@10 and R@1 of the first gold article, by its best passage."""
    dataset = load_dataset(path, split="dev" if path.suffix == ".jsonl" else "all")
    encoder, reader = load_encoder(), load_reader(reader_folder)
    assert reader is not None
    index, _ = open_index(dataset, encoder)
    fused = Fused(Dense(index, encoder), Lexical(index))
    owners = np.array([passage.article.id for passage in index.passages])
    cases = [case for case in dataset.cases if case.relevant and len(case.question.turns) == 1]
    ranks: dict[tuple[str, float], list[int]] = {(said, weight): [] for said in SAID for weight in WEIGHTS}
    for case in random.Random(5).sample(cases, min(sample, len(cases))):
        question = case.question.turns[-1]
        ranking = fused.ranking(question)
        scores, best = ranking.at(np.arange(len(owners))), ranking.best(RERANKED)
        windows = [(index.passages[row].context, index.passages[row].text) for row in best]
        readings = reader.read(question, windows)
        logits = {
            "answers": np.array([one.answers for one in readings]),
            "relevant": np.array([one.relevant for one in readings]),
            "margin": np.array([one.margin for one in readings]),
        }
        logits["both"] = logits["answers"] + logits["relevant"]
        logits["all"] = logits["both"] + logits["margin"]
        right = np.isin(owners, list(case.relevant))
        for said, weight in ranks:
            moved = scores + weight * logits[said].min()
            moved[best] = scores[best] + weight * logits[said]
            better = set(owners[~right & (moved > moved[right].max())].tolist())
            ranks[said, weight].append(len(better) + 1)
    return {
        key: (
            float(np.mean([1 / np.log2(rank + 1) if rank <= 10 else 0.0 for rank in ranked])),
            float(np.mean([rank == 1 for rank in ranked])),
        )
        for key, ranked in ranks.items()
    }


def main() -> None:
    """Print a line for each weight."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dataset", type=Path, nargs="*", default=[ROOT / "evaluation/questions.jsonl"])
    options.add_argument("--reader")
    options.add_argument("--sample", type=int, default=400)
    chosen = options.parse_args()
    for path in chosen.dataset:
        print(f"{path.name}: what is said, its weight, nDCG@10, R@1")
        for (said, weight), (ndcg, first) in gain(path, chosen.reader, chosen.sample).items():
            print(f"  {said:9s} {weight:5.3f}  {100 * ndcg:5.1f}  {100 * first:5.1f}")


if __name__ == "__main__":
    main()
