"""The reader as it ships, against the same network in PyTorch; its windows, offsets, files and vocabulary."""

import json
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_models import LETTERS, QUESTION, TEXTS, TITLE, WORDS, disturb, toy_trunk, toy_vocabulary

from partyqa.errors import ReaderError
from partyqa.models import bundle
from partyqa.models.bundle import (
    READER_GRAPH,
    READER_MANIFEST,
    SHIPPED_READER,
    TOKENIZER,
    read_reader_manifest,
    sha256_of,
)
from partyqa.models.cross_encoder import CrossReader
from partyqa.models.loading import load_reader
from partyqa.models.openvino import BATCH_TOKENS, batches, padded_length
from partyqa.models.span_reader import (
    LONGEST_ANSWER,
    MOST_CONTEXT,
    SpanReader,
    best_span,
    parts,
    span_scores,
)
from training import measure
from training.base.tokenizer import build_tokenizer
from training.examples import Example
from training.export import READER, Source, export
from training.export_folder import trimmed
from training.graph import eight_bit, reader_graph
from training.inputs import batch_of, row_of
from training.network import Reader
from training.vocabulary import Texts, count_pieces, keep, segmented, trim, write


@pytest.fixture(scope="module")
def source() -> Source:
    """A network of two layers with random weights, its vocabulary in another order than its tokenizer's."""
    vocabulary = toy_vocabulary()
    torch.manual_seed(3)
    reader = Reader(toy_trunk(vocabulary)).eval()
    disturb(reader)
    count = len(vocabulary.pieces)
    return Source(reader, build_tokenizer(vocabulary), list(range(count)))


@pytest.fixture(scope="module")
def exact(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy reader exported in float32."""
    folder = tmp_path_factory.mktemp("exact") / "reader"
    export(READER, source, folder, {"step": 7}, {}, int8=False)
    return folder


@pytest.fixture(scope="module")
def small(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy reader exported as it ships, in 8 bits."""
    folder = tmp_path_factory.mktemp("small") / "reader"
    export(
        READER,
        source,
        folder,
        {"step": 7},
        {"ViQuAD dev EM": {"mean": 58.1, "low": 56.0, "high": 60.2, "n": 2285}},
    )
    return folder


def expected(source: Source, text: str, title: str = TITLE, question: str = QUESTION) -> measure.Reading:
    """What training.measure makes of it in PyTorch, float32."""
    example = Example(question, title, text, None, None)
    row = row_of(source.tokenizer, example)
    with torch.inference_mode():
        span, says = source.model(batch_of([row]).ids)
    return measure._reading(example, row, span[0], says[0])


def test_it_reads_as_the_network_that_was_trained(source: Source, exact: Path) -> None:
    readings = SpanReader.open(exact, "f32").read(QUESTION, [(TITLE, text) for text in TEXTS])
    for text, reading in zip(TEXTS, readings, strict=True):
        oracle = expected(source, text)
        assert reading.answers == pytest.approx(oracle.answers, abs=1e-3)
        assert reading.relevant == pytest.approx(oracle.relevant, abs=1e-3)
        assert reading.margin == pytest.approx(oracle.margin, abs=1e-3)
        assert text[reading.start : reading.end] == oracle.words
    assert len({round(reading.answers, 3) for reading in readings}) == len(TEXTS), "the toy tells texts apart"


def test_eight_bits_read_nearly_the_same(source: Source, small: Path) -> None:
    readings = SpanReader.open(small).read(QUESTION, [(TITLE, text) for text in TEXTS])
    oracles = [expected(source, text) for text in TEXTS]
    got = np.array([[one.answers, one.relevant, one.margin] for one in readings])
    want = np.array([[one.answers, one.relevant, one.margin] for one in oracles])
    assert np.abs(got - want).max() < 0.15 * np.abs(want).max()


def test_eight_bits_hold_each_row_to_half_a_step() -> None:
    matrix = np.random.default_rng(5).normal(size=(7, 33)).astype(np.float32) * np.logspace(-3, 3, 7)[:, None]
    small, scales = eight_bit(matrix.astype(np.float32))
    assert small.dtype == np.int8
    assert (np.abs(small).max(axis=1) == 127).all()
    assert (np.abs(small * scales[:, None] - matrix) <= scales[:, None] * 0.501).all()
    assert eight_bit(np.zeros((2, 3), dtype=np.float32))[0].tolist() == [[0, 0, 0]] * 2


def test_company_changes_no_reading(exact: Path) -> None:
    """Alone, among others, in another order, from many threads: the same to the last bit."""
    reader = SpanReader.open(exact)
    windows = [(TITLE, text) for text in TEXTS * 3]
    together = reader.read(QUESTION, windows)
    assert together[: len(TEXTS)] == together[len(TEXTS) : 2 * len(TEXTS)]
    assert reader.read(QUESTION, windows[::-1]) == together[::-1]
    assert [reader.read(QUESTION, [window])[0] for window in windows[:4]] == together[:4]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: reader.read(QUESTION, windows), range(8))) == [together] * 8


def test_a_passage_tells_its_sentences_apart(source: Source, exact: Path) -> None:
    """The words, margin and mass of each sentence, against every span of its tokens in the one reading of the whole."""
    text = " ".join(TEXTS[:4])
    ends = np.cumsum([len(one) + 1 for one in TEXTS[:4]])
    sentences = [(int(end) - len(one) - 1, int(end) - 1) for one, end in zip(TEXTS, ends, strict=False)]
    (readings,) = SpanReader.open(exact, "f32").read_sentences(QUESTION, [(TITLE, text, sentences)])
    row = row_of(source.tokenizer, Example(QUESTION, TITLE, text, None, None))
    with torch.inference_mode():
        span, says = source.model(batch_of([row]).ids)
    starts, stops = span[0].numpy()
    nothing = float(starts[0] + stops[0])
    for (low, high), reading in zip(sentences, readings, strict=True):
        inside = [n for n, (start, end) in enumerate(row.offsets) if end > low and start < high]
        spans = {
            (first, last): float(starts[row.start + first] + stops[row.start + last]) - nothing
            for first in inside
            for last in inside
            if first <= last < first + LONGEST_ANSWER
        }
        first, last = max(spans, key=lambda one: spans[one])
        assert (
            text[low + reading.start : low + reading.end]
            == text[row.offsets[first][0] : row.offsets[last][1]]
        )
        assert reading.margin == pytest.approx(max(spans.values()), abs=1e-3)
        assert reading.mass == pytest.approx(float(np.log(np.exp(list(spans.values())).sum())), abs=1e-3)
        assert reading.answers == pytest.approx(float(says[0, 0]), abs=1e-3)
    assert len({round(reading.margin, 3) for reading in readings}) == len(sentences)


def test_no_window_no_reading(exact: Path) -> None:
    assert SpanReader.open(exact).read(QUESTION, []) == []


def test_a_text_without_a_word_is_refused(exact: Path) -> None:
    with pytest.raises(ValueError, match="window 1 holds no word"):
        SpanReader.open(exact).read(QUESTION, [(TITLE, "Bản xa."), (TITLE, " \n")])


def test_a_long_text_is_read_to_its_end(source: Source, exact: Path) -> None:
    """Each part as PyTorch reads it by itself; the one that answers best speaks, its offsets within the whole."""
    reader = SpanReader.open(exact, "f32")
    words = [
        *("mưa" for _ in range(300)),
        *"Huyện có 2.128 đảng viên năm 2015".split(),
        *("rào" for _ in range(400)),
    ]
    text = " ".join(words)
    encoding = source.tokenizer.encode(text, add_special_tokens=False)
    head = 4 - 1 + len(source.tokenizer.encode(QUESTION, add_special_tokens=False).ids)
    head += len(source.tokenizer.encode(TITLE, add_special_tokens=False).ids)
    slices = parts(len(encoding.ids), 512 - head - 1)
    assert len(slices) > 2
    oracles = []
    for part in slices:
        first, last = encoding.offsets[part.start][0], encoding.offsets[part.stop - 1][1]
        row = row_of(source.tokenizer, Example(QUESTION, TITLE, text, None, None))
        ids = [*row.ids[: row.start], *encoding.ids[part], 2]
        with torch.inference_mode():
            span, says = source.model(torch.tensor([ids]))
        start, end, _ = measure.best_span(*(span[0, :, row.start : -1].numpy()))
        offsets = encoding.offsets[part]
        assert first <= offsets[start][0] < offsets[end][1] <= last
        oracles.append((float(says[0, 0]), offsets[start][0], offsets[end][1]))
    best = max(oracles)
    (reading,) = reader.read(QUESTION, [(TITLE, text)])
    assert (reading.start, reading.end) == best[1:]
    assert reading.answers == pytest.approx(best[0], abs=1e-3)


def test_a_long_question_and_context_leave_room_for_the_text(exact: Path) -> None:
    reader = SpanReader.open(exact)
    text = "Huyện có 2.128 đảng viên."
    (reading,) = reader.read("có " * 4000, [("mưa " * 4000, text)])
    assert 0 <= reading.start < reading.end <= len(text)
    same = reader.read("có " * 3000, [("mưa " * 3000, text)])
    assert same == [reading], f"of the question 96 tokens are read, of the context {MOST_CONTEXT}"


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(WORDS[:9] + LETTERS + ["の", "😀", "a\u0301", "½"]), min_size=1, max_size=30))
def test_offsets_are_those_of_the_text(exact_reader: SpanReader, pieces: list[str]) -> None:
    text = "".join(piece.replace("▁", " ") for piece in pieces)
    if text.strip():
        (reading,) = exact_reader.read(QUESTION, [("", text)])
        assert 0 <= reading.start < reading.end <= len(text)
        assert text[reading.start : reading.end].strip() == text[reading.start : reading.end]


@pytest.fixture(scope="module")
def exact_reader(exact: Path) -> SpanReader:
    """The toy reader, loaded."""
    return SpanReader.open(exact, "f32")


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 3000), st.integers(LONGEST_ANSWER + 1, 500))
def test_parts_hold_every_answer_whole(count: int, room: int) -> None:
    made = parts(count, room)
    assert made[0].start == 0 and made[-1].stop == count
    assert all(0 < part.stop - part.start <= room for part in made)
    for start in range(0, count, 7):
        end = min(start + LONGEST_ANSWER, count)
        assert any(part.start <= start and end <= part.stop for part in made)


@settings(deadline=None)
@given(st.integers(1, 150), st.integers(0, 10**6))
def test_the_best_span_is_that_of_training(count: int, seed: int) -> None:
    starts, ends = np.random.default_rng(seed).integers(-9, 9, (2, count)).astype(np.float32)
    assert best_span(span_scores(starts, ends)) == measure.best_span(starts, ends)


@settings(deadline=None)
@given(st.lists(st.integers(1, 512), max_size=60))
def test_batches_hold_every_row_once(lengths: list[int]) -> None:
    made = batches(lengths)
    assert sorted(row for batch in made for row in batch) == list(range(len(lengths)))
    longest = [lengths[batch[0]] for batch in made]
    assert longest == sorted(longest, reverse=True)
    for batch in made:
        padded = {padded_length(lengths[row]) for row in batch}
        assert len(padded) == 1
        assert len(batch) == 1 or len(batch) * padded.pop() <= BATCH_TOKENS


def test_the_manifest_says_where_it_came_from(small: Path, source: Source) -> None:
    content = json.loads((small / READER_MANIFEST).read_text("utf-8"))
    assert content["trained"] == {"step": 7}
    assert content["files"] == {name: sha256_of(small / name) for name in (READER_GRAPH, TOKENIZER)}
    manifest = read_reader_manifest(small)
    assert (manifest.pieces, manifest.bos, manifest.pad, manifest.eos) == (len(source.rows), 0, 1, 2)
    assert SpanReader.open(small).fingerprint == sha256_of(small / READER_MANIFEST)
    card = (small / "MODEL_CARD.md").read_text("utf-8")
    assert "| ViQuAD dev EM | 58.1 [56.0, 60.2] | 2285 |" in card
    assert "{numbers}" not in card and "{size}" not in card and "{trained}" not in card


@pytest.mark.parametrize("name", [READER_GRAPH, TOKENIZER, READER_MANIFEST])
@pytest.mark.parametrize("harm", ["missing", "one bit", "cut"])
def test_a_harmed_file_is_named(small: Path, tmp_path: Path, name: str, harm: str) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "reader"))
    file = folder / name
    content = bytearray(file.read_bytes())
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif name == READER_MANIFEST:
        file.write_text("[]")
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    with pytest.raises(ReaderError) as caught:
        SpanReader.open(folder)
    assert f"Tệp {name} của mô hình đọc trong {folder} bị thiếu hoặc hỏng: hãy chép lại" in caught.value.vi
    assert f"The file {name} of the reader in {folder} is missing or damaged: copy" in caught.value.en
    assert caught.value.exit_code == 2


def test_a_missing_folder_of_the_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("partyqa.models.span_reader.SHIPPED_READER", tmp_path)
    monkeypatch.setattr("partyqa.models.bundle.READER", replace(bundle.READER, shipped=tmp_path))
    with pytest.raises(ReaderError, match="pip install --force-reinstall --no-deps partyqa"):
        SpanReader.open()
    assert SHIPPED_READER.parts[-4:] == ("partyqa", "models", "weights", "reader")


def test_another_format_is_refused(small: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "reader"))
    _change(folder, format=2)
    with pytest.raises(ReaderError, match="thuộc định dạng 2, bản partyqa này đọc định dạng 1") as caught:
        SpanReader.open(folder)
    assert "is of format 2, this partyqa reads format 1" in caught.value.en


@pytest.mark.parametrize("change", [{"pieces": 5}, {"pieces": "many"}, {"files": {READER_GRAPH: "0"}}])
def test_a_manifest_that_does_not_fit_is_refused(
    small: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "reader"))
    _change(folder, **change)
    with pytest.raises(ReaderError, match="bị thiếu hoặc hỏng"):
        SpanReader.open(folder)


def test_a_graph_of_another_shape_is_refused(small: Path, tmp_path: Path, source: Source) -> None:
    """A sound ONNX file with its own sha256, but with three numbers where two are due."""
    import onnx

    folder = Path(shutil.copytree(small, tmp_path / "reader"))
    tensors = trimmed(source.model, source.rows)
    for name in ("says.weight", "says.bias"):
        tensors[name] = np.concatenate([tensors[name], tensors[name][:1]])
    graph = reader_graph(tensors, source.model.trunk.config, int8=True)
    onnx.save(graph, folder / READER_GRAPH)
    _change(
        folder,
        files={READER_GRAPH: sha256_of(folder / READER_GRAPH), TOKENIZER: sha256_of(folder / TOKENIZER)},
    )
    with pytest.raises(ReaderError, match=READER_GRAPH):
        SpanReader.open(folder)


def test_a_trimmed_vocabulary_changes_no_text_of_what_it_was_trimmed_to() -> None:
    vocabulary = toy_vocabulary()
    full = build_tokenizer(vocabulary)
    words = Counter(word for text in TEXTS for word in text.split())
    counts = count_pieces(full, words)
    ids = {piece: number for number, (piece, _) in enumerate(vocabulary.pieces)}
    assert counts[ids["▁Huyện"]] == 4, "once as written; upper and lower case and bare are other pieces"
    assert counts[ids["▁の"]] == 0
    kept = keep(vocabulary, counts, 1000)
    assert ids["▁の"] not in kept and {ids["▁đảng"], ids["ị" if "ị" in ids else "a"], ids["<mask>"]} <= set(
        kept
    )
    small = trim(vocabulary, kept)
    assert small.tokenizer.get_vocab_size() == len(kept) < full.get_vocab_size()
    for text in [*TEXTS, QUESTION, QUESTION.upper(), QUESTION.lower(), TITLE]:
        before, after = full.encode(text), small.tokenizer.encode(text)
        assert before.tokens == after.tokens and before.offsets == after.offsets
        assert [small.rows[number] for number in after.ids] == before.ids
    assert small.tokenizer.encode("の").tokens != full.encode("の").tokens
    fewest = keep(vocabulary, counts, 0)
    assert all(
        len(vocabulary.piece(number).removeprefix("▁")) <= 1 or number < 4 or number == ids["<mask>"]
        for number in fewest
    )


def test_the_curve_counts_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two sentences of four hold a piece that no text has; of these, one holds it in every form."""
    held_out = [TEXTS[3], "Huyện có の", "mưa の", "năm 2015"]
    texts = Texts(Counter(TEXTS[0].split() + TEXTS[3].split() + ["mưa"]), held_out)
    write(tmp_path, toy_vocabulary(), texts, 400)
    curve = json.loads((tmp_path / "curve.json").read_text("utf-8"))
    assert curve[-1]["unchanged %"]["as written"] == 50.0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == curve[-1]
    rows = json.loads((tmp_path / "rows.json").read_text("utf-8"))
    assert curve[-1]["pieces"] == len(rows)


def test_words_alone_are_cut_as_within_a_sentence() -> None:
    full = build_tokenizer(toy_vocabulary())
    before = segmented(full, TEXTS[0].split())
    assert [piece for word in TEXTS[0].split() for piece in before[word]] == full.encode(
        TEXTS[0], add_special_tokens=False
    ).tokens


def _change(folder: Path, **fields: object) -> None:
    content = json.loads((folder / READER_MANIFEST).read_text("utf-8"))
    (folder / READER_MANIFEST).write_text(json.dumps(content | fields), "utf-8")


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of random weights over a vocabulary of letters, as transformers writes one."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("cross")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz0123456789"]
    plain = Tokenizer(models.WordLevel({piece: n for n, piece in enumerate(pieces)}, "[UNK]"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    plain.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    marks = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=plain, **marks).save_pretrained(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, num_labels=1, architectures=["BertForSequenceClassification"],
    )  # fmt: skip
    BertForSequenceClassification(config).eval().save_pretrained(folder)
    return folder


def test_any_cross_encoder_reads(cross_encoder: Path) -> None:
    from sentence_transformers import CrossEncoder

    reader = load_reader(str(cross_encoder))
    assert isinstance(reader, CrossReader)
    found = reader.read("a b c", [("", "a b"), ("d", "x y z")])
    model = CrossEncoder(str(cross_encoder), device="cpu", activation_fn=torch.nn.Identity())
    expected = model.predict([("a b c", "a b"), ("a b c", "d\nx y z")], show_progress_bar=False)
    assert [one.answers for one in found] == pytest.approx(expected.tolist(), abs=1e-5)
    assert [one.words for one in found] == [None, None]
    assert reader.read("a", []) == []


def test_no_reader_and_a_folder_without_one(tmp_path: Path) -> None:
    assert load_reader("none") is None
    with pytest.raises(ReaderError, match="Không có mô hình đọc nào"):
        load_reader(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    broken = load_reader(str(tmp_path))
    assert broken is not None
    with pytest.raises(ReaderError, match="không đọc được"):
        broken.read("a", [("", "b")])
