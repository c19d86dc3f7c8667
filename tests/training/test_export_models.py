"""The export of the embedding model, against the same network in PyTorch, on a toy."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from toy_models import QUESTION, TEXTS, disturb, toy_trunk, toy_vocabulary

from partyqa.errors import EncoderError
from partyqa.models.bundle import ENCODER_GRAPH, ENCODER_MANIFEST, TOKENIZER, sha256_of
from partyqa.models.bundled_encoder import RetrieverEncoder
from training.base.tokenizer import build_tokenizer
from training.checkpoint import Mean, save
from training.contrast import PROMPTS, Retriever
from training.export import RETRIEVER, Source, export
from training.export_folder import load_weights, provenance, trimmed
from training.network import Reader


def toy_retriever(seed: int) -> Retriever:
    torch.manual_seed(seed)
    retriever = Retriever(toy_trunk(toy_vocabulary())).eval()
    disturb(retriever)
    return retriever


@pytest.fixture(scope="module")
def source() -> Source:
    """A network of two layers with random weights; its rows stand in another order than its pieces."""
    rows = list(range(len(toy_vocabulary().pieces)))
    return Source(toy_retriever(3), build_tokenizer(toy_vocabulary()), [rows[0] + 7, *rows[1:]])


@pytest.fixture(scope="module")
def small(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy exported as it ships, in 8 bits."""
    folder = tmp_path_factory.mktemp("small") / "retriever"
    numbers = {"XQuAD-vi nDCG@10": {"mean": 95.1, "low": 94.0, "high": 96.2, "n": 1190, "command": "partyqa"}}
    export(RETRIEVER, source, folder, {"step": 7}, numbers)
    return folder


def expected(source: Source, prompt: str, texts: list[str]) -> NDArray[np.float32]:
    """What the trained network makes of each text by itself, float32, its ids those of the full embedding."""
    vectors = []
    for text in texts:
        ids = [source.rows[number] for number in source.tokenizer.encode(PROMPTS[prompt] + text).ids]
        with torch.inference_mode():
            vectors.append(source.model(torch.tensor([ids]))[0].numpy())
    return np.stack(vectors)


def test_it_embeds_as_the_network_that_was_trained(source: Source, tmp_path: Path) -> None:
    export(RETRIEVER, source, tmp_path / "exact", {"step": 7}, {}, int8=False)
    encoder = RetrieverEncoder(tmp_path / "exact")
    texts = [*TEXTS, QUESTION]
    np.testing.assert_allclose(encoder.embed_queries(texts), expected(source, "query", texts), atol=1e-5)
    assert agreement(encoder.embed_passages(texts), expected(source, "passage", texts)).min() > 0.95


def test_eight_bits_embed_nearly_the_same(source: Source, small: Path) -> None:
    vectors = RetrieverEncoder(small).embed_queries(TEXTS)
    exact = expected(source, "query", TEXTS)
    assert np.abs(vectors - exact).max() > 1e-4, "weights were rounded"
    assert agreement(vectors, exact).min() > 0.95


def agreement(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosine of each row with its partner, without what all rows of the toy have in common."""
    left, right = left - right.mean(axis=0), right - right.mean(axis=0)
    return (left * right).sum(axis=1) / np.linalg.norm(left, axis=1) / np.linalg.norm(right, axis=1)


def test_the_manifest_and_the_card_say_where_it_came_from(small: Path, source: Source) -> None:
    content = json.loads((small / ENCODER_MANIFEST).read_text("utf-8"))
    assert content["trained"] == {"step": 7}
    assert content["files"] == {name: sha256_of(small / name) for name in (ENCODER_GRAPH, TOKENIZER)}
    assert (content["pieces"], content["dimension"], content["max_tokens"]) == (len(source.rows), 32, 512)
    assert (content["pad"], content["prompts"]) == (1, {"query": "query: ", "passage": "passage: "})
    card = (small / "MODEL_CARD.md").read_text("utf-8")
    assert "| XQuAD-vi nDCG@10 | 95.1 [94.0, 96.2] | 1190 | `partyqa` |" in card
    assert all(gap not in card for gap in ("{numbers}", "{size}", "{trained}", "{pieces}"))


def test_what_would_be_too_large_leaves_what_was_there(
    source: Source, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(shutil.copytree(small, tmp_path / "retriever"))
    monkeypatch.setattr("training.export_folder.MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="at most 1000 may ship"):
        export(RETRIEVER, source, out, {"step": 8}, {})
    assert json.loads((out / ENCODER_MANIFEST).read_text("utf-8"))["trained"] == {"step": 7}


def test_rows_must_fit_the_tokenizer(source: Source, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 rows for"):
        export(RETRIEVER, Source(source.model, source.tokenizer, [0]), tmp_path / "retriever", {}, {})
    assert not list(tmp_path.iterdir())


def test_a_graph_of_another_kind_is_refused(small: Path, tmp_path: Path) -> None:
    """A sound ONNX file with its own sha256 that gives span and says."""
    import onnx

    from training.graph import reader_graph

    folder = Path(shutil.copytree(small, tmp_path / "retriever"))
    torch.manual_seed(3)
    reader = Reader(toy_trunk(toy_vocabulary()))
    onnx.save(
        reader_graph(trimmed(reader, [0, 1, 2]), reader.trunk.config, int8=True), folder / ENCODER_GRAPH
    )
    content = json.loads((folder / ENCODER_MANIFEST).read_text("utf-8"))
    content["files"][ENCODER_GRAPH] = sha256_of(folder / ENCODER_GRAPH)
    (folder / ENCODER_MANIFEST).write_text(json.dumps(content), "utf-8")
    with pytest.raises(EncoderError, match=f"Tệp {ENCODER_GRAPH} của mô hình nhúng"):
        RetrieverEncoder(folder).embed_queries([QUESTION])


def test_a_checkpoint_is_read_into_its_own_kind_of_model(tmp_path: Path) -> None:
    trained, other = toy_retriever(5), toy_retriever(6)
    save(tmp_path, trained, torch.optim.AdamW(trained.parameters()), 9, Mean())
    before = other.trunk.embeddings.word_embeddings.weight.clone()
    load_weights(other, tmp_path / "checkpoint.pt")
    for name, tensor in other.state_dict().items():
        word = "word_embeddings" in name
        assert torch.equal(tensor, before if word else trained.state_dict()[name])
    mean = Mean()
    mean.add(toy_retriever(7))
    save(tmp_path, trained, torch.optim.AdamW(trained.parameters()), 9, mean)
    load_weights(other, tmp_path / "checkpoint.pt")
    for name, tensor in mean.weights.items():
        assert torch.equal(tensor, other.state_dict()[name]), name
    assert provenance(tmp_path / "checkpoint.pt") == {"step": 9}
    assert provenance(None) == {"trained": False}
    with pytest.raises(SystemExit, match="is no checkpoint of a reader"):
        load_weights(Reader(toy_trunk(toy_vocabulary())), tmp_path / "checkpoint.pt")
