"""Training the retriever on a toy set: what it is shown, what it is told by the loss, and that nothing is lost."""

import dataclasses
import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import ROOT
from numpy.typing import NDArray
from tokenizers import Tokenizer, processors
from toy_retriever import SHORT, documents, fitted, names, retriever, sources
from toy_training import paragraphs, reader, tokenizer

from partyqa.corpus.chunking import describe
from partyqa.errors import EncoderError
from partyqa.evaluation.metrics.rankings import Measure
from partyqa.text.normalise import fold
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article, Passage, Sentence
from training.checkpoint import CHECKPOINT, LOG, Mean, resume
from training.contrast import (
    GROUP_TOKENS,
    MOST_QUERY,
    PROMPTS,
    Retriever,
    blocked_of,
    contrast_of,
    groups_of,
    ids_of,
    info_nce,
    vectors_of,
)
from training.curve import curves, draw
from training.examples import typed
from training.finding import Swap, embed, finding, swaps_of, telling
from training.inputs import BOS, EOS
from training.naming import Names
from training.network import PAD
from training.news import document_of, read_news, without_copies
from training.pairs import (
    LONGEST,
    Near,
    News,
    Pair,
    Questions,
    Shares,
    around,
    context_of,
    embeddable,
    epoch_of,
)
from training.paragraphs import Paragraph, overlapping
from training.retriever import is_held_out, schedule

TOY = paragraphs()
SEEDS = range(30)
AS_WRITTEN = Shares(short=0, flat=0, lower=0, slip=0)

Floats = NDArray[np.float32]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def pieces() -> Tokenizer:
    return tokenizer()


@pytest.fixture(scope="module")
def drawn() -> list[Pair]:
    """Eight epochs of questions as they were written, half of the passages with their title."""
    source = Questions(TOY, names(), titled=0.5)
    return [pair for n in range(8) for pair in source.pairs(random.Random(n), n, 0.5)]


def alone(model: Retriever, pieces: Tokenizer, kind: str, text: str) -> Floats:
    """The vector of one text by hand: every token's state, the mean, to unit length."""
    ids = torch.tensor([[BOS, *pieces.encode(PROMPTS[kind] + text, add_special_tokens=False).ids, EOS]])
    with torch.inference_mode():
        states = model.trunk(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0].numpy()
    mean: Floats = states.mean(0)
    return mean / np.linalg.norm(mean)


# The loss


def by_hand(queries: Floats, passages: Floats, blocked: NDArray[np.bool_], temperature: float) -> float:
    costs = []
    for row, query in enumerate(queries):
        scores = [
            float(query @ passage) / temperature
            for column, passage in enumerate(passages)
            if not blocked[row, column]
        ]
        own = float(query @ passages[row]) / temperature
        costs.append(np.log(np.sum(np.exp(np.array(scores) - own))))
    return float(np.mean(costs))


@pytest.mark.parametrize("temperature", [0.03, 0.5])
def test_the_loss_is_info_nce_over_what_is_not_blocked(temperature: float) -> None:
    chance = np.random.default_rng(5)
    queries, passages = (chance.normal(size=(n, 8)).astype(np.float32) for n in (6, 12))
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    passages /= np.linalg.norm(passages, axis=1, keepdims=True)
    blocked = chance.random((6, 12)) < 0.4
    blocked[np.arange(6), np.arange(6)] = blocked[np.arange(6), np.arange(6) + 6] = False
    tensors = (torch.from_numpy(array) for array in (queries, passages, blocked))
    loss = info_nce(*tensors, temperature).item()
    assert loss == pytest.approx(by_hand(queries, passages, blocked, temperature), rel=1e-4)
    unblocked = by_hand(queries, passages, np.zeros_like(blocked), temperature)
    assert loss != pytest.approx(unblocked, rel=1e-2), "what is blocked matters here"


def test_the_loss_of_a_batch_is_the_one_of_its_texts(pieces: Tokenizer, drawn: list[Pair]) -> None:
    pairs = random.Random(3).sample(drawn, 9)
    model = retriever(pieces.get_vocab_size())
    queries = np.stack([alone(model, pieces, "query", pair.query) for pair in pairs])
    texts = [*(pair.positive for pair in pairs), *(pair.negative for pair in pairs)]
    passages = np.stack([alone(model, pieces, "passage", text) for text in texts])
    batch = contrast_of(pieces, pairs, 0.5)
    expected = by_hand(queries, passages, batch.blocked.numpy(), 0.5)
    assert batch.loss(model).item() == pytest.approx(expected, rel=5e-3), "bfloat16 against float32"
    assert batch.tokens == sum(group.ids.numel() for group in batch.groups)


def test_what_may_answer_is_blocked() -> None:
    def pair(home: str, other: str, answer: str, positive: str, negative: str) -> Pair:
        return Pair("?", positive, negative, (home, other), answer)

    pairs = [
        pair("A một. A hai.", "B", "9 hộ", "A một.", "B có 99 hộ."),  # 99 hộ is not 9 hộ
        pair("A hai.", "A hai.", "Mường Tè", "A hai.", "A ba."),  # a part of the first's home; altered
        pair("C", "D", "", "Xã có 9 Hộ.", "MUONG TE xa."),
    ]
    assert blocked_of(pairs).int().tolist() == [
        [0, 1, 1, 0, 1, 0],
        [1, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0],
    ]


# The encoder


def test_texts_are_embedded_as_sentence_transformers_would(tmp_path: Path, pieces: Tokenizer) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import PreTrainedTokenizerFast

    model = retriever(pieces.get_vocab_size())
    model.trunk.save_pretrained(tmp_path)
    whole = Tokenizer.from_str(pieces.to_str())
    whole.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", BOS), ("</s>", EOS)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=whole, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    ).save_pretrained(tmp_path)
    trunk = Transformer(str(tmp_path))
    theirs = SentenceTransformer(
        modules=[trunk, Pooling(trunk.get_embedding_dimension(), "mean"), Normalize()],
        prompts=PROMPTS,
        device="cpu",
    )
    texts = [paragraph.text for paragraph in TOY] + ["chợ", "Nà Tông"]
    for kind in PROMPTS:
        expected = theirs.encode(texts, prompt_name=kind, normalize_embeddings=False)
        rows = [ids_of(pieces, PROMPTS[kind] + text, 512) for text in texts]
        with torch.inference_mode():
            ours = vectors_of(model, groups_of(rows, 100)).numpy()
        assert ours == pytest.approx(expected, abs=1e-5)
        assert embed(model, pieces, kind, texts) == pytest.approx(expected, abs=2e-2), "in bfloat16"
    assert PROMPTS["query"] != PROMPTS["passage"]


def test_groups_hold_every_text_once_and_little_else() -> None:
    chance = random.Random(4)
    rows = [[BOS, 10 + n, *[5] * chance.randrange(200), EOS] for n in range(120)]
    groups = groups_of(rows, GROUP_TOKENS)
    assert sorted(place for group in groups for place in group.places) == list(range(120))
    for group in groups:
        for ids, place in zip(group.ids.tolist(), group.places, strict=True):
            assert ids == rows[place] + [PAD] * (len(ids) - len(rows[place]))
        assert group.ids.numel() <= GROUP_TOKENS
    padding = sum(int((group.ids == PAD).sum()) for group in groups)
    assert padding < 0.2 * sum(group.ids.numel() for group in groups)


def test_a_text_too_long_is_cut_at_its_end(pieces: Tokenizer) -> None:
    ids = ids_of(pieces, "bản " * 300, MOST_QUERY)
    assert len(ids) == MOST_QUERY and (ids[0], ids[-1]) == (BOS, EOS) and EOS not in ids[:-1]


# Pairs


def own(pair: Pair) -> Paragraph:
    return next(p for p in TOY if p.text == pair.homes[0])


def is_altered(pair: Pair) -> bool:
    return pair.homes[0] == pair.homes[1]


def test_a_passage_stands_to_the_letter_in_its_paragraph_and_answers(drawn: list[Pair]) -> None:
    asked = {a.text: (p, a) for p in TOY for a in p.asked if a.answers}
    assert {pair.query for pair in drawn} == set(asked)
    titled = 0
    for pair in drawn:
        paragraph, question = asked[pair.query]
        assert paragraph == own(pair)
        start, end = question.answers[0]
        assert pair.answer == paragraph.text[start:end]
        context, _, window = pair.positive.rpartition("\n")
        assert window in paragraph.text and pair.answer in window
        assert context in ("", describe(Article("", paragraph.title, paragraph.text)))
        titled += bool(context)
    assert 0.35 < titled / len(drawn) < 0.65


def test_a_passage_is_joined_as_the_program_does() -> None:
    for paragraph in TOY:
        article = Article("a", paragraph.title, paragraph.text)
        sentences = tuple(Sentence(article, *span) for span in paragraph.sentences)
        expected = Passage(article, sentences, describe(article)).embeddable
        assert embeddable(context_of(paragraph), paragraph.text) == expected
        assert expected.startswith(paragraph.title)
    assert embeddable("", "Chợ họp.") == "Chợ họp."


def test_another_text_as_the_wrong_passage_does_not_answer(drawn: list[Pair]) -> None:
    others = [pair for pair in drawn if not is_altered(pair)]
    assert len({pair.homes[1] for pair in others}) == len(TOY)
    for pair in others:
        window = pair.negative.rpartition("\n")[2]
        assert window in pair.homes[1] and pair.homes[1] != pair.homes[0]
        assert fold(pair.answer) not in fold(pair.homes[1])
        assert ("\n" in pair.negative) == ("\n" in pair.positive), "a title alone must not tell them apart"


def replaced(before: str, after: str, query: str) -> tuple[str, str] | None:
    """What of the query was replaced by what, everywhere it stands, to make `after` of `before`."""
    words = re.findall(r"\w+(?:[.,]\d+)*", query)
    for size in (1, 2, 3, 4):
        for at in range(len(words) - size + 1):
            old = " ".join(words[at : at + size])
            parts = [re.escape(part) for part in before.split(old)]
            if len(parts) > 1:
                pattern = parts[0] + "(?P<new>.+?)" + "(?P=new)".join(parts[1:])
                match = re.fullmatch(pattern, after, re.DOTALL)
                if match:
                    return old, match["new"]
    return None


def test_an_altered_passage_differs_only_in_what_was_asked(drawn: list[Pair]) -> None:
    made = [pair for pair in drawn if is_altered(pair)]
    assert len(made) > 20
    seen = set()
    for pair in made:
        swap = replaced(pair.positive, pair.negative, pair.query)
        assert swap is not None, pair
        old, new = swap
        assert new not in pair.query and new not in pair.positive and old in pair.query
        assert old.isdigit() == new.isdigit()
        seen.add(old if old.isdigit() else "name")
    assert {"name", "2016", "2019"} <= seen


def test_a_name_is_replaced_by_one_of_its_kind() -> None:
    texts = ["Xã Nà Tông và huyện Mường Ảng. Ông Lò Văn Páo và bà Mùa Thị Súa.", "Tỉnh nào? Bản Co Chạy."]
    known = Names(texts)
    places, persons = ["Co Chạy", "Mường Ảng", "Nà Tông"], ["Lò Văn Páo", "Mùa Thị Súa"]
    assert known.like("Ai là bí thư Huyện ủy Mường Ảng?") == places
    assert known.like("Mùa Thị Súa ở xã Nà Tông là ai?") == places
    assert known.like("Mùa Thị Súa là ai?") == persons
    assert known.like("Chợ Sín Chải họp khi nào?") == sorted([*places, *persons])


def test_the_nearest_without_the_answer_are_drawn_from() -> None:
    near = [f"Đội bóng {n} thi đấu giải bóng đá. Sân vắng." for n in range(6)]
    answering = "Đội bóng thi đấu giải bóng đá thắng 3 trận. Đội bóng thi đấu."
    far = [f"Vườn rau {n} xanh tốt. Mưa nhiều." for n in range(6)]
    made = [
        Paragraph("", text, tuple(sentence_spans(text)), ()) for text in [*far, answering, *near, "Đội bóng."]
    ]
    query, home = "Đội bóng thi đấu giải bóng đá thế nào?", "Đội bóng. Giải bóng đá."
    drawn = [Near(made).draw(random.Random(seed), query, home, "3 trận") for seed in SEEDS]
    assert {paragraph.text for paragraph, _ in drawn} == set(near)
    assert all(window.startswith("Đội bóng") for _, window in drawn), (
        "around the sentence nearest to the query"
    )


def test_a_window_keeps_its_sentences_and_its_length() -> None:
    long = " ".join(f"Câu {n} dài {'ơ' * 250} hết." for n in range(7))
    paragraph = Paragraph("", long, tuple(sentence_spans(long)), ())
    starts, ends = zip(*paragraph.sentences, strict=True)
    for first, last in ((3, 3), (3, 4), (6, 6), (0, 1)):
        made = {around(random.Random(seed), paragraph, first, last) for seed in SEEDS}
        for start, end in made:
            assert start in starts and end in ends and end - start <= LONGEST
            assert start <= starts[first] and ends[last] <= end
    assert around(random.Random(1), paragraph, 0, 6) == (0, len(long)), "what answers is not cut"


def test_queries_are_typed_as_people_do() -> None:
    query = "Ủy ban nhân dân huyện Điện Biên họp khi nào?"

    def only(**shares: float) -> str:
        return typed(random.Random(1), query, dataclasses.replace(AS_WRITTEN, **shares))

    assert only() == query
    assert only(flat=1) == "uy ban nhan dan huyen dien bien hop khi nao?"
    assert only(lower=1) == query.lower()
    assert only(short=1) == "UBND huyện Điện Biên họp khi nào?"
    assert only(slip=1) != query and abs(len(only(slip=1)) - len(query)) <= 1
    chance, plain = random.Random(2), "Điện Biên họp khi nào?"
    made = [typed(chance, plain, Shares()) for _ in range(4000)]
    assert made.count(fold(plain)) / 4000 == pytest.approx(0.15, abs=0.02)
    assert made.count(plain.lower()) / 4000 == pytest.approx(0.08, abs=0.02)
    assert made.count(plain) / 4000 == pytest.approx(0.72, abs=0.02)


def test_an_epoch_hangs_on_seed_and_number_alone() -> None:
    first = epoch_of(sources(), Shares(), 5, 0)
    assert epoch_of(sources(), Shares(), 5, 0) == first
    assert epoch_of(sources(), Shares(), 5, 1) != epoch_of(sources(), Shares(), 6, 1)
    assert epoch_of(sources(), Shares(), 6, 0) != first
    questions = sum(bool(a.answers) for p in TOY for a in p.asked)
    assert len(first) == questions + 4, "titles and leads of the epoch's two documents"
    twice = Questions(TOY, names(), titled=1, times=2).pairs(random.Random(1), 0, 0.5)
    assert len(list(twice)) == 2 * questions


# News


def test_a_title_and_a_lead_go_with_windows_of_their_own_document() -> None:
    source = News(documents(), names(), an_epoch=2)
    for place, document in enumerate(documents()):
        body, lead = document.body, document.body.text[: document.lead]
        assert lead + "\n" == body.text[: body.sentences[document.later][0]]
        kinds = set()
        for seed in SEEDS:
            made = list(source.pairs(random.Random(seed), 0, 0.5))
            assert len(made) == 4
            title_pair, lead_pair = made[2 * place : 2 * place + 2]
            assert (title_pair.query, lead_pair.query) == (body.title, lead)
            for pair in (title_pair, lead_pair):
                assert pair.positive in body.text and body.title not in pair.positive
                assert pair.homes[0] == body.text and pair.answer == ""
                if pair.homes[1] == body.text:
                    swap = replaced(pair.positive, pair.negative, pair.query)
                    assert swap and swap[0] in pair.query and swap[1] not in pair.query
                    kinds.add("altered")
                else:
                    assert pair.negative in pair.homes[1] == documents()[1 - place].body.text
                    kinds.add("another")
            assert body.text.index(lead_pair.positive) > document.lead
            kinds |= {"with lead" for pair in [title_pair] if pair.positive.startswith(lead)}
        assert kinds == {"altered", "another", "with lead"}
    assert list(source.pairs(random.Random(1), 1, 0.5)) == [], "another epoch has other documents"


def test_news_are_read_by_seed(tmp_path: Path) -> None:
    usable = [
        {
            "id": str(n),
            "title": f"Tin thứ {n} của một xã vùng cao",
            "paragraphs": [f"Mở đầu {n}. " * 8, "Tin. " * 80],
        }
        for n in range(30)
    ]
    unusable = [
        {**usable[0], "title": "Ngắn"},
        {**usable[1], "title": "Tin chỉ có một đoạn mở đầu", "paragraphs": ["Mở đầu. " * 9]},
        {**usable[2], "title": "Tin có đoạn mở đầu quá ngắn", "paragraphs": ["Ảnh.", "Tin. " * 80]},
        {**usable[3], "title": "Tin có phần sau quá ngắn đi", "paragraphs": ["Mở đầu. " * 9, "Tin."]},
        dict(usable[4]),
    ]
    path = tmp_path / "news.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in [*usable, *unusable])
    every = [document.body.title for document in read_news(path, 99, 1, ())]
    assert sorted(every) == sorted(str(row["title"]) for row in usable)
    assert [document.body.title for document in read_news(path, 7, 1, ())] == every[:7]
    assert [document.body.title for document in read_news(path, 99, 2, ())] != every
    but = every[3]
    assert [d.body.title for d in read_news(path, 99, 1, {but})] == [title for title in every if title != but]


def text_of(length: int, seed: int) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice("abcdeghiklmnopqrstuvxy ") for _ in range(length))


def test_copies_among_the_news_are_those_that_overlapping_finds() -> None:
    copied = "".join(text_of(99, 1).split())[:60]
    held_out = [f"{text_of(200, 2)}{copied.upper()}{text_of(200, 3)}", ""]
    made = []
    for shift in range(31):  # at every place within half a run
        before = "".join(text_of(200, 100 + shift).split())[: 100 + shift]
        made.append(
            document_of("", [f"{before}{copied[:17]} \n{copied[17:]}{text_of(90, 4)}", text_of(50, 5)])
        )
        made.append(document_of("", [f"{before}#{copied[:59]}#{text_of(90, 4)}", text_of(50, 5)]))
    bodies = [document.body for document in made]
    kept = [document.body for document in without_copies(made, held_out)]
    assert kept == [body for body in bodies if body not in overlapping(bodies, held_out)] == bodies[1::2]


# Fitting


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / LOG).read_text("utf-8").splitlines()]


def same(one: Path, other: Path) -> bool:
    """Whether two checkpoints hold the same step, weights and optimizer state, bit for bit."""
    first, second = (torch.load(folder / CHECKPOINT, weights_only=True) for folder in (one, other))
    states = [saved["optimizer"]["state"] for saved in (first, second)]
    return bool(
        first["step"] == second["step"]
        and first["retriever"].keys() == second["retriever"].keys()
        and all(torch.equal(tensor, second["retriever"][name]) for name, tensor in first["retriever"].items())
        and states[0].keys() == states[1].keys()
        and all(torch.equal(states[0][n][key], states[1][n][key]) for n in states[0] for key in states[0][n])
    )


def test_a_schedule_entered_later_is_the_rest_of_the_whole(pieces: Tokenizer) -> None:
    whole = list(schedule(sources(), pieces, SHORT, skip=0))
    assert {total for total, _ in whole} == {len(whole)} == {8}
    rest = list(schedule(sources(), pieces, SHORT, skip=3))
    assert len(rest) == 5
    for (_, batch), (_, again) in zip(whole[3:], rest, strict=True):
        assert all(torch.equal(a.ids, b.ids) for a, b in zip(batch.groups, again.groups, strict=True))
        assert torch.equal(batch.blocked, again.blocked) and batch.temperature == SHORT.temperature
    few = list(schedule(sources(), pieces, dataclasses.replace(SHORT, steps=3), skip=0))
    assert [total for total, _ in few] == [3, 3, 3]
    assert torch.equal(few[2][1].groups[0].ids, whole[2][1].groups[0].ids)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uninterrupted")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    fitted(folder, SHORT)
    torch.set_num_threads(threads)
    return folder


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path: Path, uninterrupted: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, ROOT / "tests" / "toy_retriever.py", tmp_path, "--pause-at", "2"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 300
    while not (tmp_path / "paused").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None, "it should stand at step 6, two steps after a save"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] == 4
    fitted(tmp_path, SHORT)
    rows = rows_of(tmp_path)
    assert [row["resumed at step"] for row in rows if "settings" in row] == [0, 4]
    assert [row["step"] for row in rows if row.get("dev") == "all, before training"] == [0], (
        "once, of the base"
    )
    assert same(tmp_path, uninterrupted)
    fitted(tmp_path / "other", dataclasses.replace(SHORT, seed=8))
    assert not same(tmp_path, tmp_path / "other"), "the comparison can fail"


def test_a_checkpoint_holds_what_is_trained(tmp_path: Path, uninterrupted: Path, pieces: Tokenizer) -> None:
    saved = torch.load(uninterrupted / CHECKPOINT, weights_only=True)
    assert saved.keys() == {"retriever", "optimizer", "step", "mean", "mean of"} and saved["step"] == 8
    assert saved["mean"] == {} and saved["mean of"] == 0, "its weights are those of the last step"
    base = retriever(pieces.get_vocab_size()).state_dict()
    left_out = base.keys() - saved["retriever"].keys()
    assert left_out == {"trunk.embeddings.word_embeddings.weight"}
    changed = {name for name, tensor in saved["retriever"].items() if not torch.equal(tensor, base[name])}
    unchanged = saved["retriever"].keys() - changed
    assert {name.split(".")[1] for name in changed} == {"encoder"}
    # No score hangs on a key's bias: softmax takes it away, up to rounding.
    assert {name for name in unchanged if ".encoder." in name and "key.bias" not in name} == set()
    made = reader(pieces.get_vocab_size())
    with pytest.raises(EncoderError, match=r"checkpoint\.pt.*mô hình khác"):
        resume(uninterrupted, made, torch.optim.AdamW(made.parameters()), Mean())


def test_the_loss_falls_and_the_passage_rises(tmp_path: Path, pieces: Tokenizer) -> None:
    def loss(of: Retriever) -> float:
        shown = epoch_of(sources(), AS_WRITTEN, 99, 0)
        with torch.inference_mode():
            return contrast_of(pieces, shown, SHORT.temperature).loss(of).item()

    many = dataclasses.replace(SHORT, epochs=12, rate=3e-3, pairs=6, save_every=999, measure_every=999)
    untrained = loss(retriever(pieces.get_vocab_size()))
    assert loss(fitted(tmp_path, many)) < 0.7 * untrained
    rows = [row for row in rows_of(tmp_path) if "dev" in row]
    assert [(row["step"], row["dev"]) for row in rows] == [
        (0, "all, before training"),
        (rows[1]["step"], "all"),
    ]
    for name in ("R@1", "nDCG@10"):
        assert rows[1][name] > rows[0][name] + 10, name


# Measures


def test_finding_is_the_rank_of_the_own_paragraph(pieces: Tokenizer) -> None:
    model = retriever(pieces.get_vocab_size())
    passages = [alone(model, pieces, "passage", f"{context_of(p)}\n{p.text}") for p in TOY]
    for suffix, form in (("", str), (" without accents", fold)):
        values: dict[str, list[float]] = {"nDCG@10": [], "R@1": []}
        for place, paragraph in enumerate(TOY):
            for asked in paragraph.asked:
                if asked.answers:
                    query = alone(model, pieces, "query", form(asked.text))
                    order = sorted(range(len(TOY)), key=lambda n, q=query: -float(q @ passages[n]))
                    for name, found in values.items():
                        found.append(Measure.parse(name)({str(place): 1}, list(map(str, order))))
        numbers = finding(model, pieces, TOY)
        for name, found in values.items():
            assert numbers[name + suffix] == pytest.approx(100 * float(np.mean(found)), abs=8), "bfloat16"
    some = finding(model, pieces, TOY, most=5)
    assert some.keys() == numbers.keys() and some["R@1"] in (0, 20, 40, 60, 80, 100)


def test_copies_to_tell_apart_differ_in_one_thing(pieces: Tokenizer) -> None:
    swaps = swaps_of(TOY, names(), seed=3)
    assert swaps == swaps_of(paragraphs(), names(), seed=3) and len(set(swaps)) == len(swaps) > 10
    for swap in swaps:
        found = replaced(swap.passage, swap.copy, swap.question)
        assert found and found[0] in swap.question and found[1] not in swap.passage


def test_telling_counts_passages_above_their_copies(pieces: Tokenizer) -> None:
    model = retriever(pieces.get_vocab_size())
    swaps = swaps_of(TOY, names(), seed=3)
    swaps += [Swap(one.question, one.copy, one.passage) for one in swaps[:3]]
    right, named = [], []
    for swap in swaps:
        query, passage, copy = (
            embed(model, pieces, kind, [text])[0]
            for kind, text in (("query", swap.question), ("passage", swap.passage), ("passage", swap.copy))
        )
        right.append(float(query @ passage) > float(query @ copy))
        named.append(re.sub(r"\D", "", swap.passage) == re.sub(r"\D", "", swap.copy))
    found = telling(model, pieces, swaps)
    assert found["swap accuracy"] == pytest.approx(100 * np.mean(right), abs=6), "bfloat16"
    assert found["name swap accuracy"] == pytest.approx(100 * np.mean(np.array(right)[named]), abs=6)
    assert 0 < sum(named) < len(named) and telling(model, pieces, []) == {}


def test_one_title_in_ten_is_for_measuring() -> None:
    titles = [f"Bài số {number}" for number in range(5000)]
    assert sum(map(is_held_out, titles)) / 5000 == pytest.approx(0.1, abs=0.02)


def test_a_curve_of_the_retriever_begins_with_the_base(tmp_path: Path, uninterrupted: Path) -> None:
    found = curves(rows_of(uninterrupted))
    assert list(found["nDCG@10"].points) == [0, 6] and found["nDCG@10"].final is not None
    assert found["nDCG@10"].final[0] == 8 and not found["EM"].points
    found["loss"].points[5] = 1.0  # the toy's run is shorter than the log's stride
    draw(found, tmp_path / "curve.svg")
    picture = (tmp_path / "curve.svg").read_text("utf-8")
    assert "nDCG@10 without accents" in picture and "AUROC" not in picture
