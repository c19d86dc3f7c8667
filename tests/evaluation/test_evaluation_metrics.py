"""Measures against second sources: ir_measures for rankings, scikit-learn and brute force for confidence."""

import itertools
import math
import random

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from partyqa.errors import DatasetError
from partyqa.evaluation.metrics.answers import exact_match, normalise_answer, token_f1
from partyqa.evaluation.metrics.confidence import aurc, auroc, ece, reliability, risk_coverage
from partyqa.evaluation.metrics.rankings import Measure

NAMES = [
    *("R@1", "R@5", "R@100", "Success@1", "Success@5", "P@1", "P@5", "RR", "RR@1", "RR@10"),
    *("AP", "AP@3", "AP@100", "nDCG", "nDCG@1", "nDCG@10"),
]


def ranked(run: dict[str, float], name: str) -> list[str]:
    """By score; equal scores by id, last first in trec_eval, first first in the MS MARCO script (RR@k)."""
    by_id = sorted(run, reverse=not name.startswith("RR@"))
    return sorted(by_id, key=lambda doc: -run[doc])


def random_case(rng: random.Random) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Graded qrels and runs with many ties; some questions have no hits, some hits are not judged."""
    docs = [f"d{number}" for number in range(rng.randint(2, 30))]
    qrels: dict[str, dict[str, int]] = {}
    runs: dict[str, dict[str, float]] = {}
    for number in range(4):
        query = f"q{number}"
        judged = rng.sample(docs, rng.randint(1, len(docs)))
        qrels[query] = {doc: rng.choice([0, 0, 1, 2, 3]) for doc in judged} | {judged[0]: rng.choice([1, 3])}
        found = rng.sample(docs, rng.randint(0 if number else 1, len(docs)))
        runs[query] = {doc: rng.choice([0.0, 0.25, 0.5, 1.0]) for doc in found}
    return qrels, runs


@pytest.mark.parametrize("seed", range(25))
def test_every_ranking_measure_equals_ir_measures_on_random_graded_runs_with_ties(seed: int) -> None:
    qrels, runs = random_case(random.Random(seed))
    parsed = [ir_measures.parse_measure(name) for name in NAMES]
    wanted = {
        (value.query_id, str(value.measure)): value.value
        for value in ir_measures.iter_calc(
            parsed,
            [ir_measures.Qrel(q, d, grade) for q, grades in qrels.items() for d, grade in grades.items()],
            [ir_measures.ScoredDoc(q, d, score) for q, run in runs.items() for d, score in run.items()],
        )
    }
    assert len(wanted) == len(qrels) * len(NAMES)  # a question without hits is there, and worth 0
    for (query, name), value in wanted.items():
        ours = Measure.parse(name)(qrels[query], ranked(runs[query], name))
        assert ours == pytest.approx(value, abs=1e-9), (query, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_is_its_name(name: str) -> None:
    measure = Measure.parse(name)
    assert str(measure) == name == str(ir_measures.parse_measure(name))
    assert {Measure.parse(str(measure)), measure} == {measure}


@pytest.mark.parametrize(
    ("alias", "name"), [("MRR@10", "RR@10"), ("MAP@100", "AP@100"), ("Recall@5", "R@5"), (" R@5 ", "R@5")]
)
def test_aliases_print_the_name_that_ir_measures_prints(alias: str, name: str) -> None:
    assert str(Measure.parse(alias)) == name == str(ir_measures.parse_measure(alias.strip()))


@pytest.mark.parametrize("name", ["", "nDCG@0", "nDCG@-1", "nDCG@ten", "ndcg@10", "Recall@", "F1@3", "R@5@6"])
def test_an_unknown_name_is_one_sentence_that_names_the_known_ones(name: str) -> None:
    with pytest.raises(DatasetError, match="nDCG@10") as caught:
        Measure.parse(name)
    assert f"“{name}”" in caught.value.en


def test_no_hits_and_no_relevant_document_count_zero() -> None:
    for name in NAMES:
        assert Measure.parse(name)({"a": 1}, []) == 0.0
        assert Measure.parse(name)({"a": 0}, ["a"]) == 0.0


def test_a_document_named_twice_is_refused_instead_of_counted_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        Measure.parse("R@5")({"a": 1}, ["a", "a"])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“2.128 đảng viên”.", "2128 đảng viên"),
        ("2,128  Đảng viên…", "2128 đảng viên"),
        ("62,5%", "62.5"),
        ("62.5 %", "62.5"),
        ("625", "625"),
        ("1.234.567,8", "1234567.8"),
        ("Đồng chí (Bí thư) – Nguyễn Văn A", "đồng chí bí thư nguyễn văn a"),
        ("Hoa\u0300 bi\u0300nh", "hoà bình"),
        ("30/12/2023", "30122023"),
        ("a\u00a0b\tc", "a b c"),
    ],
)
def test_answers_are_compared_without_what_does_not_matter(text: str, wanted: str) -> None:
    assert normalise_answer(text) == wanted


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_answer(text)
    assert normalise_answer(once) == once


def test_exact_match_and_f1_take_the_best_of_the_answers() -> None:
    assert exact_match("2.128 đảng viên", ["khác", "2128 Đảng viên."]) == 1.0
    assert exact_match("128 đảng viên", ["2.128 đảng viên"]) == 0.0
    # 2 of 3 syllables got, 2 of 4 wanted: precision 2/3, recall 1/2, F1 4/7
    assert token_f1("có đảng viên", ["tổng đảng viên mới", "khác"]) == pytest.approx(4 / 7)
    # a syllable counts as often as it stands in both
    assert token_f1("xã xã xã", ["xã xã"]) == pytest.approx(2 * 2 / 5)
    assert token_f1("", ["a"]) == 0.0
    assert token_f1("a", []) == 0.0


def test_risk_coverage_of_a_worked_example() -> None:
    coverage, risk = risk_coverage([0.9, 0.2, 0.7, 0.5], [1, 0, 0, 1])
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert aurc([0.9, 0.2, 0.7, 0.5], [1, 0, 0, 1]) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_aurc_with_ties_is_the_mean_over_every_order_of_the_tied() -> None:
    confidence, correct = [0.8, 0.5, 0.5, 0.5, 0.1], [1, 1, 0, 0, 1]
    areas = []
    for middle in itertools.permutations([1, 0, 0]):
        errors = [0, *(1 - right for right in middle), 0]
        areas.append(np.mean([sum(errors[:n]) / n for n in range(1, 6)]))
    assert aurc(confidence, correct) == pytest.approx(np.mean(areas))
    assert aurc(confidence[::-1], correct[::-1]) == pytest.approx(np.mean(areas))


@pytest.mark.parametrize("seed", range(5))
def test_ece_equals_a_plain_loop_over_its_bins(seed: int) -> None:
    rng = random.Random(seed)
    confidence = [rng.choice([rng.random(), 0.0, 1.0, 0.3]) for _ in range(60)]
    correct = [rng.random() < value for value in confidence]
    wanted = 0.0
    for number in range(10):
        low, high = number / 10, (number + 1) / 10
        inside = [
            (value, right)
            for value, right in zip(confidence, correct, strict=True)
            if low < value <= high + 1e-12 or (value == 0 and number == 0)
        ]
        if inside:
            gap = np.mean([value for value, _ in inside]) - np.mean([right for _, right in inside])
            wanted += len(inside) / 60 * abs(gap)
    assert ece(confidence, correct) == pytest.approx(wanted)
    assert sum(bar.n for bar in reliability(confidence, correct)) == 60


@pytest.mark.parametrize("seed", range(10))
def test_auroc_equals_scikit_learn_with_ties(seed: int) -> None:
    rng = random.Random(seed)
    labels = [True, False] + [rng.random() < 0.4 for _ in range(40)]
    scores = [rng.randint(0, 8) / 8 + 0.1 * label for label in labels]
    assert auroc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


def test_auroc_needs_both_kinds() -> None:
    assert math.isnan(auroc([0.5, 0.6], [True, True]))
