"""The bundled encoder against its own weights in PyTorch; its files; foreign models."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
import torch
from conftest import ROOT
from numpy.typing import NDArray
from onnx import numpy_helper
from tokenizers import Tokenizer
from vietnamese import TEXTS

from partyqa.corpus.loading import read_corpus
from partyqa.engine import PartyQA
from partyqa.errors import EncoderError, IndexStaleError
from partyqa.index.index import build_index, check_index
from partyqa.models.bundle import ENCODER, ENCODER_GRAPH, ENCODER_MANIFEST, SHIPPED_ENCODER, TOKENIZER
from partyqa.models.bundled_encoder import RetrieverEncoder
from partyqa.models.loading import load_encoder
from partyqa.models.sentence_transformer import sentence_transformer
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article
from training.base.tokenizer import build_tokenizer
from training.base.weights import Weights

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of random numbers with eight words, saved by sentence-transformers with prompts of its own."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = "[PAD] [UNK] [CLS] [SEP] hỏi bài đảng bộ huyện có bao nhiêu viên".split()
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    plain, target = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("models") / "tiny"
    BertModel(config).save_pretrained(plain)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=32
    ).save_pretrained(plain)
    prompts = {"query": "hỏi ", "passage": "bài "}
    modules = [Transformer(str(plain)), Pooling(16)]
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(target))
    return target


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be damaged."""
    return Path(shutil.copytree(tiny, tmp_path / "copy"))


def cosines(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    return (left * right).sum(axis=1) / np.linalg.norm(left, axis=1) / np.linalg.norm(right, axis=1)


@pytest.fixture(scope="session")
def encoder() -> RetrieverEncoder:
    return RetrieverEncoder()


@pytest.fixture(scope="session")
def sentences() -> list[str]:
    """The texts to embed, and sentences from all over the corpus: fifty."""
    found = [
        article.text[start:end]
        for article in read_corpus(ROOT / "corpus")
        for start, end in sentence_spans(article.text)
    ]
    return [*TEXTS, *found[:: len(found) // 38][:38]]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> "SentenceTransformer":
    """The shipped weights in float32 as BERT, mean pooling and unit length of sentence-transformers."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    tensors = shipped_tensors()
    words = tensors["embeddings.word_embeddings.weight"]
    bert = BertModel(
        BertConfig(
            vocab_size=len(words),
            hidden_size=384,
            num_hidden_layers=12,
            num_attention_heads=12,
            intermediate_size=1536,
            layer_norm_eps=1e-12,
            pad_token_id=1,
        ),
        add_pooling_layer=False,
    )
    bert.load_state_dict(tensors)
    plain = tmp_path_factory.mktemp("shipped")
    bert.save_pretrained(plain)
    PreTrainedTokenizerFast(
        tokenizer_file=str(SHIPPED_ENCODER / TOKENIZER), pad_token="<pad>", model_max_length=512
    ).save_pretrained(plain)
    prompts = {"query": "query: ", "passage": "passage: "}
    modules = [Transformer(str(plain)), Pooling(384), Normalize()]
    return SentenceTransformer(modules=modules, prompts=prompts, device="cpu")


def shipped_tensors() -> dict[str, torch.Tensor]:
    """BERT's tensors by the names of transformers, from the shipped graph's, 8 bits times the scale of each row."""
    found = {
        one.name: numpy_helper.to_array(one)
        for one in onnx.load(SHIPPED_ENCODER / ENCODER_GRAPH).graph.initializer
    }
    tensors = {"embeddings.token_type_embeddings.weight": torch.zeros(2, 384)}
    for name, array in found.items():
        if not name.startswith("trunk.") or name.endswith(".scale"):
            continue
        if (scale := found.get(f"{name.removesuffix('.weight')}.scale")) is not None:
            array = (array * scale).T  # the graph multiplies from the other side
        elif name == "trunk.embeddings.word_embeddings.weight":
            array = array * found[f"{name}.scale"]
        if ".self.query." in name:
            array = array * np.sqrt(np.float32(32))  # the graph has the scores' scale in the query
        name = "trunk.embeddings.position_embeddings.weight" if name == "trunk.embeddings.places" else name
        tensors[name.removeprefix("trunk.")] = torch.tensor(array)
    return tensors


class TestBundled:
    def test_questions_are_those_of_pytorch(
        self, encoder: RetrieverEncoder, model: "SentenceTransformer", sentences: list[str]
    ) -> None:
        assert len(sentences) == 50
        expected = model.encode(sentences, prompt_name="query")
        np.testing.assert_allclose(encoder.embed_queries(sentences), expected, atol=2e-5)

    def test_passages_are_nearly_those_of_pytorch(
        self, encoder: RetrieverEncoder, model: "SentenceTransformer", sentences: list[str]
    ) -> None:
        expected = model.encode(sentences, prompt_name="passage")
        assert cosines(encoder.embed_passages(sentences), expected).min() > 0.998

    def test_as_a_sentence_transformer_it_gives_the_same(
        self, encoder: RetrieverEncoder, sentences: list[str], tmp_path: Path
    ) -> None:
        from sentence_transformers import SentenceTransformer

        shipped = sentence_transformer()
        assert shipped.max_seq_length == 512
        assert shipped.get_embedding_dimension() == 384
        expected = encoder.embed_passages(sentences)
        np.testing.assert_array_equal(
            shipped.encode(sentences, prompt_name="passage", batch_size=7), expected
        )
        assert (
            cosines(shipped.encode(sentences, prompt_name="query"), encoder.embed_queries(sentences)).min()
            > 0.998
        )
        assert shipped.encode(["huyện " * 600]).shape == (1, 384)
        shipped.save(str(tmp_path / "saved"))
        again = SentenceTransformer(str(tmp_path / "saved"), device="cpu", trust_remote_code=True)
        np.testing.assert_array_equal(again.encode(sentences, prompt_name="passage"), expected)

    def test_tokens_are_those_of_the_full_vocabulary(
        self, encoder: RetrieverEncoder, sentences: list[str]
    ) -> None:
        full = build_tokenizer(Weights.of_package().vocabulary())
        small = Tokenizer.from_file(str(SHIPPED_ENCODER / TOKENIZER))
        for text in sentences:
            before, after = full.encode(text), small.encode(text)
            assert (after.tokens, after.offsets) == (before.tokens, before.offsets)
            assert encoder.count_tokens(text) == len(full.encode(f"passage: {text}").ids)
        assert small.get_vocab_size() == 40_000

    def test_rows_have_unit_length(self, encoder: RetrieverEncoder) -> None:
        for vectors in (encoder.embed_passages(TEXTS), encoder.embed_queries(TEXTS)):
            assert vectors.shape == (len(TEXTS), encoder.dimension) == (12, 384)
            assert vectors.dtype == np.float32
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)

    def test_a_vector_hangs_on_its_own_text_alone(self, encoder: RetrieverEncoder) -> None:
        """Alone, among others, in another order, from many threads: the same to the last bit."""
        texts = [*TEXTS, *(" ".join(TEXTS[number:]) for number in range(5, 9))]
        together = encoder.embed_passages(texts)
        alone = np.concatenate([encoder.embed_passages([text]) for text in texts])
        np.testing.assert_array_equal(together, alone)
        np.testing.assert_array_equal(
            encoder.embed_passages(texts[::-1] * 2), np.tile(together[::-1], (2, 1))
        )
        questions = encoder.embed_queries(TEXTS)
        with ThreadPoolExecutor(4) as pool:
            for passages in pool.map(lambda _: encoder.embed_passages(texts), range(4)):
                np.testing.assert_array_equal(passages, together)
            for again in pool.map(lambda _: encoder.embed_queries(TEXTS[::-1]), range(4)):
                np.testing.assert_array_equal(again, questions[::-1])

    def test_progress_counts_every_text_once(
        self, encoder: RetrieverEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("partyqa.models.base.AT_ONCE", 5)
        done: list[int] = []
        encoder.embed_passages(TEXTS, done.append)
        assert sum(done) == len(TEXTS)
        assert len(done) > 1

    def test_nothing_gives_no_rows(self, encoder: RetrieverEncoder) -> None:
        assert encoder.embed_passages([]).shape == (0, 384)
        assert encoder.embed_queries([]).shape == (0, 384)

    def test_a_passage_is_never_cut(self, encoder: RetrieverEncoder) -> None:
        prompt_and_ends = encoder.count_tokens("")
        longest = " ".join(["huyện"] * (encoder.max_tokens - prompt_and_ends))
        assert encoder.count_tokens(longest) == encoder.max_tokens == 512
        assert encoder.embed_passages([longest]).shape == (1, 384)
        assert encoder.count_tokens(f"{longest} huyện") == 513
        with pytest.raises(ValueError, match="513 tokens, the model reads 512"):
            encoder.embed_passages([*TEXTS, f"{longest} huyện"])

    def test_the_end_of_a_long_question_is_not_read(
        self, encoder: RetrieverEncoder, model: "SentenceTransformer"
    ) -> None:
        question = " ".join([*TEXTS, "Mường Lát"] * 3)
        assert encoder.count_tokens(question) > 512
        vector = encoder.embed_queries([question])
        np.testing.assert_allclose(vector, model.encode([question], prompt_name="query"), atol=2e-5)
        np.testing.assert_array_equal(vector, encoder.embed_queries([f"{question} và nhiều nơi khác"]))

    def test_neighbours_are_near(self, encoder: RetrieverEncoder) -> None:
        questions = [
            "Huyện có mấy tổ chức đảng?",
            "Ông A. nói gì?",
            "Thời tiết thế nào?",
            "Đường đến bản có khó không?",
        ]
        scores = encoder.embed_queries(questions) @ encoder.embed_passages(TEXTS[2:]).T
        assert [int(row.argmax()) + 2 for row in scores] == [2, 7, 10, 6]

    def test_the_fingerprint_is_that_of_the_recipe(self, encoder: RetrieverEncoder) -> None:
        assert encoder.fingerprint == RetrieverEncoder().fingerprint
        assert len(encoder.fingerprint) == 64
        assert (
            encoder.name
            == load_encoder().name
            == load_encoder("partyqa-retriever").name
            == "partyqa-retriever"
        )

    def test_the_former_model_says_what_to_type(self) -> None:
        with pytest.raises(EncoderError, match="hãy dựng lại chỉ mục, gõ: partyqa index"):
            load_encoder("multilingual-e5-small")


class TestFolder:
    @pytest.fixture
    def copied(self, tmp_path: Path) -> Path:
        """The shipped folder, to be damaged."""
        return Path(shutil.copytree(SHIPPED_ENCODER, tmp_path / "copied"))

    def test_a_folder_is_an_encoder_of_its_own(self, copied: Path, encoder: RetrieverEncoder) -> None:
        other = load_encoder(str(copied))
        assert (other.name, other.fingerprint) == (str(copied), encoder.fingerprint)
        np.testing.assert_array_equal(other.embed_queries(TEXTS[:2]), encoder.embed_queries(TEXTS[:2]))
        edit(copied / ENCODER_MANIFEST, prompts={"query": "hỏi: ", "passage": "passage: "})
        changed = load_encoder(str(copied))
        assert changed.fingerprint != encoder.fingerprint
        assert cosines(changed.embed_queries(TEXTS[:2]), encoder.embed_queries(TEXTS[:2])).max() < 0.9999

    @pytest.mark.parametrize("name", [ENCODER_GRAPH, TOKENIZER, ENCODER_MANIFEST])
    @pytest.mark.parametrize("harm", ["missing", "one bit", "cut"])
    def test_a_harmed_file_is_named(self, copied: Path, name: str, harm: str) -> None:
        file = copied / name
        if harm == "missing":
            file.unlink()
        elif harm == "cut":
            os.truncate(file, file.stat().st_size // 2)
        elif name == ENCODER_MANIFEST:
            file.write_text("[]")
        else:
            flip_byte(file, file.stat().st_size // 2)
        with pytest.raises(EncoderError) as caught:
            RetrieverEncoder(copied)
        assert (
            f"Tệp {name} của mô hình nhúng trong {copied} bị thiếu hoặc hỏng: hãy chép lại" in caught.value.vi
        )
        assert (
            f"The file {name} of the embedding model in {copied} is missing or damaged: copy"
            in caught.value.en
        )
        assert caught.value.exit_code == 2

    def test_a_package_without_its_model_says_what_to_install(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("partyqa.models.bundle.ENCODER", replace(ENCODER, shipped=tmp_path))
        with pytest.raises(EncoderError, match="pip install --force-reinstall --no-deps partyqa"):
            RetrieverEncoder(tmp_path)
        assert SHIPPED_ENCODER.parts[-4:] == ("partyqa", "models", "weights", "retriever")

    def test_another_format_is_refused(self, copied: Path) -> None:
        edit(copied / ENCODER_MANIFEST, format=2)
        with pytest.raises(
            EncoderError, match="thuộc định dạng 2, bản partyqa này đọc định dạng 1"
        ) as caught:
            load_encoder(str(copied))
        assert "is of format 2, this partyqa reads format 1" in caught.value.en

    @pytest.mark.parametrize(
        "change", [{"pieces": "many"}, {"files": {ENCODER_GRAPH: "0"}}, {"prompts": {}}, {"dimension": None}]
    )
    def test_a_manifest_that_does_not_fit_is_refused(self, copied: Path, change: dict[str, object]) -> None:
        edit(copied / ENCODER_MANIFEST, **change)
        with pytest.raises(EncoderError, match=f"Tệp {ENCODER_MANIFEST} của mô hình nhúng"):
            load_encoder(str(copied))

    @pytest.mark.parametrize(
        ("change", "file"), [({"pieces": 5}, TOKENIZER), ({"dimension": 768}, ENCODER_GRAPH)]
    )
    def test_files_that_are_not_the_manifest_s_are_refused(
        self, copied: Path, change: dict[str, object], file: str
    ) -> None:
        edit(copied / ENCODER_MANIFEST, **change)
        for embed in (load_encoder(str(copied)).embed_queries, load_encoder(str(copied)).embed_passages):
            with pytest.raises(EncoderError, match=f"Tệp {file} của mô hình nhúng"):
                embed(["đảng bộ"])

    def test_an_index_of_another_model_is_refused(self, copied: Path, tmp_path: Path) -> None:
        edit(copied / ENCODER_MANIFEST, prompts={"query": "hỏi: ", "passage": "bài: "})
        article = Article(id="a", title="Bản", text="Huyện có 2.128 đảng viên.", source="a.md")
        build_index(tmp_path / "index", [article], load_encoder(str(copied)))
        with pytest.raises(
            EncoderError, match="hãy dựng lại bằng lệnh: partyqa index --encoder partyqa-retriever"
        ):
            PartyQA.open(tmp_path / "index", encoder="partyqa-retriever")
        with pytest.raises(IndexStaleError, match="partyqa index"):
            check_index(tmp_path / "index", [article], load_encoder())


class TestLocal:
    def test_vectors_are_those_of_sentence_transformers(self, tiny: Path) -> None:
        from sentence_transformers import SentenceTransformer

        encoder = load_encoder(str(tiny))
        texts = ["đảng bộ huyện", "có bao nhiêu đảng viên", "bao nhiêu", "đảng " * 20]
        model = SentenceTransformer(str(tiny), device="cpu")
        passages = model.encode([f"bài {text}" for text in texts], normalize_embeddings=True)
        queries = model.encode([f"hỏi {text}" for text in texts], normalize_embeddings=True)
        np.testing.assert_allclose(encoder.embed_passages(texts), passages, atol=1e-6)
        np.testing.assert_allclose(encoder.embed_queries(texts), queries, atol=1e-6)
        assert (encoder.name, encoder.dimension, encoder.max_tokens) == (str(tiny), 16, 32)
        assert [encoder.count_tokens(text) for text in texts] == [6, 8, 5, 23]

    def test_without_prompts_none_is_used(self, copy: Path) -> None:
        edit(copy / "config_sentence_transformers.json", prompts={}, default_prompt_name=None)
        encoder = load_encoder(str(copy))
        assert encoder.count_tokens("đảng bộ") == 4
        np.testing.assert_array_equal(encoder.embed_queries(["đảng"]), encoder.embed_passages(["đảng"]))

    def test_a_tokenizer_that_cuts_by_itself_still_counts_all(self, copy: Path) -> None:
        edit(
            copy / "tokenizer.json",
            truncation={"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0},
        )
        assert load_encoder(str(copy)).count_tokens("đảng " * 40) == 43

    def test_a_passage_is_never_cut(self, tiny: Path) -> None:
        with pytest.raises(ValueError, match="33 tokens, the model reads 32"):
            load_encoder(str(tiny)).embed_passages(["đảng " * 30])

    @pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json"])
    def test_the_fingerprint_changes_with_a_file(self, copy: Path, name: str) -> None:
        before = load_encoder(str(copy)).fingerprint
        assert load_encoder(str(copy)).fingerprint == before
        (copy / "README.md").write_text("other words")
        assert load_encoder(str(copy)).fingerprint == before
        model = load_encoder(str(copy))
        flip_byte(copy / name, -2)
        assert model.fingerprint != before

    def test_a_name_in_the_hub_cache_is_found(self, tiny: Path, tmp_path: Path) -> None:
        repository = tmp_path / "hub" / "models--nhom--tiny"
        shutil.copytree(tiny, repository / "snapshots" / ("a" * 40))
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("a" * 40)
        code = "from partyqa.models.loading import load_encoder as l; e = l('nhom/tiny'); print(e.name, e.dimension)"
        environment = os.environ | {"HF_HUB_CACHE": str(tmp_path / "hub")}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("nhom/tiny 16\n", "")


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def flip_byte(path: Path, place: int) -> None:
    with path.open("r+b") as handle:
        handle.seek(place, os.SEEK_END if place < 0 else os.SEEK_SET)
        byte = handle.read(1)
        handle.seek(-1, os.SEEK_CUR)
        handle.write(bytes([byte[0] ^ 1]))


def empty(folder: Path) -> None:
    for path in list(folder.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def truncate_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def garble_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\xff" * 5000)


def remove_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def drop_one_tensor(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    del tensors["encoder.layer.0.intermediate.dense.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def pickle_weights(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def want_remote_code(folder: Path) -> None:
    edit(folder / "config.json", auto_map={"AutoModel": "modeling_x.X"})


def want_own_module(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["type"] = "os.Pooling"
    (folder / "modules.json").write_text(json.dumps(modules))


def garble_modules(folder: Path) -> None:
    (folder / "modules.json").write_text("{")


def garble_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


def drop_config(folder: Path) -> None:
    (folder / "config.json").unlink()


BREAKAGES = {
    empty: ("thiếu modules.json", "modules.json is missing"),
    truncate_weights: ("chép lại", "copy its whole folder again"),
    garble_weights: ("chép lại", "copy its whole folder again"),
    remove_weights: ("chép lại", "copy its whole folder again"),
    drop_one_tensor: ("chép lại", "lacks encoder.layer.0.intermediate.dense.weight"),
    pickle_weights: ("pickle", "safetensors"),
    want_remote_code: ("mã Python riêng", "Python code of its own"),
    want_own_module: ("mã Python riêng", "Python code of its own"),
    garble_modules: ("chép lại", "copy its whole folder again"),
    garble_tokenizer: ("chép lại", "copy its whole folder again"),
    drop_config: ("chép lại", "copy its whole folder again"),
}


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda function: function.__name__)
def test_a_broken_model_says_what_to_do(copy: Path, breakage: Callable[[Path], None]) -> None:
    breakage(copy)
    vietnamese, english = BREAKAGES[breakage]
    with pytest.raises(EncoderError) as caught:
        load_encoder(str(copy)).embed_passages(["đảng bộ"])
    for sentence, part in ((caught.value.vi, vietnamese), (caught.value.en, english)):
        assert part in sentence
        assert "--encoder" in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize(
    "name", ["khong/co", "khongco", "/khong/co/gi", "a b c", "../..x", "x" * 500, "~ai-do/x", "", "\0"]
)
def test_a_model_that_is_not_here_says_what_to_do(name: str) -> None:
    with pytest.raises(EncoderError, match="--encoder") as caught:
        load_encoder(name)
    assert "bundled" in caught.value.en


def test_torch_comes_with_the_first_passage_and_the_network_never(tiny: Path, tmp_path: Path) -> None:
    """OpenVINO reports each import of its converter, by a process of its own, and numbers the computer at home."""
    code = f"""
import sys
reports = []
heard = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.fork", "os.posix_spawn")
sys.addaudithook(lambda event, arguments: reports.append((event, arguments)) if event in heard else None)
from partyqa.models.loading import load_encoder
from partyqa.errors import EncoderError
try:
    load_encoder("khong/co")
except EncoderError:
    pass
load_encoder({str(tiny)!r}).fingerprint
encoder = load_encoder()
encoder.fingerprint, encoder.dimension, encoder.max_tokens, encoder.count_tokens("đảng bộ")
encoder.embed_queries(["bao nhiêu đảng viên?"])
heavy = {{"torch", "transformers", "sentence_transformers"}}
print(sorted(heavy & set(sys.modules)), reports)
load_encoder({str(tiny)!r}).embed_passages(["đảng bộ"])
load_encoder().embed_passages(["đảng bộ"])
print(sorted(heavy & set(sys.modules)))
print([report for report in reports if report[0].startswith("socket")])
print(sorted(name for name in sys.modules if "telemetry" in name and name.startswith("openvino")))
"""
    home = {"HOME": str(tmp_path), "CI": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | home, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "[] []",
        "['sentence_transformers', 'torch', 'transformers']",
        "[]",
        "[]",
    ]
    assert not (tmp_path / "intel").exists()
    assert done.returncode == 0
