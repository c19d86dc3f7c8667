"""multilingual-e5-small as a sentence-transformers folder in the user's cache: built once, always checked."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from platformdirs import user_cache_dir
from safetensors import SafetensorError
from safetensors.numpy import save_file

from partyqa.errors import EncoderError, StorageError
from training.base.tokenizer import MASK, build_tokenizer
from training.base.weights import Shape, Vocabulary, Weights

PROMPTS = {"query": "query: ", "passage": "passage: "}

_FORMAT = 1
_MANIFEST = "partyqa.json"
_LOCK_SECONDS = 300

_MODULES = (
    ("", "base.modules.Transformer"),
    ("1_Pooling", "sentence_transformer.modules.Pooling"),
    ("2_Normalize", "base.modules.Normalize"),
)
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_NORMS = {"aln", "oln"}


def cache_root() -> Path:
    """Return PARTYQA_CACHE, or else the user's cache folder of partyqa."""
    return Path(os.environ.get("PARTYQA_CACHE") or user_cache_dir("partyqa"))


def ensure_model_folder(weights: Weights) -> Path:
    """Return the intact model folder, built or rebuilt first where needed, by one process at a time.

    Raises StorageError when the cache cannot be written, EncoderError when another process holds it too long.
    """
    folder = cache_root() / f"multilingual-e5-small-{weights.sha256[:12]}-v{_FORMAT}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock", timeout=_LOCK_SECONDS):
            if not is_intact(folder, weights.sha256):
                _rebuild(folder, weights)
    except Timeout as error:
        raise EncoderError("training.folder_held", folder=folder) from error
    except (OSError, SafetensorError) as error:
        raise _storage_error(folder.parent, error) from error
    return folder


def is_intact(folder: Path, source: str) -> bool:
    """Return whether the folder came of the file with sha256 `source` and no byte has changed since."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        return (
            manifest["format"] == _FORMAT
            and manifest["source"] == source
            and all(sha256_of(folder / name) == digest for name, digest in manifest["files"].items())
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _rebuild(folder: Path, weights: Weights) -> None:
    """Build beside the folder, then move into its place; under the lock, what a killed build left may go."""
    building, old = folder.with_name(f"{folder.name}.building"), folder.with_name(f"{folder.name}.old")
    for remains in (building, old):
        shutil.rmtree(remains, ignore_errors=True)
    building.mkdir()
    try:
        write_model(building, weights)
        files = sorted(path for path in building.rglob("*") if path.is_file())
        digests = {path.relative_to(building).as_posix(): sha256_of(path) for path in files}
        _write_json(building / _MANIFEST, {"format": _FORMAT, "source": weights.sha256, "files": digests})
        for path in (*building.rglob("*"), building):
            _fsync(path)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    if folder.exists():
        folder.rename(old)
    building.rename(folder)
    _fsync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def write_model(folder: Path, weights: Weights) -> None:
    """Write the model as SentenceTransformer reads it: BERT, mean pooling, unit length, prompts."""
    save_file(dict(_tensors(weights)), folder / "model.safetensors", metadata={"format": "pt"})
    vocabulary = weights.vocabulary()
    build_tokenizer(vocabulary).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _descriptions(weights.shape, vocabulary).items():
        (folder / name).parent.mkdir(exist_ok=True)
        _write_json(folder / name, content)


def _descriptions(shape: Shape, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the JSON files of the folder by their paths in it."""
    bos, eos = vocabulary.piece(vocabulary.bos), vocabulary.piece(vocabulary.eos)
    return {
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.{kind}"}
            for number, (path, kind) in enumerate(_MODULES)
        ],
        "config_sentence_transformers.json": {"model_type": "SentenceTransformer", "prompts": PROMPTS},
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"embedding_dimension": shape.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "config.json": _bert_config(shape, vocabulary.pad),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": bos,
            "cls_token": bos,
            "eos_token": eos,
            "sep_token": eos,
            "pad_token": vocabulary.piece(vocabulary.pad),
            "unk_token": vocabulary.piece(vocabulary.unknown),
            "mask_token": MASK,
        },
    }


def _bert_config(shape: Shape, pad: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.inner,
        "hidden_act": "gelu",
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": shape.epsilon,
        "pad_token_id": pad,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    }


def _tensors(weights: Weights) -> Iterator[tuple[str, Any]]:
    """Yield BERT's tensors by the names of transformers, float32."""
    hidden = weights.shape.hidden
    yield "embeddings.word_embeddings.weight", weights.matrix("emb.word", hidden)
    yield "embeddings.position_embeddings.weight", weights.vector("emb.pos").reshape(-1, hidden)
    yield "embeddings.token_type_embeddings.weight", weights.vector("emb.type").reshape(-1, hidden)
    yield "embeddings.LayerNorm.weight", weights.vector("emb.ln.w")
    yield "embeddings.LayerNorm.bias", weights.vector("emb.ln.b")
    for number in range(weights.shape.layers):
        for short, long in _LAYER_NAMES.items():
            source, target = f"l{number}.{short}", f"encoder.layer.{number}.{long}"
            inputs = weights.shape.inner if short == "fo" else hidden
            matrix = (
                weights.vector(f"{source}.w") if short in _NORMS else weights.matrix(f"{source}.w", inputs)
            )
            yield f"{target}.weight", matrix
            yield f"{target}.bias", weights.vector(f"{source}.b")


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _storage_error(folder: Path, error: Exception) -> StorageError:
    return StorageError("training.model_unwritable", folder=folder, reason=error)
