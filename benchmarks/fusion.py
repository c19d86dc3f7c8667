"""Print how well passages are found for each weight of meaning against words (retrieve.DENSE_WEIGHT).

    python benchmarks/fusion.py [SQUAD_JSON ...]

Without arguments, on the dev half of the project's own questions; use ViQuAD dev to choose, never XQuAD.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from partyqa.evaluation.datasets.loading import load_dataset
from partyqa.index.index import Index, build_index
from partyqa.models.loading import load_encoder
from partyqa.retrieval import Dense, Lexical

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def gain(path: Path) -> dict[float, tuple[float, float]]:
    """Return for each weight nDCG@10 and R@1 of the first gold article, by its best passage."""
    dataset = load_dataset(path, split="dev" if path.suffix == ".jsonl" else "all")
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        build_index(Path(folder), dataset.articles, encoder)
        index = Index.load(Path(folder))
    dense, lexical = Dense(index, encoder), Lexical(index)
    owners = np.array([passage.article.id for passage in index.passages])
    everything = np.arange(len(owners))
    ranks: dict[float, list[int]] = {weight: [] for weight in WEIGHTS}
    for case in dataset.cases:
        if not case.relevant or len(case.question.turns) > 1:
            continue
        question = case.question.turns[-1]
        by_meaning, by_words = (part.ranking(question).scaled(everything) for part in (dense, lexical))
        right = np.isin(owners, list(case.relevant))
        for weight in WEIGHTS:
            scores = weight * by_meaning + (1 - weight) * by_words
            better = set(owners[~right & (scores > scores[right].max())].tolist())
            ranks[weight].append(len(better) + 1)
    return {
        weight: (
            float(np.mean([1 / np.log2(rank + 1) if rank <= 10 else 0.0 for rank in ranked])),
            float(np.mean([rank == 1 for rank in ranked])),
        )
        for weight, ranked in ranks.items()
    }


def main() -> None:
    """Print a line for each weight."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dataset", type=Path, nargs="*", default=[ROOT / "evaluation/questions.jsonl"])
    for path in options.parse_args().dataset:
        print(f"{path.name}: weight of meaning, nDCG@10, R@1")
        for weight, (ndcg, first) in gain(path).items():
            print(f"  {weight:.1f}  {100 * ndcg:5.1f}  {100 * first:5.1f}")


if __name__ == "__main__":
    main()
